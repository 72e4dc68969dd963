"""Which entries are on which row of the combined list?

What a row of the table of members says an entry says already, so of millions of entries it is not
held beside them: it is told when somebody asks for it, and part by part to a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles
from waitlist_merge.combined.names import taken, taking
from waitlist_merge.combined.rearranged import rearranged
from waitlist_merge.combined.texts import framed
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.schema import TABLES

AT_ONCE = 1 << 18
"""Rows that are told together: they take some 40 MB."""

SHOWN = "is_shown"

OF_ENTRIES = tuple(each.name for each in TABLES["members"] if each.name != SHOWN)
"""The columns that an entry has too."""


@dataclass(frozen=True, eq=False)
class Membership:
    """One row for each waiting entry, in order of need, the shown one first.

    ``frame`` tells all rows at once, ``parts`` some at a time; columns as in tables.csv.
    ``entries`` and ``entry_columns`` are aligned and have those of ``OF_ENTRIES`` between them, of
    which the latter's count. ``rows`` are the positions of the waiting ones in this order, and
    ``is_shown`` says which of these are shown.
    """

    entries: pd.DataFrame
    entry_columns: pd.DataFrame
    rows: NDArray[np.integer]
    is_shown: Bools

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def entry_id(self) -> pd.Series:
        """The ids of the waiting entries, in the order of the rows."""
        ids = self.entries["entry_id"]
        return pd.Series(taken(ids.array, self.rows), name=ids.name, copy=False)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows in one frame."""
        columns = dict(self._columns)
        told = rearranged(columns, self.rows, size=len(self.entries))
        return _framed({**told, SHOWN: self.is_shown})

    def parts(self) -> Iterator[pd.DataFrame]:
        """The rows, so many at a time; one part without rows where there are none."""
        ready = {name: taking(column) for name, column in self._columns.items()}
        for low in range(0, max(len(self), 1), AT_ONCE):
            some = slice(low, low + AT_ONCE)
            told = {name: take(self.rows[some]) for name, take in ready.items()}
            yield _framed({**told, SHOWN: self.is_shown[some]})

    @property
    def _columns(self) -> dict[str, Any]:
        return {
            name: (self.entry_columns if name in self.entry_columns else self.entries)[name].array
            for name in OF_ENTRIES
        }


def _framed(told: dict[str, Any]) -> pd.DataFrame:
    return framed({column.name: told[column.name] for column in TABLES["members"]})


def membership(
    entries: pd.DataFrame,
    entry_columns: pd.DataFrame,
    bundles: Bundles,
    at: NDArray[np.int64],
) -> Membership:
    """The members of all rows; ``at`` are the bundles in order of the names of their needs."""
    size = bundles.size[at]
    begin = np.cumsum(size) - size
    rows = bundles.rows[np.repeat(bundles.first[at] - begin, size) + np.arange(len(bundles.rows))]
    is_shown = np.zeros(len(rows), dtype=bool)
    is_shown[begin] = True
    return Membership(entries, entry_columns, rows, is_shown)
