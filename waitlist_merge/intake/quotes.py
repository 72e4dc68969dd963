r"""Quotation marks that are never closed, told from those around a cell of several lines.

A quotation mark opens a cell and another closes it, be it lines later: so ``csv`` reads, and so one
stray mark would swallow every record up to the next. Here each record of several lines is judged:
where its lines look like records of their own, its first line is written anew with the stray mark
as plain text. Everything else stays as it was.

>>> text, strays = mended('1,5"A,x\n2,"B,y\n3,C,z\n', ",", width=3)
>>> [row[1] for row in csv.reader(lines_of(text))], strays
(['5"A', '"B', 'C'], (2,))
>>> mended('1,"A\nstreet, town",x\n2,B,y\n', ",", width=3)[1]
()
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

__all__ = ["closes_alone", "lines_of", "mended", "mended_lines", "slack", "widest"]

PROFILE_LINES = 500
"""So many lines without quotation marks show what the cells of each column look like."""

ALIKE_SHARE = 0.8
"""Share of a line's cells that must look like their column's others for it to be a record."""

TELLING_WIDTH = 5
"""Where no other line shows what the columns hold, lines of so many cells each are no accident."""


def lines_of(text: str) -> Iterator[str]:
    """Lines as ``csv`` sees them: ended by LF, CR or both, and by nothing else."""
    return iter(io.StringIO(text, newline=""))


def slack(width: int) -> int:
    """How many cells a line may lack, or have over, and still look like a record."""
    return int(width > TELLING_WIDTH)


def closes_alone(line: str, delimiter: str) -> bool:
    """True where every quotation mark that opens a cell of this line closes it there."""
    if '"' not in line:
        return True
    try:
        for _ in csv.reader([line], delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _alone(line: str, delimiter: str) -> list[str]:
    """The cells of a line by itself; a mark that does not close its cell is plain text."""
    sign = re.escape(delimiter)
    cell = re.compile(rf'"((?:[^"]|"")*)"(?={sign}|$)|([^{sign}]*)')
    bare, cells, at = line.rstrip("\r\n"), [], 0
    while at <= len(bare):
        found = cell.match(bare, at)
        assert found is not None  # noqa: S101  (the second way matches anywhere)
        quoted, plain = found.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        at = found.end() + 1
    return cells


def widest(lines: Sequence[str], delimiter: str) -> int:
    """The most cells of any of these lines, each read by itself."""
    return max((_width(line, delimiter) for line in lines), default=0)


def _width(line: str, delimiter: str) -> int:
    """How many cells ``_alone`` finds; ``csv`` agrees where it finds no fault, and is quicker."""
    if delimiter not in line:
        return 1
    try:
        return len(next(csv.reader([line], delimiter=delimiter, strict=True)))
    except csv.Error:
        return len(_alone(line, delimiter))


@dataclass(frozen=True, slots=True)
class _Record:
    """What ``csv`` reads from one line on: the cells, over how many lines, and whether it ends."""

    cells: int
    span: int
    closed: bool


def _record(lines: Sequence[str], at: int, delimiter: str) -> _Record:
    rest = chain((lines[each] for each in range(at, len(lines))), ("\n",))
    reader = csv.reader(rest, delimiter=delimiter)
    try:
        cells = len(next(reader))
    except csv.Error:  # a cell beyond all measure
        return _Record(0, reader.line_num, closed=reader.line_num == 1)
    return _Record(cells, reader.line_num, closed=at + reader.line_num <= len(lines))


class _Looks:
    """What the cells of each column look like, by the lines of a file without quotation marks."""

    def __init__(self, lines: Sequence[str], delimiter: str, width: int) -> None:
        self._lines, self._delimiter, self._width = lines, delimiter, width

    @cached_property
    def _seen(self) -> list[set[tuple[bool, bool]]]:
        """Of each column, looked for once a line is in doubt."""
        plain = (
            line.rstrip("\r\n").split(self._delimiter) for line in self._lines if '"' not in line
        )
        rows = list(islice((row for row in plain if len(row) == self._width), PROFILE_LINES))
        return [set(map(_look, column)) for column in zip(*rows, strict=True)]

    def wide(self, line: str) -> bool:
        """True where a line has about as many cells as a record."""
        cells = len(_alone(line, self._delimiter))
        return abs(cells - self._width) <= slack(self._width)

    def alike(self, line: str) -> bool:
        """True where a line's cells look like those of their columns elsewhere."""
        if not self._seen:
            return self._width >= TELLING_WIDTH
        pairs = zip(_alone(line, self._delimiter), self._seen, strict=False)
        fits = sum(_look(cell) in seen for cell, seen in pairs)
        return fits >= ALIKE_SHARE * self._width


