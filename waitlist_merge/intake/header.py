"""The row that is the header.

Title lines and blank lines may stand above it. The header is the row of which most cells are
headings: known ones of the configuration, or ones whose meaning is recognised.

>>> rows = [["RM3 waiting list"], [], ["NHS No", "Surname", "DOB"]]
>>> find_header("x.csv", rows, known=frozenset())
2
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.meanings import meanings

__all__ = ["HEAD_ROWS", "Known", "clean_heading", "find_header", "most_headings"]

Known = frozenset[str]
"""Headings that the configuration names, in lower case."""

HEAD_ROWS = 60
"""The header is looked for in so many rows; title blocks seen have under twenty."""

RECOGNISED = 0.6
"""Score from which a cell counts as a heading; the same confidence as for a mapping."""

SURE_HEADINGS, SURE_SHARE = 5, 0.6
"""A row with so many headings, and this share of its cells, is a header or the line above one."""

LOOK_ON = 3
"""So many rows below such a row are looked at: a line of groups may stand above the header."""

LONGEST_HEADING = 120
"""A longer cell is a sentence, not a heading."""


def clean_heading(text: str | None) -> str:
    """A heading on one line, without outer spaces and byte-order marks."""
    return " ".join((text or "").replace("\ufeff", "").split())


def most_headings(rows: Iterable[Sequence[str | None]], known: Known) -> int:
    """How many distinct cells of the likeliest header among these rows are headings."""
    return max(_scores(rows, known), default=0)


def _scores(rows: Iterable[Sequence[str | None]], known: Known) -> list[int]:
    """For each row how many distinct cells are headings; rows well below a header are left out.

    A row below a header that could not have more of them counts for nothing and is not looked at.
    """
    scores: list[int] = []
    seen: int | None = None
    for at, row in enumerate(rows):
        if seen is not None and at > seen + LOOK_ON:
            break
        cells = {clean_heading(cell) for cell in row} - {""}
        might = {cell for cell in cells if cell.casefold() in known or _has_letters(cell)}
        if seen is not None and len(might) <= max(scores):
            scores.append(0)
            continue
        scores.append(sum(cell.casefold() in known or _is_heading(cell) for cell in might))
        if seen is None and scores[at] >= max(SURE_HEADINGS, SURE_SHARE * len(cells)):
            seen = at
    return scores


@lru_cache(maxsize=65_536)
def _is_heading(cell: str) -> bool:
    """A name of a field."""
    found = meanings(cell)
    return bool(found) and found[0].score >= RECOGNISED


def _has_letters(cell: str) -> bool:
    """No sentence, and no number or date: those have more digits than letters."""
    if len(cell) > LONGEST_HEADING:
        return False
    letters = sum(map(str.isalpha, cell))
    return letters > 0 and sum(map(str.isdigit, cell)) <= letters


def find_header(
    source: str,
    rows: Sequence[Sequence[str | None]],
    *,
    known: Known,
    given: int | None = None,
) -> int:
    """Position of the header among these rows; ``given`` is what the configuration says.

    RefusedExtract where the given row does not exist or no row looks like a header.
    """
    if given is not None:
        if not 0 <= given < len(rows) or not any(map(clean_heading, rows[given])):
            cure = "correct header_row in the configuration"
            raise RefusedExtract(source, f"there is no header in row {given + 1}", cure)
        return given
    scores = _scores(rows[:HEAD_ROWS], known)
    best = max(scores, default=0)
    if best == 0:
        problem = f"none of its first {len(scores)} rows is a header that can be recognised"
        cure = "send it with a header, or set header_row and columns in the configuration"
        raise RefusedExtract(source, problem, cure)
    return scores.index(best)
