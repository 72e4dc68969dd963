"""All data-quality faults of a run in one table, each with where it is and whose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.intake.accept import Accepted
from waitlist_merge.intake.extract import Extract
from waitlist_merge.schema import TABLES

COLUMNS = [column.name for column in TABLES["findings"]]
_ORDER = ["source_file", "source_sheet", "source_row", "field", "reason", "message"]


def gather_findings(accepted: Accepted, entries: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Findings of files, values and pathways as one table, in order of file and row.

    ``later`` are findings of later stages, with ``row`` as a position in ``entries``.
    """
    extracts = [each.extract for each in accepted.typed]
    starts = np.cumsum([0, *(len(each.source_row) for each in extracts)])[:-1]
    parts = [later.assign(record=_UNSAID, file=-1)]
    for file, each in enumerate(accepted.typed):
        read, start = each.normalised.findings, starts[file]
        if len(read):
            rows = read["row"].to_numpy()
            placed = np.where(rows >= 0, rows + start, -1)
            parts.append(read.assign(row=placed, record=_UNSAID, file=file))
        if len(each.extract.findings):
            parts.append(_placed(each.extract, start).assign(file=file))
    told = pd.concat([part[_TOLD] for part in parts], ignore_index=True)
    found = _of_entries(told, entries, extracts)
    findings = pd.concat([found, _of_files(accepted.findings)], ignore_index=True)
    return findings.iloc[_in_order(findings)].reset_index(drop=True)[COLUMNS]


def _in_order(findings: pd.DataFrame) -> NDArray[np.int64]:
    """The positions in order of file, row, field and reason; each text is compared once."""
    keys = []
    for name in reversed(_ORDER):
        code, words = pd.factorize(findings[name], sort=True)
        keys.append(np.where(code < 0, len(words), code))
    return np.lexsort(keys)


def _of_files(notes: pd.DataFrame) -> pd.DataFrame:
    """Notes on whole files, in the columns of a finding."""
    nowhere = np.full(len(notes), -1)
    return notes.assign(source_row=_optional(nowhere), field="", count=1)


def _placed(extract: Extract, start: np.int64) -> pd.DataFrame:
    """The findings of intake with the position of their entry; -1 where the record is none."""
    records = extract.findings["source_row"].to_numpy(dtype=np.int64)
    own = np.asarray(extract.source_row, dtype=np.int64)
    place = np.searchsorted(own, records)
    entry = (place < len(own)) & (np.append(own, -1)[place] == records)
    return extract.findings.assign(row=np.where(entry, place + start, -1), record=records)


_OF_FILE = ("organisation", "source_file", "source_sheet")
_UNSAID = -2
"""The record of a finding that has that of its entry."""

_TOLD = ["row", "record", "field", "reason", "message", "count", "file"]


def _of_entries(
    found: pd.DataFrame, entries: pd.DataFrame, extracts: Sequence[Extract]
) -> pd.DataFrame:
    """Findings with the place of their entry; those of no entry have the place of the file."""
    rows = found["row"].to_numpy(dtype=np.int64)
    own = np.append(entries["source_row"].to_numpy(), 0)[rows]
    records = found["record"].to_numpy(dtype=np.int64)
    there = rows >= 0
    file = found["file"].to_numpy(dtype=np.int64)
    told = {
        name: np.where(there, _taken(entries[name], rows), _said(extracts, name)[file])
        for name in _OF_FILE
    }
    return pd.DataFrame(
        {
            **told,
            "source_row": _optional(np.where(records == _UNSAID, own, records)),
            "entry_id": _taken(entries["entry_id"], rows),
            "local_patient_identifier": _taken(entries["local_patient_identifier"], rows),
            "field": found["field"].to_numpy(),
            "reason": found["reason"].to_numpy(),
            "message": found["message"].to_numpy(),
            "count": found["count"].to_numpy(),
        }
    )


def _said(extracts: Sequence[Extract], name: str) -> NDArray[np.object_]:
    """What is said of the place of a finding of each extract; of none last of all."""
    return np.array([*(getattr(each, name) or "" for each in extracts), ""], dtype=object)


def _taken(column: pd.Series, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """The column at these positions; None where the position is -1."""
    values = np.asarray(column.array.take(rows, allow_fill=True), dtype=object)
    values[rows < 0] = None
    return values


def _optional(records: NDArray[np.integer]) -> pd.Series:
    """Record numbers, missing where there is none (0 or below)."""
    return pd.Series(records, dtype="Int64").where(records > 0)
