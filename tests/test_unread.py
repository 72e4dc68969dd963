"""What people filled in where the workbook lies is not destroyed by the next merge."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import waitlist_merge as wm
from waitlist_merge import cli
from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.review.register import Register
from waitlist_merge.unread import refuse_unread

WHOLE: tuple[Sequence[str], str] = ((), ".")
VIEW: tuple[Sequence[str], str] = (("--view", "all"), "RM3")


class Region:
    """Two lists that share a patient's need, a register, and an output beside them."""

    def __init__(self, folder: Path, views: Sequence[str], of: str) -> None:
        self.folder, self.views = folder, views
        self.register, self.book = (
            folder / "register.db",
            folder / "out" / of / "combined_list.xlsx",
        )
        for code in ("RM3", "RW3"):
            row = {
                "NHS number": "9990000018",
                "Surname": "Okafor",
                "Forename": "Chidi",
                "DOB": "1950-05-03",
                "Hospital number": f"{code}0001",
                "Treatment function code": "110",
                "Procedure code": "W371",
                "RTT start": "2026-03-02",
                "RTT status": "20",
            }
            pd.DataFrame([row]).to_csv(folder / f"{code}.csv", index=False)

    def run(self, *given: object, remembered: bool = True) -> Any:
        more = ["--register", self.register] if remembered else []
        return CliRunner().invoke(cli.app, [str(each) for each in (*given, *more)])

    def merge(self, *more: str, remembered: bool = True) -> Any:
        lists = [f"{code}={self.folder / code}.csv" for code in ("RM3", "RW3")]
        to = ["--out", self.folder / "out", "--tables", "csv", "--census-date", "2026-09-01"]
        return self.run("merge", *lists, *to, *self.views, *more, remembered=remembered)

    def fill(self, **cells: str) -> None:
        book = openpyxl.load_workbook(self.book)
        heads, row, *_ = book["Questions"].iter_rows()
        at = {head.value: cell for head, cell in zip(heads, row, strict=True)}
        for heading, value in cells.items():
            at[heading].value = value
        book.save(self.book)

    def runs(self) -> int:
        with Register.open(self.register) as opened:
            return len(opened.runs())


SAID = {"Answer": "cannot tell", "Reviewer": "A. Clerk", "Reviewer's organisation": "RM3"}


@pytest.fixture(params=[WHOLE, VIEW], ids=["whole", "view"])
def region(request: pytest.FixtureRequest, tmp_path: Path) -> Region:
    made = Region(tmp_path, *request.param)
    assert made.merge().exit_code == 0
    return made


def test_what_is_filled_in_and_not_read_stops_the_merge(region: Region) -> None:
    region.fill(**SAID)
    stopped = region.merge()
    assert (stopped.exit_code, region.runs()) == (OutputError.exit_code, 1)
    assert stopped.stderr == (
        f"waitlist-merge: {region.book}: 1 row filled in and not in {region.register} would be "
        "lost; give it to review read first, or move it elsewhere\n"
    )
    assert region.run("review", "read", region.book).exit_code == 0
    assert (region.merge().exit_code, region.runs()) == (0, 2)


def test_what_was_moved_elsewhere_stops_nothing(region: Region) -> None:
    region.fill(**SAID)
    shutil.move(region.book, region.folder / "moved.xlsx")
    assert region.merge().exit_code == 0


def test_work_and_half_an_answer_would_be_lost_as_well(tmp_path: Path) -> None:
    region = Region(tmp_path, *WHOLE)
    region.merge()
    region.fill(Note="rang on Monday")
    assert "1 row filled in" in region.merge().stderr
    region.fill(**{"Note": "", "Work state": "with RM3"} | SAID | {"Answer": ""})
    assert "1 row filled in" in region.merge().stderr
    region.run("review", "read", region.book)
    assert region.merge().exit_code == 0


def test_what_was_read_and_taken_back_is_known_all_the_same(region: Region) -> None:
    region.fill(**SAID)
    region.run("review", "read", region.book)
    with Register.open(region.register) as opened:
        [answer] = opened.answers()
    undone = region.run("review", "undo", answer.key, "--reviewer", "B", "--reason", "wrong")
    assert undone.exit_code == 0
    assert region.merge().exit_code == 0


