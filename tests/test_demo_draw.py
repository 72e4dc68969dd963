"""Draws follow their weights, keep their limits and repeat nothing that must differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.demo.draw import Choices, between, choose, distinct, hit, some_of, words

SEEDS = st.integers(0, 2**32 - 1)
MATRIX = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 1, 3, 0.001]), min_size=width, max_size=width),
        min_size=1,
        max_size=6,
    )
)


@given(MATRIX, SEEDS)
def test_only_what_has_weight_is_drawn(weights: list[list[float]], seed: int) -> None:
    rows = np.repeat(np.arange(len(weights)), 50)
    drawn = Choices.of(weights).draw(np.random.default_rng(seed), rows)
    for row, column in zip(rows.tolist(), drawn.tolist(), strict=True):
        assert column == -1 if not any(weights[row]) else weights[row][column] > 0


def test_shares_are_those_of_the_weights() -> None:
    drawn = choose(np.random.default_rng(0), [1, 0, 3], 40_000)
    assert np.bincount(drawn, minlength=3)[2] / 40_000 == pytest.approx(0.75, abs=0.01)


@given(st.integers(-5, 5), st.integers(0, 60), SEEDS)
def test_distinct_numbers_differ_and_stay_in_range(low: int, size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for width in (size, 3 * size, 50 * size):
        drawn = distinct(rng, low, low + width, size)
        assert len(set(drawn.tolist())) == size
        assert all(low <= each < low + width for each in drawn.tolist())


def test_more_distinct_numbers_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="no 5 different numbers from 0 to 3"):
        distinct(np.random.default_rng(0), 0, 4, 5)


def test_distinct_numbers_come_in_no_order() -> None:
    drawn = distinct(np.random.default_rng(0), 0, 10**9, 5000)
    assert abs(np.corrcoef(np.arange(5000), drawn)[0, 1]) < 0.05


@given(st.integers(-9, 9), st.integers(-9, 9), SEEDS)
def test_between_includes_both_ends_and_no_more(low: int, high: int, seed: int) -> None:
    drawn = between(np.random.default_rng(seed), low, high, 30)
    assert drawn.min() >= low
    assert drawn.max() <= max(low, high)


def test_certain_and_impossible() -> None:
    rng = np.random.default_rng(0)
    assert hit(rng, 1, 50).all()
    assert not hit(rng, 0, 50).any()
    assert len(some_of(rng, np.arange(3), 10)) == 3
    assert len(some_of(rng, np.arange(3), -1)) == 0
    assert words(("a", "b"), np.array([1, -1])).tolist() == ["b", None]
