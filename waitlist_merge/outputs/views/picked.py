"""What of a table, and of the texts in it, is picked out for a view?

>>> told = pd.DataFrame({"owner": ["RM3", None], "ids": ["E-1;E-2", "E-3"]})
>>> among(told, "owner", ["RM3"])["ids"].tolist(), plain(told["owner"]).tolist()
(['E-1;E-2'], ['RM3', ''])
>>> parts(told["ids"], ";", ["E-2"].__contains__).tolist()
['E-2', None]
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from waitlist_merge.pathways.columns import Bools


def is_one_of(column: pd.Series, values: Collection[object]) -> Bools:
    """Rows that hold one of these values."""
    return np.asarray(column.astype(object).isin(list(values)), dtype=bool)


def among(table: pd.DataFrame, name: str, values: Collection[object]) -> pd.DataFrame:
    """The rows that hold one of these values in a column."""
    return table.loc[is_one_of(table[name], values)]


def plain(column: pd.Series) -> pd.Series:
    """The texts of a column; empty where there is none."""
    return column.astype(object).fillna("")


def parts(said: pd.Series, by: str, may: Callable[[str], bool]) -> pd.Series:
    """Of each text the parts that may be told; missing where there is none."""
    told = [by.join(filter(may, each.split(by))) or None for each in plain(said)]
    return pd.Series(told, index=said.index, dtype=object)
