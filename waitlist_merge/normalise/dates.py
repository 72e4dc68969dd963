"""The day that each text of a date column means.

A column is decided as a whole: day first unless its values prove otherwise, and said so where
nothing proves it. What a field can hold (a birth is never after the census, no referral is 90
years old) decides two-digit years, placeholders and impossible dates (domain 6).

>>> from waitlist_merge.normalise.reading import as_texts
>>> reading = read_dates(as_texts(["25/12/2025", "03/04/2026", "01/01/1900"]),
...                      role=EVENT, census_date=date(2026, 4, 30))
>>> reading.values.astype(str).tolist(), reading.order
(['2025-12-25', '2026-04-03', 'NaT'], 'dmy')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.normalise.date_layouts import DateParts, Numbers, Shape
from waitlist_merge.normalise.date_shapes import split_dates
from waitlist_merge.normalise.reading import Mask, Reading, Texts
from waitlist_merge.reasons import Fault
from waitlist_merge.reference import load

Days = NDArray[np.datetime64]
DateOrder = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class DateRole:
    """What dates a field can hold, in years before and days after the census.

    Dates after the census are a finding where ``days_expected`` is passed and missing where
    ``days_after`` is. A birth's two-digit year goes to the latest century before the census, or to
    the future where it is but ``FEW_DAYS`` after it.
    """

    name: Literal["birth", "event"]
    years_before: int
    days_after: int
    days_expected: int = 0


BIRTH: Final = DateRole("birth", years_before=131, days_after=0)
"""HESID rejects births before 1895 (domain 4.2): 131 years before 2026."""

DEATH: Final = DateRole("event", years_before=100, days_after=0)

EVENT: Final = DateRole("event", years_before=90, days_after=366)
"""No referral is 90 years old. Up to a year after the census is more likely a true date in a list
sent late than a slip, so it is kept and reported."""

BOOKING: Final = DateRole("event", years_before=90, days_after=3653, days_expected=3653)
"""Admissions, appointments and surveillance are booked up to ten years ahead."""

ROLES: Final[Mapping[str, DateRole]] = MappingProxyType(
    {
        "birth_date": BIRTH,
        "death_date": DEATH,
        "tci_date": BOOKING,
        "next_appointment_date": BOOKING,
        "planned_date": BOOKING,
        "last_cancelled_date": BOOKING,
    }
)
"""The role of each date field; every field not named is an EVENT."""

OLDEST_AGE: Final = 115
"""Years. A two-digit birth year that would make the patient older is of this century."""

FEW_DAYS: Final = 14
"""Days after the census in which a two-digit birth year is a newborn's, in an extract dated too
early, sooner than a centenarian's: a date in the future, of which no century is made up."""

_OPEN_END: Final = np.datetime64("2099-12-31")
_SPREADSHEET_DAY_0: Final = np.datetime64("1899-12-30")
_SERIALS: Final = (10_000, 75_000)
"""Five-digit day numbers that stand for 1927 to 2105; shorter ones only in a column of them."""
_NO_DAY: Final = np.datetime64("NaT", "D")

_DEFAULTS = load("default_dates")
_DEFAULT_DAYS: Final[Mapping[str, Days]] = {
    "birth": _DEFAULTS.loc[_DEFAULTS["applies_to"] == "any", "date"].to_numpy("datetime64[D]"),
    "event": _DEFAULTS["date"].to_numpy("datetime64[D]"),
}


@dataclass(frozen=True, eq=False)
class DateReading(Reading):
    """A ``Reading`` whose values are datetime64[D], with the order that the column was read in.

    ``order`` is empty where no value needed one; ``assumed`` where nothing proved it.
    """

    order: str = ""
    assumed: bool = False


def order_of_format(text: str) -> DateOrder:
    """The order of day, month and year in a format such as ``%d/%m/%Y``; ``dmy`` stays ``dmy``.

    >>> order_of_format("%m/%d/%y"), order_of_format("ymd")
    ('mdy', 'ymd')
    """
    letters = "".join(each for each in text.lower().replace("b", "m") if each in "dmy")
    return "mdy" if letters == "mdy" else "ymd" if letters == "ymd" else "dmy"


def calendar_days(year: Numbers, month: Numbers, day: Numbers) -> Days:
    """The day of each year, month and day; NaT where the calendar has none."""
    usable = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(usable, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(usable, day, 1) - 1)
    return np.where(usable & (days.astype("datetime64[M]") == months), days, _NO_DAY)


