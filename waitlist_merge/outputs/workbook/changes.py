"""The sheet *Changes*: what is different from the run before, the gravest first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.cells import Texts, heights, texts, worded
from waitlist_merge.outputs.workbook.page import Column, Look, Page, Tint
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
    number, name = _of_entry(rows, tables["entries"])
    meanings, told = worded(rows["change"], _meaning), texts(rows["explanation"])
    lines = np.maximum(heights(meanings, _MEANING_WIDTH), heights(told, _TOLD_WIDTH))
    columns = (
        Column("Order", rows["order"], 7, Look.WHOLE),
        Column("What changed", meanings, _MEANING_WIDTH, Look.WRAPPED, tint),
        Column("Organisation", texts(rows["organisation"]), 13),
        Column("Hospital number", number, 16),
        Column("Patient", name, 26),
        Column("Field", texts(rows["field"]), 22),
        Column("Before", texts(rows["before"]), 22),
        Column("Now", texts(rows["after"]), 22),
        Column("Days later", rows["days"], 8, Look.WHOLE),
        Column("What happened, and who did it", told, _TOLD_WIDTH, Look.WRAPPED),
        Column("Need", texts(rows["pathway_id"]), 18),
        Column("Patient id", texts(rows["patient_id"]), 18),
    )
    meaning = "What is different from the run before, the gravest first"
    return Page(CHANGES, meaning, columns, len(rows), lines=lines, frozen=3)


def _meaning(change: object) -> str:
    known = {str(each): each.meaning for each in Change}
    return known.get(str(change), str(change))


def _of_entry(rows: pd.DataFrame, entries: pd.DataFrame) -> tuple[Texts, Texts]:
    """Hospital number and name on the entry that changed; empty where it is listed no longer."""
    listed = pd.Index(entries["entry_id"].astype(object))
    place = listed.get_indexer(pd.Index(rows["entry_id"].astype(object)))
    found = entries.take(np.maximum(place, 0)) if len(entries) else entries.reindex(rows.index)
    family, given = texts(found["family_name"]), texts(found["given_name"])
    name = np.where(given == "", family, family + ", " + given)
    there = place >= 0
    number = texts(found["local_patient_identifier"])
    return np.where(there, number, ""), np.where(there, name, "")
