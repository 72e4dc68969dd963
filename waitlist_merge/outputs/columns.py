"""A table of the schema as Arrow batches, and back as a frame.

Every output has exactly the columns of ``schema.TABLES``, in that order and of these types. A text
column that is a category stays coded where its texts are few, else it is decoded batch by batch, so
that a table of millions of rows needs no second copy of itself.

>>> frame = pd.DataFrame({"entry_id_b": ["E-2", ""], "weight": [3.5, None]})
>>> [batch] = batches(frame, TABLES["patient_links"])
>>> batch.column("entry_id_b").to_pylist(), batch.column("veto").to_pylist()
(['E-2', None], [None, None])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionDtype

from waitlist_merge.categories import unsaid, whole, words_at, words_of
from waitlist_merge.schema import TABLES, Column, Kind

BATCH_ROWS = 65_536
"""Rows in a batch: the widest table then takes some 50 MB while it is written."""

AGAIN = 8
"""Rows to a distinct text from which a dictionary of them makes a file smaller."""

FEW = 1 << 11
"""Texts up to which a column goes out as it is coded: each batch holds all of them."""

ARROW_TYPES: Mapping[Kind, pa.DataType] = MappingProxyType(
    {
        Kind.TEXT: pa.string(),
        Kind.DATE: pa.date32(),
        Kind.FLAG: pa.bool_(),
        Kind.INTEGER: pa.int32(),
        Kind.NUMBER: pa.float64(),
    }
)

_PANDAS_TYPES: Mapping[pa.DataType, ExtensionDtype] = MappingProxyType(
    {
        pa.string(): pd.StringDtype("pyarrow"),
        pa.bool_(): pd.BooleanDtype(),
        pa.int32(): pd.Int32Dtype(),
    }
)
"""Types in which a value may be missing; dates and float64 have their own way to say so."""

_DTYPES: Mapping[Kind, ExtensionDtype | np.dtype[Any]] = MappingProxyType(
    {
        Kind.DATE: np.dtype("datetime64[s]"),
        Kind.FLAG: pd.BooleanDtype(),
        Kind.INTEGER: pd.Int32Dtype(),
        Kind.NUMBER: np.dtype("float64"),
    }
)
"""How the values of each kind are held, but text."""


class Parted(Protocol):
    """A table so long that it is told part by part, and never held whole beside the others."""

    def parts(self) -> Iterator[pd.DataFrame]:
        """The rows, one part behind the other, at least one; each has the columns of the schema."""


Slice = Callable[[int, int], pa.Array]
"""The rows from one position up to another of one column."""


def columns_of(table: str, frame: pd.DataFrame) -> tuple[Column, ...]:
    """The columns that this frame has as an output table: the schema's, then its own as text.

    Only ``entries`` may have its own: columns of an extract that were not recognised and are kept
    on request. ValueError where another table has a column that the schema does not name.
    """
    own = [str(name) for name in frame.columns if name not in _names(table)]
    if own and table != "entries":
        raise ValueError(f"{table} has columns that the schema does not name: {', '.join(own)}")
    meaning = "Column of an extract that was not recognised, as sent"
    return TABLES[table] + tuple(Column(name, Kind.TEXT, meaning) for name in own)


def _names(table: str) -> frozenset[str]:
    return frozenset(column.name for column in TABLES[table])


def conform(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as ``read_tables`` would give it: every column of the schema, in its order.

    Empty text is missing, as it is on disk. Dates are ``datetime64[s]``, flags ``boolean``,
    integers ``Int32``, numbers ``float64``; text keeps its dtype. All text columns that the frame
    lacks share one array of a byte a row. ValueError as for ``columns_of``.

    >>> links = pd.DataFrame({"relation": ["same_person"], "entry_id_a": ["E-1"], "veto": [""]})
    >>> conform("patient_links", links).iloc[0, :3].tolist()
    ['E-1', nan, 'same_person']
    """
    nothing = unsaid(len(frame))
    columns = {
        column.name: _conformed(frame[column.name], column.kind)
        if column.name in frame
        else _missing(column.kind, frame.index, nothing)
        for column in columns_of(table, frame)
    }
    return pd.DataFrame(columns, index=frame.index, copy=False)


def _conformed(values: pd.Series, kind: Kind) -> pd.Series:
    if kind is not Kind.TEXT:
        dtype = _DTYPES[kind]
        return values if values.dtype == dtype else values.astype(dtype)
    if not isinstance(values.dtype, pd.CategoricalDtype):
        if isinstance(values.dtype, pd.StringDtype) and not _may_be_empty(pa.array(values.array)):
            return values
        blank = np.asarray((values == "").fillna(False), dtype=bool)
        return values.mask(blank) if blank.any() else values
    empty = bool(pc.any(pc.equal(words_of(values), "")).as_py())
    return values.cat.remove_categories([""]) if empty else values


