"""The sentence on a link, made for all pairs at once, is what one would write for each."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from waitlist_merge.patients.explain import SHOWN_FROM, explanations
from waitlist_merge.patients.levels import LEVELS
from waitlist_merge.patients.words import WORDS

PARTS = (*LEVELS, "together", "household", "prior")
BITS = st.sampled_from([0.0, 0.04, 0.05, -0.2, 1.25, 1.35, -2.0, 13.21])
PAIRS = st.lists(
    st.tuples(
        st.fixed_dictionaries({name: st.integers(0, len(LEVELS[name]) - 1) for name in LEVELS}),
        st.fixed_dictionaries(dict.fromkeys(PARTS, BITS)),
    ),
    max_size=4,
)


def slow(levels: dict[str, int], bits: dict[str, float]) -> str:
    said = {name: WORDS.get((name, LEVELS[name][levels[name]]), "") for name in LEVELS}
    said |= {name: WORDS[name, ""] for name in ("together", "household", "prior")}
    shown = [name for name in PARTS if name == "prior" or abs(bits[name]) >= SHOWN_FROM]
    return "; ".join(f"{said[name]} ({np.round(bits[name], 1):+.1f})" for name in shown)


@given(PAIRS)
def test_each_pair_has_its_own_sentence(pairs: list[tuple[dict[str, int], dict[str, float]]]):
    levels = {name: np.array([each[name] for each, _ in pairs], dtype=np.int8) for name in LEVELS}
    parts = {name: np.array([each[name] for _, each in pairs], dtype=float) for name in PARTS}
    assert explanations(levels, parts).tolist() == [slow(*each) for each in pairs]
