"""Writes a sheet of lines: titles, words and numbers to read and to print, with charts beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from xlsxwriter.worksheet import Worksheet

from waitlist_merge.outputs.workbook.page import Look, Tint
from waitlist_merge.outputs.workbook.paper import Paper, for_print

Line = Sequence[object]
"""The cells of one line, from the left; a line of one text is a title."""


_WIDTHS = (74, 22, 20, 20, 16, 16)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of one section: its lines are the categories, ``columns`` the series.

    ``last`` lines at its end are left out.
    """

    section: str
    columns: tuple[int, ...]
    last: int = 0


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
        tint = Tint.GRAVE if str(line[0]).startswith(_ALARMS) and value else Tint.NONE
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


_ALARMS = ("records of the extracts that", "files refused", "patients unaccounted")
"""How lines begin whose number is grave where it is any but nought."""
