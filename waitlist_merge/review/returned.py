"""What came back in a workbook: the rows of its sheets as they were filled in.

They are of questions, of duplicates, on which the work is told, and of patients to speak to. A
sheet is known by its headings, whatever it is called and wherever they stand in its first rows;
columns may have been moved, hidden or added. One that lost a heading by which its rows are known,
or under which people write, is a problem: what stands in that column is never left out in silence.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from waitlist_merge.errors import InputError
from waitlist_merge.identity import keyed_hashes
from waitlist_merge.review.headings import (
    ANSWER,
    CONTACTED,
    FILLED,
    NEED,
    OF_AN_ANSWER,
    PATIENT,
    QUESTION_ID,
    RUN,
    SIGNED,
    WORKED,
    Header,
    header,
)

MOST_SHOWN = 20
"""Entries of one question that the workbook shows; a row of it cannot be higher (Excel)."""

RUN_PROPERTY = "waitlist_merge_run"
"""The custom property of a workbook with the same, which is lost where a sheet is copied."""


@dataclass(frozen=True, eq=False, slots=True)
class Returned:
    """One row of a sheet that people fill in: where it stands, and its cells by heading.

    ``run`` is the run that wrote the row, 0 where neither it nor the workbook says; ``lacks`` names
    the headings that its sheet has no longer and without which nobody knows what it is about,
    ``gone`` those under which people write, each with the letter of the column that may be it.
    """

    file: str
    sheet: str
    row: int
    run: int
    cells: Mapping[str, object]
    lacks: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it stands, to be looked up by whoever filled it in."""
        return f"{self.file}, {self.sheet}, row {self.row}"

    def text(self, heading: str) -> str:
        """The text of a cell, without blanks around it; empty where there is none."""
        value = self.cells.get(heading)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else " ".join(str(value).split())

    def any(self, headings: Sequence[str]) -> bool:
        """Is anything filled in under these headings?"""
        return any(self.text(each) for each in headings)


def fingerprint(question_id: str, level: str, veto: str, sides: str) -> str:
    """A mark that tells whether the hidden cells of a row still belong to its question.

    >>> mark = fingerprint("Q-1", "patient", "", "E-1|E-2")
    >>> len(mark), mark == fingerprint("Q-1", "patient", "", "E-1|E-3")
    (12, False)
    """
    return keyed_hashes([f"{question_id}\x1f{level}\x1f{veto}\x1f{sides}"])[0]


def question_of(row: Returned) -> str:
    """The id of the question that a row is about, or of the need or patient of which it tells."""
    return row.text(QUESTION_ID) or row.text(NEED) or row.text(PATIENT)


def told_apart(rows: Sequence[Returned]) -> tuple[list[Returned], list[str]]:
    """The rows, without what their sheets lack a heading for, and what these lack, a line each.

    >>> row = Returned("a.xlsx", "Mine", 2, 1, {"Answer": "same need"}, gone={"Date": "M"})
    >>> rows, [problem] = told_apart([row, row])
    >>> rows, problem.partition(";")[0]
    ([], 'a.xlsx, Mine: has no column Date (it may be column M)')
    """
    lacking = {
        f"{row.file}, {row.sheet}: has no column {', '.join(_lost_headings(row))}; put it back, or "
        "fill in the sheet as it came"
        for row in rows
        if row.lacks or (row.gone and row.any(FILLED))
    }
    return [left for row in rows if (left := _left_of(row))], sorted(lacking)


def _lost_headings(row: Returned) -> Iterator[str]:
    yield from row.lacks
    for name, letter in row.gone.items():
        yield f"{name} (it may be column {letter})" if letter else name


def _left_of(row: Returned) -> Returned | None:
    """The answer or the work alone where the other lost a heading; None where nothing is left.

    What nobody signs is neither; and without its day a late word would replace a later one.
    """
    if row.lacks or any(each in row.gone for each in (*SIGNED, *CONTACTED)):
        return None
    if not row.gone:
        return row
    parts = (OF_AN_ANSWER, WORKED)
    lost = {each for part in parts if not row.gone.keys().isdisjoint(part) for each in part}
    cells = {name: cell for name, cell in row.cells.items() if name not in lost}
    left = replace(row, cells=cells)
    return left if left.any((*OF_AN_ANSWER, *WORKED)) else None


