"""The day of a list. Texts with dates in them are rows of cases/census.csv."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from waitlist_merge.intake import read_extract
from waitlist_merge.intake.cells import encode
from waitlist_merge.intake.days import census_of, date_in
from waitlist_merge.plan import ExtractPlan

CASES_FILE = Path(__file__).parent / "cases" / "census.csv"
CASES = list(csv.DictReader(CASES_FILE.read_text(encoding="utf-8").splitlines()))
ROW = "NHS No,Surname\n9990000018,Smith\n"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_date_among_words(case):
    wanted = date.fromisoformat(case["date"]) if case["date"] else None
    assert date_in(case["text"]) == wanted, case["why"]


def test_a_title_about_the_census_is_believed_before_another():
    titles = ["Policy of 1 May 2024", "Snapshot of 15 Nov 2026"]
    assert census_of(given=None, column=None, titles=titles, source="x.csv") == (
        date(2026, 11, 15),
        "title",
    )


def test_the_most_frequent_day_of_a_column_counts():
    column = encode(["01/11/2026", "15/11/2026", "2026-11-15", None, "unknown"])
    found = census_of(given=None, column=column, titles=[], source="x.csv")
    assert found == (date(2026, 11, 15), "column")


@pytest.mark.parametrize(
    ("name", "text", "options", "expected"),
    [
        ("a 1 Nov 2026.csv", ROW, ExtractPlan(path="*", census_date=date(2026, 11, 9)), "config"),
        ("a 1 Nov 2026.csv", "Census Date," + ROW.replace("\n9", "\n09/11/2026,9"), None, "column"),
        ("a 1 Nov 2026.csv", "As at 9/11/2026\n" + ROW, None, "title"),
        ("a 9 Nov 2026.csv", ROW, None, "file name"),
        ("a.csv", ROW, None, ""),
    ],
)
def test_the_order_of_sources(tmp_path, name, text, options, expected):
    path = tmp_path / name
    path.write_text(text)
    extract = read_extract(path, organisation="RM3", options=options)
    assert extract.census_source == expected
    assert extract.census_date == (date(2026, 11, 9) if expected else None)


def test_a_census_column_of_spreadsheet_days_or_of_american_order():
    serials = census_of(given=None, column=encode(["46341"]), titles=[], source="x.csv")
    assert serials == (date(2026, 11, 15), "column")
    american = census_of(
        given=None, column=encode(["11/09/2026"]), titles=[], source="x.csv", order="mdy"
    )
    assert american == (date(2026, 11, 9), "column")


def test_a_header_that_the_configuration_says_is_far_below(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a title\n" * 70 + ROW)
    options = ExtractPlan(path="*", header_row=71)
    assert len(read_extract(path, organisation="RM3", options=options).text) == 1
