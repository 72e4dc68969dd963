"""The entries of a run beside what they were in an earlier one, and rows that tell of a change.

>>> rows_of(Change.MODEL, 1)["change"].tolist()
['model_changed']
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import NO_DAY, Bools, Days, days
from waitlist_merge.reasons import Change
from waitlist_merge.review.departures import NOT_WAITING
from waitlist_merge.review.sameness import Positions
from waitlist_merge.schema import TABLES

COLUMNS = [column.name for column in TABLES["changes"]]
_IDS = ("organisation", "entry_id", "patient_id", "pathway_id")


@dataclass(frozen=True, eq=False, slots=True)
class Paired:
    """The entries of this run, and the place of each in those of an earlier one, -1 if new.

    ``waits`` now; ``there`` was on a list then; ``waited`` then.
    """

    now: pd.DataFrame
    then: pd.DataFrame
    place: Positions
    waits: Bools
    there: Bools
    waited: Bools

    def day(self, name: str) -> tuple[Days, Days]:
        """A date now and then, of each entry of this run; NO_DAY then where it is new."""
        then = np.append(days(self.then[name]), np.int32(NO_DAY))
        return days(self.now[name]), then[self.place]

    def text(self, name: str) -> NDArray[np.object_]:
        """What it was then; None where it is new."""
        then = np.array([*self.then[name].astype(object), None], dtype=object)
        return np.asarray(then[self.place], dtype=object)


def paired(now: pd.DataFrame, then: pd.DataFrame, place: Positions) -> Paired:
    """The entries of two runs beside each other; ``then`` are those of a snapshot."""
    there = then["left_date"].isna().to_numpy()
    waited = (then["outcome"] != NOT_WAITING).to_numpy() & there
    return Paired(
        now,
        then,
        place,
        (now["outcome"] != NOT_WAITING).to_numpy(),
        np.append(there, False)[place],
        np.append(waited, False)[place],
    )


def rows_of(change: Change, size: int, **columns: object) -> pd.DataFrame:
    """Rows of one kind of change."""
    blank = dict.fromkeys(COLUMNS, None)
    return pd.DataFrame(blank | columns | {"change": str(change)}, index=range(size), dtype=object)


def rows_about(
    entries: pd.DataFrame, at: Positions, change: Change, **columns: object
) -> pd.DataFrame:
    """Rows of one kind of change about these entries."""
    names = {name: entries[name].astype(object).to_numpy()[at] for name in _IDS}
    return rows_of(change, len(at), **names, **columns)