def _missing(kind: Kind, index: pd.Index, nothing: pd.Categorical[str]) -> pd.Series:
    if kind is Kind.TEXT:
        return pd.Series(nothing, index=index, copy=False)
    return pd.Series(None, index=index, dtype=_DTYPES[kind])


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """The Arrow types of these columns: string, date32, bool, int32, float64."""
    return pa.schema([(column.name, ARROW_TYPES[column.kind]) for column in columns])


def says_again(frame: pd.DataFrame, column: Column) -> bool:
    """Has a text column of the frame many rows for each of its distinct texts?"""
    dtype = frame[column.name].dtype if column.name in frame else None
    few = isinstance(dtype, pd.CategoricalDtype) and len(dtype.categories) * AGAIN <= len(frame)
    return few and column.kind is Kind.TEXT


def has_range(frame: pd.DataFrame, column: Column) -> bool:
    """Has the frame a column of this name with dates or numbers in it?"""
    there = column.kind is not Kind.TEXT and column.name in frame
    return there and not _says_nothing(frame[column.name])


def coded_schema(frame: pd.DataFrame, columns: Sequence[Column]) -> pa.Schema:
    """The types of ``arrow_schema``, but codes where a text column of the frame has few texts."""
    return pa.schema([(column.name, _coded_type(frame, column)) for column in columns])


def _coded_type(frame: pd.DataFrame, column: Column) -> pa.DataType:
    if not says_again(frame, column):
        return ARROW_TYPES[column.kind]
    values = frame[column.name].cat
    if len(values.categories) > FEW or "" in values.categories:
        return ARROW_TYPES[column.kind]
    return pa.dictionary(pa.from_numpy_dtype(values.codes.dtype), pa.string())


def batches(
    frame: pd.DataFrame, columns: Sequence[Column], *, schema: pa.Schema | None = None
) -> Iterator[pa.RecordBatch]:
    """The frame in these columns, some rows at a time; a column that it lacks is all missing.

    ``schema`` is the frame's ``coded_schema``, by default the ``arrow_schema``. Empty text is
    missing. An empty frame gives one batch without rows.
    """
    schema = schema or arrow_schema(columns)
    slices = [_slice(frame, field, column) for field, column in zip(schema, columns, strict=True)]
    for start in range(0, max(len(frame), 1), BATCH_ROWS):
        end = min(start + BATCH_ROWS, len(frame))
        arrays = [each(start, end) for each in slices]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _slice(frame: pd.DataFrame, field: pa.Field, column: Column) -> Slice:
    if column.name not in frame or _says_nothing(values := frame[column.name]):
        nothing = pa.nulls(min(len(frame), BATCH_ROWS), field.type)
        return lambda start, end: nothing.slice(0, end - start)
    convert = _text if column.kind is Kind.TEXT else _plain
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return lambda start, end: convert(values.iloc[start:end]).cast(field.type)
    categories = pd.Series(values.cat.categories.array)
    codes = values.cat.codes.to_numpy()
    if pa.types.is_dictionary(field.type):
        return _coded(codes, convert(categories).cast(pa.string()))
    few = len(categories) <= len(values) or column.kind is not Kind.TEXT
    distinct = convert(categories) if few else _held(categories)

    def decoded(start: int, end: int) -> pa.Array:
        taken = words_at(distinct, codes[start:end])
        return (taken if few else _said(taken)).cast(field.type)

    return decoded


def _coded(codes: NDArray[np.integer], words: pa.Array) -> Slice:
    """Codes as they are; below zero is missing."""
    return lambda start, end: pa.DictionaryArray.from_arrays(
        codes[start:end], words, from_pandas=True
    )


def _says_nothing(values: pd.Series) -> bool:
    """Is a column missing in every row? Many of the widest table are."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return not len(values.cat.categories)
    return bool(values.isna().all())


def _plain(values: pd.Series) -> pa.Array:
    return pa.array(values, from_pandas=True)


def _text(values: pd.Series) -> pa.Array:
    """What is said, as text; what is empty says nothing."""
    return _said(_held(values))


def _said(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), None, text) if _may_be_empty(text) else text


def _may_be_empty(text: pa.Array) -> bool:
    """Is any text empty? Told by lengths alone, so that no text of millions is looked at."""
    return bool(pc.min(pc.binary_length(text)).as_py() == 0)


def _held(values: pd.Series) -> pa.Array:
    """Large strings: the distinct values of one column may be over 2 GB together.

    A column of another type can only be all missing; as objects its values are told from text.
    """
    if not isinstance(values.dtype, pd.StringDtype):
        values = values.astype(object)
    text = pa.array(values, pa.large_string(), from_pandas=True)
    return whole(text)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """The table as a frame: text as ``string[pyarrow]``, dates as ``datetime64[s]``.

    Flags are ``boolean``, integers ``Int32``, numbers ``float64``; the index counts rows.
    """
    seconds = {pa.date32(): pa.timestamp("s")}
    fields = [(field.name, seconds.get(field.type, field.type)) for field in table.schema]
    frame: pd.DataFrame = table.cast(pa.schema(fields)).to_pandas(types_mapper=_PANDAS_TYPES.get)
    return frame
