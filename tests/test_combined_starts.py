"""Which start a row takes and which it names: tests/cases/starts.csv, one case a line.

``entries`` are of one certain patient; what is told is of the row that holds the last of them.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.combined.clocks import THRESHOLDS, waits
from waitlist_merge.reasons import StartReason

TABLE = Path(__file__).parent / "cases" / "starts.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
RUN = dt.date(2026, 11, 15)


def plainly(value: object) -> str:
    if pd.isna(value):
        return ""
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)


@pytest.fixture(scope="module")
def rows(combined_of, entries_of) -> dict[str, pd.Series]:
    """The row of the last entry of each case; every case is a patient of one list."""
    entries = [entries_of(case["entries"]) for case in CASES]
    patient = [at for at, each in enumerate(entries) for _ in each]
    combined = combined_of([row for each in entries for row in each], patient=patient).combined
    last = np.cumsum([len(each) for each in entries]) - 1
    needs = combined.entry_columns["pathway_id"].iloc[last]
    listed = combined.combined_list.set_index("pathway_id")
    return {case["id"]: listed.loc[need] for case, need in zip(CASES, needs, strict=True)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_start(case, rows):
    row = rows[case["id"]]
    assert plainly(row["rtt_start_date"]) == case["start"]
    assert row["rtt_start_status"] == case["status"]
    assert plainly(row["weeks_waiting"]) == case["weeks"]
    assert plainly(row["weeks_breached"]) == case["breached"]
    assert plainly(row["week_band"]) == (case["weeks"] and str(-(-row["days_waiting"] // 7)))
    assert plainly(row["rtt_start_note"]) == case["note"]


def test_every_reason_has_a_case_and_every_case_says_why():
    named = " ".join(case["note"] for case in CASES)
    # Those of an earlier run: see test_memory and test_review_kept_starts.
    of_weeks = [StartReason.NOT_REFRESHED, StartReason.OF_CLOSED_ROW]
    assert [reason for reason in StartReason if reason not in named] == of_weeks
    assert all(case["why"] and case["section"] for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("weeks", THRESHOLDS)
def test_a_breach_begins_on_the_first_day_over(weeks):
    run_day = (RUN - dt.date(1970, 1, 1)).days
    start = run_day - np.array([weeks * 7, weeks * 7 + 1])
    below = [0, *THRESHOLDS][THRESHOLDS.index(weeks)]
    told = waits(start, np.array([True, True]), RUN)["weeks_breached"]
    assert told.tolist() == [below, weeks]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("list=DIAGNOSTIC start=2026-10-01", 45),
        ("list=DIAGNOSTIC ref=2026-10-06", 40),
        ("list=DIAGNOSTIC start=2026-10-06 ref=2026-10-01", 40),
        ("list=DIAGNOSTIC start=2026-12-01", None),
        ("list=DIAGNOSTIC", None),
        ("list=ORTT start=2026-10-01", None),
    ],
)
def test_a_test_waits_by_its_own_clock(said, days, combined_of, entries_of):
    row = combined_of(entries_of(f"RM3 {said}")).combined.combined_list.iloc[0]
    told = row["diagnostic_days_waiting"]
    assert (None if pd.isna(told) else told) == days
    assert pd.isna(row["days_waiting"]) == ("DIAGNOSTIC" in said)


@pytest.mark.parametrize(
    ("case", "step", "organisations"),
    [
        ("dna-nullifies", "correct_start_date", "RM3"),
        ("active-monitoring-still-listed", "correct_start_date", "RM3"),
        ("dna-nothing-else", "nothing_to_do", ""),
        ("outside-england", "confirm_who_treats", "7A1;RM3"),
    ],
)
def test_an_organisation_that_still_lists_an_ended_start_is_to_correct_it(
    case, step, organisations, rows
):
    assert rows[case]["next_step"] == step
    assert plainly(rows[case]["next_step_organisations"]) == organisations


def test_a_list_of_which_nothing_waits_any_more_has_no_rows(combined_of, entries_of):
    closed = "RM3 tf=110 status=33 stop=2026-02-01 start=2026-01-01"
    told = combined_of(entries_of(f"{closed} | {closed}")).combined
    assert told.combined_list.empty
    assert set(told.entry_columns["outcome"]) == {"not_waiting"}
