"""The rows of a text file told apart, fast and without losing one.

The header is found in the first rows with Python's ``csv``; the records below are read by Arrow,
and those whose cells do not fit the header are handed back by Arrow and read one by one. Where a
quotation mark is never closed, so that following records would vanish inside one cell, each line
is read by itself. ``careful_rows`` is the plain reading that all this must equal.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.cells import MAX_CELL, Column, encode, tidy
from waitlist_merge.intake.encodings import to_utf8
from waitlist_merge.intake.grid import Grid, make_grid, refuse_width, title_lines
from waitlist_merge.intake.header import HEAD_ROWS, Known, clean_heading, find_header, most_headings

__all__ = ["careful_rows", "read_delimited"]

DELIMITERS = (",", "\t", "|", ";")
"""What separates cells, tried in this order."""

HEAD_BYTES = 1 << 20
"""The header is looked for in the first megabyte."""

BLOCK_BYTES = 1 << 23
"""Arrow reads in blocks of this size; a record must fit into one."""


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the records begin: ``start`` is the offset of the first byte below the header.

    ``width`` is how many cells most of the first records have, at least as many as the header.
    """

    cells: tuple[str, ...]
    row: int
    start: int
    width: int
    titles: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Body:
    """The records below the header, one column more than the header where rows are longer."""

    columns: tuple[Column, ...]
    long_rows: tuple[int, ...] = ()
    short_rows: int = 0


def read_delimited(
    source: str,
    data: bytes,
    *,
    known: Known,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
) -> Grid:
    """The grid of a text file; what the configuration leaves open is told from the file.

    RefusedExtract where the encoding does not fit, no header is found or nothing is below it.
    """
    text, found_encoding = to_utf8(source, data, encoding)
    count = max(HEAD_ROWS, header_row or 0)
    sign, rows = _head_rows(source, text, known, delimiter, count)
    head = _head(source, text, rows, known, header_row)
    body = _body(source, memoryview(text)[head.start :], head, sign)
    return make_grid(
        source,
        body.columns,
        head.cells,
        header_row=head.row,
        titles=head.titles,
        long_rows=body.long_rows,
        short_rows=body.short_rows,
        formats={"kind": "text", "encoding": found_encoding, "delimiter": sign},
    )


def _lines(text: str) -> Iterator[str]:
    """Lines as ``csv`` sees them: ended by LF, CR or both, and by nothing else."""
    return iter(io.StringIO(text, newline=""))


def careful_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Each record as its cells, by Python's own reader."""
    return csv.reader(_lines(text), delimiter=delimiter)


def _counted_rows(text: str, delimiter: str) -> Iterator[tuple[list[str], int]]:
    """Records with the number of lines read so far."""
    reader = csv.reader(_lines(text), delimiter=delimiter)
    for row in reader:
        yield row, reader.line_num


def _head_rows(
    source: str, text: bytes, known: Known, delimiter: str | None, count: int
) -> tuple[str, list[tuple[list[str], int]]]:
    """The separator and the first rows: of several, the one that shows most headings."""
    sample = text[:HEAD_BYTES].decode("utf-8", "ignore")
    found: list[tuple[int, int, str, list[tuple[list[str], int]]]] = []
    for sign in (delimiter,) if delimiter else DELIMITERS:
        try:
            rows = list(islice(_counted_rows(sample, sign), count))
        except csv.Error:
            problem = f"one of its first cells has more than {MAX_CELL:,} characters"
            raise RefusedExtract(source, problem, "check for a missing quotation mark") from None
        widest = max((len(row) for row, _ in rows), default=0)
        refuse_width(source, widest)
        headings = most_headings((row for row, _ in rows), known)
        found.append((headings, widest, sign, rows))
    *_, sign, rows = max(found, key=lambda each: each[:2])
    return sign, rows


def _head(
    source: str,
    text: bytes,
    rows: Sequence[tuple[list[str], int]],
    known: Known,
    header_row: int | None,
) -> _Head:
    given = None if header_row is None else header_row - 1
    at = find_header(source, [row for row, _ in rows], known=known, given=given)
    cells, lines = rows[at]
    while not clean_heading(cells[-1]):
        cells = cells[:-1]
    sample = text[:HEAD_BYTES].decode("utf-8", "ignore")
    start = sum(len(line.encode("utf-8")) for line in islice(_lines(sample), lines))
    usual = Counter(len(row) for row, _ in rows[at + 1 :] if any(row)).most_common(1)
    width = max([len(cells), *(length for length, _ in usual)])
    return _Head(tuple(cells), at + 1, start, width, title_lines([row for row, _ in rows[:at]]))


