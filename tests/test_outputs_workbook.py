"""The workbook read back: every row once, text as text, nothing run, nobody rung in error."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

import waitlist_merge as wm
from waitlist_merge.outputs.columns import conform
from waitlist_merge.outputs.workbook import asked, facts, write_workbook
from waitlist_merge.outputs.workbook.book import pages_of
from waitlist_merge.outputs.workbook.changes import changes_page
from waitlist_merge.outputs.workbook.contact import DEAD, DEAD_PERHAPS, RESTRICTED, contact_page
from waitlist_merge.outputs.workbook.cues import Cue, cues
from waitlist_merge.outputs.workbook.needs import combined_page, duplicates_page
from waitlist_merge.outputs.workbook.page import Column, Look, Page, fitted
from waitlist_merge.outputs.workbook.paper import Paper
from waitlist_merge.outputs.workbook.work import work_states
from waitlist_merge.reasons import Change, NextStep
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.returned import RUN_PROPERTY
from waitlist_merge.review.work import read_state
from waitlist_merge.schema import TABLES

SHEETS = [
    "Summary",
    "Combined list",
    "Questions",
    "Duplicates",
    "Contact",
    "Changes",
    "Data quality",
    "About",
]

TO_FILL_IN = (
    *("Answer", "Note", "Reviewer", "Reviewer's organisation", "Role", "Date", "Relation"),
    *("Second person", "Reason for overriding", "Work state", "Organisation that keeps"),
    *("Owner organisation", "Owner", "Due", "Work note"),
)

CENSUS = "2026-11-15"
PHONE = "01632960001"
HIDDEN_POSTCODE = "LS1 4AP"
FORMULA = '=HYPERLINK("x")'

# One asked about, one dead, one restricted, one validated, one with one pathway at two places.
PEOPLE = pd.DataFrame(
    {
        "NHS number": ["9990000018", "9990000026", "9990000034", "9990000042", "9990000050"],
        "Surname": ["Okafor", "Nowak", "Adeyemi", "Zieliński", "Hunt"],
        "Forename": ["Chidi", "Ewa", "Tolu", "Adam", "Rose"],
        "DOB": ["1971-05-03", "1962-02-03", "1985-07-09", "1955-12-24", "1949-06-01"],
        "Postcode": ["LS1 1UR", "LS2 7UE", HIDDEN_POSTCODE, "M1 1AE", "M4 5JD"],
        "Telephone": [PHONE, "01632960002", "01632960003", "01632960004", "01632960005"],
        "Date of death": [None, "2026-11-01", None, None, None],
        "Restricted": [None, None, "Y", None, None],
        "Last validated": [None, None, None, "2026-10-20", None],
        "Treatment function code": ["110", "130", "110", "330", "301"],
        "Procedure": [None, None, None, None, FORMULA],
        "Patient pathway identifier": [None, None, None, None, "PW0000012345"],
        "PPI issuer": [None, None, None, None, "RM3"],
        "Hospital number": ["007", "0008", "1E5", "0010", "@SUM(A1)"],
    }
)


def extract(organisation: str, start: str) -> wm.Extract:
    own = PEOPLE.assign(**{"RTT start": start, "RTT status": "20"})
    return wm.Extract.from_frame(own, organisation=organisation, name=f"{organisation}.csv")


@pytest.fixture(scope="module")
def merged() -> wm.MergeResult:
    """Five people, each waiting for one service at two organisations."""
    lists = [extract("RM3", "2026-03-02"), extract("RW3", "2026-04-20")]
    return wm.merge(lists, census_date=CENSUS)


@pytest.fixture(scope="module")
def out(merged: wm.MergeResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workbook") / "out"
    merged.save(folder, tables="csv")
    return folder


@pytest.fixture(scope="module")
def book(out: Path) -> dict[str, Worksheet]:
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(out / "combined_list.xlsx")}


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    heading, *values = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in values]


def row_of(sheet: Worksheet, family_name: str) -> dict[str, Any]:
    """The first row of this person."""
    return next(each for each in rows(sheet) if each["Family name"] == family_name)


def test_the_people_of_these_tests_are_asked_about(merged: wm.MergeResult) -> None:
    """Without questions, contacts and findings the other tests would say nothing."""
    assert len(merged.combined_list) >= len(PEOPLE)
    assert len(merged.review_queue) >= len(PEOPLE)
    assert len(merged.findings) > 0


def test_sheets_are_in_order_and_the_manifest_names_the_file(
    out: Path, book: dict[str, Worksheet]
) -> None:
    assert list(book) == SHEETS
    assert "combined_list.xlsx" in json.loads((out / "manifest.json").read_text())["files"]
    assert not [path for path in out.iterdir() if path.suffix not in {".csv", ".json", ".xlsx"}]


def test_every_row_of_the_combined_list_is_there_once(
    merged: wm.MergeResult, out: Path, book: dict[str, Worksheet]
) -> None:
    listed = rows(book["Combined list"])
    assert [each["Need"] for each in listed] == merged.combined_list["pathway_id"].tolist()
    again = CalamineWorkbook.from_path(str(out / "combined_list.xlsx"))
    values = again.get_sheet_by_name("Combined list").to_python()
    place = values[0].index("Need")
    assert [row[place] for row in values[1:]] == merged.combined_list["pathway_id"].tolist()


def test_the_combined_list_has_at_most_thirty_columns(book: dict[str, Worksheet]) -> None:
    assert book["Combined list"].max_column <= 30


def test_it_has_no_more_where_a_register_numbers_the_run(merged: wm.MergeResult) -> None:
    """The number of the run is for sheets that come back with answers, and this one does not."""
    pages = pages_of(merged.tables, run_date=date.fromisoformat(CENSUS), run=7)
    numbered = {page.name for page in pages if "Run" in [each.heading for each in page.columns]}
    assert numbered == {"Questions", "Duplicates", "Contact"}
    [combined] = [page for page in pages if page.name == "Combined list"]
    assert len(combined.columns) <= 30


def test_a_procedure_without_words_is_its_code(merged: wm.MergeResult) -> None:
    coded = merged.combined_list.assign(procedure_text=None, procedure_code="C712")
    worded = coded.assign(procedure_text="Phacoemulsification")
    for listed, told in ((coded, "C712"), (worded, "Phacoemulsification")):
        tables = merged.tables | {"combined_list": listed}
        page = combined_page(tables, run_date=date.fromisoformat(CENSUS))
        [said] = [each.values for each in page.columns if each.heading == "Procedure"]
        assert {str(each) for each in said} == {told}


def test_identifiers_are_text_and_dates_are_dates(book: dict[str, Worksheet]) -> None:
    row = row_of(book["Combined list"], "Okafor")
    assert row["NHS number"] == "9990000018"
    assert "007" in row["Hospital numbers"]
    assert row["Born"] == datetime.fromisoformat("1971-05-03")
    assert row["Clock start"] == datetime.fromisoformat("2026-03-02")


def test_a_day_before_spreadsheets_count_days_is_text(tmp_path: Path) -> None:
    """They hold that 1900 had a 29 February, so what comes before it would be a day out."""
    days = pd.Series(pd.to_datetime(["1900-02-28", "1900-03-01", None]))
    with Workbook(tmp_path / "book.xlsx") as book:
        column = Column("Day", days, look=Look.DATE)
        Paper(book).write(Page("Days", "", (column,), len(days)))
    read = openpyxl.load_workbook(tmp_path / "book.xlsx")["Days"]
    values = [cell.value for cell in read["A"]]
    assert values == ["Day", "1900-02-28", datetime.fromisoformat("1900-03-01")]


def test_nothing_is_a_formula_and_dangerous_text_stays_as_it_is(
    out: Path, book: dict[str, Worksheet]
) -> None:
    cells = [cell for sheet in book.values() for row in sheet.iter_rows() for cell in row]
    texts = {str(cell.value) for cell in cells}
    assert {FORMULA, "RM3 @SUM(A1); RW3 @SUM(A1)", "@SUM(A1)"} <= texts
    with zipfile.ZipFile(out / "combined_list.xlsx") as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(SHEETS)
        assert any(name.startswith("xl/charts/") for name in parts.namelist())
        for name in sheets:
            sheet = parts.read(name)
            assert b"<f>" not in sheet
            assert b"<f " not in sheet
    dangerous = [cell for cell in cells if cell.value in {FORMULA, "@SUM(A1)"}]
    assert {cell.number_format for cell in dangerous} == {"@"}


TEXT = st.text(st.sampled_from("=+-@\t\r\n\x00\x0b_x000D'aé<&"), min_size=1, max_size=6)


@settings(max_examples=8)
@given(st.lists(TEXT, min_size=1, max_size=60))
def test_any_text_is_written_as_text_and_is_no_formula(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    finding = {"organisation": "RM3", "reason": "repaired", "count": 1}
    given = pd.DataFrame([finding | {"message": text} for text in texts])
    tables = {name: empty(name) for name in TABLES} | {"findings": conform("findings", given)}
    path = tmp_path_factory.mktemp("text") / "book.xlsx"
    write_workbook(path, tables, manifest={"run_date": CENSUS})
    with zipfile.ZipFile(path) as parts:
        assert all(b"<f>" not in parts.read(name) for name in parts.namelist())
    sheet = openpyxl.load_workbook(path)["Data quality"]
    cells = [row[sheet.max_column - 1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert [unescape(str(cell.value)) for cell in cells] == texts


def empty(table: str) -> pd.DataFrame:
    """A table without rows, with the types that read_tables gives."""
    return conform(table, pd.DataFrame())


def test_no_rows_at_all_make_a_workbook_too(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_workbook(path, {name: empty(name) for name in TABLES}, manifest={"run_date": CENSUS})
    read = openpyxl.load_workbook(path)
    assert read.sheetnames == SHEETS
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_answers_are_chosen_from_the_closed_set(book: dict[str, Worksheet]) -> None:
    sheet = book["Questions"]
    heading = [cell.value for cell in sheet[1]]
    chosen = {str(each.sqref): each for each in sheet.data_validations.dataValidation}
    for name, words in (("Answer", list(Answer)), ("Relation", list(asked.RELATIONS))):
        letter = sheet.cell(1, heading.index(name) + 1).column_letter
        choice = chosen[f"{letter}2:{letter}{sheet.max_row}"]
        assert choice.formula1.strip('"').split(",") == words
    for name in TO_FILL_IN:
        assert name in heading
    assert all(each["Answer"] is None for each in rows(sheet))


def test_each_question_is_a_row_with_a_line_for_each_entry(
    merged: wm.MergeResult, book: dict[str, Worksheet]
) -> None:
    listed = rows(book["Questions"])
    queue = merged.review_queue
    assert [each["Question id"] for each in listed] == queue["question_id"].tolist()
    for row in listed:
        entries = row["Entries"].replace("|", ";").split(";")
        assert all(row[heading].count("\n") == len(entries) - 1 for heading in ("Name", "Born"))
        assert sorted(row["Organisation"].split("\n")) == ["RM3", "RW3"]


def test_what_differs_is_named_and_what_is_the_same_is_not(book: dict[str, Worksheet]) -> None:
    row = next(each for each in rows(book["Questions"]) if "Okafor" in each["Name"])
    assert "clock start" in row["What differs"]
    assert "born" not in row["What differs"]
    assert "name" not in row["What differs"]


def test_names_are_compared_without_case_and_accents() -> None:
    names = pd.Series(["Zieliński", "ZIELINSKI"])
    assert len(set(facts._folded(names))) == 1


def test_a_question_of_very_many_entries_says_how_many_are_not_shown(
    merged: wm.MergeResult,
) -> None:
    ids = merged.entries["entry_id"].astype(str)
    many = ";".join([*ids] * 3)
    queue = merged.review_queue.head(1).assign(entry_ids=many)
    page = asked.questions_page(merged.tables | {"review_queue": queue})
    [name] = [column for column in page.columns if column.heading == "Name"]
    [told] = list(name.values)
    assert told.count("\n") == asked.MOST_SHOWN
    assert told.endswith(f"and {3 * len(ids) - asked.MOST_SHOWN} more")


def test_each_need_of_several_entries_has_them_under_it(
    merged: wm.MergeResult, book: dict[str, Worksheet]
) -> None:
    several = merged.combined_list.loc[merged.combined_list["member_count"] > 1]
    expected = {row.pathway_id: row.member_count + 1 for row in several.itertuples()}
    assert expected
    listed = rows(book["Duplicates"])
    assert Counter(each["Need"] for each in listed) == expected
    assert not [value for each in listed for value in each.values() if value == "nan"]


def test_nobody_who_has_died_and_no_restricted_record_is_rung(book: dict[str, Worksheet]) -> None:
    listed = {each["Family name"]: each for each in rows(book["Contact"])}
    assert listed["Okafor"]["Ring?"] == "Ring"
    for name, reason in (("Nowak", DEAD), ("Adeyemi", RESTRICTED)):
        row = listed[name]
        assert row["Ring?"] == reason
        silent = ("Telephone held there", "What to ask", "What they can be told now")
        assert [row[heading] for heading in silent] == [None] * 3
    assert [each["Ring?"] for each in rows(book["Contact"])][-2:] == [DEAD, RESTRICTED]


def test_each_patient_has_one_row_with_what_to_ask_and_to_say(book: dict[str, Worksheet]) -> None:
    listed = rows(book["Contact"])
    assert len({each["Patient"] for each in listed}) == len(listed)
    row = row_of(book["Contact"], "Okafor")
    assert row["Telephone held there"] == PHONE
    assert row["Who rings"] in {"RM3", "RW3"}
    assert "02 Mar 2026" in row["What they can be told now"]
    assert "20 Apr 2026" in row["What they can be told now"]
    assert row["What to ask"]


def test_nobody_is_rung_within_twelve_weeks_of_a_validation(book: dict[str, Worksheet]) -> None:
    assert row_of(book["Contact"], "Zieliński")["Ring?"].startswith("Not before 12 Jan 2027")


def test_contact_details_of_a_restricted_record_are_nowhere(out: Path) -> None:
    values = {
        str(value)
        for sheet in openpyxl.load_workbook(out / "combined_list.xlsx")
        for row in sheet.iter_rows(values_only=True)
        for value in row
    }
    assert PHONE in values
    assert not [value for value in values if HIDDEN_POSTCODE in value or "01632960003" in value]
    assert "restricted" in values


def test_findings_are_all_there_the_worst_first(
    merged: wm.MergeResult, book: dict[str, Worksheet]
) -> None:
    listed = rows(book["Data quality"])
    assert len(listed) == len(merged.findings)
    grades = [each["How grave"] for each in listed]
    assert grades == sorted(grades)
    death = next(each for each in listed if each["Reason"] == "deceased")
    assert death["Hospital number"] == "0008"


def test_the_summary_counts_what_came_in(book: dict[str, Worksheet]) -> None:
    told = {row[0]: row[1:] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    size = len(PEOPLE)
    assert told["together"][2:5] == (2 * size, 2 * size, 0)
    assert told["RM3.csv"][:2] == ("RM3", datetime.fromisoformat(CENSUS))
    order = [row[0] for row in book["Summary"].iter_rows(values_only=True)]
    assert order.index("Look here first") < order.index("What came in")


def test_sheets_have_headings_that_stay_filters_and_a_page(book: dict[str, Worksheet]) -> None:
    for name in SHEETS[1:-1]:
        sheet = book[name]
        assert str(sheet.freeze_panes)[1:] == "2"
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows
        assert sheet.page_setup.orientation == "landscape"


def test_urgency_is_told_in_words_and_in_colour(book: dict[str, Worksheet]) -> None:
    sheet = book["Combined list"]
    heading = [cell.value for cell in sheet[1]]
    place = heading.index("Urgency")
    for row in sheet.iter_rows(min_row=2):
        coloured = row[place].fill.fill_type == "solid"
        assert coloured == bool(row[place].value)
    assert row_of(sheet, "Nowak")["Urgency"] == "Check death first"


def test_the_same_tables_give_the_same_bytes(merged: wm.MergeResult, tmp_path: Path) -> None:
    manifest = merged.manifest()
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, merged.tables, manifest=manifest)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_workbook_of_tables_that_were_read_back_is_the_same(
    merged: wm.MergeResult, out: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(again, wm.read_tables(out), manifest=merged.manifest())
    one, two = openpyxl.load_workbook(out / "combined_list.xlsx"), openpyxl.load_workbook(again)
    for name in SHEETS:
        assert rows_plain(one[name]) == rows_plain(two[name])


def rows_plain(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_a_long_list_is_cut_by_specialty_and_the_summary_says_so(
    merged: wm.MergeResult, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    write_workbook(path, merged.tables, manifest=merged.manifest(), sheet_rows=3)
    read = openpyxl.load_workbook(path)
    lists = [name for name in read.sheetnames if name.startswith("Combined list")]
    assert len(lists) > 1
    assert all(read[name].max_row <= 4 for name in read.sheetnames[1:-1])
    needs = [each["Need"] for name in lists for each in rows(read[name])]
    assert Counter(needs) == Counter(merged.combined_list["pathway_id"])
    said = [row for row in read["Summary"].iter_rows(values_only=True) if row[0]]
    told = {row[0].split(":")[0]: row[2] for row in said}
    assert all("110" in told[name] or "3" in told[name] for name in lists)


@given(st.lists(st.sampled_from(["110", "130", "300", ""]), max_size=20), st.integers(1, 6))
def test_cutting_keeps_each_row_once_and_no_sheet_too_long(parts: list[str], limit: int) -> None:
    part = np.array(parts, dtype=object)
    number = np.array([str(each) for each in range(len(parts))], dtype=object)
    page = Page("List", "", (Column("Number", number),), len(parts), part=part)
    pieces = fitted(page, limit=limit)
    assert all(piece.rows <= limit for piece in pieces)
    assert len({piece.name for piece in pieces}) == len(pieces)
    together = [value for piece in pieces for value in piece.columns[0].values]
    assert Counter(together) == Counter(number.tolist())
    for piece in pieces:
        order = [int(value) for value in piece.columns[0].values]
        assert order == sorted(order)


@pytest.mark.parametrize(
    ("entries", "asked_for", "written"),
    [(250_000, None, True), (250_001, None, False), (250_001, True, True), (1, False, False)],
)
def test_a_workbook_is_written_unless_it_is_too_large_or_not_wanted(
    merged: wm.MergeResult,
    monkeypatch: pytest.MonkeyPatch,
    entries: int,
    asked_for: bool | None,
    written: bool,
) -> None:
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr("waitlist_merge.result.MOST_IN_WORKBOOK", 10 + 250_000 - entries)
    monkeypatch.setattr("waitlist_merge.result.write_tables", lambda *_, **how: calls.append(how))
    merged.save("nowhere", workbook=asked_for)
    assert [call["workbook"] for call in calls] == [written]


def changed(**said: object) -> pd.DataFrame:
    return conform("changes", pd.DataFrame([said]))


def test_changes_say_whose_patient_it_is_and_what_was_and_is(
    merged: wm.MergeResult, tmp_path: Path
) -> None:
    entry = merged.entries.iloc[0]
    told = changed(
        change="start_later",
        order=1,
        organisation="RM3",
        entry_id=entry["entry_id"],
        field="rtt_start_date",
        before="2026-03-02",
        after="2026-04-02",
        days=31,
        explanation="=RM3 moved the start",
    )
    write_workbook(
        tmp_path / "book.xlsx", merged.tables | {"changes": told}, manifest=merged.manifest()
    )
    [row] = rows(openpyxl.load_workbook(tmp_path / "book.xlsx")["Changes"])
    assert row["Hospital number"] == entry["local_patient_identifier"]
    assert row["Patient"] == f"{entry['family_name']}, {entry['given_name']}"
    assert (row["Before"], row["Now"]) == ("02 Mar 2026", "02 Apr 2026")
    assert row["Field"] == "Clock start"
    assert row["Days later"] == 31
    assert row["What changed"] == Change.START_LATER.meaning


def test_who_has_left_is_named_by_another_entry_of_the_patient(merged: wm.MergeResult) -> None:
    entry = merged.entries.iloc[0]
    gone = {"change": "gone", "order": 1, "entry_id": "E-GONE", "after": "still_listed"}
    for patient, name in (
        (entry["patient_id"], f"{entry['family_name']}, {entry['given_name']}"),
        ("P-GONE", ""),
    ):
        page = changes_page(merged.tables | {"changes": changed(**gone, patient_id=patient)})
        said = {column.heading: list(column.values) for column in page.columns}
        assert said["Hospital number"] == [""]
        assert said["Patient"] == [name]
        assert said["Now"] == ["still listed"]


def test_changes_name_the_patient_whom_nobody_lists_any_longer(merged: wm.MergeResult) -> None:
    told = changed(change="unaccounted", order=1, entry_id="E-GONE", pathway_id="W-LOST")
    lost = pd.DataFrame(
        {"pathway_id": ["W-LOST"], "hospital_numbers": ["RM3 0007"], "family_name": ["Okafor"]}
    )
    tables = merged.tables | {"changes": told, "unaccounted": conform("unaccounted", lost)}
    said = {each.heading: list(each.values) for each in changes_page(tables).columns}
    assert (said["Hospital number"], said["Patient"]) == (["RM3 0007"], ["Okafor"])


def test_a_change_that_takes_two_lines_to_say_has_a_row_two_lines_high(
    merged: wm.MergeResult,
) -> None:
    assert len(Change.UNACCOUNTED.meaning) > 44, "wider than its column"
    for told, lines in (({"change": "unaccounted"}, 2), ({"explanation": "word " * 30}, 3)):
        made = changed(**{"change": "gone", "order": 1, "entry_id": "E-GONE"} | told)
        high = changes_page(merged.tables | {"changes": made}).lines
        assert high is not None
        assert high.tolist() == [lines]


@pytest.mark.parametrize("missing", [0, 2])
def test_who_is_unaccounted_for_comes_before_all_else(
    merged: wm.MergeResult, tmp_path: Path, missing: int
) -> None:
    lost = pd.DataFrame(
        {
            "order": [2, 1],
            "hospital_numbers": ["RM3 0007", "RM3 0008; RW3 0009"],
            "family_name": ["Okafor", "Nowak"],
            "left_date": pd.to_datetime(["2026-11-08", "2026-11-01"]),
            "weeks_unaccounted": [1, 2],
        }
    )
    tables = merged.tables | {"unaccounted": conform("unaccounted", lost)}
    notes = [f"NOT REFRESHED: RX{at} sent no list" for at in range(missing)]
    write_workbook(tmp_path / "book.xlsx", tables, manifest=merged.manifest() | {"notes": notes})
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Summary"]
    told = [row for row in sheet.iter_rows(values_only=True) if row[0]]
    lacks = [row[0].strip() for row in told if "sent no list" in row[0]]
    assert lacks == [each.removeprefix("NOT REFRESHED: ") for each in notes]
    if missing:
        assert told[3][0].startswith("NOT REFRESHED")
        assert told[6][0] == "Who is unaccounted for"
        del told[3:7]
    assert told[1][0].startswith("UNACCOUNTED")
    assert told[2][:2] == ("patients unaccounted for", 2)
    assert [row[:2] for row in told[4:6]] == [
        ("   RM3 0008; RW3 0009", "Nowak"),
        ("   RM3 0007", "Okafor"),
    ]
    assert sheet["B4"].fill.fill_type == "solid"


def test_the_lines_of_a_run_begin_with_the_unaccounted_and_then_say_which_list_is_missing(
    merged: wm.MergeResult,
) -> None:
    told = replace(merged.summary(), unaccounted=2, not_refreshed=("RX1 sent no list",))
    first, second, third, *_ = str(told).splitlines()
    assert first.startswith("UNACCOUNTED PATIENTS")
    assert second == "NOT REFRESHED: RX1 sent no list"
    assert third.startswith("rows in")


def test_without_an_earlier_run_nobody_says_that_nobody_is_unaccounted_for(
    book: dict[str, Worksheet],
) -> None:
    told = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)}
    assert str(told["patients unaccounted for"]).startswith("not known")


def test_waits_and_organisations_are_counted_and_drawn(
    merged: wm.MergeResult, book: dict[str, Worksheet]
) -> None:
    told = {row[0]: row[1:] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    waits = ["up to 18", "over 18 to 26", "over 26 to 52", "over 104"]
    bands = [name for name in told if str(name).startswith(("up to", "over "))]
    assert set(waits) <= set(bands)
    none = told["no referral-to-treatment wait, or no start"][0]
    assert sum(told[name][0] for name in bands) + none == len(merged.combined_list)
    assert told["RM3"][0] == len(PEOPLE)
    assert len(book["Summary"]._charts) == 2


def test_a_duplicate_counts_at_both_organisations_whichever_entry_is_shown(
    merged: wm.MergeResult, book: dict[str, Worksheet]
) -> None:
    told = {row[0]: row[1:] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    needs = [
        int((merged.combined_list[kind] > 0).sum())
        for kind in ("confirmed_duplicates", "proposed_duplicates")
    ]
    assert sum(needs) > 0
    assert [*told["RM3"][1:3]] == [*told["RW3"][1:3]] == needs


def test_each_duplicate_says_what_it_is_to_the_entry_shown(
    merged: wm.MergeResult, book: dict[str, Worksheet]
) -> None:
    listed = rows(book["Duplicates"])
    said = {each["To the entry shown"] for each in listed if each["To the entry shown"]}
    joined = merged.pathway_links.loc[merged.pathway_links["joins"] == "yes", "relation"]
    assert said
    assert said <= {each.replace("_", " ") for each in joined}


def test_the_workbook_says_which_run_it_is_of(merged: wm.MergeResult, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_workbook(path, merged.tables, manifest=merged.manifest() | {"run": 12})
    properties = openpyxl.load_workbook(path).custom_doc_props
    assert properties[RUN_PROPERTY].value == 12


def test_files_that_were_refused_are_named_first(merged: wm.MergeResult, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    refused = {"refused": ["RXF.csv: it is empty; send the list again"]}
    write_workbook(path, merged.tables, manifest=merged.manifest() | refused)
    sheet = openpyxl.load_workbook(path)["Summary"]
    told = {row[0].value: row[1] for row in sheet.iter_rows() if row[0].value}
    assert told["files refused, whose patients are not here"].value == 1
    assert told["files refused, whose patients are not here"].fill.fill_type == "solid"
    assert f"   {refused['refused'][0]}" in told


CUES = [
    ({"deceased": True, "suspected_cancer": True}, Cue.DEATH),
    ({"death_in_doubt": True, "suspected_cancer": True}, Cue.DEATH),
    ({"suspected_cancer": True, "priority_code": "P2"}, Cue.CANCER),
    ({"priority_code": "P1b", "days_waiting": 800}, Cue.FIRST),
    ({"priority_code": "P3", "days_waiting": 104 * 7 + 1}, Cue.OVER_104),
    ({"days_waiting": 104 * 7}, Cue.OVER_78),
    ({"days_waiting": 65 * 7 + 1}, Cue.OVER_65),
    ({"days_waiting": 52 * 7 + 1}, Cue.OVER_52),
    ({"days_waiting": 52 * 7, "next_threshold_date": "2026-11-16"}, Cue.NEAR),
    ({"days_waiting": 100, "next_threshold_date": "2026-12-13"}, Cue.NEAR),
    ({"days_waiting": 100, "next_threshold_date": "2026-12-14"}, Cue.NONE),
    ({}, Cue.NONE),
]


def test_the_cue_is_the_gravest_that_is_true() -> None:
    listed = empty("combined_list").reindex(range(len(CUES)))
    for row, (said, _) in enumerate(CUES):
        for name, value in said.items():
            if listed[name].dtype == "category":
                listed[name] = listed[name].astype(object)
            listed.loc[row, name] = pd.Timestamp(value) if name.endswith("date") else value
    told = cues(listed, run_date=date.fromisoformat(CENSUS))
    assert told.tolist() == [str(cue) for _, cue in CUES]


def test_two_booked_admissions_do_not_wait_for_twelve_weeks(merged: wm.MergeResult) -> None:
    one = merged.combined_list.assign(
        next_step=str(NextStep.RELEASE_ONE_TCI), last_validated_date=pd.Timestamp("2026-11-01")
    )
    other = one.assign(next_step=str(NextStep.ASK_PATIENT))
    for combined, said in ((one, "Ring"), (other, "Not before 24 Jan 2027")):
        tables = merged.tables | {"combined_list": combined}
        page = contact_page(tables, run_date=date.fromisoformat(CENSUS))
        assert str(next(iter(page.columns[0].values))).startswith(said)


def test_who_was_spoken_to_is_not_rung_however_urgent_the_step(merged: wm.MergeResult) -> None:
    combined = merged.combined_list.assign(
        next_step=str(NextStep.RELEASE_ONE_TCI), deceased=False, restricted=False
    )
    days = {"C-1": "2026-08-23", "C-2": "2026-08-24", "C-3": "2026-11-02"}
    contacts = pd.DataFrame(
        {
            "contact_id": [*days],
            "patient_id": combined["patient_id"].iloc[0],
            "organisation": ["RW3", "RW3", "RM3"],
            "spoken_on": pd.to_datetime([*days.values()]),
        }
    )
    run_date = date.fromisoformat(CENSUS)
    for count, said in ((1, "Ring"), (2, "24 Aug 2026 by RW3)"), (3, "02 Nov 2026 by RM3)")):
        told = conform("contacts", contacts[:count])
        page = contact_page(
            merged.tables | {"combined_list": combined, "contacts": told}, run_date=run_date
        )
        columns = {column.heading: list(column.values) for column in page.columns}
        at = columns["Patient"].index(combined["patient_id"].iloc[0])
        assert columns["Ring?"][at].endswith(said)


def test_nobody_who_may_have_died_is_rung(merged: wm.MergeResult) -> None:
    combined = merged.combined_list.assign(
        next_step=str(NextStep.ASK_PATIENT), deceased=False, restricted=False, death_in_doubt=True
    )
    page = contact_page(
        merged.tables | {"combined_list": combined}, run_date=date.fromisoformat(CENSUS)
    )
    told = {column.heading: set(map(str, column.values)) for column in page.columns}
    assert told["Ring?"] == {DEAD_PERHAPS}
    for silent in ("Telephone held there", "What to ask", "What they can be told now"):
        assert told[silent] == {""}


def test_what_waits_for_a_later_week_is_counted_and_not_on_the_sheet(
    merged: wm.MergeResult, tmp_path: Path
) -> None:
    queue = merged.review_queue.assign(this_week=merged.review_queue["order"] == 1)
    tables = merged.tables | {"review_queue": queue}
    write_workbook(tmp_path / "book.xlsx", tables, manifest=merged.manifest())
    read = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [row["Question id"] for row in rows(read["Questions"])] == [queue["question_id"].iloc[0]]
    told = {str(row[0]): row[1] for row in read["Summary"].iter_rows(values_only=True)}
    [later] = [told[each] for each in told if each.startswith("questions that wait for a later")]
    assert later == len(queue) - 1


def test_a_question_says_what_settles_it_and_what_an_answer_does(
    book: dict[str, Worksheet],
) -> None:
    for row in rows(book["Questions"]):
        assert row["What would settle it"]
        assert row["What an answer does"].count("\n") == 1
        assert row["State"]


def test_who_is_unaccounted_for_is_asked_about_with_what_was_known(merged: wm.MergeResult) -> None:
    asked_first = merged.review_queue.head(2).copy()
    asked_first["entry_ids"] = ["E-GONE;E-GONE-TOO", asked_first["entry_ids"].iloc[1]]
    lost = {
        "question_id": asked_first["question_id"].iloc[0],
        "organisations": "RM3;RW3",
        "hospital_numbers": "RM3 0007; RW3 0008",
        "nhs_number": "9990000018",
        "nhs_number_status": "01",
        "family_name": "Okafor",
        "given_name": "Chidi",
        "birth_date": pd.Timestamp("1971-05-03"),
    }
    unaccounted = conform("unaccounted", pd.DataFrame([lost]))
    tables = merged.tables | {"review_queue": asked_first, "unaccounted": unaccounted}
    page = asked.questions_page(tables)
    said = {column.heading: list(column.values) for column in page.columns}
    assert said["Hospital number"][0] == "RM3 0007; RW3 0008"
    assert said["NHS number"][0] == "9990000018 verified"
    assert said["Name"][0] == "Okafor, Chidi"
    assert said["Born"][0] == "03 May 1971"
    assert said["Name"][1].count("\n") == 1


def test_the_states_of_work_to_choose_from_are_read_back(merged: wm.MergeResult) -> None:
    states = work_states(merged.entries)
    assert {"new", "with RM3", "agreed: RW3 keeps", "patient told", "closed at RM3"} <= set(states)
    assert all(read_state(each) is not None for each in states)
    many = pd.DataFrame({"organisation": [f"R{each:02}" for each in range(40)]})
    assert work_states(many) == ()


def test_nobody_is_told_of_a_date_that_is_past_as_if_it_were_booked(
    merged: wm.MergeResult,
) -> None:
    days = {"tci_date": pd.Timestamp("2026-11-14"), "next_appointment_date": pd.Timestamp(CENSUS)}
    tables = merged.tables | {"members": merged.members.assign(**days)}
    page = contact_page(tables, run_date=date.fromisoformat(CENSUS))
    told = next(each for each in page.columns if each.heading == "What they can be told now")
    said = [str(each) for each in told.values if each]
    assert said
    assert all("appointment 15 Nov 2026" in each for each in said)
    assert not [each for each in said if "admission" in each]


def test_what_does_not_fit_on_a_line_has_more_of_them(merged: wm.MergeResult) -> None:
    """Else it is cut where the next cell begins, on paper for good."""
    assert len(NextStep.CHECK_CONTACT.meaning) > 80
    combined = merged.combined_list.assign(next_step=str(NextStep.NOTHING))
    combined = combined.assign(procedure_text=None, rtt_start_note=None, validation_due=False)
    long = combined.assign(next_step=str(NextStep.CHECK_CONTACT))
    for rows_of, high in ((combined, 1), (long, 2)):
        page = combined_page(
            merged.tables | {"combined_list": rows_of}, run_date=date.fromisoformat(CENSUS)
        )
        assert page.lines is not None
        assert set(page.lines.tolist()) == {high}
    page = duplicates_page(
        merged.tables | {"combined_list": long}, run_date=date.fromisoformat(CENSUS)
    )
    assert page.lines is not None
    assert page.level is not None
    assert set(page.lines[page.level == 0].tolist()) == {2}
    assert set(page.lines[page.level == 1].tolist()) == {1}


def test_every_id_has_room_in_bold(merged: wm.MergeResult) -> None:
    """A capital of a wide bold font takes up to half as much again as a figure of Calibri."""
    pages = pages_of(merged.tables, run_date=date.fromisoformat(CENSUS))
    ids = [
        column
        for page in pages
        for column in page.columns
        if not column.hidden and str(next(iter(column.values), "")).startswith(("W-", "P-", "Q-"))
    ]
    assert {column.heading for column in ids} >= {"Need", "Patient", "Question id"}
    for column in ids:
        assert column.width >= 1.4 * max(len(str(each)) for each in column.values)
