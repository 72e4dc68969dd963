"""Why are two entries one patient, or not? The parts of the weight, in words.

The sentence is the very sum that decided: each part is named with its bits, and they add up to the
link's weight (but for rounding).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Level
from waitlist_merge.patients.levels import LEVELS
from waitlist_merge.patients.model import Weights
from waitlist_merge.patients.words import WORDS

SHOWN_FROM = 0.05
"""Bits below which a part is left out of the sentence: it would be shown as 0.0."""


def explanations(levels: Mapping[str, Level], parts: Mapping[str, Weights]) -> NDArray[np.object_]:
    """One sentence for each pair: "same person key (+29.1); same birth date (+13.2); ..."."""
    count = len(parts["prior"])
    if not count:
        return np.empty(0, dtype=object)
    sentence = pd.Series("", index=range(count), dtype=object)
    for field in LEVELS:
        texts = np.asarray([WORDS.get((field, name), "") for name in LEVELS[field]], dtype=object)
        shown = np.abs(parts[field]) >= SHOWN_FROM
        said = texts[levels[field]] + _bits(parts[field])
        sentence = sentence + np.where(shown, said, "")
    for taken in ("together", "household"):
        said = WORDS[taken, ""] + _bits(parts[taken])
        sentence += np.where(np.abs(parts[taken]) >= SHOWN_FROM, said, "")
    sentence = sentence + WORDS["prior", ""] + _bits(parts["prior"])
    return sentence.str[:-2].to_numpy()


def _bits(part: Weights) -> NDArray[np.object_]:
    """A text such as " (+13.2); " for each value, made once for each distinct tenth of a bit."""
    codes, distinct = pd.factorize(np.round(part.astype(np.float64), 1))
    return np.asarray([f" ({value:+.1f}); " for value in distinct], dtype=object)[codes]
