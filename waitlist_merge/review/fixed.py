"""Which findings are new, which are open and which are fixed since an organisation's last list?

>>> fault = {"entry_id": "E-1", "field": "postcode", "reason": "placeholder"}
>>> before = pd.DataFrame([fault | {"field": "nhs_number"}])
>>> compared(pd.DataFrame([fault]), before)["since"].tolist()
['1 new', '3 fixed']
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.reasons import Fault

NEW, OPEN, FIXED = "1 new", "2 open", "3 fixed"

OF_OTHERS = (Fault.DECEASED, Fault.DECEASED_PERHAPS, Fault.BOTH_SIDES_OPEN)
"""Faults of an entry that another organisation's may tell, and that a view then does not have."""


def compared(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Findings of both weeks, once each, with ``since``: new, open or fixed; empty if not known.

    A finding is the same while its entry, its field and its reason are. What another organisation's
    entry may have told is never fixed here: the view may not have had it at all.
    """
    if before is None:
        return now.assign(since="")
    was, there = _names(before), _names(now)
    by_others = before["reason"].isin([str(each) for each in OF_OTHERS]).to_numpy(dtype=bool)
    gone = ~was.isin(there).to_numpy(dtype=bool) & ~by_others
    fixed = before.loc[gone].assign(since=FIXED)
    since = np.where(there.isin(was).to_numpy(dtype=bool), OPEN, NEW).astype(object)
    both = [each.astype(object) for each in (now.assign(since=since), fixed) if len(each)]
    return pd.concat(both, ignore_index=True) if both else now.assign(since="")


def _names(findings: pd.DataFrame) -> pd.Series:
    """What makes a finding the same one next week; the name and rows of files change."""
    parts = (findings[name].astype(object).fillna("") for name in ("entry_id", "field", "reason"))
    return pd.Series(
        ["\x1f".join(map(str, each)) for each in zip(*parts, strict=True)], dtype=object
    )
