"""How alike are two values? A small integer level for each field of each pair.

Equality is by code; only the distinct unequal pairs of values are compared as text (rapidfuzz), so
a million pairs cost thousands of comparisons. Level 0 is always "missing on either side".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from rapidfuzz.process import cpdist

from waitlist_merge.patients.records import FEMALE, Coded, Names, Records, sounds
from waitlist_merge.patients.variants import are_variants

Level = NDArray[np.int8]
Positions = NDArray[np.int32]

SHORTEST_EDITED = 4
"""Letters from which one edit makes a name near: "Ali" and "Ala" are two names."""

SHORTEST_PART = 3
"""Letters from which a shared word of a compound name counts: "Al" and "de" are in many."""

LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nhs_number": ("missing", "same_verified", "same", "other"),
        "person_key": ("missing", "same", "other"),
        "local_patient_identifier": ("missing", "same", "other"),
        "family_name": (
            "missing",
            "exact",
            "previous",
            "part",
            "near",
            "alike",
            "other_female",
            "other",
        ),
        "given_name": (
            "missing",
            "exact",
            "variant",
            "initial",
            "part",
            "middle",
            "near",
            "alike",
            "other",
        ),
        "name_order": ("missing", "swapped"),
        "birth_date": ("missing", "exact", "swapped", "close", "one_part", "other"),
        "gender": ("missing", "same", "other"),
        "postcode": ("missing", "exact", "edit", "sector", "district", "area", "other"),
        "address": ("missing", "same", "other"),
        "phone": ("missing", "same", "other"),
        "email": ("missing", "same", "other"),
        "gp_practice_code": ("missing", "same", "other"),
    }
)
"""The levels of each field, in the order of their codes."""

NEAR_SIMILARITY = 0.92
"""Jaro-Winkler similarity from which two names are near: one typing error in a name of six letters
or more (NHSE's model takes 0.88 on both names at once, domain 4.3; one name alone asks for more)."""

ALIKE_SIMILARITY = 0.85
"""Jaro-Winkler similarity from which two names are alike: the start and most letters agree."""


def level(field: str, name: str) -> int:
    """The code of a level: ``level("birth_date", "exact")`` is 1."""
    return LEVELS[field].index(name)


def compare(records: Records, a: Positions, b: Positions) -> dict[str, Level]:
    """The level of every field for the pairs ``(a[i], b[i])``; int8 arrays of their length."""
    family, given = _names(records, a, b)
    swapped = _exchanged(records, a, b)
    family[swapped] = 0
    given[swapped] = 0
    return {
        "nhs_number": _number(records, a, b),
        "person_key": _equality(records.person_key.codes, a, b),
        "local_patient_identifier": _local(records, a, b),
        "family_name": family,
        "given_name": given,
        "name_order": swapped.astype(np.int8),
        "birth_date": _birth(records, a, b),
        "gender": _gender(records, a, b),
        "postcode": _postcode(records, a, b),
        "address": _equality(records.address.codes, a, b),
        "phone": _equality(records.phone.codes, a, b),
        "email": _equality(records.email.codes, a, b),
        "gp_practice_code": _equality(records.practice.codes, a, b),
    }


def _equality(codes: NDArray[np.int32], a: Positions, b: Positions) -> Level:
    """0 missing on either side, 1 same, 2 other."""
    one, other = codes[a], codes[b]
    return np.where((one < 0) | (other < 0), 0, np.where(one == other, 1, 2)).astype(np.int8)


def _number(records: Records, a: Positions, b: Positions) -> Level:
    same = _equality(records.nhs_number.codes, a, b)
    verified = records.verified[a] & records.verified[b]
    return np.select([same == 0, same == 2, verified], [0, 3, 1], 2).astype(np.int8)


def _local(records: Records, a: Positions, b: Positions) -> Level:
    """Local identifiers say nothing between two organisations: they collide."""
    found = _equality(records.local.codes, a, b)
    found[records.organisation[a] != records.organisation[b]] = 0
    return found


def _gender(records: Records, a: Positions, b: Positions) -> Level:
    """Only male against female disagrees; indeterminate says nothing (domain 4.1)."""
    one, other = records.gender[a], records.gender[b]
    known = np.isin(one, (1, 2)) & np.isin(other, (1, 2))
    return np.where(known, np.where(one == other, 1, 2), 0).astype(np.int8)


def _birth(records: Records, a: Positions, b: Positions) -> Level:
    """Exact, day and month exchanged, two parts of three (close or not), or other."""
    one, other = records.birth[a], records.birth[b]
    day = (records.day[a], records.day[b])
    month = (records.month[a], records.month[b])
    year = (records.year[a], records.year[b])
    agree = sum((x == y).astype(np.int8) for x, y in (day, month, year))
    exchanged = (day[0] == month[1]) & (month[0] == day[1]) & (year[0] == year[1])
    slip = _slip(*day) & _slip(*month) & _slip_of_year(*year)
    levels = np.select(
        [(one < 0) | (other < 0), one == other, exchanged, (agree == 2) & slip, agree == 2],
        [0, 1, 2, 3, 4],
        5,
    )
    return levels.astype(np.int8)


def _slip(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Equal, one digit different, or the two digits exchanged (of day or month)."""
    tens, units = one // 10 == other // 10, one % 10 == other % 10
    exchanged = (one // 10 == other % 10) & (one % 10 == other // 10)
    return np.asarray(tens | units | exchanged)


def _slip_of_year(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Equal, off by one, ten or a hundred, or the last two digits exchanged."""
    apart = np.abs(one - other)
    exchanged = (one // 100 == other // 100) & _exchanged_digits(one % 100, other % 100)
    return np.asarray(np.isin(apart, (0, 1, 10, 100)) | exchanged)


def _exchanged_digits(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.bool_]:
    return np.asarray((one // 10 == other % 10) & (one % 10 == other // 10))


def _postcode(records: Records, a: Positions, b: Positions) -> Level:
    found = _equality(records.postcode.codes, a, b)
    levels = np.select(
        [
            found < 2,
            _distinct(records.postcode, a, b, found == 2, _one_edit) > 0,
            records.sector.codes[a] == records.sector.codes[b],
            records.district.codes[a] == records.district.codes[b],
            records.area.codes[a] == records.area.codes[b],
        ],
        [found, 2, 3, 4, 5],
        6,
    )
    return levels.astype(np.int8)


def _names(records: Records, a: Positions, b: Positions) -> tuple[Level, Level]:
    """Levels of family and given name, the other name fields taken into account."""
    family = _equality(records.family.codes, a, b)
    texts = _distinct(records.family, a, b, family == 2, _name_levels)
    female = (records.gender[a] == FEMALE) | (records.gender[b] == FEMALE)
    previous = (family == 2) & (
        _equal_across(records.family, records.previous, a, b)
        | _equal_across(records.previous, records.family, a, b)
    )
    family_codes = {_PART: 3, _NEAR: 4, _ALIKE: 5}
    family = np.where(family == 2, np.where(female, 6, 7), family).astype(np.int8)
    for text, code in family_codes.items():
        family[texts == text] = code
    family[previous] = level("family_name", "previous")

    given = _equality(records.given.codes, a, b)
    texts = _distinct(records.given, a, b, given == 2, _name_levels)
    middle = (given == 2) & (
        _equal_across(records.given, records.middle, a, b)
        | _equal_across(records.middle, records.given, a, b)
    )
    given_codes = {_VARIANT: 2, _INITIAL: 3, _PART: 4, _NEAR: 6, _ALIKE: 7}
    given = np.where(given == 2, level("given_name", "other"), given).astype(np.int8)
    for text, code in given_codes.items():
        given[texts == text] = code
    given[middle & (given >= level("given_name", "near"))] = level("given_name", "middle")
    return family, given


def _exchanged(records: Records, a: Positions, b: Positions) -> NDArray[np.bool_]:
    """Family and given name exchanged, the two not being one name."""
    exchanged = _equal_across(records.family, records.given, a, b) & _equal_across(
        records.given, records.family, a, b
    )
    return np.asarray(exchanged & (records.family.codes[a] != records.family.codes[b]))


def _equal_across(one: Coded, other: Coded, a: Positions, b: Positions) -> NDArray[np.bool_]:
    """Is the value of ``one`` at ``a`` the value of ``other`` at ``b``?"""
    shared = pd.Index(other.values).get_indexer(pd.Index(one.values))
    table = np.append(shared, -1)
    left = table[one.codes[a]]
    return np.asarray((left >= 0) & (left == other.codes[b]))


_VARIANT, _INITIAL, _PART, _NEAR, _ALIKE = 1, 2, 3, 4, 5


Texts = NDArray[np.object_]


def _distinct(
    column: Coded,
    a: Positions,
    b: Positions,
    where: NDArray[np.bool_],
    function: Callable[[Texts, Texts], NDArray[np.int8]],
) -> NDArray[np.int8]:
    """``function`` of the distinct unordered pairs of values at ``where``; 0 elsewhere.

    The function gets names with their words kept apart, other values as they are.
    """
    one, other = column.codes[a[where]], column.codes[b[where]]
    packed = np.minimum(one, other).astype(np.int64) * len(column.values) + np.maximum(one, other)
    codes, distinct = pd.factorize(packed)
    left, right = np.divmod(distinct, max(len(column.values), 1))
    values = np.asarray(column.words if isinstance(column, Names) else column.values, dtype=object)
    found = np.zeros(len(a), dtype=np.int8)
    if len(distinct):
        found[where] = function(values[left], values[right])[codes]
    return found


def _one_edit(left: Texts, right: Texts) -> NDArray[np.int8]:
    return (_edits(left, right) <= 1).astype(np.int8)


def _edits(left: Texts, right: Texts) -> NDArray[np.int32]:
    """Edits between each two texts, an exchange of neighbours being one; 2 stands for more."""
    distance = cpdist(left, right, scorer=DamerauLevenshtein.distance, score_cutoff=1)
    return np.asarray(distance, dtype=np.int32)


def _name_levels(left: Texts, right: Texts) -> NDArray[np.int8]:
    """The closest level of two names whose letters differ."""
    similarity = cpdist(left, right, scorer=JaroWinkler.similarity)
    shorter = np.minimum(_lengths(left), _lengths(right))
    near = (similarity >= NEAR_SIMILARITY) | (
        (_edits(left, right) <= 1) & (shorter >= SHORTEST_EDITED)
    )
    alike = (similarity >= ALIKE_SIMILARITY) | _same_sound(left, right)
    initial = (shorter == 1) & _same_first(left, right)
    shared = _share_word(left, right)
    return np.select(
        [initial, are_variants(left, right), shared, near, alike],
        [_INITIAL, _VARIANT, _PART, _NEAR, _ALIKE],
        0,
    ).astype(np.int8)


def _lengths(texts: Texts) -> NDArray[np.int32]:
    return np.asarray([len(text) for text in texts], dtype=np.int32)


def _same_first(left: Texts, right: Texts) -> NDArray[np.bool_]:
    return np.asarray([one[0] == other[0] for one, other in zip(left, right, strict=True)])


def _same_sound(left: Texts, right: Texts) -> NDArray[np.bool_]:
    heard = dict(zip(distinct := [*{*left, *right}], sounds(distinct), strict=True))
    return np.asarray([heard[one] == heard[other] for one, other in zip(left, right, strict=True)])


def _share_word(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Do two names, one at least of several words, have a word of some length in common?"""
    return np.asarray(
        [
            (" " in one or " " in other)
            and any(len(word) >= SHORTEST_PART for word in {*one.split()} & {*other.split()})
            for one, other in zip(left, right, strict=True)
        ]
    )
