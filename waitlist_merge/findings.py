"""All data-quality faults of a run in one table, each with where it is and whose."""

from __future__ import annotations

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
    frames = [_of_entries(later, entries, None), _of_files(accepted.findings)]
    start = 0
    for each in accepted.typed:
        read = each.normalised.findings
        rows = read["row"].to_numpy()
        values = read.assign(row=np.where(rows >= 0, rows + start, -1))
        frames.append(_of_entries(values, entries, each.extract))
        frames.append(_of_entries(_placed(each.extract, start), entries, each.extract))
        start += len(each.extract.text)
    findings = pd.concat(frames, ignore_index=True)
    return findings.sort_values(_ORDER, kind="stable", ignore_index=True)[COLUMNS]


def _of_files(notes: pd.DataFrame) -> pd.DataFrame:
    """Notes on whole files, in the columns of a finding."""
    nowhere = np.full(len(notes), -1)
    return notes.assign(source_row=_optional(nowhere), field="", count=1)


def _placed(extract: Extract, start: int) -> pd.DataFrame:
    """The findings of intake with the position of their entry; -1 where the record is none."""
    records = extract.findings["source_row"].to_numpy(dtype=np.int64)
    own = np.asarray(extract.source_row, dtype=np.int64)
    place = np.searchsorted(own, records)
    entry = (place < len(own)) & (np.append(own, -1)[place] == records)
    return extract.findings.assign(row=np.where(entry, place + start, -1), record=records)


def _of_entries(
    found: pd.DataFrame, entries: pd.DataFrame, extract: Extract | None
) -> pd.DataFrame:
    """Findings with the place of their entry; those of no entry have the place of the file."""
    rows = found["row"].to_numpy(dtype=np.int64)
    records = np.append(entries["source_row"].to_numpy(), 0)[rows]
    if "record" in found:
        records = found["record"].to_numpy()
    organisation = (extract.organisation or "") if extract else ""
    return pd.DataFrame(
        {
            "organisation": _taken(entries["organisation"], rows, organisation),
            "source_file": _taken(
                entries["source_file"], rows, getattr(extract, "source_file", "")
            ),
            "source_sheet": _taken(
                entries["source_sheet"], rows, getattr(extract, "source_sheet", "")
            ),
            "source_row": _optional(records),
            "entry_id": _taken(entries["entry_id"], rows, None),
            "local_patient_identifier": _taken(entries["local_patient_identifier"], rows, None),
            "field": found["field"].to_numpy(),
            "reason": found["reason"].to_numpy(),
            "message": found["message"].to_numpy(),
            "count": found["count"].to_numpy(),
        }
    )


def _taken(column: pd.Series, rows: NDArray[np.int64], otherwise: str | None) -> pd.Series:
    """The column at these positions; ``otherwise`` where the position is -1."""
    return column.astype(object).reindex(rows, fill_value=otherwise).reset_index(drop=True)


def _optional(records: NDArray[np.integer]) -> pd.Series:
    """Record numbers, missing where there is none (0 or below)."""
    return pd.Series(records, dtype="Int64").where(records > 0)