def _look(cell: str) -> tuple[bool, bool]:
    """Whether a cell has letters and whether it has digits."""
    return any(map(str.isalpha, cell)), any(map(str.isdigit, cell))


def mended(text: str, delimiter: str, *, width: int) -> tuple[str, tuple[int, ...]]:
    """The text with its stray quotation marks written as plain ones, and the records they are in.

    ``width`` is how many cells a record has; records are counted from 1. Lines stay lines.
    """
    records = list(_mended_records(list(lines_of(text)), delimiter, width))
    strays = tuple(number for number, (_, stray) in enumerate(records, start=1) if stray)
    return "".join(chain.from_iterable(lines for lines, _ in records)), strays


def mended_lines(lines: Sequence[str], delimiter: str, *, width: int) -> Iterator[str]:
    r"""The lines of the mended text, one by one, so that no more are looked at than are asked for.

    >>> lines = mended_lines(['1,"A,x\n', '2,B,y\n', '3,C,z\n'], ",", width=3)
    >>> list(csv.reader(lines))[0]
    ['1', '"A', 'x']
    """
    return chain.from_iterable(some for some, _ in _mended_records(lines, delimiter, width))


def _mended_records(
    lines: Sequence[str], delimiter: str, width: int
) -> Iterator[tuple[Sequence[str], bool]]:
    """The lines of each record, and whether a stray mark was mended in them."""
    looks = _Looks(lines, delimiter, width)
    sound = _sound(delimiter, width)
    at = 0
    while at < len(lines):
        line = lines[at]
        if '"' not in line or sound.fullmatch(line):
            yield (line,), False
            at += 1
            continue
        record = _record(lines, at, delimiter)
        whole = lines[at : at + record.span]
        if _is_stray(whole, record, looks, delimiter, width):
            yield (_rewritten(line, delimiter),), True
            at += 1
        else:
            yield whole, False
            at += record.span


def _sound(delimiter: str, width: int) -> re.Pattern[str]:
    """A line that is a record of this width by itself, its marks around whole cells."""
    cell = rf'(?:"[^"]*"|[^"{re.escape(delimiter)}\r\n]*)'
    more = max(width - 1, 0)
    return re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell}){{{more}}}[\r\n]*")


def _is_stray(
    lines: Sequence[str], record: _Record, looks: _Looks, delimiter: str, width: int
) -> bool:
    """True where the first line of what ``csv`` takes for one record is a record by itself."""
    if not record.closed:
        return True
    if record.span == 1:
        fits = record.cells in (0, width) or closes_alone(lines[0], delimiter)
        return not fits and len(_alone(lines[0], delimiter)) == width
    first, *inner, last = (line for line in lines if line.strip())
    if record.cells != width:
        return looks.wide(first) or 2 * sum(map(looks.wide, inner)) > len(inner)
    if not (looks.wide(first) and looks.wide(last)):
        return False
    telling = inner or (first, last)
    return 2 * sum(looks.wide(each) and looks.alike(each) for each in telling) > len(telling)


def _rewritten(line: str, delimiter: str) -> str:
    """The line with each cell in quotation marks and those within it doubled."""
    bare = line.rstrip("\r\n")
    cells = ('"' + cell.replace('"', '""') + '"' for cell in _alone(line, delimiter))
    return delimiter.join(cells) + line[len(bare) :]
