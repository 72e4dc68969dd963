"""Candidate pairs: each once, none forgotten, whatever the chunk; large blocks are narrowed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.patients import blocking
from waitlist_merge.patients.blocking import Key, forecast, pairs
from waitlist_merge.patients.records import prepare

CODES = st.lists(st.integers(-1, 4), min_size=9, max_size=9)


def oracle(keys):
    """Every two records that share a key of which one makes pairs."""
    found = set()
    for a, b in combinations(range(9), 2):
        for key in keys:
            wanted = key.makers[a] or key.makers[b]
            if wanted and key.codes[a] >= 0 and key.codes[a] == key.codes[b]:
                found.add((a, b))
    return found


MAKERS = st.lists(st.booleans(), min_size=9, max_size=9)


def listed(keys, **options):
    return [
        (int(a), int(b))
        for one, other in pairs(keys, **options)
        for a, b in zip(one, other, strict=True)
    ]


@given(st.lists(st.tuples(CODES, MAKERS), min_size=1, max_size=4), st.integers(1, 50))
def test_each_pair_that_shares_a_key_is_made_once(drawn, chunk):
    keys = [
        Key(str(at), np.array(codes), np.array(makers)) for at, (codes, makers) in enumerate(drawn)
    ]
    made = listed(keys, chunk=chunk)
    assert len(made) == len(set(made))
    assert set(made) == oracle(keys)


def test_forecast_counts_what_a_key_makes():
    makers = np.array([True, False, False, False, False])
    assert forecast([Key("surname", np.array([0, 0, 0, 1, 1]), makers)])["pairs"].tolist() == [2]


def test_a_block_too_large_is_narrowed_and_reported(typed, monkeypatch):
    monkeypatch.setattr(blocking, "LARGEST_BLOCK", 3)
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
