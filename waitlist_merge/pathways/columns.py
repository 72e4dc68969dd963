"""How is a typed entries column read as plain arrays, without touching each row's text?

Text columns are categoricals: every question about a text is asked once of each category and
answered for the rows by code. Dates become whole days since 1970 with ``NO_DAY`` for missing.

>>> column = pd.Series(["30", None, "20"], dtype="category")
>>> is_in(column, {"30"}).tolist(), codes(column).tolist()
([True, False, False], [1, -1, 0])
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import category, words_of
from waitlist_merge.signs import perhaps_again
from waitlist_merge.threads import AT_A_TIME

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Days = NDArray[np.int32]
Number = TypeVar("Number", bound=np.integer)
Element = TypeVar("Element", bound=np.generic)

NO_DAY = int(np.iinfo(np.int32).min)
"""The day that stands for a missing date; compare only where ``known``."""

SECONDS_A_DAY = 86_400
_BITS = 7
"""How often two divides the seconds of a day."""
NOT_A_TIME = int(np.iinfo(np.int64).min)
"""How NumPy stores a missing time."""

FEW = 1_000
"""Categories that cost less to read than to look through for those that occur."""


def codes(column: pd.Series) -> Codes:
    """The code of each value, -1 for missing."""
    return column.cat.codes.to_numpy().astype(np.int32, copy=False)


def codes_at(column: pd.Series, rows: NDArray[np.integer]) -> Codes:
    """The code of the values at these positions, of a long column of which few are looked at.

    >>> codes_at(pd.Series(["b", None, "a"], dtype="category"), np.array([2, 1])).tolist()
    [0, -1]
    """
    return column.cat.codes.to_numpy().take(rows).astype(np.int32, copy=False)


def categories(column: pd.Series) -> list[str]:
    """The distinct values that the codes stand for."""
    return list(map(str, column.cat.categories.tolist()))


def is_in(column: pd.Series, values: Collection[str]) -> Bools:
    """Which rows hold one of these values?"""
    return holds(column, values.__contains__)


def has_word(table: pd.DataFrame, name: str, *words: str) -> Bools:
    """Which rows of a table hold one of these words in a column, be it coded or plain text?

    >>> has_word(pd.DataFrame({"joins": ["yes", "asked", None]}), "joins", "asked", "no").tolist()
    [False, True, False]
    """
    return is_in(table[name].astype("category"), words)


def among(words: pd.Categorical[str], values: Collection[str]) -> Bools:
    """Which elements are one of these words?"""
    wanted = {str(each) for each in values}
    passed = np.array([str(each) in wanted for each in words.categories] + [False], dtype=bool)
    return looked_up(passed, words.codes)


def looked_up(table: NDArray[Element], code: NDArray[np.integer]) -> NDArray[Element]:
    """What a table says of each code, its last element of -1: a part at a time, so that it is near.

    >>> looked_up(np.array([7, 8, 9]), np.array([1, -1], dtype=np.int8)).tolist()
    [8, 9]
    """
    found = np.empty(len(code), dtype=table.dtype)
    for at in range(0, len(code), AT_A_TIME):
        part = slice(at, at + AT_A_TIME)
        np.take(table, code[part], out=found[part], mode="wrap")
    return found


def in_company(number: NDArray[np.integer]) -> Bools:
    """Which elements have a number, 0 upwards, that another one has too?

    >>> in_company(np.array([3, 0, 3])).tolist()
    [True, False, True]
    """
    last = np.empty(int(number.max(initial=-1)) + 1, dtype=np.int32)
    several = np.zeros(len(last), dtype=bool)
    begins = range(0, len(number), AT_A_TIME)
    for at in begins:
        part = number[at : at + AT_A_TIME]
        last[part] = np.arange(at, at + len(part))
    for at in begins:
        part = number[at : at + AT_A_TIME]
        several[part[last[part] != np.arange(at, at + len(part))]] = True
    return looked_up(several, number)


def at_odds(number: NDArray[np.integer], value: NDArray[np.integer], size: int) -> Bools:
    """Which of ``size`` numbers have elements with different values? -1 is no number.

    >>> at_odds(np.array([0, 1, 0, -1]), np.array([5, 5, 6, 7]), 2).tolist()
    [True, False]
    """
    one = np.zeros(size + 1, dtype=value.dtype)  # the last is of those without a number
    found = np.zeros(size + 1, dtype=bool)
    parts = [slice(low, low + AT_A_TIME) for low in range(0, len(number), AT_A_TIME)]
    for part in parts:
        one[number[part]] = value[part]
    for part in parts:
        found[number[part][one[number[part]] != value[part]]] = True
    return found[:-1]


def matches(column: pd.Series, pattern: re.Pattern[str]) -> Bools:
    """Which rows hold a text in which the pattern is found?"""
    return holds(column, lambda value: pattern.search(value) is not None)


def holds(column: pd.Series, test: Callable[[str], bool]) -> Bools:
    """Which rows hold a value that passes the test? The test is asked once per distinct value."""
    passed = np.array([test(value) for value in categories(column)] + [False], dtype=bool)
    if not passed.any():  # many a column of a list says nothing, or nothing of the kind
        return np.zeros(len(column), dtype=bool)
    return looked_up(passed, column.cat.codes.to_numpy())


def numbered(column: pd.Series, number: Callable[[str], int]) -> Codes:
    """A whole number for each row by its value; ``number`` is asked once per distinct value."""
    return renumbered(column, [number(value) for value in categories(column)])


def renumbered(column: pd.Series, numbers: Sequence[int] | Codes) -> Codes:
    """The number of each row's category; -1 for missing."""
    table = np.append(np.asarray(numbers, dtype=np.int32), np.int32(-1))
    return looked_up(table, column.cat.codes.to_numpy())


