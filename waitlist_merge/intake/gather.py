"""The columns of a file brought to the columns of an extract.

Address lines are joined, the parts of a birth date put together, dates of a configured format
brought to ISO form, constants set. Everything works on distinct texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.intake.cells import Column, as_category, tidy
from waitlist_merge.intake.mapping import BIRTH_PARTS, Uses
from waitlist_merge.schema import CANONICAL

__all__ = ["frame_of", "iso_dates", "used_columns"]

_ORDER = {name: at for at, name in enumerate((*CANONICAL, "full_name"))}


def used_columns(columns: Sequence[Column], uses: Uses) -> dict[str, Column]:
    """Field -> its column, joined where several columns make it up."""
    found = {
        field: columns[places[0]] if len(places) == 1 else _joined([columns[at] for at in places])
        for field, places in uses.items()
        if field not in BIRTH_PARTS
    }
    if set(BIRTH_PARTS) <= set(uses):
        day, month, year = (columns[uses[part][0]] for part in BIRTH_PARTS)
        found["birth_date"] = _birth_dates(day, month, year)
    return found


def _plain(column: Column) -> pa.Array:
    return column.cast(pa.string())


def _joined(columns: Sequence[Column]) -> Column:
    """Lines joined by a comma, blank ones left out."""
    first, *others = map(_plain, columns)
    # A row of which all lines are null would be left out of Arrow's answer: the first is none.
    lines = pc.binary_join_element_wise(first.fill_null(""), *others, ", ", null_handling="skip")
    return tidy(pc.utf8_trim(lines, ", ").dictionary_encode())


def _birth_dates(day: Column, month: Column, year: Column) -> Column:
    """``1962-03-05`` of numbers, ``5 March 1962`` where the month is a word."""
    spaced = pc.binary_join_element_wise(*map(_plain, (day, month, year)), " ").dictionary_encode()
    texts = [_one_date(*text.split(" ")) for text in spaced.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(spaced.indices, pa.array(texts, pa.string()))


def _one_date(*parts: str) -> str:
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        day, month, year = parts
        return f"{year}-{month:0>2}-{day:0>2}"
    return " ".join(parts)


def iso_dates(column: Column, form: str) -> Column:
    """Dates of a configured format as ISO text; what does not fit it stays as it is."""
    texts = [_iso(text, form) for text in column.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(column.indices, pa.array(texts, pa.string()))


def _iso(text: str, form: str) -> str:
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007
    except ValueError:
        return text


def frame_of(
    columns: Mapping[str, Column], constants: Mapping[str, str], keep: np.ndarray
) -> pd.DataFrame:
    """The text of the entries: one column per field in canonical order, then any others."""
    length = int(keep.sum())
    if length < len(keep):
        chosen = pa.array(keep)
        columns = {field: column.filter(chosen) for field, column in columns.items()}
    found = {field: as_category(column) for field, column in columns.items()}
    found |= {field: _constant(value, length) for field, value in constants.items()}
    ordered = sorted(found, key=lambda name: _ORDER.get(name, len(_ORDER)))
    return pd.DataFrame(
        {name: found[name] for name in ordered}, index=pd.RangeIndex(length), copy=False
    )


def _constant(value: str, length: int) -> pd.Categorical[str]:
    kinds = pd.Index([value], dtype="object")
    return pd.Categorical.from_codes(np.zeros(length, dtype=np.int32), categories=kinds)
