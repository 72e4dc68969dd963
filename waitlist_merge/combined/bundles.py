"""Which waiting entries fill one row, and how is one value made of several?

A bundle is the waiting entries of one pathway, the shown one first. Most bundles have one entry and
cost nothing; only the rows of larger ones are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import NO_DAY, Bools, Days

Positions = NDArray[np.int64]
Key = NDArray[np.integer] | Bools

_LATE = np.int32(np.iinfo(np.int32).max)


@dataclass(frozen=True, eq=False, slots=True)
class Bundles:
    """``rows`` are positions of waiting entries, bundle by bundle, the shown one first in each.

    ``first`` is where each bundle starts in ``rows``, ``number`` the bundle of each of ``rows``,
    ``several`` the places in ``rows`` of bundles with more than one entry.
    """

    rows: Positions
    first: Positions
    number: NDArray[np.int32]
    several: Positions

    @property
    def size(self) -> NDArray[np.int64]:
        """Entries of each bundle."""
        return np.diff(np.append(self.first, len(self.rows)))

    @property
    def shown(self) -> Positions:
        """The position of the shown entry of each bundle."""
        return self.rows[self.first]

    @property
    def shown_of_row(self) -> Positions:
        """For each of ``rows`` the position of its bundle's shown entry."""
        return self.shown[self.number]

    def any(self, mask: Bools) -> Bools:
        """True of any member; ``mask`` has one element an entry of the whole list."""
        return np.asarray(self.count(mask) > 0)

    def count(self, mask: Bools) -> NDArray[np.int64]:
        """Members of which it is true."""
        return np.bincount(self.number[mask[self.rows]], minlength=len(self.first))

    def lowest(self, value: NDArray[np.integer]) -> NDArray[np.integer]:
        """The smallest value among the members."""
        if not len(self.rows):
            return value[:0]
        return np.asarray(np.minimum.reduceat(value[self.rows], self.first))

    def earliest(self, day: Days, where: Bools | None = None) -> Days:
        """The earliest known date among the members (for which ``where`` holds)."""
        counted = day != NO_DAY if where is None else (day != NO_DAY) & where
        found = self.lowest(np.where(counted, day, _LATE))
        return np.where(found == _LATE, NO_DAY, found).astype(np.int32)

    def latest(self, day: Days, where: Bools | None = None) -> Days:
        """The latest known date among the members (for which ``where`` holds)."""
        counted = day != NO_DAY if where is None else (day != NO_DAY) & where
        found = self.lowest(np.where(counted, -day, _LATE))
        return np.where(found == _LATE, NO_DAY, -found).astype(np.int32)

    def best(self, valid: Bools, keys: Sequence[Key] = ()) -> Positions:
        """The position of the member to take a value from; -1 where no member has one.

        ``valid`` says which entries have a value; of several the one with the lowest ``keys``
        (first key first), then the one that stands first in the bundle.
        """
        taken = np.where(valid[self.shown], self.shown, -1)
        rows, number = self.rows[self.several], self.number[self.several]
        order = np.lexsort((*(key[rows] for key in reversed(keys)), ~valid[rows], number))
        first = np.flatnonzero(np.diff(number[order], prepend=-1))
        winner = rows[order[first]]
        taken[number[order[first]]] = np.where(valid[winner], winner, -1)
        return taken

    def frequency(self, code: NDArray[np.integer]) -> NDArray[np.int64]:
        """How many members of its bundle have each entry's value; one element an entry."""
        found = np.ones(len(code), dtype=np.int64)
        rows = self.rows[self.several]
        wide = self.number[self.several].astype(np.int64) * (int(code.max(initial=0)) + 2)
        _, at, count = np.unique(wide + code[rows] + 1, return_inverse=True, return_counts=True)
        found[rows] = count[at]
        return found


def bundle(pathway: NDArray[np.integer], waits: Bools, keys: Sequence[Key]) -> Bundles:
    """The waiting entries of each pathway; the member with the lowest ``keys`` is shown.

    ``pathway`` is a number for each entry; ``keys`` have one element an entry, first key first,
    the last of them different for every entry.
    """
    rows = np.flatnonzero(waits)
    rows = rows[np.argsort(pathway[rows], kind="stable")]
    of_row = pathway[rows]
    first = np.flatnonzero(np.diff(of_row, prepend=-1)).astype(np.int64)
    size = np.diff(np.append(first, len(rows)))
    number = np.repeat(np.arange(len(first), dtype=np.int32), size)
    several = np.flatnonzero(size[number] > 1) if len(rows) else np.empty(0, np.int64)
    some = rows[several]
    order = np.lexsort((*(key[some] for key in reversed(keys)), number[several]))
    rows[several] = some[order]
    return Bundles(rows.astype(np.int64), first, number, several.astype(np.int64))