def _readings(parts: DateParts) -> Mapping[DateOrder, tuple[Numbers, Numbers, Numbers]]:
    """Year, month and day of the numeric texts in each order."""
    return {
        "dmy": (parts.year, parts.second, parts.first),
        "mdy": (parts.year, parts.first, parts.second),
        "ymd": (parts.first, parts.second, parts.year),
    }


def _fits(parts: DateParts) -> Mapping[DateOrder, Mask]:
    """Which numeric texts could be a date in each order."""
    numeric = parts.shape == Shape.NUMERIC
    asked = {"dmy": numeric, "mdy": numeric, "ymd": numeric & parts.short_year}
    fits: dict[DateOrder, Mask] = {}
    for order, (year, month, day) in _readings(parts).items():
        fits[order] = asked[order]
        if asked[order].any():
            known = calendar_days(np.where(parts.short_year, 2000 + year, year), month, day)
            fits[order] = asked[order] & ~np.isnat(known)
    return fits


def _decided(
    parts: DateParts, fits: Mapping[DateOrder, Mask], counts: Numbers
) -> tuple[DateOrder, Mask]:
    """The order most rows fit, day first where it is a draw, and the texts left in doubt by it.

    Texts are in doubt where another order fits as many rows, unless both orders mean one day.
    """
    rows = {order: int(counts[mask].sum()) for order, mask in fits.items()}
    order = max(rows, key=lambda each: rows[each])
    proved = rows["dmy"] != rows["mdy"]
    other = fits["mdy" if order == "dmy" else "dmy"]
    doubtful = fits[order] & other & (parts.first != parts.second) & (not proved)
    return order, doubtful


def _full_years(
    year: Numbers, month: Numbers, day: Numbers, *, role: DateRole, census_date: date
) -> Numbers:
    """Two-digit years with their century: a birth is not after the census, others are near it."""
    if role.name == "birth":
        latest = calendar_days(2000 + year, month, day)
        return np.where(latest > np.datetime64(census_date) + FEW_DAYS, 1900, 2000) + year
    return np.where(2000 + year > census_date.year + 20, 1900, 2000) + year


def _two_centuries(days: Days, short: Mask, *, role: DateRole, census_date: date) -> Mask:
    """Two-digit birth years whose reading a century earlier is no impossible age."""
    if role.name != "birth" or not short.any():
        return np.zeros(len(days), dtype=bool)
    age_if_older = census_date.year - (days.astype("datetime64[Y]").astype(np.int64) + 1970 - 100)
    in_this_century = days >= np.datetime64("2000-01-01")
    born = days <= np.datetime64(census_date)
    mask: Mask = short & in_this_century & born & (age_if_older <= OLDEST_AGE)
    return mask


def _is_default(days: Days, parts: DateParts, *, role: DateRole) -> Mask:
    """Which days stand for no date in this field."""
    default = np.isin(days, _DEFAULT_DAYS[role.name])
    open_end = days >= _OPEN_END
    if not (parts.short_year.any() or open_end.any()):
        return np.asarray(default & ~np.isnat(days))
    month_day = (days.astype("datetime64[M]").astype(np.int64) % 12) * 100 + (
        days - days.astype("datetime64[M]").astype("datetime64[D]")
    ).astype(np.int64)
    ends_year = np.isin(month_day, (0, 1130))
    two_digits = parts.short_year & (
        ((month_day == 0) & np.isin(days, np.array(["1900-01-01", "2000-01-01"], "datetime64[D]")))
        | ((days == np.datetime64("1999-12-31")) & (role.name != "birth"))
    )
    return np.asarray((default | two_digits | (open_end & ends_year)) & ~np.isnat(days))


def _is_dated(parts: DateParts) -> Mask:
    mask: Mask = (parts.shape == Shape.SURE) | (parts.shape == Shape.NUMERIC)
    return mask


def _from_serials(parts: DateParts, counts: Numbers) -> Days:
    """Spreadsheet day numbers as days; short ones only where most of the column is such numbers."""
    serial = parts.shape == Shape.SERIAL
    if not serial.any():
        return np.full(len(serial), _NO_DAY)
    dated = _is_dated(parts)
    mostly = counts[serial].sum() > counts[dated].sum()
    least = 0 if mostly and (parts.first[serial] >= _SERIALS[0]).any() else _SERIALS[0]
    usable = serial & (parts.first >= least) & (parts.first <= _SERIALS[1])
    return np.where(usable, _SPREADSHEET_DAY_0 + np.where(usable, parts.first, 0), _NO_DAY)


