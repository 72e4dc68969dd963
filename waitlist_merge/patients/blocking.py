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

from collections.abc import Iterator, Mapping, Sequence
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
    sound = records.family_sound
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
        ("postcode", (records.postcode.codes,), lacking),
        ("address", (records.address.codes,), lacking),
        ("telephone", (records.phone.codes,), lacking),
        ("email", (records.email.codes,), lacking),
        ("birth date and initials in either order", (birth, *_initials(records)), lacking),
        ("birth date and sound of both names in either order", (birth, first, second), lacking),
        ("birth date and sound of family name", (birth, sound), lacking),
        ("birth date and sound of given name", (birth, records.given_sound), lacking),
        ("exchanged birth date and family name", (_swapped(records), family), lacking),
        *[
            (f"sound of both names in either order, {part}", (first, second, code), lacking)
            for part, code in _parts(records).items()
        ],
        ("first half of hospital number", _half(records, first=True), lacking),
        ("second half of hospital number", _half(records, first=False), lacking),
        ("digits of hospital number", _digits(records), lacking),
        ("sound of both names, no birth date", (first, second), unborn),
    ]
    return [
        _narrowed(Key(name, pack(*parts), makers), further)
        for name, parts, makers in lists
        if makers.any() and all((part >= 0).any() for part in parts)
    ]


def teaching_key(records: Records, name: str) -> Key | None:
    """A key whose pairs are not compared but teach (training.CHOSEN_BY); None where all lack it."""
    family, given, postcode = records.family.codes, records.given.codes, records.postcode.codes
    parts: Mapping[str, tuple[Codes, ...]] = {
        "birth date and postcode": (records.birth, postcode),
        "birth date and given name": (records.birth, given),
        "full name and postcode": (family, given, postcode),
    }
    lacking = ~records.numbered
    known = name in parts and all((part >= 0).any() for part in parts[name])
    if not known or not lacking.any():
        return None
    further = pack(np.maximum(given, 0), np.maximum(records.birth, 0))
    return _narrowed(Key(name, pack(*parts[name]), lacking), further)


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


def _digits(records: Records) -> tuple[Codes, Codes]:
    """The characters of the local identifier in order, where that is long: two exchanged agree."""
    ordered = records.local_number.derive(
        lambda numbers: [
            "".join(sorted(number)) if len(number) >= LONG_NUMBER else "" for number in numbers
        ]
    )
    return np.maximum(records.organisation, 0), ordered.codes


def _initials(records: Records) -> tuple[Codes, Codes]:
    """The first letters of both names, the earlier in the alphabet first."""
    letters = [
        np.append(
            np.asarray([ord(value[0]) if value else MISSING for value in name.values]), MISSING
        ).astype(np.int32)[name.codes]
        for name in (records.family, records.given)
    ]
    unknown = (letters[0] < 0) | (letters[1] < 0)
    low, high = np.minimum(*letters), np.maximum(*letters)
    return np.where(unknown, MISSING, low), high


def _swapped(records: Records) -> Codes:
    """The birth date, or the one with day and month exchanged if that is smaller."""
    day, month = records.day.astype(np.int32), records.month.astype(np.int32)
    code = records.year.astype(np.int32) * 400
    smaller, larger = np.minimum(day, month), np.maximum(day, month)
    return np.where(records.birth >= 0, code + smaller * 32 + larger, MISSING).astype(np.int32)


def _parts(records: Records) -> dict[str, Codes]:
    """Each two parts of the birth date: a slip in the third leaves them as they are."""
    day, month = records.day.astype(np.int32), records.month.astype(np.int32)
    year = records.year.astype(np.int32)
    two = {"year and month": year * 100 + month, "year and day": year * 100 + day}
    two["month and day"] = month * 100 + day
    return {name: np.where(records.birth >= 0, code, MISSING) for name, code in two.items()}


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
