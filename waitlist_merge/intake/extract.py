"""What is one organisation's list once it is read?

An ``Extract``: the text of its entries under canonical names, where each stood in the file, and
everything that was noticed on the way. Nothing is interpreted yet; ``normalise`` does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from waitlist_merge.intake.findings import Findings
from waitlist_merge.intake.mapping import HeadingMatch

__all__ = ["Extract"]

WaitUnit = Literal["days", "weeks"]


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Extract:
    """One list as it was sent.

    ``text`` has one row per entry and the canonical columns that were found (and ``full_name``
    where names come in one column), as categories of text, missing where blank. ``source_row`` is
    the record each came from (the first below the header is 1); ``records`` counts all records, so
    that ``records == len(text) + set_aside``. ``organisation`` is None where ``text`` says it for
    each row. ``unmapped`` holds unrecognised columns where the configuration asks for them.
    """

    source_file: str
    source_sheet: str
    text: pd.DataFrame
    source_row: np.ndarray
    records: int
    organisation: str | None
    census_date: date | None
    census_source: str
    mapping: tuple[HeadingMatch, ...]
    formats: Mapping[str, object]
    date_orders: Mapping[str, str]
    wait_unit: WaitUnit
    findings: pd.DataFrame
    digest: str
    unmapped: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def set_aside(self) -> int:
        """How many records are not about a person; each is in ``findings``."""
        return self.records - len(self.text)

    def __repr__(self) -> str:
        return (
            f"Extract({self.source_file!r}, organisation={self.organisation!r}, "
            f"entries={len(self.text)}, census_date={self.census_date})"
        )
