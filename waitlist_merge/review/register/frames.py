"""Rows of the register as frames and back, and which rows of a snapshot are not there yet.

An entry is written again only in the run in which it changed, so that a list of 250,000 entries of
which one in fifty changes costs 5,000 rows a week.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.review.register.tables import ENTRY_DATES, ENTRY_FLAGS, ENTRY_NUMBERS
from waitlist_merge.review.snapshot import ENTRY_COLUMNS

AT_A_TIME = 20_000
"""Rows turned into Python values at once: some tens of megabytes."""


def plain(entries: pd.DataFrame) -> pd.DataFrame:
    """The entries of a snapshot with one dtype for each kind of column, as they are read back.

    Text is ``category`` (of str), dates datetime64[s], flags boolean, numbers int32 (0 where
    there is none).
    """
    return pd.DataFrame({name: _plain(name, entries[name]) for name in ENTRY_COLUMNS})


def _plain(name: str, column: pd.Series) -> pd.Series:
    if name in ENTRY_DATES:
        return column.astype("datetime64[s]").reset_index(drop=True)
    if name in ENTRY_FLAGS:
        return column.astype("boolean").reset_index(drop=True)
    if name in ENTRY_NUMBERS:
        return column.astype("Int32").fillna(0).astype("int32").reset_index(drop=True)
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("category")
    words = column.cat.categories.astype(object)
    return column.cat.set_categories(words).reset_index(drop=True)


def changed(new: pd.DataFrame, last: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows of ``new`` that ``last`` does not hold as they are, and rows of ``last`` that are gone.

    Both frames as ``plain`` makes them, entry ids unique.
    """
    known = pd.Index(last["entry_id"].astype(object))
    named = pd.Index(new["entry_id"].astype(object))
    place = known.get_indexer(named)
    differs = place < 0
    both = np.flatnonzero(~differs)
    for name in ENTRY_COLUMNS:
        one, other = new[name].take(both), last[name].take(place[both])
        differs[both] |= _unlike(one.reset_index(drop=True), other.reset_index(drop=True))
    return differs, ~np.isin(np.arange(len(last)), place)


def _unlike(one: pd.Series, other: pd.Series) -> NDArray[np.bool_]:
    """Where two columns of one kind differ; missing is like missing."""
    if isinstance(one.dtype, pd.CategoricalDtype):
        words = one.cat.categories.get_indexer(other.cat.categories)
        codes = np.append(np.where(words < 0, -2, words), -1)[other.cat.codes]
        return np.asarray(one.cat.codes.to_numpy() != codes)
    missing = one.isna().to_numpy(), other.isna().to_numpy()
    unequal = (one != other).fillna(True).to_numpy(dtype=bool)
    return np.asarray(np.where(missing[0] | missing[1], missing[0] != missing[1], unequal))


def records(frame: pd.DataFrame, more: Mapping[str, object]) -> Iterator[list[dict[str, Any]]]:
    """The rows of a frame as dictionaries of plain values, ``AT_A_TIME`` together."""
    names = [str(name) for name in frame]
    for at in range(0, len(frame), AT_A_TIME):
        part = frame.iloc[at : at + AT_A_TIME]
        columns = [_values(part[name]) for name in names]
        yield [dict(zip(names, row, strict=True), **more) for row in zip(*columns, strict=True)]


def _values(column: pd.Series) -> list[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = [*column.cat.categories, None]
        return [words[code] for code in column.cat.codes.tolist()]
    if pd.api.types.is_datetime64_dtype(column.dtype):
        days = column.to_numpy().astype("datetime64[D]").tolist()
        return list(days)
    return list(column.astype(object).where(column.notna(), None))


def entries_of(rows: Iterable[Sequence[Sequence[Any]]]) -> pd.DataFrame:
    """A snapshot's entries from rows of ``ENTRY_COLUMNS``, given part by part."""
    parts = [
        [
            _array(name, values)
            for name, values in zip(ENTRY_COLUMNS, zip(*part, strict=True), strict=True)
        ]
        for part in rows
        if part
    ]
    if not parts:
        return plain(pd.DataFrame({name: pd.Series(dtype="str") for name in ENTRY_COLUMNS}))
    columns = {
        name: pa.chunked_array([part[at] for part in parts]).unify_dictionaries().combine_chunks()
        for at, name in enumerate(ENTRY_COLUMNS)
    }
    return plain(pd.DataFrame({name: _series(name, each) for name, each in columns.items()}))


def _array(name: str, values: Sequence[Any]) -> pa.Array:
    if name in ENTRY_DATES:
        return pa.array(values, pa.date32())
    if name in ENTRY_FLAGS:
        return pa.array(values, pa.bool_())
    if name in ENTRY_NUMBERS:
        return pa.array([each or 0 for each in values], pa.int32())
    return pa.array(values, pa.string()).dictionary_encode()


def _series(name: str, array: pa.Array) -> pd.Series:
    if name in ENTRY_DATES:
        return pd.Series(array.cast(pa.timestamp("s")).to_numpy(zero_copy_only=False))
    if name in ENTRY_FLAGS:
        return pd.Series(_flags(array))
    if name in ENTRY_NUMBERS:
        return pd.Series(array.to_numpy())
    words = pd.Index(array.dictionary.to_pylist(), dtype=object)
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Series(pd.Categorical.from_codes(codes, categories=words))


def _flags(array: pa.Array) -> pd.arrays.BooleanArray:
    return pd.arrays.BooleanArray(
        np.array(array.fill_null(False).to_numpy(zero_copy_only=False)),
        np.array(array.is_null().to_numpy(zero_copy_only=False)),
    )


def as_json(frame: pd.DataFrame) -> list[str]:
    """Each row of a frame as one JSON object; what is missing is left out, days are ISO text.

    >>> as_json(pd.DataFrame({"a": ["x", None], "b": pd.to_datetime(["2026-11-16", None])}))
    ['{"a": "x", "b": "2026-11-16"}', '{}']
    """
    columns = {name: _values(column) for name, column in frame.items()}
    rows = zip(*columns.values(), strict=True)
    return [
        json.dumps(
            {name: each for name, each in zip(columns, row, strict=True) if each is not None},
            default=str,
            ensure_ascii=False,
        )
        for row in rows
    ]