def _body(source: str, body: memoryview, head: _Head, delimiter: str) -> _Body:
    if not body:
        return _Body(())
    fast = _arrow(source, body, head.width, delimiter)
    if fast is None or (
        _swallowed(fast[0], head.width, delimiter) and _broken(bytes(body), delimiter)
    ):
        return _spliced([encode([])] * head.width, _line_by_line(bytes(body), delimiter), head)
    columns, odd = fast
    rows = {number: next(careful_rows(text, delimiter), []) for number, text in odd}
    return _spliced(columns, rows, head)


def _arrow(
    source: str, body: memoryview, width: int, delimiter: str
) -> tuple[list[Column], list[tuple[int, str]]] | None:
    """Columns of the records that fit, and number and text of those that do not; None: neither."""
    odd: list[tuple[int, str]] = []

    def set_aside(record: arrow_csv.InvalidRow) -> str:
        odd.append((record.number, record.text))
        return "skip"

    names = [str(at) for at in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(body),
            read_options=arrow_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=BLOCK_BYTES
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        if "straddling" in str(error):
            problem = f"one of its cells has more than {BLOCK_BYTES // 2**20} MB"
            raise RefusedExtract(source, problem, "check for a missing quotation mark") from None
        return None
    table = table.unify_dictionaries().combine_chunks()
    return [tidy(_one(column)) for column in table.columns], odd


def _one(column: pa.ChunkedArray) -> Column:
    return column.chunk(0) if column.num_chunks else encode([])


def _swallowed(columns: Sequence[Column], width: int, delimiter: str) -> bool:
    """True where a line inside a cell could be a whole record."""
    for column in columns:
        texts = column.dictionary
        for text in pc.filter(texts, pc.match_substring_regex(texts, "[\r\n]")).to_pylist():
            if any(line.count(delimiter) >= width - 1 for line in text.splitlines()):
                return True
    return False


def _broken(body: bytes, delimiter: str) -> bool:
    """True where a quotation mark is not closed before a separator: it swallows records."""
    try:
        for _ in csv.reader(_lines(body.decode("utf-8")), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return True
    return False


def _line_by_line(body: bytes, delimiter: str) -> dict[int, list[str]]:
    """Each line is a record: quotation marks count only where they close on their line."""
    rows: dict[int, list[str]] = {}
    for number, line in enumerate(_lines(body.decode("utf-8")), start=1):
        balanced = line.count('"') % 2 == 0
        if balanced:
            rows[number] = next(csv.reader([line], delimiter=delimiter), [])
        else:
            rows[number] = [cell.strip('"') for cell in line.rstrip("\r\n").split(delimiter)]
    return rows


def _spliced(columns: Sequence[Column], odd: Mapping[int, list[str]], head: _Head) -> _Body:
    """The odd records put back at their places; what is beyond the header is kept apart."""
    fitting, width = len(columns[0]), len(head.cells)
    places = np.fromiter(odd, dtype=np.int64, count=len(odd)) - 1
    order = np.empty(fitting + len(odd), dtype=np.int64)
    regular = np.ones(len(order), dtype=bool)
    regular[places] = False
    order[regular] = np.arange(fitting)
    order[places] = fitting + np.arange(len(odd))
    rows = list(odd.values())
    joined = tuple(
        _appended(column, [row[at] if at < len(row) else None for row in rows], order)
        for at, column in enumerate(columns)
    )
    short = sum(len(row) < width and any(cell.strip() for cell in row) for row in rows)
    beyond = _beyond(joined[width:], {number: row[head.width :] for number, row in odd.items()})
    if not beyond:
        return _Body(joined[:width], short_rows=short)
    extra = encode([beyond.get(number) for number in range(1, len(order) + 1)])
    return _Body((*joined[:width], extra), tuple(sorted(beyond)), short)


def _appended(column: Column, more: Sequence[str | None], order: np.ndarray) -> Column:
    if not more:
        return column
    both = pa.chunked_array([column, encode(more)]).unify_dictionaries().combine_chunks()
    return both.take(pa.array(order))


def _beyond(columns: Sequence[Column], more: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """Record number -> the cells beyond the last heading, joined; blank ones left out."""
    cells: dict[int, list[str]] = {}
    for column in columns:
        filled = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
        for at, text in zip(
            filled.tolist(), column.take(pa.array(filled)).to_pylist(), strict=True
        ):
            cells.setdefault(at + 1, []).append(text)
    for number, row in more.items():
        cells.setdefault(number, []).extend(cell.strip() for cell in row)
    joined = {number: " | ".join(filter(None, row)) for number, row in cells.items()}
    return {number: text for number, text in joined.items() if text}
