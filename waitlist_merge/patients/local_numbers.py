"""Parts of local numbers that a slip leaves as they are, for the keys that find slips.

Numbers of one length are looked at together, letter by letter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.patients.coding import MISSING, Codes
from waitlist_merge.patients.likeness import LONG_NUMBER
from waitlist_merge.signs import signs

Letters = NDArray[np.uint8]

WIDEST = 64
"""Bytes of the longest number of which keys are made; what is longer is no number."""

WORD = 8
"""Bytes that are compared at once."""


def half(numbers: Sequence[str], *, first: bool) -> Codes:
    """A code for one half of each number; MISSING where the number is short.

    >>> half(["1234567", "1239999", "99"], first=True).tolist()
    [0, 0, -1]
    """

    def cut(letters: Letters) -> Letters:
        middle = letters.shape[1] // 2
        return letters[:, :middle] if first else letters[:, middle:]

    return _coded(numbers, cut)


def in_order(numbers: Sequence[str]) -> Codes:
    """A code for the letters of each number, whatever their order; MISSING where it is short.

    >>> in_order(["1234567", "1324567", "1234568"]).tolist()
    [0, 0, 1]
    """
    return _coded(numbers, lambda letters: np.sort(letters, axis=1))


def _coded(numbers: Sequence[str], part: Callable[[Letters], Letters]) -> Codes:
    """Equal codes for equal parts of numbers."""
    told = signs(pa.array(numbers, pa.large_string()))
    codes = np.full(len(numbers), MISSING, dtype=np.int32)
    lengths = told.length
    used = (lengths >= LONG_NUMBER) & (lengths <= WIDEST)
    words = -(-int(lengths[used].max(initial=1)) // WORD)
    parts = np.zeros((len(numbers), words * WORD), dtype=np.uint8)
    for length in np.unique(lengths[used]):
        rows = np.flatnonzero(lengths == length)
        cut = part(told.held[told.begin[rows, None] + np.arange(length)])
        parts[rows, : cut.shape[1]] = cut
    first, *others = parts.view(np.uint64)[used].T
    found = pd.factorize(first)[0]
    for word in others:
        code = pd.factorize(word)[0]
        found = pd.factorize(found * (code.max(initial=0) + 1) + code)[0]
    codes[used] = found
    return codes
