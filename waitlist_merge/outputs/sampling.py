"""The workbooks of a sample, one for each organisation, and what comes back in them.

A reader sees two entries side by side and chooses an answer. There is no weight, no confidence, no
explanation and no other reader's answer in the file, and the order of pairs tells nothing. What the
engine thought is in ``sample_key.csv``, which stays with whoever drew the sample.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from python_calamine import CalamineError, CalamineWorkbook

from waitlist_merge.categories import lists_code
from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.outputs.folder import prepare, replacing
from waitlist_merge.outputs.workbook.facts import FACTS, facts_side_by_side
from waitlist_merge.outputs.workbook.lines import Line, write_lines
from waitlist_merge.outputs.workbook.page import Column, Look, Page, Tint
from waitlist_merge.outputs.workbook.paper import paper_at
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.pilot.sample import COLUMNS
from waitlist_merge.review.returned import unreadable
from waitlist_merge.review.signed import letters

KEY = "sample_key.csv"

SHEETS: Mapping[str, tuple[str, str, tuple[Answer, ...]]] = {
    "patient": (
        "People",
        "Are these two entries of one person?",
        (Answer.SAME_PERSON, Answer.DIFFERENT_PEOPLE, Answer.CANNOT_TELL),
    ),
    "pathway": (
        "Needs",
        "Do these two entries wait for one thing?",
        (Answer.SAME_NEED, Answer.DIFFERENT_NEEDS, Answer.CANNOT_TELL),
    ),
}
"""Level -> its sheet, what is asked there, and the answers to choose from."""

_OF_PEOPLE = ("Organisation", "Hospital number", "NHS number", "Name", "Born", "Postcode")

_HOW = (
    "Each row of the sheets People and Needs has two entries, one above the other in each cell.",
    "Look both up and choose an answer in the green cell; say in the note what settled it.",
    "Put your full name beside it, the same in every workbook that you answer. Answer by yourself:",
    "others answer the same pairs, and what all say is compared. Nothing here changes any list or",
    "any patient's place on it.",
    "Where you cannot tell, say so: that is an answer too.",
)


def write_sample(
    out: str | Path,
    sample: pd.DataFrame,
    entries: pd.DataFrame,
    *,
    run_date: date,
) -> list[Path]:
    """Write ``sample_ORG.xlsx`` for each organisation and the key; the workbooks written.

    ``sample`` is what ``review.pilot.draw`` gives, ``entries`` those of the run. The folder is
    replaced whole; OutputError where it holds files that this program did not write.
    """
    folder = Path(out)
    names = sorted({code for each in sample["organisations"] for code in each.split(";") if code})
    with replacing(folder, refuse=_refuse) as new:
        for organisation in names:
            mine = lists_code(sample["organisations"], organisation)
            pairs = sample.loc[mine].reset_index(drop=True)
            _write(new / f"sample_{organisation}.xlsx", pairs, entries, organisation, run_date)
        sample.to_csv(new / KEY, index=False, encoding="utf-8")
    return [folder / f"sample_{each}.xlsx" for each in names]


def prepare_sample(out: str | Path) -> Path:
    """Make ready for a sample; OutputError where the folder is not one to replace."""
    return prepare(out, refuse=_refuse)


def _refuse(folder: Path) -> None:
    """OutputError where anything lies there but an earlier sample without answers."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(
            f"{folder}: is there already, and what was answered in it would be lost; name another"
        )


def _write(
    path: Path, pairs: pd.DataFrame, entries: pd.DataFrame, organisation: str, run_date: date
) -> None:
    with paper_at(path, f"Sample for {organisation}", run_date) as paper:
        about: list[Line] = [("How to answer",), *((line, "") for line in _HOW)]
        write_lines(paper, "About", f"Pairs for {organisation} to look at", about)
        for level in SHEETS:
            mine = pairs.loc[pairs["level"] == level].reset_index(drop=True)
            paper.write(_page(level, mine, entries, organisation))


def _page(level: str, pairs: pd.DataFrame, entries: pd.DataFrame, organisation: str) -> Page:
    name, asked, answers = SHEETS[level]
    size = len(pairs)
    empty = np.full(size, "", dtype=object)
    shown = _OF_PEOPLE if level == "patient" else tuple(FACTS)
    facts = facts_side_by_side(_rows(pairs, entries), np.repeat(np.arange(size), 2), size)
    columns = (
        Column("Pair", pairs["pair_id"].to_numpy(dtype=object), 16),
        Column("Question", np.full(size, asked, dtype=object), 36, Look.WRAPPED),
        Column("Answer", empty, 20, tint=Tint.FILL_IN, choices=tuple(map(str, answers))),
        Column("Reader", empty, 18, tint=Tint.FILL_IN),
        Column("Note", empty, 34, Look.WRAPPED, Tint.FILL_IN),
        *(each for each in facts if each.heading in shown),
        Column("Reader's organisation", np.full(size, organisation, dtype=object), 8, hidden=True),
    )
    lines = np.full(size, 2, dtype=np.int64)
    return Page(name, asked, columns, size, lines=lines, frozen=3, ruled=True)