def vocabulary(*columns: Sequence[str | None]) -> dict[str, int]:
    """One numbering for several lists of values, in sorted order; None gets no number."""
    words = {word for column in columns for word in column if word}
    return {word: number for number, word in enumerate(sorted(words))}


def flag(column: pd.Series) -> Bools:
    """True where the flag is set; missing is not set."""
    return np.asarray(column.fillna(False), dtype=bool)


def days(column: pd.Series) -> Days:
    """Whole days since 1970-01-01; NO_DAY for missing."""
    seconds = column.to_numpy().astype("datetime64[s]", copy=False).view(np.int64)
    whole = np.empty(len(seconds), dtype=np.int32)
    for at in range(0, len(seconds), AT_A_TIME):
        part, found = seconds[at : at + AT_A_TIME], whole[at : at + AT_A_TIME]
        missing = part == NOT_A_TIME
        if missing[0] and missing.all():  # many a column of a list has no date at all
            found.fill(NO_DAY)
            continue
        # In two steps, the second of which divides narrow numbers: that is quicker.
        np.right_shift(part, _BITS, out=found, casting="unsafe")
        found //= SECONDS_A_DAY >> _BITS
        # What is missing has come to day 0: to add to it is twice as quick as to look for it.
        found += missing * np.int32(NO_DAY)
    return whole


def known(column_days: Days) -> Bools:
    """Where there is a date."""
    return np.asarray(column_days != NO_DAY)


def day_number(day: dt.date) -> int:
    """Whole days since 1970-01-01 of one date."""
    return (day - dt.date(1970, 1, 1)).days


def dates(whole_days: NDArray[np.integer]) -> NDArray[np.datetime64]:
    """Days since 1970 as datetime64[s], NaT for NO_DAY."""
    seconds = np.empty(len(whole_days), dtype=np.int64)
    for at in range(0, len(seconds), AT_A_TIME):
        day, part = whole_days[at : at + AT_A_TIME], seconds[at : at + AT_A_TIME]
        np.multiply(day, SECONDS_A_DAY, out=part, dtype=np.int64)
        part[day == NO_DAY] = NOT_A_TIME
    return seconds.view("datetime64[s]")


