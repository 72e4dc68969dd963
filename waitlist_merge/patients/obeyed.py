"""What do the decisions of people make of the pairs of a run?

A pair that people have joined is a link that nothing refuses; a pair that they keep apart is a bar
that nothing outvotes. Pairs that no key made are weighed too, so that the explanation is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.categories import python_texts
from waitlist_merge.decided import (
    Decided,
    decisions_on,
    obeyable,
    one_by_decision,
    overridden,
    pair_keys,
)
from waitlist_merge.patients.pairs import Pairs
from waitlist_merge.patients.scoring import Scored, together
from waitlist_merge.reasons import Joins

JOINED, APART = "People have said: one person", "People have said: different people"
"""How the explanation of a decided pair begins."""


@dataclass(frozen=True, eq=False, slots=True)
class Ruled:
    """What people have said of each kept pair.

    ``forced`` pairs are of one person, ``apart`` ones of two, and ``fallen`` are pairs whose bar
    people have overridden on another pair of the same patient. ``said`` is the position of the
    decision among ``texts``, -1 where nobody is named.
    """

    forced: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    fallen: NDArray[np.bool_]
    said: NDArray[np.int32]
    texts: Sequence[str]

    def __getitem__(self, where: NDArray[np.integer]) -> Ruled:
        return Ruled(
            self.forced[where], self.apart[where], self.fallen[where], self.said[where], self.texts
        )

    def explained(self, sentences: NDArray[np.object_]) -> NDArray[np.object_]:
        """The sentences of the pairs, the decision first where there is one."""
        told = sentences.copy()
        for at in np.flatnonzero(self.forced | self.apart):
            who = self.texts[self.said[at]] if 0 <= self.said[at] < len(self.texts) else ""
            decision = JOINED if self.forced[at] else APART
            told[at] = f"{decision}{f' ({who})' if who else ''}; {told[at]}"
        return told

    def quiet(
        self, a: NDArray[np.int32], b: NDArray[np.int32], refusal: NDArray[np.int8]
    ) -> NDArray[np.bool_]:
        """Pairs of two groups that are not asked about again, as people keep the groups apart.

        ``a`` and ``b`` are the groups of each pair. A link strong enough to be refused is asked all
        the same: its record may stand in the wrong group.
        """
        groups = pair_keys(a, b, int(max(a.max(initial=0), b.max(initial=0))) + 1)
        return np.asarray(np.isin(groups, groups[self.apart]) & (refusal == 0))


Weighed = Callable[[Pairs], Scored]
"""Weighs pairs, and names their vetoes."""


def with_decided(kept: Scored, decided: Decided, *, size: int, weighed: Weighed) -> Scored:
    """The pairs, and those of the decisions that no key made; ``weighed`` scores these."""
    there = pair_keys(kept.a, kept.b, size)
    missing = ~np.isin(pair_keys(decided.a, decided.b, size), there)
    if not missing.any():
        return kept
    return together([kept, weighed((decided.a[missing], decided.b[missing]))])


def ruled(kept: Scored, decided: Decided, *, size: int, match_weight: float) -> Ruled:
    """What people have said of each of the pairs; decisions that others contradict are no joins."""
    obeyed = obeyable(decided, size)
    said, apart = decisions_on(obeyed, kept.a, kept.b, size)
    part = one_by_decision(obeyed, size)
    links = (kept.veto == 0) & (kept.weight >= match_weight) & ~apart
    fallen = overridden(kept.a, kept.b, kept.veto, links, part) & ~apart
    return Ruled(part[kept.a] == part[kept.b], apart, fallen, said, obeyed.said)


def joins_of(joined: NDArray[np.bool_], told: Ruled | None) -> NDArray[np.object_]:
    """What the links do: those that people keep apart are not asked about."""
    asked = python_texts((Joins.ASKED, Joins.YES), joined)
    return asked if told is None else np.where(told.apart, str(Joins.NO), asked)
