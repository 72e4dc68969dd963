"""How are whole numbers spread so that equal ones stay equal and others fall anywhere?

For tables and samples only: what must not be guessed is hashed with a key (``identity``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

FACTORS = tuple(
    np.uint64(each)
    for each in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)
"""Odd constants with bits all over, as hash functions use them (the first is 2^64 over the golden
ratio): multiplying by them loses nothing."""


def stir(numbers: Numbers, factor: np.uint64) -> None:
    """One round, in place: multiplied by the factor, the high bits brought down to the low ones.

    >>> numbers = np.array([1, 2], dtype=np.uint64)
    >>> stir(numbers, FACTORS[0])
    >>> [f"{each:x}" for each in numbers]
    ['9e3779bd8ef1b1de', '3c6ef3731de363bd']
    """
    numbers *= factor
    numbers ^= numbers >> np.uint64(29)


def mixed(numbers: Numbers) -> Numbers:
    """Each number spread over all 64 bits, no two alike: the finaliser of splitmix64.

    >>> f"{mixed(np.zeros(1, dtype=np.uint64))[0]:x}"
    'e220a8397b1dcdaf'
    """
    found = numbers + FACTORS[0]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    return np.asarray(found ^ (found >> np.uint64(31)))
