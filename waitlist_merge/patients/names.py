"""How alike are two people's names? Every given and family name beside every other.

Names come in two fields of two records: compounds share a part, people use a middle name, women
and men take another family name, and some are entered in each other's column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from waitlist_merge.patients.coding import Coded, Level, Names, Positions, sounds
from waitlist_merge.patients.likeness import Likeness, Texts, between, edits, within
from waitlist_merge.patients.records import FEMALE, Records
from waitlist_merge.patients.variants import are_variants, known_names, spelling_keys

NEAR_SIMILARITY = 0.92
"""Jaro-Winkler similarity from which two names are near: one typing error in a name of six letters
or more. NHSE's model takes 0.88 on both names at once (domain 4.3); one alone asks for more."""

ALIKE_SIMILARITY = 0.85
"""Jaro-Winkler similarity from which two names are alike: the start and most letters agree."""

SHORTEST_EDITED = 4
"""Letters from which one edit makes a name near: "Ali" and "Ala" are two names."""

SHORTEST_TWICE_EDITED = 6
"""Letters from which two edits make a name near."""

SHORTEST_FAMILY_SPELT = 5
"""Letters from which two spellings of a family name are one name."""

SHORTEST_PART = 3
"""Letters from which a shared word of a compound name counts: "Al" and "de" are in many."""

LEAST_OF_A_BEGINNING = 0.66
"""Jaro-Winkler similarity that a name and its beginning have at least: two of Jaro's three terms
are 1 for them."""

LIKENESSES = ("", "exact", "variant", "initial", "part", "near", "alike")
"""What ``name_likeness`` says, by its code; the strongest that applies."""


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
    texts = _texts(records.given, a, b, name_likeness)
    found = _translated(texts, names)
    given, middle = records.given, records.middle
    used = equal_across(given, middle, a, b) | equal_across(middle, given, a, b)
    used |= _written_apart(records, a, b, found >= names.index("near"))
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
    """Is one given name the other's given and middle name in one word, as Lina and Li Na?"""
    given, middle = records.given, records.middle
    found = np.zeros(len(a), dtype=bool)
    for one, other in ((a, b), (b, a)):
        first, second, whole = given.codes[one], middle.codes[one], given.codes[other]
        places = np.flatnonzero(where & (first >= 0) & (second >= 0) & (whole >= 0))
        codes = zip(first[places], second[places], whole[places], strict=True)
        joined = [given.values[x] + middle.values[y] == given.values[z] for x, y, z in codes]
        found[places] |= np.asarray(joined, dtype=bool)
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


def middle_likeness(left: Texts, right: Texts) -> NDArray[np.int8]:
    """``name_likeness`` of middle names, short ones with a slip included: Guo and Gu.

    >>> left, right = np.array([("GUO", "GU"), ("ALI", "UMAR")], dtype=object).T
    >>> [LIKENESSES[found] for found in middle_likeness(left, right)]
    ['near', '']
    """
    found = name_likeness(left, right)
    alike = np.isin(found, [0, LIKENESSES.index("alike")])
    alike &= np.minimum(_lengths(left), _lengths(right)) > 1
    found[alike & (edits(left, right) <= 1)] = LIKENESSES.index("near")
    return found


def family_likeness(left: Texts, right: Texts) -> NDArray[np.int8]:
    """``name_likeness`` of family names: short ones that differ in a vowel are two, Bell and Ball.

    >>> left, right = np.array([("HUSSAIN", "HUSSEIN"), ("BELL", "BALL")], dtype=object).T
    >>> [LIKENESSES[found] for found in family_likeness(left, right)]
    ['variant', 'near']
    """
    return name_likeness(left, right, shortest_spelt=SHORTEST_FAMILY_SPELT)


