"""A column read: its typed values, the source text worth keeping, and its faults by row.

The source text of a value is kept where the value is missing though the text was not blank, or
where the letters and digits of the two differ; dates are kept where they were read in doubt.

>>> from waitlist_merge.normalise.columns import as_words, encode
>>> source = encode(pd.Series(["F", "Q"]))
>>> reading = Reading(np.array(["2", None], dtype=object), {Fault.UNKNOWN_CODE: source.codes == 1})
>>> column = text_column(source, as_words(reading.values), reading, np.arange(2))
>>> column.values.tolist(), column.faults[Fault.UNKNOWN_CODE].tolist()
(['2', nan], [1])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.normalise.columns import (
    Codes,
    TextColumn,
    as_category,
    empty_column,
    regroup,
    take,
)
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.reading import Mask, Reading, Texts, is_blank, letters_and_digits
from waitlist_merge.reasons import Fault

Rows = NDArray[np.int64]
Values: TypeAlias = ExtensionArray | NDArray[Any]

WHOLE_COLUMN: Final = -1
"""The row of a finding about a column."""

_OF_THE_COLUMN: Final = frozenset(
    {Fault.DATE_ORDER_ASSUMED, Fault.LEADING_ZERO_LOST, Fault.ORGANISATION_ALIAS}
)
"""Faults decided or mended for a column as a whole: one finding with a count."""


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """``values`` as pandas holds them; ``source`` has a text only where it must be kept.

    ``faults`` are positions of rows, ``column_faults`` counts of rows with a fault that is reported
    once for the column.
    """

    values: Values
    source: TextColumn
    faults: Mapping[Fault, Rows] = field(default_factory=lambda: MappingProxyType({}))
    column_faults: Mapping[Fault, int] = field(default_factory=lambda: MappingProxyType({}))

    def findings(self, name: str) -> Iterator[pd.DataFrame]:
        """One frame of findings for each fault."""
        for fault, rows in self.faults.items():
            yield _findings(name, fault, rows, np.ones(len(rows), dtype=np.int64))
        for fault, count in self.column_faults.items():
            yield _findings(name, fault, np.array([WHOLE_COLUMN]), np.array([count]))


def _findings(name: str, fault: Fault, rows: Rows, counts: Rows) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": rows.astype(np.int64),
            "field": name,
            "reason": fault.value,
            "message": fault.meaning,
            "count": counts.astype(np.int64),
        }
    )


def _is_changed(texts: Texts, values: Texts) -> Mask:
    """Where a text says more than, or other than, its value."""
    changed: Mask = np.asarray(values != texts, dtype=bool)
    unequal = np.flatnonzero(changed)
    if not len(unequal):
        return changed
    said, read = texts[unequal], values[unequal]
    absent = read == None  # noqa: E711  (elementwise on an object array)
    differs = _letters(said) != _letters(np.where(absent, "", read))
    changed[unequal] = np.where(absent, ~_blank(said), differs)
    return changed


_letters: Final = Remembered(letters_and_digits)
_blank: Final = Remembered(is_blank)


def _split_faults(
    reading: Reading, source: TextColumn, at: NDArray[np.intp] | None = None
) -> tuple[dict[Fault, Rows], dict[Fault, int]]:
    """Faults by row, and those that are counted for the column.

    An unknown code that was kept as sent is counted too: a local list makes one finding, not one
    for each row. ``at`` are the texts that the reading is of, by default all.
    """
    by_row: dict[Fault, Rows] = {}
    by_column: dict[Fault, int] = {}
    for fault, mask in reading.faults.items():
        if not mask.any():
            continue
        single = mask
        if fault is Fault.UNKNOWN_CODE and reading.values.dtype == object:
            single = mask & (reading.values == None)  # noqa: E711  (elementwise)
        elif fault in _OF_THE_COLUMN:
            single = np.zeros_like(mask)
        counts = source.counts if at is None else source.counts[at]
        together = int(counts[mask & ~single].sum())
        if together:
            by_column[fault] = together
        if single.any():
            by_row[fault] = np.flatnonzero(take(_spread(single, source, at), source.codes, False))
    return by_row, by_column


def _spread(mask: Mask, source: TextColumn, at: NDArray[np.intp] | None) -> Mask:
    """What holds of the texts at these positions, as a mask of all texts."""
    if at is None:
        return mask
    whole = np.zeros(len(source.words), dtype=bool)
    whole[at] = mask
    return whole


def _kept(source: TextColumn, mask: Mask) -> TextColumn:
    """The rows that have one of these texts; the others missing."""
    if not mask.any():
        return empty_column(len(source))
    places = np.where(mask, np.cumsum(mask) - 1, -1).astype(np.int32)
    return TextColumn(take(places, source.codes, -1), source.words.filter(pa.array(mask)))


def with_changes(reading: Reading, texts: Texts) -> Reading:
    """The reading of a text field, with those texts to be kept that were changed."""
    return replace(reading, kept=_is_changed(texts, reading.values))


def text_column(
    source: TextColumn, values: pa.Array, reading: Reading, at: NDArray[np.intp]
) -> TypedColumn:
    """A text field from the value of each distinct text and the reading of those at ``at``.

    The others are read as they are, or but without spaces.
    """
    by_row, by_column = _split_faults(reading, source, at)
    changed = np.zeros(len(at), dtype=bool) if reading.kept is None else reading.kept
    return TypedColumn(
        as_category(source if values is source.words else regroup(values, source.codes)),
        _kept(source, _spread(changed, source, at)),
        by_row,
        by_column,
    )


def flag_column(source: TextColumn, reading: Reading) -> TypedColumn:
    """A flag from the reading of its distinct texts; only texts not understood are kept."""
    by_row, by_column = _split_faults(reading, source)
    said = take(reading.values, source.codes, None)
    unread = (reading.values == None) & ~_blank(source.texts)  # noqa: E711  (elementwise)
    return TypedColumn(flags(said), _kept(source, unread), by_row, by_column)


def flags(said: Texts) -> pd.arrays.BooleanArray:
    """True, False and None as pandas' boolean."""
    absent = np.asarray(said == None, dtype=bool)  # noqa: E711  (elementwise)
    return pd.arrays.BooleanArray(np.where(absent, False, said).astype(bool), absent)


