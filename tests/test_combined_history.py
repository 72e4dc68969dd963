"""Where a patient came from: tests/cases/histories.csv, one case a line.

``entries`` are of one certain patient. ``history`` is of the need of the last of them: day, event,
organisation, ``<`` or ``>`` and the other organisation of a transfer, ``by`` who referred.
"""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from waitlist_merge.combined import history as module
from waitlist_merge.reasons import Event

TABLE = Path(__file__).parent / "cases" / "histories.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
ARROWS = {"transfer_in": "<", "transfer_out": ">"}


def worded(row: dict[str, object]) -> str:
    told = [str(row["event_date"].date()), str(row["event"]), str(row["organisation"])]
    if not pd.isna(row["other_organisation"]):
        told += [ARROWS[str(row["event"])], str(row["other_organisation"])]
    if not pd.isna(row["by"]):
        told += ["by", str(row["by"])]
    return " ".join(told)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
@pytest.mark.parametrize("backwards", [False, True], ids=["as-is", "rows-reversed"])
def test_history(case, backwards, combined_of, entries_of):
    rows = entries_of(case["entries"])
    told = combined_of(rows[::-1] if backwards else rows).combined
    need = told.entry_columns["pathway_id"].iloc[0 if backwards else -1]
    history = told.pathway_history
    mine = history[history["pathway_id"] == need].to_dict("records")
    assert " | ".join(worded(row) for row in mine) == case["history"]


def test_every_event_has_a_case_and_every_case_says_why():
    told = " ".join(case["history"] for case in CASES)
    assert [event for event in Event if event not in told] == []
    assert all(case["why"] and case["section"] for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_an_event_is_said_by_an_entry_with_an_identifier(combined_of, entries_of):
    rows = entries_of(
        "RM3 ubrn=123456789012 list=ASI tf=110 ref=2026-01-01"
        " | RM3 ubrn=123456789012 ppid=RM3000012345 issuer=RM3 list=ORTT tf=110 ref=2026-01-01"
    )
    [row] = combined_of(rows).combined.pathway_history.to_dict("records")
    assert (row["entry_id"], row["patient_pathway_identifier"]) == ("E-0001", "RM3000012345")


def test_more_needs_than_one_number_tells_are_in_the_same_order(
    monkeypatch, combined_of, entries_of
):
    rows = [row for case in CASES for row in entries_of(case["entries"])]
    patient = [at for at, case in enumerate(CASES) for _ in entries_of(case["entries"])]
    usual = combined_of(rows, patient=patient).combined.pathway_history
    monkeypatch.setattr(module, "MOST", 0)
    pd.testing.assert_frame_equal(
        combined_of(rows, patient=patient).combined.pathway_history, usual
    )
    assert usual["pathway_id"].is_monotonic_increasing
    of_need = [group["event_date"] for _, group in usual.groupby("pathway_id")]
    assert all(one <= other for dates in of_need for one, other in pairwise(dates))
