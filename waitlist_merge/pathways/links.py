"""Which links are told, once the groups are known?

Every joined pair; of two groups in doubt the one strongest pair that asks, and the one that sets
suspected cancer against routine; and pairs that are held apart though they share a service, a
procedure or an identifier. What one row of a pathway leaves out another may say: nobody is asked
about two that differ by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.decided import pair_keys
from waitlist_merge.pathways.columns import Bools, worded
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.pathways.explain import explanations
from waitlist_merge.pathways.grouping import Edges, Group, clash, components, group, held_by
from waitlist_merge.pathways.vetoes import CONFIDENCES, JOINS, RELATIONS, VETOES, Decided
from waitlist_merge.reasons import Confidence, Joins, Relation, Veto

PARTING = (Relation.OTHER_PROCEDURE, Relation.STAGED_PROCEDURE, Relation.OTHER_SPECIALTY)
"""Differences that a shared identifier outweighs (a procedure may change), nothing less."""

_DIFFERENT = tuple(
    RELATIONS.index(each)
    for each in (
        *PARTING,
        Relation.OTHER_SIDE,
        Relation.LATER_PERIOD,
        Relation.PLANNED,
        Relation.FOLLOW_UP_OR_PIFU,
        Relation.DIAGNOSTIC,
    )
)
"""What two entries are to each other that are known not to be one need."""

_FOR_WANT_OF = tuple(
    RELATIONS.index(each)
    for each in (
        Relation.REPEAT_SAME_ORGANISATION,
        Relation.REPEAT_OTHER_ORGANISATION,
        Relation.SECOND_OPINION,
        Relation.PATIENT_CHOICE_SWITCH,
        Relation.TREATED_ELSEWHERE,
    )
)
"""What is asked, without a veto, only because nothing known tells the two apart."""

REPEATED_HERE, REPEATED_THERE = (
    RELATIONS.index(each)
    for each in (Relation.REPEAT_SAME_ORGANISATION, Relation.REPEAT_OTHER_ORGANISATION)
)
CANCER_WITH_ROUTINE = VETOES.index(Veto.CANCER_WITH_ROUTINE)
_PARTING = [RELATIONS.index(each) for each in PARTING]
_OTHER_OPERATION = [
    RELATIONS.index(each) for each in (Relation.OTHER_PROCEDURE, Relation.STAGED_PROCEDURE)
]

YES, ASKED, NO = (JOINS.index(each) for each in (Joins.YES, Joins.ASKED, Joins.NO))
CERTAIN, PROBABLE, POSSIBLE = (
    CONFIDENCES.index(each)
    for each in (Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE)
)


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """Pairs with their decision: positions, decision, weight, and what a row needs to know.

    ``forced`` pairs are joined by people, whose decision has the place ``said`` (-1: none);
    ``fallen`` ones are barred no longer by what people have overridden.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    relation: NDArray[np.int8]
    joins: NDArray[np.int8]
    confidence: NDArray[np.int8]
    veto: NDArray[np.int8]
    weight: NDArray[np.float32]
    identified: Bools
    worth_a_row: Bools
    certain_patient: Bools
    same_organisation: Bools
    same_procedure: Bools
    forced: Bools
    fallen: Bools
    said: NDArray[np.int32]

    def __getitem__(self, where: NDArray[np.integer] | Bools) -> Self:
        return type(self)(*(getattr(self, each.name)[where] for each in fields(self)))

    @classmethod
    def together(cls, chunks: list[Self]) -> Self:
        """Several chunks of pairs as one."""
        return cls(
            *(np.concatenate([getattr(one, each.name) for one in chunks]) for each in fields(cls))
        )


def grouped(
    pairs: Judged, traits: NDArray[np.uint8], order: NDArray[np.int64]
) -> tuple[Group, Judged]:
    """The pathway of each entry, and the pairs with what became of them."""
    edges = Edges(
        a=pairs.a,
        b=pairs.b,
        joining=pairs.joins == YES,
        tier=pairs.confidence,
        weight=pairs.weight,
        rank=_rank(pairs, order),
        identified=pairs.identified,
        barred=(bar(pairs) > 0) & ~pairs.forced & ~pairs.fallen,
        parted=np.isin(pairs.relation, _PARTING) & ~pairs.forced,
        forced=pairs.forced,
    )
    groups, refused = group(edges, traits, size=len(traits))
    sure = (pairs.joins == YES) & (pairs.confidence == CERTAIN) & ~refused
    surely = components(pairs.a[sure], pairs.b[sure], len(groups))
    settled = _settled(pairs, groups, surely, refused)
    return groups, _told(_cancer_asked(settled, groups, refused, traits), groups, surely, order)