def changed(book: Path, sheet: str, *, name: str = "", without: str = "") -> None:
    """Give a sheet another name, or take one of its columns out of it."""
    opened = openpyxl.load_workbook(book)
    page = opened[sheet]
    page.title = name or sheet
    if without:
        [column] = [cell.column for cell in page[1] if cell.value == without]
        page.delete_cols(column)
    opened.save(book)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A region merged once, whose workbook is filled in by copies."""
    made = Region(tmp_path_factory.mktemp("once"), *WHOLE)
    assert made.merge().exit_code == 0
    return made


@pytest.fixture
def copy(once: Region, tmp_path: Path) -> Region:
    """The same with a folder and a register of its own."""
    shutil.copytree(once.folder, tmp_path / "copy")
    made = Region(tmp_path / "copy", *WHOLE)
    assert made.book.is_file()
    return made


@pytest.mark.parametrize("name", ["Ann's questions", "Changes"])
def test_a_sheet_is_looked_at_whatever_it_is_called(copy: Region, name: str) -> None:
    copy.fill(**SAID)
    changed(copy.book, "Changes", name="Old changes")
    changed(copy.book, "Questions", name=name)
    with Register.open(copy.register) as opened:
        with pytest.raises(OutputError, match="1 row filled in and not in"):
            refuse_unread(copy.book.parent, opened)
        assert copy.run("review", "read", copy.book).exit_code == 0
        refuse_unread(copy.book.parent, opened)


@pytest.mark.parametrize(
    ("sheet", "without", "cells"),
    [
        ("Questions", "Question id", SAID),
        ("Questions", "Answer", {"Reviewer": "A. Clerk"}),
        ("Duplicates", "Entries", {"Work state": "with RM3"}),
        ("Contact", "Patient", {"Spoken to by": "A. Clerk"}),
        ("Questions", "Date", SAID),
        ("Duplicates", "Role", {"Work state": "with RM3"}),
        ("Contact", "What the patient said", {"Spoken to by": "A. Clerk"}),
    ],
)
def test_a_sheet_that_lost_what_its_rows_are_known_by_is_told_and_kept(
    copy: Region, sheet: str, without: str, cells: dict[str, str]
) -> None:
    opened = openpyxl.load_workbook(copy.book)
    heads = [cell.value for cell in opened[sheet][1]]
    opened[sheet].append([cells.get(str(each)) for each in heads])
    opened.save(copy.book)
    changed(copy.book, sheet, without=without)
    with Register.open(copy.register) as register, pytest.raises(OutputError, match="1 row filled"):
        refuse_unread(copy.book.parent, register)
    read = copy.run("review", "read", copy.book)
    lacks = f"combined_list.xlsx, {sheet}: has no column {without}; put it back, or fill in"
    assert (lacks in read.output, read.exit_code) == (True, InputError.exit_code)


def test_a_table_of_ones_own_beside_them_is_nobodys_answer(copy: Region) -> None:
    opened = openpyxl.load_workbook(copy.book)
    mine = opened.create_sheet("My notes")
    mine.append(["Patient", "Note", "Date", "Answer"])
    mine.append(["seen", "rang", "Monday", "yes"])
    opened.save(copy.book)
    with Register.open(copy.register) as register:
        refuse_unread(copy.book.parent, register)


def test_without_a_register_nobody_knows_that_it_was_read(tmp_path: Path) -> None:
    region = Region(tmp_path, *WHOLE)
    region.merge(remembered=False)
    region.fill(**SAID)
    stopped = region.merge(remembered=False)
    assert "1 row filled in and not in a register that was named would be lost" in stopped.stderr


def test_a_view_that_is_not_asked_for_is_not_replaced(tmp_path: Path) -> None:
    region = Region(tmp_path, ("--view", "RM3"), "RM3")
    assert region.merge().exit_code == 0
    region.fill(**SAID)
    region.views = ("--view", "RW3")
    assert region.merge().exit_code == 0
    region.views = ("--view", "coordinator", "--view", "RM3")
    assert region.merge().exit_code == OutputError.exit_code


def test_a_result_destroys_nothing_either(region: Region) -> None:
    region.fill(**SAID)
    lists = [f"{code}={region.folder / code}.csv" for code in ("RM3", "RW3")]
    asked = {"config": wm.MergeConfig(), "census_date": date(2026, 9, 1)}
    with Register.open(region.register) as opened:
        result = wm.merge_files(lists, register=opened, **asked)

    def save() -> None:
        if region.views:
            result.save_views(region.folder / "out", "all", tables="csv")
        else:
            result.save(region.folder / "out", tables="csv")

    with pytest.raises(OutputError, match="1 row filled in and not in"):
        save()
    region.run("review", "read", region.book)
    save()
