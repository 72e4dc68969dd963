"""Who gives a value: the same as by sorting all members of each row."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from waitlist_merge.combined.bundles import bundle

MEMBERS = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.booleans(), st.integers(-2, 2)), max_size=12
)


@given(members=MEMBERS)
def test_the_best_is_the_first_of_all_members_sorted(members):
    table = np.array(members, dtype=np.int64).reshape(-1, 4).T
    need, number = table[0], table[3]
    valid, flag = table[1:3].astype(bool)
    need = np.unique(need, return_inverse=True)[1]
    bundles = bundle(need, np.ones(len(need), dtype=bool), lambda some: [some])
    keys = tuple(each[bundles.members] for each in (flag, number))
    expected = []
    for each in range(len(bundles.first)):
        rows = [row for row in range(len(need)) if need[row] == each]
        able = [row for row in rows if valid[row]]
        best = min(able, key=lambda row: (flag[row], number[row], row), default=-1)
        if len(rows) > 1:
            expected.append(best)
    assert bundles.best(valid[bundles.members], keys).tolist() == expected
