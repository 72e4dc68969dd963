"""What is given with a data frame, checked: the frame itself, its owner and its day.

>>> as_day("frame", "2026-11-15"), check_code("frame", " rm3 ")
(datetime.date(2026, 11, 15), 'RM3')
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from waitlist_merge.errors import InputError
from waitlist_merge.plan import ORGANISATION_CODE

__all__ = ["as_day", "check_code", "check_frame"]


def as_day(name: str, value: object) -> date | None:
    """A day from ISO text, a date, a time stamp or NumPy's date; None stays None.

    InputError where it is none of these.

    >>> as_day("frame", np.datetime64("2026-11-15T09:30"))
    datetime.date(2026, 11, 15)
    """
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return date.fromisoformat(value.strip())
        if isinstance(value, date | np.datetime64):
            day = pd.Timestamp(value)
            return date(day.year, day.month, day.day)
    except (ValueError, TypeError):  # no such text, or NaT, whose parts are no numbers
        pass
    raise InputError(
        f"{name}: its census_date is not a date; give a date or YYYY-MM-DD, such as 2026-11-15"
    )


def check_code(name: str, organisation: object) -> str | None:
    """The organisation's code in capitals; InputError where it cannot be one."""
    if organisation is None:
        return None
    if isinstance(organisation, str) and ORGANISATION_CODE.fullmatch(organisation.strip()):
        return organisation.strip().upper()
    raise InputError(f"{name}: its organisation is no code; give 3 to 9 letters and digits, as RM3")


def check_frame(name: str, frame: object) -> None:
    """InputError where it is no data frame or where its cells hold lists or mappings."""
    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise InputError(f"{name}: a pandas DataFrame is needed, not a {kind}; build one first")
    for at in range(frame.shape[1]):
        values = frame.iloc[:, at]
        if _is_mixed(values) and any(map(_is_nested, values.array)):
            raise InputError(
                f"{name}: column {frame.columns[at]} holds lists or mappings; "
                "give one value in each cell"
            )


def _is_mixed(values: pd.Series) -> bool:
    """Whether single cells must be looked at: columns of one kind cost no step for each."""
    return values.dtype == object and pd.api.types.infer_dtype(values).startswith("mixed")


def _is_nested(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset | Mapping | np.ndarray)
