"""How alike are two names as texts? Spellings, pet forms, initials, slips and sounds.

Functions of distinct values only (``likeness.within``); what the fields of two records say of each
other is in ``names``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from waitlist_merge.patients.coding import SERVANT, sounds
from waitlist_merge.patients.likeness import Texts, edits
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


def middle_likeness(left: Texts, right: Texts) -> NDArray[np.int8]:
    """``name_likeness`` of middle names, short ones with a slip included: Guo and Gu.

    >>> left, right = np.array([("GUO", "GU"), ("ALI", "UMAR")], dtype=object).T
    >>> [LIKENESSES[found] for found in middle_likeness(left, right)]
    ['near', '']
    """
    found = name_likeness(left, right)
    found[_slipped(left, right, found)] = LIKENESSES.index("near")
    return found


def given_likeness(left: Texts, right: Texts) -> NDArray[np.int8]:
    """``name_likeness`` of given names, short ones with a slip included if one is no name at all.

    Sma is Sam; Sam and Pam, or Wei and Wai, whom the table of names does not tell, are two.

    >>> pairs = np.array([("SMA", "SAM"), ("SAM", "PAM"), ("WEI", "WAI")], dtype=object)
    >>> [LIKENESSES[found] for found in given_likeness(*pairs.T)]
    ['near', '', 'alike']
    """
    found = name_likeness(left, right)
    slipped = _slipped(left, right, found)
    found[slipped & (_known(left) != _known(right))] = LIKENESSES.index("near")
    return found


def _slipped(left: Texts, right: Texts, found: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Are two names that ``name_likeness`` found nothing nearer in one slip apart? Not initials."""
    unlike = np.isin(found, [0, LIKENESSES.index("alike")])
    unlike &= np.minimum(_lengths(left), _lengths(right)) > 1
    return _told(lambda *names: edits(*names) <= 1, left, right, unlike)


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
    spelt = _told(one_spelling, left, right, shorter >= shortest_spelt)
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
    return _known(left) & _known(right)


def _known(names: Texts) -> NDArray[np.bool_]:
    """Which are given names that people have?"""
    known = known_names()
    return np.fromiter((name in known for name in names), bool, len(names))


def one_spelling(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Are two names spellings of one, as Mohammed and Muhammad?"""
    keys = dict(zip(distinct := [*{*left, *right}], spelling_keys(distinct), strict=True))
    return np.asarray(
        [keys[one] == keys[other] != "" for one, other in zip(left, right, strict=True)],
        dtype=bool,
    )


def _shortened(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Is one name the beginning of the other, as pet forms and names cut off are?

    Abdul is half of many names: of Abdulrahman and of his brother Abdulrahim.
    """
    return np.asarray(
        [
            min(len(one), len(other)) >= SHORTEST_PART
            and (one.startswith(other) or other.startswith(one))
            and not {one, other} & SERVANT
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
