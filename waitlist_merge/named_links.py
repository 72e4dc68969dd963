"""The links of a run as a table that people read: ids of entries in place of their positions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.id_order import order_of
from waitlist_merge.pathways.columns import sorted_distinct
from waitlist_merge.patients.links import LINK_COLUMNS


def named_links(links: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """The links with entry ids instead of positions, the smaller id first, in order of ids."""
    pairs = links[["a", "b"]].to_numpy()
    ends = sorted_distinct(pairs.ravel())
    ids = entries["entry_id"].iloc[ends]
    place = order_of(ids)
    placed = np.sort(place[np.searchsorted(ends, pairs)], axis=1)
    order = np.lexsort((placed[:, 1], placed[:, 0]))
    told = [name for name in LINK_COLUMNS if name not in ("a", "b")]
    named = links[told].iloc[order].reset_index(drop=True)
    in_order = ids.array.take(np.argsort(place))
    for at, end in enumerate("ab"):
        named.insert(at, f"entry_id_{end}", in_order.take(placed[order, at]))
    return named
