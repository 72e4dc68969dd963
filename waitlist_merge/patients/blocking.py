"""Which pairs of records are worth comparing?

A pair is made where any one key agrees. Keys on identifiers pair all records; the other keys, on
names, birth dates and places, only make pairs of which at least one record lacks an identifier
(two valid numbers that differ are never joined, so nothing is to be found there), except the keys
on full name and birth date and on birth date and postcode, which find the two-number questions.
Records without a birth date have keys of their own. One error in any one field still leaves a key
that agrees. Where a list is so short that the birth date alone makes few pairs, it is a key as
well. What a key does with its codes is in ``blocks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.blocks import Key
from waitlist_merge.patients.coding import MISSING, Codes
from waitlist_merge.patients.local_numbers import half, in_order
from waitlist_merge.patients.records import Records

MOST_BY_BIRTH_DATE = 100_000
"""Pairs that the birth date alone may make to be a key: they cost a tenth of a second. 250,000
records of whom one in fifty lacks a number make 30,000, two million would make as many pairs by it
as by all other keys."""


def keys(records: Records, *, workers: int = 1) -> list[Key]:
    """The keys of the patient linkage, identifiers first; a later one skips pairs made before.

    ``workers`` threads share the making of their codes.
    """
    with ThreadPoolExecutor(workers) as pool:
        front = pool.submit(_half, records, first=True)
        back = pool.submit(_half, records, first=False)
        digits, initials = pool.submit(_digits, records), pool.submit(_initials, records)
        swapped, two_parts = pool.submit(_swapped, records), pool.submit(_parts, records)
        family, given, birth = records.family.codes, records.given.codes, records.birth
        lacking = ~records.numbered
        born_alike = pool.submit(_pairs_of_lacking, birth, lacking)
        sound = records.family_sound
        first = np.minimum(records.family_sound, records.given_sound)
        second = np.maximum(records.family_sound, records.given_sound)
        everyone = np.ones(records.size, dtype=bool)
        unborn = lacking & (birth < 0)
    lists: list[tuple[str, tuple[Codes, ...], NDArray[np.bool_]]] = [
        ("nhs_number", (records.nhs_number.codes,), everyone),
        ("person_key", (records.person_key.codes,), everyone),
        ("local_patient_identifier", (records.local.codes,), everyone),
        ("full name and birth date", (records.first_alike,), everyone),
        ("postcode and birth date", (records.postcode.codes, birth), everyone),
        ("postcode", (records.postcode.codes,), lacking),
        ("address", (records.address.codes,), lacking),
        ("telephone", (records.phone.codes,), lacking),
        ("email", (records.email.codes,), lacking),
        ("birth date and initials in either order", (birth, *initials.result()), lacking),
        ("birth date and sound of both names in either order", (birth, first, second), lacking),
        ("birth date and sound of family name", (birth, sound), lacking),
        ("birth date and sound of given name", (birth, records.given_sound), lacking),
        ("exchanged birth date and family name", (swapped.result(), family), lacking),
        *[
            (f"sound of both names in either order, {part}", (first, second, code), lacking)
            for part, code in two_parts.result().items()
        ],
        ("first half of hospital number", front.result(), lacking),
        ("second half of hospital number", back.result(), lacking),
        ("digits of hospital number", digits.result(), lacking),
        ("sound of both names, no birth date", (first, second), unborn),
    ]
    if born_alike.result() <= MOST_BY_BIRTH_DATE:
        lists.append(("birth date", (birth,), lacking))
    return [
        Key(name, parts, makers, further=(given, birth))
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
    return Key(name, parts[name], lacking, further=(given, records.birth))


def _pairs_of_lacking(codes: Codes, lacking: NDArray[np.bool_]) -> int:
    """How many pairs hold one value, of which one record at least lacks an identifier?"""
    every = np.bincount(codes[codes >= 0])
    few = codes[lacking]
    numbered = every - np.bincount(few[few >= 0], minlength=len(every))
    return int((every * (every - 1) - numbered * (numbered - 1)).sum()) // 2


def _half(records: Records, *, first: bool) -> tuple[Codes, Codes]:
    """One half of the local identifier, where that is long, within its organisation.

    A slip in the number leaves the other half as it is.
    """
    numbers = records.local_number
    return numbers.told(half(numbers.values, first=first), MISSING), _within(records)


def _digits(records: Records) -> tuple[Codes, Codes]:
    """The characters of the local identifier in order, where that is long: two exchanged agree."""
    numbers = records.local_number
    return numbers.told(in_order(numbers.values), MISSING), _within(records)


def _within(records: Records) -> Codes:
    """The organisation; one that is not known counts as one."""
    return np.maximum(records.organisation, 0)


def _initials(records: Records) -> tuple[Codes, Codes]:
    """The first letters of both names, the earlier in the alphabet first."""
    letters = [
        name.told(
            np.asarray([ord(value[0]) if value else MISSING for value in name.values], np.int32),
            MISSING,
        )
        for name in (records.family, records.given)
    ]
    unknown = (letters[0] < 0) | (letters[1] < 0)
    low, high = np.minimum(*letters), np.maximum(*letters)
    return np.where(unknown, MISSING, low), high


def _swapped(records: Records) -> Codes:
    """The birth date, or the one with day and month exchanged if that is smaller."""
    smaller = np.minimum(records.day, records.month).astype(np.int32)
    larger = np.maximum(records.day, records.month)
    return _of_day(records, records.year.astype(np.int32) * 400 + smaller * 32 + larger)


def _parts(records: Records) -> dict[str, Codes]:
    """Each two parts of the birth date: a slip in the third leaves them as they are."""
    day, month = records.day.astype(np.int32), records.month.astype(np.int32)
    year = records.year.astype(np.int32)
    two = {"year and month": year * 100 + month, "year and day": year * 100 + day}
    two["month and day"] = month * 100 + day
    return {name: _of_day(records, code) for name, code in two.items()}


def _of_day(records: Records, table: Codes) -> Codes:
    """What the table says of the day of each birth; MISSING where that is not known."""
    return np.append(table, np.int32(MISSING))[np.maximum(records.birth, MISSING)]