def _days_of(
    parts: DateParts,
    order: DateOrder,
    fits: Mapping[DateOrder, Mask],
    *,
    role: DateRole,
    census_date: date,
) -> Days:
    """The day of each SURE and NUMERIC text: in the column's order, else in one that it fits."""
    year, month, day = parts.year.copy(), parts.second.copy(), parts.first.copy()
    unread = parts.shape == Shape.NUMERIC
    for each in (order, "dmy", "mdy", "ymd"):
        if not unread.any():
            break
        use = unread & fits[each]
        for target, source in zip((year, month, day), _readings(parts)[each], strict=True):
            target[use] = source[use]
        unread &= ~use
    if parts.short_year.any():
        full = _full_years(year, month, day, role=role, census_date=census_date)
        year = np.where(parts.short_year, full, year)
    known = _is_dated(parts) & ~unread
    days = calendar_days(year, month, day)
    summer = parts.next_day & (month >= 3) & (month <= 10)
    return np.where(known, days + summer.astype(np.int64), _NO_DAY)


def read_dates(
    texts: Texts | pa.Array,
    *,
    role: DateRole,
    census_date: date,
    order: str | None = None,
    counts: Numbers | None = None,
) -> DateReading:
    """The day of each distinct text of one column, decided as a whole.

    ``order`` (``dmy``, ``mdy``, ``ymd`` or a format) overrides the column's own proof; ``counts``
    is the number of rows of each text. Values that fit only another order than the column's are
    read in that order and reported as mixed.
    """
    counts = np.ones(len(texts), dtype=np.int64) if counts is None else counts
    parts = split_dates(texts)
    fits = _fits(parts)
    used, doubtful = _decided(parts, fits, counts)
    if order is not None:
        used, doubtful = order_of_format(order), np.zeros(len(texts), dtype=bool)
    written = _days_of(parts, used, fits, role=role, census_date=census_date)
    serials = _from_serials(parts, counts)
    days = np.where(np.isnat(serials), written, serials)
    faults = _faults(days, parts, role=role, census_date=census_date)
    numeric = parts.shape == Shape.NUMERIC
    faults[Fault.DATE_ORDER_MIXED] = numeric & ~fits[used] & ~np.isnat(days)
    late = _too_late(days, role=role, census_date=census_date)
    unusable = faults[Fault.PLACEHOLDER] | faults[Fault.DATE_IMPOSSIBLE] | late
    doubtful &= ~unusable
    faults[Fault.DATE_ORDER_ASSUMED] = doubtful
    return DateReading(
        np.where(unusable, _NO_DAY, days),
        faults,
        kept=np.logical_or.reduce(list(faults.values())),
        order=used if numeric.any() else "",
        assumed=bool(doubtful.any()),
    )


def _too_late(days: Days, *, role: DateRole, census_date: date) -> Mask:
    late: Mask = days > np.datetime64(census_date) + np.timedelta64(role.days_after, "D")
    return late


def _faults(
    days: Days, parts: DateParts, *, role: DateRole, census_date: date
) -> dict[Fault, Mask]:
    """Every fault of single values; the first that fits a value has it."""
    placeholder = ~parts.blank & (parts.stand_in | _is_default(days, parts, role=role))
    unread = np.isnat(days) & ~parts.blank & ~placeholder
    no_such_day = unread & _is_dated(parts)
    census = np.datetime64(census_date)
    earliest = census - np.timedelta64(int(role.years_before * 365.25), "D")
    after = days > census + np.timedelta64(role.days_expected, "D")
    return {
        Fault.PLACEHOLDER: placeholder,
        Fault.NOT_UNDERSTOOD: unread & ~no_such_day,
        Fault.DATE_IMPOSSIBLE: no_such_day | ((days < earliest) & ~placeholder),
        Fault.DATE_IN_FUTURE: after & ~placeholder,
        Fault.CENTURY_ASSUMED: _two_centuries(
            days, parts.short_year, role=role, census_date=census_date
        )
        & ~placeholder,
        Fault.REPAIRED: parts.next_day & ~np.isnat(days) & ~placeholder,
    }
