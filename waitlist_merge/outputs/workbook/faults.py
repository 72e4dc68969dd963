"""The sheet *Findings* of an organisation's week: each finding, new, open or fixed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.outputs.workbook.cells import texts, worded
from waitlist_merge.outputs.workbook.page import Column, Look, Page, Tint
from waitlist_merge.outputs.workbook.quality import grades
from waitlist_merge.reasons import Fault
from waitlist_merge.review.fixed import FIXED, NEW, OPEN

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
