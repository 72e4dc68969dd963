"""What a merge loads and holds: no library that it has no use for, and nothing of size twice."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import waitlist_merge
from waitlist_merge import Extract, match_patients, merge
from waitlist_merge.plan import PatientPlan
from waitlist_merge.review import register

PERSON = {"NHS number": ["9990000018"], "DOB": ["3 May 1971"], "Surname": ["Okafor"]}


@pytest.fixture(scope="module")
def merged():
    lists = [
        Extract.from_frame(pd.DataFrame(PERSON | {"RTT start": [day]}), organisation=code)
        for code, day in (("RM3", "2026-03-02"), ("RW3", "2026-04-20"))
    ]
    return merge(lists, census_date="2026-11-15")


def test_databases_are_loaded_with_the_first_register():
    told = (
        "import sys, waitlist_merge; before = 'sqlalchemy' in sys.modules; "
        "waitlist_merge.Register; print(before, 'sqlalchemy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("module", [waitlist_merge, register], ids=["package", "register"])
def test_a_name_that_is_not_there_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match="has no attribute 'Unknown'"):
        module.Unknown  # noqa: B018


def test_a_value_set_in_one_empty_column_is_in_no_other(merged):
    entries = merged.entries.copy(deep=False)
    entries.loc[0, "planned_date"] = pd.Timestamp("2026-01-05")
    assert entries.notna().sum()[["planned_date", "removal_date", "tci_date"]].tolist() == [1, 0, 0]


def test_records_that_were_not_kept_are_coded_as_before(merged):
    match = match_patients(merged.entries, PatientPlan())
    again = match.without_records()
    assert "records" not in vars(again)
    pd.testing.assert_frame_equal(again.links, match.links)
    for field in dataclasses.fields(match.records):
        one, other = getattr(match.records, field.name), getattr(again.records, field.name)
        if isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, other)
        elif hasattr(one, "codes"):
            np.testing.assert_array_equal(one.codes, other.codes)
