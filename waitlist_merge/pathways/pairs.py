"""Which pairs of a patient's entries are looked at?

All pairs of a patient with up to 50 entries. A patient with more (a wrong patient, or one with a
lifetime of entries) would make pairs without end: there only entries that share an identifier, a
service or a procedure are paired, and of more than 50 that share one only neighbours in order of
their content. The rest say nothing of each other and need no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

ALL_PAIRS = 50
"""Entries of one patient, or of one shared key, up to which every pair is looked at (1,225)."""
CHUNK = 1 << 18
"""Pairs that are compared at a time: some 40 MB of evidence."""

Positions = NDArray[np.int64]
Pairs = tuple[Positions, Positions]


def within(block: NDArray[np.integer], order: NDArray[np.integer]) -> Iterator[Pairs]:
    """All pairs within each block, in chunks; blocks < 0 and single members make none.

    ``order`` says, by content, in which order members stand; it decides nothing but which comes
    first.

    >>> [(a.tolist(), b.tolist()) for a, b in within(np.array([0, 1, 0, 0]), np.arange(4))]
    [([0, 0, 2], [2, 3, 3])]
    """
    standing, first, size = _blocks(block, order)
    after = np.repeat(first + size, size)
    yield from _expand(standing, after - np.arange(len(standing)) - 1, first)


def chained(block: NDArray[np.integer], order: NDArray[np.integer]) -> Pairs:
    """Neighbours within each block only: enough to span it.

    >>> [side.tolist() for side in chained(np.array([0, 1, 0, 0]), np.arange(4))]
    [[0, 2], [2, 3]]
    """
    standing, _, size = _blocks(block, order)
    of_block = np.repeat(np.arange(len(size)), size)
    near = np.flatnonzero(of_block[:-1] == of_block[1:]) if len(standing) else np.empty(0, np.int64)
    return standing[near], standing[near + 1]


def candidates(
    patient: NDArray[np.integer],
    keys: Iterable[NDArray[np.integer]],
    order: NDArray[np.integer],
) -> Iterator[Pairs]:
    """The pairs to compare, each once, in chunks; large patients pair only on ``keys``."""
    many = np.bincount(patient)[patient] > ALL_PAIRS
    yield from within(np.where(many, -1, patient), order)
    if many.any():
        yield from _large(np.where(many, patient, -1), keys, order)


def _large(
    patient: NDArray[np.integer], keys: Iterable[NDArray[np.integer]], order: NDArray[np.integer]
) -> Iterator[Pairs]:
    """Pairs of large patients, key by key; a pair that an earlier key made is left out."""
    earlier: list[NDArray[np.integer]] = []
    for key in keys:
        block = _both(patient, key)
        crowded = np.bincount(block[block >= 0], minlength=1)[block] > ALL_PAIRS
        crowded &= block >= 0
        few = within(np.where(crowded, -1, block), order)
        for a, b in (*few, chained(np.where(crowded, block, -1), order)):
            new = np.ones(len(a), dtype=bool)
            for each in earlier:
                new &= (each[a] != each[b]) | (each[a] < 0)
            yield a[new], b[new]
        earlier.append(np.where(crowded, -1, block))


def _both(patient: NDArray[np.integer], key: NDArray[np.integer]) -> NDArray[np.int64]:
    """One code for patient and key together; -1 where either is missing."""
    there = (patient >= 0) & (key >= 0)
    wide = patient.astype(np.int64) * (int(key.max(initial=0)) + 1) + key
    block = np.full(len(patient), -1, dtype=np.int64)
    block[there] = np.unique(wide[there], return_inverse=True)[1]
    return block


def _blocks(
    block: NDArray[np.integer], order: NDArray[np.integer]
) -> tuple[Positions, NDArray[np.int64], NDArray[np.int64]]:
    """Members sorted by block and order; where each block starts among them, and its size."""
    there = np.flatnonzero(block >= 0)
    standing = there[np.lexsort((order[there], block[there]))]
    first = np.flatnonzero(np.diff(block[standing], prepend=-1))
    return standing, first, np.diff(np.append(first, len(standing)))


def _expand(
    standing: Positions, partners: NDArray[np.int64], first: NDArray[np.int64]
) -> Iterator[Pairs]:
    """Each member with the ``partners`` that follow it; chunks end where a block ends."""
    before = np.concatenate([[0], np.cumsum(partners)])
    if not before[-1]:
        return
    goals = np.arange(0, int(before[-1]), CHUNK)
    starts = np.unique(first[np.searchsorted(before[first], goals, side="right") - 1])
    for low, high in zip(starts, (*starts[1:], len(standing)), strict=True):
        some = partners[low:high]
        one = np.repeat(np.arange(low, high), some)
        nth = np.arange(len(one)) - np.repeat(np.cumsum(some) - some, some)
        yield standing[one], standing[one + 1 + nth]
