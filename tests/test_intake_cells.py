"""A column of cells holds each text once, whatever it was made from."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from waitlist_merge.intake.cells import encode, from_arrow_column, from_frame_column, tidy


@pytest.mark.parametrize(
    ("texts", "held"),
    [
        pytest.param(["b", "a", "b"], ["b", "a"], id="as it is"),
        pytest.param(["b", "", "a"], ["b", "a"], id="a blank between others"),
        pytest.param(["", "b"], ["b"], id="a blank first"),
        pytest.param(["b", None, ""], ["b"], id="a missing one"),
        pytest.param(["b", " b", "b\u00a0", " "], ["b"], id="alike once they are trimmed"),
        pytest.param(["", None], [], id="nothing"),
    ],
)
def test_each_text_is_held_once_and_no_blank(texts, held):
    column = encode(texts)
    assert column.dictionary.to_pylist() == held
    trimmed = [(text or "").strip(" \u00a0") or None for text in texts]
    assert column.to_pylist() == trimmed
    assert tidy(column).equals(column)


def test_values_of_several_kinds_that_read_alike_are_one_text():
    column = from_frame_column(pd.Series([7, "7", 7.5, None, "7 "], dtype=object))
    assert column.dictionary.to_pylist() == ["7", "7.5"]
    assert column.to_pylist() == ["7", "7", "7.5", None, "7"]


def test_bytes_that_read_alike_are_one_text():
    column = from_arrow_column(pa.chunked_array([[b"\xff", b"\xfe", b"a"]], pa.binary()))
    assert column.dictionary.to_pylist() == ["\ufffd", "a"]
    assert column.indices.to_pylist() == [0, 0, 1]
