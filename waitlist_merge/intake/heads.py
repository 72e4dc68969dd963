"""What separates the cells of a text file, and where its header is.

Both are told from its first lines: of several separators the one that shows most headings. No line
is looked at beyond those that the first rows need.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.cells import MAX_CELL
from waitlist_merge.intake.grid import refuse_width, title_lines
from waitlist_merge.intake.header import HEAD_ROWS, Known, clean_heading, find_header, most_headings
from waitlist_merge.intake.quotes import lines_of, mended_lines, widest

__all__ = ["Head", "find_head"]

DELIMITERS = (",", "\t", "|", ";")
"""What separates cells, tried in this order."""

HEAD_BYTES = 1 << 20
"""The header is looked for in the first megabyte."""

LINES_A_ROW = 25
"""The first rows are looked for in so many lines for each; a cell of more lines is no heading's."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the records begin: ``start`` is the offset of the first byte below the header.

    ``width`` is how many cells most of the first records have, at least as many as the header.
    """

    cells: tuple[str, ...]
    row: int
    start: int
    width: int
    titles: tuple[str, ...]


def find_head(
    source: str, text: bytes, known: Known, *, delimiter: str | None, header_row: int | None
) -> tuple[str, Head]:
    """The separator and the header; RefusedExtract where there is none."""
    count = max(HEAD_ROWS, header_row or 0)
    sample = text[:HEAD_BYTES].decode("utf-8", "ignore")
    lines = list(islice(lines_of(sample), LINES_A_ROW * count))
    sign, rows = _head_rows(source, lines, known, delimiter, count)
    return sign, _head(source, lines, rows, known, header_row)


def _head_rows(
    source: str, lines: Sequence[str], known: Known, delimiter: str | None, count: int
) -> tuple[str, list[tuple[list[str], int]]]:
    """The separator and the first rows: of several, the one that shows most headings.

    One that no line has makes a single cell of each: it shows no more than one heading, and is not
    tried where another shows that many.
    """
    found: list[tuple[int, int, str, list[tuple[list[str], int]]]] = []
    for sign in (delimiter,) if delimiter else DELIMITERS:
        if any(headings for headings, *_ in found) and not any(sign in line for line in lines):
            continue
        try:
            rows = list(_first_rows(lines, sign, count))
        except csv.Error:
            problem = f"one of its first cells has more than {MAX_CELL:,} characters"
            raise RefusedExtract(source, problem, "check for a missing quotation mark") from None
        widest = max((len(row) for row, _ in rows), default=0)
        refuse_width(source, widest)
        headings = most_headings((row for row, _ in rows), known)
        found.append((headings, widest, sign, rows))
    *_, sign, rows = max(found, key=lambda each: each[:2])
    return sign, rows


def _first_rows(
    lines: Sequence[str], delimiter: str, count: int
) -> Iterator[tuple[list[str], int]]:
    """The first records, each with the number of lines read so far."""
    width = widest(lines[:count], delimiter)
    reader = csv.reader(mended_lines(lines, delimiter, width=width), delimiter=delimiter)
    for row in islice(reader, count):
        yield row, reader.line_num


def _head(
    source: str,
    lines: Sequence[str],
    rows: Sequence[tuple[list[str], int]],
    known: Known,
    header_row: int | None,
) -> Head:
    given = None if header_row is None else header_row - 1
    at = find_header(source, [row for row, _ in rows], known=known, given=given)
    cells, read = rows[at]
    while not clean_heading(cells[-1]):
        cells = cells[:-1]
    start = sum(len(line.encode("utf-8")) for line in lines[:read])
    usual = Counter(len(row) for row, _ in rows[at + 1 :] if any(row)).most_common(1)
    width = max([len(cells), *(length for length, _ in usual)])
    return Head(tuple(cells), at + 1, start, width, title_lines([row for row, _ in rows[:at]]))
