"""What holds of every list of people, whoever is on it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.patients import match_patients
from waitlist_merge.patients.vetoes import LOOK_ALIKES, VETOES
from waitlist_merge.plan import PatientPlan

NUMBERS = ["4123456014", "4123535208", None, None]
PERSON = {
    "nhs_number": NUMBERS,
    "nhs_number_status": ["01", "02", None],
    "person_key": ["k1", "k2", None, None, None],
    "organisation": ["RM3", "RW3"],
    "local_patient_identifier": ["17", "18", None],
    "family_name": ["Thornbury", "Okonkwo", "Thornbury-Okonkwo", "Thornbery"],
    "given_name": ["Rosalind", "Rosalnd", "R", "Giles"],
    "middle_name": ["Margaret", "Ann", None, None],
    "birth_date": ["1957-03-08", "1957-08-03", "1957-03-18", "1985-03-08"],
    "gender": ["1", "2", None],
    "postcode": ["LS6 2AB", "LS6 2AD", "BN3 7XY", None],
    "phone": ["01632960001", "01632960002", None],
}
ROW = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in PERSON.items()})
ROWS = st.lists(ROW, min_size=1, max_size=9)


def partition(match, rows):
    """Which rows are together, by what they hold: rows that hold the same may stand for another."""
    told = pd.Series([tuple(map(str, row.values())) for row in rows])
    groups = told.groupby(match.group).agg(lambda some: tuple(sorted(some)))
    return Counter(groups.tolist())


def links(match):
    """The pairs that were joined or asked, with all that is said of them, in order."""
    return match.links.sort_values(["a", "b"], ignore_index=True)


@settings(max_examples=15)
@given(rows=ROWS, data=st.data())
def test_order_of_rows_changes_no_group(typed, rows, data):
    order = data.draw(st.permutations(range(len(rows))))
    moved = [rows[at] for at in order]
    one, other = match_patients(typed(rows)), match_patients(typed(moved))
    assert partition(one, rows) == partition(other, moved)
    assert sorted(one.links["weight"]) == sorted(other.links["weight"])


@settings(max_examples=15)
@given(rows=ROWS, chunk=st.integers(1, 5))
def test_pairs_at_once_change_nothing(typed, rows, chunk):
    entries = typed(rows)
    few = PatientPlan().model_copy(update={"chunk_pairs": chunk})
    whole, parts = match_patients(entries), match_patients(entries, few)
    assert parts.group.tolist() == whole.group.tolist()
    assert parts.candidate_pairs == whole.candidate_pairs
    pd.testing.assert_frame_equal(links(parts), links(whole))


@settings(max_examples=15)
@given(rows=ROWS)
def test_linked_again_nothing_changes(typed, rows):
    """The same list again, and each patient's rows alone with the same model: one patient still."""
    entries = typed(rows)
    first = match_patients(entries)
    again = match_patients(entries, model=first.model)
    assert again.group.tolist() == first.group.tolist()
    pd.testing.assert_frame_equal(again.links, first.links)
    for group in np.unique(first.group):
        own = entries[first.group == group].reset_index(drop=True)
        assert not match_patients(own, model=first.model).group.any()


@settings(max_examples=15)
@given(rows=ROWS, data=st.data())
def test_an_exact_copy_of_a_row_changes_no_other_grouping(typed, rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    first = match_patients(typed(rows))
    more = match_patients(typed([*rows, rows[at]]), model=first.model)
    assert partition(first, rows) == partition(_Rest(more.group[:-1]), rows)


class _Rest:
    """A match of which only some rows are looked at."""

    def __init__(self, group):
        self.group = group


HARD = {str(veto) for at, veto in enumerate(VETOES) if at and at not in LOOK_ALIKES}
"""Vetoes of a pair that no other record outvotes."""


@settings(max_examples=30)
@given(rows=ROWS)
def test_no_group_holds_two_people(typed, rows):
    match = match_patients(typed(rows))
    for group in np.unique(match.group):
        own = [row for row, each in zip(rows, match.group, strict=True) if each == group]
        for field in ("nhs_number", "person_key"):
            assert len({row[field] for row in own} - {None}) <= 1
    joined = match.links[match.links["joins"] == "yes"]
    assert not joined["veto"].isin(HARD).any()
    vetoed = match.links[match.links["veto"].isin(HARD)]
    assert (match.group[vetoed["a"]] != match.group[vetoed["b"]]).all()


@settings(max_examples=15)
@given(rows=ROWS)
def test_every_link_says_the_sum_that_decided(typed, rows):
    match = match_patients(typed(rows))
    for link in match.links.itertuples():
        told = link.explanation.split("; if they are one person")[0]
        bits = [float(part.split("(")[-1].rstrip(")")) for part in told.split("; ")]
        assert sum(bits) == pytest.approx(link.weight, abs=0.06 * len(bits))
