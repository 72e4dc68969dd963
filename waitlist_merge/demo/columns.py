"""How do drawn values become the columns of a typed frame? Text as categories, empty as missing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.demo.draw import Ints

Text = NDArray[np.object_]


def category(values: Text) -> pd.Categorical:
    """Text as a category whose categories are str; None and empty text are missing.

    >>> category(np.array(["b", "", None, "b"], dtype=object)).codes.tolist()
    [0, -1, -1, 0]
    """
    codes, known = pd.factorize(np.where(values == "", None, values))
    return pd.Categorical.from_codes(codes, categories=pd.Index(known, dtype=object))


def lettered(numbers: Ints, shape: Callable[[pd.Series], pd.Series]) -> Text:
    """Numbers as text, shaped once for each different number.

    >>> lettered(np.array([7, 7, 12]), lambda text: text.str.zfill(4)).tolist()
    ['0007', '0007', '0012']
    """
    known, at = np.unique(numbers, return_inverse=True)
    text: Text = shape(pd.Series(known).astype(str)).to_numpy(dtype=object)
    return text[at]
