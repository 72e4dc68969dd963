"""The numbers that a text holds which may be a date, before day is told from month.

Each family of spellings is one pattern over all distinct texts at once. Where the month is a word
or the year stands first, the parts are sure; ``12/11/10`` leaves two numbers whose order the column
decides (``dates``).

>>> from waitlist_merge.normalise.reading import as_texts
>>> parts = split_dates(as_texts(["3 March 1962", "04/05/62", "19720822000000", "19/05/3"]))
>>> [Shape(each).name for each in parts.shape]
['SURE', 'NUMERIC', 'SURE', 'NONE']
>>> parts.first.tolist(), parts.second.tolist(), parts.year.tolist(), parts.short_year.tolist()
([3, 4, 22, 0], [3, 5, 8, 0], [1962, 62, 1972, 0], [False, True, False, False])
"""

from __future__ import annotations

from dataclasses import fields
from typing import Final

import numpy as np
import pyarrow as pa

from waitlist_merge.normalise.date_layouts import DateParts, Numbers, Shape, by_layout, swapped
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Texts,
    extracted,
    is_blank,
    matched,
    rewritten,
    upper,
)

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
_MONTH = (
    r"(?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
    r"(?:UARY|RUARY|CH|IL|E|Y|UST|T|TEMBER|OBER|EMBER|EMBER)?\.?"
)
_TIME = r"(?:[T :]*[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)? ?(?:AM|PM)?)?"
_ZONE = r" ?(?:Z|UTC|GMT|BST|[+-][0-9]{2}:?[0-9]{2})?"
_WEEKDAY = r"^(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*[ ,.]*)?"
_DAY = r"(?P<day>[0-9]{1,2})(?:ST|ND|RD|TH)?"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_END = _TIME + _ZONE + "$"

_YEAR_FIRST = (
    r"^(?P<year>[0-9]{4})[-/. ](?P<month>[0-9]{1,2})[-/. ](?P<day>[0-9]{1,2})(?:\b|T)" + _END
)
_DAY_MONTH_WORD = _WEEKDAY + _DAY + r"[-/. ,]*(?:OF )?" + _MONTH + r"[-/. ,']*" + _YEAR + _END
_MONTH_WORD_FIRST = (
    _WEEKDAY + _MONTH + r"[-/. ]*" + _DAY + r"(?:[-/ ]*,[-/ ]*|[-/. ])" + _YEAR + _END
)
_NUMERIC = (
    _WEEKDAY + r"(?P<first>[0-9]{1,2})[-/. ]{1,2}(?P<second>[0-9]{1,2})[-/. ]{1,2}" + _YEAR + _END
)
_COMPACT = (
    r"^(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:[ T]?[0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?(?:\.[0-9]+)?|\.0+)?(?:Z|[+-][0-9]{4})?$"
)
_SERIAL = r"^(?P<first>[0-9]{1,5})(?:\.[0-9]+)?$"
_MONTH_ONLY = r"^(?P<year>(?:18|19|20)[0-9]{2})[-/]?(?P<month>0[1-9]|1[0-2])$"
_LATE_UTC = r"T23:00(?::00(?:\.0+)?)?(?:Z|\+00:?00)$"
_ZEROS = r"^[0\s/.:T-]*0[0\s/.:T-]*$"


def _numbers(texts: Texts) -> Numbers:
    """Digits as integers, 0 where missing."""
    filled = np.where(texts == None, "0", texts)  # noqa: E711  (elementwise on an object array)
    return filled.astype("U5").astype(np.int64)


class _Collector:
    """Fills the parts family by family: the first family that fits a text has it."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        size = len(texts)
        self.shape = np.zeros(size, dtype=np.int8)
        self.first, self.second, self.year = (np.zeros(size, dtype=np.int64) for _ in range(3))
        self.short_year = np.zeros(size, dtype=bool)

    def take(self, pattern: str, shape: Shape) -> None:
        """Fill the texts not yet read that fit the pattern."""
        open_ = np.flatnonzero(self.shape == Shape.NONE)
        groups = extracted(self.texts[open_], pattern)
        found = next(iter(groups.values())) != None  # noqa: E711
        rows = open_[found]
        self.shape[rows] = shape
        for target, names in (
            (self.first, ("day", "first")),
            (self.second, ("month", "second")),
            (self.year, ("year",)),
        ):
            for name in groups.keys() & set(names):
                part = groups[name][found]
                target[rows] = _month_numbers(part) if name == "month" else _numbers(part)
        if "year" in groups:
            self.short_year[rows] = np.fromiter(
                (len(each) == 2 for each in groups["year"][found]), bool, len(rows)
            )


def _month_numbers(words: Texts) -> Numbers:
    return np.fromiter((_MONTHS.get(each) or int(each) for each in words), np.int64, len(words))


def split_dates(texts: Texts | pa.Array) -> DateParts:
    """The parts of every text; Shape.NONE where no family of spellings fits.

    Texts laid out as most systems write dates are taken apart by place, the others by pattern.
    """
    words = pa.array(texts, pa.large_string())
    parts, rest = by_layout(words)
    if len(rest):
        found = _by_pattern(words.take(pa.array(rest)).to_numpy(zero_copy_only=False))
        for part in fields(DateParts):
            getattr(parts, part.name)[rest] = getattr(found, part.name)
    return parts


def _read_by_pattern(texts: Texts) -> DateParts:
    capitals = rewritten(upper(texts), (r"^'", ""), (r"[\s\p{Z}]+", " "))
    parts = _Collector(capitals)
    parts.take(_COMPACT, Shape.SURE)
    swapped(parts.year, parts.second, parts.first)
    parts.take(_YEAR_FIRST, Shape.SURE)
    parts.take(_NUMERIC, Shape.NUMERIC)
    parts.take(_DAY_MONTH_WORD, Shape.SURE)
    parts.take(_MONTH_WORD_FIRST, Shape.SURE)
    parts.take(_SERIAL, Shape.SERIAL)
    parts.take(_MONTH_ONLY, Shape.PARTIAL)
    return DateParts(
        shape=parts.shape,
        first=parts.first,
        second=parts.second,
        year=parts.year,
        short_year=parts.short_year,
        next_day=matched(capitals, _LATE_UTC),
        blank=is_blank(texts),
        stand_in=matched(texts, _ZEROS) | matched(texts, PLACEHOLDER_WORDS),
    )


_by_pattern: Final = Remembered(_read_by_pattern)
