"""What each question shows, in which order it is asked, and what its answers will do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.reasons import Relation, Veto
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.parts import Parts
from waitlist_merge.review.questions import doubt
from waitlist_merge.review.ruling import Rulings
from waitlist_merge.review.settling import BY_VETO, effects, settling_fact, who_is_asked
from waitlist_merge.review.spoken import RULED
from waitlist_merge.review.states import states


def test_doubt_is_greatest_where_yes_and_no_are_as_likely_and_same_either_way():
    weights = pd.DataFrame({"weight": [0.0, 3.0, -3.0, 60.0], "veto": [None, "", "", ""]})
    bits = doubt(weights)
    assert bits[0] == 1.0
    assert np.isclose(bits[1], bits[2])
    assert 0 <= bits[3] < bits[1] < bits[0]
    assert np.isfinite(bits).all()


def test_every_veto_and_relation_has_a_fact_that_settles_it():
    assert {*BY_VETO} == {*Veto}
    for relation in Relation:
        assert settling_fact("pathway", relation, "")


def test_what_answers_do_names_who_has_to_agree_and_what_overriding_needs():
    told = effects("pathway", ["RM3", "RW3"], vetoed=True).splitlines()
    assert told[0] == (
        "same need: one row, the longest wait counts, once RM3 and RW3 have each said so, "
        "with a second person and a reason"
    )
    assert told[1] == "different needs: each keeps its row, at once"
    three = effects("pathway", ["RM3", "RW3", "RXX"], vetoed=False).splitlines()
    assert three[0].endswith(
        "RM3, RW3 and RXX have each said so (entries of two that both have are joined before)"
    )
    alone = effects("patient", ["RM3"], vetoed=False).splitlines()
    assert alone[0] == "same person: one patient"
    assert {each.split(":")[0] for each in alone} <= {*Answer}
    assert effects("unaccounted", ["RM3"], vetoed=False).startswith("accounted for: ")


def test_a_clinician_is_asked_what_a_clerk_cannot_settle():
    assert who_is_asked("pathway", "second_opinion", "", ["RM3"]) == "Clinician at RM3"
    assert who_is_asked("patient", "held_apart", "", ["RM3"], clinician=True) == "Clinician at RM3"


@pytest.mark.parametrize(
    ("about", "listed", "said"),
    [
        ("a;b", "abc", "RM3 same need"),
        ("a;b;c", "abc", "RM3 same need (of more entries than these)"),
        ("a;b;c", "ab", "RM3 same need"),
    ],
)
def test_an_answer_about_more_than_the_question_says_so(about: str, listed: str, said: str) -> None:
    row = dict.fromkeys(RULED, "") | {"level": "pathway", "entry_ids": about, "answer": "same need"}
    row |= {"organisation": "RM3", "standing": "in conflict", "answered_on": None}
    parts = Parts(np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), 1)
    ruled = Rulings(answers=pd.DataFrame([row]))
    told = states(parts, pd.Series(["pathway"]), pd.Series([*listed]), ruled)
    assert told.said.tolist() == [said]
