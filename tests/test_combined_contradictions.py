"""Rows that contradict themselves: found, and still on the list. tests/cases/contradictions.csv.

``rows`` are as an organisation would send them, heading=value, ``|`` between two of one patient;
what is told is of the first of them.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import waitlist_merge as wm

TABLE = Path(__file__).parent / "cases" / "contradictions.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
HEADINGS = {"PPID": "Patient pathway identifier", "Proc": "Procedure code"}


def rows_of(text: str) -> list[dict[str, str]]:
    rows = [dict(each.split("=", 1) for each in row.split(";")) for row in text.split(" | ")]
    return [{HEADINGS.get(name, name): value for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_contradiction_is_a_finding_and_the_row_is_on_the_list(case, sent):
    result = wm.merge([sent("RM3", *rows_of(case["rows"]))], census_date="2026-11-15")
    found = result.findings[result.findings["source_row"] == 1]
    told = set(zip(found["reason"].astype(str), found["field"].astype(str), strict=True))
    assert (case["reason"], case["field"]) in told
    first = result.entries[result.entries["source_row"] == 1]
    assert first["outcome"].tolist() != ["not_waiting"]
    [need] = first["pathway_id"]
    assert need in set(result.combined_list["pathway_id"])
    assert first["entry_id"].isin(result.members["entry_id"]).all()
    assert len(result.entries) == case["rows"].count(" | ") + 1


def test_a_row_without_a_contradiction_has_none_of_these_findings(sent):
    usual = sent("RM3", {"RTT start": "2026-01-01", "RTT status": "20"})
    result = wm.merge([usual], census_date="2026-11-15")
    assert not {case["reason"] for case in CASES} & set(result.findings["reason"].astype(str))


def test_every_case_says_why():
    assert all(case["why"] for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)
