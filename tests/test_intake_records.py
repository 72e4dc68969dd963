"""Which records are entries? Cases are rows of cases/records.csv; conservation holds for any."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.intake import Extract, read_extract
from waitlist_merge.intake.extract import Extract as ExtractType
from waitlist_merge.intake.grid import grid_of_rows

CASES_FILE = Path(__file__).parent / "cases" / "records.csv"
CASES = list(csv.DictReader(CASES_FILE.read_text(encoding="utf-8").splitlines()))
HEADER = ["NHS No", "Surname", "DOB", "Specialty", "MRN"]
CELLS = ["nhs_number", "surname", "dob", "specialty", "mrn"]
PEOPLE = [
    ["9990000026", "KHAN", "04/03/1971", "130", "B1"],
    ["9990000034", "O'NEILL", "05/04/1980", "110", "B2"],
    ["9990000042", "NOWAK", "06/05/1990", "110", "B3"],
]
MANY = [[f"99900000{at}", f"KHAN {at}", f"04/03/19{at}", "110", f"B{at}"] for at in range(10, 40)]


def extract_of(rows: list[list[str]]) -> ExtractType:
    grid = grid_of_rows("x.csv", [HEADER, *rows], known=frozenset())
    return Extract.from_grid("x.csv", grid, digest="", organisation="RM3")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_is_an_entry(case):
    extract = extract_of([*PEOPLE, [case[cell] for cell in CELLS]])
    assert (4 in extract.source_row) == (case["entry"] == "1"), case["why"]


@pytest.mark.parametrize(
    "case", [each for each in CASES if each["entry"] == "0"], ids=lambda case: case["id"]
)
def test_what_is_set_aside_is_listed_with_its_row(case):
    extract = extract_of([[case[cell] for cell in CELLS], *PEOPLE])
    listed = extract.findings[extract.findings["reason"] == "not_a_person_row"]
    assert listed["source_row"].tolist() == [1]
    assert extract.source_row.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("column", "cell", "entry"),
    [
        ("Seen by", "03/02/2026", True),
        ("Seen by", "999 000 0018", True),
        ("Seen by", "Ann", False),
        ("CHI No", "1234567", True),
        ("Census date", "15/11/2026", False),
    ],
    ids=["date", "number", "word", "second-identifier", "census"],
)
def test_what_is_in_a_column_that_is_not_used_counts_by_its_form(column, cell, entry):
    rows = [["9990000026", "KHAN", ""], ["", "", cell]]
    grid = grid_of_rows("x.csv", [["NHS No", "Surname", column], *rows], known=frozenset())
    extract = Extract.from_grid("x.csv", grid, digest="", organisation="RM3")
    assert (2 in extract.source_row) == entry


def test_rows_count_records_and_not_lines(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        'List of RM3\n\nNHS No,Surname,Comments\n9990000018,Smith,"two\nlines"\n\n'
        "NHS No,Surname,Comments\n9990000026,Khan,\nTotal,2,\n"
    )
    extract = read_extract(path, organisation="RM3")
    assert extract.source_row.tolist() == [1, 4]
    assert extract.records == 5
    assert extract.text["comments"].tolist()[0] == "two\nlines"


cells = st.one_of(
    st.sampled_from(
        ["", " ", "Total", "NHS No", "Surname", "9990000018", "01/02/1990", "110", '"']
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8),
)
tables = st.lists(st.lists(cells, max_size=7), min_size=1, max_size=12)


@settings(deadline=None)
@given(tables)
def test_records_are_entries_and_set_aside_whatever_they_contain(rows):
    extract = extract_of([*MANY, *rows])
    aside = extract.findings.query("reason == 'not_a_person_row'")["source_row"].tolist()
    assert extract.records == len(rows) + len(MANY) == len(extract.text) + extract.set_aside
    assert sorted([*extract.source_row.tolist(), *aside]) == list(
        range(1, len(rows) + len(MANY) + 1)
    )


@settings(deadline=None)
@given(tables)
def test_a_name_in_its_column_is_always_an_entry(rows):
    named = [["", "Robinson", "", "", ""], *MANY, *rows]
    assert 1 in extract_of(named).source_row


@settings(deadline=None, max_examples=50)
@given(tables)
def test_records_of_a_written_file_are_those_that_were_written(tmp_path_factory, rows):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([HEADER, *MANY, *rows])
    path = tmp_path_factory.mktemp("rows") / "x.csv"
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    assert read_extract(path, organisation="RM3").records == len(rows) + len(MANY)
