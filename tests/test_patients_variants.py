"""Spellings of names: many at once are rewritten as each would be by itself."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

from waitlist_merge.patients import variants
from waitlist_merge.patients.variants import spelling_keys

NAMES = st.text("ACEHIKOPSVYZ ", max_size=7)


def slow_key(name):
    """Each rewriting in turn, of this name alone."""
    key = name.replace(" ", "")
    for pattern, form in variants._SPELLINGS:
        key = re.sub(pattern.pattern, form, key)
    return key if len(key) >= 3 else ""


@given(st.lists(NAMES, max_size=6), st.integers(0, 4))
def test_names_together_have_the_keys_that_each_has_alone(names, most):
    expected = [slow_key(name) for name in names]
    remembered, room = dict(variants._KEYS), variants._MOST_REMEMBERED
    try:
        variants._KEYS.clear()
        variants._MOST_REMEMBERED = most
        assert spelling_keys(names) == expected
        assert spelling_keys(names) == expected
        assert len(variants._KEYS) <= most
    finally:
        variants._KEYS.update(remembered)
        variants._MOST_REMEMBERED = room
