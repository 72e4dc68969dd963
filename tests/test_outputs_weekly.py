"""One page and a table for an organisation's Monday."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.outputs.columns import conform
from waitlist_merge.outputs.views import made_ready, view
from waitlist_merge.outputs.weekly import (
    FIXED,
    NEW,
    NOT_KNOWN,
    OPEN,
    Before,
    before_of,
    compared,
    write_weekly,
)
from waitlist_merge.review.register import Register
from waitlist_merge.review.rows import AnswerRow

CENSUS = "2026-11-15"

PEOPLE = pd.DataFrame(
    {
        "NHS number": ["9990000018", "9990000026", "9990000034", "9990000042"],
        "Surname": ["Okafor", "Nowak", "Adeyemi", "Hunt"],
        "DOB": ["1971-05-03", "1962-02-03", "1985-07-09", "1949-06-01"],
        "Hospital number": ["007", "0008", "0009", "0010"],
        "Treatment function code": ["130", "110", "130", "120"],
        # 364 and 365 days before the census, 337 and 336: over 52 weeks now, and in four weeks.
        "RTT start": ["2025-11-16", "2025-11-15", "2025-12-13", "2025-12-14"],
        "RTT status": ["20", "20", "20", "20"],
        "Next appointment": ["2026-12-06", "2026-12-07", None, None],
        "TCI date": ["2027-01-20", None, None, None],
    }
)


def merged(*, register: Register | None = None, census: str = CENSUS) -> wm.MergeResult:
    other = PEOPLE.head(2).assign(**{"RTT start": "2026-03-02", "Next appointment": None})
    lists = [
        wm.Extract.from_frame(PEOPLE, organisation="RM3", name="RM3.csv", census_date=census),
        wm.Extract.from_frame(other, organisation="RW3", name="RW3.csv", census_date=census),
    ]
    return wm.merge(lists, census_date=census, register=register)


@pytest.fixture(scope="module")
def result() -> wm.MergeResult:
    return merged()


def page_of(result: wm.MergeResult, folder: Path, **changes: Any) -> dict[str, tuple[Any, ...]]:
    """The lines of the page by their first cell."""
    tables, manifest = view(made_ready(result.tables, result.manifest()), "RM3")
    before = changes.pop("before", None)
    write_weekly(tables | changes, manifest, before=before)(folder / "weekly_RM3.xlsx")
    sheet = openpyxl.load_workbook(folder / "weekly_RM3.xlsx")["Week"]
    return {row[0]: row[1:] for row in sheet.iter_rows(values_only=True) if row[0]}


def test_waits_are_counted_by_its_own_clocks_now_and_in_four_weeks(
    result: wm.MergeResult, tmp_path: Path
) -> None:
    told = page_of(result, tmp_path)
    assert told["over 52 weeks"][:2] == (1, 3)
    assert told["over 65 weeks"][:2] == (0, 0)


def test_dates_within_three_weeks_on_a_proposed_duplicate_are_named(
    result: wm.MergeResult, tmp_path: Path
) -> None:
    proposed = result.combined_list["proposed_duplicates"] > 0
    doubted = result.combined_list["pathway_id"].where(proposed)
    tables, _ = view(made_ready(result.tables, result.manifest()), "RM3")
    combined = tables["combined_list"].assign(proposed_duplicates=1)
    told = page_of(result, tmp_path, combined_list=conform("combined_list", combined))
    assert doubted.isna().all()
    assert told["appointments or admissions within 21 days on a proposed duplicate"][0] == 1
    assert any(str(line).startswith("   007: 06 Dec 2026") for line in told)
    plain = page_of(result, tmp_path)
    assert plain["appointments or admissions within 21 days on a proposed duplicate"][0] == 0


def test_a_duplicate_is_on_the_page_of_both_organisations_whichever_entry_is_shown(
    tmp_path: Path,
) -> None:
    identified = PEOPLE.head(1).assign(**{"Pathway identifier": "PW0000012345", "Issuer": "RM3"})
    lists = [
        wm.Extract.from_frame(identified.assign(**{"RTT start": start}), organisation=code)
        for code, start in (("RM3", "2026-03-02"), ("RW3", "2026-04-20"))
    ]
    result = wm.merge(lists, census_date=CENSUS)
    (need,) = result.combined_list.to_dict("records")
    counts = need["confirmed_duplicates"], need["proposed_duplicates"]
    assert sum(counts) == 1
    for organisation in ("RM3", "RW3"):
        tables, manifest = view(made_ready(result.tables, result.manifest()), organisation)
        write_weekly(tables, manifest)(tmp_path / "weekly.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "weekly.xlsx")["Week"]
        told = {row[0]: row[1] for row in sheet.iter_rows(values_only=True) if row[0]}
        kinds = ("that is confirmed", "that is proposed, for people to confirm")
        assert tuple(told[f"in a need with a duplicate {kind}"] for kind in kinds) == counts


def test_who_is_unaccounted_for_comes_first_with_the_hospital_number(
    result: wm.MergeResult, tmp_path: Path
) -> None:
    lost = pd.DataFrame(
        {"hospital_numbers": ["RM3 0012"], "left_date": pd.to_datetime(["2026-11-08"])}
    )
    told = page_of(result, tmp_path, unaccounted=conform("unaccounted", lost))
    lines = list(told)
    assert lines[1] == "Look here first"
    assert told["patients unaccounted for: their last entry left and nobody said why"][0] == 1
    assert lines[3] == "   RM3 0012 left by 08 Nov 2026"


def test_without_an_earlier_run_nothing_is_said_to_be_nil(
    result: wm.MergeResult, tmp_path: Path
) -> None:
    told = page_of(result, tmp_path)
    for name in (
        "answered since last week",
        "work past its day, or that the lists speak against",
        "   new",
        "   fixed",
    ):
        assert told[name][0] == NOT_KNOWN
    assert told["rows"][:2] == (len(PEOPLE), NOT_KNOWN)


def test_what_is_known_of_last_week_is_told(result: wm.MergeResult, tmp_path: Path) -> None:
    before = Before(
        rows=5,
        census_date=date(2026, 11, 8),
        findings=result.findings.head(0),
        asked=dict.fromkeys(result.review_queue["question_id"], date(2026, 10, 1)),
        answered=2,
    )
    told = page_of(result, tmp_path, before=before)
    waiting = told["questions that wait for an answer"][0]
    assert told["rows"][:3] == (4, 5, "-1")
    assert told["answered since last week"][0] == 2
    assert waiting > 0
    assert told["   asked over 4 weeks ago"][0] == waiting
    assert told["   asked this week"][0] == 0


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (6, "asked this week"),
        (7, "asked up to 4 weeks ago"),
        (28, "asked up to 4 weeks ago"),
        (29, "asked over 4 weeks ago"),
    ],
)
def test_a_question_is_as_old_as_its_line_says(
    result: wm.MergeResult, tmp_path: Path, days: int, line: str
) -> None:
    asked = result.accepted.run_date - timedelta(days=days)
    before = Before(
        rows=5,
        census_date=asked,
        findings=None,
        asked=dict.fromkeys(result.review_queue["question_id"], asked),
        answered=0,
    )
    told = page_of(result, tmp_path, before=before)
    assert told[f"   {line}"][0] == told["questions that wait for an answer"][0] > 0


def test_work_that_the_lists_speak_against_is_told_by_its_age(
    result: wm.MergeResult, tmp_path: Path
) -> None:
    late = {"fault": "still listed", "detail": "RM3", "age_days": 20, "person": "A. Clerk"}
    late |= {"pathway_ids": "W-1", "hospital_numbers": "RM3 A1"}
    work = conform("work", pd.DataFrame([late, {"state": "with RM3", "age_days": 3}]))
    tables, manifest = view(made_ready(result.tables, result.manifest()), "RM3")
    write_weekly(tables | {"work": work}, manifest | {"run": 2})(tmp_path / "weekly.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "weekly.xlsx")["Week"]
    told = {row[0]: row[1] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert told["work past its day, or that the lists speak against"] == 1
    assert "   still listed, RM3, W-1, RM3 A1, 20 days old, A. Clerk" in told


def finding(entry: str, field: str, reason: str) -> dict[str, object]:
    return {"organisation": "RM3", "entry_id": entry, "field": field, "reason": reason, "count": 1}


def findings(*rows: dict[str, object]) -> pd.DataFrame:
    return conform("findings", pd.DataFrame(list(rows)))


def test_findings_are_new_open_or_fixed() -> None:
    then = findings(finding("E-1", "birth_date", "placeholder"), finding("E-2", "", "deceased"))
    now = findings(finding("E-2", "", "deceased"), finding("E-3", "tci_date", "tci_in_past"))
    told = compared(now, then).set_index("entry_id")["since"].to_dict()
    assert told == {"E-1": FIXED, "E-2": OPEN, "E-3": NEW}
    assert compared(now, None)["since"].tolist() == ["", ""]
    assert compared(findings().iloc[:0], then)["since"].tolist() == [FIXED]
    assert compared(now.iloc[:0], now.iloc[:0]).empty


def test_the_page_is_one_page_and_the_table_has_every_finding(
    result: wm.MergeResult, tmp_path: Path
) -> None:
    page_of(result, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "weekly_RM3.xlsx")
    assert book.sheetnames == ["Week", "Findings"]
    setup = book["Week"].page_setup
    assert (setup.fitToWidth, setup.fitToHeight) == (1, 1) or setup.fitToHeight is None
    assert setup.orientation == "portrait"
    own = result.findings.loc[result.findings["organisation"] == "RM3"]
    assert book["Findings"].max_row == len(own) + 1


def test_a_register_tells_what_last_week_was(tmp_path: Path) -> None:
    with Register.open(tmp_path / "week.db") as register:
        merged(register=register, census="2026-11-08")
        second = merged(register=register)
        second.save_views(tmp_path / "views", ["RM3"], tables="csv", workbook=False)
    sheet = openpyxl.load_workbook(tmp_path / "views" / "RM3" / "weekly_RM3.xlsx")["Week"]
    told = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert told["rows"][:3] == (4, 4, "+0")
    assert told["list of"][1].date() == date(2026, 11, 8)
    assert told["answered since last week"][0] == 0
    assert isinstance(told["   new"][0], int)


def test_the_first_lists_again_are_not_compared_and_the_register_is_known(tmp_path: Path) -> None:
    with Register.open(tmp_path / "week.db") as register:
        first = merged(register=register)
        first.save_views(tmp_path / "first", ["RM3"], tables="csv", workbook=False)
        said = AnswerRow("A-1", "Q-1", "pathway", (), (), "cannot tell", organisation="RM3")
        register.add_answers([said])
        merged(register=register).save_views(tmp_path / "again", ["RM3"], tables="csv")
    sheets = [
        openpyxl.load_workbook(tmp_path / each / "RM3" / "weekly_RM3.xlsx")["Week"]
        for each in ("first", "again")
    ]
    one, again = (
        {row[0]: row[1:] for row in sheet.iter_rows(values_only=True) if row[0]} for sheet in sheets
    )
    assert NOT_KNOWN == "not known: there is no earlier list"
    assert one["rows"][1] == again["rows"][1] == again["   new"][0] == NOT_KNOWN
    assert one["answered since last week"][0] == NOT_KNOWN
    assert again["answered since last week"][0] == 1
    assert again["   asked this week"][0] == again["questions that wait for an answer"][0] > 0


def test_what_was_answered_in_a_week_counts_after_its_lists_were_merged_again(
    tmp_path: Path,
) -> None:
    answered = []
    with Register.open(tmp_path / "week.db") as register:
        for census, answers in (
            ("2026-11-01", "1"),
            ("2026-11-08", "23"),
            ("2026-11-08", "4"),
            (CENSUS, ""),
            (CENSUS, ""),
        ):
            left = merged(register=register, census=census).left
            answered.append([each.answer_id for each in left.said])
            said = (f"A-{each}" for each in answers)
            register.add_answers(
                [AnswerRow(each, "Q-1", "pathway", (), (), "cannot tell") for each in said]
            )
    first, eighth, again, next_week, and_again = answered
    assert (first, eighth) == ([], ["A-1"])
    assert again == ["A-1", "A-2", "A-3"]
    assert next_week == and_again == ["A-2", "A-3", "A-4"]


def test_an_organisation_that_was_not_there_last_week_is_not_known() -> None:
    extracts = pd.DataFrame({"organisation": ["RW3"], "census_date": ["2026-11-08"], "rows": [2]})
    entries = pd.DataFrame({"entry_id": ["E-1"], "local_patient_identifier": ["007"]})
    faults = findings(finding("E-1", "", "deceased"))
    known = before_of(
        "RM3", extracts=extracts, entries=entries, findings=faults, answered_by=["RM3", "RW3"]
    )
    assert known.rows is None
    assert known.answered == 1
    assert known.findings is not None
    assert known.findings["local_patient_identifier"].tolist() == ["007"]
