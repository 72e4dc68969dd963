"""The sheet *Data quality*: what is wrong with whose list, the worst first, one row a finding.

>>> grades(pd.Series(["repaired", "deceased", "check_digit"])).tolist()
['3 for information', '1 may harm', '2 to correct']
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.cells import Texts, texts, worded
from waitlist_merge.outputs.workbook.page import Column, Look, Page, Tint
from waitlist_merge.reasons import Fault

QUALITY = "Data quality"

HARM, CORRECT, KNOW = "1 may harm", "2 to correct", "3 for information"

_HARMFUL = frozenset(
    {
        Fault.DECEASED,
        Fault.DECEASED_PERHAPS,
        Fault.INCOMPLETE,
        Fault.BOTH_SIDES_OPEN,
        Fault.CLOCK_START_MISSING,
        Fault.CLOCK_AFTER_CENSUS,
        Fault.STATE_CONFLICT,
        Fault.SIDE_CONFLICT,
        Fault.PLANNED_OVERDUE,
        Fault.POSTPONED_WITH_TCI,
        Fault.TCI_IN_PAST,
        Fault.PRIORITY_UNCLEAR,
        Fault.CANCER_IN_WORDS,
    }
)
"""Faults by which a patient may be lost, be rung in error or wait longer than anybody sees."""

_TOLD = frozenset(
    {
        Fault.SHEET_CHOSEN,
        Fault.ENCODING_GUESSED,
        Fault.SAME_FILE_TWICE,
        Fault.PLACEHOLDER,
        Fault.REPAIRED,
        Fault.OTHER_NUMBER_KIND,
        Fault.DATE_ORDER_ASSUMED,
        Fault.CENTURY_ASSUMED,
        Fault.LEADING_ZERO_LOST,
        Fault.ORGANISATION_ALIAS,
        Fault.CODE_FROM_TEXT,
        Fault.UNMAPPED_COLUMN,
        Fault.NOT_A_PERSON_ROW,
    }
)
"""What was read after all, or is only to be known of."""

_TINTS = {HARM: Tint.GRAVE, CORRECT: Tint.URGENT, KNOW: Tint.NONE}


def grades(reasons: pd.Series) -> Texts:
    """How grave each reason is."""
    return worded(reasons, _grade)


def _grade(reason: object) -> str:
    fault = Fault(str(reason))
    if fault in _HARMFUL:
        return HARM
    return KNOW if fault in _TOLD else CORRECT


def quality_page(findings: pd.DataFrame) -> Page:
    """One row a finding: the gravest first, then what an organisation has most of."""
    grade = grades(findings["reason"])
    organisation, reason = texts(findings["organisation"]), texts(findings["reason"])
    count = findings["count"].to_numpy(dtype=np.int64, na_value=1)
    plain = pd.DataFrame({"organisation": organisation, "reason": reason, "count": count})
    total = plain.groupby(["organisation", "reason"])["count"].transform("sum").to_numpy()
    source = texts(findings["source_file"])
    row = findings["source_row"].to_numpy(dtype=np.int64, na_value=0)
    keys = (row, *(pd.factorize(each, sort=True)[0] for each in (source, reason, organisation)))
    order = np.lexsort((*keys, -total, pd.factorize(grade, sort=True)[0]))
    meanings = worded(findings["reason"], lambda each: Fault(str(each)).meaning)
    tint = np.array([_TINTS[each] for each in grade.tolist()], dtype=object)
    columns = (
        Column("How grave", grade, 17, tint=tint),
        Column("Organisation", organisation, 13),
        Column("Reason", reason, 22),
        Column("Of these in all", total, 10, Look.WHOLE),
        Column("Meaning", meanings, 52),
        Column("Hospital number", texts(findings["local_patient_identifier"]), 16),
        Column("File", source, 34),
        Column("Sheet", texts(findings["source_sheet"]), 16),
        Column("Row below the headings", findings["source_row"], 10, Look.WHOLE),
        Column("Field", texts(findings["field"]), 26),
        Column("Values", count, 8, Look.WHOLE),
        Column("What is meant, what to do", texts(findings["message"]), 70),
    )
    meaning = "What is wrong with whose list, the worst first, one row a finding"
    page = Page(QUALITY, meaning, columns, len(findings), frozen=3)
    return page.take(order, name=QUALITY, parts="")
