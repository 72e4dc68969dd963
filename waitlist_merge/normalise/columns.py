"""Columns as codes of distinct texts, and back to pandas.

A column of a million rows is read once per distinct text; ``TextColumn`` holds the two halves.

>>> column = encode(pd.Series([9990123462.0, None, "9990123462 "]))
>>> column.texts.tolist(), column.codes.tolist()
(['9990123462', '9990123462 '], [0, -1, 1])
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import category
from waitlist_merge.normalise.reading import Mask, Texts, as_texts, missing

Codes = NDArray[np.integer]

_EXACT: Final = 1e15
"""Largest magnitude at which a float still holds every digit of an identifier."""


@dataclass(frozen=True, eq=False)
class TextColumn:
    """``codes`` of each row into ``texts`` (distinct, no missing); -1 is missing."""

    codes: Codes
    texts: Texts

    def __len__(self) -> int:
        return len(self.codes)

    def rows(self) -> Texts:
        """The text of every row; None where missing."""
        return take(self.texts, self.codes, None)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """The number of rows of each text."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    def present(self) -> Mask:
        """Which rows have a text."""
        mask: Mask = self.codes >= 0
        return mask


def take(values: NDArray[Any], codes: Codes, absent: object) -> NDArray[Any]:
    """The value of every row; ``absent`` where the row's code is -1."""
    if len(values) == 0:
        empty = np.empty(len(codes), dtype=values.dtype)
        empty[:] = absent
        return empty
    rows = values[codes]
    rows[codes < 0] = absent
    return rows


def empty_column(length: int) -> TextColumn:
    """A column of that many missing texts."""
    return TextColumn(np.full(length, -1, dtype=np.int32), missing(0))


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


def _as_texts(distinct: pd.Index[Any]) -> Texts:
    if distinct.inferred_type == "string":
        return np.asarray(distinct, dtype=object)
    return as_texts(map(_as_text, distinct))


def encode(values: pd.Series[Any]) -> TextColumn:
    """Any column as codes of distinct texts: text, categories, numbers, dates, flags, Arrow."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        own = np.asarray(values.cat.codes, dtype=np.int32)
        return used_only(TextColumn(own, _as_texts(values.cat.categories)))
    if values.dtype.kind == "M" and (days := day_column(values)) is not None:
        return days
    try:
        codes, distinct = pd.factorize(values)
    except TypeError:  # unhashable values, such as lists
        codes, distinct = pd.factorize(values.astype(str))
    return TextColumn(np.asarray(codes, dtype=np.int32), _as_texts(pd.Index(distinct)))


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
    return TextColumn(codes, distinct.astype(str).astype(object))


_LONGEST_SPAN: Final = 1_000_000
"""Days (27 centuries) beyond which dates are no longer counted day by day."""


def regroup(values: Texts, codes: Codes) -> TextColumn:
    """Rows whose texts became these values, as a column: equal values share a code."""
    encoded = pa.array(values, pa.string()).dictionary_encode()
    inner = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    distinct: Texts = encoded.dictionary.to_numpy(zero_copy_only=False)
    return TextColumn(take(inner.astype(np.int32), codes, -1), distinct)


def first_of(*columns: TextColumn) -> TextColumn:
    """Row by row the first column's text that is not missing."""
    codes = columns[0].codes.astype(np.int32)
    offset = len(columns[0].texts)
    for column in columns[1:]:
        fill = (codes < 0) & (column.codes >= 0)
        codes[fill] = column.codes[fill] + offset
        offset += len(column.texts)
    joined = np.concatenate([each.texts for each in columns])
    return used_only(regroup(joined, codes))


def used_only(column: TextColumn) -> TextColumn:
    """The column without texts that no row has."""
    used = column.counts > 0
    if used.all():
        return column
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    return TextColumn(take(renumbered, column.codes, -1), column.texts[used])


def as_category(column: TextColumn) -> pd.Categorical[str]:
    """The column as pandas knows it: a category of str."""
    kept = used_only(column)
    return category(kept.codes, pa.array(kept.texts, pa.string()))
