"""Columns as codes of distinct texts, and back to pandas.

A column of a million rows is read once per distinct text; ``TextColumn`` holds the two halves.

>>> column = encode(pd.Series([9990123462.0, None, "9990123462 "]))
>>> column.texts.tolist(), column.codes.tolist()
(['9990123462', '9990123462 '], [0, -1, 1])
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.categories import category, whole
from waitlist_merge.normalise.reading import Mask, Texts, as_texts

Codes = NDArray[np.integer]

_EXACT: Final = 1e15
"""Largest magnitude at which a float still holds every digit of an identifier."""

_WORDS: Final = pa.large_string()
"""Text as pandas holds it, so that it passes from and to a frame as it is."""


@dataclass(frozen=True, eq=False)
class TextColumn:
    """``codes`` of each row into ``words`` (distinct, no missing); -1 is missing.

    Words stay in Arrow, where a column of a million identifiers is one piece of memory; ``texts``
    are the same as Python objects, made when a reader asks for them.
    """

    codes: Codes
    words: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def texts(self) -> Texts:
        """The distinct texts."""
        array: Texts = self.words.to_numpy(zero_copy_only=False)
        return array

    def rows(self) -> Texts:
        """The text of every row; None where missing."""
        return take(self.texts, self.codes, None)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """The number of rows of each text."""
        return np.bincount(self.codes + 1, minlength=len(self.words) + 1)[1:]

    @cached_property
    def used(self) -> Mask:
        """Which of the texts does any row have?"""
        used: Mask = np.zeros(len(self.words) + 1, dtype=bool)
        used[self.codes] = True
        return used[:-1]

    def present(self) -> Mask:
        """Which rows have a text."""
        mask: Mask = self.codes >= 0
        return mask


def as_words(texts: Iterable[str | None]) -> pa.Array:
    """Texts as a column holds them; None is null."""
    return pa.array(texts, _WORDS)


def take(values: NDArray[Any], codes: Codes, absent: object) -> NDArray[Any]:
    """The value of every row; ``absent`` where the row's code is -1."""
    last = np.empty(1, dtype=values.dtype)
    last[0] = absent
    rows: NDArray[Any] = np.concatenate([values, last])[codes]
    return rows


def empty_column(length: int) -> TextColumn:
    """A column of that many missing texts."""
    return TextColumn(np.full(length, -1, dtype=np.int32), _NO_WORDS)


_NO_WORDS: Final = as_words([])


def _as_text(value: object) -> str:
    """One value as the text that a reader expects: whole floats without ``.0``, dates as ISO."""
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating):
        return _number_as_text(float(value))
    if isinstance(value, datetime):
        midnight = value.hour == value.minute == value.second == 0
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _number_as_text(number: float) -> str:
    if abs(number) >= _EXACT:
        return f"{number:.5E}"
    return str(int(number)) if number.is_integer() else str(number)


def _as_words(distinct: pd.Index[Any]) -> pa.Array:
    if isinstance(distinct.dtype, pd.StringDtype):
        return whole(as_words(distinct.array))
    if distinct.inferred_type == "string":
        return as_words(np.asarray(distinct, dtype=object))
    return as_words(as_texts(map(_as_text, distinct)))


def encode(values: pd.Series[Any]) -> TextColumn:
    """Any column as codes of distinct texts: text, categories, numbers, dates, flags, Arrow."""
    if isinstance(values.array, pd.Categorical):
        return used_only(category_as_held(values.array))
    if values.dtype.kind == "M" and (days := day_column(values)) is not None:
        return days
    try:
        codes, distinct = pd.factorize(values)
    except TypeError:  # unhashable values, such as lists
        codes, distinct = pd.factorize(values.astype(str))
    return TextColumn(np.asarray(codes, dtype=np.int32), _as_words(pd.Index(distinct)))


def category_as_held(values: pd.Categorical[Any]) -> TextColumn:
    """A category as it is: with texts that no row has, where it holds any."""
    return TextColumn(np.asarray(values.codes, dtype=np.int32), _as_words(values.categories))


def day_column(dates: pd.Series[Any]) -> TextColumn | None:
    """Dates without a time of day as codes of ISO texts, counted and not hashed; else None.

    >>> days = day_column(pd.Series(pd.to_datetime(["1971-05-03", None, "1971-05-01"])))
    >>> days.texts.tolist(), days.codes.tolist()
    (['1971-05-01', '1971-05-03'], [1, -1, 0])
    """
    moments = dates.to_numpy()
    if moments.dtype.kind != "M":  # with a time zone
        return None
    days = moments.astype("datetime64[D]")
    known = ~np.isnat(days)
    if not known.any() or (days[known] != moments[known]).any():
        return None
    numbers = days.astype(np.int64)
    first = numbers[known].min()
    if numbers[known].max() - first > _LONGEST_SPAN:
        return None
    offsets = np.where(known, numbers - first, 0)
    used = np.bincount(offsets[known]) > 0
    codes = np.where(known, (np.cumsum(used) - 1).astype(np.int32)[offsets], np.int32(-1))
    distinct = (first + np.flatnonzero(used)).astype("datetime64[D]")
    return TextColumn(codes, as_words(distinct.astype(str).astype(object)))


_LONGEST_SPAN: Final = 1_000_000
"""Days (27 centuries) beyond which dates are no longer counted day by day."""


def regroup(values: Texts | pa.Array, codes: Codes) -> TextColumn:
    """Rows whose texts became these values, as a column: equal values share a code."""
    if not len(values):
        return empty_column(len(codes))
    held = values if isinstance(values, pa.Array) else as_words(values)
    encoded = held.dictionary_encode()
    inner = encoded.indices
    if inner.null_count:
        inner = inner.fill_null(-1)
    return TextColumn(take(inner.to_numpy(), codes, -1), encoded.dictionary)


def first_of(*columns: TextColumn) -> TextColumn:
    """Row by row the first column's text that is not missing."""
    told = [each for each in columns if len(each.words)]
    if len(told) < 2:
        return used_only(told[0] if told else columns[0])
    codes = told[0].codes.astype(np.int32)
    offset = len(told[0].words)
    for column in told[1:]:
        fill = (codes < 0) & (column.codes >= 0)
        codes[fill] = column.codes[fill] + offset
        offset += len(column.words)
    return used_only(regroup(pa.concat_arrays([each.words for each in told]), codes))


def used_only(column: TextColumn) -> TextColumn:
    """The column without texts that no row has."""
    used = column.used
    if used.all():
        return column
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    return TextColumn(take(renumbered, column.codes, -1), column.words.filter(pa.array(used)))


def as_category(column: TextColumn) -> pd.Categorical[str]:
    """The column as pandas knows it: a category of str."""
    kept = used_only(column)
    return category(kept.codes, kept.words)
