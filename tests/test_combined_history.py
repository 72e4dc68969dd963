"""Where a patient came from: tests/cases/histories.csv, one case a line.

``entries`` are of one certain patient. ``history`` is of the need of the last of them: day, event,
organisation, ``<`` or ``>`` and the other organisation of a transfer, ``by`` who referred.
"""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.combined import history as module
from waitlist_merge.reasons import Event
from waitlist_merge.schema import TABLES

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


@pytest.fixture(scope="module", params=[False, True], ids=["as-is", "rows-reversed"])
def histories(request, combined_of, entries_of) -> dict[str, str]:
    """The history of the need of the last entry of each case; every case is a patient."""
    entries = [entries_of(case["entries"]) for case in CASES]
    patient = [at for at, each in enumerate(entries) for _ in each]
    last = np.cumsum([len(each) for each in entries]) - 1
    rows = [row for each in entries for row in each]
    if request.param:
        rows, patient, last = rows[::-1], patient[::-1], len(rows) - 1 - last
    told = combined_of(rows, patient=patient).combined
    needs = told.entry_columns["pathway_id"].iloc[last]
    events: dict[str, list[str]] = {need: [] for need in needs}
    for row in told.pathway_history.to_dict("records"):
        events.setdefault(row["pathway_id"], []).append(worded(row))
    return {case["id"]: " | ".join(events[need]) for case, need in zip(CASES, needs, strict=True)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_history(case, histories):
    assert histories[case["id"]] == case["history"]


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


COLUMNS = st.lists(
    st.tuples(*(st.integers(0, most) for most in (3, 2, 1))), max_size=12
) | st.lists(st.tuples(*(st.integers(0, (1 << 31) - 1) for _ in range(3))), max_size=12)


@given(rows=COLUMNS)
def test_rows_are_sorted_whether_one_number_holds_them_or_not(rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    told = np.stack(module.sorted_rows(*columns), axis=1)
    assert [tuple(row) for row in told.tolist()] == sorted(rows)


def test_a_history_told_part_by_part_is_the_whole(monkeypatch, combined_of, entries_of):
    rows = [row for case in CASES for row in entries_of(case["entries"])]
    patient = [at for at, case in enumerate(CASES) for _ in entries_of(case["entries"])]
    told = combined_of(rows, patient=patient).combined.history
    for at_once in (1, 3, 50, len(rows)):
        monkeypatch.setattr(module, "AT_ONCE", at_once)
        parts = list(told.parts())
        assert len(parts) > 1 or at_once > 3
        parted = pd.concat([part.astype(object) for part in parts], ignore_index=True)
        pd.testing.assert_frame_equal(parted, told.frame.astype(object))
        assert len(told) == len(told.frame) > 0
        needs = [set(part["pathway_id"]) for part in parts]
        assert sum(map(len, needs)) == len(set.union(*needs))


def test_without_events_there_is_one_part_without_rows(combined_of, entries_of):
    for rows in ([], entries_of("RM3 tf=110")):
        told = combined_of(rows).combined.history
        [part] = told.parts()
        assert len(told) == len(part) == len(told.frame) == 0
        assert [*part] == [column.name for column in TABLES["pathway_history"]]
