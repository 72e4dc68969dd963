"""Which field is a column? Hard headings are rows of cases/headings.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from waitlist_merge.intake.columns import CONFIDENT, judge, sample
from waitlist_merge.intake.meanings import NOT_USED, meanings
from waitlist_merge.intake.words import words
from waitlist_merge.reference import load
from waitlist_merge.schema import CANONICAL, FIELDS

CASES_FILE = Path(__file__).parent / "cases" / "headings.csv"
CASES = list(csv.DictReader(CASES_FILE.read_text(encoding="utf-8").splitlines()))
PSEUDO_FIELDS = {"full_name", "consultant_name", "birth_day", "birth_month", "birth_year"}


def judged(case: dict[str, str]):
    return judge(case["heading"], sample(value for value in case["values"].split(";") if value))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_hard_headings(case):
    assert (judged(case).field or "") == case["field"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_judgement_has_a_score_and_a_reason(case):
    found = judged(case)
    assert 0 <= found.score <= 1
    assert found.reason
    assert found.field is None or found.score >= CONFIDENT


@pytest.mark.parametrize("field", FIELDS, ids=[field.name for field in FIELDS])
def test_own_name_and_element_name_are_certain(field):
    assert judge(field.name, ()).field == field.name
    if field.element:
        assert judge(field.element, ()).field == field.name


@pytest.mark.parametrize(
    ("heading", "other"),
    [
        ("Date on list", "rtt_start_date"),
        ("Decision to admit", "rtt_start_date"),
        ("Adjusted RTT start date", "rtt_start_date"),
        ("Referral date", "rtt_start_date"),
        ("Original clock start", "rtt_start_date"),
    ],
)
def test_what_is_never_a_clock_start(heading, other):
    assert judge(heading, sample(["03/02/2026"])).field != other


def test_an_internal_copy_of_a_date_scores_less_than_the_plain_one():
    plain, internal = judge("Referral Date", ()), judge("Referral Date Int", ())
    assert internal.score < plain.score


def test_fields_of_the_patterns_exist():
    allowed = {*CANONICAL, *PSEUDO_FIELDS, NOT_USED}
    assert set(load("heading_patterns")["field"]) <= allowed


def test_concepts_of_the_patterns_are_those_of_the_words():
    known = {
        concept
        for each in load("heading_words")["concepts"]
        for concept in each.replace("|", " ").split()
    }
    patterns = load("heading_patterns")
    needed = {
        concept
        for each in [*patterns["needs"], *patterns["may"]]
        for concept in each.replace("|", " ").split()
    }
    assert needed - known <= {"site_letter", "provider_code"}


def test_no_word_is_listed_twice():
    listed = load("heading_words")["word"]
    assert listed[listed.duplicated()].tolist() == []


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=5))
def test_any_heading_over_any_values_is_judged(heading, values):
    found = judge(heading, sample(values))
    assert found.field is None or found.field in {*CANONICAL, *PSEUDO_FIELDS}


@given(st.sampled_from([case["heading"] for case in CASES]))
def test_case_and_separators_do_not_matter(heading):
    spelt = " ".join(word.text for word in words(heading))
    for other in (spelt.upper(), spelt.replace(" ", "_"), spelt.replace(" ", ". ")):
        assert [each.field for each in meanings(other)[:1]] == [
            each.field for each in meanings(spelt)[:1]
        ]
