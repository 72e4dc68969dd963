"""How do drawn values become the columns of a typed frame? Text as categories, empty as missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Text = NDArray[np.object_]


def category(values: Text) -> pd.Categorical:
    """Text as a category whose categories are str; None and empty text are missing.

    >>> category(np.array(["b", "", None, "b"], dtype=object)).codes.tolist()
    [0, -1, -1, 0]
    """
    cleaned = values.copy()
    cleaned[values == ""] = None
    codes, known = pd.factorize(cleaned)
    return pd.Categorical.from_codes(codes, categories=pd.Index(known, dtype=object))
