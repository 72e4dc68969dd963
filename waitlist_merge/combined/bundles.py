"""Which waiting entries fill one row, and how is one value made of several?

A bundle is the waiting entries of one pathway, the shown one first. Most bundles have one entry and
cost nothing; only the members of larger ones are sorted and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools

Positions = NDArray[np.int64]
Givers = NDArray[np.int32]
"""Positions of the entries that give the values of one of some thirty fields."""
Key = NDArray[np.integer] | Bools


@dataclass(frozen=True, eq=False)
class Bundles:
    """``rows`` are positions of waiting entries, bundle by bundle, the shown one first in each.

    ``first`` is where each bundle starts in ``rows``, ``number`` the bundle of each of ``rows``,
    ``several`` the places in ``rows`` of bundles with more than one entry.
    """

    rows: Positions
    first: Positions
    number: NDArray[np.int32]
    several: Positions

    @cached_property
    def size(self) -> NDArray[np.int64]:
        """Entries of each bundle."""
        return np.diff(np.append(self.first, len(self.rows)))

    @cached_property
    def alone(self) -> Bools:
        """The bundles with one entry."""
        return np.asarray(self.size == 1)

    @cached_property
    def shown(self) -> Positions:
        """The position of the shown entry of each bundle."""
        return self.rows[self.first]

    @cached_property
    def members(self) -> Positions:
        """The positions of the entries of bundles with several, bundle by bundle."""
        return self.rows[self.several]

    @cached_property
    def owner(self) -> NDArray[np.int32]:
        """The bundle of each of ``members``."""
        return self.number[self.several]

    @cached_property
    def begins(self) -> Positions:
        """Where each bundle with several starts in ``members``."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    @cached_property
    def many(self) -> NDArray[np.int32]:
        """The bundles with several, in the order of ``begins``."""
        return self.owner[self.begins]

    @cached_property
    def run(self) -> Positions:
        """For each of ``members`` the place of its bundle in ``many``."""
        return np.repeat(np.arange(len(self.begins)), self.size[self.many])

    def any(self, mask: Bools) -> Bools:
        """True of any member; ``mask`` has one element an entry of the whole list."""
        found = mask[self.shown]
        if len(self.begins):
            found[self.many] = np.logical_or.reduceat(mask[self.members], self.begins)
        return found

    def lowest(self, value: NDArray[np.integer]) -> NDArray[np.integer]:
        """The smallest value among the members; one element an entry of the whole list."""
        found = value[self.shown]
        if len(self.begins):
            found[self.many] = np.minimum.reduceat(value[self.members], self.begins)
        return found

    def best(self, valid: Bools, keys: Sequence[Key] = ()) -> Givers:
        """Of each of ``many`` the position of the entry to take a value from; -1 where none has it.

        ``valid`` says which of ``members`` have a value; of several the one with the lowest
        ``keys`` (first key first), then the one that stands first in the bundle.
        """
        if not len(self.begins):
            return np.empty(0, dtype=np.int32)
        left = valid.copy()
        for each in keys:
            key = each.view(np.uint8) if each.dtype == np.bool_ else each
            value = np.where(left, key, np.iinfo(key.dtype.name).max)
            left &= value == np.minimum.reduceat(value, self.begins)[self.run]
        nobody = len(self.members)
        place = np.where(left, np.arange(nobody), nobody)
        first = np.minimum.reduceat(place, self.begins)
        return np.append(self.members, -1)[first].astype(np.int32)

    def frequency(self, code: NDArray[np.integer]) -> NDArray[np.int64]:
        """How many of its bundle have the value of each of ``members``."""
        wide = self.owner.astype(np.int64) * (int(code.max(initial=0)) + 2) + code + 1
        _, at, count = np.unique(wide, return_inverse=True, return_counts=True)
        return np.asarray(count[at], dtype=np.int64)


def bundle(
    pathway: NDArray[np.integer], waits: Bools, keys: Callable[[Positions], Sequence[Key]]
) -> Bundles:
    """The waiting entries of each pathway; the member with the lowest ``keys`` is shown.

    ``pathway`` is a number for each entry; ``keys`` tells those of some entries, of few among
    millions: first key first, the last of them different for every entry.
    """
    rows = np.flatnonzero(waits)
    rows = rows[np.argsort(pathway[rows], kind="stable")]
    begins = changes(pathway[rows])
    first = np.flatnonzero(begins)
    number = np.cumsum(begins, dtype=np.int32) - np.int32(1)
    several = np.flatnonzero(~(begins & np.append(begins[1:], True)))
    some = rows[several]
    order = np.lexsort((*reversed(keys(some)), number[several]))
    rows[several] = some[order]
    return Bundles(rows, first, number, several)


def changes(block: NDArray[np.integer]) -> Bools:
    """Which elements are the first of a block, of blocks that stand one behind the other?

    >>> changes(np.array([4, 4, 1, 4])).tolist()
    [True, False, True, True]
    """
    first = np.ones(len(block), dtype=bool)
    np.not_equal(block[1:], block[:-1], out=first[1:])
    return first
