"""Which texts seem to be equal: never fewer than are. Which numbers are: exactly those."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from waitlist_merge import signs as subject

TEXTS = st.lists(st.none() | st.text("a0é", max_size=30), max_size=12)


@given(TEXTS, TEXTS, st.integers(1, 4))
def test_no_text_that_occurs_again_is_left_out(before, texts, at_a_time):
    held = pa.array([*before, *texts], pa.string())[len(before) :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "AT_A_TIME", at_a_time)
        found = subject.perhaps_again(held).tolist()
    for text, again in zip(texts, found, strict=True):
        assert again or not text or texts.count(text) == 1
        assert not (again and not text)


@given(st.integers(1, 30), st.data())
def test_texts_of_one_length_have_the_numbers_that_they_have_among_others(length, data):
    texts = data.draw(st.lists(st.text("aB0", min_size=length, max_size=length), min_size=1))
    among = subject.numbers(pa.array([*texts, "", "x" * (length + 1)]))
    assert subject.numbers(pa.array(texts)).tolist() == among[: len(texts)].tolist()


def test_few_texts_that_do_not_are_among_them():
    apart = pa.array([f"{number:020d}" for number in range(20_000)])
    assert not subject.perhaps_again(apart).any()
    alike = subject.perhaps_again(pa.concat_arrays([apart, apart[:10]]))
    assert 20 <= np.count_nonzero(alike) < 40


@given(st.lists(st.integers(0, 6) | st.integers(0, 2**64 - 1), max_size=20))
def test_exactly_the_numbers_that_are_there_twice_are_told(numbers):
    found = subject.repeated(np.array(numbers, dtype=np.uint64)).tolist()
    assert found == [numbers.count(each) > 1 for each in numbers]
