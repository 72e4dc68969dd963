"""Whom people keep apart once one of them has left, and who has changed their mind since."""

from __future__ import annotations

import csv
import datetime as dt
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from waitlist_merge.review.people import People, kept_apart
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.ruling import in_force, not_undone

with (Path(__file__).parent / "cases" / "kept_apart.csv").open(encoding="utf-8") as file:
    CASES = {case["id"]: case for case in csv.DictReader(file)}

FIRST, SECOND = dt.date(2026, 11, 16), dt.date(2026, 11, 23)
SPEAKS_OF = {
    "same need": ("patient", "pathway"),
    "different needs": ("patient", "pathway"),
    "same person": ("patient",),
    "different people": ("patient",),
    "cannot tell": ("patient",),
}
"""What each answer speaks of, where it is asked whether two are one person."""


def answered(said: str, names: tuple[str, ...] = ("E-1", "E-2")) -> list[AnswerRow]:
    """Answers in words, ``reviewer organisation answer`` or ``undo`` and the number of one."""
    rows = []
    for number, each in enumerate(filter(None, said.split("|")), 1):
        one, other, *rest = each.split(" ")
        undoes = f"A-{other}" if one == "undo" else ""
        who = {} if undoes else {"reviewer": one, "organisation": other}
        answer = " ".join(rest)
        rows.append(
            AnswerRow(f"A-{number}", "Q-1", "pathway", names, (0, 1), answer, undoes=undoes, **who)
        )
    return rows


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_who_said_what_last_keeps_two_apart_or_not(case):
    apart = kept_apart(not_undone(answered(case["said"])))
    assert [*apart] == ([("E-1", "E-2")] if case["apart"] == "yes" else []), case["why"]


spoken = st.tuples(
    st.sampled_from(["Ann", "Bob"]),
    st.sampled_from(
        ["same need", "same person", "different needs", "different people", "cannot tell"]
    ),
    st.permutations(["E-1", "E-2", "E-3"]),
    st.tuples(*[st.integers(0, 2)] * 3),
)


@given(st.lists(spoken, max_size=8))
def test_each_pair_is_apart_where_that_is_the_last_word_of_somebody(typed, said):
    names = ["E-1", "E-2", "E-3"]
    rows = [
        AnswerRow(f"A-{at}", "Q-1", "patient", tuple(order), sides, answer, reviewer=who)
        for at, (who, answer, order, sides) in enumerate(said)
    ]
    apart = set(kept_apart(rows))
    assert apart == {
        pair
        for pair in combinations(names, 2)
        if any(
            _parts(row, pair) and not _taken_back(row, rows[at + 1 :], pair)
            for at, row in enumerate(rows)
        )
    }
    entries = typed([{"organisation": "RM3"}] * 3).assign(entry_id=names)
    ruled = in_force(rows, entries)
    obeyed = [
        (names[a], names[b])
        for told in (ruled.patients, ruled.pathways)
        for a, b, joined in zip(told.a, told.b, told.joined, strict=True)
        if not joined
    ]
    assert apart == set(obeyed), "one rule for who is listed and who has left"


def _across(row: AnswerRow, pair: tuple[str, str]) -> bool:
    one, other = (row.sides[row.entry_ids.index(name)] for name in pair)
    return one != other


def _parts(row: AnswerRow, pair: tuple[str, str]) -> bool:
    return row.answer.startswith("different") and _across(row, pair)


def _taken_back(row: AnswerRow, later: list[AnswerRow], pair: tuple[str, str]) -> bool:
    level = "pathway" if row.answer == "different needs" else "patient"
    return any(
        each.reviewer == row.reviewer and level in SPEAKS_OF[each.answer] and _across(each, pair)
        for each in later
    )


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Ann RM3 different needs", ["RM3"]),
        ("Ann RM3 different needs|Ann RM3 same need", []),
        ("Ann RM3 different needs|Bob RM3 same need", ["RM3"]),
    ],
)
def test_who_closed_by_agreement_is_asked_about_only_while_somebody_parts_the_two(
    monday, said, asked
):
    """One need at two organisations; one closes its row, the other keeps the patient."""
    person = {
        "family_name": "Okafor",
        "given_name": "Sato",
        "treatment_function_code": "110",
        "referral_date": "2026-01-05",
        "rtt_start_date": "2026-01-05",
        "rtt_status": "20",
    }
    closes, keeps, another = (
        person
        | {
            "organisation": code,
            "local_patient_identifier": f"{code}{number}",
            "nhs_number": number,
            "birth_date": f"195{number[-1]}-05-03",
        }
        for code, number in (("RM3", "9990000018"), ("RW3", "9990000018"), ("RM3", "9990000026"))
    )
    first = monday([closes, keeps, another], FIRST, joined=[(0, 1)])
    names = tuple(first.entries["entry_id"][:2])
    people = People(apart=kept_apart(answered(said, names)))
    last = first.ended.snapshot
    second = monday([keeps, another], SECOND, last, people=people)
    assert second.ended.unaccounted["organisations"].tolist() == asked


def test_who_was_handed_on_is_asked_about_once_somebody_parts_the_two(monday):
    """Both sides are listed elsewhere under the identifier; a person says the left is another."""
    said = {
        "family_name": "Okafor",
        "given_name": "Sato",
        "nhs_number": "9990000018",
        "birth_date": "1958-05-03",
        "treatment_function_code": "110",
        "referral_date": "2026-01-05",
        "rtt_start_date": "2026-01-05",
        "rtt_status": "20",
        "patient_pathway_identifier": "X0012345",
        "pathway_identifier_issuer": "RM3",
    }
    other = {
        "organisation": "RM3",
        "local_patient_identifier": "H7",
        "family_name": "Nowak",
        "nhs_number": "9990000026",
        "treatment_function_code": "502",
        "rtt_start_date": "2026-05-05",
        "rtt_status": "20",
    }
    sends, receives = (
        [{"organisation": code, "laterality": side} | said for side in ("left", "right")]
        for code in ("RM3", "RW3")
    )
    first = monday([*sends, other], FIRST)
    second = monday([*receives, other], SECOND, first.ended.snapshot)
    assert second.ended.unaccounted.empty
    names = (first.entries["entry_id"][0], second.entries["entry_id"][0])
    people = People(apart=kept_apart(answered("Ann RM3 different needs", names)))
    third = monday(
        [*receives, other], SECOND + dt.timedelta(weeks=1), second.ended.snapshot, people=people
    )
    assert third.ended.unaccounted["entry_ids"].tolist() == [names[0]]
