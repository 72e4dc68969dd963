"""The rows of a text file told apart, fast and without losing one.

The header is found in the first rows (``heads``); the records below are read by Arrow,
and those whose cells do not fit the header are handed back by Arrow and read one by one. Where a
record may have swallowed others through a stray quotation mark, the text is mended first (see
``quotes``). ``careful_rows`` is the plain reading that all this must equal.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.cells import MAX_CELL, Column, encode, tidy
from waitlist_merge.intake.encodings import is_rather_utf8, to_utf8
from waitlist_merge.intake.grid import Grid, make_grid
from waitlist_merge.intake.header import Known
from waitlist_merge.intake.heads import Head, find_head
from waitlist_merge.intake.quotes import (
    closes_alone,
    lines_of,
    mended,
    slack,
)

__all__ = ["careful_rows", "read_delimited"]

BLOCK_BYTES = 1 << 23
"""Arrow reads in blocks of this size; a record must fit into one."""


@dataclass(frozen=True, eq=False, slots=True)
class _Body:
    """The records below the header, one column more than the header where rows are longer."""

    columns: tuple[Column, ...]
    long_rows: tuple[int, ...] = ()
    short_rows: int = 0
    stray_quotes: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class _Fast:
    """What Arrow read: columns of the records that fit; number and text of those that do not.

    Cells are as they stand, with their outer spaces and ends of lines.
    """

    columns: list[Column]
    odd: list[tuple[int, str]]


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
    sign, head = find_head(source, text, known, delimiter=delimiter, header_row=header_row)
    body = _body(source, text, head, sign)
    formats: dict[str, object] = {"kind": "text", "encoding": found_encoding, "delimiter": sign}
    if encoding is not None and is_rather_utf8(data, encoding):
        formats["rather"] = "utf-8"
    return make_grid(
        source,
        body.columns,
        head.cells,
        header_row=head.row,
        titles=head.titles,
        long_rows=body.long_rows,
        short_rows=body.short_rows,
        stray_quotes=body.stray_quotes,
        formats=formats,
    )


def careful_rows(text: str, delimiter: str, *, width: int) -> Iterator[list[str]]:
    """Each record as its cells, by Python's own reader; ``width`` is how many most have."""
    return csv.reader(lines_of(mended(text, delimiter, width=width)[0]), delimiter=delimiter)


def _body(source: str, whole: bytes, head: Head, delimiter: str) -> _Body:
    body = memoryview(whole)[head.start :]
    if not body:
        return _Body(())
    fast = _arrow(body, head.width, delimiter)
    strays: tuple[int, ...] = ()
    if fast is None or _doubtful(fast, whole, head, delimiter):
        text, strays = mended(str(body, "utf-8"), delimiter, width=head.width)
        if strays or fast is None:
            fast = _arrow(memoryview(text.encode("utf-8")), head.width, delimiter)
    if fast is None:
        problem = f"one of its cells has more than {BLOCK_BYTES // 2**20} MB"
        raise RefusedExtract(source, problem, "check for a missing quotation mark")
    rows = {number: next(_plain_rows(text, delimiter), []) for number, text in fast.odd}
    return replace(_spliced(list(map(tidy, fast.columns)), rows, head), stray_quotes=strays)


def _plain_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines_of(text), delimiter=delimiter)


def _last_line(body: memoryview) -> str:
    """The last line that is not blank, as far as it can be long."""
    tail = bytes(body[-MAX_CELL:]).rstrip()
    return re.split(rb"[\r\n]", tail)[-1].decode("utf-8", "replace")


def _arrow(body: memoryview, width: int, delimiter: str) -> _Fast | None:
    """What Arrow makes of the records; None where it finds no end of one."""
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
                check_utf8=False,  # the text was told to be UTF-8 before
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    table = table.unify_dictionaries().combine_chunks()
    return _Fast([_one(column) for column in table.columns], odd)


def _one(column: pa.ChunkedArray) -> Column:
    return column.chunk(0) if column.num_chunks else encode([])


def _doubtful(fast: _Fast, whole: bytes, head: Head, delimiter: str) -> bool:
    """True where a record may have swallowed others, or a line some of its own cells."""
    return (
        any(_is_broken(text.strip("\r\n"), delimiter) for _, text in fast.odd)
        or not closes_alone(_last_line(memoryview(whole)[head.start :]), delimiter)
        or (_has_long_records(fast, whole, head) and _has_swallowed(fast, head.width, delimiter))
    )


def _has_long_records(fast: _Fast, whole: bytes, head: Head) -> bool:
    """True unless each record is one line."""
    returns = whole.count(b"\r", head.start)
    if returns:
        returns -= whole.count(b"\r\n", head.start)
    lines = whole.count(b"\n", head.start) + returns + (not whole.endswith((b"\n", b"\r")))
    return len(fast.columns[0]) + len(fast.odd) != lines


def _has_swallowed(fast: _Fast, width: int, delimiter: str) -> bool:
    """True where a cell of several lines may hold other records.

    A cell that holds all of another record has its separators in it; what is never closed ends
    with the file.
    """
    least = width - 1 - 2 * slack(width)
    return any(
        any(text.count(delimiter) >= least for text in _of_lines(column.dictionary))
        or _of_lines(column[-1:].dictionary_decode())
        for column in fast.columns
    )


def _is_broken(record: str, delimiter: str) -> bool:
    return "\n" in record or "\r" in record or not closes_alone(record, delimiter)


def _of_lines(texts: pa.Array) -> list[str]:
    """Those of the texts that have several lines."""
    found: list[str] = pc.filter(texts, pc.match_substring_regex(texts, "[\r\n]")).to_pylist()
    return found


def _spliced(columns: Sequence[Column], odd: Mapping[int, list[str]], head: Head) -> _Body:
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
