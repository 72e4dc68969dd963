"""CSV that opens in a spreadsheet as it is, runs nothing, and reads back exactly.

UTF-8 with a byte order mark, comma, line feed, text in quotes, ISO dates, lower case true and
false, empty for missing. Text that a spreadsheet would run as a formula gets a leading
apostrophe, as OWASP's ASVS 1.2.10 asks (domain 7). Text that has apostrophes before such a
character gets one more, so that taking one away always brings back what was there.

>>> escape(pa.array(["-5 degrees", "'=1+1", "O'Neill", None])).to_pylist()
["'-5 degrees", "''=1+1", "O'Neill", None]
>>> unescape(escape(pa.array(["-5 degrees", "'=1+1"]))).to_pylist()
['-5 degrees', "'=1+1"]
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from waitlist_merge.outputs.columns import arrow_schema
from waitlist_merge.schema import Column, Kind

QUOTE = '"'

BOM = b"\xef\xbb\xbf"
"""Excel takes a CSV for UTF-8 only where it begins with this."""

_BLOCK = 1 << 26
"""Bytes that are read at once; one record must fit, and a comment may be long."""

_FORMULA = r"=+\-@\t\r\n\x00＝＋－＠"
"""First characters that a spreadsheet may act upon: ASVS 1.2.10, carriage return and line feed,
and the full-width forms, which Excel takes for the ordinary ones in East Asian settings."""

_RUNS = rf"\A('*[{_FORMULA}])"
_ESCAPED = rf"\A'('*[{_FORMULA}])"


def escape(text: pa.Array) -> pa.Array:
    """The text with one more leading apostrophe wherever a spreadsheet could run it."""
    return _replaced(text, _RUNS, r"'\1")


def unescape(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """What ``escape`` was given: one apostrophe less wherever it put one."""
    return _replaced(text, _ESCAPED, r"\1")


def _replaced(text: pa.Array, pattern: str, replacement: str) -> pa.Array:
    """Most columns hold no such text at all, and are not copied."""
    if not pc.any(pc.match_substring_regex(text, pattern)).as_py():
        return text
    return pc.replace_substring_regex(text, pattern, replacement)


class CsvWriter:
    """Writes batches of one table to a CSV file; a context manager.

    Text is in quotes, everything else is not; so a file without a quote has no text.
    """

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._text = [n for n, column in enumerate(columns) if column.kind is Kind.TEXT]
        self._file = path.open("wb")
        self._file.write(BOM + _header(columns))
        options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
        schema = arrow_schema(columns)
        self._writer = pacsv.CSVWriter(self._file, schema, write_options=options)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Append the rows of one batch."""
        for position in self._text:
            name = batch.schema.names[position]
            batch = batch.set_column(position, name, _escaped(batch.column(position)))
        self._writer.write_batch(batch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._writer.close()
        finally:
            self._file.close()


def _escaped(column: pa.Array) -> pa.Array:
    """The text of a column, escaped; where it is coded, each of its few texts once."""
    if pa.types.is_dictionary(column.type):
        return escape(column.dictionary).take(column.indices)
    return escape(column)


def _header(columns: Sequence[Column]) -> bytes:
    names = escape(pa.array([column.name for column in columns], pa.string())).to_pylist()
    quoted = (f'"{name.replace(QUOTE, QUOTE * 2)}"' for name in names)
    return ",".join(quoted).encode() + b"\n"


def read_csv(path: Path, columns: Sequence[Column]) -> pa.Table:
    """A table that ``CsvWriter`` wrote, in the Arrow types of its columns; empty is missing."""
    schema = arrow_schema(columns)
    table = pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(block_size=_BLOCK),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
            strings_can_be_null=True,
        ),
    )
    plain = [
        unescape(table.column(n)) if column.kind is Kind.TEXT else table.column(n)
        for n, column in enumerate(columns)
    ]
    return pa.table(plain, schema=schema)
