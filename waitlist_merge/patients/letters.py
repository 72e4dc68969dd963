"""Which texts may be one edit apart? Told from the letters that each holds, before they are read.

An edit takes one letter away or puts one in, or both; an exchange of neighbours does neither. Two
texts whose letters differ in more than two need not be compared.

>>> held = letters_held(["LS6 2AB", "LS6 2BC", "M14 5TZ"])
>>> perhaps_one_edit(held[[0, 0]], held[[1, 2]]).tolist()
[True, False]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.signs import signs
from waitlist_merge.threads import AT_A_TIME

Held = NDArray[np.uint64]

_BIT = np.uint64(1) << (np.minimum(np.arange(256), 127) % 64).astype(np.uint64)
"""The bit of each byte; one for all bytes of letters beyond ASCII, so that a letter has one bit."""


def letters_held(values: Sequence[str]) -> Held:
    """A bit for each letter that a text holds; letters may share a bit.

    >>> letters_held(["AB", "", "BA"]).tolist()
    [6, 0, 6]
    """
    told = signs(pa.array(values, pa.large_string()))
    found = np.zeros(len(told.length), dtype=np.uint64)
    for at in range(0, len(found), AT_A_TIME):
        some = at + np.flatnonzero(told.length[at : at + AT_A_TIME])
        if len(some):
            first, last = told.begin[some[0]], told.begin[some[-1]] + told.length[some[-1]]
            bits = _BIT[told.held[first:last]]
            found[some] = np.bitwise_or.reduceat(bits, told.begin[some] - first)
    return found


def perhaps_one_edit(one: Held, other: Held) -> NDArray[np.bool_]:
    """May two texts be at most one edit apart? True wherever they are."""
    rest = one ^ other
    for _ in range(_CHANGED):
        rest &= rest - np.uint64(1)
    return np.asarray(rest == 0)


_CHANGED = 2
"""Letters that one edit changes: what is replaced, and what it is replaced by."""