def returned_rows(path: Path) -> list[Returned]:
    """The rows of all sheets that people fill in, those that have a question or anything filled in.

    Raises InputError where it cannot be read or has no such sheet.
    """
    sheets = _sheets(path)
    found = _returned(path, sheets)
    if not found and not any(header(rows) is not None for rows in sheets.values()):
        raise InputError(
            f"{path.name}: has no sheet of questions (headings {QUESTION_ID} and {ANSWER}); give "
            "the workbook that merge wrote, filled in"
        )
    return found


def filled_rows(path: Path, *, sheets: Sequence[str], others: Sequence[str]) -> list[Returned]:
    """The rows in which anything is filled in, on whichever sheet.

    ``sheets`` are those that people fill in, ``others`` those that have nothing to fill in: as long
    as all of the former are there by their names, the latter, which are the long ones, are not read
    (a sheet may have been cut into "Name", "Name 2" and so on). Raises InputError where the
    workbook cannot be read.
    """
    rows = _returned(path, _sheets(path, sheets, others))
    return [row for row in rows if row.any(FILLED)]


def _sheets(
    path: Path, sheets: Sequence[str] = (), others: Sequence[str] = ()
) -> dict[str, list[list[Any]]]:
    """The cells of each sheet by name, without ``others`` where all of ``sheets`` are there.

    Rows and columns that are empty count: problems name the row as the sheet numbers it.
    """
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            whole = {name: re.sub(r" \d+$", "", name) for name in book.sheet_names}
            spared = {*others} if {*sheets} <= {*whole.values()} else set()
            names = [name for name in book.sheet_names if whole[name] not in spared]
            of = {name: book.get_sheet_by_name(name) for name in names}
            return {name: each.to_python(skip_empty_area=False) for name, each in of.items()}
    except (CalamineError, OSError) as error:
        raise InputError(f"{path.name}: {unreadable(path)}") from error


def _returned(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> list[Returned]:
    run = _run_of(path)
    return [
        Returned(path.name, name, number, _run_in(cells, run), cells, head.lacks, head.gone)
        for name, rows in sheets.items()
        if (head := header(rows))
        for number, cells in _filled(rows, head)
    ]


def unreadable(path: Path) -> str:
    """Why a file is no workbook that can be read, and what cures it."""
    if not path.exists():
        return "there is no such file; check the path"
    if path.is_file() and _ENCRYPTED in path.read_bytes():
        return "is protected with a password; save it without one and give it again"
    return "cannot be read as a workbook; save it as .xlsx and give it again"


_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds a workbook with a password (MS-OFFCRYPTO 1.3)."""


def _filled(rows: Sequence[Sequence[Any]], head: Header) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows below the headings with their number in the sheet, from 1."""
    for number, row in enumerate(rows[head.row + 1 :], start=head.row + 2):
        told = zip(head.headings, row, strict=False)
        cells = {name: cell for name, cell in told if cell not in ("", None)}
        if QUESTION_ID in cells or any(cells.get(each) for each in FILLED):
            yield number, cells


def _run_in(cells: Mapping[str, object], of_book: int) -> int:
    """The run that a row says it is of; where it has no such cell, that of the workbook."""
    if RUN not in cells:
        return of_book
    found = re.fullmatch(r"\s*(\d+)(?:\.0*)?\s*", str(cells[RUN]))
    return int(found[1]) if found else 0


def _run_of(path: Path) -> int:
    """The run that wrote the workbook, from its custom properties; 0 where there is none."""
    try:
        with zipfile.ZipFile(path) as parts:
            told = parts.read("docProps/custom.xml").decode()
    except (zipfile.BadZipFile, KeyError, OSError):
        return 0
    found = re.search(rf'name="{RUN_PROPERTY}".*?<vt:\w+>(\d+)(?:\.0*)?</vt:', told, re.DOTALL)
    return int(found[1]) if found else 0
