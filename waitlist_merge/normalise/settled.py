"""Which columns hold nothing that reading would change? They pass as they are.

A canonical table is mostly values in their normal form already. A column is settled where all of
its distinct texts are read as themselves; those that are plain need no reading to know it.

>>> people = pd.DataFrame({"postcode": ["LS6 2AB", None], "gender": ["F", "M"]}, dtype="category")
>>> list(settled_columns(people, census_date=dt.date(2026, 11, 15)))
['postcode']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from waitlist_merge.normalise.columns import (
    TextColumn,
    as_category,
    category_as_held,
    day_column,
    used_only,
)
from waitlist_merge.normalise.dates import BIRTH, read_dates
from waitlist_merge.normalise.fields import READERS
from waitlist_merge.normalise.name_noise import PLAIN, SUSPECT, Cleaned, clean_family, clean_given
from waitlist_merge.normalise.nhs_numbers import is_usable_number
from waitlist_merge.normalise.plain import PLAIN_FIELDS, plainly
from waitlist_merge.normalise.reading import Mask, is_blank_name, matched
from waitlist_merge.normalise.typed import Values, date_values

_NAMES: Final[Mapping[str, Callable[[str], Cleaned]]] = MappingProxyType(
    {
        "family_name": clean_family,
        "given_name": clean_given,
        "middle_name": clean_given,
        "previous_family_name": clean_family,
    }
)

_SINGLE: Final = (
    "local_patient_identifier",
    "postcode",
    "phone",
    "email",
    "gp_practice_code",
    "organisation",
    "nhs_number",
    "nhs_number_status",
    "person_key",
    "gender",
    "ethnic_category",
    "address",
)

MOSTLY_USED = 0.5
"""Share of categories that rows have from which the others are left where they are: to drop them
takes longer than they do."""


_NO_NAME: Final = r"[0-9,]"
"""Digits are of another field; a comma has a given name behind it."""


def settled_columns(
    records: pd.DataFrame, *, census_date: dt.date, workers: int = 1
) -> dict[str, Values]:
    """The person columns that are typed and in normal form, by name; the rest must be read.

    Names are settled together or not at all, since what stands in one may belong in another.
    ``workers`` threads share the columns.
    """
    columns = {name: records[name] for name in (*_SINGLE, *_NAMES) if name in records}
    with ThreadPoolExecutor(workers) as pool:
        births = pool.submit(_settled_births, records, census_date)
        texts = dict(zip(columns, pool.map(_as_typed, columns.values()), strict=True))
        typed = {name: column for name, column in texts.items() if column is not None}
        single = {name: column for name, column in typed.items() if name in _SINGLE}
        reads = pool.map(_reads_as_itself, single, single.values())
        settled = [name for name, itself in zip(single, reads, strict=True) if itself]
    names = [name for name in columns if name in _NAMES]
    alone = not {"full_name", "title"} & set(records.columns) and typed.keys() >= set(names)
    if alone and _names_are_settled({name: used_only(typed[name]) for name in names}):
        settled += names
    return {name: _values(columns[name], typed[name]) for name in settled} | births.result()


def _as_typed(column: pd.Series) -> TextColumn | None:
    """A category of text as codes and all texts that it holds; None for any other column."""
    if not isinstance(column.array, pd.Categorical):
        return None
    categories = column.array.categories
    if len(categories) and categories.inferred_type != "string":
        return None
    return category_as_held(column.array)


def _values(column: pd.Series, typed: TextColumn) -> Values:
    """The column itself, or the same without categories where hardly any row has one."""
    held = column.cat.categories
    text = held.dtype == object or isinstance(held.dtype, pd.StringDtype)
    whole = text and typed.used.sum() > MOSTLY_USED * len(held)
    values: Values = column.array if whole else as_category(typed)
    return values


def _reads_as_itself(name: str, column: TextColumn) -> bool:
    """Of the texts that rows have; which those are need not be known where all are plain."""
    rest = np.ones(len(column.words), dtype=bool)
    if name in PLAIN_FIELDS:
        rest = ~_is_plain(name, column.words)
    if rest.any():
        rest &= column.used
    if not rest.any():
        return True
    texts = column.words.filter(pa.array(rest)).to_numpy(zero_copy_only=False)
    return bool((READERS[name](texts).values == texts).all())


def _is_plain(name: str, words: pa.Array) -> Mask:
    return is_usable_number(words) if name == "nhs_number" else plainly(name, words)[1]


def _names_are_settled(columns: Mapping[str, TextColumn]) -> bool:
    """Is each name clean, and no given name two words of which one is the missing middle name?"""
    for name, column in columns.items():
        if matched(column.words, _NO_NAME).any() or is_blank_name(column.texts).any():
            return False
        plain = matched(column.words, PLAIN) & ~matched(column.words, SUSPECT)
        clean = _NAMES[name]
        if any(clean(text) != Cleaned(text) for text in column.texts[~plain]):
            return False
    given, middle = columns.get("given_name"), columns.get("middle_name")
    if given is None:
        return True
    several = np.append(matched(given.words, r"\s"), False)[given.codes]
    return not bool(several.any() if middle is None else (several & ~middle.present()).any())


def _settled_births(records: pd.DataFrame, census_date: dt.date) -> dict[str, Values]:
    """The column of births where all are whole days on which somebody can be born."""
    if "birth_date" not in records or records["birth_date"].dtype.kind != "M":
        return {}
    column = day_column(records["birth_date"])
    if column is None:
        return {}
    reading = read_dates(column.words, role=BIRTH, census_date=census_date, counts=column.counts)
    if np.isnat(reading.values).any() or (reading.kept is not None and reading.kept.any()):
        return {}
    return {"birth_date": date_values(records["birth_date"].to_numpy())}
