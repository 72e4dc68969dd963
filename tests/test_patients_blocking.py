"""Candidate pairs: each once, none forgotten, whatever the chunk; large blocks are narrowed."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.patients import blocking, blocks
from waitlist_merge.patients.blocks import Key, forecast
from waitlist_merge.patients.coding import combine, pack
from waitlist_merge.patients.likeness import LONG_NUMBER
from waitlist_merge.patients.local_numbers import WIDEST, half, in_order
from waitlist_merge.patients.pairs import pairs
from waitlist_merge.patients.records import prepare
from waitlist_merge.patients.repeated import firsts, shared

CODES = st.lists(st.integers(-1, 2), min_size=9, max_size=9).map(np.array)
MAKERS = st.lists(st.booleans(), min_size=9, max_size=9).map(np.array)
KEYS = st.builds(
    Key,
    name=st.just("key"),
    parts=st.lists(CODES, min_size=1, max_size=3).map(tuple),
    makers=MAKERS | st.just(np.ones(9, dtype=bool)),
    further=st.lists(CODES, min_size=1, max_size=2).map(tuple) | st.just(()),
)
LARGEST = 4


@given(st.lists(CODES, min_size=1, max_size=3))
def test_shared_values_and_their_first_rows_are_those_of_a_plain_search(parts):
    values = list(zip(*(part.tolist() for part in parts), strict=True))
    whole = [at for at in range(9) if min(values[at]) >= 0]
    assert firsts(tuple(parts)).tolist() == [
        values.index(values[at]) if at in whole else -1 for at in range(9)
    ]
    rows, groups = shared(tuple(parts))
    several = {at for at in whole if values.count(values[at]) > 1}
    assert sorted(rows.tolist()) == sorted(several)
    assert groups.tolist() == np.unique(groups, return_inverse=True)[1].tolist()
    told = dict(zip(rows.tolist(), groups.tolist(), strict=True))
    for a, b in combinations(sorted(several), 2):
        assert (told[a] == told[b]) == (values[a] == values[b])


def oracle(keys):
    """Every two records that share a key of which one makes pairs; more alike in a large block."""
    found = set()
    for key, (a, b) in product(keys, combinations(range(9), 2)):
        values = list(zip(*(part.tolist() for part in key.parts), strict=True))
        agree = min(values[a]) >= 0 and values[a] == values[b]
        if key.further and values.count(values[a]) > LARGEST:
            agree &= all(part[a] == part[b] for part in key.further)
        if agree and (key.makers[a] or key.makers[b]):
            found.add((a, b))
    return found


def listed(keys, **options):
    return [
        (int(a), int(b))
        for one, other in pairs(keys, **options)
        for a, b in zip(one, other, strict=True)
    ]


@settings(max_examples=300)
@given(st.lists(KEYS, min_size=1, max_size=4), st.integers(1, 50))
def test_each_pair_that_shares_a_key_is_made_once(keys, chunk):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "LARGEST_BLOCK", LARGEST)
        patched.setattr(blocks, "AT_A_TIME", 4)
        made = listed(keys, chunk=chunk)
        assert len(made) == len(set(made))
        assert set(made) == oracle(keys)
        one, other = np.array(list(combinations(range(9), 2)), dtype=np.int32).T
        for key in keys:
            alone = oracle([key])
            makes = key.makes(blocks.Alike(one, other))
            assert set(zip(one[makes].tolist(), other[makes].tolist(), strict=True)) == alone
            assert forecast([key])["pairs"].tolist() == [len(alone)]


def test_forecast_counts_what_a_key_makes():
    makers = np.array([True, False, False, False, False])
    assert forecast([Key("surname", (np.array([0, 0, 0, 1, 1]),), makers)])["pairs"].tolist() == [2]


def test_a_block_too_large_is_narrowed_and_reported(typed, monkeypatch):
    monkeypatch.setattr(blocks, "LARGEST_BLOCK", 3)
    people = [
        {"family_name": "Khan", "given_name": "Ali", "birth_date": "1980-01-01", "postcode": code}
        for code in ("LS1 1AA", "LS1 1AA", "LS1 1AB", "LS1 1AC", "LS1 1AD")
    ]
    keys = {key.name: key for key in blocking.keys(prepare(typed(people)))}
    assert keys["full name and birth date"].narrowed == 5
    assert (0, 1) in listed(list(keys.values()))


BASE = {
    "family_name": "Thornbury",
    "given_name": "Rosalind",
    "birth_date": "1957-03-08",
    "postcode": "LS6 2AB",
    "gender": "2",
}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"family_name": "Okonkwo"}, id="surname changed"),
        pytest.param({"family_name": "Thornberry"}, id="surname misspelt"),
        pytest.param({"given_name": "Roz"}, id="pet name"),
        pytest.param({"birth_date": "1957-08-03"}, id="day and month exchanged"),
        pytest.param({"birth_date": "1958-03-08"}, id="year off"),
        pytest.param({"birth_date": "1957-03-18"}, id="day off"),
        pytest.param({"birth_date": "1957-09-08"}, id="month off"),
        pytest.param({"birth_date": None}, id="birth date missing"),
        pytest.param({"postcode": "BN3 7XY"}, id="moved"),
        pytest.param({"postcode": "BN3 7XY", "family_name": "Okonkwo"}, id="moved and remarried"),
        pytest.param({"postcode": "BN3 7XY", "birth_date": "1957-03-18"}, id="moved, day off"),
        pytest.param(
            {"family_name": "Rosalind", "given_name": "Thornbury", "postcode": None},
            id="names exchanged",
        ),
    ],
)
def test_one_error_in_any_field_still_meets(typed, changes):
    records = prepare(typed([BASE, BASE | changes]))
    assert listed(blocking.keys(records)) == [(0, 1)]


NUMBERS = st.lists(
    st.text("0123AÉ", max_size=12) | st.from_regex(r"\A[0-9]{7,70}\Z"), unique=True, max_size=12
)


@given(NUMBERS)
def test_parts_of_local_numbers_are_told_apart_letter_by_letter(numbers):
    lengths = [len(number.encode()) for number in numbers]
    used = [LONG_NUMBER <= length <= WIDEST for length in lengths]
    for codes, part in (
        (half(numbers, first=True), lambda text: text[: len(text) // 2]),
        (half(numbers, first=False), lambda text: text[len(text) // 2 :]),
        (in_order(numbers), lambda text: bytes(sorted(text))),
    ):
        parts = [part(number.encode()) for number in numbers]
        assert (codes >= 0).tolist() == used
        for one, other in combinations(np.flatnonzero(used), 2):
            assert (codes[one] == codes[other]) == (parts[one] == parts[other])


@pytest.mark.parametrize(("most", "met"), [(1, True), (0, False)])
def test_a_birth_date_alone_is_a_key_where_it_makes_few_pairs(typed, monkeypatch, most, met):
    monkeypatch.setattr(blocking, "MOST_BY_BIRTH_DATE", most)
    slips = [
        {"family_name": "Sheprherd", "birth_date": "1921-12-29", "postcode": "LS6 2AB"},
        {"given_name": "Deakin", "birth_date": "1921-12-29", "postcode": "LS6 2BA"},
    ]
    found = blocking.keys(prepare(typed(slips)))
    assert any(key.name == "birth date" for key in found) == met
    assert listed(found) == ([(0, 1)] if met else [])


def test_first_rows_are_found_where_different_values_meet_in_the_table():
    values = np.arange(5_000, dtype=np.int32) * 7_919 % 4_001
    values[::50] = -1
    expected = pd.Series(np.arange(5_000)).groupby(values).transform("min").to_numpy()
    found = firsts((values,))
    assert found.tolist() == np.where(values < 0, -1, expected).tolist()


def test_the_parts_of_a_birth_date_are_those_of_its_day():
    days = pd.to_datetime(["1971-05-03", None, "1996-02-29", "1850-01-01", "2024-12-31"])
    found = prepare(pd.DataFrame({"birth_date": days}))
    known = found.birth[found.birth >= 0]
    parts = zip(found.day[known], found.month[known], found.year[known], strict=True)
    assert [*parts] == [(3, 5, 1971), (29, 2, 1996), (1, 1, 1850), (31, 12, 2024)]
    assert found.birth.tolist()[1] == found.birth_date.codes[1] == -1
    assert [found.birth_date.values[at] for at in found.birth_date.codes[[0, 2, 3, 4]]] == [
        *("1971-05-03", "1996-02-29", "1850-01-01", "2024-12-31")
    ]


@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 9)), min_size=1, max_size=30))
def test_codes_put_together_are_equal_where_all_are_and_missing_where_any_is(pairs):
    first, second = np.array(pairs, dtype=np.int32).T
    assert combine(first, second).tolist() == pack(first, second).tolist()
    large = 1 << 20
    found = combine(first * large, second * large).tolist()
    for (pair, code), (other, same) in combinations(zip(pairs, found, strict=True), 2):
        assert (code == same) == (pair == other or (min(pair) < 0 and min(other) < 0))
