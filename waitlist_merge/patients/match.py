"""Which entries are of one patient? Candidate pairs, their evidence, vetoes, groups.

The story of the stage: code the person fields, make candidate pairs, weigh each pair, name the
vetoes, join strongest first, keep every link that a person may want to see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.decided import NONE, Decided
from waitlist_merge.identity import content_ranks, group_ids, hashed, ids_by_rank
from waitlist_merge.patients import blocking, blocks
from waitlist_merge.patients.coding import Level, Positions, pair_rank
from waitlist_merge.patients.doubted import doubted, name_doubted
from waitlist_merge.patients.explain import explanations
from waitlist_merge.patients.fairness import rates, strata
from waitlist_merge.patients.frequencies import Shares
from waitlist_merge.patients.grouping import REFUSALS, Edges, group
from waitlist_merge.patients.levels import compare, is_level
from waitlist_merge.patients.memory import pairs_at_a_time
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.namesakes import namesakes_key, one_person_from
from waitlist_merge.patients.obeyed import Ruled, joins_of, ruled, with_decided
from waitlist_merge.patients.pairs import Pairs
from waitlist_merge.patients.progress import SILENT, Work
from waitlist_merge.patients.records import Records, prepare
from waitlist_merge.patients.scoring import Judge, Scored, score
from waitlist_merge.patients.successors import succeeded
from waitlist_merge.patients.training import train
from waitlist_merge.patients.vetoes import (
    COMPATIBLE_GIVEN,
    LOOK_ALIKES,
    TWO_NUMBERS,
    VETOES,
    asked_whatever_the_score,
    find_vetoes,
    lifted,
    lives_elsewhere,
    share_a_number,
    with_borrowed_numbers,
)
from waitlist_merge.patients.weights import total, weigh
from waitlist_merge.plan import PatientPlan
from waitlist_merge.reasons import Confidence, Joins, PatientRelation, Veto

LINK_COLUMNS = ("a", "b", "relation", "joins", "confidence", "veto", "weight", "explanation")

ONE_NAME = {
    "family_name": ("exact", "previous", "part", "near"),
    "given_name": ("exact", "initial", "middle"),
}
"""Name levels at which two valid numbers are a question; twins may be called Martin and Martyn."""


FULL_NAMES = ("exact", "variant")
"""Levels of the given name that speak against a bar of look-alikes; an initial fits both twins, and
so does a name one slip away."""


@dataclass(frozen=True, eq=False, repr=False)
class PatientMatch:
    """Who is the same patient: a group number for each entry, and the links behind it.

    ``group`` is int32, 0 upwards, one element an entry. ``links`` has a row for each pair that was
    joined, asked or notably held apart: int32 positions ``a`` < ``b``, ``relation``, ``joins``,
    ``confidence``, ``veto``, ``weight`` (bits) and ``explanation``; where the veto is
    ``group_conflict`` or ``close_rival``, ``doubted_a``, ``doubted_b`` and ``doubted_weight`` name
    the link that is wrong if this one is right (doubted.py). ``forecast`` tells the pairs each
    blocking key made; ``model`` is what weighed them, ``records`` what it saw of ``entries``.
    ``ranks`` are numbers of the rows by what they hold, ``on`` the day at which ages are counted.
    Tables are made when they are asked for.
    """

    group: NDArray[np.int32]
    candidate_pairs: int
    model: PatientModel
    ranks: NDArray[np.uint64]
    entry_ids: ExtensionArray | None
    plan: PatientPlan
    entries: pd.DataFrame
    superseded: Mapping[str, str]
    on: date | None
    _kept: Scored
    _edges: Edges
    _refusal: NDArray[np.int8]
    _ruled: Ruled | None

    def __repr__(self) -> str:
        people = int(self.group.max(initial=-1)) + 1
        return f"PatientMatch({len(self.group):,} entries, {people:,} patients)"

    @cached_property
    def records(self) -> Records:
        """What the linkage saw of the entries, coded anew where that was not kept."""
        return prepare(succeeded(self.entries, self.superseded), workers=self.plan.workers)

    def without_records(self) -> PatientMatch:
        """The same match, its links made, that codes its records anew when it has to explain."""
        same = copy(self)
        same.__dict__["links"] = self.links
        same.__dict__.pop("records", None)
        return same

    @cached_property
    def links(self) -> pd.DataFrame:
        """The pairs that were joined, asked or notably held apart."""
        return self._table(self._shown)

    @property
    def _shown(self) -> NDArray[np.int64]:
        """The positions of the links that are told."""
        return _strongest_asked(self._edges, self.group, self._refusal, self._ruled)

    def _table(self, shown: NDArray[np.int64]) -> pd.DataFrame:
        """The links at these positions."""
        told = None if self._ruled is None else self._ruled[shown]
        kept, edges = self._kept[shown], self._edges[shown]
        links = _links(kept, edges, self._refusal[shown], self.group, told)
        identities, margin = self.records.identities, self.plan.margin
        found = doubted(self._edges, self._refusal, self.group, identities, shown, margin=margin)
        return name_doubted(links, self._edges, found, self.entry_ids)

    def veto_of(self, a: int, b: int) -> int | None:
        """The code of the veto of a pair that was kept (positions ``a`` < ``b``); else None.

        It is named in the light of all pairs, as a borrowed number is only told by a third record.
        """
        found = np.flatnonzero((self._kept.a == a) & (self._kept.b == b))
        return int(self._kept.veto[found[0]]) if len(found) else None

    @cached_property
    def forecast(self) -> pd.DataFrame:
        """How many pairs each blocking key makes."""
        return blocks.forecast(blocking.keys(self.records))

    @cached_property
    def patient_id(self) -> pd.Series:
        """The patient of each row, in the order of rows."""
        if self.entry_ids is None:
            workers = self.plan.workers
            ids = ids_by_rank("P", self.group, self.ranks, workers=workers)
            return ids.rename("patient_id")
        named = group_ids("P", self.group, self.entry_ids.tolist())
        return pd.Series(named, name="patient_id", dtype="str")

    def decided_on(self, one: int, other: int) -> bool | None:
        """Have people said that the two are one person (True) or two (False)? None: neither."""
        if self._ruled is None:
            return None
        a, b = min(one, other), max(one, other)
        [*at] = np.flatnonzero((self._edges.a == a) & (self._edges.b == b))
        said = [(self._ruled.forced[each], self._ruled.apart[each]) for each in at]
        return next((bool(forced) for forced, apart in said if forced or apart), None)

    def named(self, patient_id: pd.Series) -> PatientMatch:
        """The same match with these ids of patients, which a merge has given its entries."""
        same = copy(self)
        same.__dict__["patient_id"] = patient_id.reset_index(drop=True).rename("patient_id")
        return same

    @property
    def questions(self) -> pd.DataFrame:
        """The links that a person has to settle, the strongest first."""
        shown = self._shown
        # Few of the links: the others need no sentence for this.
        apart = self.group[self._edges.a[shown]] != self.group[self._edges.b[shown]]
        asked = self._table(shown[apart])
        asked = asked[asked["joins"] == Joins.ASKED]
        return asked.sort_values("weight", ascending=False, kind="stable", ignore_index=True)

    @property
    def fairness(self) -> pd.DataFrame:
        """How often is a row of each kind linked to another, and how often asked about?

        ``by`` (sex, age band, ethnic group, organisation, NHS number; what the records hold),
        ``value``, ``rows``, and the shares ``linked`` and ``asked``.
        """
        return rates(self.group, self.links, strata(self.entries, on=self.on))

    def fairness_against(self, truth: Sequence[object] | pd.Series) -> pd.DataFrame:
        """The same with ``pairs`` and ``recall``, where ``truth`` is the person of each row.

        Rows are taken in their order, whatever the index of ``truth``. InputError where it does not
        say of each row.
        """
        kinds = strata(self.entries, on=self.on)
        return rates(self.group, self.links, kinds, truth=truth)


def match_entries(
    entries: pd.DataFrame,
    plan: PatientPlan,
    *,
    superseded: Mapping[str, str] | None = None,
    model: PatientModel | None = None,
    on: date | None = None,
    work: Work = SILENT,
    decided: Decided = NONE,
) -> PatientMatch:
    """Which entries are of one patient? ``entries`` holds typed person columns.

    With a column ``entry_id`` ids of patients are made from those, else from what the rows hold.

    ``superseded`` maps an old NHS number to its successor: the two then count as one number. With a
    ``model`` of an earlier run its weights and frequencies are used, else one is fitted to these
    entries. ``on`` is the day at which ages are counted for fairness; ``work`` is told how far it
    is. What people have ``decided`` beats weights and vetoes. The result does not depend on the
    order of the rows.
    """
    work.begins("codes")
    records = prepare(succeeded(entries, superseded or {}), workers=plan.workers)
    keys = blocking.keys(records, workers=plan.workers)
    named = entries["entry_id"].array if "entry_id" in entries else None
    work.begins("model")
    alike = [] if model else [namesakes_key(records)]
    with blocks.being_prepared([*keys, *alike], workers=plan.workers):
        ranks = content_ranks(entries) if named is None else hashed(named)
        fitted = model or PatientModel.fit(records)
        shares = fitted.on(records)
    if model is None:
        taught = train(fitted, records, keys, hashed=ranks)
        model = replace(taught, namesakes=one_person_from(records, taught, shares, *alike))
    work.begins("pairs")
    kept, seen = score(
        records,
        model,
        keys,
        _judge(records, model, plan),
        shares=shares,
        least=plan.possible_weight,
        chunk=pairs_at_a_time(keys, plan),
        workers=plan.workers,
        work=work,
    )
    work.begins("groups")
    kept = replace(kept, veto=with_borrowed_numbers(kept.levels, kept.veto, kept.a, kept.b))
    told = None
    if len(decided.a):
        weighed = partial(_weighed, records, model, shares, plan)
        kept = with_decided(kept, decided, size=records.size, weighed=weighed)
        told = ruled(kept, decided, size=records.size, match_weight=plan.match_weight)
    edges = _edges(kept, pair_rank(ranks, kept.a, kept.b), plan, told)
    groups, refusal = group(edges, records.identities, size=records.size, margin=plan.margin)
    found = PatientMatch(
        group=groups,
        candidate_pairs=seen,
        model=model,
        ranks=ranks,
        entry_ids=named,
        plan=plan,
        entries=entries,
        superseded=superseded or {},
        on=on,
        _kept=kept,
        _edges=edges,
        _refusal=refusal,
        _ruled=told,
    )
    found.__dict__["records"] = records
    return found


def _edges(kept: Scored, rank: NDArray[np.uint64], plan: PatientPlan, told: Ruled | None) -> Edges:
    """The pairs as links and bars; what people have said comes before weight and veto."""
    weight, barred = kept.weight, kept.veto > 0
    strong = weight >= plan.match_weight
    votes = _votes(kept, strong)
    if told is None:
        return Edges(kept.a, kept.b, weight, rank, strong, barred, votes)
    strong = (strong | told.forced) & ~told.fallen
    barred = (barred & ~told.forced & ~told.fallen) | told.apart
    votes[told.forced | told.fallen | told.apart] = 0
    return Edges(kept.a, kept.b, weight, rank, strong, barred, votes, told.forced)


def _weighed(
    records: Records,
    model: PatientModel,
    shares: Mapping[str, Shares],
    plan: PatientPlan,
    pair: Pairs,
) -> Scored:
    """Pairs that no key made, weighed as the others are."""
    levels = compare(records, *pair)
    parts = weigh(model, shares, records, levels, *pair)
    veto = vetoed(records, model, plan, levels, *pair, total(parts))
    return Scored(*pair, levels, parts, veto)


def _votes(kept: Scored, strong: NDArray[np.bool_]) -> NDArray[np.int8]:
    """-1 for a bar of look-alikes, 1 for a strong link whose given names agree (see grouping)."""
    names_agree = is_level(kept.levels, "given_name", *FULL_NAMES)
    support = (kept.veto == 0) & strong & names_agree
    return np.where(np.isin(kept.veto, LOOK_ALIKES), -1, support).astype(np.int8)


def _judge(records: Records, model: PatientModel, plan: PatientPlan) -> Judge:
    """Names vetoes, and keeps only pairs at or over the weight of a question."""

    def judged(scored: Scored) -> Scored:
        a, b = scored.a, scored.b
        veto = vetoed(records, model, plan, scored.levels, a, b, scored.weight)
        named = replace(scored, veto=veto)
        return named[_worth_keeping(named, plan)]

    return judged


def vetoed(
    records: Records,
    model: PatientModel,
    plan: PatientPlan,
    levels: Mapping[str, Level],
    a: Positions,
    b: Positions,
    weight: NDArray[np.float64],
) -> NDArray[np.int8]:
    """The veto of each pair as a code into ``vetoes.VETOES``, in the light of model and weight."""
    found = find_vetoes(records, levels, a, b, relatives=model.lists_relatives)
    enough = np.inf if model.namesakes is None else max(model.namesakes, plan.match_weight)
    return lifted(found, weight, enough=enough)


def _worth_keeping(scored: Scored, plan: PatientPlan) -> NDArray[np.bool_]:
    """Two valid numbers are two people, and no question, unless names and birth date agree.

    Where home or telephone are known, something of them has to agree as well: of all who share a
    common name and birth date hardly two are one person with two numbers.
    """
    names = np.ones(len(scored.a), dtype=bool)
    for field, agreeing in ONE_NAME.items():
        names &= is_level(scored.levels, field, *agreeing)
    agree = names & is_level(scored.levels, "birth_date", "exact")
    agree &= ~lives_elsewhere(scored.levels)
    two_numbers = np.isin(scored.veto, TWO_NUMBERS)
    worth = (scored.weight >= plan.possible_weight) & (~two_numbers | agree)
    return np.asarray(worth | asked_whatever_the_score(scored.levels, scored.veto))


def _strongest_asked(
    edges: Edges, groups: NDArray[np.int32], refusal: NDArray[np.int8], told: Ruled | None
) -> NDArray[np.int64]:
    """All joined pairs, and of two groups in doubt the one strongest pair, in order of strength.

    Of two groups that people keep apart, the pairs that they have spoken of.
    """
    one, other = groups[edges.a], groups[edges.b]
    order = np.lexsort((edges.b, edges.a, edges.rank, -edges.weight))
    always = one == other
    if told is not None:
        always |= told.apart
        order = order[(always | ~told.quiet(one, other, refusal))[order]]
    pairs = np.minimum(one, other).astype(np.int64) * len(groups) + np.maximum(one, other)
    pairs[always] = -1
    repeated = pd.Series(pairs[order]).duplicated().to_numpy(dtype=bool)
    return np.asarray(order[~repeated | always[order]])


def _links(
    kept: Scored,
    edges: Edges,
    refusal: NDArray[np.int8],
    groups: NDArray[np.int32],
    told: Ruled | None,
) -> pd.DataFrame:
    """The links as a frame: joined where both ended in one group, asked otherwise."""
    joined = groups[kept.a] == groups[kept.b]
    veto = np.asarray([str(name) for name in VETOES], dtype=object)[kept.veto]
    refused = np.asarray([str(name) for name in REFUSALS], dtype=object)[refusal]
    confidence = np.where(
        joined & ~edges.barred,
        np.where(_corroborated(kept), Confidence.CERTAIN, Confidence.PROBABLE),
        Confidence.POSSIBLE,
    )
    named = np.where(veto == "", refused, veto)
    why = explanations(kept.levels, kept.parts)
    if told is not None:
        confidence = np.select([told.forced, told.apart], [Confidence.CERTAIN, ""], confidence)
        named = np.select([told.forced & joined, told.apart], ["", Veto.DECIDED_APART], named)
        why = told.explained(why)
    return pd.DataFrame(
        {
            "a": kept.a,
            "b": kept.b,
            "relation": np.where(joined, PatientRelation.SAME_PERSON, PatientRelation.HELD_APART),
            "joins": joins_of(joined, told),
            "confidence": confidence,
            "veto": named,
            "weight": edges.weight,
            "explanation": why,
        }
    )


def _corroborated(kept: Scored) -> NDArray[np.bool_]:
    """A shared verified identifier, and birth date or name beside it that speak for one person.

    The national trace takes NHS number with birth date as a match (domain 4.1); a number alone, or
    one that another fact speaks against, is only probable.
    """
    levels = kept.levels
    identifier = share_a_number(levels) | is_level(levels, "local_patient_identifier", "same")
    birth = is_level(levels, "birth_date", "exact")
    nearly_born = is_level(levels, "birth_date", "swapped", "close", "one_part")
    given = is_level(levels, "given_name", *COMPATIBLE_GIVEN) | (levels["name_order"] == 1)
    unknown_name = is_level(levels, "given_name", "missing")
    unknown_birth = is_level(levels, "birth_date", "missing")
    family = is_level(levels, "family_name", "exact")
    return np.asarray(
        identifier
        & (
            (birth & (given | unknown_name))
            | (nearly_born & given)
            | (unknown_birth & given & family)
        )
    )
