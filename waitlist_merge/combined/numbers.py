"""Whole numbers of which some are missing, as pandas holds them: how are they made, how read?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools


def whole(number: NDArray[np.integer], there: Bools) -> pd.arrays.IntegerArray:
    """Whole numbers, missing where ``there`` is false.

    >>> whole(np.array([7, 0]), np.array([True, False])).tolist()
    [7, <NA>]
    """
    return pd.arrays.IntegerArray(number.astype(np.int32, copy=False), ~there)


def held(column: pd.arrays.IntegerArray) -> tuple[NDArray[np.integer], Bools]:
    """The numbers, whatever lies there where one is missing, and which are: neither is copied.

    >>> number, missing = held(whole(np.array([7, 0]), np.array([True, False])))
    >>> number.tolist(), missing.tolist()
    ([7, 0], [False, True])
    """
    # What pandas offers copies both, of a list of millions at each look.
    return column._data, column._mask  # type: ignore[attr-defined]  # noqa: SLF001


def filled_with(column: pd.arrays.IntegerArray, nothing: int) -> NDArray[np.int64]:
    """The numbers, ``nothing`` where one is missing.

    >>> filled_with(whole(np.array([7, 0]), np.array([True, False])), -1).tolist()
    [7, -1]
    """
    number, missing = held(column)
    return np.where(missing, nothing, number).astype(np.int64, copy=False)