def number_column(source: TextColumn, reading: Reading) -> TypedColumn:
    """A number from the reading of its distinct texts; texts that are another number are kept."""
    by_row, by_column = _split_faults(reading, source)
    written = pd.to_numeric(pd.Series(source.texts, dtype=object), errors="coerce").to_numpy(float)
    same = written == reading.values
    keep = ~same & ~_blank(source.texts)
    return TypedColumn(
        take(reading.values, source.codes, np.nan), _kept(source, keep), by_row, by_column
    )


def date_column(source: TextColumn, reading: Reading) -> TypedColumn:
    """A date from the reading of its distinct texts; texts read in doubt or not at all are kept."""
    by_row, by_column = _split_faults(reading, source)
    doubtful = np.zeros(len(source.words), dtype=bool) if reading.kept is None else reading.kept
    return TypedColumn(
        date_values(take(reading.values.astype("datetime64[s]"), source.codes, _NO_TIME)),
        _kept(source, doubtful),
        by_row,
        by_column,
    )


_NO_TIME: Final = np.datetime64("NaT", "s")


def date_values(days: NDArray[np.datetime64]) -> ExtensionArray:
    """Days as pandas holds the dates of an entry: datetime64[s]."""
    dates: ExtensionArray = pd.DatetimeIndex(days.astype("datetime64[s]", copy=False)).array
    return dates


def part_column(
    typed: TextColumn, source: TextColumn, faults: Mapping[Fault, Mask] | None = None
) -> TypedColumn:
    """A text field that came from several columns: ``source`` is its own, ``faults`` are by row."""
    return TypedColumn(
        as_category(typed),
        _source_of_rows(typed, source),
        {fault: np.flatnonzero(mask) for fault, mask in (faults or {}).items() if mask.any()},
    )


def _source_of_rows(typed: TextColumn, source: TextColumn) -> TextColumn:
    """The source text of the rows whose value differs, each distinct pair compared once."""
    if source.words is typed.words and source.codes is typed.codes:
        return empty_column(len(source))
    stated = np.flatnonzero(source.present())
    width = len(typed.words) + 1
    inverse, pairs = pd.factorize(
        source.codes[stated].astype(np.int64) * width + typed.codes[stated] + 1
    )
    texts = take(source.texts, pairs // width, None)
    values = take(typed.texts, pairs % width - 1, None)
    if not len(stated):
        return empty_column(len(source))
    codes: Codes = np.full(len(source), -1, dtype=np.int32)
    codes[stated] = np.where(_is_changed(texts, values)[inverse], source.codes[stated], -1)
    return TextColumn(codes, source.words)


def absent_text(length: int) -> pd.Categorical[str]:
    """A text field that no row has."""
    return as_category(empty_column(length))