def iso(whole_days: Days) -> pa.Array:
    """Days since 1970 as ISO text; missing for NO_DAY.

    >>> iso(np.array([0, NO_DAY], dtype=np.int32)).to_pylist()
    ['1970-01-01', None]
    """
    return pc.cast(pa.array(dates(whole_days).astype("datetime64[D]")), pa.string())


def only_used(column: pd.Series) -> pd.Series:
    """The same values, a text column of many categories with only those that occur, order kept.

    >>> column = pd.Series([str(number) for number in range(2_000)], dtype="category").iloc[:2]
    >>> only_used(column).cat.categories.tolist()
    ['0', '1']
    """
    if not isinstance(column.dtype, pd.CategoricalDtype) or len(column.cat.categories) < FEW:
        return column
    code = codes(column)
    used = np.zeros(len(column.cat.categories) + 1, dtype=bool)
    used[code] = True
    used[-1] = False  # where the code of missing values leads
    number = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
    kept = category(number[code], words_of(column).filter(pa.array(used[:-1])))
    return pd.Series(kept, index=column.index)


def any_of(mask: Bools, number: NDArray[np.integer], size: int) -> Bools:
    """Of each of ``size`` numbers, is it true of anything that has the number?

    >>> any_of(np.array([True, False, False]), np.array([2, 2, 0]), 3).tolist()
    [False, False, True]
    """
    return np.asarray(np.bincount(number[mask], minlength=size) > 0)


def sorted_distinct(values: NDArray[Number]) -> NDArray[Number]:
    """The different values in order; several times as fast as ``np.unique`` for whole numbers.

    >>> sorted_distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def said(column: pd.Series) -> tuple[Codes, pa.Array]:
    """Codes into the distinct values that occur, -1 for missing, and these values as Arrow text.

    >>> column = pd.Series(["x", None, "y"], dtype="category")
    >>> said(column.iloc[1:])[0].tolist(), said(column.iloc[1:])[1].to_pylist()
    ([-1, 0], ['y'])
    """
    code = codes(column)
    used = np.zeros(len(column.cat.categories) + 1, dtype=bool)
    used[code] = True
    if used[:-1].all():
        return code, words_of(column)
    used[-1] = False  # where the code of missing values leads
    at = np.flatnonzero(used)
    number = np.full(len(used), -1, dtype=np.int32)
    number[at] = np.arange(len(at))
    return number[code], words_of(column).take(pa.array(at))


def texts(column: pd.Series) -> pa.Array:
    """The distinct values of a text column, as Arrow text."""
    return words_of(column)


def numbered_together(*values: pa.Array) -> list[Codes]:
    """Codes that are equal where the texts are, over all arrays; -1 for missing.

    >>> numbered_together(pa.array(["a", None]), pa.array(["b", "a"]))[1].tolist()
    [1, 0]
    """
    texts = pa.concat_arrays(values)
    # Most of millions of texts occur once: a table is made of the others alone.
    there = texts.is_valid().to_numpy(zero_copy_only=False)
    unlike = there & ~perhaps_again(texts) & (pc.binary_length(texts).fill_null(0).to_numpy() > 0)
    at = np.flatnonzero(there & ~unlike)
    alike = texts.take(pa.array(at)).dictionary_encode().indices.to_numpy()
    begins = np.diff(np.maximum.accumulate(alike), prepend=-1) > 0
    first = unlike
    first[at[begins]] = True
    code = np.cumsum(first, dtype=np.int32) - 1
    code[at] = code[at[begins]][alike]
    code[~there] = -1
    return np.split(code, np.cumsum([len(each) for each in values])[:-1])


def worded(number: NDArray[np.integer], words: Sequence[str]) -> pd.Categorical[str]:
    """The word of each number, as a categorical over all ``words``; -1 is missing.

    >>> worded(np.array([1, -1]), ["yes", "no"]).tolist()
    ['no', nan]
    """
    return pd.Categorical.from_codes(
        number.astype(np.int16), categories=pd.Index([str(word) for word in words])
    )
