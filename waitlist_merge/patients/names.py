"""How alike are two people's names? Every given and family name beside every other.

Names come in two fields of two records: compounds share a part, people use a middle name, women
and men take another family name, and some are entered in each other's column.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Coded, Level, Names, Positions
from waitlist_merge.patients.likeness import Likeness, between, within
from waitlist_merge.patients.name_likeness import (
    LIKENESSES,
    family_likeness,
    given_likeness,
    middle_likeness,
    name_likeness,
    one_spelling,
)
from waitlist_merge.patients.records import FEMALE, Records


def name_levels(
    records: Records, a: Positions, b: Positions, levels: Mapping[str, tuple[str, ...]]
) -> dict[str, Level]:
    """Levels of the family, given and middle name and of their order for each pair.

    Where family and given name are both the same, nothing else is looked at but the middle name.
    """
    same = np.ones(len(a), dtype=bool)
    for codes in (records.family.codes, records.given.codes):
        one = codes[a]
        same &= (one >= 0) & (one == codes[b])
    rest = np.flatnonzero(~same)
    found = {
        "family_name": np.full(len(a), levels["family_name"].index("exact"), dtype=np.int8),
        "given_name": np.full(len(a), levels["given_name"].index("exact"), dtype=np.int8),
        "middle_name": _middle(records, a, b, np.zeros(len(a), dtype=bool)),
        "name_order": np.zeros(len(a), dtype=np.int8),
    }
    if len(rest):
        for name, level in _unequal_names(records, a[rest], b[rest], levels).items():
            found[name][rest] = level
    return found


def _unequal_names(
    records: Records, a: Positions, b: Positions, levels: Mapping[str, tuple[str, ...]]
) -> dict[str, Level]:
    """The same for pairs in which family or given name differ or are missing."""
    family = _family(records, a, b, levels["family_name"])
    given = _given(records, a, b, levels["given_name"])
    order = _order(records, a, b, _unlike(family, "family_name", levels))
    unlike = _unlike(given, "given_name", levels)
    order[~unlike] = 0
    crossed = _in_the_other_column(records, a, b) & unlike & (order == 0)
    given[crossed] = levels["given_name"].index("middle")
    return {
        "family_name": np.where(order > 0, 0, family).astype(np.int8),
        "given_name": np.where(order > 0, 0, given).astype(np.int8),
        "middle_name": _middle(records, a, b, given == levels["given_name"].index("middle")),
        "name_order": order,
    }


def _in_the_other_column(records: Records, a: Positions, b: Positions) -> NDArray[np.bool_]:
    """Does one's given name stand as the other's family name, whatever became of the second?"""
    given, family = records.given, records.family
    return equal_across(given, family, a, b) | equal_across(family, given, a, b)


def _unlike(found: Level, field: str, levels: Mapping[str, tuple[str, ...]]) -> NDArray[np.bool_]:
    """Names so unlike that they may stand in each other's column."""
    unlike = [at for at, name in enumerate(levels[field]) if name.startswith(("alike", "other"))]
    return np.isin(found, unlike)


def _given(records: Records, a: Positions, b: Positions, names: tuple[str, ...]) -> Level:
    texts = _texts(records.given, a, b, given_likeness)
    found = _translated(texts, names)
    found[_written_apart(records, a, b, found > names.index("variant"))] = names.index("variant")
    given, middle = records.given, records.middle
    used = equal_across(given, middle, a, b) | equal_across(middle, given, a, b)
    found[used & (found >= names.index("near"))] = names.index("middle")
    found[(found >= names.index("alike")) & (_repeated(records, a) | _repeated(records, b))] = 0
    return found


def _repeated(records: Records, at: Positions) -> NDArray[np.bool_]:
    """Rows whose given name only repeats the family or middle name: the given name is not known."""
    return equal_across(records.given, records.family, at, at) | equal_across(
        records.given, records.middle, at, at
    )


