"""Who is linked and asked about how often, by kind of person; no clock of its own."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import waitlist_merge as wm
from waitlist_merge.patients.fairness import rates

PERSON = {"nhs_number": "4123456014", "birth_date": "1971-05-03"}
ROWS = [
    PERSON | {"ethnic_category": "A1", "organisation": "RM3", "gender": "2"},
    PERSON | {"ethnic_category": "A", "organisation": "RW3", "gender": "2"},
    {"birth_date": "2020-05-03", "gender": "1", "organisation": "RM3"},
    {"birth_date": None, "gender": "X", "organisation": None},
]


@pytest.fixture(scope="module")
def match(typed):
    return wm.match_patients(typed(ROWS), on=date(2026, 11, 15))


def test_rates_by_kind_of_person(match):
    by = match.fairness.set_index(["by", "value"])
    assert by.loc[("ethnic group", "A"), ["rows", "linked", "asked"]].tolist() == [2, 1.0, 0.0]
    assert by.loc[("age band", "0-17"), "linked"] == 0.0
    assert by.loc[("age band", "40-64"), "linked"] == 1.0
    assert by.loc[("age band", "not known"), "rows"] == 1
    assert by.loc[("NHS number", "no"), "rows"] == 2
    assert by.loc[("sex", "female"), "linked"] == 1.0
    assert by.loc[("sex", "not known"), "rows"] == 1
    assert by.loc[("organisation", "RM3"), "linked"] == 0.5
    for _, rows in match.fairness.groupby("by")["rows"]:
        assert rows.sum() == len(ROWS)


def test_recall_by_kind_of_person_where_the_truth_is_known(match):
    truth = pd.Series(["Ann", "Ann", "Ann", "Ben"], index=list("dcba"))
    by = match.fairness_against(truth).set_index(["by", "value"])
    assert by.loc[("sex", "female"), ["pairs", "recall"]].tolist() == [4, 0.5]
    assert by.loc[("sex", "male"), ["pairs", "recall"]].tolist() == [2, 0.0]
    assert by.loc[("sex", "not known"), "pairs"] == 0
    assert np.isnan(by.loc[("sex", "not known"), "recall"])
    own = match.fairness
    pd.testing.assert_frame_equal(match.fairness_against(truth)[own.columns], own)


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        (["Ann"] * 3, "has 3 people for 4 rows"),
        (["Ann", None, "Ben", None], "has no person for 2 rows"),
    ],
)
def test_a_truth_that_does_not_say_of_each_row_is_refused(match, truth, said):
    with pytest.raises(wm.InputError, match=said):
        match.fairness_against(truth)


def test_what_the_records_do_not_hold_is_left_out():
    match = wm.match_patients(pd.DataFrame({"family_name": ["Lee"], "birth_date": ["1971-05-03"]}))
    assert match.fairness["by"].tolist() == ["NHS number"]


def test_ages_are_counted_at_the_newest_census_unless_it_is_said(typed):
    rows = [PERSON | {"census_date": day} for day in ("2011-05-03", "2011-05-02")]
    assert wm.match_patients(typed(rows)).on == date(2011, 5, 3)
    young = wm.match_patients(typed(rows), on=date(1980, 1, 1)).fairness
    assert "0-17" in young["value"].tolist()


def test_nobody_is_no_kind_of_person():
    match = wm.match_patients(pd.DataFrame({"family_name": [], "birth_date": []}))
    assert match.fairness.columns.tolist() == ["by", "value", "rows", "linked", "asked"]
    assert match.fairness.empty
    assert match.fairness_against([]).empty


def test_a_merge_tells_the_rates_of_its_run():
    person = {"NHS number": ["9990000018"], "DOB": ["3 May 1971"], "Surname": ["Okafor"]}
    lists = [
        wm.Extract.from_frame(pd.DataFrame(person | {"Hospital no": [number]}), organisation=code)
        for code, number in (("RM3", "17"), ("RW3", "18"))
    ]
    result = wm.merge(lists, census_date="2026-11-15")
    by = result.fairness.set_index(["by", "value"])
    assert by.loc[("age band", "40-64"), "linked"] == 1.0
    told = result.manifest()["fairness"]
    assert {"by": "organisation", "value": "RM3", "rows": 1, "linked": 1.0, "asked": 0.0} in told


def test_a_result_shows_no_person(match):
    assert repr(match) == "PatientMatch(4 entries, 3 patients)"


LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("ab")))


@given(LABELS)
def test_recall_equals_counting_pair_by_pair(rows):
    group = np.array([row[0] for row in rows], dtype=np.int32)
    truth, kinds = [row[1] for row in rows], [row[2] for row in rows]
    none = pd.DataFrame({"a": [], "b": [], "joins": []}).astype({"a": int, "b": int})
    table = rates(group, none, pd.DataFrame({"kind": kinds}), truth=truth)
    for told in table.itertuples():
        true = [
            (one, other)
            for one in range(len(rows))
            for other in range(len(rows))
            if one != other and kinds[one] == told.value and truth[one] == truth[other]
        ]
        found = sum(group[one] == group[other] for one, other in true)
        assert told.pairs == len(true)
        assert told.recall == pytest.approx(found / len(true)) if true else np.isnan(told.recall)