def name_likeness(left: Texts, right: Texts, *, shortest_spelt: int = 0) -> NDArray[np.int8]:
    """The strongest likeness of two names in comparison form, as a place in ``LIKENESSES``.

    >>> pairs = [("ANN", "ANN"), ("R", "ROSE"), ("ANNE MARIE", "ANNE"), ("JON", "WEI")]
    >>> left, right = np.array(pairs, dtype=object).T
    >>> [LIKENESSES[found] for found in name_likeness(left, right)]
    ['exact', 'initial', 'part', '']
    """
    similarity = cpdist(left, right, scorer=JaroWinkler.similarity)
    shorter = np.minimum(_lengths(left), _lengths(right))
    slips = edits(left, right)
    twice = (slips == 2) & (shorter >= SHORTEST_TWICE_EDITED)
    slip = (slips <= 1) & (shorter >= SHORTEST_EDITED)
    slip |= twice & ~_told(_both_known, left, right, twice)
    spelt = _told(_one_spelling, left, right, shorter >= shortest_spelt)
    found = np.select(
        [
            np.asarray(left == right, dtype=bool),
            _told(_same_first, left, right, shorter == 1),
            are_variants(left, right) | spelt,
            _share_word(left, right),
            _told(_shortened, left, right, similarity >= LEAST_OF_A_BEGINNING),
            (similarity >= NEAR_SIMILARITY) | slip,
            similarity >= ALIKE_SIMILARITY,
        ],
        [
            LIKENESSES.index(name)
            for name in ("exact", "initial", "variant", "part", "variant", "near", "alike")
        ],
        0,
    )
    found[_told(_same_sound, left, right, found == 0)] = LIKENESSES.index("alike")
    return found.astype(np.int8)


def _told(
    function: Callable[[Texts, Texts], NDArray[np.bool_]],
    left: Texts,
    right: Texts,
    where: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """What the function says of the names at ``where``, the only ones it is asked about."""
    found = np.zeros(len(left), dtype=bool)
    found[where] = function(left[where], right[where])
    return found


def _lengths(texts: Texts) -> NDArray[np.int32]:
    return np.fromiter(map(len, texts), np.int32, len(texts))


def _same_first(left: Texts, right: Texts) -> NDArray[np.bool_]:
    return np.asarray(
        [one[0] == other[0] for one, other in zip(left, right, strict=True)], dtype=bool
    )


def _same_sound(left: Texts, right: Texts) -> NDArray[np.bool_]:
    heard = dict(zip(distinct := [*{*left, *right}], sounds(distinct), strict=True))
    return np.asarray(
        [heard[one] == heard[other] for one, other in zip(left, right, strict=True)], dtype=bool
    )


def _both_known(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Are both given names that people have, as Hassan and Hussain?"""
    known = known_names()
    return np.asarray(
        [one in known and other in known for one, other in zip(left, right, strict=True)],
        dtype=bool,
    )


def _one_spelling(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Are two names spellings of one, as Mohammed and Muhammad?"""
    keys = dict(zip(distinct := [*{*left, *right}], spelling_keys(distinct), strict=True))
    return np.asarray(
        [keys[one] == keys[other] != "" for one, other in zip(left, right, strict=True)],
        dtype=bool,
    )


def _shortened(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Is one name the beginning of the other, as pet forms and names cut off are?"""
    return np.asarray(
        [
            min(len(one), len(other)) >= SHORTEST_PART
            and (one.startswith(other) or other.startswith(one))
            for one, other in zip(left, right, strict=True)
        ],
        dtype=bool,
    )


def _share_word(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Is one name a part of the other, a word of some length of it, or several?

    Anne of Anne Marie; not Anne Louise, who is her sister.
    """
    return np.asarray(
        [
            (" " in one or " " in other)
            and any(len(word) >= SHORTEST_PART for word in {*one.split()} & {*other.split()})
            and ({*one.split()} <= {*other.split()} or {*other.split()} <= {*one.split()})
            for one, other in zip(left, right, strict=True)
        ],
        dtype=bool,
    )
