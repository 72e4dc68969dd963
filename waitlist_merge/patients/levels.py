"""How alike are two records in each field? A small integer level for each field of each pair.

Level 0 is always "missing on either side", which is neither agreement nor disagreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Codes, Level, Positions, at_places
from waitlist_merge.patients.letters import perhaps_one_edit
from waitlist_merge.patients.likeness import (
    address_likeness,
    between,
    number_slips,
    one_edit,
    within,
)
from waitlist_merge.patients.names import name_levels
from waitlist_merge.patients.records import FEMALE, MALE, Records

LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nhs_number": ("missing", "same_verified", "same", "near", "other"),
        "person_key": ("missing", "same", "other"),
        "local_patient_identifier": ("missing", "same", "near", "two_slips", "other"),
        "family_name": (
            *("missing", "exact", "previous", "part"),
            *("near", "alike", "other_female", "other"),
        ),
        "given_name": (
            *("missing", "exact", "variant", "initial", "part"),
            *("middle", "near", "alike", "other"),
        ),
        "middle_name": ("missing", "same", "part", "other"),
        "name_order": ("missing", "swapped", "swapped_near"),
        "birth_date": ("missing", "exact", "swapped", "close", "one_part", "other"),
        "gender": ("missing", "same", "other"),
        "postcode": ("missing", "exact", "edit", "sector", "district", "area", "other"),
        "address": ("missing", "same", "near", "part", "other"),
        "phone": ("missing", "same", "other"),
        "email": ("missing", "same", "other"),
        "gp_practice_code": ("missing", "same", "other"),
    }
)
"""The levels of each field, in the order of their codes."""


def level(field: str, name: str) -> int:
    """The code of a level: ``level("birth_date", "exact")`` is 1."""
    return LEVELS[field].index(name)


def is_level(levels: Mapping[str, Level], field: str, *names: str) -> NDArray[np.bool_]:
    """Which pairs are at one of these levels of a field?"""
    held = np.zeros(len(LEVELS[field]), dtype=bool)
    held[[level(field, name) for name in names]] = True
    return held[levels[field]]


def compare(records: Records, a: Positions, b: Positions) -> dict[str, Level]:
    """The level of every field for the pairs ``(a[i], b[i])``; int8 arrays of their length."""
    return name_levels(records, a, b, LEVELS) | {
        "nhs_number": _number(records, a, b),
        "person_key": equality(records.person_key.codes, a, b),
        "local_patient_identifier": _local(records, a, b),
        "birth_date": birth_levels(records, a, b),
        "gender": gender_levels(records, a, b),
        "postcode": _postcode(records, a, b),
        "address": _address(records, a, b),
        "phone": equality(records.phone.codes, a, b),
        "email": equality(records.email.codes, a, b),
        "gp_practice_code": equality(records.practice.codes, a, b),
    }


UNEQUAL = 2
"""What ``equality`` says of two values that are known and differ."""


def equality(codes: Codes, a: Positions, b: Positions) -> Level:
    """0 missing on either side, 1 same, 2 other."""
    if codes.strides == (0,):  # a column that no row has: see coding.absent
        return np.zeros(len(a), dtype=np.int8)
    one, other = at_places(codes, a), at_places(codes, b)
    found = (one != other).view(np.int8) + np.int8(1)
    found *= (one | other) >= 0
    return np.asarray(found)


def number_levels(records: Records, a: Positions, b: Positions) -> Level:
    """0 missing on either side, or of two kinds, 1 same, 2 other.

    Numbers of different kinds (NHS, Scottish, Northern Irish, test) say nothing of each other.
    """
    found = equality(records.nhs_number.codes, a, b)
    known = np.flatnonzero(found)
    kinds = records.number_kind
    found[known[kinds[a[known]] != kinds[b[known]]]] = 0
    return found


def _number(records: Records, a: Positions, b: Positions) -> Level:
    """Same (verified by both or not), other, or one valid and the other a slip away from it."""
    same = number_levels(records, a, b)
    verified = records.verified[a] & records.verified[b]
    valid, wrong = records.nhs_number, records.wrong_number
    slip = between(valid, wrong, a, b, one_edit) | between(wrong, valid, a, b, one_edit)
    levels = np.select([slip > 0, same == 0, same == 2, verified], [3, 0, 4, 1], 2)
    return levels.astype(np.int8)


def _local(records: Records, a: Positions, b: Positions) -> Level:
    """Local identifiers say nothing between two organisations: they collide."""
    found = equality(records.local.codes, a, b)
    found[records.organisation[a] != records.organisation[b]] = 0
    slips = within(records.local_number, a, b, found == 2, number_slips)
    return np.where(found == 2, np.asarray([4, 2, 3])[slips], found).astype(np.int8)


def gender_levels(records: Records, a: Positions, b: Positions) -> Level:
    """Only male against female disagrees; indeterminate says nothing (domain 4.1)."""
    one, other = records.gender[a], records.gender[b]
    known = ((one == MALE) | (one == FEMALE)) & ((other == MALE) | (other == FEMALE))
    return np.where(known, np.where(one == other, np.int8(1), np.int8(2)), np.int8(0))


def birth_levels(records: Records, a: Positions, b: Positions) -> Level:
    """Exact, day and month exchanged, two parts of three (close or not), or other."""
    found = equality(records.birth, a, b)
    unequal = np.flatnonzero(found == UNEQUAL)
    one, other = records.birth[a[unequal]], records.birth[b[unequal]]
    found[unequal] = _unequal_births(records, one, other)
    return found


def _unequal_births(records: Records, one: Codes, other: Codes) -> Level:
    """The same of two known dates that differ; slips are looked for where two parts agree."""
    day = (records.day[one], records.day[other])
    month = (records.month[one], records.month[other])
    year = (records.year[one], records.year[other])
    same = [x == y for x, y in (day, month, year)]
    two = np.flatnonzero(sum(each.view(np.int8) for each in same) == 2)
    slip = _slip_of_year(year[0][two], year[1][two])
    for part in (day, month):
        slip &= _slip(part[0][two], part[1][two])
    levels = np.full(len(one), 5, dtype=np.int8)
    levels[two] = np.where(slip, 3, 4)
    levels[(day[0] == month[1]) & (month[0] == day[1]) & same[2]] = 2
    return levels


def _slip(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Equal, one digit different, or the two digits exchanged (of day or month)."""
    tens, units = one // 10 == other // 10, one % 10 == other % 10
    return np.asarray(tens | units | _exchanged_digits(one, other))


