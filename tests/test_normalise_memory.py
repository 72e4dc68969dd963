"""What is remembered, read by place or taken as plain is what the reader would say."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.normalise import date_shapes, memory, name_noise, names, plain
from waitlist_merge.normalise.columns import as_words, encode
from waitlist_merge.normalise.date_layouts import by_layout
from waitlist_merge.normalise.fields import READERS, read_column
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.nhs_numbers import with_check_digit
from waitlist_merge.normalise.reading import as_texts, is_blank_name, matched
from waitlist_merge.normalise.typed import text_column, with_changes

TEXTS = st.lists(st.sampled_from(["", "1", "22", "333", "4444", "Ann", "Łukasz"]), max_size=8)


@dataclass(frozen=True, eq=False)
class Said:
    length: np.ndarray
    parts: dict[str, np.ndarray]
    both: tuple[np.ndarray, np.ndarray]
    none: None = None


def say(texts):
    lengths = np.array([len(each) for each in texts], dtype=np.int64)
    capitals = as_texts([each.upper() for each in texts])
    return Said(lengths, {"capitals": capitals}, (lengths > 1, lengths * 2))


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_what_is_remembered_is_what_the_reader_says(monkeypatch_small, columns):
    read = Remembered(say)
    for column in columns:
        texts = as_texts(column)
        mine, theirs = read(texts), say(texts)
        assert mine.length.tolist() == theirs.length.tolist()
        assert mine.parts["capitals"].tolist() == theirs.parts["capitals"].tolist()
        assert [each.tolist() for each in mine.both] == [each.tolist() for each in theirs.both]
        assert mine.none is None


@pytest.fixture(scope="module")
def monkeypatch_small():
    """Bounds so small that texts are forgotten and long columns read whole."""
    patch = pytest.MonkeyPatch()
    patch.setattr(memory, "MOST", 7)
    patch.setattr(memory, "MANY", 5)
    yield
    patch.undo()


def test_a_text_is_read_once_and_many_are_not_remembered(monkeypatch):
    monkeypatch.setattr(memory, "MANY", 3)
    seen = []
    read = Remembered(lambda texts: seen.extend(texts) or np.array([len(each) for each in texts]))
    for column in (["a", "bb"], ["bb", "ccc"], ["a"], ["1", "2", "3", "a"]):
        assert read(as_texts(column)).tolist() == [len(each) for each in column]
    assert seen == ["a", "bb", "ccc", "1", "2", "3", "a"]


def test_what_a_caller_does_to_an_answer_is_not_remembered():
    read = Remembered(lambda texts: np.array([len(each) for each in texts]))
    read(as_texts(["a"]))[:] = 99
    assert read(as_texts(["a"])).tolist() == [1]


DAYS = st.from_regex(
    r"\A(?:[0-9]{2}[-/ .][0-9]{2}[-/][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}|"
    r"[0-9]{2}-(?:[Jj]an|FEB|sep|Oct|Xyz|A_r)-[0-9]{4}|0[0-9]/00/0000|0000-00-00|"
    r"(?:0[0-9]/00/000[0-9]|[0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9]{2}:00(?::0[0-9]Z?)?)\Z"
)


@settings(max_examples=150)
@given(st.lists(DAYS | st.sampled_from(["", "n/a", "٠١٢٣٤٥٦٧", "1/2/26"]), max_size=20))
def test_dates_taken_apart_by_place_are_those_found_by_pattern(written):
    texts = as_texts(written)
    parts, rest = by_layout(as_words(texts))
    slow = date_shapes._read_by_pattern(texts)
    by_place = np.setdiff1d(np.arange(len(texts)), rest)
    for part in fields(parts):
        mine, theirs = getattr(parts, part.name), getattr(slow, part.name)
        assert mine[by_place].tolist() == theirs[by_place].tolist(), part.name
        whole = getattr(date_shapes.split_dates(texts), part.name)
        assert whole.tolist() == theirs.tolist(), part.name


def test_a_slice_of_a_column_is_taken_apart_as_the_column_is():
    words = as_words(["01/02/2026", "xx", "25121985", "2026-11-15", "01-Sep-2020"])
    parts, rest = by_layout(words.slice(1))
    assert rest.tolist() == [0]
    assert parts.year.tolist() == [0, 1985, 2026, 2020]


ODD = "Ann O Brien xx zzz test do patient not use Testing NULL Nan nat none NA Smith de la Łukasz 1"
PARTS = st.sampled_from([*name_noise._NOISE["word"], *name_noise.TITLES, *ODD.split()])


@settings(max_examples=300)
@given(st.lists(PARTS, min_size=1, max_size=4), st.sampled_from([" ", "-", "'", ""]))
def test_a_simple_name_is_one_that_the_patterns_leave_as_it_is(parts, between):
    text = between.join(parts)
    if not name_noise.is_simple(text):
        return
    texts = as_texts([text])
    assert matched(texts, name_noise.PLAIN)[0]
    assert not matched(texts, name_noise.SUSPECT)[0]
    assert not is_blank_name(texts)[0]
    assert not matched(texts, names._TEST)[0]
    for clean in (name_noise.clean_family, name_noise.clean_given):
        assert clean(text) == name_noise.Cleaned(text)


def test_most_names_are_simple():
    assert all(map(name_noise.is_simple, ["Smith", "O'Brien", "van der Berg", "Anne Marie", "LEE"]))


NUMBERS = st.integers(400_000_000, 999_999_999).map(
    lambda stem: str(with_check_digit(np.array([stem]))[0])
)
SPACED = NUMBERS.map(lambda each: f"{each[:3]} {each[3:6]} {each[6:]}")
OTHER = st.sampled_from(
    ["", " ", "n/a", "TBC", "none", "ls62ab", "LS6 2AB ", "9990123462", "401 234 5672", "h 12", "x"]
)


@pytest.mark.parametrize("name", sorted(plain.PLAIN_FIELDS))
@settings(max_examples=40)
@given(st.data())
def test_plain_texts_beside_others_are_read_as_the_reader_does(name, data):
    pattern = plain._PATTERNS.get(name)
    usual = st.from_regex(rf"\A{pattern[1:-1]}\Z") if pattern else NUMBERS | SPACED
    texts = data.draw(st.lists(usual | OTHER, min_size=1, max_size=12))
    column = encode(pd.Series(texts, dtype=object))
    mine = read_column(name, column)
    reading = with_changes(READERS[name](column.texts), column.texts)
    every = np.arange(len(column.words))
    slow = text_column(column, as_words(reading.values), reading, every)
    assert mine.values.tolist() == pytest.approx(slow.values.tolist(), nan_ok=True)
    assert mine.values.categories.tolist() == slow.values.categories.tolist()
    assert mine.source.rows().tolist() == slow.source.rows().tolist()
    assert {k: v.tolist() for k, v in mine.faults.items()} == {
        k: v.tolist() for k, v in slow.faults.items()
    }
    assert mine.column_faults == slow.column_faults
