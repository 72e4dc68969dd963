"""How much does each piece of evidence between two entries weigh, and how is it said?

``pathway_weights.csv`` lists the parts. The weight of a link is their sum, and its explanation
says the parts of that very sum (principle 6). The relations table decides; the weight only orders
links and questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.reference import load

SAME_MONTH = 31
"""Days within which two clocks started about together."""

PARTS: Mapping[str, Callable[[Evidence], Bools]] = {
    "entry_identifier": lambda e: e.same_entry,
    "ppid": lambda e: e.same_ppid,
    "ubrn": lambda e: e.same_ubrn & ~e.same_ppid,
    "ppid_without_issuer": lambda e: e.same_ppid_without_issuer & ~e.same_ubrn,
    "ppid_print": lambda e: e.same_print & ~e.same_ubrn,
    "different_identifiers": lambda e: e.different_identifiers,
    "transfer_marked": lambda e: e.handed_over & ~e.same_organisation,
    "mutual_aid_pending": lambda e: e.offered & ~e.same_organisation,
    "agreement": lambda e: e.agreed("subcontracted") | e.agreed("diagnostic"),
    "referral_identifier": lambda e: e.same_referral,
    "referrer_and_date": lambda e: e.referrer_and_date,
    "referred_by_other": lambda e: e.referred_by_other,
    "same_start": lambda e: e.same_start,
    "near_start": lambda e: ~e.same_start & (e.days_apart >= 0) & (e.days_apart <= SAME_MONTH),
    "far_start": lambda e: ~e.near,
    "same_service": lambda e: e.same_service,
    "neighbour_service": lambda e: e.neighbour_service,
    "other_service": lambda e: e.other_service,
    "same_procedure": lambda e: e.same_procedure,
    "other_procedure": lambda e: e.other_procedure,
    "same_side": lambda e: e.same_side,
    "other_side": lambda e: e.opposite_sides,
    "one_closed": lambda e: e.of.closed[e.a] ^ e.of.closed[e.b],
    "cancer_with_routine": lambda e: e.one_of_each(e.of.cancer, e.of.routine),
    "planned_with_active": lambda e: e.planned_with_active,
}
"""Where each part of ``pathway_weights.csv`` holds."""


@cache
def weights() -> Mapping[str, float]:
    """The weight of each part in bits."""
    table = load("pathway_weights")
    return dict(zip(table["part"], table["weight"].astype(float), strict=True))


@cache
def words() -> Mapping[str, str]:
    """How an explanation says each part; empty where it is said with dates and names instead."""
    table = load("pathway_weights")
    return dict(zip(table["part"], table["words"], strict=True))


def weigh(evidence: Evidence) -> NDArray[np.float32]:
    """The sum of the parts that hold, in bits, for each pair."""
    total = np.zeros(len(evidence.a), dtype=np.float32)
    for part, holds in PARTS.items():
        total += np.where(holds(evidence), np.float32(weights()[part]), np.float32(0))
    return total
