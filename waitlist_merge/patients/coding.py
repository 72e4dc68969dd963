"""A column as codes into its distinct values: the form in which the linkage compares.

A value is coded once; every later stage compares codes. Code -1 is missing, which is neither
agreement nor disagreement (design: missing is a state).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar

import jellyfish
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.mixing import FACTORS
from waitlist_merge.normalise.name_forms import comparison_form

Codes = NDArray[np.int32]
Positions = NDArray[np.int32] | NDArray[np.intp]
Level = NDArray[np.int8]

Told = TypeVar("Told", bound=np.generic)

MISSING = -1
"""The code of no value."""


@dataclass(frozen=True, eq=False, slots=True)
class Coded:
    """A column as codes into ``values``; -1 is missing."""

    codes: Codes
    values: tuple[str, ...]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where is there a value? One bool a row."""
        return self.codes >= 0

    def told(self, table: NDArray[Told], missing: object) -> NDArray[Told]:
        """What the table says of each row's value; ``missing`` where there is none.

        >>> Coded(np.array([1, -1, 0]), ("Ann", "Bo")).told(np.array([3, 2]), 0).tolist()
        [2, 0, 3]
        """
        nothing = np.asarray(missing, dtype=table.dtype)
        if not len(table):
            return np.broadcast_to(nothing, len(self.codes))
        return np.append(table, nothing)[self.codes]

    def derive(self, function: Callable[[Sequence[str]], Sequence[str]]) -> Coded:
        """The same rows under a function of the values, called once; "" becomes missing.

        >>> names = Coded(np.array([0, 1, -1], dtype=np.int32), ("Ann", "Anne"))
        >>> names.derive(lambda values: [value[:3] for value in values]).codes.tolist()
        [0, 0, -1]
        """
        forms = np.asarray([form or None for form in function(self.values)], dtype=object)
        codes, values = pd.factorize(forms)
        return Coded(self.told(codes.astype(np.int32), MISSING), tuple(values.tolist()))


@dataclass(frozen=True, eq=False, slots=True)
class Names(Coded):
    """Names coded by their letters; ``words`` has each value with its words kept apart.

    ``common`` is the code of each value in the vocabulary of all columns of names, and a last -1.
    """

    words: tuple[str, ...]
    common: Codes = field(default_factory=lambda: np.array([MISSING], dtype=np.int32))


def coded(column: pd.Series) -> Coded:
    """A text column as codes; categories are kept as they are."""
    categorical = column.astype("category").cat
    return Coded(
        categorical.codes.to_numpy().astype(np.int32, copy=False),
        tuple(categorical.categories.to_numpy(dtype=object).tolist()),
    )


def absent(size: int) -> Coded:
    """A column that no row has; it takes no memory.

    >>> absent(3).codes.tolist()
    [-1, -1, -1]
    """
    return Coded(np.broadcast_to(np.int32(MISSING), size), ())


def combine(*columns: Codes) -> Codes:
    """One code for equal tuples of codes; missing where any part is missing.

    >>> one, same, other, none = combine(np.array([0, 0, 1, -1]), np.array([2, 2, 2, 2])).tolist()
    >>> one == same != other, none
    (True, -1)
    """
    spans = [int(column.max(initial=0)) + 1 for column in columns]
    if math.prod(spans) <= np.iinfo(np.int32).max:
        return _packed_small(columns, spans)
    packed = pack(*columns)
    if packed.max(initial=0) <= np.iinfo(np.int32).max:
        return packed.astype(np.int32)
    codes = np.full(len(packed), MISSING, dtype=np.int32)
    known = packed >= 0
    codes[known] = pd.factorize(packed[known])[0]
    return codes


def _packed_small(columns: Sequence[NDArray[np.integer]], spans: Sequence[int]) -> Codes:
    """What ``pack`` says, of codes whose tuples are few: in half the room."""
    packed = np.zeros(len(columns[0]), dtype=np.int32)
    for column, span in zip(columns, spans, strict=True):
        packed *= np.int32(span)
        packed += np.maximum(column, 0).astype(np.int32, copy=False)
    for column in columns:
        packed[column < 0] = MISSING
    return packed


def pack(*columns: NDArray[np.integer]) -> NDArray[np.int64]:
    """Codes packed to one int64 that is equal exactly where all are; -1 where any is missing."""
    packed = np.zeros(len(columns[0]), dtype=np.int64)
    known = np.ones(len(columns[0]), dtype=bool)
    room = 1
    for column in columns:
        span = int(column.max(initial=0)) + 1
        if room > np.iinfo(np.int64).max // (span + 1):
            packed = pd.factorize(packed)[0].astype(np.int64)
            room = int(packed.max(initial=0)) + 1
        packed = packed * span + column
        known &= column >= 0
        room *= span
    packed[~known] = MISSING
    return packed


