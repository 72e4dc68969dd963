"""Groups and links of the entries of a run, and of those alone that a view holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.outputs.views.held import Held


@dataclass(frozen=True, eq=False, slots=True)
class Groups:
    """Groups and links of entries, as the stages of a merge hand them on."""

    group: NDArray[np.int32]
    links: pd.DataFrame
    list_state: pd.Categorical[str]
    stage: pd.Categorical[str]


def groups_of(entries: pd.DataFrame, name: str, links: pd.DataFrame) -> Groups:
    """The groups of an id, and the links of a table with positions of entries."""
    place = pd.Index(entries["entry_id"].astype(object))
    ends = {
        end: place.get_indexer(pd.Index(links[f"entry_id_{end}"].astype(object))).astype(np.int32)
        for end in "ab"
    }
    group = pd.factorize(entries[name])[0].astype(np.int32)
    state, stage = (
        pd.Categorical(entries[each].astype(object)) for each in ("list_state", "stage")
    )
    return Groups(group, links.assign(**ends), state, stage)


def cut(whole: Groups, held: Held) -> Groups:
    """The groups of the entries that are held, and the links between them."""
    rows = held.rows
    place = np.full(len(whole.group), -1, dtype=np.int32)
    place[rows] = np.arange(len(rows))
    a, b = place[whole.links["a"].to_numpy()], place[whole.links["b"].to_numpy()]
    there = (a >= 0) & (b >= 0)
    one, other = np.minimum(a, b)[there], np.maximum(a, b)[there]
    links = whole.links.loc[there].assign(a=one, b=other).reset_index(drop=True)
    group = pd.factorize(whole.group[rows])[0].astype(np.int32)
    return Groups(group, links, whole.list_state[rows], whole.stage[rows])
