"""Which findings are new, which are open and which are fixed since an organisation's last list?

>>> fault = {"entry_id": "E-1", "field": "postcode", "reason": "placeholder"}
>>> before = pd.DataFrame([fault | {"field": "nhs_number"}])
>>> compared(pd.DataFrame([fault]), before)["since"].tolist()
['1 new', '3 fixed']
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.outputs.workbook.cells import texts, worded
from waitlist_merge.outputs.workbook.page import Column, Look, Page, Tint
from waitlist_merge.outputs.workbook.quality import grades
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
    gone = ~was.isin(there).to_numpy(dtype=bool) & ~np.isin(texts(before["reason"]), OF_OTHERS)
    fixed = before.loc[gone].assign(since=FIXED)
    since = np.where(there.isin(was).to_numpy(dtype=bool), OPEN, NEW).astype(object)
    both = [each.astype(object) for each in (now.assign(since=since), fixed) if len(each)]
    return pd.concat(both, ignore_index=True) if both else now.assign(since="")


def _names(findings: pd.DataFrame) -> pd.Series:
    """What makes a finding the same one next week; the name and rows of files change."""
    entry = texts(findings["entry_id"])
    parts = (entry, texts(findings["field"]), texts(findings["reason"]))
    return pd.Series(
        ["\x1f".join(map(str, each)) for each in zip(*parts, strict=True)], dtype=object
    )


_TINTS: Mapping[str, Tint] = {NEW: Tint.URGENT, OPEN: Tint.SOON, FIXED: Tint.NONE, "": Tint.NONE}


def findings_page(findings: pd.DataFrame) -> Page:
    """Each finding with the hospital number: what is new first, of that the gravest."""
    since, grade = texts(findings["since"]), grades(findings["reason"])
    keys = (pd.factorize(each, sort=True)[0] for each in (texts(findings["reason"]), grade, since))
    order: NDArray[np.intp] = np.lexsort(tuple(keys))
    columns = (
        Column("Since", since, 9, tint=np.array([_TINTS[each] for each in since], dtype=object)),
        Column("How grave", grade, 17),
        Column("Reason", texts(findings["reason"]), 22),
        Column("Hospital number", texts(findings["local_patient_identifier"]), 18),
        Column("Field", texts(findings["field"]), 24),
        Column("File", texts(findings["source_file"]), 34),
        Column("Row below the headings", findings["source_row"], 10, Look.WHOLE),
        Column("Meaning", worded(findings["reason"], lambda each: Fault(str(each)).meaning), 60),
    )
    page = Page("Findings", "Each finding: new, open or fixed", columns, len(findings), frozen=1)
    return page.take(order, name="Findings", parts="")
