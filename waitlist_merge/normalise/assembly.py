"""All columns of a frame read, put together as typed columns, entries and findings.

>>> columns = encoded(pd.DataFrame({"gender": ["F"]}), ("gender", "postcode"))
>>> typed = typed_columns(columns, Settings(census_date=dt.date(2026, 11, 15)))
>>> as_frame(typed, ("gender", "postcode"), length=1).to_dict("records")
[{'gender': '2', 'postcode': nan, 'gender_source': 'F'}]
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final, cast

import numpy as np
import pandas as pd

from waitlist_merge.normalise import births
from waitlist_merge.normalise.codes import read_flags
from waitlist_merge.normalise.columns import (
    TextColumn,
    as_category,
    empty_column,
    encode,
    first_of,
    regroup,
)
from waitlist_merge.normalise.dates import EVENT, ROLES, read_dates
from waitlist_merge.normalise.fields import READERS, read_column
from waitlist_merge.normalise.groups import (
    NAME_COLUMNS,
    PRIORITY_COLUMNS,
    PROCEDURE_COLUMNS,
    name_columns,
    priority_columns,
    procedure_columns,
)
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.organisations import read_sites
from waitlist_merge.normalise.reading import matched, missing, only_where, replaced
from waitlist_merge.normalise.suspected import with_words
from waitlist_merge.normalise.typed import (
    TypedColumn,
    Values,
    absent_text,
    date_column,
    date_values,
    flag_column,
    flags,
    number_column,
)
from waitlist_merge.normalise.waits import WaitUnit, read_waits
from waitlist_merge.reasons import Fault
from waitlist_merge.schema import DATE_FIELDS, Kind, field as canonical_field

FINDING_COLUMNS: Final = ("row", "field", "reason", "message", "count")

_BEFORE_WHICH_ONE_IS_BORN: Final = ("referral_date", "original_referral_date", "rtt_start_date")

_CONTROL: Final = r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
"""Control characters that are no white space: left by terminals and faulty transfers, no text."""

_MAY_CONTROL: Final = np.isin(np.arange(256), [*range(9), *range(14, 32), 0x7F, 0xC2])
"""Bytes without which a text in UTF-8 has no control character."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What reading depends on besides the texts."""

    census_date: dt.date
    date_orders: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    wait_unit: WaitUnit = "days"


def encoded(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, TextColumn]:
    """The columns of these names that the frame has."""
    return {name: encode(frame[name]) for name in names if name in frame}


def typed_columns(columns: Mapping[str, TextColumn], settings: Settings) -> dict[str, TypedColumn]:
    """Every field that the columns tell of; control characters are but kept in the source."""
    clean = {name: _without_controls(column) for name, column in columns.items()}
    typed = _read_columns(clean, settings)
    for name, column in columns.items():
        if name in typed and clean[name] is not column:
            controls = matched(column.words, _CONTROL)
            sent = regroup(only_where(controls, column.texts), column.codes)
            source = first_of(sent, typed[name].source)
            typed[name] = dataclasses.replace(typed[name], source=source)
    return typed


def _without_controls(column: TextColumn) -> TextColumn:
    letters = column.words.buffers()[2]
    if letters is None or not _MAY_CONTROL[np.frombuffer(letters, dtype=np.uint8)].any():
        return column
    if not matched(column.words, _CONTROL).any():
        return column
    return regroup(replaced(column.texts, _CONTROL), column.codes)


def _read_columns(columns: Mapping[str, TextColumn], settings: Settings) -> dict[str, TypedColumn]:
    typed = {name: read_column(name, columns[name]) for name in READERS if name in columns}
    if "organisation" in columns:
        typed["site_code"] = _sites(columns["organisation"], typed.get("site_code"))
    for group, read_group in (
        (NAME_COLUMNS, name_columns),
        (PRIORITY_COLUMNS, priority_columns),
        (PROCEDURE_COLUMNS, procedure_columns),
    ):
        if group & columns.keys():
            typed |= read_group(columns)
    typed |= with_words(columns, typed)
    if "restricted" in columns:
        column = columns["restricted"]
        typed["restricted"] = flag_column(column, _flags_of_restricted(column.texts))
    if "stated_wait" in columns:
        column = columns["stated_wait"]
        typed["stated_wait"] = number_column(
            column, read_waits(column.texts, unit=settings.wait_unit)
        )
    typed |= {
        name: _dates(name, columns[name], settings) for name in DATE_FIELDS if name in columns
    }
    if Fault.CENTURY_ASSUMED in getattr(typed.get("birth_date"), "faults", {}):
        typed["birth_date"] = _settled_births(typed)
    return typed


