"""In which order is the combined list worked from?

Suspected cancer and P1, then P2 and urgent; then days left to the next threshold of those without a
date booked, an unknown wait among the first; then the longest wait. A missing priority never sorts
below a routine one; P5 and P6 keep the place that their wait gives.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, is_in, order_of

BOOKED = np.iinfo(np.int32).max
"""Days left that sort a row with a date behind all that have none."""


def urgency(rows: pd.DataFrame) -> NDArray[np.int8]:
    """0 for suspected cancer and P1, 1 for P2 and urgent, 2 for the rest.

    ``rows`` has suspected_cancer, priority_code and priority_type.
    """
    first = rows["suspected_cancer"].to_numpy(dtype=bool) | _has(
        rows, "priority_code", "P1a", "P1b"
    )
    second = _has(rows, "priority_code", "P2") | _has(rows, "priority_type", "2")
    return np.where(first, 0, np.where(second, 1, 2)).astype(np.int8)


def _has(rows: pd.DataFrame, column: str, *words: str) -> Bools:
    return is_in(rows[column].astype("category"), set(words))


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the combined list in the order to work from; ties by pathway_id."""
    waited = rows["days_waiting"].fillna(0).to_numpy(dtype=np.int64)
    limit = rows["next_threshold_weeks"].fillna(0).to_numpy(dtype=np.int64) * 7
    left = np.where(limit > 0, limit - waited, 0)
    outside = ~rows["list_state"].isin(["open", "unclear", "unbooked_referral"]).to_numpy()
    dated = rows["tci_date"].notna() | rows["next_appointment_date"].notna()
    left = np.where(dated.to_numpy() | outside, BOOKED, left)
    order = np.lexsort((order_of(rows["pathway_id"]), -waited, left, urgency(rows)))
    return rows.iloc[order].reset_index(drop=True)
