"""The pairs that keys make, each once: an earlier key has made what a later one finds again.

A stretch of the blocks of one key is worked out by itself, whatever is done of the others, so that
threads may share them; put together in their order they are the pairs of one list.

>>> number = Key("number", (np.array([0, 0, 1, 1]),), makers=np.ones(4, dtype=bool))
>>> [(a.tolist(), b.tolist()) for a, b in pairs([number])]
[([0, 2], [1, 3])]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.blocks import Alike, Key
from waitlist_merge.patients.repeated import Rows

Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of the pairs of one key: those of the makers of its blocks from ``start`` to ``stop``.

    ``key`` is the place of the key among all, ``size`` how many pairs these are.
    """

    key: int
    start: int
    stop: int
    size: int


def stretches(keys: Sequence[Key], *, chunk: int) -> Iterator[Stretch]:
    """All pairs of the keys, no more than ``chunk`` at a time unless one record makes more."""
    for at, key in enumerate(keys):
        totals = np.append(0, np.cumsum(key.blocks.partners, dtype=np.int64))
        start, done = 0, 0
        while done < totals[-1]:
            most = int(np.searchsorted(totals, done + chunk, side="right")) - 1
            stop = max(most, int(np.searchsorted(totals, done, side="right")))
            size = int(totals[stop]) - done
            yield Stretch(at, start, stop, size)
            start, done = stop, done + size


def made_in(stretch: Stretch, keys: Sequence[Key]) -> Pairs:
    """The pairs of a stretch that no earlier key makes: positions, the smaller first."""
    one, other = _every(stretch, keys[stretch.key])
    fresh = ~_agree_on_any(keys[: stretch.key], one, other)
    return one[fresh], other[fresh]


def _every(stretch: Stretch, key: Key) -> Pairs:
    rows = key.blocks.rows
    counts = key.blocks.partners[stretch.start : stretch.stop]
    here = np.repeat(np.arange(stretch.start, stretch.stop), counts)
    offsets = np.arange(stretch.size) - np.repeat(np.cumsum(counts) - counts, counts)
    one, other = rows[here], rows[here + 1 + offsets]
    return np.minimum(one, other), np.maximum(one, other)


def _agree_on_any(keys: Sequence[Key], one: Rows, other: Rows) -> NDArray[np.bool_]:
    """Which of these pairs does any of the keys make?"""
    found = np.zeros(len(one), dtype=bool)
    alike = Alike(one, other)
    for key in keys:
        found |= key.makes(alike)
    return found


def pairs(keys: Sequence[Key], *, chunk: int = 2_000_000) -> Iterator[Pairs]:
    """All candidate pairs, each once, as two int32 arrays of positions, the smaller first.

    ``chunk`` bounds the pairs that are made at a time. The pairs do not depend on it.
    """
    for stretch in stretches(keys, chunk=chunk):
        one, other = made_in(stretch, keys)
        if len(one):
            yield one, other


def all_pairs(keys: Sequence[Key]) -> Pairs:
    """All candidate pairs at once: for lists that are small, and for a key whose pairs are few."""
    nobody = np.empty(0, dtype=np.int32)
    return joined([(nobody, nobody), *pairs(keys)])


def joined(some: Sequence[Pairs]) -> Pairs:
    """Several lots of pairs as one, in their order."""
    return np.concatenate([a for a, _ in some]), np.concatenate([b for _, b in some])
