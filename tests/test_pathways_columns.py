"""Columns are read part by part as each element would be by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.pathways import columns as subject

TEXTS = st.lists(st.none() | st.text("0aé", max_size=2), max_size=8)
NUMBERS = st.lists(st.integers(0, 5), max_size=12)


@pytest.fixture(autouse=True, scope="module")
def _few_at_a_time():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "AT_A_TIME", 3)
        yield


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_texts_of_several_arrays_have_one_numbering_in_order_of_coming(texts):
    known: dict[str, int] = {}
    number = [
        [-1 if each is None else known.setdefault(each, len(known)) for each in some]
        for some in texts
    ]
    found = subject.numbered_together(*(pa.array(some, pa.string()) for some in texts))
    assert [each.tolist() for each in found] == number


@given(st.lists(st.none() | st.integers(-62_135_596_800, 253_402_300_799), max_size=12))
def test_a_day_is_the_whole_days_of_its_seconds(seconds):
    held = np.array([subject.NOT_A_TIME if each is None else each for each in seconds], np.int64)
    expected = [subject.NO_DAY if each is None else each // 86_400 for each in seconds]
    days = subject.days(pd.Series(held.view("datetime64[s]")))
    assert days.tolist() == expected
    whole = [None if each is None else each // 86_400 * 86_400 for each in seconds]
    stamps = np.array([subject.NOT_A_TIME if each is None else each for each in whole], np.int64)
    assert subject.dates(days).view(np.int64).tolist() == stamps.tolist()


@given(NUMBERS)
def test_who_is_in_company_has_a_number_that_another_has(numbers):
    found = subject.in_company(np.array(numbers, dtype=np.int32))
    assert found.tolist() == [numbers.count(each) > 1 for each in numbers]


@given(st.lists(st.integers(-1, 2), max_size=12))
def test_what_has_no_code_is_what_stands_last(codes):
    found = subject.looked_up(np.array([7, 8, 9, 0]), np.array(codes, dtype=np.int8))
    assert found.tolist() == [[7, 8, 9, 0][each] for each in codes]
