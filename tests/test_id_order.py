"""Ids stand in order as text does, whatever their length and however alike they begin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, strategies as st

from waitlist_merge.id_letters import ALPHABET, LENGTH
from waitlist_merge.id_order import count_different, in_order_of, order_of, sorted_ids

SIGNS = "-019AZ"
OF_ONE_LENGTH = st.integers(1, 14).flatmap(
    lambda size: st.lists(st.text(SIGNS, min_size=size, max_size=size), unique=True, max_size=30)
)


@given(OF_ONE_LENGTH | st.lists(st.text(SIGNS, min_size=1, max_size=14), unique=True))
@example(["E-AAAAAAAAAAA2", "E-AAAAAAAAAAA1", "E-BAAAAAAAAAA0"])
@example(["A"])
def test_the_order_is_that_of_texts(names):
    ids = pd.Series(names, dtype="str")
    told = sorted(names)
    assert order_of(ids).tolist() == [told.index(name) for name in names]
    assert sorted_ids(ids).tolist() == [name.encode() for name in told]


@pytest.mark.parametrize("alike", [4, 11])
def test_many_names_alike_in_their_first_signs(alike):
    numbers = np.random.default_rng(3).permutation(2_000)
    names = [f"E-{'Z' * alike}{number:08}" for number in numbers]
    assert order_of(pd.Series(names)).tolist() == numbers.tolist()


OURS = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).map("E-{}".format)


@given(st.lists(OURS | st.sampled_from(["E-00000000000I", "P-000000000000", "E-1"]), unique=True))
def test_numbers_of_ids_stand_in_their_order(names):
    number = in_order_of(pd.Series(names, dtype="str"))
    assert [names[at] for at in np.argsort(number)] == sorted(names)


def test_what_is_there_twice_counts_once():
    assert count_different(pd.Series(["E-2", "E-1", "E-2", "E-2"])) == 2
