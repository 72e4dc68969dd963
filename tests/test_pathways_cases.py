"""Hard cases: two or three entries, what they are to each other, and the clock of the row.

``tests/cases/pathways.csv`` has one case a line. ``entries`` are the entries, separated by ``|``:
the organisation, then ``name=value`` (``_`` for a blank); all are of one patient. ``relation``,
``joins``, ``confidence`` and ``veto`` are of the first two; ``groups`` numbers the pathway of each;
``start``, ``status`` and ``step`` are of the row that holds the last entry that waits.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from waitlist_merge.pathways import PathwayMatch
from waitlist_merge.reasons import NextStep, Relation

TABLE = Path(__file__).parent / "cases" / "pathways.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def test_there_are_enough_cases_and_each_says_why():
    assert len(CASES) >= 150
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert all(case["why"] and case["section"] and case["relation"] for case in CASES)
    assert {case["relation"] for case in CASES} >= set(Relation)
    assert {case["step"] for case in CASES} >= set(NextStep) - {"check_contact_details"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case, combined_of, entries_of):
    told = combined_of(entries_of(case["entries"]), confidence=case["patient"])
    match, combined = told.match, told.combined
    _check_link(match, case)
    numbers = case["groups"].split()
    assert _same_grouping(match.group, numbers), match.links["explanation"].tolist()
    if not any(case[name] for name in ("start", "status", "step")):
        return
    waiting = np.flatnonzero(match.list_state != "closed")[-1]
    at = combined.entry_columns["pathway_id"].iloc[waiting]
    row = combined.combined_list.set_index("pathway_id").loc[at]
    if case["start"]:
        assert str(row["rtt_start_date"].date()) == case["start"]
    if case["status"]:
        assert row["rtt_start_status"] == case["status"]
    if case["step"]:
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
