"""What is given with a data frame is checked before it is used."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.errors import InputError
from waitlist_merge.intake.check import check_report
from waitlist_merge.intake.extract import Extract

FRAME = pd.DataFrame({"NHS No": ["999 000 0018"], "Date on list": ["3/2/26"]})
DAY = dt.date(2026, 11, 15)


@pytest.mark.parametrize(
    "given",
    [
        "2026-11-15",
        DAY,
        dt.datetime(2026, 11, 15, 9, 30),  # noqa: DTZ001
        pd.Timestamp("2026-11-15 09:30"),
        pd.Timestamp("2026-11-15", tz="Europe/London"),
        np.datetime64("2026-11-15"),
        np.datetime64("2026-11-15T09:30:00"),
    ],
)
def test_a_census_date_in_any_form_is_a_day(given):
    extract = Extract.from_frame(FRAME, organisation="RM3", census_date=given)
    assert type(extract.census_date) is dt.date
    assert extract.census_date == DAY


@pytest.mark.parametrize(
    "given", ["soon", "15/11/2026", "", 20261115, pd.NaT, np.datetime64("NaT")]
)
def test_no_date_is_refused_in_one_line(given):
    with pytest.raises(InputError, match="census_date is not a date") as caught:
        Extract.from_frame(FRAME, organisation="RM3", census_date=given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", ["R!!", "", "RM", "RM3 and RH8", 3])
def test_no_code_is_refused(given):
    with pytest.raises(InputError, match="organisation is no code"):
        Extract.from_frame(FRAME, organisation=given)


def test_a_code_is_in_capitals():
    assert Extract.from_frame(FRAME, organisation=" rm3").organisation == "RM3"


@pytest.mark.parametrize("cell", [["a"], {"a": 1}, ("a",), {"a"}, np.array(["a"])])
def test_nested_cells_are_refused(cell):
    frame = FRAME.assign(Surname=pd.Series([cell], dtype=object))
    with pytest.raises(InputError, match="Surname holds lists or mappings"):
        Extract.from_frame(frame, organisation="RM3")


def test_a_list_is_no_frame():
    with pytest.raises(InputError, match="DataFrame is needed, not a list"):
        Extract.from_frame([{"NHS No": "9990000018"}], organisation="RM3")


def test_a_check_says_that_the_day_is_missing():
    undated = Extract.from_frame(FRAME, organisation="RM3")
    dated = Extract.from_frame(FRAME, organisation="RM3", census_date=DAY)
    found = check_report([undated, dated])["findings"]
    assert [each["reason"] for each in found].count("census_unknown") == 1
