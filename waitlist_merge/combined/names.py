"""What are the patients or needs called, and in which order do their names stand?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.pathways.columns import order_of
from waitlist_merge.pathways.grouping import Group


@dataclass(frozen=True, eq=False)
class Names:
    """The name of each group; one element a group, by its number."""

    words: ExtensionArray

    @classmethod
    def of(cls, ids: pd.Series, group: Group) -> Self:
        """The names of groups that are numbered 0 upwards; ``ids`` says that of every entry.

        >>> Names.of(pd.Series(["B", "A", "B"]), np.array([0, 1, 0])).place.tolist()
        [1, 0]
        """
        first = np.empty(int(group.max(initial=-1)) + 1, dtype=np.int64)
        first[group[::-1]] = np.arange(len(group) - 1, -1, -1)
        return cls(ids.array.take(first))

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """The place of the name of each group among all."""
        return order_of(pd.Series(self.words, copy=False))

    @cached_property
    def in_order(self) -> ExtensionArray:
        """The names in order: what is told in this order is taken from them many times as fast."""
        at = np.empty(len(self.place), dtype=np.int64)
        at[self.place] = np.arange(len(at))
        return self.words.take(at)
