"""Weights: published rates hold, data teach what they show, explanations are the very sum."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.patients import match_patients
from waitlist_merge.patients.levels import LEVELS, compare, level
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.records import prepare
from waitlist_merge.patients.training import as_patterns, expected_counts, posterior
from waitlist_merge.patients.weights import total, weigh
from waitlist_merge.plan import PatientPlan
from waitlist_merge.reference import rows

FIELDS = ("family_name", "birth_date", "gender")


def test_every_level_has_rates_and_words():
    expected = {(field, name) for field, names in LEVELS.items() for name in names[1:]}
    assert {(row["field"], row["level"]) for row in rows("linkage_model")} == expected
    assert {(row["field"], row["level"]) for row in rows("linkage_words")} == expected


def test_published_rates_of_true_pairs_add_up():
    for field, names in LEVELS.items():
        m = [float(row["m"]) for row in rows("linkage_model") if row["field"] == field]
        assert len(m) == len(names) - 1
        # An NHS number is verified or not beforehand; exchanged names are few and the rest silent.
        if field not in {"nhs_number", "name_order"}:
            assert sum(m) == pytest.approx(1.0, abs=0.05), field


def drawn(rng, rates, size):
    return {
        name: rng.choice(np.arange(1, len(LEVELS[name])), size, p=probabilities).astype(np.int8)
        for name, probabilities in rates.items()
    }


def test_rates_of_made_up_pairs_are_found_again():
    """Half the pairs are true with known rates: expectation maximisation finds these."""
    rng = np.random.default_rng(3)
    m = {
        "family_name": [0.85, 0.02, 0.02, 0.04, 0.02, 0.03, 0.02],
        "birth_date": [0.95, 0.01, 0.02, 0.01, 0.01],
        "gender": [0.98, 0.02],
    }
    u = {
        "family_name": [0.002, 0.001, 0.002, 0.003, 0.012, 0.49, 0.49],
        "birth_date": [0.0001, 0.0001, 0.0018, 0.008, 0.99],
        "gender": [0.5, 0.5],
    }
    count = 20_000
    true, false = drawn(rng, m, count), drawn(rng, u, count)
    levels = {name: np.concatenate([true[name], false[name]]) for name in FIELDS}
    patterns, counts = as_patterns(levels)
    assert counts.sum() == 2 * count
    assert len(counts) < 300
    start = {name: np.array([1.0, *np.full(len(m[name]), 1 / len(m[name]))]) for name in FIELDS}
    start["family_name"][1:] = [0.7, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]
    start["birth_date"][1:] = [0.8, 0.05, 0.05, 0.05, 0.05]
    known = {name: np.array([1.0, *u[name]]) for name in FIELDS}
    found = expected_counts(patterns, counts, start, known, chosen_by=())
    for name in FIELDS:
        learnt = found[name][1:] / found[name][1:].sum()
        np.testing.assert_allclose(learnt, m[name], atol=0.01)


def test_few_pairs_move_the_published_rates_little():
    published = np.array([1.0, 0.95, 0.05])
    assert posterior(published, np.array([0.0, 0.0, 2.0]))[2] < 0.07
    assert posterior(published, np.array([0.0, 0.0, 20_000.0]))[2] > 0.9


def test_a_field_does_not_teach_itself():
    levels = {"birth_date": np.array([1, 1], np.int8), "gender": np.array([1, 2], np.int8)}
    m = {name: np.full(len(LEVELS[name]), 0.5) for name in levels}
    found = expected_counts(levels, np.array([1.0, 1.0]), m, m, chosen_by=["birth_date"])
    assert set(found) == {"gender"}


PEOPLE = [
    {"family_name": "Smith", "given_name": "John", "birth_date": "1950-02-03", "gender": "1"},
    {"family_name": "Smith", "given_name": "Jon", "birth_date": "1950-02-03", "gender": "1"},
    {"family_name": "Quillfeather", "given_name": "Ann", "birth_date": "1960-04-05"},
    {"family_name": "Quillfeather", "given_name": "Ann", "birth_date": "1960-04-06"},
    *[
        {"family_name": "Smith", "given_name": "Ann", "birth_date": f"19{at}-01-01"}
        for at in range(11, 80)
    ],
]


def test_agreement_on_a_rare_name_weighs_more(typed):
    records = prepare(typed(PEOPLE))
    model = PatientModel.fit(records)
    a, b = np.array([0, 2], np.int32), np.array([1, 3], np.int32)
    parts = weigh(model, model.on(records), records, compare(records, a, b), a, b)
    assert parts["family_name"][1] > parts["family_name"][0] + 2


def test_the_first_of_january_agrees_by_itself(typed):
    born = ["1950-01-01", "1951-01-01", "1950-01-02", "1951-01-02"]
    records = prepare(typed([PEOPLE[0] | {"birth_date": day} for day in born]))
    model = PatientModel.fit(records)
    a, b = np.array([0, 2], np.int32), np.array([1, 3], np.int32)
    parts = weigh(model, model.on(records), records, compare(records, a, b), a, b)
    assert parts["birth_date"][0] == parts["birth_date"][1] - 5


def test_only_the_strongest_of_address_like_fields_counts(typed):
    home = {"postcode": "LS6 2AB", "address": "1 Elm Road, Leeds", "phone": "01632960001"}
    records = prepare(typed([PEOPLE[0] | home, PEOPLE[1] | home]))
    model = PatientModel.fit(records)
    a, b = np.array([0], np.int32), np.array([1], np.int32)
    parts = weigh(model, model.on(records), records, compare(records, a, b), a, b)
    counted = [name for name in ("postcode", "address", "phone") if parts[name][0]]
    assert len(counted) == 1


def test_the_explanation_is_the_sum_that_decided(typed):
    match = match_patients(typed(PEOPLE), PatientPlan())
    assert len(match.links)
    for link in match.links.itertuples():
        bits = [float(part) for part in re.findall(r"\(([+-][\d.]+)\)", link.explanation)]
        assert sum(bits) == pytest.approx(link.weight, abs=0.06 * len(bits))
    assert total({"x": np.array([1.5]), "prior": np.array([-2.0])}).tolist() == [-0.5]


def test_a_fitted_model_weighs_other_rows_the_same(typed):
    first = match_patients(typed(PEOPLE), PatientPlan())
    fewer = match_patients(typed(PEOPLE[:4]), PatientPlan(), model=first.model)
    same = first.links[(first.links["a"] < 4) & (first.links["b"] < 4)]
    pd.testing.assert_series_equal(
        same["weight"].reset_index(drop=True), fewer.links["weight"].reset_index(drop=True)
    )


def test_levels_of_dates(typed):
    births = {
        "exact": "1957-03-08",
        "swapped": "1957-08-03",
        "close": "1957-03-18",
        "one_part": "1957-11-08",
        "other": "1990-07-21",
        "missing": None,
    }
    base = {"family_name": "A", "birth_date": "1957-03-08"}
    rows_ = [base, *({"family_name": "A", "birth_date": born} for born in births.values())]
    records = prepare(typed(rows_))
    b = np.arange(1, len(rows_), dtype=np.int32)
    found = compare(records, np.zeros(len(b), np.int32), b)["birth_date"]
    assert found.tolist() == [level("birth_date", name) for name in births]
