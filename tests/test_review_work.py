"""Work on groups against the lists: closed in words, gone too early, overdue.

``tests/cases/work.csv``: ``entries`` are ``name:organisation``, with ``-`` where it has left, and
then how that is explained;
``steps`` are separated by ``/``; ``faults`` are ``fault:organisation``, ``none`` where the group is
told no longer. The lists are of 13 November 2026, the run is of the 15th.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from waitlist_merge.review.rows import WorkRow
from waitlist_merge.review.work import (
    State,
    agreed_to_close,
    groups_of,
    read_state,
    work_against_lists,
)

CASES = [
    *csv.DictReader((Path(__file__).parent / "cases" / "work.csv").read_text("utf-8").splitlines())
]
STEP = re.compile(r"(\S+) (.*?)(?: owner (\w+))?(?: due (\S+))?$")
LISTED, RUN = date(2026, 11, 13), date(2026, 11, 15)


def known(text: str) -> pd.DataFrame:
    rows = [re.fullmatch(r"(\w+):(\w+)(-?)(\w*)", each).groups() for each in text.split()]
    left = pd.to_datetime([RUN if gone else None for _, _, gone, _ in rows])
    frame = pd.DataFrame(rows, columns=["entry_id", "organisation", "gone", "departure"])
    number = "N" + frame["entry_id"]
    return frame.assign(left_date=left, local_patient_identifier=number, pathway_id="W-1")


def steps_of(text: str, names: tuple[str, ...]) -> list[WorkRow]:
    found = []
    for number, step in enumerate(text.split(" / ")):
        day, said, owner, due = STEP.match(step).groups()
        state, named = read_state(said)
        found.append(
            WorkRow(
                f"K-{number}",
                "Q-1",
                names,
                said,
                keeps=named if state == State.AGREED else "",
                owner=owner or named,
                due=date.fromisoformat(due) if due else None,
                said_on=date.fromisoformat(day),
            )
        )
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_work_is_told_as_the_lists_say(case):
    entries = known(case["entries"])
    steps = steps_of(case["steps"], tuple(entries["entry_id"]))
    census = dict.fromkeys(entries["organisation"], LISTED)
    told = work_against_lists(steps, entries, census, run_date=RUN)
    if case["faults"] == "none":
        assert told.empty, case["why"]
        return
    found = [f"{row.fault}:{row.detail}" for row in told.itertuples() if row.fault]
    assert " ".join(found) == case["faults"], case["why"]
    *_, last = sorted(steps, key=lambda step: step.said_on)
    assert set(told["state"]) == {last.state}


def test_steps_on_two_of_the_same_entries_are_of_one_group():
    rows = [
        WorkRow("K-1", "Q-1", ("a", "b"), "new"),
        WorkRow("K-2", "Q-2", ("c", "d"), "new"),
        WorkRow("K-3", "Q-3", ("a", "b", "c"), "with RM3", owner="RM3"),
        WorkRow("K-4", "Q-4", ("c", "e"), "new"),
    ]
    assert [[row.work_id for row in group] for group in groups_of(rows)] == [
        ["K-2"],
        ["K-1", "K-3"],
        ["K-4"],
    ]


def test_work_names_the_needs_and_hospital_numbers_of_its_entries_be_they_gone():
    entries = known("a:RM3- b:RW3 c:RX1").assign(pathway_id=["W-2", "W-1", "W-9"])
    steps = steps_of("2026-11-02 with RM3", ("a", "b", "unknown"))
    told = work_against_lists(steps, entries, {}, run_date=RUN)
    assert set(told["pathway_ids"]) == {"W-1;W-2"}
    assert set(told["hospital_numbers"]) == {"RM3 Na; RW3 Nb"}
    nobody = work_against_lists(steps_of("2026-11-02 new", ("x", "y")), entries, {}, run_date=RUN)
    assert nobody[["pathway_ids", "hospital_numbers"]].to_numpy().tolist() == [["", ""]]


def test_the_steps_of_groups_that_become_one_are_in_the_order_in_which_they_were_told():
    told = ((2, "ab"), (3, "cd"), (5, "cd"), (9, "abcd"), (4, "ab"))
    rows = [
        WorkRow(f"K-{day}", "Q-1", tuple(names), "new", said_on=date(2026, 11, day))
        for day, names in told
    ]
    [steps] = groups_of(rows)
    assert [row.work_id for row in steps] == ["K-2", "K-3", "K-4", "K-5", "K-9"]


def test_what_is_to_be_closed_is_of_the_others_than_the_keeper():
    entries = known("a:RM3 b:RW3- c:RX1")
    steps = steps_of("2026-11-02 agreed: RM3 keeps", ("a", "b", "c"))
    assert agreed_to_close(steps, entries) == {"b", "c"}
    assert agreed_to_close(steps_of("2026-11-02 with RM3", ("a", "b")), entries) == frozenset()


def test_work_that_began_after_the_run_is_of_no_age():
    entries = known("a:RM3 b:RW3")
    steps = steps_of("2026-11-18 with RM3", ("a", "b"))
    assert work_against_lists(steps, entries, {}, run_date=RUN)["age_days"].tolist() == [0]
