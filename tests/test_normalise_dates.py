"""Every date in every spelling reads back; orders, centuries and limits are decided."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.normalise import normalise
from waitlist_merge.normalise.births import year_is_no_evidence
from waitlist_merge.normalise.dates import (
    BIRTH,
    BOOKING,
    EVENT,
    calendar_days,
    order_of_format,
    read_dates,
)
from waitlist_merge.normalise.reading import as_texts
from waitlist_merge.reasons import Fault

CENSUS = dt.date(2026, 11, 15)
PLAIN = st.dates(dt.date(1945, 1, 2), CENSUS).filter(lambda day: day != dt.date(1970, 1, 1))
FORMATS = {
    "%Y-%m-%d": None,
    "%Y-%m-%dT%H:%M:%S": None,
    "%Y/%m/%d": None,
    "%Y%m%d": None,
    "%Y%m%d%H%M": None,
    "%Y%m%d000000": None,
    "%d/%m/%Y": "dmy",
    "%d-%m-%Y": "dmy",
    "%d.%m.%Y": "dmy",
    "%d %m %Y": "dmy",
    "%d/%m/%Y %H:%M": "dmy",
    "%d/%m/%Y%H:%M:%S": "dmy",
    "%m/%d/%Y": "mdy",
    "%m/%d/%Y %I:%M:%S %p": "mdy",
    "%d%m%Y": None,
    "%d-%b-%Y": None,
    "%d %B %Y": None,
    "%d%b%Y": None,
    "%B %d, %Y": None,
    "%a %d %b %Y": None,
}
PROOF = {"dmy": dt.date(2001, 2, 25), "mdy": dt.date(2001, 2, 25), None: dt.date(2001, 2, 25)}


def read(texts, **options):
    options = {"role": EVENT, "census_date": CENSUS} | options
    return read_dates(as_texts(texts), **options)


@pytest.mark.parametrize("written", FORMATS)
@settings(max_examples=25)
@given(days=st.lists(PLAIN, min_size=1, max_size=20))
def test_every_date_reads_back(written, days):
    column = [*days, PROOF[FORMATS[written]]]
    reading = read([day.strftime(written) for day in column])
    assert reading.values.tolist() == column
    assert reading.order == (FORMATS[written] or "")
    assert not any(mask.any() for mask in reading.faults.values())


@given(days=st.lists(PLAIN, min_size=1, max_size=20))
def test_spreadsheet_days_read_back(days):
    serials = [str((day - dt.date(1899, 12, 30)).days) for day in days]
    assert read(serials).values.tolist() == days


@given(days=st.lists(st.dates(dt.date(1950, 1, 2), dt.date(2010, 12, 31)), min_size=1, max_size=20))
def test_two_digit_births_read_back(days):
    """Nobody is born after the census: a year up to the census' own is of this century."""
    reading = read([day.strftime("%d-%b-%y") for day in days], role=BIRTH)
    stand_in = [day == dt.date(2000, 1, 1) for day in days]
    expected = [
        None if placeholder else day for day, placeholder in zip(days, stand_in, strict=True)
    ]
    assert reading.values.tolist() == expected


@given(st.lists(st.text(max_size=30), max_size=20))
def test_no_text_breaks_the_reading(texts):
    reading = read(texts)
    assert len(reading.values) == len(texts)


@given(st.integers(-5, 10_000), st.integers(-1, 14), st.integers(-1, 33))
def test_calendar_against_datetime(year, month, day):
    found = calendar_days(np.array([year]), np.array([month]), np.array([day])).tolist()
    try:
        expected = dt.date(year, month, day)
    except ValueError:
        expected = None
    assert found == [expected]


def test_a_given_order_overrides_what_the_column_proves():
    texts = ["25/03/2026", "01/02/2026"]
    assert read(texts).values.tolist() == [dt.date(2026, 3, 25), dt.date(2026, 2, 1)]
    month_first = read(texts, order="%m/%d/%Y")
    assert month_first.values.tolist() == [dt.date(2026, 3, 25), dt.date(2026, 1, 2)]
    assert month_first.faults[Fault.DATE_ORDER_MIXED].tolist() == [True, False]


def test_a_given_order_is_not_reported_as_assumed():
    assert not read(["01/02/2026"], order="dmy").assumed
    assert read(["01/02/2026"]).assumed


def test_rows_outweigh_distinct_texts():
    """A typing slip proves nothing against a thousand rows."""
    texts = ["25/03/2026", "03/26/2026", "03/27/2026"]
    counted = read(texts, counts=np.array([1000, 1, 1]))
    assert counted.order == "dmy"
    assert counted.faults[Fault.DATE_ORDER_MIXED].tolist() == [False, True, True]
    assert read(texts).order == "mdy"


def test_year_first_with_two_digits():
    reading = read(["62-05-14", "63-06-07"], role=BIRTH)
    assert reading.order == "ymd"
    assert reading.values.tolist() == [dt.date(1962, 5, 14), dt.date(1963, 6, 7)]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("%d/%m/%Y", "dmy"),
        ("%m-%d-%y", "mdy"),
        ("%Y%m%d", "ymd"),
        ("%d %b %Y", "dmy"),
        ("mdy", "mdy"),
    ],
)
def test_order_of_format(text, order):
    assert order_of_format(text) == order


def test_limits_of_each_role():
    day_after, far = CENSUS + dt.timedelta(days=1), CENSUS + dt.timedelta(days=800)
    texts = [day_after.isoformat(), far.isoformat()]
    assert read(texts, role=BIRTH).values.tolist() == [None, None]
    assert read(texts, role=EVENT).values.tolist() == [day_after, None]
    assert read(texts, role=BOOKING).values.tolist() == [day_after, far]
    assert read(texts, role=EVENT).faults[Fault.DATE_IN_FUTURE].tolist() == [True, True]
    assert not read(texts, role=BOOKING).faults[Fault.DATE_IN_FUTURE].any()


def century(**row):
    text = pd.DataFrame({name: [value] for name, value in row.items()})
    result = normalise(text, organisation="RM3", census_date=CENSUS)
    return result.entries.loc[0, "birth_date"].year, set(result.findings["reason"]), result


@pytest.mark.parametrize(
    ("row", "year"),
    [
        ({"title": "Mrs"}, 1914),
        ({"title": "Master"}, 2014),
        ({"treatment_function_code": "430"}, 1914),
        ({"treatment_function_code": "211"}, 2014),
        ({"treatment_function_code": "Paediatrics"}, 2014),
        ({"referral_date": "25/03/2013"}, 1914),
    ],
)
def test_the_rest_of_the_row_settles_the_century(row, year):
    found, reasons, result = century(birth_date="21-Nov-14", **row)
    assert found == year
    assert "century_assumed" not in reasons
    assert "birth_date_source" not in result.entries


@pytest.mark.parametrize(
    "row", [{}, {"title": "Ms"}, {"title": "Mr", "treatment_function_code": "420"}]
)
def test_an_open_century_is_read_young_and_marked(row):
    found, reasons, result = century(birth_date="21-Nov-14", **row)
    assert found == 2014
    assert "century_assumed" in reasons
    assert year_is_no_evidence(result.entries["birth_date_source"].astype(object)).tolist() == [
        True
    ]


def test_year_is_no_evidence_only_for_two_digits():
    texts = ["21/11/14", "1/2/14 10:00", "21-11-2014", "2014-11-21", "20141121", "", None]
    assert year_is_no_evidence(texts).tolist() == [True, True] + [False] * 5