def bar(pairs: Judged) -> NDArray[np.int8]:
    """What holds the two of each pair apart whatever links them: 0 nothing, else the kind."""
    later = pairs.relation == RELATIONS.index(Relation.LATER_PERIOD)
    return np.where(pairs.veto > 0, pairs.veto, np.where(later, _LATER, 0)).astype(np.int8)


_LATER = len(VETOES)
"""The kind of bar between two waiting periods, after the vetoes."""


def _rank(pairs: Judged, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """A place for each pair by the ids of its entries, whatever the order of rows."""
    one, other = order[pairs.a], order[pairs.b]
    return np.minimum(one, other) * (int(order.max(initial=0)) + 1) + np.maximum(one, other)


def _settled(pairs: Judged, groups: Group, surely: Group, refused: Bools) -> Judged:
    """Refused links are asked; pairs that ended in one group are joined, whatever they asked."""
    made = (pairs.joins == YES) & ~refused
    indirect = (groups[pairs.a] == groups[pairs.b]) & ~made
    through = np.where(surely[pairs.a] == surely[pairs.b], CERTAIN, PROBABLE)
    return replace(
        pairs,
        relation=np.where(indirect, _indirect_relation(pairs), pairs.relation).astype(np.int8),
        joins=np.where(refused, ASKED, np.where(indirect, YES, pairs.joins)).astype(np.int8),
        confidence=np.where(
            refused, POSSIBLE, np.where(indirect, through, pairs.confidence)
        ).astype(np.int8),
        veto=np.where(
            refused, VETOES.index(Veto.GROUP_CONFLICT), np.where(indirect, 0, pairs.veto)
        ).astype(np.int8),
    )


def _cancer_asked(
    pairs: Judged, groups: Group, refused: Bools, traits: NDArray[np.uint8]
) -> Judged:
    """Links refused since one group holds suspected cancer and the other routine are asked as that.

    What is asked, and named, are the entries that say so; where nothing is known of such a pair but
    that it differs, the refused link itself is named.
    """
    if not refused.any():
        return pairs
    one, other = groups[pairs.a], groups[pairs.b]
    held = held_by(groups, traits)
    clashing = refused & clash(held[one], held[other])
    between = np.minimum(one, other).astype(np.int64) * len(traits) + np.maximum(one, other)
    said = np.isin(between, between[clashing]) & clash(traits[pairs.a], traits[pairs.b])
    said &= ~np.isin(pairs.relation, _DIFFERENT) & ~pairs.identified
    said |= clashing & ~np.isin(between, between[said])
    said &= pairs.veto != VETOES.index(Veto.DECIDED_APART)
    there = np.where(pairs.same_organisation, REPEATED_HERE, REPEATED_THERE)
    untied = said & (pairs.relation == RELATIONS.index(Relation.UNRELATED))
    return replace(
        pairs,
        relation=np.where(untied, there, pairs.relation).astype(np.int8),
        joins=np.where(said, ASKED, pairs.joins).astype(np.int8),
        confidence=np.where(said, POSSIBLE, pairs.confidence).astype(np.int8),
        veto=np.where(said, CANCER_WITH_ROUTINE, pairs.veto).astype(np.int8),
    )


def _indirect_relation(pairs: Judged) -> NDArray[np.int8]:
    """What two entries of one pathway are that only a third ties together."""
    keeps = [RELATIONS.index(each) for each in (
        Relation.REPEAT_SAME_ORGANISATION, Relation.REPEAT_OTHER_ORGANISATION,
        Relation.IDENTIFIER_AT_TWO_ORGANISATIONS)]  # fmt: skip
    here = RELATIONS.index(Relation.TWO_STAGES)
    there = RELATIONS.index(Relation.IDENTIFIER_AT_TWO_ORGANISATIONS)
    otherwise = np.where(pairs.same_organisation, here, there)
    return np.where(np.isin(pairs.relation, keeps), pairs.relation, otherwise).astype(np.int8)


def _told(pairs: Judged, groups: Group, surely: Group, order: NDArray[np.int64]) -> Judged:
    """The pairs that get a row, in the order of their entries' ids."""
    rank = _rank(pairs, order)
    settled = _answered(pairs, groups) | _said_elsewhere(pairs, surely)
    asked = np.flatnonzero((pairs.joins == ASKED) & ~settled)
    one, other = groups[pairs.a[asked]], groups[pairs.b[asked]]
    low, high = np.minimum(one, other), np.maximum(one, other)
    grave = pairs.veto[asked] == CANCER_WITH_ROUTINE
    by_strength = np.lexsort(
        (rank[asked], -pairs.weight[asked], pairs.confidence[asked], grave, high, low)
    )
    strongest = np.ones(len(asked), dtype=bool)
    strongest[1:] = np.logical_or.reduce(
        [each[by_strength][1:] != each[by_strength][:-1] for each in (low, high, grave)]
    )
    keep = (pairs.joins == YES) | ((pairs.joins == NO) & pairs.worth_a_row)
    keep[asked[by_strength[strongest]]] = True
    kept = np.flatnonzero(keep)
    return pairs[kept[np.argsort(rank[kept], kind="stable")]]


def _answered(pairs: Judged, groups: Group) -> Bools:
    """Pairs of two groups that people keep apart; one that was refused may be wrongly grouped."""
    keys = pair_keys(groups[pairs.a], groups[pairs.b], len(groups))
    apart = pairs.veto == VETOES.index(Veto.DECIDED_APART)
    refused = pairs.veto == VETOES.index(Veto.GROUP_CONFLICT)
    return np.asarray(np.isin(keys, keys[apart]) & ~refused)


def _said_elsewhere(pairs: Judged, surely: Group) -> Bools:
    """Pairs that ask for want of what other rows of the same two pathways say: that they differ.

    An outpatient row names no procedure where the admitted row of its pathway does. Only rows that
    are certainly one pathway speak for each other. Where the two name one procedure, only another
    side parts them: a pathway has one side, but its procedure may change.
    """
    apart = pairs.joins == NO
    side = apart & (pairs.relation == RELATIONS.index(Relation.OTHER_SIDE))
    operation = apart & np.isin(pairs.relation, _OTHER_OPERATION)
    vague = (pairs.confidence == POSSIBLE) & np.isin(pairs.relation, _FOR_WANT_OF)
    vague &= pairs.veto == 0
    keys = pair_keys(surely[pairs.a], surely[pairs.b], len(surely))
    said = np.isin(keys, keys[side]) | (~pairs.same_procedure & np.isin(keys, keys[operation]))
    return np.asarray(vague & said)


def frame(pairs: Judged, rows: NDArray[np.int64]) -> pd.DataFrame:
    """The links as a table with positions of the whole list, but for what explains them.

    ``rows`` maps our positions to those of the whole list.
    """
    one, other = rows[pairs.a], rows[pairs.b]
    return pd.DataFrame(
        {
            "a": np.minimum(one, other).astype(np.int32),
            "b": np.maximum(one, other).astype(np.int32),
            "relation": worded(pairs.relation, RELATIONS),
            "joins": worded(pairs.joins, JOINS),
            "confidence": worded(pairs.confidence, CONFIDENCES),
            "veto": worded(pairs.veto, VETOES),
            "weight": pairs.weight.astype(np.float64),
        }
    )


def explained(
    pairs: Judged, evidence: Evidence, *, through: Bools, said: Sequence[str] = ()
) -> pd.Series:
    """What explains each link; ``said`` tells who made the decisions of people."""
    decided = Decided(pairs.relation, pairs.joins, pairs.confidence, pairs.veto)
    why = explanations(evidence, decided, certain=pairs.certain_patient, through_others=through)
    return pd.Series(_with_decisions(why.to_pandas(), pairs, said), dtype="string")


def _with_decisions(why: pd.Series, pairs: Judged, said: Sequence[str]) -> NDArray[np.object_]:
    """The explanations, with what people have said before the evidence."""
    told = why.to_numpy(dtype=object).copy()
    for at in np.flatnonzero(pairs.forced | (pairs.veto == VETOES.index(Veto.DECIDED_APART))):
        who = said[pairs.said[at]] if 0 <= pairs.said[at] < len(said) else ""
        decision = JOINED if pairs.forced[at] else APART
        told[at] = f"{decision}{f' ({who})' if who else ''}; {told[at]}"
    return told


JOINED, APART = "People have said: one need", "People have said: different needs"
"""How the explanation of a decided pair begins."""
