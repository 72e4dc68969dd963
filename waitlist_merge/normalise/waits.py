"""Days waited, as an extract states them.

>>> from waitlist_merge.normalise.reading import as_texts
>>> read_waits(as_texts(["126", "18w 2d", "18+2", "12.5 weeks", "-"]), unit="days").values.tolist()
[126.0, 128.0, 128.0, 87.5, nan]
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Mask,
    Reading,
    Texts,
    extracted,
    is_blank,
    matched,
    upper,
)
from waitlist_merge.reasons import Fault

WaitUnit = Literal["days", "weeks"]

_NUMBER = r"^(?P<number>-?[0-9]+(?:\.[0-9]+)?)\+?$"
_IN_DAYS = r"^(?P<number>-?[0-9]+(?:\.[0-9]+)?) ?(?:D|DAYS?)$"
_IN_WEEKS = r"^(?P<number>-?[0-9]+(?:\.[0-9]+)?) ?(?:W|WKS?|WEEKS?)$"
_BOTH = (
    r"^(?P<number>[0-9]+) ?(?:(?:W|WKS?|WEEKS?)[ ,]*(?:AND )?|\+ ?)(?P<days>[0-6]) ?(?:D|DAYS?)?$"
)
_DAYS_PER: Final = {"days": 1.0, "weeks": 7.0}


def _numbers(texts: Texts) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], Mask]:
    found = texts != None  # noqa: E711  (elementwise on an object array)
    numbers = np.zeros(len(texts))
    numbers[found] = texts[found].astype(np.float64)
    return numbers, found


def read_waits(texts: Texts, *, unit: WaitUnit) -> Reading:
    """Days as float64, NaN where missing; ``unit`` is that of bare numbers (of the heading)."""
    blank = is_blank(texts)
    capitals = upper(texts)
    days = np.full(len(texts), np.nan)
    for pattern, factor in (
        (_NUMBER, _DAYS_PER[unit]),
        (_IN_DAYS, _DAYS_PER["days"]),
        (_IN_WEEKS, _DAYS_PER["weeks"]),
    ):
        number, found = _numbers(extracted(capitals, pattern)["number"])
        days[found] = number[found] * factor
    both = extracted(capitals, _BOTH)
    weeks, found = _numbers(both["number"])
    rest, _ = _numbers(both["days"])
    days[found] = weeks[found] * 7 + rest[found]
    unread = np.isnan(days) & ~blank
    placeholder = unread & matched(texts, PLACEHOLDER_WORDS)
    return Reading(
        days, {Fault.PLACEHOLDER: placeholder, Fault.NOT_UNDERSTOOD: unread & ~placeholder}
    )
