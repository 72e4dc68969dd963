"""Text columns of many extracts one below the other say row by row what they said before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, strategies as st

from waitlist_merge.categories import category, stacked

columns = st.lists(
    st.lists(st.sampled_from(["a", "b", "é", "", None]), max_size=6), min_size=1, max_size=5
)


def as_python(values):
    return pd.Categorical(values)


def as_arrow(values):
    codes, words = pd.factorize(np.array(values, dtype=object))
    return category(codes.astype(np.int8), pa.array(words, pa.string()))


@given(columns, st.lists(st.sampled_from([as_python, as_arrow]), min_size=5, max_size=5))
def test_the_rows_are_those_of_the_columns(texts, makers):
    parts = [make(values) for make, values in zip(makers, texts, strict=False)]
    found = stacked(parts)
    said = [value for values in texts for value in values]
    assert [None if pd.isna(each) else each for each in found] == said
    coming = [word for part in parts for word in part.categories]
    assert list(found.categories) == list(dict.fromkeys(coming))
