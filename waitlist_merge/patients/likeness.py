"""How alike are two texts? Asked once for each distinct pair of values, not for each pair of rows.

Equality is by code and free; only distinct unequal values are compared as text (rapidfuzz), so a
million pairs of rows cost thousands of comparisons.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cpdist

from waitlist_merge.patients.coding import Coded, Level, Names, Positions

Texts = NDArray[np.object_]
Likeness = Callable[[Texts, Texts], NDArray[np.int8]]

NEAR_ADDRESS = 85.0
"""Likeness of two addresses in any order of words (0 to 100) from which they are near: a letter or
a short word differs."""

SHARED_ADDRESS = 80.0
"""Likeness of the words that two addresses share from which a good part is the same: a line is
left out."""

LONG_NUMBER = 7
"""Characters of a local number from which two slips are still one number: of two random numbers of
that length one pair in some 6,000 is so near."""

NEIGHBOURS = 3
"""Local numbers this near follow each other in a run of registrations, as those of triplets do."""


def within(
    column: Coded, a: Positions, b: Positions, where: NDArray[np.bool_], function: Likeness
) -> Level:
    """``function`` of the two values of each pair at ``where``; 0 elsewhere.

    The function gets the distinct unordered pairs of values, names with their words kept apart.
    """
    one, other = column.codes[a[where]], column.codes[b[where]]
    found = np.zeros(len(a), dtype=np.int8)
    if len(one):
        low, high = np.minimum(one, other), np.maximum(one, other)
        found[where] = _once(low, high, column, column, function)
    return found


def between(one: Coded, other: Coded, a: Positions, b: Positions, function: Likeness) -> Level:
    """``function`` of the value of ``one`` at ``a`` and of ``other`` at ``b``; 0 where missing."""
    left, right = one.codes[a], other.codes[b]
    where = (left >= 0) & (right >= 0)
    found = np.zeros(len(a), dtype=np.int8)
    if where.any():
        found[where] = _once(left[where], right[where], one, other, function)
    return found


def _texts(column: Coded, codes: NDArray[np.integer]) -> Texts:
    """The texts of these codes; a column may have millions of others."""
    values = column.words if isinstance(column, Names) else column.values
    texts = np.empty(len(codes), dtype=object)
    texts[:] = [values[code] for code in codes.tolist()]
    return texts


def _once(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    one: Coded,
    other: Coded,
    function: Likeness,
) -> NDArray[np.int8]:
    """``function`` of each distinct pair of codes, given back to every pair."""
    codes, distinct = pd.factorize(left.astype(np.int64) * len(other.values) + right)
    first, second = np.divmod(distinct, len(other.values))
    return function(_texts(one, first), _texts(other, second))[codes]


def edits(left: Texts, right: Texts) -> NDArray[np.int32]:
    """Edits between each two texts, an exchange of neighbours being one; 3 stands for more."""
    distance = cpdist(left, right, scorer=DamerauLevenshtein.distance, score_cutoff=2)
    return np.asarray(distance, dtype=np.int32)


def one_edit(left: Texts, right: Texts) -> NDArray[np.int8]:
    """1 where two texts are at most one edit apart.

    >>> one_edit(np.array(["LS6 2AB"], object), np.array(["LS6 2BA"], object)).tolist()
    [1]
    """
    return (edits(left, right) <= 1).astype(np.int8)


def number_slips(left: Texts, right: Texts) -> NDArray[np.int8]:
    """How many slips two local numbers are apart: one, two in long ones, 0 for more or neighbours.

    Numbers that follow each other are given to people who are registered together, twins above all.

    >>> number_slips(np.array(["7161189"] * 2, object), np.array(["7116189", "7161190"], object))
    array([1, 0], dtype=int8)
    """
    distance = cpdist(left, right, scorer=DamerauLevenshtein.distance, score_cutoff=2)
    slip = np.asarray((distance == 1) | (distance == 2))
    for at in np.flatnonzero(distance == 2):
        slip[at] = len(left[at]) >= LONG_NUMBER
    slip[slip] = ~_neighbours(left[slip], right[slip])
    return np.where(slip, distance, 0).astype(np.int8)


def _neighbours(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Do two numbers follow each other, or is one of them no number that tells?"""
    one, other = (
        pd.to_numeric(pd.Series(texts, dtype=object).str.replace(r"\D", "", regex=True), "coerce")
        for texts in (left, right)
    )
    return ~np.asarray((one - other).abs().to_numpy(dtype=np.float64) > NEIGHBOURS)


def address_likeness(left: Texts, right: Texts) -> NDArray[np.int8]:
    """2 for near addresses, 1 where a good part is the same, 0 otherwise.

    >>> elm, lane = "15 LUBUMA PLACE GREENSBOROUGH", "15 LUBUMAPLACE GREENSBORO"
    >>> others = np.array([lane, "2 HIGH ST"], object)
    >>> address_likeness(np.array([elm, elm], object), others).tolist()
    [2, 0]
    """
    sorted_words = cpdist(left, right, scorer=fuzz.token_sort_ratio)
    letters = cpdist(_squeezed(left), _squeezed(right), scorer=fuzz.ratio)
    shared = cpdist(left, right, scorer=fuzz.token_set_ratio)
    near = np.maximum(sorted_words, letters) >= NEAR_ADDRESS
    return np.select([near, shared >= SHARED_ADDRESS], [2, 1], 0).astype(np.int8)


def _squeezed(texts: Texts) -> list[str]:
    return [text.replace(" ", "") for text in texts]
