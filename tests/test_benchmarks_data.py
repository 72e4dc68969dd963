"""The data sets of the benchmarks: truth beside every row, the same set each time."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.schema import CANONICAL, DATE_FIELDS

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.append(ROOT)

from benchmarks import data, shapes  # noqa: E402
from benchmarks.england import make_england  # noqa: E402
from benchmarks.measure import asked_of, scored  # noqa: E402
from benchmarks.peers import together  # noqa: E402
from benchmarks.trace import trace  # noqa: E402

SMALL = {
    "names-only": {"people": 60},
    "households": {"homes": 12},
    "ten-each": {"people": 8},
    "south-asian": {"people": 60},
    "look-alikes": {"families": 24},
    "transliterations": {"people": 40},
    "person-key": {"people": 60},
    "no-numbers": {"people": 60},
}


def england() -> data.DataSet:
    made = make_england(entries=1_500, seed=5)
    return data.DataSet(made.records, made.truth, made.ethnic)


MAKERS = {
    "febrl1": lambda: data.febrl(1),
    "febrl4": lambda: data.febrl(4, identifier=False),
    "region": lambda: data.region(400, seed=3),
    "england": england,
    **{
        name: (lambda name=name: data.DataSet(*shapes.SHAPES[name](**SMALL[name])))
        for name in shapes.SHAPES
    },
}


@pytest.mark.parametrize("name", MAKERS)
def test_rows_are_canonical_and_each_has_its_person(name):
    made = MAKERS[name]()
    assert set(made.records.columns) <= set(CANONICAL)
    assert made.records.index.equals(pd.RangeIndex(len(made.truth)))
    assert made.truth.dtype == np.int32
    for column in set(made.records.columns) & set(DATE_FIELDS):
        assert made.records[column].dtype == "datetime64[s]"
    assert made.ethnic is None or len(made.ethnic) == len(made.truth)


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_set_each_time(name):
    one, other = MAKERS[name](), MAKERS[name]()
    pd.testing.assert_frame_equal(one.records, other.records)
    assert (one.truth == other.truth).all()


@pytest.mark.parametrize("name", MAKERS)
def test_truth_stands_beside_its_own_rows(name):
    """Rows of one person agree in birth date far more often than rows side by side."""
    made = MAKERS[name]()
    frame = made.records.assign(person=made.truth).dropna(subset="birth_date")
    several = frame[frame.duplicated("person", keep=False)].sort_values("person", kind="stable")
    born, person = several["birth_date"].to_numpy(), several["person"].to_numpy()
    together = person[1:] == person[:-1]
    alike = born[1:] == born[:-1]
    assert together.sum() > 5
    assert alike[together].mean() > 0.8
    assert alike[~together].mean() < 0.5


def test_a_saved_set_is_read_as_it_was(tmp_path):
    made = data.region(300, seed=2)
    made.save(tmp_path)
    read = data.read_records(tmp_path)
    # A column may hold its words as objects or as Arrow text.
    pd.testing.assert_frame_equal(read, made.records, check_categorical=False)


def test_england_has_hospital_numbers_of_its_providers_and_numbers_that_are_valid():
    records = england().records
    pair = (
        records["organisation"].astype(str) + "/" + records["local_patient_identifier"].astype(str)
    )
    persons = pd.Series(england().truth).groupby(pair).nunique()
    assert (persons == 1).all()
    digits = np.array([list(map(int, each)) for each in records["nhs_number"].dropna().unique()])
    assert ((digits * np.arange(10, 0, -1)).sum(axis=1) % 11 == 0).all()


def test_questions_settle_true_pairs_between_the_groups_they_name(tmp_path):
    """Person 0 is split into {0, 1} and {2}; person 1 into {3} and {4}; one question is untrue."""
    truth = np.array([0, 0, 0, 1, 1, 2], dtype=np.int32)
    labels = np.array([0, 0, 1, 2, 3, 4], dtype=np.int32)
    path = tmp_path / "questions.npy"
    np.save(path, np.array([[1, 4], [2, 5]]))
    asked = asked_of(path, labels, truth)
    assert asked == {"questions": 2, "true_questions": 1, "unjoined_asked": 2 / 3}
    assert scored(labels, truth).both == 1


def test_the_rules_of_the_trace(typed):
    """A slip in the birth date passes with the names; without a number two near ones stop it."""
    person = {"family_name": "Okafor", "given_name": "Chidi", "gender": "1", "postcode": "LS6 2AB"}
    number = {"nhs_number": "9990000018"}
    rows = [
        person | number | {"birth_date": "1971-05-03"},
        person | number | {"birth_date": "1971-05-04"},
        person | number | {"birth_date": "1988-12-31"},
        person | {"birth_date": "1971-05-03"},
        person | {"nhs_number": "9990000026", "birth_date": "1960-02-01"},
        person | {"nhs_number": "9990000034", "birth_date": "1960-02-01"},
        person | {"birth_date": "1960-02-01"},
    ]
    labels = trace(typed(rows), together)
    assert labels[0] == labels[1] == labels[3]
    assert len({labels[0], labels[2], labels[4], labels[5], labels[6]}) == 5
