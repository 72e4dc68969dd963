"""Which rows hold a value that others hold too, and which? Values are tuples of codes.

Of millions of rows most hold a value of their own. Values are hashed into a table first, which
costs a glance at each row; what is left is compared exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.mixing import FACTORS, stir
from waitlist_merge.patients.coding import MISSING, Codes, at_places, pack
from waitlist_merge.threads import AT_A_TIME

Rows = NDArray[np.int32]

ROOM = 16
"""Places in the table of hashes for each value looked for: one in so many is met by chance."""


def repeated(parts: tuple[Codes, ...]) -> Rows:
    """Rows whose value another row has too, or seems to."""
    size = len(parts[0])
    bits = table_bits(size // 8)
    if len(parts) == 1 and parts[0].max(initial=0) < 1 << bits:
        return _counted_again(parts[0], int(parts[0].max(initial=0)) + 1)
    return _counted_again(_places(parts, bits), 1 << bits)


def _counted_again(places: Codes, size: int) -> Rows:
    """Rows whose place in a table of this size another row has too; -1 is no place."""
    counts = np.zeros(size + 1, dtype=np.uint32)
    for at in range(0, len(places), AT_A_TIME):
        np.add.at(counts, places[at : at + AT_A_TIME], np.uint32(1))
    counts[MISSING] = 0
    return np.flatnonzero(counts.take(places, mode="wrap") > 1).astype(np.int32)


def _places(parts: tuple[Codes, ...], bits: int) -> Codes:
    """The place of each row's value in a table of so many bits; -1 where a part is missing."""
    found = np.empty(len(parts[0]), dtype=np.int32)
    for at in range(0, len(found), AT_A_TIME):
        some = [part[at : at + AT_A_TIME] for part in parts]
        place = hashes(some, bits)
        for part in some:
            place[part < 0] = MISSING
        found[at : at + AT_A_TIME] = place
    return found


def firsts(parts: tuple[Codes, ...]) -> Codes:
    """The first row of the same value, for each row: itself, or -1 where it has none.

    The first row at a place of the table is that of all who have its value; the others there look
    for a place again, until each has found its first.

    >>> firsts((np.array([4, 0, 4, -1]), np.array([1, 1, 1, 1]))).tolist()
    [0, 1, 0, -1]
    """
    size, bits = len(parts[0]), table_bits(len(parts[0]) // 8)
    places = _places(parts, bits)
    found = np.where(places < 0, np.int32(MISSING), np.arange(size, dtype=np.int32))
    rows = np.flatnonzero(places >= 0).astype(np.int32)
    table = np.full(1 << bits, size, dtype=np.int32)
    while len(rows):
        at = places[rows]
        np.minimum.at(table, at, rows)
        first = at_places(table, at)
        behind = first != rows
        rows, first = rows[behind], first[behind]
        alike = np.ones(len(rows), dtype=bool)
        for part in parts:
            alike &= at_places(part, rows) == at_places(part, first)
        found[rows[alike]] = first[alike]
        rows = rows[~alike]
        table[places[rows]] = size
    return found


def shared(parts: tuple[Codes, ...]) -> tuple[Rows, NDArray[np.int32]]:
    """The rows whose value another row has too, group by group, and the group of each.

    >>> rows, groups = shared((np.array([4, 0, 4, -1, -1]),))
    >>> sorted(rows.tolist()), groups.tolist()
    ([0, 2], [0, 0])
    """
    rows = repeated(parts)
    packed = pack(*(part[rows] for part in parts))
    order, packed = sort_order(packed)
    starts = np.flatnonzero(np.diff(packed, prepend=-1))
    sizes = np.diff(starts, append=len(packed))
    several = sizes > 1
    groups = np.repeat(np.arange(several.sum(), dtype=np.int32), sizes[several])
    return rows[order[np.repeat(several, sizes)]], groups


def sizes(*codes: Codes) -> NDArray[np.int64]:
    """How many records hold each value that any holds, in no order.

    >>> sorted(sizes(np.array([4, 0, 4, -1]), np.array([1, 1, 1, 1])).tolist())
    [1, 2]
    """
    packed = pack(*codes)
    packed = packed[packed >= 0]
    if packed.max(initial=0) <= ROOM * len(packed):
        counts = np.bincount(packed)
        return counts[counts > 0]
    packed.sort()
    last = np.flatnonzero(np.append(packed[1:] != packed[:-1], True)) if len(packed) else packed
    return np.diff(last, prepend=-1)


def count_pairs(*codes: Codes, most: int | None = None) -> float:
    """How many pairs of records hold the same value, those of a value of over ``most`` left out?

    >>> count_pairs(np.array([4, 0, 4, 4, -1])), count_pairs(np.array([4, 0, 4, 4]), most=2)
    (3.0, 0.0)
    """
    found = sizes(*codes).astype(np.float64)
    if most is not None:
        found = found[found <= most]
    return float((found * (found - 1) / 2).sum())


def table_bits(values: int) -> int:
    """Bits of a table with ``ROOM`` for so many values."""
    return max(int(values * ROOM).bit_length(), 8)


def hashes(parts: Sequence[Codes], bits: int) -> NDArray[np.int64]:
    """Where the value of each row stands in a table of so many bits: equal for equal values."""
    total = np.zeros(len(parts[0]), dtype=np.uint64)
    for at, part in enumerate(parts):
        total += part.astype(np.uint64)
        stir(total, FACTORS[at % len(FACTORS)])
    total *= FACTORS[0]
    return (total >> np.uint64(64 - bits)).view(np.int64)


def sort_order(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the values stand in their order, and the values in it.

    Numbers are sorted twice as fast as places: where there is room, one carries the other.
    """
    bits = len(values).bit_length()
    if values.max(initial=0) >> (63 - bits):
        order = np.argsort(values)
        return order, values[order]
    carrying = np.sort((values << bits) | np.arange(len(values)))
    return carrying & ((1 << bits) - 1), carrying >> bits
