"""Which entries wait in a need that has duplicates? Each counts, the shown one of its need too.

Which entry of a need is shown says nothing about whose duplicate it is; an organisation whose
entries are the shown ones has as many duplicates as the one whose entries are beside them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.cells import Bools, numbers, texts
from waitlist_merge.reasons import Outcome

CONFIRMED, PROPOSED = "confirmed_duplicates", "proposed_duplicates"
"""Columns of the combined list that count the duplicates of each need."""


def duplicated(tables: Mapping[str, pd.DataFrame], kind: str) -> Bools:
    """Which of the entries wait in a need with duplicates of this kind, in their order."""
    entries, combined = tables["entries"], tables["combined_list"]
    needs = texts(combined["pathway_id"])[numbers(combined[kind]) > 0]
    there = np.isin(texts(entries["pathway_id"]).astype(str), needs.astype(str))
    waits = texts(entries["outcome"]).astype(str) != str(Outcome.NOT_WAITING)
    return np.asarray(there & waits)
