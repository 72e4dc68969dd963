"""Identifiers are read column by column as a person would read them one by one."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.pathways import identifiers as subject, sharing
from waitlist_merge.pathways.identifiers import identifiers, stems_of
from waitlist_merge.pathways.sharing import perhaps_shared

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
    raw = subject.bared(pa.array(values))
    assert stems_of(pa.array(values)).to_pylist() == [trimmed(each) for each in values]
    assert subject.booking_numbers(raw).to_pylist() == [booking_number(each) for each in values]


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
    found = subject.booking_numbers(subject.bared(pa.array([identifier])))
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


@given(
    st.lists(
        st.tuples(st.none() | TEXTS, st.none() | TEXTS, st.integers(0, 2)), min_size=2, max_size=12
    ),
    st.integers(1, 12),
)
def test_no_row_whose_identifier_another_patient_has_is_overlooked(rows, at_a_time):
    people = [row[2] for row in rows]
    names = ("patient_pathway_identifier", "unique_booking_reference_number")
    columns = {
        name: pd.Series(pd.Categorical([row[at] for row in rows]), dtype="category")
        for at, name in enumerate(names)
    }
    others = ("pathway_identifier_issuer", "waiting_list_entry_identifier", "referral_identifier")
    columns |= {name: pd.Series(pd.Categorical([None] * len(rows))) for name in others}
    frame = pd.DataFrame(columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "AT_A_TIME", at_a_time)
        may, printed = perhaps_shared(frame, np.array(people))
    ids = identifiers(frame)
    assert printed[ids.shown >= 0].all()
    booked = [{ids.ubrn[at], ids.inner_ubrn[at]} - {-1} for at in range(len(rows))]
    for one in range(len(rows)):
        for other in range(one):
            same = any(code[one] == code[other] >= 0 for code in (ids.ppid, ids.shown)) or bool(
                booked[one] & booked[other]
            )
            assert not same or people[one] == people[other] or (may[one] and may[other])
