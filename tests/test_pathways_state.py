"""What kind of place on a list an entry is, and its faults: tests/cases/list_states.csv."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.pathways import match_pathways
from waitlist_merge.plan import MergePlan

RUN = dt.date(2026, 11, 15)
NAMES = {
    "list": "waiting_list_type",
    "status": "rtt_status",
    "start": "rtt_start_date",
    "stop": "rtt_end_date",
    "removed": "removal_date",
    "dta": "decision_to_admit_date",
    "tci": "tci_date",
    "due": "planned_date",
    "method": "admission_method",
    "pcode": "priority_code",
    "tf": "treatment_function_code",
    "died": "death_date",
}
TABLE = Path(__file__).parent / "cases" / "list_states.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


class Alone:
    """One entry, one patient, no links."""

    group = np.zeros(1, dtype=np.int32)
    links = pd.DataFrame({"a": [], "b": [], "joins": [], "confidence": []}).astype(
        {"a": np.int32, "b": np.int32}
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_state_stage_and_findings(case, typed):
    said = dict(each.split("=") for each in case["entry"].split())
    row = {NAMES[name]: value for name, value in said.items() if name != "wait"}
    if "wait" in said:
        row["stated_wait"] = float(said["wait"])
    entries = typed([{"organisation": "RM3", **row}])
    entries = entries.assign(
        extract_census_date=pd.Series([pd.Timestamp(RUN)]).astype("datetime64[s]")
    )
    match = match_pathways(entries, Alone(), plan=MergePlan(), run_date=RUN)
    assert match.list_state.tolist() == [case["state"]]
    assert match.stage.tolist() == [case["stage"]]
    assert match.findings["reason"].tolist() == ([case["finding"]] if case["finding"] else [])
    assert match.links.empty


class Together(Alone):
    """Two entries of one certain patient."""

    group = np.zeros(2, dtype=np.int32)
    links = pd.DataFrame({"a": [0], "b": [1], "joins": ["yes"], "confidence": ["certain"]}).astype(
        {"a": np.int32, "b": np.int32}
    )


@pytest.mark.parametrize(
    ("stop", "start", "overlap"),
    [
        ("2026-06-01", "2026-03-01", True),
        ("2026-02-01", "2026-03-01", False),
        ("2026-03-01", "2026-03-01", False),
        ("2026-06-01", "2026-01-01", False),
        ("2026-06-01", None, False),
    ],
)
def test_periods_of_one_pathway_that_overlap_are_a_finding(typed, stop, start, overlap):
    row = {
        "organisation": "RM3",
        "patient_pathway_identifier": "RM3000012345",
        "pathway_identifier_issuer": "RM3",
        "waiting_list_type": "ORTT",
    }
    first = row | {"rtt_start_date": "2026-01-01", "rtt_end_date": stop, "rtt_status": "30"}
    entries = typed([first, row | {"rtt_start_date": start, "rtt_status": "20"}])
    entries = entries.assign(extract_census_date=pd.Series([pd.Timestamp(RUN)] * 2))
    match = match_pathways(entries, Together(), plan=MergePlan(), run_date=RUN)
    told = match.findings[match.findings["reason"] == "periods_overlap"]
    assert told["row"].tolist() == ([0, 1] if overlap else [])
    assert match.list_state[1] == "open"
