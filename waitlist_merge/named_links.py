"""The links of a run as a table that people read: ids of entries in place of their positions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.links import LINK_COLUMNS


def named_links(
    links: pd.DataFrame, entries: pd.DataFrame, order: NDArray[np.integer]
) -> pd.DataFrame:
    """The links with entry ids instead of positions, the smaller id first, in order of ids.

    ``order`` is a number for each entry, in the order of their ids.
    """
    ends = links["a"].to_numpy(), links["b"].to_numpy()
    in_turn = order[ends[0]] < order[ends[1]]
    low, high = np.where(in_turn, *ends), np.where(in_turn, *ends[::-1])
    by = np.lexsort((order[high], order[low]))
    ids = entries["entry_id"].array
    named = {"entry_id_a": ids.take(low[by]), "entry_id_b": ids.take(high[by])}
    told = [name for name in LINK_COLUMNS if name not in ("a", "b")]
    return pd.DataFrame(named | {name: links[name].array.take(by) for name in told}, copy=False)
