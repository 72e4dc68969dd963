"""The order to work from: what comes before what, against a slow sort, whatever the rows' order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.combined.clocks import THRESHOLDS
from waitlist_merge.combined.numbers import whole
from waitlist_merge.combined.ordering import in_order
from waitlist_merge.reasons import ListState
from waitlist_merge.schema import TABLES

RTT = ("open", "unclear", "unbooked_referral")
STAMP = np.datetime64("2026-12-01", "s")

ROW = st.fixed_dictionaries(
    {
        "suspected_cancer": st.sampled_from([False, False, False, True]),
        "priority_code": st.sampled_from([None, None, "P1a", "P1b", "P2", "P3", "P4", "P5", "P6"]),
        "priority_type": st.sampled_from([None, None, "1", "2", "3"]),
        "diagnostic_priority": st.sampled_from([None, None, None, "D1", "D2", "D4"]),
        "list_state": st.sampled_from([*RTT, "planned", "diagnostic", "not_rtt"]),
        "waited": st.none() | st.sampled_from([0, 1, 125, 126, 127, 364, 728, 729, 900]),
        "tci": st.booleans(),
        "appointment": st.booleans(),
    }
)


def filled(rows: list[dict]) -> dict[str, object]:
    """The columns of the combined list that say these things; the others say nothing."""
    empty = np.zeros(len(rows), dtype=np.int8)
    columns: dict[str, object] = {column.name: empty for column in TABLES["combined_list"]}
    for name in ("priority_code", "priority_type", "diagnostic_priority"):
        columns[name] = pd.Categorical([row[name] for row in rows])
    states = [str(state) for state in ListState]
    columns["list_state"] = pd.Categorical([row["list_state"] for row in rows], states)
    columns["suspected_cancer"] = np.array([row["suspected_cancer"] for row in rows], dtype=bool)
    waits = [row["waited"] if row["list_state"] in RTT else None for row in rows]
    there = np.array([each is not None for each in waits], dtype=bool)
    columns["days_waiting"] = whole(np.array([each or 0 for each in waits]), there)
    ahead = [next((weeks for weeks in THRESHOLDS if (each or 0) <= weeks * 7), 0) for each in waits]
    columns["next_threshold_weeks"] = whole(np.array(ahead), there & (np.array(ahead) > 0))
    for name, said in (("tci_date", "tci"), ("next_appointment_date", "appointment")):
        columns[name] = np.array([STAMP if row[said] else "NaT" for row in rows], "datetime64[s]")
    columns["pathway_id"] = np.array([row["id"] for row in rows], dtype=object)
    return columns


def ordered(rows: list[dict]) -> pd.DataFrame:
    place = np.argsort(np.argsort([row["id"] for row in rows]))
    return in_order(filled(rows), place.astype(np.int64))


def slow_key(row: dict) -> tuple:
    """What the rule says, one thing after the other."""
    code, kind, test = row["priority_code"], row["priority_type"], row["diagnostic_priority"]
    first = row["suspected_cancer"] or code in ("P1a", "P1b") or test == "D1"
    second = code == "P2" or kind == "2" or test == "D2"
    clocked = row["list_state"] in RTT
    waited = row["waited"] if clocked else None
    if not clocked or row["tci"] or row["appointment"]:
        left = 10**6
    elif waited is None:
        left = 0
    else:
        left = next((weeks * 7 - waited for weeks in THRESHOLDS if waited <= weeks * 7), 0)
    stated = any((code, kind, test))
    return (0 if first else 1 if second else 2, left, -(waited or 0), stated, row["id"])


@given(st.lists(ROW, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_is_that_of_a_slow_sort_whatever_the_order_of_rows(rows, shuffler):
    named = [row | {"id": f"W-{number:02}"} for number, row in enumerate(rows)]
    told = ordered(named)
    assert told["pathway_id"].tolist() == [row["id"] for row in sorted(named, key=slow_key)]
    assert told["order"].tolist() == list(range(1, len(rows) + 1))
    assert told["order_key"].is_monotonic_increasing
    shuffler.shuffle(named)
    pd.testing.assert_frame_equal(
        ordered(named).astype({"list_state": object}).drop(columns=SCALES),
        told.astype({"list_state": object}).drop(columns=SCALES),
    )


SCALES = ["priority_code", "priority_type", "diagnostic_priority"]
"""Their categories come in the order of the rows; what they hold is in the key."""

PLAIN = {
    "suspected_cancer": False,
    "priority_code": None,
    "priority_type": None,
    "diagnostic_priority": None,
    "list_state": "open",
    "waited": 100,
    "tci": False,
    "appointment": False,
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"priority_type": "1"}),
        ({}, {"priority_code": "P4"}),
        ({}, {"priority_code": "P3", "priority_type": "1"}),
        ({"waited": 101, "priority_code": "P5"}, {"waited": 100, "priority_type": "1"}),
        ({"waited": 101, "priority_code": "P6"}, {"waited": 100}),
        ({"waited": 0, "priority_code": "P2"}, {"waited": 900}),
        ({"waited": 0, "diagnostic_priority": "D1", "list_state": "diagnostic"}, {"waited": 900}),
        ({"waited": 0, "suspected_cancer": True}, {"priority_code": "P2"}),
        ({"waited": None}, {"waited": 120}),
        ({"waited": 900}, {"waited": 729}),
        ({"waited": 120}, {"waited": 300}),
        ({"waited": 1}, {"waited": 125, "tci": True}),
        ({"waited": 1}, {"waited": 125, "appointment": True}),
        ({"waited": 1, "tci": True, "priority_code": "P1a"}, {"waited": 900}),
    ],
)
def test_what_comes_before_what(before, after):
    for names in (("W-01", "W-02"), ("W-02", "W-01")):
        rows = [PLAIN | after | {"id": names[1]}, PLAIN | before | {"id": names[0]}]
        assert ordered(rows)["pathway_id"].tolist() == list(names)


def test_days_left_are_told_where_nothing_is_booked():
    rows = [
        PLAIN | {"id": "W-01", "waited": 100},
        PLAIN | {"id": "W-02", "waited": 126},
        PLAIN | {"id": "W-03", "waited": 900},
        PLAIN | {"id": "W-04", "waited": 100, "tci": True},
        PLAIN | {"id": "W-05", "waited": None},
        PLAIN | {"id": "W-06", "list_state": "planned"},
    ]
    told = ordered(rows[::-1]).set_index("pathway_id")["days_left"].sort_index()
    assert told.tolist()[:3] == [26, 0, 0]
    assert told.isna().tolist() == [False, False, False, True, True, True]
