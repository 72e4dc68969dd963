"""Which entries of the last run answer for each other, beside a slow obvious oracle."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.review.units import are_pairs, positions_of, units

NAMES = [f"E-{at}" for at in range(7)]
CERTAIN = ("single", "shown", "confirmed_duplicate", "unreadable")
ROW = st.fixed_dictionaries(
    {
        "pathway_id": st.sampled_from(["W-1", "W-2"]),
        "left_date": st.sampled_from([None, pd.Timestamp("2026-11-16")]),
        "departure": st.sampled_from([None, "still_listed", "agreed", "moved", "unexplained"]),
        "moved_to": st.sampled_from([None, None, "E-9"]),
        "pathway_confidence": st.sampled_from(["certain", "certain", "probable"]),
        "outcome": st.sampled_from([*CERTAIN, "proposed_duplicate"]),
    }
)
PAIRS = st.lists(
    st.lists(st.sampled_from([*NAMES, "E-9"]), min_size=2, max_size=2, unique=True).map(tuple),
    max_size=5,
)


def oracle(
    rows: list[dict[str, object]], joined: list[tuple[str, str]], released: list[tuple[str, str]]
) -> set[frozenset[str]]:
    known = dict(zip(NAMES, rows, strict=True))
    elsewhere = ("still_listed", "agreed")
    listed = {
        name
        for name, row in known.items()
        if row["left_date"] is None or row["departure"] in elsewhere
    }
    by_people: set[str] = set()
    for one, other in joined:
        if one in known and other in known and {one, other} & listed:
            same = known[one]["pathway_id"] == known[other]["pathway_id"]
            by_people |= {one, other} if same else set()
    listed |= by_people

    def sure(name: str) -> bool:
        row = known[name]
        alone = row["moved_to"] is None and row["pathway_confidence"] == "certain"
        return row["outcome"] in CERTAIN and (name in listed or alone)

    def tied(one: str, other: str) -> bool:
        return (
            sure(one)
            and sure(other)
            and known[one]["pathway_id"] == known[other]["pathway_id"]
            and (one in listed) == (other in listed)
            and (one, other) not in released
            and (other, one) not in released
        )

    parts = [{name} for name in NAMES]
    for one, other in combinations(NAMES, 2):
        if tied(one, other):
            mine, theirs = (next(part for part in parts if name in part) for name in (one, other))
            if mine is not theirs:
                parts.remove(theirs)
                mine |= theirs
    return {frozenset(part) for part in parts}


@settings(max_examples=80)
@given(st.lists(ROW, min_size=7, max_size=7), PAIRS, PAIRS)
def test_entries_of_one_certain_need_answer_for_each_other(rows, joined, released):
    last = pd.DataFrame(rows).assign(entry_id=NAMES)
    last["left_date"] = pd.to_datetime(last["left_date"])
    unit = units(last, joined, released)
    names = np.array(NAMES)
    found = {frozenset(names[unit == each].tolist()) for each in unit}
    assert found == oracle(rows, joined, released)


@settings(max_examples=30)
@given(PAIRS)
def test_pairs_are_found_by_name_whichever_comes_first(pairs):
    ends = positions_of(pairs, np.array(NAMES))
    found = {(NAMES[a], NAMES[b]) for a, b in zip(*ends, strict=True)}
    assert found == {pair for pair in pairs if "E-9" not in pair}
    one, other = (
        np.array(ends, dtype=object) for ends in zip(*combinations(NAMES, 2), strict=True)
    )
    assert are_pairs(one, other, pairs).tolist() == [
        (a, b) in pairs or (b, a) in pairs for a, b in combinations(NAMES, 2)
    ]


@pytest.mark.parametrize("turn", [False, True])
def test_a_pair_that_is_said_either_way_is_one(turn):
    said = ("E-2", "E-1") if turn else ("E-1", "E-2")
    assert are_pairs(np.array(["E-1"], object), np.array(["E-2"], object), [said]).tolist() == [
        True
    ]


def test_three_that_people_no_longer_join_answer_each_for_itself():
    three = pd.DataFrame({"entry_id": NAMES[:3], "pathway_id": "W-1", "outcome": "shown"}).assign(
        left_date=pd.NaT, departure=None, moved_to=None, pathway_confidence="certain"
    )
    assert len(set(units(three))) == 1
    assert len(set(units(three, released=[*combinations(NAMES[:3], 2)]))) == 3
