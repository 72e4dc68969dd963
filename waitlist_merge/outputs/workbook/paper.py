"""Writes a sheet: text as text, dates as dates, headings that stay, filters, a page that prints.

Nothing is ever written as a formula, and text cells have the format of text, so that editing one
does not make a formula of it either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from waitlist_merge.outputs.workbook.page import Column, Look, Page, Tint

CHUNK = 8_192
"""Rows whose values are Python objects at one time."""

LONGEST = 32_767
"""Characters that a cell holds (Excel); nothing longer can be written."""

LINE = 15
"""Points that a line of text is high."""

TALLEST = 409
"""Points that a row can be high (Excel)."""

_EPOCH = np.datetime64("1899-12-30")
_FIRST_DAY = 61
"""1 March 1900: spreadsheets count a 29 February 1900, so days before it are written as text."""

_A3 = 8
_LEGIBLE = 330
"""Characters across a page of A3 that are still read with ease: 7 points high."""

_FOOTER = "&L&A&CConfidential: patient data. Decision support; removes nobody&RPage &P of &N"

_COLOURS: Mapping[Tint, dict[str, object]] = {
    Tint.GRAVE: {"bg_color": "#F4B6B0", "bold": True},
    Tint.URGENT: {"bg_color": "#FBD9A6"},
    Tint.SOON: {"bg_color": "#FFF3B0"},
    Tint.STOP: {"bg_color": "#595959", "font_color": "#FFFFFF", "bold": True},
    Tint.DIFFERS: {"bg_color": "#FFF3B0"},
    Tint.FILL_IN: {"bg_color": "#E3F1E3", "border": 1, "border_color": "#9DBF9D"},
    Tint.GROUP: {"bg_color": "#DCE6F1", "bold": True},
}
"""Light enough for black text, told apart in grey print by the text that says the same."""

_RULE: Mapping[str, object] = MappingProxyType({"bottom": 1, "bottom_color": "#BFBFBF"})
"""Tells a row of several lines from the next."""

_LOOKS: Mapping[Look, dict[str, object]] = {
    Look.TEXT: {"num_format": "@"},
    Look.WRAPPED: {"num_format": "@", "text_wrap": True},
    Look.DATE: {"num_format": "dd mmm yyyy", "align": "left"},
    Look.WHOLE: {"num_format": "0", "align": "center"},
    Look.NUMBER: {"num_format": "0.0", "align": "center"},
    Look.COUNT: {"num_format": "#,##0", "align": "left"},
}


@contextmanager
def paper_at(path: Path, title: str, day: date) -> Iterator[Paper]:
    """A workbook to write pages to, its temporary files beside it and gone when it is done.

    The same pages, title and day give the same bytes.
    """
    with Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        made = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - no zone there
        book.set_properties({"title": title, "created": made})
        yield Paper(book)


class Paper:
    """A workbook to write pages to."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._formats: dict[tuple[Look, Tint, bool], Format] = {}
        self._coloured: set[Format] = set()
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.section = book.add_format({"bold": True, "font_size": 12, "bottom": 1})
        self._heading = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "bg_color": "#003087",
                "font_color": "#FFFFFF",
                "border": 1,
            }
        )

    def style(self, look: Look, tint: Tint = Tint.NONE, *, ruled: bool = False) -> Format:
        """The format of a cell, made once; ``ruled`` draws a line below it."""
        key = (look, tint, ruled)
        if key not in self._formats:
            line = _RULE if ruled else {}
            told = {"valign": "top", **line, **_LOOKS[look], **_COLOURS.get(tint, {})}
            self._formats[key] = self.book.add_format(told)
            if tint in _COLOURS or ruled:
                self._coloured.add(self._formats[key])
        return self._formats[key]

    def write(self, page: Page) -> None:
        """Add the sheet to the book, row by row, so that only one is in memory."""
        sheet = self.book.add_worksheet(page.name)
        self._prepare(sheet, page)
        for start in range(0, page.rows, CHUNK):
            self._rows(sheet, page, start, min(start + CHUNK, page.rows))

    def _prepare(self, sheet: Worksheet, page: Page) -> None:
        last = len(page.columns) - 1
        for place, column in enumerate(page.columns):
            options = {"hidden": True} if column.hidden else {}
            sheet.set_column(place, place, column.width, None, options)
        sheet.set_row(0, 3 * LINE)
        for place, column in enumerate(page.columns):
            sheet.write_string(0, place, column.heading, self._heading)
            if column.choices and page.rows:
                sheet.data_validation(1, place, page.rows, place, _choice(column))
        sheet.freeze_panes(1, page.frozen)
        sheet.autofilter(0, 0, max(page.rows, 1), last)
        sheet.outline_settings(symbols_below=False)
        for_print(sheet, pages=-(-page.width // _LEGIBLE))
        sheet.repeat_rows(0)
        if page.frozen:
            sheet.repeat_columns(0, page.frozen - 1)

    def _rows(self, sheet: Worksheet, page: Page, start: int, end: int) -> None:
        """Cells one by one: the format of the file has no other way."""
        columns = [_cells(column, start, end) for column in page.columns]
        styles = [self._styles(column, start, end, page.ruled) for column in page.columns]
        for row, (values, formats) in enumerate(
            zip(zip(*columns, strict=True), zip(*styles, strict=True), strict=True), start=start
        ):
            self._height(sheet, page, row)
            for place, value in enumerate(values):
                if value is None:
                    if formats[place] in self._coloured:
                        sheet.write_blank(row + 1, place, None, formats[place])
                elif type(value) is str:
                    sheet.write_string(row + 1, place, value, formats[place])
                else:
                    sheet.write_number(row + 1, place, value, formats[place])

    def _styles(self, column: Column, start: int, end: int, ruled: bool) -> list[Format]:
        style = partial(self.style, column.look, ruled=ruled)
        if isinstance(column.tint, Tint):
            return [style(column.tint)] * (end - start)
        return [style(each) for each in column.tint[start:end].tolist()]

    def _height(self, sheet: Worksheet, page: Page, row: int) -> None:
        lines = 1 if page.lines is None else int(page.lines[row])
        level = 0 if page.level is None else int(page.level[row])
        if lines == 1 and not level:
            return
        options = {"level": level} if level else {}
        sheet.set_row(row + 1, min(lines * LINE, TALLEST), None, options)


def for_print(sheet: Worksheet, *, pages: int = 1) -> None:
    """A3 on its side, so many pages wide, with the name of the sheet and a warning below."""
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(pages, 0)
    sheet.set_footer(_FOOTER)


def _choice(column: Column) -> dict[str, object]:
    return {
        "validate": "list",
        "source": list(column.choices),
        "error_title": "Not one of the answers",
        "error_message": "Choose one of the answers in the list; other words go in the note.",
    }


def _cells(column: Column, start: int, end: int) -> list[Any]:
    """Values of these rows as str, int or float; None for an empty cell."""
    values = column.values[start:end]
    if column.look is Look.DATE:
        return _days(pd.Series(values))
    if column.look in (Look.WHOLE, Look.NUMBER):
        floats = pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan)
        return [None if each != each else each for each in floats.tolist()]  # noqa: PLR0124 - NaN
    listed = values.tolist() if isinstance(values, np.ndarray | pd.Series) else values
    return [str(each)[:LONGEST] if each else None for each in listed]


def _days(values: pd.Series) -> list[Any]:
    """Dates as spreadsheets count them."""
    days = pd.to_datetime(values).to_numpy().astype("datetime64[D]")
    counted = (days - _EPOCH).astype(np.int64).tolist()
    return [
        None if missing else day if day >= _FIRST_DAY else str(date)
        for day, date, missing in zip(counted, days, np.isnat(days).tolist(), strict=True)
    ]
