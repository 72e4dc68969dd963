"""Ids are taken by position as the column itself would give them, whatever holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.categories import STR
from waitlist_merge.combined.names import Later, taken

ONE_LENGTH, OTHERS = ["E-1", "E-2", "E-3", "E-4"], ["E-1", "E-22", None, "E-4"]


@pytest.mark.parametrize("dtype", [STR, "string[pyarrow]", "category", object], ids=str)
@pytest.mark.parametrize("held", [ONE_LENGTH, OTHERS], ids=["one length", "others"])
@pytest.mark.parametrize("at", [[3, 0, 0], [2, -1, 1], []], ids=["all", "one missing", "none"])
def test_ids_are_those_at_the_positions(dtype, held, at):
    ids = pd.array(["E-0", "E-long", *held], dtype=dtype)[2:]
    where = np.array(at, dtype=np.int64)
    told = taken(ids, where)
    assert told.dtype == ids.dtype
    expected = [held[each] if each >= 0 else None for each in at]
    assert [None if pd.isna(each) else each for each in told] == expected
    order = np.arange(len(where))[::-1]
    later = [None if pd.isna(each) else each for each in Later(ids, where).take(order)]
    assert later == expected[::-1]
