"""What a notebook may give to merge, and the one line that says what else to give."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.intake.accept import as_date

DAY = date(2026, 11, 15)


@pytest.mark.parametrize(
    "given",
    [
        DAY,
        datetime(2026, 11, 15, 23, 59),  # noqa: DTZ001
        pd.Timestamp("2026-11-15 23:59"),
        np.datetime64("2026-11-15"),
        np.datetime64("2026-11-15T23:59:59.5", "ns"),
        "2026-11-15",
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_day_is_a_day_whatever_holds_it(given):
    assert as_date(given) == DAY
    assert type(as_date(given)) is date


@pytest.mark.parametrize("given", [20261115, 1.5, pd.NaT, np.datetime64("NaT"), "soon", [DAY]])
def test_what_is_no_day_is_a_configuration_error(given):
    with pytest.raises(wm.ConfigError, match="is not a date; write it as YYYY-MM-DD"):
        wm.merge([], census_date=given)


@pytest.mark.parametrize("given", [["a.csv"], "a.csv", [pd.DataFrame({"DOB": ["1971-05-03"]})]])
def test_what_is_no_extract_is_an_input_error(given):
    with pytest.raises(wm.InputError, match=r"read_extract.*merge_files"):
        wm.merge(given, census_date=DAY)


def test_one_extract_that_is_not_in_a_list_is_said():
    extract = wm.Extract.from_frame(
        pd.DataFrame({"NHS number": ["9990000018"], "DOB": ["1971-05-03"]}), organisation="RM3"
    )
    with pytest.raises(wm.InputError, match="a list of extracts"):
        wm.merge(extract, census_date=DAY)
