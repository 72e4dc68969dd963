"""Are two given names forms of one name? Nicknames and spellings, from a packaged table."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.reference import load


def are_variants(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.bool_]:
    """For each two names in comparison form: is one a nickname or spelling of the other?

    >>> are_variants(np.array(["ELIZABETH"], object), np.array(["LIZ"], object)).tolist()
    [True]
    """
    known = _pairs()
    return np.asarray(
        [(one, other) in known for one, other in zip(left, right, strict=True)], dtype=bool
    )


@cache
def known_names() -> frozenset[str]:
    """Given names in comparison form that people are registered with, and their short forms.

    >>> "SANA" in known_names(), "SNAA" in known_names()
    (True, False)
    """
    nicknames = load("nicknames")
    return frozenset({*load("given_names")["name"], *nicknames["name"], *nicknames["form"]})


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    listed = load("nicknames")
    pairs = set(zip(listed["name"], listed["form"], strict=True))
    return frozenset(pairs | {(form, name) for name, form in pairs})
