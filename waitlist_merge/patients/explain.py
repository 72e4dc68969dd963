"""Why are two entries one patient, or not? The parts of the weight, in words.

The sentence is the very sum that decided: each part is named with its bits, and they add up to the
link's weight (but for rounding).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Level
from waitlist_merge.patients.levels import LEVELS
from waitlist_merge.patients.weights import Weights
from waitlist_merge.patients.words import WORDS

SHOWN_FROM = 0.05
"""Bits below which a part is left out of the sentence: it would be shown as 0.0."""


def explanations(levels: Mapping[str, Level], parts: Mapping[str, Weights]) -> NDArray[np.object_]:
    """One sentence for each pair: "same person key (+29.1); same birth date (+13.2); ..."."""
    if not len(parts["prior"]):
        return np.empty(0, dtype=object)
    said = [
        _said([WORDS.get((field, name), "") for name in LEVELS[field]], levels[field], parts[field])
        for field in LEVELS
    ]
    of_pair = np.zeros(len(parts["prior"]), dtype=np.int8)
    said += [
        _said([WORDS[taken, ""]], of_pair, parts[taken]) for taken in ("together", "household")
    ]
    said.append(_said([WORDS["prior", ""]], of_pair, parts["prior"], least=0.0))
    sentence = pc.binary_join_element_wise(*said, _NOTHING)
    told: NDArray[np.object_] = pc.utf8_slice_codeunits(sentence, 0, -len(_END)).to_numpy(
        zero_copy_only=False
    )
    return told


_END = "; "
_NOTHING = pa.scalar("", pa.large_string())


def _said(
    words: Sequence[str], level: Level, part: Weights, *, least: float = SHOWN_FROM
) -> pa.LargeStringArray:
    """The words of each level with its bits, or nothing; each text is made but once."""
    code, bits = pd.factorize(np.round(part.astype(np.float64), 1))
    texts = [f"{word} ({value:+.1f}){_END}" for word in words for value in bits]
    shown = np.where(np.abs(part) >= least, level.astype(np.int64) * len(bits) + code, len(texts))
    return pa.array([*texts, ""], pa.large_string()).take(pa.array(shown))
