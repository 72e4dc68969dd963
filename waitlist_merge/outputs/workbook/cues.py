"""How urgent is a row, in a word and a colour?

>>> Cue.CANCER.value, TINTS[Cue.CANCER]
('Suspected cancer', <Tint.GRAVE: 'grave'>)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import pandas as pd

from waitlist_merge.combined.clocks import WEEK
from waitlist_merge.combined.rules import PRIORITY_CODES
from waitlist_merge.outputs.workbook.cells import Texts, numbers, texts, truth
from waitlist_merge.outputs.workbook.page import Tint
from waitlist_merge.review.urgency import LONG_WAITS, NEAR_BREACH


class Cue(StrEnum):
    """The gravest that is true of a row of the combined list."""

    DEATH = "Check death first"
    CANCER = "Suspected cancer"
    FIRST = "P1-P2"
    OVER_104 = "Over 104 weeks"
    OVER_78 = "Over 78 weeks"
    OVER_65 = "Over 65 weeks"
    OVER_52 = "Over 52 weeks"
    NEAR = "Threshold in 4 weeks"
    NONE = ""


TINTS: Mapping[str, Tint] = MappingProxyType(
    {
        Cue.DEATH: Tint.STOP,
        Cue.CANCER: Tint.GRAVE,
        Cue.FIRST: Tint.URGENT,
        Cue.OVER_104: Tint.GRAVE,
        Cue.OVER_78: Tint.GRAVE,
        Cue.OVER_65: Tint.URGENT,
        Cue.OVER_52: Tint.URGENT,
        Cue.NEAR: Tint.SOON,
        Cue.NONE: Tint.NONE,
    }
)

_OVER = (Cue.OVER_104, Cue.OVER_78, Cue.OVER_65, Cue.OVER_52)
_FIRST = PRIORITY_CODES[:3]


def cues(combined: pd.DataFrame, *, run_date: date) -> Texts:
    """The cue of each row of the combined list."""
    waited = np.nan_to_num(numbers(combined["days_waiting"]), nan=-1)
    passes = pd.to_datetime(combined["next_threshold_date"])
    near = ((passes - pd.Timestamp(run_date)) <= pd.Timedelta(days=NEAR_BREACH)).to_numpy()
    told = [
        (truth(combined["deceased"]) | truth(combined["death_in_doubt"]), Cue.DEATH),
        (truth(combined["suspected_cancer"]), Cue.CANCER),
        (np.isin(texts(combined["priority_code"]).astype(str), _FIRST), Cue.FIRST),
        *((waited > weeks * WEEK, cue) for weeks, cue in zip(LONG_WAITS, _OVER, strict=True)),
        (near, Cue.NEAR),
    ]
    masks, words = zip(*told, strict=True)
    place = np.select(masks, np.arange(len(words)), len(words))
    return np.asarray(np.array([*(str(word) for word in words), ""], dtype=object)[place])


def tints(cue: Texts) -> Texts:
    """The colour of each cue."""
    return np.array([TINTS[each] for each in cue.tolist()], dtype=object)
