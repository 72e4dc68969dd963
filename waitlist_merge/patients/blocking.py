"""Which pairs of records are worth comparing?

A pair is made where any one key agrees. Keys on identifiers pair all records; the other keys, on
names, birth dates and places, only make pairs of which at least one record lacks an identifier
(two valid numbers that differ are never joined, so nothing is to be found there), except the key
on full name and birth date, which finds the two-number questions. Records without a birth date
have keys of their own. One error in any one field still leaves a key that agrees.

>>> keys = [Key("number", np.array([0, 0, 1, 1]), makers=np.ones(4, dtype=bool))]
>>> [(a.tolist(), b.tolist()) for a, b in pairs(keys)]
[([0, 2], [1, 3])]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.coding import MISSING, Codes, pack
from waitlist_merge.patients.likeness import LONG_NUMBER
from waitlist_merge.patients.records import Records

Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]

LARGEST_BLOCK = 200
"""Records with one key value beyond which the key is narrowed by a further field. A true patient
has a handful of entries; a block of 200 makes 19,900 pairs, nearly all of different people."""


@dataclass(frozen=True, eq=False, slots=True)
class Key:
    """One blocking key: a code a record, -1 where it has none.

    ``makers`` are the records that make pairs; a pair needs one at least. ``narrowed`` counts the
    records whose block was too large for the key alone.
    """

    name: str
    codes: NDArray[np.int64]
    makers: NDArray[np.bool_]
    narrowed: int = 0


def keys(records: Records) -> list[Key]:
    """The keys of the patient linkage, identifiers first; a later one skips pairs made before."""
    family, given, birth = records.family.codes, records.given.codes, records.birth
    postcode, sound = records.postcode.codes, records.family_sound
    first = np.minimum(records.family_sound, records.given_sound)
    second = np.maximum(records.family_sound, records.given_sound)
    further = pack(np.maximum(given, 0), np.maximum(birth, 0))
    everyone = np.ones(records.size, dtype=bool)
    lacking = ~records.numbered
    unborn = lacking & (birth < 0)
    lists: list[tuple[str, tuple[Codes, ...], NDArray[np.bool_]]] = [
        ("nhs_number", (records.nhs_number.codes,), everyone),
        ("person_key", (records.person_key.codes,), everyone),
        ("local_patient_identifier", (records.local.codes,), everyone),
        ("full name and birth date", (family, given, birth), everyone),
        ("birth date and sound of both names in either order", (birth, first, second), lacking),
        ("birth date and sound of family name", (birth, sound), lacking),
        ("birth date and given name", (birth, given), lacking),
        ("birth date and postcode", (birth, postcode), lacking),
        ("exchanged birth date and family name", (_swapped(records), family), lacking),
        ("full name, year and month", (family, given, _part(records, "year", "month")), lacking),
        ("full name, year and day", (family, given, _part(records, "year", "day")), lacking),
        ("full name, month and day", (family, given, _part(records, "month", "day")), lacking),
        ("full name and postcode", (family, given, postcode), lacking),
        ("family name and postcode", (family, postcode), lacking),
        ("given name and postcode", (given, postcode), lacking),
        ("full name and address", (family, given, records.address.codes), lacking),
        ("first half of hospital number", _half(records, first=True), lacking),
        ("second half of hospital number", _half(records, first=False), lacking),
        ("telephone", (records.phone.codes,), lacking),
        ("email", (records.email.codes,), lacking),
        ("sound of both names, no birth date", (first, second), unborn),
        ("postcode, no birth date", (postcode,), unborn),
    ]
    return [
        _narrowed(Key(name, pack(*parts), makers), further)
        for name, parts, makers in lists
        if makers.any() and all((part >= 0).any() for part in parts)
    ]


def _half(records: Records, *, first: bool) -> tuple[Codes, Codes]:
    """One half of the local identifier, where that is long, within its organisation.

    A slip in the number leaves the other half as it is.
    """
    halves = records.local_number.derive(
        lambda numbers: [
            (number[: len(number) // 2] if first else number[len(number) // 2 :])
            if len(number) >= LONG_NUMBER
            else ""
            for number in numbers
        ]
    )
    return np.maximum(records.organisation, 0), halves.codes


def _swapped(records: Records) -> Codes:
    """The birth date, or the one with day and month exchanged if that is smaller."""
    day, month = records.day.astype(np.int32), records.month.astype(np.int32)
    code = records.year.astype(np.int32) * 400
    smaller, larger = np.minimum(day, month), np.maximum(day, month)
    return np.where(records.birth >= 0, code + smaller * 32 + larger, MISSING).astype(np.int32)


def _part(records: Records, one: str, other: str) -> Codes:
    parts = getattr(records, one).astype(np.int32) * 100 + getattr(records, other)
    return np.where(records.birth >= 0, parts, MISSING).astype(np.int32)


def _narrowed(key: Key, further: NDArray[np.int64]) -> Key:
    """The key, with a further field where a block is larger than ``LARGEST_BLOCK``."""
    known = key.codes >= 0
    blocks = pd.factorize(key.codes[known])[0]
    sizes = np.bincount(blocks)[blocks]
    if sizes.max(initial=0) <= LARGEST_BLOCK:
        return key
    large = np.zeros(len(known), dtype=bool)
    large[np.flatnonzero(known)[sizes > LARGEST_BLOCK]] = True
    codes = pack(key.codes, np.where(large, pd.factorize(further)[0] + 1, 0))
    return Key(key.name, codes, key.makers, narrowed=int(large.sum()))


def forecast(keys: Sequence[Key]) -> pd.DataFrame:
    """How many pairs would each key make, before any is made? A pair may count under two keys."""
    rows = [(key.name, int(_Blocks.of(key).partners.sum()), key.narrowed) for key in keys]
    return pd.DataFrame(rows, columns=["key", "pairs", "records_narrowed"])


@dataclass(frozen=True, eq=False, slots=True)
class _Blocks:
    """Rows ordered by key, those that make pairs first in each block, and what each makes."""

    rows: NDArray[np.int64]
    partners: NDArray[np.int64]

    @classmethod
    def of(cls, key: Key) -> _Blocks:
        """The blocks of one key; those in which nobody makes pairs are left out."""
        rows = np.flatnonzero(key.codes >= 0)
        active = key.makers[rows]
        if not active.all():
            wanted = pd.unique(key.codes[rows[active]])
            inside = pd.Index(wanted).get_indexer(pd.Index(key.codes[rows])) >= 0
            rows, active = rows[inside], active[inside]
        order = np.lexsort((~active, key.codes[rows]))
        rows, active = rows[order], active[order]
        codes = key.codes[rows]
        last = np.flatnonzero(np.append(codes[1:] != codes[:-1], True)) if len(rows) else rows
        ends = np.repeat(last, np.diff(np.append(-1, last)))
        partners = np.where(active, ends - np.arange(len(rows)), 0)
        return cls(rows, partners)


def pairs(keys: Sequence[Key], *, chunk: int = 2_000_000) -> Iterator[Pairs]:
    """All candidate pairs, each once, as two int32 arrays of positions, the smaller first.

    ``chunk`` bounds the pairs that are made at a time. The pairs do not depend on it.
    """
    for at, key in enumerate(keys):
        for one, other in _emitted(_Blocks.of(key), chunk):
            fresh = ~_seen(keys[:at], one, other)
            if fresh.any():
                yield one[fresh], other[fresh]


def _emitted(blocks: _Blocks, chunk: int) -> Iterator[Pairs]:
    makers = np.flatnonzero(blocks.partners)
    counts = blocks.partners[makers]
    totals = np.cumsum(counts)
    start = 0
    while start < len(makers):
        done = totals[start - 1] if start else 0
        stop = max(int(np.searchsorted(totals, done + chunk, side="right")), start + 1)
        here, many = makers[start:stop], counts[start:stop]
        offsets = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        one = blocks.rows[np.repeat(here, many)]
        other = blocks.rows[np.repeat(here + 1, many) + offsets]
        yield np.minimum(one, other).astype(np.int32), np.maximum(one, other).astype(np.int32)
        start = stop


def _seen(
    earlier: Sequence[Key], one: NDArray[np.int32], other: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which of these pairs did an earlier key make already?"""
    seen = np.zeros(len(one), dtype=bool)
    for key in earlier:
        codes = key.codes[one]
        same = (codes >= 0) & (codes == key.codes[other])
        seen |= same & (key.makers[one] | key.makers[other])
    return seen
