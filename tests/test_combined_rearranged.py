"""Columns side by side come in another order as each would by itself, whatever holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.categories import STR
from waitlist_merge.combined import rearranged as module
from waitlist_merge.combined.names import Later
from waitlist_merge.combined.rearranged import rearranged
from waitlist_merge.combined.survivorship import Survivor

DAYS = [None, "2026-11-15", "1950-02-28"]
HELD = {
    "word": lambda rows: pd.Categorical([None if each < 0 else f"word {each}" for each in rows]),
    "number": lambda rows: pd.array([None if each < 0 else each for each in rows], dtype="Int32"),
    "day": lambda rows: pd.array(pd.to_datetime([DAYS[each] for each in rows]).astype("M8[s]")),
    "stamp": lambda rows: pd.to_datetime([DAYS[each] for each in rows]).to_numpy("M8[s]"),
    "weeks": lambda rows: np.array([np.nan if each < 0 else each / 7 for each in rows]),
    "flag": lambda rows: np.array([each > 0 for each in rows], dtype=bool),
    "whole": lambda rows: np.array(rows, dtype=np.int32),
    "object": lambda rows: np.array([f"text {each}" for each in rows], dtype=object),
    "id": lambda rows: pd.array([f"E-{each:03}" for each in rows], dtype=STR),
    "note": lambda rows: pd.array([None if each < 0 else "x" * each for each in rows], dtype=STR),
}
"""A column of each kind that says something different for each of the numbers -1, 0 and 1."""

SAID = st.integers(1, 12).flatmap(
    lambda size: st.tuples(
        st.fixed_dictionaries(
            {name: st.lists(st.integers(-1, 1), min_size=size, max_size=size) for name in HELD}
        ),
        st.permutations(range(size)),
        st.integers(0, size),
    )
)


@pytest.fixture(autouse=True, scope="module")
def _few_at_a_time():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "NEAR", 3)
        yield


@given(SAID, st.sampled_from([1, 2]))
def test_each_column_is_as_if_taken_by_itself(drawn, workers):
    said, order, some = drawn
    at = np.array(order[:some], dtype=np.int64)
    columns = {name: make(said[name]) for name, make in HELD.items()}
    expected = {name: column.take(at) for name, column in columns.items()}
    told = rearranged(columns, at, size=len(order), workers=workers)
    assert not columns
    assert told.keys() == expected.keys()
    for name, column in told.items():
        assert type(column) is type(expected[name])
        pd.testing.assert_series_equal(pd.Series(column), pd.Series(expected[name]), obj=name)


@pytest.mark.parametrize("name", ["word", "day", "id", "note"])
@pytest.mark.parametrize(
    "rows",
    [[1, 0, -1, 1, 1, 0, -1, 1], [-1] * 8, [1] * 8],
    ids=["mixed", "all missing", "all alike"],
)
def test_values_taken_later_are_those_of_the_entries_that_give_them(name, rows):
    values = HELD[name](rows)
    shown = np.array([6, 5, 4, 3, 2, 1, 0], dtype=np.int64)
    giver = Survivor(
        shown, np.array([1, 5], np.int32), np.array([7, -1], np.int32), "newest", np.array([3])
    )
    at = np.array([6, 7, 4, -1, 2, -1, 0])
    order = np.array([3, 1, 4, 0, 6, 2, 5])
    expected = values.take(at[order], allow_fill=True)
    columns = {"giver": Later(values, giver), "at": Later(values, at)}
    for told in rearranged(columns, order, size=len(order)).values():
        pd.testing.assert_extension_array_equal(told, expected)