def _slip_of_year(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Equal, one digit different, off by one or a century, or the last two digits exchanged."""
    digits = sum((one // unit % 10 != other // unit % 10).astype(np.int8) for unit in _UNITS)
    exchanged = (one // 100 == other // 100) & _exchanged_digits(one % 100, other % 100)
    return np.asarray((digits <= 1) | np.isin(np.abs(one - other), (1, 100)) | exchanged)


_UNITS = (1, 10, 100, 1000)


def _exchanged_digits(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.bool_]:
    return np.asarray((one // 10 == other % 10) & (one % 10 == other // 10))


def _postcode(records: Records, a: Positions, b: Positions) -> Level:
    found = equality(records.postcode.codes, a, b)
    unequal = np.flatnonzero(found == UNEQUAL)
    a, b = a[unequal], b[unequal]
    letters, codes = records.postcode_letters, records.postcode.codes
    near = perhaps_one_edit(letters[codes[a]], letters[codes[b]])
    levels = np.select(
        [
            within(records.postcode, a, b, near, one_edit) > 0,
            equality(records.sector.codes, a, b) == 1,
            equality(records.district.codes, a, b) == 1,
            equality(records.area.codes, a, b) == 1,
        ],
        [2, 3, 4, 5],
        6,
    )
    found[unequal] = levels
    return found


def _address(records: Records, a: Positions, b: Positions) -> Level:
    """The same letters and digits, nearly the same words, or a good part of them."""
    found = equality(records.address.codes, a, b)
    likeness = within(records.address, a, b, found == 2, address_likeness)
    return np.where(found == 2, 4 - likeness, found).astype(np.int8)
