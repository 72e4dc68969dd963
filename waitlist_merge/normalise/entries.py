"""One extract's canonical text as typed entries, with a finding for each fault.

Every field is read once per distinct text; no row is ever dropped or moved.

>>> text = pd.DataFrame({"nhs_number": ["999 012 3462"], "birth_date": ["03/04/1962"]})
>>> result = normalise(text, organisation="RM3", census_date=dt.date(2026, 11, 15))
>>> result.entries.loc[0, ["organisation", "nhs_number", "birth_date"]].tolist()
['RM3', '9990123462', Timestamp('1962-04-03 00:00:00')]
>>> result.findings["reason"].tolist()
['other_number_kind', 'date_order_assumed']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from waitlist_merge.normalise.assembly import (
    Settings,
    as_findings,
    as_frame,
    encoded,
    typed_columns,
)
from waitlist_merge.normalise.columns import TextColumn, as_words, empty_column, take
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.reading import is_blank
from waitlist_merge.normalise.typed import TypedColumn, date_values
from waitlist_merge.normalise.waits import WaitUnit
from waitlist_merge.reasons import Fault
from waitlist_merge.schema import CANONICAL

_blank: Final = Remembered(is_blank)


@dataclass(frozen=True, eq=False)
class Normalised:
    """Typed ``entries``, row for row as given, and the ``findings`` about them.

    ``entries`` has every canonical column, and ``<field>_source`` for fields of which a value was
    changed or not understood. ``findings`` has ``row`` (position, -1 for a whole column),
    ``field``, ``reason``, ``message`` and ``count``.
    """

    entries: pd.DataFrame
    findings: pd.DataFrame


def normalise(
    text: pd.DataFrame,
    *,
    organisation: str | None,
    census_date: dt.date,
    date_orders: Mapping[str, str] | None = None,
    wait_unit: WaitUnit = "days",
) -> Normalised:
    """Typed entries and findings from canonical text columns (and ``full_name``, if there is one).

    ``organisation`` fills the whole column; None takes it from the text. ``census_date`` is the
    extract's, and that of rows without one. ``date_orders`` gives the order (``dmy``, ``mdy``,
    ``ymd``) or the format of single date fields; ``wait_unit`` is that of bare numbers in
    ``stated_wait``. Columns that are no canonical field are not used.
    """
    columns = encoded(text, (*CANONICAL, "full_name"))
    if organisation is not None:
        everywhere = np.zeros(len(text), dtype=np.int32)
        columns["organisation"] = TextColumn(everywhere, as_words([organisation]))
    settings = Settings(census_date=census_date, date_orders=date_orders or {}, wait_unit=wait_unit)
    typed = typed_columns(columns, settings)
    typed["census_date"] = _dated(typed.get("census_date"), census_date, length=len(text))
    entries = as_frame(typed, CANONICAL, length=len(text))
    findings = as_findings(typed)
    unsaid = _without_provider(columns.get("organisation"))
    if unsaid is not None:
        findings = pd.concat([findings, unsaid], ignore_index=True)
    return Normalised(entries, findings)


def _dated(stated: TypedColumn | None, census_date: dt.date, *, length: int) -> TypedColumn:
    """The census date of each row: as stated, else that of the extract."""
    day = np.datetime64(census_date, "s")
    if stated is None:
        return TypedColumn(date_values(np.full(length, day)), empty_column(length))
    days = np.asarray(stated.values)
    return replace(stated, values=date_values(np.where(np.isnat(days), day, days)))


def _without_provider(organisation: TextColumn | None) -> pd.DataFrame | None:
    """A finding for each row of a list of several providers that names none."""
    if organisation is None:
        return None
    blank = take(_blank(organisation.texts), organisation.codes, True)
    if not blank.any():
        return None
    return pd.DataFrame(
        {
            "row": np.flatnonzero(blank),
            "field": "organisation",
            "reason": Fault.INCOMPLETE.value,
            "message": "the provider column is blank here: whose list it is on is not known",
            "count": np.int64(1),
        }
    )
