"""What is told of texts before they are compared never leaves out two that comparing would find."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from waitlist_merge.patients.letters import letters_held, perhaps_one_edit
from waitlist_merge.patients.likeness import one_edit
from waitlist_merge.patients.variants import beginnings, spelling_keys

TEXTS = st.lists(st.text(st.sampled_from("AB1 Éñ語"), max_size=6), min_size=1, max_size=30)
NAMES = st.lists(
    st.text(st.sampled_from("ABCDEHIKLOPQRSTUVYZ"), min_size=1, max_size=6), min_size=2, max_size=30
)


@given(TEXTS)
def test_no_two_texts_one_edit_apart_are_left_out(values: list[str]) -> None:
    held = letters_held(values)
    one, other = (each.ravel() for each in np.indices((len(values), len(values))))
    texts = np.asarray(values, dtype=object)
    near = one_edit(texts[one], texts[other]) > 0
    assert (perhaps_one_edit(held[one], held[other]) | ~near).all()


def test_most_texts_that_are_far_apart_are_left_out() -> None:
    held = letters_held(["LS6 2AB", "M14 5TZ", "", "OX3 7LE"])
    one, other = np.triu_indices(len(held), k=1)
    assert not perhaps_one_edit(held[one], held[other]).any()


@given(NAMES)
def test_names_of_one_spelling_begin_alike(names: list[str]) -> None:
    keys, begins = spelling_keys(names), beginnings(names).tolist()
    found: dict[str, set[int]] = {}
    for key, begin in zip(keys, begins, strict=True):
        if key:
            found.setdefault(key, set()).add(begin)
    assert all(len(each) == 1 for each in found.values())
