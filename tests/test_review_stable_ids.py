"""Ids of groups stay: against a slow choice, and what must hold of any two groupings."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from hypothesis import given, settings, strategies as st

from waitlist_merge.id_letters import valid_id
from waitlist_merge.review.keys import Key
from waitlist_merge.review.stable_ids import Before, StableIds, id_changes, stable_ids

SIZE = 8
ENTRY = st.tuples(
    st.integers(0, 4),  # the group of now
    st.integers(0, 4),  # the group of then
    st.integers(1, 3),  # the run that gave that group its id
    st.booleans(),  # it waited
    st.booleans(),  # it says the same
    st.booleans(),  # it was there
)
ENTRIES = st.lists(ENTRY, min_size=1, max_size=SIZE)


def both_runs(entries) -> tuple[np.ndarray, list[str], Before]:
    """Groups of now numbered from 0, names, and the groups of then, each since its own run."""
    group = np.unique([now for now, *_ in entries], return_inverse=True)[1].astype(np.int32)
    names = [f"E-{at}" for at in range(len(entries))]
    position = np.array([at if each[5] else -1 for at, each in enumerate(entries)])
    before = Before(
        np.array([f"P-{then}" for _, then, *_ in entries], dtype=object),
        np.array([run for _, _, run, *_ in entries], dtype=np.int32),
        np.array([each[3] for each in entries]),
        position,
        np.array([each[4] for each in entries]),
    )
    return group, names, before


def slow_choice(group, names, before) -> dict[int, str]:
    """Each id goes to a group, the strongest claim first."""
    claims = defaultdict(lambda: [0, 0, -99, 0, ""])
    for at, number in enumerate(group):
        place = before.position[at]
        if place < 0:
            continue
        claim = claims[before.ids[place], int(number)]
        claim[0] += int(before.waited[place])
        claim[1] += 1
        claim[2] = max(claim[2], -int(before.since[place]))
        claim[3] += int(before.unchanged[at])
        claim[4] = min(claim[4] or names[at], names[at])
    since = {each: int(before.since[before.ids == each].min()) for each in set(before.ids)}
    order = sorted(
        claims.items(),
        key=lambda item: (
            *(-count for count in item[1][:4]),
            since[item[0][0]],
            item[0][0],
            item[1][4],
        ),
    )
    found: dict[int, str] = {}
    for (name, number), _ in order:
        if number not in found and name not in found.values():
            found[number] = name
    return found


@settings(max_examples=80)
@given(ENTRIES)
def test_ids_go_where_a_slow_choice_puts_them(entries):
    group, names, before = both_runs(entries)
    made = stable_ids("P", group, names, before, run=9)
    expected = slow_choice(group, names, before)
    for at, number in enumerate(group):
        if number in expected:
            assert made.ids[at] == expected[number]
        else:
            assert made.ids[at] not in set(before.ids)
            assert valid_id(made.ids[at])
        place = before.position[at]
        has_it = place >= 0 and before.ids[place] == made.ids[at]
        assert made.since[at] == (before.since[place] if has_it else 9)


@settings(max_examples=40)
@given(ENTRIES, st.randoms())
def test_what_holds_of_any_two_groupings(entries, random):
    group, names, before = both_runs(entries)
    made = stable_ids("P", group, names, before, run=9)
    assert len(set(made.ids)) == len(set(group)) == len(set(zip(made.ids, group, strict=True)))
    moved = {
        (before.ids[place], made.ids[at])
        for at, place in enumerate(before.position)
        if place >= 0 and before.ids[place] != made.ids[at]
    }
    assert set(zip(made.log["old_id"], made.log["new_id"], strict=True)) == moved
    assert made.log["entries"].sum() == sum(
        place >= 0 and before.ids[place] != made.ids[at] for at, place in enumerate(before.position)
    )
    order = np.array(random.sample(range(len(names)), len(names)))
    turned = Before(
        before.ids, before.since, before.waited, before.position[order], before.unchanged[order]
    )
    again = stable_ids("P", group[order], [names[at] for at in order], turned, run=9)
    assert again.ids.tolist() == made.ids[order].tolist()


@given(ENTRIES)
def test_the_same_groups_again_keep_their_ids(entries):
    group, names, _ = both_runs(entries)
    first = stable_ids("P", group, names, None, run=1)
    size = len(names)
    same = Before(first.ids, first.since, np.ones(size, bool), np.arange(size), np.ones(size, bool))
    again = stable_ids("P", group, names, same, run=2)
    assert again.ids.tolist() == first.ids.tolist()
    assert again.since.tolist() == [1] * size
    assert again.log.empty


def alone(ids: list[str], position: list[int]) -> Before:
    size = len(ids)
    return Before(
        np.array(ids, dtype=object),
        np.ones(size, np.int32),
        np.ones(size, bool),
        np.array(position),
        np.ones(len(position), bool),
    )


def test_an_id_without_entries_goes_on_with_its_key_alone():
    key = Key(np.array([5, -1]), np.array([5]), "The same number")
    made = stable_ids(
        "P", np.array([0, 1]), ["E-1", "E-2"], alone(["P-1"], [-1, -1]), run=2, also=[key]
    )
    assert made.ids[0] == "P-1" != made.ids[1]
    assert made.log.to_dict("records") == [
        {"event": "moved", "old_id": "P-1", "new_id": "P-1", "entries": 1, "why": "The same number"}
    ]


def test_a_key_that_two_have_tells_nobody():
    two = Key(np.array([5, 5]), np.array([5]), "The same number")
    made = stable_ids(
        "P", np.array([0, 1]), ["E-1", "E-2"], alone(["P-1"], [-1, -1]), run=2, also=[two]
    )
    assert "P-1" not in made.ids.tolist()
    of_two = Key(np.array([5, -1]), np.array([5, 5]), "The same number")
    then = alone(["P-1", "P-2"], [-1, -1])
    made = stable_ids("P", np.array([0, 1]), ["E-1", "E-2"], then, run=2, also=[of_two])
    assert not {"P-1", "P-2"} & set(made.ids)


def test_why_ids_were_merged_and_split():
    links = pd.DataFrame(
        {
            "a": [0, 2],
            "b": [1, 3],
            "joins": ["yes", "no"],
            "weight": [20.0, -9.0],
            "explanation": ["Same number", "Two birth dates"],
        }
    )
    ids = np.array(["P-1", "P-1", "P-3", "P-4"], dtype=object)
    before = alone(["P-1", "P-2", "P-3", "P-3"], [0, 1, 2, 3])
    told = id_changes(ids, before, links)
    assert told.to_dict("records") == [
        {"event": "merged", "old_id": "P-2", "new_id": "P-1", "entries": 1, "why": "Same number"},
        {
            "event": "split",
            "old_id": "P-3",
            "new_id": "P-4",
            "entries": 1,
            "why": "Two birth dates",
        },
    ]
    assert id_changes(ids, before)["why"].tolist() == [
        "An entry that ties them is new or changed",
        "Nothing ties them now",
    ]


def before_of(then: StableIds, unchanged: list[bool] | None = None) -> Before:
    """The same entries in the run before, all waiting; unchanged where it is not said."""
    yes = np.ones(len(then.ids), dtype=bool)
    same = yes if unchanged is None else np.array(unchanged)
    return Before(then.ids, then.since, yes, np.arange(len(yes)), same)


@settings(max_examples=80)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=SIZE), st.data())
def test_groups_that_are_joined_and_parted_again_have_their_own_ids(entries, data):
    """Whoever noted an id before two were joined by mistake means the same by it afterwards.

    Whichever rows were put right for it.
    """
    marks = st.lists(st.booleans(), min_size=len(entries), max_size=len(entries))
    names = [f"E-{at * 37 % 101}" for at in range(len(entries))]
    apart, together = (
        np.unique(each, return_inverse=True)[1].astype(np.int32)
        for each in (entries, [each % 3 for each in entries])
    )
    first = stable_ids("P", apart, names, None, run=1)
    joined = stable_ids("P", together, names, before_of(first), run=2)
    assert set(joined.ids) <= set(first.ids)
    still = stable_ids("P", together, names, before_of(joined, data.draw(marks)), run=3)
    assert still.ids.tolist() == joined.ids.tolist()
    parted = stable_ids("P", apart, names, before_of(still, data.draw(marks)), run=4)
    assert parted.ids.tolist() == first.ids.tolist()
