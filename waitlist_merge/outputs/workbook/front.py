"""The sheets of words: *Summary*, the first, and *About*, the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.worksheet import Worksheet

from waitlist_merge.combined.clocks import WEEK
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

_WIDTHS = (74, 22, 20, 20, 16, 16)


def summary_lines(
    tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any], pages: Sequence[Page]
) -> list[Line]:
    """What is not accounted for first, then what came in, what was found, where it is."""
    return [
        *_unaccounted(tables["unaccounted"], manifest),
        *_first(tables, manifest),
        *_came_in(manifest),
        *_found(tables),
        *_waits(tables["combined_list"]),
        *_organisations(tables),
        *_gained(tables["gains"]),
        ("Where it is",),
        ("sheet", "rows", "specialties, where a list is too long for one sheet"),
        *((f"{page.name}: {page.meaning}", page.rows, page.parts) for page in pages),
    ]


def _inputs(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(manifest.get("inputs", ()))


def _unaccounted(unaccounted: pd.DataFrame, manifest: Mapping[str, Any]) -> Iterator[Line]:
    """Patients whom each organisation may believe to be with another: before all else."""
    yield ("UNACCOUNTED: nobody lists them any longer, and nobody has said why",)
    if not manifest.get("run") and unaccounted.empty:
        yield "patients unaccounted for", "not known: one run without a register does not tell"
        return
    yield "patients unaccounted for", len(unaccounted)
    if unaccounted.empty:
        return
    yield "   hospital numbers", "name", "left by", "weeks ago", "service", "clock start"
    rows = unaccounted.sort_values("order").head(MOST_NAMED)
    columns = (
        texts(rows["hospital_numbers"]).tolist(),
        texts(rows["family_name"]).tolist(),
        rows["left_date"].tolist(),
        rows["weeks_unaccounted"].fillna(0).astype(int).tolist(),
        texts(rows["treatment_function_code"]).tolist(),
        rows["rtt_start_date"].tolist(),
    )
    for number, name, left, weeks, service, start in zip(*columns, strict=True):
        yield f"   {number}", name, _day(left), weeks, service, _day(start)
    if len(unaccounted) > MOST_NAMED:
        more = len(unaccounted) - MOST_NAMED
        yield f"   and {more:,} more: filter Questions by unaccounted", ""


MOST_NAMED = 200
"""Patients named on the first sheet; of more there is something else wrong first."""


def _day(day: pd.Timestamp) -> date | str:
    return "" if pd.isna(day) else day.date()


def _first(tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> Iterator[Line]:
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
    cancer = truth(combined["suspected_cancer"])
    yield "   suspected cancer", int(cancer.sum())
    later = len(level) - int(truth(tables["review_queue"]["this_week"]).sum())
    yield "questions that wait for a later week: each organisation can answer so many", later
    yield "questions about who is who", int((level == "patient").sum())
    yield "questions about what is one need", int((level == "pathway").sum())
    yield "findings of data quality", len(tables["findings"])


_BANDS = (0, 18, 26, *sorted(LONG_WAITS))
"""Weeks at which a band of waits begins."""


def _waits(combined: pd.DataFrame) -> Iterator[Line]:
    """How many needs wait how long; over 52 weeks is over 364 days (domain 8)."""
    waited = numbers(combined["days_waiting"])
    yield (WAITS,)
    yield "weeks", "needs"
    for start, end in zip(_BANDS, (*_BANDS[1:], None), strict=True):
        name = f"up to {end}" if not start else f"over {start}" + (f" to {end}" if end else "")
        above = waited > start * WEEK if start else waited >= 0
        yield name, int((above & (waited <= (np.inf if end is None else end * WEEK))).sum())
    yield "no referral-to-treatment wait, or no start", int(np.isnan(waited).sum())


def _organisations(tables: Mapping[str, pd.DataFrame]) -> Iterator[Line]:
    """What each organisation's list has."""
    entries = tables["entries"]
    own, outcome = texts(entries["organisation"]), texts(entries["outcome"])
    words = (Outcome.CONFIRMED_DUPLICATE, Outcome.PROPOSED_DUPLICATE)
    asked = texts(tables["review_queue"]["organisations"]).tolist()
    questions = Counter(code for each in asked for code in each.split(";"))
    yield (ORGANISATIONS,)
    yield "organisation", "entries", "confirmed duplicates", "proposed duplicates", "questions"
    for code in sorted(set(own.tolist()) - {""}):
        mine = own == code
        counts = (int((mine & (outcome == str(word))).sum()) for word in words)
        yield code, int(mine.sum()), *counts, questions[code]


