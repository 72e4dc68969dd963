"""The day that a list describes.

The configuration says it, else a census column (its most frequent value), else a date in a line
above the header, else one in the file's name. A date among words ("as at 15 November 2026", "wl
20261115.csv") is read day first, as everything is that does not show otherwise.

>>> date_in("RM3_PTL_20261115_final.csv"), date_in("Position as at 5/11/26")
(datetime.date(2026, 11, 15), datetime.date(2026, 11, 5))
>>> date_in("104 week waits, version 2") is None
True
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np

from waitlist_merge.intake.cells import Column
from waitlist_merge.normalise.dates import EVENT, read_dates
from waitlist_merge.normalise.reading import as_texts

__all__ = ["census_of", "date_in"]

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years that the census of a list can lie in."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = "|".join(_MONTHS)
_FORMS = (
    re.compile(r"(?<![^\W_])(?P<y>\d{4})[-_/. ](?P<m>\d{1,2})[-_/. ](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<![^\W_])(?P<d>\d{1,2})[-_/. ](?P<m>\d{1,2})[-_/. ](?P<y>\d{4}|\d{2})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-_/. ]*(?P<m>{_MONTH})[a-z]*[-_/., ]*"
        r"(?P<y>\d{4}|\d{2})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<m>{_MONTH})[a-z]*[-_/. ]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-_/., ]+"
        r"(?P<y>\d{4})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d{1,3}(?!\d))"),
    re.compile(r"(?<!\d)(?P<d>\d\d)(?P<m>\d\d)(?P<y>20\d\d)(?!\d)"),
)
_ABOUT_CENSUS = re.compile(
    r"census|as at|as of|week ending|w/?e\b|snapshot|position|extract|report date|data",
    re.IGNORECASE,
)


def date_in(text: str) -> date | None:
    """The first date among words, whatever form it has; None where there is none."""
    for form in _FORMS:
        for found in form.finditer(text):
            day = _day(found["y"], found["m"], found["d"])
            if day is not None:
                return day
    return None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    full_year = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        found = date(full_year, number, int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= full_year <= LAST_YEAR else None


def census_of(
    *,
    given: date | None,
    column: Column | None,
    titles: Sequence[str],
    source: str,
    order: str | None = None,
) -> tuple[date | None, str]:
    """The census date and where it comes from: config, column, title, file name, or nowhere.

    ``order`` is the order of day, month and year that the configuration gives for columns.
    """
    if given is not None:
        return given, "config"
    in_column = _most_frequent(column, order) if column is not None else None
    if in_column is not None:
        return in_column, "column"
    ordered = sorted(titles, key=lambda line: _ABOUT_CENSUS.search(line) is None)
    in_title = next(filter(None, map(date_in, ordered)), None)
    if in_title is not None:
        return in_title, "title"
    in_name = date_in(source)
    return (in_name, "file name") if in_name is not None else (None, "")


def _most_frequent(column: Column, order: str | None) -> date | None:
    """The day that most records have; of equally frequent ones the latest."""
    tallied = column.drop_null().value_counts()
    texts = as_texts(tallied.field("values").to_pylist())
    counts = np.asarray(tallied.field("counts"))
    last = date(LAST_YEAR, 12, 31)
    days = read_dates(texts, role=EVENT, census_date=last, order=order, counts=counts).values
    records = Counter[date]()
    for day, count in zip(days.tolist(), counts.tolist(), strict=True):
        if day is not None:
            records[day] += count
    return max(records, key=lambda day: (records[day], day), default=None)