_sites_of: Final = Remembered(read_sites)
_flags_of_restricted: Final = Remembered(partial(read_flags, "restricted"))


def _sites(organisation: TextColumn, stated: TypedColumn | None) -> TypedColumn:
    """The site as stated, else as the provider column has it."""
    provider = regroup(_sites_of(organisation.texts), organisation.codes)
    if stated is None:
        return TypedColumn(as_category(provider), empty_column(len(organisation)))
    values = encode(pd.Series(stated.values))
    return dataclasses.replace(stated, values=as_category(first_of(values, provider)))


def _dates(name: str, column: TextColumn, settings: Settings) -> TypedColumn:
    reading = read_dates(
        column.words,
        role=ROLES.get(name, EVENT),
        census_date=settings.census_date,
        order=settings.date_orders.get(name),
        counts=column.counts,
    )
    return date_column(column, reading)


def _settled_births(typed: Mapping[str, TypedColumn]) -> TypedColumn:
    """Births in doubt of their century, with those settled that the rest of the row tells of."""
    birth = typed["birth_date"]
    rows = birth.faults[Fault.CENTURY_ASSUMED]
    days = np.asarray(birth.values).astype("datetime64[D]")
    absent = absent_text(len(days))
    title, service = (
        cast("pd.Categorical[str]", typed[name].values) if name in typed else absent
        for name in ("title", "treatment_function_code")
    )
    events = [
        np.asarray(typed[name].values).astype("datetime64[D]")[rows]
        for name in _BEFORE_WHICH_ONE_IS_BORN
        if name in typed
    ]
    older = births.says_older(days[rows], title=title[rows], service=service[rows], dates=events)
    younger = births.says_younger(title=title[rows], service=service[rows])
    days[rows] = births.settled(days[rows], older=older, younger=younger)
    told = rows[older != younger]
    codes = birth.source.codes.copy()
    codes[told] = -1
    faults = {**birth.faults, Fault.CENTURY_ASSUMED: rows[older == younger]}
    return TypedColumn(
        date_values(days), TextColumn(codes, birth.source.words), faults, birth.column_faults
    )


def _absent(kind: Kind, length: int) -> Values:
    """A field of this kind that no row has."""
    if kind is Kind.DATE:
        return date_values(np.full(length, np.datetime64("NaT", "D")))
    if kind is Kind.FLAG:
        return flags(missing(length))
    return np.full(length, np.nan) if kind is Kind.NUMBER else absent_text(length)


def as_frame(
    typed: Mapping[str, TypedColumn], names: Iterable[str], *, length: int
) -> pd.DataFrame:
    """The fields as one frame, missing where nothing tells of them, then the source texts kept."""
    absent = {kind: _absent(kind, length) for kind in Kind}
    values = {
        name: typed[name].values if name in typed else absent[canonical_field(name).kind]
        for name in names
    }
    sources = {
        f"{name}_source": as_category(typed[name].source)
        for name in values
        if name in typed and typed[name].source.present().any()
    }
    return pd.DataFrame(values | sources, index=pd.RangeIndex(length), copy=False)


def as_findings(typed: Mapping[str, TypedColumn]) -> pd.DataFrame:
    """All findings of the columns, field by field."""
    frames = [frame for name, column in typed.items() for frame in column.findings(name)]
    if frames:
        return pd.concat(frames, ignore_index=True)
    kinds = {"row": np.int64, "count": np.int64}
    return pd.DataFrame({name: np.empty(0, kinds.get(name, object)) for name in FINDING_COLUMNS})
