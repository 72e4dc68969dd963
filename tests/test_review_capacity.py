"""What an organisation can answer in a week, the most urgent first, and nothing dropped."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from hypothesis import given, strategies as st

from waitlist_merge.review.capacity import within

QUEUES = st.lists(
    st.sets(st.sampled_from("ABC"), min_size=1, max_size=3).map(
        lambda each: ";".join(sorted(each))
    ),
    max_size=20,
)


@given(QUEUES, st.integers(0, 5))
def test_nobody_has_more_than_it_can_answer_and_none_waits_without_need(
    queue: list[str], capacity: int
) -> None:
    frame = pd.DataFrame({"order": range(1, len(queue) + 1), "organisations": queue})
    chosen = within(frame, capacity)
    taken: Counter[str] = Counter()
    for names, asked in zip(queue, chosen, strict=True):
        room = all(taken[code] < capacity for code in names.split(";"))
        assert asked == room
        if asked:
            taken.update(names.split(";"))
    assert all(count <= capacity for count in taken.values())


def test_without_a_capacity_all_are_asked_and_the_lost_are_asked_always() -> None:
    frame = pd.DataFrame(
        {
            "order": [1, 2, 3],
            "organisations": ["A", "A", "A"],
            "level": ["patient", "unaccounted", "pathway"],
        }
    )
    assert within(frame, None).all()
    assert within(frame, 0).tolist() == [False, True, False]
    turned = frame.iloc[::-1].reset_index(drop=True)
    assert within(turned, 1).tolist() == [False, True, True]
