"""What is a sheet before it is written: columns, what they look like, and where it is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.outputs.workbook.cells import Texts, heights

SHEET_ROWS = 1_048_575
"""Rows that one sheet holds below its headings (Excel: 1,048,576)."""


class Look(StrEnum):
    """How the values of a column stand in their cells."""

    TEXT = "text"
    WRAPPED = "wrapped"
    DATE = "date"
    WHOLE = "whole"
    NUMBER = "number"
    COUNT = "count"


class Tint(StrEnum):
    """What the colour of a cell stands for; the text beside it says the same."""

    NONE = ""
    GRAVE = "grave"
    URGENT = "urgent"
    SOON = "soon"
    STOP = "stop"
    DIFFERS = "differs"
    FILL_IN = "fill in"
    GROUP = "group"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a sheet.

    ``tint`` is one for the column or one a row; ``choices`` are the answers that a cell takes, and
    none means any.
    """

    heading: str
    values: Texts | NDArray[np.float64] | Sequence[object] | pd.Series
    width: int = 12
    look: Look = Look.TEXT
    tint: Tint | Texts = Tint.NONE
    choices: tuple[str, ...] = ()
    hidden: bool = False

    def take(self, rows: NDArray[np.intp]) -> Column:
        """The same column with these rows only."""
        tint = self.tint if isinstance(self.tint, Tint) else self.tint[rows]
        return replace(self, values=pd.Series(self.values).take(rows), tint=tint)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One sheet; more of them where it has more rows than one holds.

    ``part`` is the specialty by which a long one is cut, ``lines`` how many lines high each row is,
    ``level`` how deep it lies under another (0: not), ``frozen`` the columns that stay in view,
    ``ruled`` has a line below each row.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: int
    part: Texts | None = None
    lines: NDArray[np.int64] | None = None
    level: NDArray[np.int8] | None = None
    frozen: int = 0
    parts: str = ""
    ruled: bool = False

    def take(self, rows: NDArray[np.intp], *, name: str, parts: str) -> Page:
        """The same sheet with these rows only, under another name."""
        return replace(
            self,
            name=name,
            columns=tuple(column.take(rows) for column in self.columns),
            rows=len(rows),
            part=None,
            lines=None if self.lines is None else self.lines[rows],
            level=None if self.level is None else self.level[rows],
            parts=parts,
        )

    @property
    def width(self) -> int:
        """Characters across all that is shown."""
        return sum(column.width for column in self.columns if not column.hidden)


ID_WIDTH = 22
"""Characters of a column of ids: 15 capitals and figures, bold ones in any font."""


def lines_of(columns: Sequence[Column]) -> NDArray[np.int64]:
    """How high each row has to be for its wrapped texts, in lines."""
    wrapped = (each for each in columns if each.look is Look.WRAPPED)
    return np.asarray(np.max([_lines(each) for each in wrapped], axis=0))


def _lines(column: Column) -> NDArray[np.int64]:
    code, different = pd.factorize(pd.Series(column.values, dtype=object))
    return heights(map(str, different), column.width)[code]


def fitted(page: Page, *, limit: int = SHEET_ROWS) -> list[Page]:
    """The sheet, or several that hold its rows between them, each row once and in its order.

    Specialties stay together; only one that is itself too long is cut.

    >>> column = Column("Service", np.array(["110", "130", "110", "300"], dtype=object))
    >>> page = Page("List", "", (column,), 4, part=column.values)
    >>> [(each.name, each.rows, each.parts) for each in fitted(page, limit=3)]
    [('List', 3, '110, 130'), ('List 2', 1, '300')]
    """
    if page.rows <= limit:
        return [page]
    part = np.full(page.rows, "", dtype=object) if page.part is None else page.part
    codes, different = pd.factorize(part, sort=True)
    pieces: list[tuple[list[NDArray[np.intp]], list[str]]] = [([], [])]
    room = limit
    for code, name in enumerate(different.tolist()):
        rows = np.flatnonzero(codes == code)
        for start in range(0, len(rows), limit):
            piece = rows[start : start + limit]
            if len(piece) > room:
                pieces.append(([], []))
                room = limit
            pieces[-1][0].append(piece)
            pieces[-1][1].append(name)
            room -= len(piece)
    return [
        page.take(
            np.sort(np.concatenate(rows)),
            name=page.name if not place else f"{page.name} {place + 1}",
            parts=", ".join(filter(None, names)),
        )
        for place, (rows, names) in enumerate(pieces)
    ]
