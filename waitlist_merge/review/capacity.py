"""Which questions are asked this week, where an organisation can answer only so many?

>>> queue = pd.DataFrame({"order": [1, 2, 3], "organisations": ["A;B", "A", "B;C"]})
>>> within(queue, 1).tolist()
[True, False, False]
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.review.answers import UNACCOUNTED


def within(queue: pd.DataFrame, capacity: int | None) -> Bools:
    """The questions of a week, ``capacity`` for each organisation; all of them without one.

    ``queue`` has ``order`` and ``organisations``. The most urgent come first, and one that several
    organisations have to answer counts for each: it waits where one of them has no room left. A
    patient who is unaccounted for never waits. What waits is asked in a later week, not dropped.
    """
    if capacity is None:
        return np.ones(len(queue), dtype=bool)
    taken: Counter[str] = Counter()
    chosen = np.zeros(len(queue), dtype=bool)
    level = queue["level"] if "level" in queue else pd.Series("", index=queue.index)
    lost = (level == UNACCOUNTED).to_numpy(dtype=bool)
    names = queue["organisations"].astype(object).fillna("").tolist()
    for at in np.argsort(queue["order"].to_numpy(), kind="stable").tolist():
        concerned = names[at].split(";")
        if lost[at] or all(taken[code] < capacity for code in concerned):
            chosen[at] = True
            taken.update(concerned)
    return chosen
