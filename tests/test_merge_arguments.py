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


def test_files_may_be_paths_and_say_whose_they_are(tmp_path):
    """As a notebook gives them: a text as on the command line, or a Path."""
    lists = {"RM3": "9990000018", "RW3": "9990000026"}
    for code, number in lists.items():
        rows = pd.DataFrame({"NHS number": [number], "DOB": ["1971-05-03"], "Hospital": [code]})
        rows.to_csv(tmp_path / f"{code} list.csv", index=False)
    files = [f"RM3={tmp_path}/RM3 list.csv", tmp_path / "RW3 list.csv"]
    result = wm.merge_files(files, census_date=DAY)
    assert sorted(result.entries["organisation"]) == ["RM3", "RW3"]
    for one in files:
        with pytest.raises(wm.InputError, match="merge_files takes a list of files"):
            wm.merge_files(one, census_date=DAY)


def extract_of(name: str) -> wm.Extract:
    row = {"NHS number": ["9990000018"], "Surname": [name], "Hospital no": ["7"]}
    return wm.Extract.from_frame(pd.DataFrame(row), organisation="RM3")


def test_one_view_is_named_as_it_is_and_a_format_is_one_that_there_is(tmp_path):
    result = wm.merge([extract_of("Okafor")], census_date=DAY)
    written = result.save_views(tmp_path / "views", "RM3", tables="csv", workbook=False)
    assert [path.name for path in written] == ["RM3"]
    with pytest.raises(ValueError, match="tables is 'xls'; write csv, parquet or both"):
        result.save(tmp_path / "out", tables="xls")
    assert not (tmp_path / "out").exists()


def test_a_result_shows_no_patient():
    result = wm.merge([extract_of("Okafor")], census_date=DAY)
    shown = repr(result)
    assert shown.startswith("<MergeResult: entries 1, patients 1, needs that wait 1")
    assert "\n" not in shown
    assert not [value for value in ("9990000018", "Okafor") if value in shown]