WAITS = "How long needs wait"
ORGANISATIONS = "Organisation by organisation"


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

_VIEW = (
    "This is what the staff of {} may hold: their own entries, and of other organisations' only",
    "where, for what, since when and the numbers to ring about, for patients whom both have.",
    "Where it is asked whether two entries are one person, the other one is not shown: trace your",
    "own patient, and ring the other organisation with the question's id.",
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
        *((line.format(manifest["view"]), "") for line in _VIEW if "view" in manifest),
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


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of one section: its lines are the categories, ``columns`` the series.

    ``last`` lines at its end are left out.
    """

    section: str
    columns: tuple[int, ...]
    last: int = 0


CHARTS = (Chart(WAITS, (1,), last=1), Chart(ORGANISATIONS, (2, 3)))
"""What the first sheet draws beside its lines."""


def write_lines(
    paper: Paper,
    name: str,
    title: str,
    lines: Sequence[Line],
    *,
    charts: Sequence[Chart] = (),
    widths: Sequence[int] = _WIDTHS,
    one_page: bool = False,
) -> None:
    """A sheet of these lines below a title, to read and to print; ``one_page`` fits it to A4."""
    sheet = paper.book.add_worksheet(name)
    sheet.hide_gridlines(2)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, title, paper.title)
    for row, line in enumerate(lines, start=_BEGIN):
        for place, value in enumerate(line):
            if value != "":
                _write(paper, sheet, row, place, value, line, width=len(widths))
    for place, chart in enumerate(charts):
        _draw(paper, sheet, name, lines, chart, place)
    for_print(sheet)
    if one_page:
        sheet.set_portrait()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 1)


_TITLE = 27
"""Points that a title is high: a gap above it."""

_BEGIN = 2
"""The row of the first line: the title is above it."""


def _write(
    paper: Paper, sheet: Worksheet, row: int, place: int, value: object, line: Line, *, width: int
) -> None:
    if len(line) == 1:
        sheet.set_row(row, _TITLE)
        for cell in range(width):
            sheet.write_blank(row, cell, None, paper.section)
        sheet.write_string(row, place, str(value), paper.section)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, paper.style(Look.DATE))
    elif isinstance(value, int | np.integer):
        tint = Tint.GRAVE if _alarms(str(line[0])) and value else Tint.NONE
        sheet.write_number(row, place, int(value), paper.style(Look.COUNT, tint))
    else:
        sheet.write_string(row, place, str(value), paper.style(Look.TEXT))


def _draw(
    paper: Paper, sheet: Worksheet, name: str, lines: Sequence[Line], chart: Chart, place: int
) -> None:
    """The picture at the right, one below the other; the cells hold the same numbers."""
    titles = [row for row, line in enumerate(lines, start=_BEGIN) if len(line) == 1]
    start = next(row for row in titles if lines[row - _BEGIN][0] == chart.section)
    end = next((row for row in titles if row > start), len(lines) + _BEGIN) - 1 - chart.last
    first = start + 2
    if end < first:
        return
    drawn = paper.book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, colour in zip(chart.columns, _SERIES, strict=False):
        drawn.add_series(
            {
                "name": [name, start + 1, column],
                "categories": [name, first, 0, end, 0],
                "values": [name, first, column, end, column],
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    drawn.set_title({"name": chart.section, "name_font": {"size": 12}})
    drawn.set_y_axis({"reverse": True})
    drawn.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    drawn.set_legend({"position": "bottom"} if len(chart.columns) > 1 else {"none": True})
    drawn.set_size({"width": 620, "height": 60 + 26 * max(end - first + 1, 6)})
    sheet.insert_chart(_BEGIN + place * _APART, len(_WIDTHS) + 1, drawn)


_SERIES = ("#003087", "#ED8B00")
"""Colours that are told apart by those who see no red or green, and in grey print."""
_APART = 22
"""Rows from one picture to the next."""


_A4 = 9


def _alarms(said: str) -> bool:
    return said.startswith(
        ("records of the extracts that", "files refused", "patients unaccounted")
    )


_ALARMS = ("records of the extracts that", "files refused", "patients unaccounted")
