"""In which order is the combined list worked from?

Suspected cancer, P1 and D1, then P2, D2 and urgent; then days left to the next threshold of those
without a date booked, an unknown wait among the first; then the longest wait. Of rows alike in all
of it one without a priority comes before one that states one, so that a missing priority never
sorts below a routine one; P5 and P6 keep the place that their wait gives (domain 1.7). The
pathway_id settles the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.clocks import WEEK
from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.history import sorted_rows
from waitlist_merge.combined.numbers import filled_with, whole
from waitlist_merge.combined.rearranged import rearranged
from waitlist_merge.combined.rules import SCALES
from waitlist_merge.combined.texts import framed
from waitlist_merge.pathways.columns import Bools, among, is_in
from waitlist_merge.schema import TABLES

Rows = Mapping[str, Any]

RESTS_ON = (
    "suspected_cancer",
    "priority_type",
    "priority_code",
    "diagnostic_priority",
    "tci_date",
    "next_appointment_date",
)
"""Fields given by entries that the order rests on; the others may be taken ``Later``."""

FAR = 1 << 12
"""Days left that sort a row with a date booked behind all that have none."""
LONGEST = 1 << 16
"""Days over any wait: a clock cannot have started before 1900."""


def urgency(rows: Rows) -> NDArray[np.int8]:
    """1 for suspected cancer, P1 and D1, 2 for P2, D2 and urgent, 3 for the rest.

    ``rows`` has suspected_cancer, priority_code, priority_type and diagnostic_priority.

    >>> word = lambda text: pd.Categorical([text])
    >>> urgency({"suspected_cancer": [False], "priority_code": word("P2"),
    ...          "priority_type": word("1"), "diagnostic_priority": word(None)}).tolist()
    [2]
    """
    code, test = rows["priority_code"], rows["diagnostic_priority"]
    first = np.asarray(rows["suspected_cancer"], dtype=bool)
    first = first | _has(code, "P1a", "P1b") | _has(test, "D1")
    second = _has(code, "P2") | _has(test, "D2") | _has(rows["priority_type"], "2")
    return np.where(first, 1, np.where(second, 2, 3)).astype(np.int8)


def _has(column: pd.Categorical[str], *words: str) -> Bools:
    return is_in(pd.Series(column, copy=False), set(words))


def days_left(rows: Rows) -> pd.arrays.IntegerArray:
    """Days to the next threshold of rows without a date booked; 0 where the last one is passed.

    Missing where a date is booked, where the need is no RTT wait and where its wait is unknown.
    """
    waited, weeks = (
        filled_with(rows[name], 0) for name in ("days_waiting", "next_threshold_weeks")
    )
    limit = weeks * WEEK
    there = ~rows["days_waiting"].isna() & ~_dated(rows)
    return whole(np.where(limit > 0, limit - waited, 0), there)


def order_key(rows: Rows) -> NDArray[np.int32]:
    """One number that tells the place of a row, the first the lowest.

    ``rows`` has ``urgency``, ``days_left``, ``days_waiting``, list_state, bookings and priorities.
    """
    waited = np.minimum(filled_with(rows["days_waiting"], 0), LONGEST)
    unknown = rows["days_waiting"].isna() & among(rows["list_state"], RTT_STATES)
    left = filled_with(rows["days_left"], FAR)
    left = np.where(unknown & ~_dated(rows), 0, left)
    stated = np.zeros(len(waited), dtype=bool)
    for name in SCALES:
        stated |= pd.Categorical(rows[name]).codes >= 0
    # One number tells the place of a row: sorting by it is several times as fast as by its parts.
    key = (rows["urgency"].astype(np.int64) - 1) * (FAR + 1) + left
    key = key * (LONGEST + 1) + LONGEST - waited
    return np.asarray(key * 2 + stated, dtype=np.int32)


def in_order(rows: dict[str, Any], place: NDArray[np.int64], *, workers: int = 1) -> pd.DataFrame:
    """The rows of the combined list in the order to work from, with what the order rests on.

    ``rows`` are its columns, ``place`` where each stands by its pathway_id, which settles ties. The
    columns are taken out of ``rows`` one by one, by so many ``workers`` (threads), so that no two
    copies of the list are held.
    """
    rows |= {"urgency": urgency(rows), "days_left": days_left(rows)}
    rows["order_key"] = order_key(rows)
    at = np.empty(len(place), dtype=np.int64)
    at[place] = np.arange(len(place))
    order = at[sorted_rows(rows["order_key"], place)[1]]
    ordered = rearranged(rows, order, size=len(order), workers=workers)
    ordered["order"] = np.arange(1, len(order) + 1, dtype=np.int32)
    return framed({column.name: ordered[column.name] for column in TABLES["combined_list"]})


def _dated(rows: Rows) -> Bools:
    """Rows with an admission or an appointment booked."""
    tci, appointment = (
        np.asarray(rows[name], dtype="datetime64[s]")
        for name in ("tci_date", "next_appointment_date")
    )
    return np.asarray(~(np.isnat(tci) & np.isnat(appointment)))
