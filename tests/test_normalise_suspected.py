"""Suspected cancer in the words of other columns than its own, and what denies it."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.normalise import normalise
from waitlist_merge.normalise.priorities import read_priorities
from waitlist_merge.normalise.reading import as_texts
from waitlist_merge.normalise.suspected import CODED

CENSUS = dt.date(2026, 11, 15)
TABLE = Path(__file__).parent / "cases" / "suspected_cancer.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def read(**columns):
    text = pd.DataFrame({name: [value] for name, value in columns.items()})
    return normalise(text, organisation="RM3", census_date=CENSUS)


def test_each_case_has_its_own_name_and_says_why():
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert all(case["why"] for case in CASES)
    assert {case["says"] for case in CASES} == {"yes", "no"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    typed = read(**{case["column"]: case["text"]})
    flag = typed.entries["suspected_cancer"]
    assert flag.dtype == "boolean"
    assert flag.fillna(False).tolist() == [case["says"] == "yes"]
    assert flag.isna().tolist() == [case["says"] == "no"]
    found = typed.findings[typed.findings["reason"] == "cancer_in_words"]
    told = [(case["column"], -1 if case["column"] in CODED else 0)] if flag.notna()[0] else []
    assert list(zip(found["field"], found["row"], strict=True)) == told
    assert case["text"] not in " ".join(found["message"])


@pytest.mark.parametrize(
    ("stated", "column", "said", "findings"),
    [
        ("N", "comments", False, 1),
        ("N", "waiting_list_type", True, 1),
        ("N", "source_of_referral", True, 1),
        ("Y", "comments", True, 0),
        (None, "comments", True, 1),
    ],
)
def test_a_stated_flag_stands_against_free_text_but_not_against_the_list(
    stated, column, said, findings
):
    typed = read(suspected_cancer=stated, **{column: "2WW"})
    assert typed.entries["suspected_cancer"].tolist() == [said]
    assert (typed.findings["reason"] == "cancer_in_words").sum() == findings


def test_findings_of_a_list_are_counted_and_those_of_comments_are_by_row():
    text = pd.DataFrame({"waiting_list_type": ["2WW", "2WW", "ORTT"], "comments": ["2WW"] * 3})
    typed = normalise(text, organisation="RM3", census_date=CENSUS)
    found = typed.findings[typed.findings["reason"] == "cancer_in_words"]
    by_field = dict(list(found.groupby("field")))
    assert by_field["waiting_list_type"][["row", "count"]].to_numpy().tolist() == [[-1, 2]]
    assert by_field["comments"]["row"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "kind", "cancer"),
    [
        ("2WW downgraded to routine", "1", False),
        ("Not 2WW", None, False),
        ("Non-cancer urgent", "2", False),
        ("Fast track", "3", True),
        ("Urgent - 62 day", "3", True),
    ],
)
def test_a_priority_that_was_a_two_week_wait_is_none(text, kind, cancer):
    read_ = read_priorities(as_texts([text]), heading="priority_type")
    assert (read_.type.tolist(), read_.cancer.tolist()) == ([kind], [cancer])


@pytest.mark.parametrize(("words", "entries"), [("2WW ref", 1), ("2WW downgraded", 2)])
def test_suspected_cancer_in_comments_keeps_its_row_from_a_routine_one(words, entries):
    person = {
        "NHS number": "9990000018",
        "Surname": "Okafor",
        "Forename": "Chidi",
        "Date of birth": "1971-05-03",
        "Treatment function code": "100",
        "Procedure code": "J183",
        "RTT start": "2026-09-01",
    }
    lists = [
        wm.Extract.from_frame(pd.DataFrame([person | said]), organisation=name, name=f"{name}.csv")
        for name, said in (("RM3", {"Comments": words}), ("RW3", {"Priority type": "1"}))
    ]
    merged = wm.merge(lists, census_date="2026-11-15")
    assert merged.combined_list["member_count"].max() == entries
    veto = merged.review_queue["veto"].fillna("").tolist()
    assert ("cancer_with_routine" in veto) == (entries == 1)
