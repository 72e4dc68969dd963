"""What every reader hands over.

A ``Grid``: the headings of one sheet, its columns as codes, the lines above the header and how many
records there are below it. Position ``i`` of a column is record ``i + 1`` of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.cells import Column, check_cells, encode
from waitlist_merge.intake.header import Known, clean_heading, find_header

__all__ = [
    "BEYOND",
    "MAX_COLUMNS",
    "Grid",
    "grid_of_rows",
    "make_grid",
    "refuse_width",
    "title_lines",
]

MAX_COLUMNS = 2_000
"""Most columns of a list: the widest national feed has 74; more is a pivot or a mistake."""

BEYOND = "(beyond the last heading)"
"""Heading of the column that keeps the cells of rows longer than the header."""


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """One sheet: ``long_rows`` and ``short_rows`` are records whose cells did not fit.

    ``stray_quotes`` are records with a quotation mark that is never closed.
    """

    sheet: str
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    records: int
    header_row: int
    titles: tuple[str, ...] = ()
    long_rows: tuple[int, ...] = ()
    short_rows: int = 0
    stray_quotes: tuple[int, ...] = ()
    repeated: tuple[tuple[str, str], ...] = ()
    formats: Mapping[str, object] = field(default_factory=dict)


def refuse_width(source: str, width: int) -> None:
    """RefusedExtract where a table is wider than any list."""
    if width > MAX_COLUMNS:
        problem = f"it has {width:,} columns (at most {MAX_COLUMNS:,})"
        raise RefusedExtract(source, problem, "send the list itself, one row for each entry")


def make_grid(
    source: str,
    columns: Sequence[Column],
    header: Sequence[str | None],
    *,
    sheet: str = "",
    header_row: int = 1,
    titles: tuple[str, ...] = (),
    long_rows: tuple[int, ...] = (),
    short_rows: int = 0,
    stray_quotes: tuple[int, ...] = (),
    formats: Mapping[str, object] | None = None,
) -> Grid:
    """A grid from columns and its header; blank columns without a heading are left out.

    RefusedExtract where there are no records, too many columns or a cell beyond all measure.
    """
    headings, repeated = _distinct_headings(header)
    kept = [
        at
        for at, column in enumerate(columns)
        if (at < len(header) and clean_heading(header[at])) or column.null_count < len(column)
    ]
    refuse_width(source, len(kept))
    records = len(columns[0]) if columns else 0
    if not records:
        raise RefusedExtract(source, "it has a header but no rows", "send the list again")
    chosen = tuple(columns[at] for at in kept)
    check_cells(source, chosen)
    return Grid(
        sheet=sheet,
        headings=tuple(headings[at] if at < len(headings) else BEYOND for at in kept),
        columns=chosen,
        records=records,
        header_row=header_row,
        titles=titles,
        long_rows=long_rows,
        short_rows=short_rows,
        stray_quotes=stray_quotes,
        repeated=repeated,
        formats=formats or {},
    )


def _distinct_headings(
    header: Sequence[str | None],
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Headings made distinct: a repeated one gets `` (2)``; a blank one is named by its place."""
    cleaned = [clean_heading(each) or f"(column {at})" for at, each in enumerate(header, start=1)]
    taken, seen = set(cleaned), Counter[str]()
    headings, repeated = [], []
    for heading in cleaned:
        seen[heading] += 1
        name = heading
        if seen[heading] > 1:
            name = f"{heading} ({seen[heading]})"
            while name in taken:
                seen[heading] += 1
                name = f"{heading} ({seen[heading]})"
            taken.add(name)
            repeated.append((heading, name))
        headings.append(name)
    return headings, tuple(repeated)


def grid_of_rows(
    source: str,
    rows: Sequence[Sequence[str | None]],
    *,
    known: Known,
    sheet: str = "",
    header_row: int | None = None,
    first_row: int = 1,
    formats: Mapping[str, object] | None = None,
) -> Grid:
    """A grid from all rows of a sheet as text, the header among them: the slow, obvious way.

    ``first_row`` is the number of the first of these rows in the file.
    """
    given = None if header_row is None else header_row - first_row
    at = find_header(source, rows, known=known, given=given)
    width = len(rows[at])
    while width and not clean_heading(rows[at][width - 1]):
        width -= 1
    body = rows[at + 1 :]
    beyond = [[cell.strip() for cell in row[width:] if cell and cell.strip()] for row in body]
    columns = [
        encode([row[place] if place < len(row) else None for row in body]) for place in range(width)
    ]
    long_rows = tuple(number for number, extra in enumerate(beyond, start=1) if extra)
    if long_rows:
        columns.append(encode([" | ".join(extra) or None for extra in beyond]))
    return make_grid(
        source,
        columns,
        rows[at][:width],
        sheet=sheet,
        header_row=at + first_row,
        titles=title_lines(rows[:at]),
        long_rows=long_rows,
        short_rows=sum(
            len(row) < width and any(cell and cell.strip() for cell in row) for row in body
        ),
        formats=formats,
    )


def title_lines(rows: Sequence[Sequence[str | None]]) -> tuple[str, ...]:
    """The text of the rows above the header, one line a row, blank ones left out."""
    lines = (" ".join(cell.strip() for cell in row if cell) for row in rows)
    return tuple(line for line in lines if line.strip())