def _written_apart(
    records: Records, a: Positions, b: Positions, where: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Is one given name the other's given and middle name in one word, as Lina and Li Na?

    Or another spelling of that word, as Abdelrahman and Abdul Rahman.
    """
    given, middle, begins = records.given, records.middle, records.given_begins
    found = np.zeros(len(a), dtype=bool)
    for one, other in ((a, b), (b, a)):
        first, second, whole = given.codes[one], middle.codes[one], given.codes[other]
        known = np.flatnonzero(where & (first >= 0) & (second >= 0) & (whole >= 0))
        places = known[begins[first[known]] == begins[whole[known]]]
        codes = zip(first[places], second[places], strict=True)
        joined = np.asarray([given.values[x] + middle.values[y] for x, y in codes], dtype=object)
        values = np.asarray([given.values[code] for code in whole[places]], dtype=object)
        found[places] |= np.asarray(joined == values, dtype=bool) | one_spelling(joined, values)
    return found


def _middle(records: Records, a: Positions, b: Positions, used: NDArray[np.bool_]) -> Level:
    """Same, in part (an initial, a slip, one of several) or other; nothing where ``used``."""
    found = _texts(records.middle, a, b, middle_likeness)
    partly = np.isin(found, [LIKENESSES.index(name) for name in LIKENESSES[2:-1]])
    levels = np.select([found < 0, found == LIKENESSES.index("exact"), partly], [0, 1, 2], 3)
    return np.where(used, 0, levels).astype(np.int8)


def _family(records: Records, a: Positions, b: Positions, names: tuple[str, ...]) -> Level:
    """A woman's other family name is a level of its own: a change is ordinary (domain 4.5)."""
    texts = _texts(records.family, a, b, family_likeness)
    found = _translated(texts, names)
    female = (records.gender[a] == FEMALE) | (records.gender[b] == FEMALE)
    found[(found == names.index("other")) & female] = names.index("other_female")
    family, previous = records.family, records.previous
    was = equal_across(family, previous, a, b) | equal_across(previous, family, a, b)
    found[was & (found > names.index("exact"))] = names.index("previous")
    return found


def _texts(column: Coded, a: Positions, b: Positions, function: Likeness) -> Level:
    """-1 missing, 0 other, else a place in ``LIKENESSES``."""
    one, other = column.codes[a], column.codes[b]
    unequal = (one >= 0) & (other >= 0) & (one != other)
    found = within(column, a, b, unequal, function)
    found[(one < 0) | (other < 0)] = -1
    found[(one >= 0) & (one == other)] = LIKENESSES.index("exact")
    return found


def _translated(texts: Level, names: tuple[str, ...]) -> Level:
    """Likenesses as levels of a field; a family name has parts where a given name has variants."""
    fallback = {"variant": "part", "initial": "other"}
    table = [
        names.index(name if name in names else fallback[name])
        for name in ("other", *LIKENESSES[1:])
    ]
    return np.asarray([*table, 0], dtype=np.int8)[texts]


def _order(records: Records, a: Positions, b: Positions, where: NDArray[np.bool_]) -> Level:
    """1 where family and given name stand exchanged, 2 where nearly so."""
    found = np.zeros(len(a), dtype=np.int8)
    one, other = a[where], b[where]
    first = _across(records.family, records.given, one, other)
    likely = np.flatnonzero(first)
    second = np.zeros(len(first), dtype=np.int8)
    second[likely] = _across(records.given, records.family, one[likely], other[likely])
    both = (first > 0) & (second > 0)
    exact = LIKENESSES.index("exact")
    found[where] = np.where(both, np.where((first == exact) & (second == exact), 1, 2), 0)
    return found


def _across(one: Coded, other: Coded, a: Positions, b: Positions) -> Level:
    """How like is a family name at one side to a given name at the other? Alike is too little."""
    found = between(one, other, a, b, name_likeness)
    found[found == LIKENESSES.index("alike")] = 0
    found[found == LIKENESSES.index("initial")] = 0
    return found


def equal_across(one: Names, other: Names, a: Positions, b: Positions) -> NDArray[np.bool_]:
    """Is the value of ``one`` at ``a`` the value of ``other`` at ``b``?"""
    if not one.values or not other.values:
        return np.zeros(len(a), dtype=bool)
    left, right = one.common[one.codes[a]], other.common[other.codes[b]]
    return np.asarray((left >= 0) & (left == right))
