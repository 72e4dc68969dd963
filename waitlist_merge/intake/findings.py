"""What was noticed while reading, as one tidy frame.

Columns ``source_row`` (int64: record below the header, -1 for a whole column or file), ``field``,
``reason`` (a ``Fault``), ``message`` (never a value of a patient) and ``count`` (int64).

>>> found = Findings()
>>> found.add(Fault.RAGGED_ROW, "2 more cells than the header", row=7)
>>> found.frame().to_dict("records")[0]["source_row"]
7
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from waitlist_merge.reasons import Fault

__all__ = ["FINDING_COLUMNS", "WHOLE", "Findings"]

FINDING_COLUMNS = ("source_row", "field", "reason", "message", "count")

WHOLE = -1
"""The row of a finding about a whole column or file."""


class Findings:
    """Collects findings while a file is read; ``frame`` gives them in order of row."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, str, str, str, int]] = []

    def add(
        self, fault: Fault, message: str, *, row: int = WHOLE, field: str = "", count: int = 1
    ) -> None:
        """One finding."""
        self._rows.append((row, field, fault.value, message, count))

    def add_rows(self, fault: Fault, message: str, rows: Iterable[int], *, field: str = "") -> None:
        """The same finding for each of these records."""
        self._rows.extend((row, field, fault.value, message, 1) for row in rows)

    def frame(self) -> pd.DataFrame:
        """All findings, those of whole columns first, then by record."""
        if not self._rows:
            none = {name: np.empty(0, dtype=object) for name in FINDING_COLUMNS}
            numbers = dict.fromkeys(("source_row", "count"), np.empty(0, dtype=np.int64))
            return pd.DataFrame(none | numbers)
        ordered = sorted(self._rows, key=lambda each: (each[0], each[2]))
        return pd.DataFrame(ordered, columns=list(FINDING_COLUMNS))
