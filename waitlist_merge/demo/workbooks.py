"""One sheet of a workbook as a performance team makes it: titles, headings, typed cells, notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

MOST_ROWS = 1_048_000
"""Rows that one worksheet can hold (1,048,576) less room for titles."""


def write_workbook(
    frame: pd.DataFrame,
    path: Path,
    *,
    titles: Sequence[str],
    numeric: frozenset[str],
    notes: Sequence[str],
    made: date,
) -> None:
    """Writes the frame below its titles: dates as dates, ``numeric`` headings as numbers.

    ``made`` stands as the day of making, so that the same frame gives the same bytes. ValueError
    where a worksheet cannot hold the rows.
    """
    if len(frame) > MOST_ROWS:
        msg = f"a worksheet holds {MOST_ROWS} entries, not {len(frame)}: make a smaller region"
        raise ValueError(msg)
    with xlsxwriter.Workbook(path, {"constant_memory": True, "in_memory": False}) as book:
        book.set_properties({"created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Waiting list")
        for line, title in enumerate(titles):
            sheet.write_string(line, 0, title)
        sheet.write_row(len(titles), 0, list(frame.columns))
        cells = [_cells(frame[each], number=each in numeric) for each in frame.columns]
        for line, values in enumerate(zip(*cells, strict=True), start=len(titles) + 1):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                elif isinstance(value, int):
                    sheet.write_number(line, column, value)
                elif value is not None:
                    sheet.write_datetime(line, column, value, day)
        book.add_worksheet("Notes").write_column(0, 0, notes)


def _cells(column: pd.Series, *, number: bool) -> list[object]:
    """Cell values: date, whole number or text; None for an empty cell."""
    if column.dtype.kind == "M":
        return list(column.to_numpy().astype("datetime64[D]").tolist())
    text = column.tolist()
    if number:
        return [int(each) if each.isdigit() else each or None for each in text]
    return [each or None for each in text]
