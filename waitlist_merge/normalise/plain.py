"""Which columns hold nothing that reading would change? They pass as they are.

A canonical table is mostly values in their normal form already. A text that fits the narrow pattern
of its field is read as itself; only the others go to the field's reader. A column is settled where
all of its distinct texts are read as themselves.

>>> people = pd.DataFrame({"postcode": ["LS6 2AB", None], "gender": ["F", "M"]}, dtype="category")
>>> list(settled_columns(people, census_date=dt.date(2026, 11, 15)))
['postcode']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from waitlist_merge.normalise.columns import Codes, TextColumn, as_category, day_column, used_only
from waitlist_merge.normalise.dates import BIRTH, read_dates
from waitlist_merge.normalise.fields import READERS
from waitlist_merge.normalise.name_noise import PLAIN, SUSPECT, Cleaned, clean_family, clean_given
from waitlist_merge.normalise.nhs_numbers import is_usable_number
from waitlist_merge.normalise.reading import Mask, Texts, is_blank_name, matched
from waitlist_merge.normalise.typed import Values, date_values

_PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "local_patient_identifier": r"^[A-Z]{0,3}[0-9]*[1-8][0-9]*$",
        "postcode": r"^[A-Y][A-Z]?[0-9][A-Z0-9]? [0-9][A-Z]{2}$",
        "phone": r"^0[1-9][0-9]{2}[1-9][0-9]{3}[02-9][0-9]{1,2}$",
        "email": r"^[b-z][a-z]*[.][a-z]+[0-9]*@[a-z]+[.][a-z]+$",
        "gp_practice_code": r"^[A-HJ-UW-Y][0-9]{5}$",
    }
)
"""RE2 patterns, narrower than the readers: what fits is read as itself (tested beside them)."""

_NAMES: Final[Mapping[str, Callable[[str], Cleaned]]] = MappingProxyType(
    {
        "family_name": clean_family,
        "given_name": clean_given,
        "middle_name": clean_given,
        "previous_family_name": clean_family,
    }
)

_CODED: Final = (*_PATTERNS, "organisation", "nhs_number", "nhs_number_status", "person_key")
_SINGLE: Final = (*_CODED, "gender", "ethnic_category", "address")


MOSTLY_USED = 0.5
"""Share of categories that rows have from which the others are left where they are: to drop them
takes longer than they do."""


_NO_NAME: Final = r"[0-9,]"
"""Digits are of another field; a comma has a given name behind it."""


def settled_columns(records: pd.DataFrame, *, census_date: dt.date) -> dict[str, Values]:
    """The person columns that are typed and in normal form, by name; the rest must be read.

    Names are settled together or not at all, since what stands in one may belong in another.
    """
    columns = {name: records[name] for name in (*_SINGLE, *_NAMES) if name in records}
    texts = {name: _as_typed(column) for name, column in columns.items()}
    typed = {name: column for name, column in texts.items() if column is not None}
    names = [name for name in columns if name in _NAMES]
    alone = not {"full_name", "title"} & set(records.columns) and typed.keys() >= set(names)
    settled = [name for name in typed if name in _SINGLE and _reads_as_itself(name, typed[name])]
    if alone and _names_are_settled({name: typed[name] for name in names}):
        settled += names
    births = _settled_births(records, census_date)
    return {name: _values(columns[name], typed[name]) for name in settled} | births


def _as_typed(column: pd.Series) -> TextColumn | None:
    """A category of text as codes and texts; None for any other column."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return None
    categories = column.cat.categories
    if len(categories) and categories.inferred_type != "string":
        return None
    codes: Codes = column.cat.codes.to_numpy()
    return used_only(TextColumn(codes, categories.to_numpy(dtype=object)))


def _values(column: pd.Series, typed: TextColumn) -> Values:
    """The column itself, or the same without categories where hardly any row has one."""
    held = column.cat.categories
    text = held.dtype == object or isinstance(held.dtype, pd.StringDtype)
    whole = text and len(typed.texts) > MOSTLY_USED * len(held)
    values: Values = column.array if whole else as_category(typed)
    return values


def _reads_as_itself(name: str, column: TextColumn) -> bool:
    rest = column.texts[~_is_plain(name, column.texts)]
    return bool((READERS[name](rest).values == rest).all())


def _is_plain(name: str, texts: Texts) -> Mask:
    if name == "nhs_number":
        return is_usable_number(texts)
    pattern = _PATTERNS.get(name)
    return matched(texts, pattern) if pattern else np.zeros(len(texts), dtype=bool)


def _names_are_settled(columns: Mapping[str, TextColumn]) -> bool:
    """Is each name clean, and no given name two words of which one is the missing middle name?"""
    for name, column in columns.items():
        texts = column.texts
        if is_blank_name(texts).any() or matched(texts, _NO_NAME).any():
            return False
        plain = matched(texts, PLAIN) & ~matched(texts, SUSPECT)
        clean = _NAMES[name]
        if any(clean(text) != Cleaned(text) for text in texts[~plain]):
            return False
    given, middle = columns.get("given_name"), columns.get("middle_name")
    if given is None:
        return True
    several = np.append(matched(given.texts, r"\s"), False)[given.codes]
    return not bool(several.any() if middle is None else (several & ~middle.present()).any())


def _settled_births(records: pd.DataFrame, census_date: dt.date) -> dict[str, Values]:
    """The column of births where all are whole days on which somebody can be born."""
    if "birth_date" not in records or records["birth_date"].dtype.kind != "M":
        return {}
    column = day_column(records["birth_date"])
    if column is None:
        return {}
    reading = read_dates(column.texts, role=BIRTH, census_date=census_date, counts=column.counts)
    if np.isnat(reading.values).any() or (reading.kept is not None and reading.kept.any()):
        return {}
    return {"birth_date": date_values(records["birth_date"].to_numpy())}