def _rows(pairs: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """The two entries of each pair, one after the other."""
    place = pd.Index(entries["entry_id"].astype(object))
    ids = pairs[["entry_id_a", "entry_id_b"]].to_numpy(dtype=object).ravel()
    rows: NDArray[np.intp] = place.get_indexer(pd.Index(ids))
    return entries.take(rows)


def read_key(folder: str | Path) -> pd.DataFrame:
    """The sample as it was drawn; InputError where the folder has none."""
    path = Path(folder) / KEY
    if not path.is_file():
        raise InputError(f"{folder}: has no {KEY}; name the folder that review sample wrote")
    read = pd.read_csv(path, dtype=str, keep_default_na=False)
    if missing := [name for name in COLUMNS if name not in read]:
        raise InputError(f"{path}: has no column {', '.join(missing)}; draw the sample again")
    return read.assign(**{name: pd.to_numeric(read[name]) for name in ("weight", "population")})


@dataclass(frozen=True, eq=False, slots=True)
class Answered:
    """What the workbooks say: ``pair_id``, ``reader``, ``answer``; rows without an answer are not.

    ``reader`` is the letters of the name, whichever organisation's workbook it stands in: one who
    reads for two trusts is one reader, who does not agree with themselves. ``problems`` has one
    line, with workbook, sheet and row, for each row that cannot be understood, that nobody signed,
    or where a reader says same of what they called different elsewhere, or the other way round, and
    one for each workbook that cannot be read; ``workbooks`` is how many could.
    """

    answers: pd.DataFrame
    problems: list[str]
    workbooks: int


def read_answers(paths: Iterable[str | Path], sample: pd.DataFrame) -> Answered:
    """The answers of these workbooks, and what is wrong with the others; the good ones count.

    Raises InputError where no workbook can be read.
    """
    known, faults, found = set(sample["pair_id"]), [], []
    books, unread = [], []
    for path in map(Path, paths):
        try:
            books.append((path, [*_answered(path)]))
        except InputError as error:
            unread.append(str(error))
    if unread and not books:
        raise InputError("\n".join(unread))
    said: dict[tuple[str, str], tuple[str, str, str]] = {}
    for path, rows in books:
        for row in rows:
            where = f"{path.name}, sheet {row['sheet']}, row {row['row']}"
            if wrong := _wrong(row, known):
                faults.append(f"{where}: {wrong}")
                continue
            found.append(row)
            who, answer, code = (row["pair_id"], row["reader"]), row["answer"], row["organisation"]
            if answer == Answer.CANNOT_TELL:
                continue
            before, place, there = said.setdefault(who, (answer, where, code))
            if before != answer:
                hint = "" if there == code else _TWO_OF_ONE_NAME
                faults.append(f"{where}: {_TWO_WAYS} {place}{hint}")
    answers = pd.DataFrame(found, columns=["pair_id", "reader", "answer"])
    return Answered(answers, faults + unread, len(books))


def _wrong(row: Mapping[str, Any], known: Collection[str]) -> str:
    """What keeps an answer from counting; empty where nothing does."""
    if row["pair_id"] not in known:
        return "is no pair of this sample; take the workbook that came"
    allowed = {str(each) for each in SHEETS[row["level"]][2]}
    if row["answer"] not in allowed:
        return f"is none of the answers {', '.join(sorted(allowed))}"
    return "" if row["reader"] else "column Reader: say who read it, or two count as one"


_TWO_WAYS = "counts as a contradiction; the same reader has answered this pair otherwise in"
_TWO_OF_ONE_NAME = "; if they are two of one name, write the organisation behind each"


def _answered(path: Path) -> Iterable[dict[str, Any]]:
    """The rows of a workbook that have an answer."""
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError):
        raise InputError(f"{path}: {unreadable(path)}") from None
    for level, (sheet, *_) in SHEETS.items():
        if sheet not in book.sheet_names:
            raise InputError(f"{path}: has no sheet {sheet}; take the workbook that came")
        cells = book.get_sheet_by_name(sheet)
        head, *rows = cells.to_python() or [[]]
        below = (cells.start or (0, 0))[0] + 2
        at = {str(name): place for place, name in enumerate(head)}
        wanted = ("Pair", "Answer", "Reader", "Reader's organisation")
        if missing := [name for name in wanted if name not in at]:
            raise InputError(f"{path}, sheet {sheet}: has no column {', '.join(missing)}")
        for number, row in enumerate(rows, start=below):
            pair, answer, reader, code = (str(row[at[name]]).strip() for name in wanted)
            if answer:
                yield {
                    "sheet": sheet,
                    "level": level,
                    "row": number,
                    "pair_id": pair,
                    "answer": answer.casefold(),
                    "reader": letters(reader),
                    "organisation": code,
                }
