"""Dates laid out as most systems write them, taken apart by the place of their characters.

A column of births has a distinct text for every other patient. Where all stand as ``03/04/1962``,
their digits are a table of numbers, and no pattern need be looked for in each.

>>> parts, rest = by_layout(pa.array(["03/04/1962", "5 March 1962"], pa.large_string()))
>>> parts.first.tolist(), parts.second.tolist(), parts.year.tolist(), rest.tolist()
([3, 0], [4, 0], [1962, 0], [1])
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.normalise.reading import Mask
from waitlist_merge.signs import signs

Numbers = NDArray[np.int64]


class Shape(IntEnum):
    """How much of a date its spelling settles."""

    NONE = 0
    SURE = 1
    NUMERIC = 2
    SERIAL = 3
    PARTIAL = 4


@dataclass(frozen=True, eq=False, slots=True)
class DateParts:
    """The parts of each text: ``first`` and ``second`` are day and month where the shape is SURE.

    For NUMERIC they are the two numbers as written before the year; for SERIAL ``first`` is the
    spreadsheet's day number. ``short_year`` marks two-digit years; ``next_day`` marks midnight in
    British summer time that was written as 23:00 UTC the day before. ``blank`` marks texts that
    hold nothing, ``stand_in`` zeros and words that stand for no date.
    """

    shape: NDArray[np.int8]
    first: Numbers
    second: Numbers
    year: Numbers
    short_year: Mask
    next_day: Mask
    blank: Mask
    stand_in: Mask


_LAYOUTS: Final = (
    ("DD/MM/YYYY", Shape.NUMERIC),
    ("YYYY-MM-DD", Shape.SURE),
    ("YYYYMMDD", Shape.SURE),
    ("DD-AAA-YYYY", Shape.SURE),
    ("DD-MM-YYYY", Shape.NUMERIC),
    ("YYYY-MM-DD ##:##:##", Shape.SURE),
    ("DD/MM/YYYY ##:##:##", Shape.NUMERIC),
    ("DD/MM/YYYY ##:##", Shape.NUMERIC),
)
"""D, M and Y are digits of the parts, # any digit, A letters of a month; the rest is as it is."""

_BOUNDS: Final = {**dict.fromkeys("DMY#", "09"), "A": "Az"}
_MONTHS: Final = np.array(
    [b"APR", b"AUG", b"DEC", b"FEB", b"JAN", b"JUL", b"JUN", b"MAR", b"MAY", b"NOV", b"OCT", b"SEP"]
)
_MONTH_NUMBERS: Final = np.array([4, 8, 12, 2, 1, 7, 6, 3, 5, 11, 10, 9], dtype=np.int64)
_TO_CAPITAL: Final = np.uint8(0xDF)


def by_layout(words: pa.Array) -> tuple[DateParts, NDArray[np.intp]]:
    """The parts of the texts in one of the layouts, and the positions of all others."""
    size = len(words)
    first, second, year = np.zeros((3, size), dtype=np.int64)
    short, next_day, blank, stand_in = np.zeros((4, size), dtype=bool)
    shape = np.zeros(size, dtype=np.int8)
    parts = DateParts(shape, first, second, year, short, next_day, blank, stand_in)
    told = signs(words)
    for layout, settles in _LAYOUTS:
        rows = np.flatnonzero((told.length == len(layout)) & (parts.shape == Shape.NONE))
        if len(rows):
            letters = told.held[told.begin[rows, None] + np.arange(len(layout))]
            _take(parts, rows, letters, layout, settles)
    return parts, np.flatnonzero(parts.shape == Shape.NONE)


def _take(
    parts: DateParts, rows: NDArray[np.intp], table: NDArray[np.uint8], layout: str, shape: Shape
) -> None:
    """Fill in the rows whose characters stand in this layout."""
    least, most = (
        np.array([ord(_BOUNDS.get(each, each * 2)[end]) for each in layout], dtype=np.uint8)
        for end in (0, 1)
    )
    fits = ((table >= least) & (table <= most)).all(axis=1)
    month = _month_words(table, layout) if "A" in layout else None
    if month is not None:
        fits &= month > 0
    rows, table = rows[fits], table[fits]
    day, year = _number(table, layout, "D"), _number(table, layout, "Y")
    number = _number(table, layout, "M") if month is None else month[fits]
    if layout == "YYYYMMDD":
        swapped(year, number, day)
    parts.shape[rows] = shape
    parts.first[rows], parts.second[rows], parts.year[rows] = day, number, year
    parts.stand_in[rows] = _is_zeros(table, layout)


def _is_zeros(table: NDArray[np.uint8], layout: str) -> Mask:
    """True where no digit is but 0, in a layout of digits."""
    places = [at for at, each in enumerate(layout) if each in _BOUNDS]
    zeros: Mask = (table[:, places] == np.uint8(ord("0"))).all(axis=1)
    return zeros


def _number(table: NDArray[np.uint8], layout: str, part: str) -> Numbers:
    places = [at for at, each in enumerate(layout) if each == part]
    powers = 10 ** np.arange(len(places) - 1, -1, -1, dtype=np.int64)
    number: Numbers = (table[:, places] - np.uint8(ord("0"))).astype(np.int64) @ powers
    return number


def _month_words(table: NDArray[np.uint8], layout: str) -> Numbers:
    """The number of the month that the letters name; 0 where they name none."""
    at = layout.index("A")
    names = np.ascontiguousarray(table[:, at : at + 3] & _TO_CAPITAL).view("S3").ravel()
    place = np.searchsorted(_MONTHS, names).clip(max=len(_MONTHS) - 1)
    number: Numbers = np.where(_MONTHS[place] == names, _MONTH_NUMBERS[place], 0)
    return number


def swapped(year: Numbers, month: Numbers, day: Numbers) -> None:
    """Eight digits whose year is impossible read as DDMMCCYY: 25121985.

    The two never both fit: the CC of a year (18-20) is no month.
    """
    last = month * 100 + day
    swap = ((month < 1) | (month > 12)) & (last >= 1800) & (last < 2100)
    day[swap], month[swap], year[swap] = year[swap] // 100, year[swap] % 100, last[swap]
