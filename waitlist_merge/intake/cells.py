"""A cell of any kind as text, and a column of text as codes.

Every reader hands over columns as Arrow dictionary arrays: each distinct text is held once, cells
are codes, blank cells are null. Nothing is taken for missing but blanks: ``NULL`` and the like are
decided where values are understood, not here.

>>> encode(["RM3 ", None, "  ", "RM3"]).to_pylist()
['RM3', None, None, 'RM3']
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.categories import category
from waitlist_merge.errors import RefusedExtract

__all__ = [
    "MAX_CELL",
    "Column",
    "as_category",
    "blank_column",
    "cell_text",
    "check_cells",
    "encode",
    "from_arrow_column",
    "from_frame_column",
    "one_below_other",
    "tidy",
]

_TEXT = pa.string()

Column: TypeAlias = Any
"""One column: int32 codes into distinct texts, null where blank; a ``pyarrow.DictionaryArray``."""

MAX_CELL = 131_072
"""Most characters of one cell: four times what Excel can hold (32,767); more is no list."""

MOST_LETTERS = 2**31 - 1
"""Bytes that one array of Arrow's plain text can hold."""

EXACT_INTEGERS = 1e15
"""Excel keeps 15 digits: a longer number has lost its last ones and is shown as ``1.2E+19``."""


def tidy(column: Column) -> Column:
    """Outer spaces trimmed (no-break ones too), blanks null, each text held once.

    Each is held once before: where nothing is to be trimmed, as in most columns, none is looked up
    again.
    """
    texts = column.dictionary.cast(_TEXT)
    trimmed = pc.utf8_trim_whitespace(texts)
    if not trimmed.equals(texts):
        return _once(column.indices, trimmed)
    blank = pc.index(texts, "").as_py()
    if blank < 0:
        return pa.DictionaryArray.from_arrays(column.indices, texts)
    place = np.arange(len(texts), dtype=np.int32)
    number = pa.array(place - (place > blank), mask=place == blank)
    said = pa.concat_arrays([texts[:blank], texts[blank + 1 :]])
    return pa.DictionaryArray.from_arrays(number.take(column.indices), said)


def _once(indices: pa.Array, texts: pa.Array) -> Column:
    """The column of these codes and texts, of which some may be alike, blank or missing."""
    said = pc.if_else(pc.equal(texts, ""), pa.scalar(None, _TEXT), texts).dictionary_encode()
    return pa.DictionaryArray.from_arrays(said.indices.take(indices), said.dictionary)


def encode(texts: Sequence[str | None]) -> Column:
    """A column from texts in row order."""
    return tidy(pa.array(texts, _TEXT).dictionary_encode())


def blank_column(length: int) -> Column:
    """A column of so many blank cells."""
    return pa.DictionaryArray.from_arrays(pa.nulls(length, pa.int32()), pa.array([], _TEXT))


def as_category(column: Column) -> pd.Categorical[str]:
    """The column as pandas holds it: categories are the texts that occur, in order of coming."""
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    texts = column.dictionary
    used = np.zeros(len(texts), dtype=bool)
    used[codes[codes >= 0]] = True
    if not used.all():
        renumbered = np.append(np.cumsum(used) - 1, -1)
        codes = renumbered[codes]
        texts = texts.filter(pa.array(used))
    return category(codes, texts)


def one_below_other(texts: Sequence[pa.Array]) -> pa.Array:
    """Arrays of text as one; with wider offsets where its letters are beyond two thousand million.

    >>> one_below_other([pa.array(["a"]), pa.array(["b"])]).to_pylist()
    ['a', 'b']
    """
    if sum(each.nbytes for each in texts) > MOST_LETTERS:
        texts = [each.cast(pa.large_string()) for each in texts]
    return pa.concat_arrays(texts) if texts else pa.array([], _TEXT)


def cell_text(value: object) -> str | None:
    """A workbook's cell as text: dates as ISO, whole numbers without ``.0``, all digits kept.

    >>> cell_text(9990000018.0), cell_text(datetime(2026, 11, 15)), cell_text(1.5e19)
    ('9990000018', '2026-11-15', '1.5E+19')
    """
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, date):
        return _date_text(value)
    if isinstance(value, float | np.floating):
        return _number_text(float(value))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _date_text(day: date) -> str:
    if isinstance(day, datetime) and day.time() != time():
        return day.strftime("%Y-%m-%d %H:%M:%S")
    return day.strftime("%Y-%m-%d")


def _number_text(number: float) -> str | None:
    if np.isnan(number):
        return None
    if not number.is_integer():
        return f"{number:.15g}"
    return str(int(number)) if abs(number) < EXACT_INTEGERS else f"{number:.15G}"


def from_frame_column(values: pd.Series) -> Column:
    """A column of a data frame or Parquet file, of whatever kind, as text."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, distinct = values.cat.codes.to_numpy(), values.cat.categories
    else:
        codes, distinct = pd.factorize(values)
    texts = [cell_text(each) for each in distinct]
    indices = pa.array(codes, pa.int32(), mask=np.asarray(codes) < 0)
    return tidy(_once(indices, pa.array(texts, _TEXT)))


def from_arrow_column(values: pa.ChunkedArray) -> Column:
    """A column of a Parquet file as text; whole numbers keep all their digits."""
    if not len(values):
        return blank_column(0)
    codes = values.dictionary_encode().unify_dictionaries().combine_chunks()
    distinct, kind = codes.dictionary, codes.dictionary.type
    if pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = distinct.cast(_TEXT)
    else:
        texts = pa.array([cell_text(each) for each in distinct.to_pylist()], _TEXT)
    return tidy(_once(codes.indices, texts))


def check_cells(source: str, columns: Sequence[Column]) -> None:
    """RefusedExtract where one cell is longer than any list's can be."""
    for position, column in enumerate(columns, start=1):
        longest = pc.max(pc.utf8_length(column.dictionary)).as_py() or 0
        if longest > MAX_CELL:
            raise RefusedExtract(
                source,
                f"column {position} has a cell of {longest:,} characters (at most {MAX_CELL:,})",
                "check for a missing quotation mark or take the column out",
            )
