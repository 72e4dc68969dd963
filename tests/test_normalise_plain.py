"""Columns in normal form pass as they are, and only those."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.normalise import normalise_person, person_columns, plain, settled
from waitlist_merge.normalise.fields import READERS
from waitlist_merge.normalise.nhs_numbers import (
    as_numbers,
    check_digit_holds,
    is_placeholder_number,
    is_usable_number,
)
from waitlist_merge.normalise.reading import as_texts, matched

CENSUS = dt.date(2026, 11, 15)
SETTLED = {
    "nhs_number": ["9990123462", "9990000018", None],
    "local_patient_identifier": ["1234567", "H100", "7"],
    "postcode": ["LS6 2AB", "W1A 1AA", None],
    "gender": ["1", "2", None],
    "family_name": ["O'Brien", "Smith-Jones", "van der Berg"],
    "given_name": ["Anne Marie", "Zoë", None],
    "middle_name": ["Rose", None, None],
}


def typed(columns: dict[str, list[str | None]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Categorical(values) for name, values in columns.items()})


@pytest.mark.parametrize("name", sorted(plain._PATTERNS))
@settings(max_examples=40)
@given(st.data())
def test_what_fits_a_pattern_is_read_as_itself_without_a_fault(name, data):
    pattern = plain._PATTERNS[name].replace("^", r"\A").replace("$", r"\Z")
    texts = as_texts(data.draw(st.lists(st.from_regex(pattern), min_size=1, max_size=30)))
    texts = texts[matched(texts, plain._PATTERNS[name])]
    reading = READERS[name](texts)
    assert reading.values.tolist() == texts.tolist()
    assert not any(mask.any() for mask in reading.faults.values())


@pytest.mark.parametrize("word", ["NA", "X0", "NO1", "1E5", "ZZ99 3VZ", "Z1 1AA", "V81999", "0"])
def test_a_stand_in_fits_no_pattern_that_its_reader_would_not_keep(word):
    for name, pattern in plain._PATTERNS.items():
        if matched(as_texts([word]), pattern)[0]:
            assert READERS[name](as_texts([word])).values.tolist() == [word]


@given(
    st.lists(
        st.from_regex(r"\A[0-9]{10}\Z")
        | st.sampled_from(["9990123462", "1000000001", "3333333333", "٠١٢٣٤٥٦٧٨٩", "12345é7890"])
        | st.integers(0, 10**9).map(lambda stem: f"{stem:09}0")
        | st.text(max_size=12)
    )
)
def test_usable_numbers_are_those_that_pass_each_rule_apart(values):
    texts = as_texts(values)
    ten = matched(texts, r"^[0-9]{10}$")
    usable = ten.copy()
    usable[ten] = check_digit_holds(texts[ten]) & ~is_placeholder_number(texts[ten])
    assert is_usable_number(texts).tolist() == usable.tolist()
    assert as_numbers(texts).tolist() == [
        int(text) if whole else -1 for text, whole in zip(values, ten, strict=True)
    ]


def test_settled_columns_are_given_back_and_not_copied():
    frame = typed(SETTLED).assign(birth_date=np.array(["1971-05-03"] * 3, "datetime64[s]"))
    found = settled.settled_columns(frame, census_date=CENSUS)
    assert found.keys() == set(frame.columns)
    told = person_columns(frame, census_date=CENSUS)
    assert all(told[name] is frame[name].array for name in SETTLED)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nhs_number", "999 012 3462"),
        ("nhs_number", "9999999999"),
        ("local_patient_identifier", "h123"),
        ("postcode", "ZZ99 3VZ"),
        ("gender", "F"),
        ("family_name", "Smith (nee Jones)"),
        ("family_name", "Lee, Ann"),
        ("family_name", "RM3 1234567"),
        ("given_name", "NULL"),
        ("given_name", "Mrs Ann"),
        ("previous_family_name", "unknown"),
    ],
)
def test_a_column_with_one_value_to_read_is_not_settled(name, value):
    frame = typed(SETTLED | {name: [value, *SETTLED.get(name, [None] * 3)[1:]]})
    assert name not in settled.settled_columns(frame, census_date=CENSUS)


def test_a_value_to_read_that_no_row_has_leaves_a_column_settled():
    frame = typed(SETTLED | {"postcode": ["LS6 2AB", "LS6 2AC", "ZZ99 3VZ"]}).iloc[:2]
    assert "postcode" in settled.settled_columns(frame, census_date=CENSUS)


def test_two_given_names_without_a_middle_name_are_not_settled():
    frame = typed(SETTLED | {"middle_name": [None, "Rose", None]})
    assert "given_name" not in settled.settled_columns(frame, census_date=CENSUS)
    assert normalise_person(frame).loc[0, ["given_name", "middle_name"]].tolist() == [
        "Anne",
        "Marie",
    ]


@pytest.mark.parametrize("day", ["1900-01-01", "2026-12-01", "1850-01-01", "1971-05-03T10:30"])
def test_births_with_one_to_read_are_not_settled(day):
    frame = pd.DataFrame({"birth_date": np.array([day, "1971-05-03"], "datetime64[s]")})
    assert "birth_date" not in settled.settled_columns(frame, census_date=CENSUS)


def test_categories_that_no_row_has_are_left_out():
    frame = typed(SETTLED).iloc[:1]
    told = person_columns(frame, census_date=CENSUS)
    assert told["family_name"].categories.tolist() == ["O'Brien"]


@given(
    st.fixed_dictionaries(
        {
            name: st.lists(st.sampled_from(values), min_size=4, max_size=4)
            for name, values in {
                "nhs_number": ["9990123462", "999 000 0018", "9999999999", None],
                "local_patient_identifier": ["1", "a1", "000", None],
                "postcode": ["LS6 2AB", "ls62ab", "ZZ99 3VZ", None],
                "family_name": ["Lee", "LEE (nee Ray)", "Lee, Ann", "Ó Néill", None],
                "given_name": ["Ann", "Mrs Ann", "Ann Rose", "Baby", None],
                "middle_name": ["Rose", "unknown", None],
            }.items()
        }
    )
)
def test_reading_again_changes_nothing(columns):
    once = normalise_person(typed(columns), census_date=CENSUS)
    again = normalise_person(once, census_date=CENSUS)
    # A column that needs no reading keeps its categories as they are held, objects or Arrow text.
    pd.testing.assert_frame_equal(again, once, check_categorical=False)
