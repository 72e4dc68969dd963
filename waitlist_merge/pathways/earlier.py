"""What did earlier lists say of a patient that no list of this run says, or takes back?

A death and a restricted record outlive the row that told of them: a list that does not come takes
nothing back, nor does a row that was taken off its list, or that says nothing by now. Whoever
knows of them marks the entries (``review.marks``); a run that stands alone has no such columns.

>>> entries = pd.DataFrame({"entry_id": ["E-1", "E-2"], DIED: [True, False]})
>>> told_before(entries, DIED).tolist(), told_before(entries, RESTRICTED).tolist()
([True, False], [False, False])
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.pathways.columns import Bools, flag

DIED = "died_before"
"""Entries of someone of whom an entry that is on no list of this run recorded a death."""
RESTRICTED = "restricted_before"
"""Entries of someone of whom a record was restricted that says nothing of it in this run."""


def told_before(entries: pd.DataFrame, mark: str) -> Bools:
    """Which entries have this mark of earlier lists?"""
    return flag(entries[mark]) if mark in entries else np.zeros(len(entries), dtype=bool)


def without_marks(entries: pd.DataFrame) -> pd.DataFrame:
    """The entries as their organisations sent them; nothing of size is copied."""
    columns = {name: column for name, column in entries.items() if name not in (DIED, RESTRICTED)}
    return pd.DataFrame(columns, index=entries.index, copy=False)