def names(column: Coded) -> Names:
    """Names coded by their letters A to Z: "Anne-Marie" and "ANNE MARIE" are one.

    >>> names(Coded(np.array([0, 1]), ("Anne-Marie", "ANNE MARIE"))).words
    ('ANNE MARIE',)
    """
    split = [_WORD_BREAK.split(value) for value in column.values]
    flat = comparison_form([word for words in split for word in words])
    letters = iter(flat)
    spaced = [" ".join(filter(None, [next(letters) for _ in words])) for words in split]
    return _by_letters(column, spaced)


def of_one_vocabulary(*columns: Names) -> list[Names]:
    """The columns with ``common``: one code for one name, whichever column it stands in.

    >>> given = names(Coded(np.arange(2), ("ANN", "LEE")))
    >>> family = names(Coded(np.arange(1), ("LEE",)))
    >>> [column.common.tolist() for column in of_one_vocabulary(given, family)]
    [[0, 1, -1], [1, -1]]
    """
    words = np.asarray([value for column in columns for value in column.values], dtype=object)
    codes = pd.factorize(words)[0].astype(np.int32)
    ends = np.cumsum([len(column.values) for column in columns])
    parts = np.split(codes, ends[:-1])
    return [
        replace(column, common=np.append(part, np.int32(MISSING)))
        for column, part in zip(columns, parts, strict=True)
    ]


_WORD_BREAK = re.compile(r"[\s\-/_,.&]+")
"""What stands between two words of a name; an apostrophe does not."""


def sounds(forms: Sequence[str]) -> list[str]:
    """How does each name sound? Soundex of its telling word, the letters where it has none.

    The first word of those that are longest as far as a particle goes: "Al Sayed" sounds as
    "Sayed", "Anne Marie" as "Anne", and "Abd Al Rahman" or "Li Na", all particles, as one word.

    >>> sounds(["SMITH", "SMYTHE", "AL SAYED", "LI NA", "LINA"])
    ['S530', 'S530', 'S300', 'L500', 'L500']
    """
    return [_sound(form) for form in forms]


@lru_cache(maxsize=1 << 17)
def _sound(form: str) -> str:
    return jellyfish.soundex(_telling(form)) if form.strip() else ""


def _telling(form: str) -> str:
    words = form.split()
    long = [word for word in words if len(word) > LONGEST_PARTICLE]
    return long[0] if long and words[0] not in SERVANT else "".join(words)


LONGEST_PARTICLE = 3
"""Letters of the longest word that tells little beside a longer one: "Al", "de la", "Bin"."""

SERVANT = frozenset({"ABD", "ABDUL", "ABDEL", "ABDAL", "ABDUR"})
"""First words that are half a name: "Abdul Rahman" is Abdulrahman."""


def addresses(column: Coded) -> Names:
    """Addresses coded by their letters and digits, with the words kept apart."""
    spaced = [" ".join(NO_WORD.split(value.upper())).strip() for value in column.values]
    return _by_letters(column, spaced)


NO_WORD = re.compile(r"[\W_]+")
"""What stands between two words of an address."""


def _by_letters(column: Coded, spaced: Sequence[str]) -> Names:
    """The column coded by its texts without spaces, with the words of the spacing that most hold.

    A spacing says more than none: "Al-Hassan" and "Alhassan" are two words. One slip, "A Lhassan",
    must not speak for all.
    """
    if not spaced:
        return Names(column.codes, (), ())
    squeezed = column.derive(lambda _values: [form.replace(" ", "") for form in spaced])
    held = np.zeros(len(spaced) + 1, dtype=np.int64)
    np.add.at(held, column.codes, 1)
    best: dict[str, tuple[bool, int, int, str]] = {}
    for form, count in zip(spaced, held[:MISSING].tolist(), strict=True):
        letters, spaces = form.replace(" ", ""), form.count(" ")
        rank = spaces > 0, count, spaces, form
        best[letters] = max(rank, best.get(letters, rank))
    return Names(
        squeezed.codes, squeezed.values, tuple(best[value][3] for value in squeezed.values)
    )


def at_places(codes: NDArray[Told], at: Positions) -> NDArray[Told]:
    """``codes[at]`` in half the time: positions are never outside, so none is looked at for that.

    >>> at_places(np.array([3, 1, 2]), np.array([2, 0])).tolist()
    [2, 3]
    """
    return codes.take(at, mode="clip")


def pair_rank(ranks: NDArray[np.uint64], a: Positions, b: Positions) -> NDArray[np.uint64]:
    """A number for each pair by what the two records are, not by where they stand."""
    one, other = at_places(ranks, a), at_places(ranks, b)
    return np.minimum(one, other) * FACTORS[0] + np.maximum(one, other)
