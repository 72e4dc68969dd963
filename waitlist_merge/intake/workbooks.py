"""Which sheet of a workbook is the list, and what its cells say.

Excel (``.xlsx``, ``.xls``) and OpenDocument sheets are read by calamine. Of several sheets the one
with most recognised headings, then with most rows, is the list; hidden sheets only if none is
visible. Dates come as ISO text and whole numbers without ``.0``.
"""

from __future__ import annotations

import io
from dataclasses import replace

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from waitlist_merge.errors import ConfigError, RefusedExtract
from waitlist_merge.intake.cells import cell_text
from waitlist_merge.intake.grid import Grid, grid_of_rows, refuse_width
from waitlist_merge.intake.header import HEAD_ROWS, Known, most_headings

__all__ = ["read_workbook"]


def read_workbook(
    source: str,
    data: bytes,
    *,
    known: Known,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Grid:
    """The grid of the sheet that is the list.

    RefusedExtract where the workbook is damaged or has a password; ConfigError where ``sheet``
    names none of its sheets. ``formats["other_lists"]`` are the other sheets that look like lists.
    """
    book = _open(source, data)
    names = _visible(book)
    if not names:
        raise RefusedExtract(source, "it has no sheet with rows", "send the list again")
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise ConfigError(f"{source}: sheet {sheet!r} is not in it; it has {', '.join(names)}")
        names = [sheet]
    ranked = sorted(((*_likeness(book, name, known), name) for name in names), key=_order)
    chosen = ranked[0][2]
    others = tuple(name for headings, rows, name in ranked[1:] if headings >= 3 and rows > 1)
    cells = book.get_sheet_by_name(chosen)
    refuse_width(source, cells.width)
    first_row = (cells.start or (0, 0))[0] + 1
    rows = [[cell_text(cell) for cell in row] for row in cells.to_python()]
    grid = grid_of_rows(
        source, rows, known=known, sheet=chosen, header_row=header_row, first_row=first_row
    )
    formats = {"kind": "workbook", "sheets": len(book.sheet_names), "other_lists": others}
    return replace(grid, formats=formats)


def _open(source: str, data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        cure = "open it, take the password off and save it again"
        raise RefusedExtract(source, "the workbook has a password", cure) from None
    except (CalamineError, OSError, ValueError):
        cure = "open it in Excel and save it again as .xlsx"
        raise RefusedExtract(source, "the workbook cannot be read", cure) from None


def _visible(book: CalamineWorkbook) -> list[str]:
    sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    shown = [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible]
    return shown or [each.name for each in sheets]


def _likeness(book: CalamineWorkbook, name: str, known: Known) -> tuple[int, int]:
    """How many headings the sheet shows, and how many rows it has."""
    cells = book.get_sheet_by_name(name)
    head = [[cell_text(cell) for cell in row] for row in cells.to_python(nrows=HEAD_ROWS)]
    return most_headings(head, known), cells.height


def _order(each: tuple[int, int, str]) -> tuple[int, int]:
    return -each[0], -each[1]
