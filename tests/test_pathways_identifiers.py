"""Identifiers are read column by column as a person would read them one by one."""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.pathways import identifiers as subject
from waitlist_merge.pathways.identifiers import identifiers, stems_of

TEXTS = st.one_of(
    st.text("0aA1 -9", max_size=20),
    st.from_regex(r"0{0,8}[1-9][0-9]{11}0{0,8}", fullmatch=True),
    st.from_regex(r"RM3[0-9]{12,17}", fullmatch=True),
)


def trimmed(identifier: str) -> str | None:
    """Capitals and digits without zeros in front, where four or more are left, not all alike."""
    stem = re.sub("[^A-Z0-9]", "", identifier.upper()).lstrip("0")
    return stem if len(stem) >= 4 and len(set(stem)) > 1 else None


def booking_number(identifier: str) -> str | None:
    """A booking number of 12 digits, by itself or padded with zeros to 20 on one side."""
    stem = "".join(sign for sign in identifier.upper() if sign.isalnum())
    if not stem.isdigit() or len(stem) not in {12, 20}:
        return None
    padding = "0" * (len(stem) - 12)
    for number, rest in ((stem[-12:], stem[:-12]), (stem[:12], stem[12:])):
        if rest == padding and number[0] != "0" and len(set(number)) > 1:
            return number
    return None


@given(st.lists(TEXTS, min_size=1))
def test_the_column_is_read_as_each_identifier_by_itself(values):
    raw = subject._bare(pa.array(values))
    assert stems_of(pa.array(values)).to_pylist() == [trimmed(each) for each in values]
    assert subject._booking_numbers(raw).to_pylist() == [booking_number(each) for each in values]


@pytest.mark.parametrize(
    ("identifier", "number"),
    [
        ("00000000123456789012", "123456789012"),
        ("12345678901200000000", "123456789012"),
        ("1234 5678 9012", "123456789012"),
        ("111111111111", None),
        ("RM3000000012345", None),
        ("012345678901", None),
    ],
)
def test_a_booking_number_lies_inside_an_identifier(identifier, number):
    assert booking_number(identifier) == number
    found = subject._booking_numbers(subject._bare(pa.array([identifier])))
    assert found.to_pylist() == [number]


@pytest.mark.parametrize(
    ("values", "tied"),
    [
        (["RM300000000000012345", "RM3000000000000"], True),
        (["RM300000000000012345", "RM300000000000099999", "RM3000000000000"], False),
        (["RM300000000000012345", "RM3-0000 0000 0000 12345", "RM3000000000000"], True),
        (["00000000000000012345", "000000000000000"], False),
        (["RM300000000000012345", "RX1000000000000"], False),
    ],
)
def test_a_print_of_fifteen_characters_is_tied_to_the_one_identifier_it_can_be_of(
    typed, values, tied
):
    entries = typed([{"patient_pathway_identifier": value} for value in values])
    found = identifiers(entries)
    assert found.is_print.tolist() == [len(value) == 15 for value in values]
    assert (found.shown[0] == found.shown[-1] >= 0) == tied


def test_missing_identifiers_have_no_number(typed):
    found = identifiers(typed([{}, {"patient_pathway_identifier": "0001"}]))
    for name in ("ppid", "issuer", "ubrn", "inner_ubrn", "shown", "entry", "referral"):
        assert getattr(found, name).tolist() == [-1, -1]
    assert pd.isna(found.is_print).sum() == 0
