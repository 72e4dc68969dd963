"""Is everybody linked as often? Link and review rates by sex, age, ethnic group and organisation.

Missed links fall on some groups more than on others (domain 4.6): the table shows it for each run.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.reasons import Joins

AGE_BANDS = (0, 18, 40, 65, 75, 85, 130)
"""Ages at which a band begins; the last ends them."""


def strata(entries: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """What kind of person is each row about? One text column for each way to divide them.

    ``entries`` are typed, ``on`` is the day at which ages are counted. "?" is not known.
    """
    age = (pd.Timestamp(on) - entries["birth_date"]).dt.days / 365.25
    labels = [f"{low}-{high - 1}" for low, high in pairwise(AGE_BANDS)]
    return pd.DataFrame(
        {
            "sex": entries["gender"].astype(object),
            "age band": pd.cut(age, AGE_BANDS, right=False, labels=labels).astype(object),
            "ethnic group": entries["ethnic_category"]
            .astype("str")
            .str[:1]
            .where(entries["ethnic_category"].notna()),
            "organisation": entries["organisation"].astype(object),
            "NHS number": np.where(entries["nhs_number"].notna(), "yes", "no"),
        }
    ).fillna("?")


def rates(group: NDArray[np.int32], links: pd.DataFrame, strata: pd.DataFrame) -> pd.DataFrame:
    """Rows, share linked to another row and share asked about, for each kind of row.

    >>> links = pd.DataFrame({"a": [0], "b": [2], "joins": ["asked"]})
    >>> kinds = pd.DataFrame({"sex": ["1", "1", "2"]})
    >>> rates(np.array([0, 0, 1]), links, kinds).to_numpy().tolist()
    [['sex', '1', 2, 1.0, 0.5], ['sex', '2', 1, 0.0, 1.0]]
    """
    linked = np.bincount(group)[group] > 1 if len(group) else np.zeros(0, dtype=bool)
    asked = np.zeros(len(group), dtype=bool)
    doubtful = links[links["joins"] == Joins.ASKED]
    asked[doubtful["a"].to_numpy()] = asked[doubtful["b"].to_numpy()] = True
    told = pd.DataFrame({"rows": 1, "linked": linked, "asked": asked})
    tables = [
        told.groupby(strata[by].to_numpy())
        .agg(rows=("rows", "size"), linked=("linked", "mean"), asked=("asked", "mean"))
        .rename_axis("value")
        .reset_index()
        .assign(by=by)
        for by in strata.columns
    ]
    return pd.concat(tables, ignore_index=True)[["by", "value", "rows", "linked", "asked"]]
