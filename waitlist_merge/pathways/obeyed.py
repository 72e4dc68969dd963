"""What do the decisions of people make of the pairs of a patient's entries?

A pair that people have joined is one need whatever the relations table says of it, and keeps the
relation that the table gives it; a pair that they keep apart is never one need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.decided import (
    Decided,
    decisions_on,
    obeyable,
    one_by_decision,
    overridden,
    pair_keys,
)
from waitlist_merge.pathways.links import CERTAIN, NO, YES, Judged, bar
from waitlist_merge.pathways.vetoes import VETOES
from waitlist_merge.reasons import Veto

Judge = Callable[[NDArray[np.int64], NDArray[np.int64]], Judged]
"""Decides pairs by the relations table, and keeps all of them."""


def within(decided: Decided, several: NDArray[np.int64], patient: NDArray[np.int32]) -> Decided:
    """The decisions on two entries of one patient, as positions in ``several`` (sorted).

    Whether two entries are one person is another question; until it is answered with yes, what
    people said of their needs rests.
    """
    one = decided[patient[decided.a] == patient[decided.b]]
    a, b = (np.searchsorted(several, each).astype(np.int32) for each in (one.a, one.b))
    return obeyable(Decided(a, b, one.joined, one.said), len(several))


def obeying(pairs: Judged, decided: Decided, *, size: int, judge: Judge) -> Judged:
    """The pairs as people have decided them; ``judge`` gives those that are not among them."""
    if not len(decided.a):
        return pairs
    keys = pair_keys(decided.a, decided.b, size)
    missing = ~np.isin(keys, pair_keys(pairs.a, pairs.b, size))
    if missing.any():
        a, b = decided.a[missing].astype(np.int64), decided.b[missing].astype(np.int64)
        pairs = Judged.together([pairs, judge(a, b)])
    said, apart = decisions_on(decided, pairs.a, pairs.b, size)
    part = one_by_decision(decided, size)
    forced = part[pairs.a] == part[pairs.b]
    fallen = overridden(pairs.a, pairs.b, bar(pairs), (pairs.joins == YES) & ~apart, part) & ~apart
    kept_apart = VETOES.index(Veto.DECIDED_APART)
    veto = np.select([forced, apart], [0, kept_apart], pairs.veto).astype(np.int8)
    return replace(
        pairs,
        joins=np.select([forced, apart], [YES, NO], pairs.joins).astype(np.int8),
        confidence=np.select([forced, apart], [CERTAIN, 0], pairs.confidence).astype(np.int8),
        veto=veto,
        worth_a_row=pairs.worth_a_row | forced | apart,
        forced=forced,
        fallen=fallen,
        said=said,
    )
