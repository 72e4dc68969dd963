"""A list that is not as expected stops the run, with one line and the switch that accepts it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.errors import InputError
from waitlist_merge.review.arrivals import Allowed, Arrivals, arrivals
from waitlist_merge.review.snapshot import ENTRY_COLUMNS, Snapshot

MONDAY = dt.date(2026, 11, 16)


def sent(day: dt.date = MONDAY, **numbers: range) -> pd.DataFrame:
    rows = [(code, f"H{at}") for code, some in numbers.items() for at in some]
    frame = pd.DataFrame(rows, columns=["organisation", "local_patient_identifier"])
    return frame.astype("category").assign(extract_census_date=np.datetime64(day, "s"))


def known(**numbers: range) -> Snapshot:
    rows = sent(**numbers)
    counted = rows["organisation"].value_counts()
    extracts = pd.DataFrame(
        {
            "organisation": counted.index.astype(str),
            "census_date": np.datetime64(MONDAY, "s"),
            "rows": counted.to_numpy(),
        }
    )
    entries = rows.reindex(columns=list(ENTRY_COLUMNS))
    entries = entries.assign(left_date=np.datetime64("NaT", "s"))
    return Snapshot(1, MONDAY, entries, extracts)


NEXT = MONDAY + dt.timedelta(weeks=1)
LAST = known(RM3=range(100), RW3=range(50))
CASES = {
    "absent": (sent(NEXT, RM3=range(100)), "RW3", "no list came"),
    "fewer": (sent(NEXT, RM3=range(79), RW3=range(50)), "RM3", "21% fewer than the 100"),
    "renumbered": (sent(NEXT, RM3=range(100), RW3=range(26, 76)), "RW3", "26 of its 50"),
    "older": (
        sent(MONDAY - dt.timedelta(days=1), RM3=range(100), RW3=range(50)),
        "RM3",
        "older than the one of the last run, 2026-11-16",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_each_guard_stops_the_run_and_names_its_switch(kind):
    entries, code, why = CASES[kind]
    with pytest.raises(InputError) as caught:
        arrivals(entries, LAST)
    (line,) = [each for each in str(caught.value).splitlines() if each.startswith(f"{code}:")]
    assert why in line
    assert line.endswith(f"with --allow-{kind} {code}")
    allowed = Allowed(**{kind: ("rm3", "RW3")})
    found = arrivals(entries, LAST, allowed=allowed)
    assert code in getattr(found, kind)


@pytest.mark.parametrize("last", [LAST, None], ids=["later", "first run"])
@pytest.mark.parametrize("kind", CASES)
def test_a_code_of_no_list_is_not_passed_by(kind, last):
    entries = sent(NEXT, RM3=range(100), RW3=range(50))
    with pytest.raises(InputError, match="those known are RM3, RW3;") as caught:
        arrivals(entries, last, allowed=Allowed(**{kind: ("RM3", "qqq")}))
    (line,) = str(caught.value).splitlines()
    assert line.startswith("QQQ: no list is or was of this organisation")
    assert line.endswith(f"--allow-{kind} QQQ")


def test_a_code_that_is_expected_or_has_closed_is_known():
    entries = sent(NEXT, RM3=range(100))
    allowed = Allowed(absent=("RW3", "RA1", "RXL"))
    told = arrivals(entries, LAST, expected=["ra1"], allowed=allowed, retired=["RXL"])
    assert told.absent == ("RA1", "RW3")


def test_all_lists_are_told_together():
    with pytest.raises(InputError) as caught:
        arrivals(sent(NEXT, RM3=range(200, 250)), LAST)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["RW3", "RM3", "RM3"]


@pytest.mark.parametrize(
    "entries",
    [
        sent(NEXT, RM3=range(80), RW3=range(50)),
        sent(NEXT, RM3=range(100), RW3=range(25, 75)),
        sent(NEXT, RM3=range(300), RW3=range(50), RXL=range(9)),
    ],
    ids=["a fifth fewer", "half of the numbers new", "more, and a new organisation"],
)
def test_what_is_not_over_the_line_does_not_stop(entries):
    if len(entries) > 300:
        with pytest.raises(InputError, match="200 of its 300"):
            arrivals(entries, LAST)
    else:
        assert arrivals(entries, LAST) == Arrivals()


def test_a_few_rows_are_no_share():
    assert arrivals(sent(NEXT, RM3=range(1)), known(RM3=range(4))) == Arrivals()


def test_the_first_run_has_nothing_to_compare_with():
    assert arrivals(sent(RM3=range(3)), None) == Arrivals()


def test_a_list_of_the_same_day_is_told_of_and_does_not_stop():
    assert arrivals(sent(RM3=range(100), RW3=range(50)), LAST).same_day == ("RM3", "RW3")


def test_numbers_of_those_who_left_are_no_new_ones():
    left = LAST.entries.assign(
        left_date=pd.to_datetime(["2026-11-16"] * 150).astype("datetime64[s]")
    )
    gone = Snapshot(1, MONDAY, left, LAST.extracts)
    assert arrivals(sent(NEXT, RM3=range(100), RW3=range(50)), gone) == Arrivals()


def test_no_message_holds_a_number_of_a_patient():
    for entries, *_ in CASES.values():
        with pytest.raises(InputError) as caught:
            arrivals(entries, LAST)
        assert "H1" not in str(caught.value)
