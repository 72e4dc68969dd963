"""The sheets of words: *Summary*, the first, and *About*, the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.cells import numbers, texts, truth
from waitlist_merge.outputs.workbook.page import Look, Page, Tint
from waitlist_merge.outputs.workbook.paper import Paper, for_print
from waitlist_merge.reasons import Confidence, Gain, Outcome
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.urgency import LONG_WAITS

SUMMARY = "Summary"
ABOUT = "About"

Line = Sequence[object]
"""The cells of one line, from the left; a line of one text is a title."""

_WIDTHS = (58, 20, 16, 16, 16, 16)


def summary_lines(
    tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any], pages: Sequence[Page]
) -> list[Line]:
    """What is not accounted for first, then what came in, what was found, where it is."""
    return [
        *_unaccounted(tables, manifest),
        *_came_in(manifest),
        *_found(tables),
        *_gained(tables["gains"]),
        ("Where it is",),
        ("sheet", "rows", "specialties, where a list is too long for one sheet"),
        *((f"{page.name}: {page.meaning}", page.rows, page.parts) for page in pages),
    ]


def _inputs(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(manifest.get("inputs", ()))


def _unaccounted(tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> Iterator[Line]:
    """What somebody has to look at before the rest."""
    inputs = _inputs(manifest)
    aside = sum(each["set_aside"] for each in inputs)
    lost = sum(each["records"] - each["entries"] - each["set_aside"] for each in inputs)
    yield ("Look here first",)
    yield "records of the extracts that are neither an entry nor set aside", lost
    yield "lines set aside, being no person's (titles, totals): see Data quality", aside
    yield "files refused, whose patients are not here", len(manifest.get("refused", ()))
    for problem in manifest.get("refused", ()):
        yield f"   {problem}", ""
    combined = tables["combined_list"]
    yield "needs of which little could be read", int(truth(combined["incomplete"]).sum())
    yield "needs of a patient of whom a death is recorded", int(truth(combined["deceased"]).sum())
    yield "questions to answer first", int(truth(tables["review_queue"]["urgent"]).sum())
    yield "needs that left every list since last time", "not known: one run does not tell"


def _came_in(manifest: Mapping[str, Any]) -> Iterator[Line]:
    inputs = _inputs(manifest)
    yield ("What came in",)
    yield "file", "organisation", "list of", "records", "entries", "set aside"
    for each in inputs:
        name = f"{each['file']} ({each['sheet']})" if each["sheet"] else each["file"]
        census = date.fromisoformat(each["census_date"])
        counts = (each["records"], each["entries"], each["set_aside"])
        yield name, each["organisation"] or "by row", census, *counts
    sums = (sum(each[name] for each in inputs) for name in ("records", "entries", "set_aside"))
    yield "together", "", "", *sums


def _found(tables: Mapping[str, pd.DataFrame]) -> Iterator[Line]:
    entries, combined = tables["entries"], tables["combined_list"]
    outcome = texts(entries["outcome"])
    level = texts(tables["review_queue"]["level"])
    waited = np.nan_to_num(numbers(combined["days_waiting"]), nan=-1)
    yield ("What was found",)
    yield "entries", len(entries)
    yield "   of them no longer waiting", int((outcome == str(Outcome.NOT_WAITING)).sum())
    yield "patients", int(entries["patient_id"].nunique())
    yield "needs that wait: rows of the combined list", len(combined)
    for name, word in (
        ("confirmed", Outcome.CONFIRMED_DUPLICATE),
        ("proposed, to be confirmed by people", Outcome.PROPOSED_DUPLICATE),
    ):
        yield f"   duplicates {name}", int((outcome == str(word)).sum())
    for weeks in sorted(LONG_WAITS):
        yield f"   waiting over {weeks} weeks", int((waited > weeks * 7).sum())
    cancer = truth(combined["suspected_cancer"])
    yield "   suspected cancer", int(cancer.sum())
    yield "questions about who is who", int((level == "patient").sum())
    yield "questions about what is one need", int((level == "pathway").sum())
    yield "findings of data quality", len(tables["findings"])


def _gained(gains: pd.DataFrame) -> Iterator[Line]:
    measure = texts(gains["measure"])
    yield ("What one list shows that several do not",)
    yield "", Confidence.CERTAIN.value, "proposed or asked"
    for gain in Gain:
        mine = measure == str(gain)
        yield (
            gain.meaning,
            *(int(np.nansum(numbers(gains[name])[mine])) for name in ("confirmed", "proposed")),
        )


_WHAT = (
    "The waiting lists of several organisations, put together for one team to work from.",
    "It is decision support. It removes nobody from any list and changes no list.",
    "A proposed duplicate is a proposal: nobody leaves a list without a clinical decision and",
    "their agreement. Each organisation's own clock start stays what it reports.",
    "It holds patients' data: keep and send it only as your organisations have agreed.",
)

_HOW = (
    "On the sheet Questions, choose an answer in the green cell; at the right end of the row,",
    "fill in your name, your organisation, your role and the date. Your own words go in the note.",
    "Leave question ids and all other cells as they are; sorting and filters do no harm.",
    "What is not answered is never taken for yes; it is asked again.",
)


def about_lines(manifest: Mapping[str, Any]) -> list[Line]:
    """What this workbook is and is not, and how it is worked with."""
    versions = manifest.get("versions", {})
    return [
        ("What this is",),
        *((line, "") for line in _WHAT),
        ("How to answer",),
        *((line, "") for line in _HOW),
        *((f"   {answer.value}", answer.meaning) for answer in Answer),
        ("How to send it back",),
        ("Add your initials to its name, save it, and send it to whoever sent it to you.", ""),
        ("What the colours say; a word in the same cell says it too",),
        ("   red", "suspected cancer, over 78 weeks, a question to answer first, may harm"),
        ("   orange", "P1-P2, over 52 weeks, ring now, to correct"),
        ("   yellow", "passes a threshold in 4 weeks, ring later, the entries differ"),
        ("   dark", "check death first, do not ring"),
        ("   green", "to be filled in"),
        ("What it was made of",),
        ("   run's date", date.fromisoformat(manifest["run_date"])),
        *(
            (f"   list of {each['organisation'] or each['file']}", _census(each))
            for each in _inputs(manifest)
        ),
        *((f"   {name}", str(version)) for name, version in versions.items()),
        ("   plan", str(manifest.get("plan_digest", ""))),
        *((f"   {note}", "") for note in manifest.get("notes", ())),
    ]


def _census(each: Mapping[str, Any]) -> str:
    day = date.fromisoformat(each["census_date"])
    return f"{day:%d %b %Y}, from the {each['census_source']}"


def write_lines(
    paper: Paper, name: str, title: str, lines: Sequence[Line], *, one_page: bool = False
) -> None:
    """A sheet of these lines below a title, to read and to print; ``one_page`` fits it to A4."""
    sheet = paper.book.add_worksheet(name)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, title, paper.title)
    for row, line in enumerate(lines, start=2):
        heading = len(line) == 1
        for place, value in enumerate(line):
            if value == "":
                continue
            if heading:
                sheet.write_string(row, place, str(value), paper.section)
            elif isinstance(value, date):
                sheet.write_datetime(row, place, value, paper.style(Look.DATE))
            elif isinstance(value, int | np.integer):
                tint = Tint.GRAVE if _alarms(str(line[0])) and value else Tint.NONE
                sheet.write_number(row, place, int(value), paper.style(Look.COUNT, tint))
            else:
                sheet.write_string(row, place, str(value), paper.style(Look.TEXT))
    for_print(sheet)
    if one_page:
        sheet.set_portrait()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 1)


_A4 = 9


def _alarms(said: str) -> bool:
    return said.startswith(
        ("records of the extracts that", "files refused", "patients unaccounted")
    )


_ALARMS = ("records of the extracts that", "files refused", "patients unaccounted")
