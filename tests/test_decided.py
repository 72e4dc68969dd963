"""What people decide beats the engine: joined pairs are one, pairs kept apart are two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.decided import (
    NONE,
    Decided,
    contradicted,
    obeyable,
    one_by_decision,
    overridden,
)
from waitlist_merge.pathways import match_pathways
from waitlist_merge.patients import explain_patients, match_patients
from waitlist_merge.plan import MergePlan

SIZE = 6
RUN = dt.date(2026, 11, 15)
PAIR = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda p: p[0] < p[1])
SAID = st.dictionaries(PAIR, st.booleans(), max_size=6)
PERSON = {
    "nhs_number": ["4123456014", "4123535208", None],
    "organisation": ["RM3", "RW3"],
    "family_name": ["Thornbury", "Okonkwo"],
    "given_name": ["Rosalind", "Ronald"],
    "birth_date": ["1957-03-08", "1985-03-18"],
    "postcode": ["LS6 2AB", None],
    "treatment_function_code": ["110", "130"],
    "procedure_code": ["W371", "C751", None],
    "laterality": ["left", "right", None],
    "rtt_start_date": ["2026-01-05", "2026-05-06"],
    "rtt_status": ["20"],
}
ROW = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in PERSON.items()})
ROWS = st.lists(ROW, min_size=SIZE, max_size=SIZE)


def decided(said: dict[tuple[int, int], bool], who: Iterable[str] = ()) -> Decided:
    pairs = np.array(sorted(said), dtype=np.int32).reshape(-1, 2)
    joined = np.array([said[pair] for pair in sorted(said)], dtype=bool)
    return Decided(pairs[:, 0], pairs[:, 1], joined, list(who))


def reached(said: dict[tuple[int, int], bool], start: int) -> set[int]:
    """All that decisions to join tie to an entry, by plain search."""
    found = {start}
    for _ in range(SIZE):
        found |= {b for a, b in said if said[a, b] and a in found}
        found |= {a for a, b in said if said[a, b] and b in found}
    return found


@given(SAID)
def test_joins_that_meet_a_pair_kept_apart_are_contradicted(said):
    found = contradicted(decided(said), SIZE)
    for (a, b), broken in zip(sorted(said), found, strict=True):
        apart = [pair for pair in said if not said[pair] and set(pair) <= reached(said, a)]
        assert broken == (said[a, b] and bool(apart))


@given(SAID)
def test_decisions_that_are_obeyed_contradict_each_other_nowhere(said):
    left = obeyable(decided(said), SIZE)
    part = one_by_decision(left, SIZE)
    assert (part[left.a] == part[left.b]).tolist() == left.joined.tolist()


def test_an_overridden_bar_falls_only_for_what_links_to_the_other_entry():
    """0 and 1 are joined over bar 3; 2 links to 0, 3 to 1, 4 to neither, 5 to 2 alone."""
    pairs = {
        (0, 1): 3, (0, 2): 0, (1, 2): 3, (1, 3): 0, (2, 3): 3, (0, 3): 7, (0, 4): 3, (1, 4): 3,
        (2, 5): 0, (1, 5): 3,
    }  # fmt: skip
    a, b = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    bar = np.array([*pairs.values()], dtype=np.int8)
    part = np.array([0, 0, 1, 2, 3, 4], dtype=np.int32)
    falls = overridden(a, b, bar, bar == 0, part)
    assert {pair for pair, yes in zip(pairs, falls, strict=True) if yes} == {(1, 2), (2, 3)}


@settings(max_examples=25)
@given(rows=ROWS, people=SAID, needs=SAID)
def test_whatever_the_evidence_people_are_obeyed(typed, rows, people, needs):
    entries = typed(rows).assign(extract_census_date=pd.Timestamp(RUN).as_unit("s"))
    match = match_patients(entries, decided=decided(people))
    obeyed = obeyable(decided(people), SIZE)
    assert ((match.group[obeyed.a] == match.group[obeyed.b]) == obeyed.joined).all()
    plain = match_pathways(entries, match, plan=MergePlan(), run_date=RUN)
    pathways = match_pathways(
        entries, match, plan=MergePlan(), run_date=RUN, decided=decided(needs)
    )
    within = {pair: yes for pair, yes in needs.items() if len(set(match.group[[*pair]])) == 1}
    if not within:
        assert (pathways.group == plain.group).all()
    obeyed = obeyable(decided(within), SIZE)
    assert ((pathways.group[obeyed.a] == pathways.group[obeyed.b]) == obeyed.joined).all()
    for links, said in ((match.links, obeyable(decided(people), SIZE)), (pathways.links, obeyed)):
        told = links.set_index(["a", "b"])
        for a, b, joined in zip(said.a, said.b, said.joined, strict=True):
            row = told.loc[(a, b)]
            expected = ("yes", "certain", "") if joined else ("no", "", "decided_apart")
            assert (row["joins"], row["confidence"], row["veto"]) == expected
            assert row["explanation"].startswith("People have said: ")


@settings(max_examples=10)
@given(rows=ROWS, said=SAID, order=st.permutations(range(SIZE)))
def test_order_of_rows_changes_no_decided_group(typed, rows, said, order):
    entries = typed(rows)
    moved = entries.iloc[list(order)].reset_index(drop=True)
    place = np.argsort(order)
    there = {tuple(sorted(place[list(pair)].tolist())): yes for pair, yes in said.items()}
    one = match_patients(entries, decided=decided(said)).group
    other = match_patients(moved, decided=decided(there)).group[place]
    assert (one[:, None] == one).tolist() == (other[:, None] == other).tolist()


@pytest.fixture(scope="module")
def two_numbers(typed):
    """One woman under two NHS numbers: twice under the first, once under the second."""
    person = {"family_name": "Thornbury", "given_name": "Rosalind", "birth_date": "1957-03-08",
              "postcode": "LS6 2AB", "nhs_number_status": "01"}  # fmt: skip
    return typed(
        [
            person | {"nhs_number": number, "organisation": where, "referral_date": day}
            for number, where, day in (
                ("4123456014", "RM3", "2026-01-05"),
                ("4123535208", "RW3", "2026-02-05"),
                ("4123456014", "RX1", "2026-03-05"),
                ("4123535208", "RX1", "2026-04-05"),
            )
        ]
    )


def test_two_numbers_that_people_have_joined_are_one_for_their_other_entries_too(two_numbers):
    assert len(set(match_patients(two_numbers).group.tolist())) == 2
    joined = decided({(0, 1): True}, ["RM3 12 Nov 2026"])
    match = match_patients(two_numbers, decided=joined)
    assert len(set(match.group.tolist())) == 1
    link = match.links.set_index(["a", "b"]).loc[(0, 1), "explanation"]
    assert link.startswith("People have said: one person (RM3 12 Nov 2026); ")
    assert match.questions.empty
    why = explain_patients(match, 0, 1)
    assert why.outcome.startswith("One person, as people have said, with ")
    assert why.outcome.endswith("over: Two different valid NHS numbers")


def test_groups_that_people_keep_apart_are_not_asked_about_again(two_numbers):
    before = match_patients(two_numbers)
    assert len(before.questions) == 1
    after = match_patients(two_numbers, decided=decided({(0, 1): False}))
    assert (after.group == before.group).all()
    assert after.questions.empty
    assert after.links["veto"].tolist().count("decided_apart") == 1


def test_what_people_keep_apart_a_shared_number_does_not_join(two_numbers):
    match = match_patients(two_numbers, decided=decided({(0, 2): False}))
    assert match.group[0] != match.group[2]
    assert explain_patients(match, 0, 2).veto == "decided_apart"
    assert explain_patients(match, 0, 1).decided is False


def test_nothing_decided_changes_nothing(two_numbers):
    plain, same = match_patients(two_numbers), match_patients(two_numbers, decided=NONE)
    assert plain.links.equals(same.links)
