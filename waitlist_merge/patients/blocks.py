"""Records that agree on a key: the blocks in which pairs are made (pairs.py).

A key is a tuple of codes; two records agree on it where they agree on every code. Of the millions
of records only those are ordered whose value may be shared: values are hashed into a table first,
which costs a glance at each record, and what is left is compared exactly (repeated.py).

>>> number = Key("number", (np.array([0, 0, 1, 1]),), makers=np.ones(4, dtype=bool))
>>> number.blocks.rows.tolist(), number.blocks.partners.tolist()
([0, 1, 2, 3], [1, 0, 1, 0])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Codes, at_places, pack
from waitlist_merge.patients.repeated import Rows, hashes, repeated, sort_order, table_bits
from waitlist_merge.threads import AT_A_TIME

LARGEST_BLOCK = 200
"""Records with one key value beyond which the key is narrowed by a further field. A true patient
has a handful of entries; a block of 200 makes 19,900 pairs, nearly all of different people."""


@dataclass(frozen=True, eq=False)
class Key:
    """One blocking key: ``parts`` are a code a record each, -1 where it has none.

    ``makers`` are the records that make pairs; a pair needs one at least. Records of a block larger
    than ``LARGEST_BLOCK`` must agree on the codes of ``further`` too, of which -1 is one.
    """

    name: str
    parts: tuple[Codes, ...]
    makers: NDArray[np.bool_]
    further: tuple[Codes, ...] = ()
    _made: list[Blocks] = field(default_factory=list, init=False, repr=False)

    @property
    def blocks(self) -> Blocks:
        """The records of the blocks in which pairs are made; worked out once."""
        if not self._made:
            self._made.append(_blocks(self))
        return self._made[0]

    @property
    def narrowed(self) -> int:
        """How many records make pairs, or could, in blocks too large for the key alone?"""
        return 0 if self.blocks.large is None else int(self.blocks.large.sum())

    def makes(self, alike: Alike) -> NDArray[np.bool_]:
        """Which of these pairs does the key make?"""
        found = alike.on(self.parts[0]).copy()
        at = np.flatnonzero(found)
        a, b = alike.one[at], alike.other[at]
        agree = self.makers[a] | self.makers[b]
        for part in self.parts[1:]:
            first = part[a]
            agree &= (first >= 0) & (first == part[b])
        if agree.any() and self.blocks.large is not None:
            further = np.logical_and.reduce([part[a] == part[b] for part in self.further])
            agree &= ~self.blocks.large[a] | further
        found[at] = agree
        return found


@dataclass(frozen=True, eq=False, slots=True)
class Blocks:
    """Rows block by block, makers first, and with how many of those behind it each makes a pair.

    ``large`` marks the records of blocks that were narrowed; None where there are none.
    """

    rows: Rows
    partners: NDArray[np.int32]
    large: NDArray[np.bool_] | None = None


def _blocks(key: Key) -> Blocks:
    rows = _sharing(key.parts, key.makers)
    codes = [part[rows] for part in key.parts]
    blocks, large = _ordered(rows, codes, key.makers, most=LARGEST_BLOCK if key.further else None)
    if not len(large):
        return blocks
    inside = np.zeros(len(key.makers), dtype=bool)
    inside[large] = True
    parts = (*(part[large] for part in key.parts), *(part[large] + 1 for part in key.further))
    kept = _sharing(parts, key.makers[large])
    narrow, _ = _ordered(large[kept], [part[kept] for part in parts], key.makers)
    return Blocks(
        np.concatenate([blocks.rows, narrow.rows]),
        np.concatenate([blocks.partners, narrow.partners]),
        inside,
    )


def _ordered(
    rows: Rows, codes: Sequence[Codes], makers: NDArray[np.bool_], *, most: int | None = None
) -> tuple[Blocks, Rows]:
    """The blocks of these rows in which pairs are made, and the rows of those over ``most``."""
    packed = pack(*codes)
    known = packed >= 0
    rows, packed = rows[known], packed[known]
    large = _in_large_blocks(packed, makers[rows], most)
    set_aside = rows[large]
    if len(set_aside):
        rows, packed = rows[~large], packed[~large]
    if packed.max(initial=0) > _MOST:
        packed = pd.factorize(packed)[0].astype(np.int64)
    # The last bit puts makers first in their block.
    packed = packed * 2 + ~makers[rows]
    order, packed = sort_order(packed)
    rows = rows[order]
    idle = (packed & 1).astype(bool)
    starts = np.flatnonzero(np.diff(packed >> 1, prepend=-1))
    sizes = np.diff(np.append(starts, len(rows))).astype(np.int32)
    over = sizes > (len(rows) if most is None else most)
    useful = ~idle[starts] & (sizes > 1)
    kept = np.repeat(useful & ~over, sizes)
    ends = np.repeat(starts.astype(np.int32) + sizes, sizes)
    partners = np.where(idle, np.int32(0), ends - np.arange(1, len(rows) + 1, dtype=np.int32))
    over_most = rows[np.repeat(useful & over, sizes)]
    return Blocks(rows[kept], partners[kept]), np.concatenate([set_aside, over_most])


def _in_large_blocks(
    packed: NDArray[np.int64], makers: NDArray[np.bool_], most: int | None
) -> NDArray[np.bool_]:
    """Rows that need no ordering, as their blocks are over ``most``: told where codes are small."""
    if most is None or packed.max(initial=0) > len(packed):
        return np.zeros(len(packed), dtype=bool)
    over = np.bincount(packed) > most
    made = np.zeros(len(over), dtype=bool)
    made[packed[makers]] = True
    return np.asarray((over & made)[packed])


_MOST = np.iinfo(np.int64).max // 2 - 1
"""Largest code that leaves room for one bit."""


def _sharing(parts: tuple[Codes, ...], makers: NDArray[np.bool_]) -> Rows:
    """Rows whose value a maker has too, or seems to; makers may be alone with theirs."""
    if makers.all():
        return repeated(parts)
    wanted = np.flatnonzero(makers)
    bits = table_bits(len(wanted))
    table = np.zeros(1 << bits, dtype=bool)
    table[hashes([part[wanted] for part in parts], bits)] = True
    found = [np.empty(0, np.intp)]
    for at in range(0, len(makers), AT_A_TIME):
        places = hashes([part[at : at + AT_A_TIME] for part in parts], bits)
        found.append(np.flatnonzero(at_places(table, places)) + at)
    return np.concatenate(found).astype(np.int32)


@contextmanager
def being_prepared(keys: Sequence[Key], *, workers: int) -> Iterator[None]:
    """The blocks of all keys are worked out beside what is done inside; with one worker, later."""
    if workers == 1:
        yield
        return
    with ThreadPoolExecutor(workers) as pool:
        made = pool.map(attrgetter("blocks"), keys)
        yield
        list(made)


def forecast(keys: Sequence[Key]) -> pd.DataFrame:
    """How many pairs would each key make, before any is made? A pair may count under two keys."""
    rows = [(key.name, int(key.blocks.partners.sum(dtype=np.int64)), key.narrowed) for key in keys]
    return pd.DataFrame(rows, columns=["key", "pairs", "records_narrowed"])


class Alike:
    """Which pairs agree on a code, looked up once for all keys that it is a part of."""

    def __init__(self, one: Rows, other: Rows) -> None:
        self.one, self.other = one.astype(np.intp), other.astype(np.intp)
        self._known: dict[int, NDArray[np.bool_]] = {}

    def on(self, part: Codes) -> NDArray[np.bool_]:
        """Equal, and known."""
        if id(part) not in self._known:
            first, second = at_places(part, self.one), at_places(part, self.other)
            self._known[id(part)] = (first == second) & (first >= 0)
        return self._known[id(part)]
