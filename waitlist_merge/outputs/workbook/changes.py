"""The sheet *Changes*: what is different from the run before, the gravest first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.cells import Texts, heights, texts, worded
from waitlist_merge.outputs.workbook.page import ID_WIDTH, Column, Look, Page, Tint
from waitlist_merge.reasons import Change

CHANGES = "Changes"

_TINTS: Mapping[str, Tint] = {
    Change.UNACCOUNTED: Tint.GRAVE,
    Change.START_LATER: Tint.URGENT,
    Change.TCI: Tint.SOON,
}
"""What somebody has to look at; the rest is to be known."""

_MEANING_WIDTH, _TOLD_WIDTH = 44, 70


def changes_page(tables: Mapping[str, pd.DataFrame]) -> Page:
    """One row for each change, in the order to look at them."""
    rows = tables["changes"].sort_values("order", ignore_index=True)
    kind = texts(rows["change"])
    tint = np.array([_TINTS.get(each, Tint.NONE) for each in kind.tolist()], dtype=object)
    number, name = _whose(rows, tables)
    meanings, told = worded(rows["change"], _meaning), texts(rows["explanation"])
    lines = np.maximum(heights(meanings, _MEANING_WIDTH), heights(told, _TOLD_WIDTH))
    columns = (
        Column("Order", rows["order"], 7, Look.WHOLE),
        Column("What changed", meanings, _MEANING_WIDTH, Look.WRAPPED, tint),
        Column("Organisation", texts(rows["organisation"]), 13),
        Column("Hospital number", number, 16),
        Column("Patient", name, 26),
        Column("Field", worded(rows["field"], lambda each: _FIELDS.get(str(each), str(each))), 16),
        Column("Before", worded(rows["before"], _plain), 22),
        Column("Now", worded(rows["after"], _plain), 22),
        Column("Days later", rows["days"], 8, Look.WHOLE),
        Column("What happened, and who did it", told, _TOLD_WIDTH, Look.WRAPPED),
        Column("Need", texts(rows["pathway_id"]), ID_WIDTH),
        Column("Patient id", texts(rows["patient_id"]), ID_WIDTH),
    )
    meaning = "What is different from the run before, the gravest first"
    return Page(CHANGES, meaning, columns, len(rows), lines=lines, frozen=3)


_FIELDS: Mapping[str, str] = {
    "rtt_start_date": "Clock start",
    "tci_date": "Admission (TCI)",
    "patient": "One person",
    "pathway": "One need",
    "patient_id": "Patient id",
    "pathway_id": "Need",
}
"""What changes, as the other sheets call it."""


def _plain(value: object) -> str:
    """A day as people write it, a word without its underscores."""
    said = str(value)
    if _ISO_DAY.fullmatch(said):
        return f"{date.fromisoformat(said):%d %b %Y}"
    return said.replace("_", " ")


_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _meaning(change: object) -> str:
    known = {str(each): each.meaning for each in Change}
    return known.get(str(change), str(change))


def _whose(rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> tuple[Texts, Texts]:
    """Hospital number and name, of the entry that changed or of the need that nobody lists.

    Of one that has left, the name by another entry of the patient where there is one.
    """
    entries = tables["entries"][["entry_id", "patient_id", *_NAMED]]
    listed = _found(rows["entry_id"], entries, "entry_id", _NAMED[0])
    of_patient = entries.loc[entries["patient_id"].isin(rows["patient_id"])]
    named = of_patient.loc[of_patient["family_name"].notna()].drop_duplicates("patient_id")
    _, known = _found(rows["patient_id"], named, "patient_id", _NAMED[0])
    lost = _found(rows["pathway_id"], tables["unaccounted"], "pathway_id", "hospital_numbers")
    gone = texts(rows["change"]) == Change.UNACCOUNTED
    number, name = (np.where(gone, *both) for both in zip(lost, listed, strict=True))
    return number, np.where(name == "", known, name)


_NAMED = ("local_patient_identifier", "family_name", "given_name")


def _found(ids: pd.Series, rows: pd.DataFrame, key: str, number: str) -> tuple[Texts, Texts]:
    """Hospital number and name where one of ``rows`` has this id; empty where none has."""
    rows = rows[rows[key].notna()]
    place = pd.Index(rows[key].astype(object)).get_indexer(pd.Index(ids.astype(object)))
    found = rows.take(np.maximum(place, 0)) if len(rows) else rows.reindex(ids.index)
    family, given = texts(found["family_name"]), texts(found["given_name"])
    name = np.where(given == "", family, family + ", " + given)
    there = place >= 0
    return np.where(there, texts(found[number]), ""), np.where(there, name, "")
