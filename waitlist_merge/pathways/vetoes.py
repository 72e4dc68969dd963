"""Which facts forbid an automatic link between two entries, whatever the relations table says?

Sides, two procedures under one identifier, planned with active, suspected cancer with routine, a
patient in doubt (domain 5.3, 8). What they forbid is asked. ``Decided`` is what is decided of each
pair, as positions in lists of words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.reasons import Confidence, Joins, Relation, Veto

RELATIONS: tuple[str, ...] = tuple(str(each) for each in Relation)
JOINS: tuple[str, ...] = (Joins.YES, Joins.ASKED, Joins.NO)
CONFIDENCES: tuple[str, ...] = (
    "",
    Confidence.CERTAIN,
    Confidence.PROBABLE,
    Confidence.POSSIBLE,
)
VETOES: tuple[str, ...] = (
    "",
    Veto.OTHER_SIDE,
    Veto.OTHER_PROCEDURE,
    Veto.PLANNED_WITH_ACTIVE,
    Veto.CANCER_WITH_ROUTINE,
    Veto.PATIENT_NOT_CERTAIN,
    Veto.GROUP_CONFLICT,
    Veto.DECIDED_APART,
)

Small = NDArray[np.int8]


@dataclass(frozen=True, eq=False, slots=True)
class Decided:
    """The decision on each pair: positions into RELATIONS, JOINS, CONFIDENCES and VETOES."""

    relation: Small
    joins: Small
    confidence: Small
    veto: Small


def vetoed(decided: Decided, e: Evidence, *, certain: Bools, doubted: Bools) -> Decided:
    """Vetoes beat the line: what would join is asked instead, named, and at most possible.

    ``certain`` and ``doubted`` say of each pair whether the two are certainly one person, and
    whether the patient stage asked about exactly these two or held them apart.
    """
    would = decided.joins != JOINS.index(Joins.NO)
    lines = (
        (
            e.opposite_sides & (would | (decided.relation == RELATIONS.index(Relation.OTHER_SIDE))),
            Veto.OTHER_SIDE,
        ),
        (e.planned_with_active & (e.worth_a_row | would), Veto.PLANNED_WITH_ACTIVE),
        (e.cancer_with_routine & would, Veto.CANCER_WITH_ROUTINE),
        (e.which_procedure & would & ~_has_its_own(decided), Veto.OTHER_PROCEDURE),
        (doubted & would, Veto.PATIENT_NOT_CERTAIN),
    )
    veto = np.select(
        [mask for mask, _ in lines], [VETOES.index(name) for _, name in lines], default=0
    ).astype(np.int8)
    forbidden = (veto > 0) & would
    joins = np.where(forbidden, JOINS.index(Joins.ASKED), decided.joins).astype(np.int8)
    confidence = np.where(forbidden, CONFIDENCES.index(Confidence.POSSIBLE), decided.confidence)
    unsure = (confidence == CONFIDENCES.index(Confidence.CERTAIN)) & ~certain
    confidence = np.where(unsure, CONFIDENCES.index(Confidence.PROBABLE), confidence)
    return Decided(decided.relation, joins, confidence.astype(np.int8), veto)


def _has_its_own(decided: Decided) -> Bools:
    """A test for a need has a procedure of its own; the newest of one row sent twice stands."""
    relations = (Relation.DIAGNOSTIC_ELSEWHERE, Relation.RESENT)
    return np.isin(decided.relation, [RELATIONS.index(each) for each in relations])
