"""The cells on the work that follows from a group: how far, who keeps, who acts, who says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.cells import Texts, texts
from waitlist_merge.outputs.workbook.page import Column, Look, Tint
from waitlist_merge.review import headings as heading
from waitlist_merge.review.work import STATE_WORDS


def work_states(entries: pd.DataFrame) -> tuple[str, ...]:
    """How far work can be, to choose from; none where there are too many organisations for a cell.

    ``review.work.read_state`` reads each.
    """
    codes = sorted(set(texts(entries["organisation"]).tolist()) - {""})
    told = [
        form.format(code)
        for form in STATE_WORDS.values()
        for code in (codes if "{}" in form else [""])
    ]
    return tuple(told) if len(",".join(told)) <= _LONGEST_CHOICE else ()


_LONGEST_CHOICE = 255
"""Characters that the list of a cell may have (Excel)."""


def work_columns(size: int, tint: Tint | Texts, states: tuple[str, ...]) -> tuple[Column, ...]:
    """What people fill in on the work that follows: how far, who keeps, who acts by when."""
    empty, nothing = _empty(size)
    return (
        Column(heading.STATE, empty, 18, tint=tint, choices=states),
        Column(heading.KEEPS, empty, 13, tint=tint),
        Column(heading.OWNER_ORGANISATION, empty, 13, tint=tint),
        Column(heading.OWNER, empty, 16, tint=tint),
        Column(heading.DUE, nothing, 12, Look.DATE, tint),
        Column(heading.WORK_NOTE, empty, 30, Look.WRAPPED, tint),
    )


def signed_columns(size: int, tint: Tint | Texts) -> tuple[Column, ...]:
    """Who says it, for which organisation, as what, and when."""
    empty, nothing = _empty(size)
    return (
        Column(heading.REVIEWER, empty, 16, tint=tint),
        Column(heading.ORGANISATION, empty, 13, tint=tint),
        Column(heading.ROLE, empty, 14, tint=tint),
        Column(heading.DATE, nothing, 12, Look.DATE, tint),
    )


def _empty(size: int) -> tuple[Texts, pd.Series]:
    """Cells without text, and cells without a day."""
    return np.full(size, "", dtype=object), pd.Series(pd.NaT, index=range(size))
