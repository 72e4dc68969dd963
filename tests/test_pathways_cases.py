"""Hard cases: two or three entries, what they are to each other, and the clock of the row.

``tests/cases/pathways.csv`` has one case a line. ``entries`` are the entries, separated by ``|``:
the organisation, then ``name=value`` (``_`` for a blank); all are of one patient. ``relation``,
``joins``, ``confidence`` and ``veto`` are of the first two; ``groups`` numbers the pathway of each;
``start``, ``status`` and ``step`` are of the row that holds the last entry that waits.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.combined import combine
from waitlist_merge.pathways import PathwayMatch, match_pathways
from waitlist_merge.plan import MergePlan
from waitlist_merge.reasons import NextStep, Relation

RUN = dt.date(2026, 11, 15)
SHORT = {
    "ppid": "patient_pathway_identifier",
    "issuer": "pathway_identifier_issuer",
    "ubrn": "unique_booking_reference_number",
    "entry": "waiting_list_entry_identifier",
    "referral_id": "referral_identifier",
    "tf": "treatment_function_code",
    "proc": "procedure_code",
    "text": "procedure_text",
    "side": "laterality",
    "status": "rtt_status",
    "list": "waiting_list_type",
    "method": "admission_method",
    "manage": "intended_management",
    "start": "rtt_start_date",
    "stop": "rtt_end_date",
    "removed": "removal_date",
    "due": "planned_date",
    "dta": "decision_to_admit_date",
    "tci": "tci_date",
    "appt": "next_appointment_date",
    "ref": "referral_date",
    "original": "original_referral_date",
    "referrer": "referrer_code",
    "referring": "referring_organisation",
    "source": "source_of_referral",
    "mutual": "mutual_aid_provider",
    "transfer": "transfer_status",
    "ptype": "priority_type",
    "cancer": "suspected_cancer",
    "comments": "comments",
    "census": "census_date",
}


@dataclass
class People:
    """All entries are one patient, every link of the confidence given."""

    group: np.ndarray
    links: pd.DataFrame


def one_patient(size: int, confidence: str = "certain") -> People:
    links = pd.DataFrame(
        {
            "a": np.arange(size - 1, dtype=np.int32),
            "b": np.arange(1, size, dtype=np.int32),
            "relation": "same_person",
            "joins": "yes",
            "confidence": confidence,
            "veto": "",
            "weight": 20.0,
            "explanation": "Same number",
        }
    )
    return People(np.zeros(size, dtype=np.int32), links)


def read_entries(text: str) -> list[dict[str, object]]:
    rows = []
    for entry in text.split("|"):
        organisation, *said = entry.split()
        row: dict[str, object] = {"organisation": organisation}
        for pair in said:
            name, value = pair.split("=")
            row[SHORT[name]] = value.replace("_", " ") if name != "cancer" else True
        rows.append(row)
    return rows


def placed(entries: pd.DataFrame) -> pd.DataFrame:
    """The columns that a run adds before it looks at pathways."""
    census = entries["census_date"].fillna(pd.Timestamp(RUN)).astype("datetime64[s]")
    return entries.assign(
        source_file=pd.Categorical(["list.csv"] * len(entries)),
        source_row=np.arange(1, len(entries) + 1),
        extract_census_date=census,
        extract_age_days=(pd.Timestamp(RUN) - census).dt.days.astype("int64"),
    )


TABLE = Path(__file__).parent / "cases" / "pathways.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def test_there_are_enough_cases_and_each_says_why():
    assert len(CASES) >= 150
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert all(case["why"] and case["section"] and case["relation"] for case in CASES)
    assert {case["relation"] for case in CASES} >= set(Relation)
    assert {case["step"] for case in CASES} >= set(NextStep) - {"check_contact_details"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case, typed):
    rows = read_entries(case["entries"])
    entries = placed(typed(rows))
    people = one_patient(len(entries), case["patient"])
    match = match_pathways(entries, people, plan=MergePlan(), run_date=RUN)
    _check_link(match, case)
    numbers = case["groups"].split()
    assert _same_grouping(match.group, numbers), match.links["explanation"].tolist()
    combined = combine(entries, people, match, run_date=RUN)
    if case["start"] or case["status"]:
        waiting = np.flatnonzero(match.list_state != "closed")[-1]
        at = combined.entry_columns["pathway_id"].iloc[waiting]
        row = combined.combined_list.set_index("pathway_id").loc[at]
        if case["start"]:
            assert str(row["rtt_start_date"].date()) == case["start"]
        if case["status"]:
            assert row["rtt_start_status"] == case["status"]
    if case["step"]:
        waiting = np.flatnonzero(match.list_state != "closed")[-1]
        at = combined.entry_columns["pathway_id"].iloc[waiting]
        row = combined.combined_list.set_index("pathway_id").loc[at]
        assert row["next_step"] == case["step"]


def _check_link(match: PathwayMatch, case: dict[str, str]) -> None:
    links = match.links
    pair = links[(links["a"] == 0) & (links["b"] == 1)]
    told = ["relation", "joins", "confidence", "veto"]
    if pair.empty:
        assert case["relation"] in ("unrelated", "other_specialty", "planned")
        assert case["joins"] == "no"
    else:
        assert pair[told].astype(str).iloc[0].tolist() == [case[name] for name in told]
        assert (
            pair["explanation"]
            .iloc[0]
            .startswith(
                "Same patient" if case["patient"] == "certain" else "Probably the same patient"
            )
        )


def _same_grouping(group: np.ndarray, numbers: list[str]) -> bool:
    pairs = list(zip(group.tolist(), numbers, strict=True))
    return len(set(pairs)) == len(set(numbers)) == len({one for one, _ in pairs})
