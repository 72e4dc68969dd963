"""Check digits against two oracles, ranges at their bounds, forms of pathway identifiers."""

from __future__ import annotations

import datetime as dt

import nhs_number
import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from waitlist_merge.normalise.identifiers import (
    booking_reference_in,
    check_digit_holds,
    looks_like_person_key,
    nhs_number_kind,
    pathway_form,
    pathway_print,
    read_nhs_numbers,
    with_check_digit,
)
from waitlist_merge.normalise.organisations import successors
from waitlist_merge.normalise.reading import as_texts

TEN_DIGITS = st.lists(st.integers(0, 9), min_size=10, max_size=10).map(
    lambda digits: "".join(map(str, digits))
)


def slow_check_digit(stem: str) -> int | None:
    """The data dictionary's rule, one digit after the other; None where no check digit exists."""
    total = sum(int(digit) * weight for digit, weight in zip(stem, range(10, 1, -1), strict=True))
    check = 11 - total % 11
    return None if check == 10 else check % 11


@given(st.lists(TEN_DIGITS, max_size=30))
def test_check_digit_against_the_rule(numbers):
    expected = [slow_check_digit(number[:9]) == int(number[9]) for number in numbers]
    assert check_digit_holds(numbers).tolist() == expected


@given(TEN_DIGITS)
def test_check_digit_against_the_nhs_number_library(number):
    """The library asks more of Scottish numbers: they begin with a date of birth."""
    assume(nhs_number_kind([number]).tolist() not in (["chi"], ["not_issued"]))
    assert bool(check_digit_holds([number])[0]) == nhs_number.is_valid(number)


@given(st.dates(dt.date(1930, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 999))
def test_scottish_numbers_against_the_nhs_number_library(born, serial):
    stem = born.strftime("%d%m%y") + f"{serial:03d}"
    number = f"{with_check_digit(np.array([int(stem)]))[0]:010d}"
    assume("-" not in number)
    assert nhs_number.is_valid(number)
    assert nhs_number_kind([number]).tolist() == ["chi"]


@given(st.lists(st.integers(0, 999_999_999), min_size=1, max_size=30))
def test_completed_numbers_hold(stems):
    numbers = with_check_digit(np.array(stems, dtype=np.int64))
    for stem, number in zip(stems, numbers, strict=True):
        check = slow_check_digit(f"{stem:09d}")
        assert number == (-1 if check is None else stem * 10 + check)


@given(TEN_DIGITS, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, position, by):
    wrong = str((int(number[position]) + by) % 10)
    other = number[:position] + wrong + number[position + 1 :]
    assert not check_digit_holds([number, other]).all()


@given(TEN_DIGITS)
def test_every_repeated_digit_is_a_placeholder_though_it_passes(number):
    repeated = number[0] * 10
    assert check_digit_holds([repeated])[0]
    assert read_nhs_numbers(as_texts([repeated])).values.tolist() == [None]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("0099999999", "not_issued"),
        ("0101000000", "chi"),
        ("3112999999", "chi"),
        ("0100000000", "not_issued"),
        ("1513000000", "not_issued"),
        ("3113000000", "not_issued"),
        ("3199999999", "not_issued"),
        ("3200000000", "hc"),
        ("3999999999", "hc"),
        ("4000000000", "nhs"),
        ("4999999999", "nhs"),
        ("5000000000", "not_issued"),
        ("5999999999", "not_issued"),
        ("6000000000", "nhs"),
        ("7999999999", "nhs"),
        ("8000000000", "ihi"),
        ("8599999999", "ihi"),
        ("8600000000", "not_issued"),
        ("8999999999", "not_issued"),
        ("9000000000", "test"),
        ("9999999999", "test"),
    ],
)
def test_ranges_include_their_bounds(number, kind):
    assert nhs_number_kind([number]).tolist() == [kind]


def test_kinds_of_what_is_no_number():
    assert nhs_number_kind([None, "", "12"]).tolist() == [None, None, None]


@pytest.mark.parametrize(
    ("identifier", "form"),
    [
        ("000049563747", "000049563747"),
        ("00000000000049563747", "000049563747"),
        ("00004956374700000000", "000049563747"),
        ("X09000049563747", "000049563747"),
        ("X09 0000 4956 3747", "000049563747"),
        ("RM3 0000 0000 1234 5678 9", "RM300000000123456789"),
        ("  rm3000123 ", "RM3000123"),
        ("0000RM3000123", "RM3000123"),
        ("12345678901234567890", "12345678901234567890"),
        ("", ""),
        (None, ""),
    ],
)
def test_pathway_form(identifier, form):
    assert pathway_form([identifier]) == [form]


def test_a_number_of_twenty_digits_is_no_padded_booking_reference():
    assert booking_reference_in(["12345678901234567890"]) == [""]


def test_prints_of_fifteen_characters_fit_the_whole():
    whole, printed = "RM300000000123456789", "RM3000000001234"
    assert pathway_print([whole]) == pathway_print([printed]) == [printed]


def test_issuers_of_merged_trusts_are_their_successors():
    assert successors(["RBZ", "RBZ01", "RA4", "RXH", "RD7", "RM3", "X09", "NV701"]) == [
        "RH8",
        "RH8",
        "RH5",
        "RYR",
        "RDU",
        "RM3",
        "X09",
        "NV701",
    ]


@pytest.mark.parametrize("length", [32, 40, 56, 64, 96, 128])
def test_hashes_are_recognised_by_their_length(length):
    assert looks_like_person_key(["a1" * (length // 2)])[0]
    assert not looks_like_person_key(["a1" * (length // 2) + "0"])[0]


def test_other_shapes_of_person_keys():
    assert looks_like_person_key(
        ["123e4567-e89b-12d3-a456-426614174000", "A" * 43 + "=", "4000000012", "RM3000123"]
    ).tolist() == [True, True, False, False]
