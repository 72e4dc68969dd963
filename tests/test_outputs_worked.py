"""The work on a need is in the workbook of the next week, beside the cells for the next step."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.review.filing import read_workbooks
from waitlist_merge.review.headings import ENTRIES, NEED, STATE
from waitlist_merge.review.register import Register
from waitlist_merge.review.rows import WorkRow

MONDAYS = ("2026-11-02", "2026-11-09", "2026-11-16")

NUMBERS = (
    *("9990000026", "9990000034", "9990000042", "9990000050"),
    *("9990000069", "9990000077", "9990000085", "9990000093"),
)

# The first waits at both organisations under one identifier, the others at one.
PEOPLE = pd.DataFrame(
    {
        "NHS number": ["9990000018", *NUMBERS[:4]],
        "Surname": ["Okafor", "Nowak", "Adeyemi", "Hunt", "Reid"],
        "DOB": ["1971-05-03", "1962-02-03", "1985-07-09", "1949-06-01", "1955-12-24"],
        "Hospital number": ["0007", "0008", "0009", "0010", "0011"],
        "Treatment function code": ["130", "110", "130", "120", "301"],
        "Pathway identifier": [f"PW000001234{each}" for each in range(5)],
        "Issuer": "RM3",
        "RTT status": "20",
    }
)


def merged(register: Register, monday: str, out: Path, *, both: bool = True) -> wm.MergeResult:
    other = PEOPLE.assign(**{"NHS number": ["9990000018", *NUMBERS[4:]]})
    other["Surname"] = ["Okafor", "Kaur", "Lee", "Moss", "Diaz"]
    other["DOB"] = ["1971-05-03", "1940-01-02", "1950-03-04", "1960-05-06", "1970-07-08"]
    other.loc[1:, "Pathway identifier"] = [f"PX000001234{each}" for each in range(1, 5)]
    frames = {"RM3": PEOPLE.assign(**{"RTT start": "2026-03-02"})}
    frames["RW3"] = other.assign(**{"RTT start": "2026-04-20"}).iloc[0 if both else 1 :]
    lists = [
        wm.Extract.from_frame(frame, organisation=code, census_date=monday)
        for code, frame in frames.items()
    ]
    result = wm.merge(lists, census_date=monday, register=register)
    result.save(out, tables="csv", workbook=True)
    return result


def heads(out: Path) -> list[dict[str, Any]]:
    """The shaded rows of the sheet of duplicates, by heading."""
    sheet = openpyxl.load_workbook(out / "combined_list.xlsx")["Duplicates"]
    headings, *rows = sheet.iter_rows(values_only=True)
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    return [each for each in told if each[ENTRIES]]


@pytest.fixture
def register(tmp_path: Path):
    """A register in which RM3 is at work on the duplicate of the first Monday."""
    with Register.open(tmp_path / "weeks.db") as opened:
        first = merged(opened, MONDAYS[0], tmp_path / "first")
        both = first.members.loc[first.members["organisation"].eq("RW3"), "pathway_id"]
        need = first.combined_list.loc[first.combined_list["member_count"] > 1, "pathway_id"]
        assert set(need) <= set(both)
        (pathway_id,) = need
        ids = first.members.loc[first.members["pathway_id"] == pathway_id, "entry_id"]
        step = WorkRow(
            *("K-1", pathway_id, tuple(sorted(ids)), "with RM3"),
            owner="RM3",
            person="A. Clerk",
            due=date(2026, 11, 20),
            note="rings on Friday",
            said_on=date(2026, 11, 4),
        )
        opened.add_work([step])
        yield opened


def test_the_work_stands_beside_the_cells_to_fill_and_untouched_says_nothing(
    register: Register, tmp_path: Path
) -> None:
    merged(register, MONDAYS[1], tmp_path / "out")
    (head,) = heads(tmp_path / "out")
    said = "with RM3; owner RM3 A. Clerk; due 20 Nov 2026; 5 days old; rings on Friday"
    assert (head["Work so far"], head["Against it"], head[STATE]) == (said, None, None)
    book = tmp_path / "out" / "combined_list.xlsx"
    filed = read_workbooks([book], register, today=date(2026, 11, 10))
    assert (filed.new_work, filed.problems) == (0, [])


def test_a_need_of_which_an_entry_left_before_the_patient_was_told_stays_on_the_sheet(
    register: Register, tmp_path: Path
) -> None:
    merged(register, MONDAYS[1], tmp_path / "out", both=False)
    (head,) = heads(tmp_path / "out")
    assert head["Against it"] == "gone before told: RW3"
    assert len(head[ENTRIES].split(";")) == 2
    book = openpyxl.load_workbook(tmp_path / "out" / "combined_list.xlsx")
    lines = [row[:6] for row in book["Summary"].iter_rows(values_only=True)]
    late = {line[0]: line[1] for line in lines}
    assert late["work past its day, or that the lists speak against"] == 1
    line = next(each for each in lines if f"   gone before told: {head[NEED]}" in str(each[0]))
    assert re.search(r" RM3 \w+; RW3 \w+$", line[0])
    assert (line[1:4], line[5]) == (("RW3", "RM3", "A. Clerk"), 5)

    sheet = book["Duplicates"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    row = next(each[0].row for each in sheet if each[0].value == head[NEED])
    told = {
        STATE: "patient told",
        "Owner organisation": "RM3",
        "Reviewer": "A. Clerk",
        "Reviewer's organisation": "RM3",
    }
    for name, value in (told | {"Date": date(2026, 11, 10)}).items():
        sheet.cell(row, columns[name]).value = value
    book.save(tmp_path / "filled.xlsx")
    filed = read_workbooks([tmp_path / "filled.xlsx"], register, today=date(2026, 11, 10))
    assert (filed.new_work, filed.problems) == (1, [])
    result = merged(register, MONDAYS[2], tmp_path / "next", both=False)
    assert result.work["state"].tolist() == ["patient told"]
    assert result.work["fault"].isna().all()
