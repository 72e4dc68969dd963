"""In which order is the combined list worked from?

Suspected cancer and P1, then P2 and urgent; then days left to the next threshold of those without a
date booked, an unknown wait among the first; then the longest wait. A missing priority never sorts
below a routine one; P5 and P6 keep the place that their wait gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.texts import framed
from waitlist_merge.pathways.columns import Bools, among, is_in
from waitlist_merge.schema import TABLES

Rows = Mapping[str, Any]

FAR = 1 << 12
"""Days left that sort a row with a date booked behind all that have none."""
LONGEST = 1 << 17
"""Days over any wait: a clock cannot have started before 1900."""


def urgency(rows: Rows) -> NDArray[np.int8]:
    """0 for suspected cancer and P1, 1 for P2 and urgent, 2 for the rest.

    ``rows`` has suspected_cancer, priority_code and priority_type.
    """
    first = np.asarray(rows["suspected_cancer"], dtype=bool)
    first = first | _has(rows["priority_code"], "P1a", "P1b")
    second = _has(rows["priority_code"], "P2") | _has(rows["priority_type"], "2")
    return np.where(first, 0, np.where(second, 1, 2)).astype(np.int8)


def _has(column: pd.Categorical[str], *words: str) -> Bools:
    return is_in(pd.Series(column, copy=False), set(words))


def in_order(rows: Rows, place: NDArray[np.int64]) -> pd.DataFrame:
    """The rows of the combined list in the order to work from.

    ``rows`` are its columns, ``place`` where each stands by its pathway_id, which settles ties.
    """
    waited = _number(rows["days_waiting"])
    limit = _number(rows["next_threshold_weeks"]) * 7
    left = np.where(limit > 0, limit - waited, 0)
    outside = ~among(rows["list_state"], RTT_STATES)
    dated = ~np.isnat(_stamps(rows["tci_date"])) | ~np.isnat(_stamps(rows["next_appointment_date"]))
    left = np.where(dated | outside, FAR, left)
    # One number tells the place of a row: sorting by it is several times as fast as by its parts.
    rank = (urgency(rows).astype(np.int64) * (FAR + 1) + left) * (LONGEST + 1) + LONGEST - waited
    order = np.argsort(rank * (len(place) + 1) + place)
    taken = {name: column.take(order) for name, column in rows.items()}
    taken["order"] = np.arange(1, len(order) + 1, dtype=np.int32)
    return framed({column.name: taken[column.name] for column in TABLES["combined_list"]})


def _number(column: pd.arrays.IntegerArray) -> NDArray[np.int64]:
    return column.to_numpy(dtype=np.int64, na_value=0)


def _stamps(column: ExtensionArray) -> NDArray[np.datetime64]:
    return np.asarray(column, dtype="datetime64[s]")
