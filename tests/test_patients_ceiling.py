"""No pair weighs more than its ceiling, so that leaving out those under it changes no result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.patients.ceiling import Ceiling
from waitlist_merge.patients.levels import compare
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.records import prepare
from waitlist_merge.patients.weights import total, weigh

VALUES = {
    "nhs_number": [None, "9990000018", "9990000026", "0101501234"],
    "nhs_number_source": [None, "9990000019", "9990000027"],
    "nhs_number_status": [None, "01", "02"],
    "person_key": [None, "k1", "k2"],
    "organisation": ["RM3", "RW3"],
    "local_patient_identifier": [None, "1234567", "1234576", "7654321"],
    "family_name": [None, "Lee", "Leigh", "Smith-Jones", "Jones", "Ann", "Rose Ann"],
    "given_name": [None, "Ann", "Anne", "A", "Lee", "Ann Rose", "Jones", "Roseann"],
    "middle_name": [None, "Rose", "R", "Ann", "May"],
    "previous_family_name": [None, "Lee", "Jones"],
    "birth_date": [None, "1971-05-03", "1971-03-05", "1971-05-08", "1917-05-03", "1960-01-01"],
    "gender": [None, "1", "2"],
    "postcode": [None, "LS6 2AB", "LS6 2AD", "LS6 2CD", "LS6 4AA", "LS1 1AA", "L6 2AB"],
    "address": [None, "1 High St, Town", "1 High Street, Town", "9 Low Rd"],
    "phone": [None, "07700900123", "07700900124"],
    "email": [None, "a@example.org", "b@example.org"],
    "gp_practice_code": [None, "A81001", "B81001"],
}
PEOPLE = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}),
    min_size=2,
    max_size=8,
)


def with_sources(typed, rows):
    """Typed entries; ``nhs_number_source`` is no canonical column."""
    frame = typed([{name: row[name] for name in row if "source" not in name} for row in rows])
    sources = [None if row["nhs_number"] else row["nhs_number_source"] for row in rows]
    return frame.assign(nhs_number_source=sources)


@settings(max_examples=150)
@given(PEOPLE, st.floats(-3, 3))
def test_no_pair_weighs_more_than_its_ceiling(typed, rows, shift):
    records = prepare(with_sources(typed, rows))
    fitted = PatientModel.fit(records)
    shifted = {name: np.append(0.0, each[1:] + shift) for name, each in fitted.tables.items()}
    model = replace(fitted, tables=shifted)
    a, b = (each.astype(np.int32) for each in np.triu_indices(len(rows), 1))
    shares = model.on(records)
    weight = total(weigh(model, shares, records, compare(records, a, b), a, b))
    for least in np.unique(weight):
        reached = Ceiling.of(model, shares).reached(records, a, b, least=float(least))
        assert reached[weight >= least].all()


@pytest.mark.parametrize("shared", ["nhs_number", "person_key"])
def test_pairs_that_share_an_identifier_are_never_left_out(typed, shared):
    value = {"nhs_number": "9990000018", "person_key": "k1"}[shared]
    others = [
        {"family_name": "Lee", "given_name": "Ann", "birth_date": "1971-05-03"},
        {"family_name": "Okafor", "given_name": "Chidi", "birth_date": "1950-01-02"},
    ]
    records = prepare(typed([{**row, shared: value} for row in others]))
    model = PatientModel.fit(records)
    a, b = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    ceiling = Ceiling.of(model, model.on(records))
    assert ceiling.reached(records, a, b, least=1_000.0).tolist() == [True]


def test_two_strangers_are_left_out(typed):
    records = prepare(
        typed(
            [
                {"family_name": "Lee", "given_name": "Ann", "birth_date": "1971-05-03"},
                {"family_name": "Okafor", "given_name": "Chidi", "birth_date": "1950-01-02"},
            ]
        )
    )
    model = PatientModel.fit(records)
    a, b = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    assert not Ceiling.of(model, model.on(records)).reached(records, a, b, least=0.0).any()
