"""Which sheet that people fill in is this, and which of its headings are gone?

>>> named = ["Question id", "ANSWER", "note", "Reviewer", "Reviewer's organisation", "Role"]
>>> told = header([named])
>>> told.headings[1:3], [each for each in told.gone if each in SIGNED]
(['Answer', 'Note'], ['Date'])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

QUESTION_ID, ANSWER, LEVEL, VETO, ENTRIES, FINGERPRINT = (
    *("Question id", "Answer", "Level", "Veto", "Entries", "Fingerprint"),
)
NOTE, REVIEWER, ORGANISATION, ROLE, DATE = (
    *("Note", "Reviewer", "Reviewer's organisation", "Role", "Date"),
)
RELATION, SECOND, REASON = "Relation", "Second person", "Reason for overriding"
STATE, KEEPS, OWNER_ORGANISATION, OWNER, DUE, WORK_NOTE = (
    *("Work state", "Organisation that keeps", "Owner organisation", "Owner", "Due", "Work note"),
)
NEED = "Need"
"""Heading of the need on the sheet of duplicates, which has the work and no question."""

PATIENT, SPOKEN_BY, SPOKEN_FOR, SPOKEN_ON, RINGS = (
    *("Patient", "Spoken to by", "Their organisation", "On", "Who rings"),
)
PATIENT_SAID = "What the patient said"
"""Headings of the sheet of patients to speak to."""

HIDDEN = (QUESTION_ID, LEVEL, VETO, ENTRIES, FINGERPRINT)
SIGNED = (REVIEWER, ORGANISATION, ROLE, DATE)
ANSWERED = (ANSWER, NOTE, *SIGNED, RELATION, SECOND, REASON)
OF_AN_ANSWER = (ANSWER, NOTE, RELATION, SECOND, REASON)
"""Of these what is of an answer alone: who says so, and when, stands beside work as well."""
CONTACTED = (PATIENT_SAID, SPOKEN_BY, SPOKEN_FOR, SPOKEN_ON)
WORKED = (STATE, KEEPS, OWNER_ORGANISATION, OWNER, DUE, WORK_NOTE)
FILLED = (*ANSWERED, *WORKED, *CONTACTED)
"""Headings under which people write."""

HEADER_ROWS = 10
"""Rows in which the headings may stand: people put titles above a table."""

RUN = "Run"
"""Heading of the hidden cell with the number of the run: answers say by it what they saw."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A sheet that is filled in, by its headings.

    It is known by ``needed``. Any two of ``telling``, on one row, say that it is such a sheet
    though one of those is gone: no sheet that merge writes for reading alone has two of them, nor
    has a table of somebody else's. Under ``written``, side by side between the two columns of
    ``beside``, people write.
    """

    needed: frozenset[str]
    telling: frozenset[str]
    written: tuple[str, ...]
    beside: tuple[str, str]

    def headings(self, row: Sequence[Any]) -> list[str]:
        """The headings of a row, one of this sheet as it came also where its case is another."""
        told = [" ".join(str(cell).split()) for cell in row]
        count = Counter(each.casefold() for each in told)
        every = (*self.needed, *self.telling, *self.written, *HIDDEN, RUN, RINGS)
        own = {each.casefold(): each for each in every if count[each.casefold()] == 1}
        return [own.get(each.casefold(), each) for each in told]


_KINDS = (
    _Kind(
        frozenset({QUESTION_ID, ANSWER}),
        frozenset({QUESTION_ID, ANSWER, FINGERPRINT, SECOND, REASON}),
        (*ANSWERED[1:], *WORKED),
        ("How sure", LEVEL),
    ),
    _Kind(
        frozenset({NEED, STATE, ENTRIES}),
        frozenset({STATE, KEEPS, OWNER_ORGANISATION, WORK_NOTE}),
        (*WORKED, *SIGNED),
        ("Against it", ENTRIES),
    ),
    _Kind(
        frozenset({PATIENT, SPOKEN_BY}),
        frozenset({PATIENT, PATIENT_SAID, SPOKEN_BY}),
        CONTACTED,
        ("What they can be told now", PATIENT),
    ),
)


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a sheet, and the row, from 0, in which they are.

    ``lacks`` names those that are gone and by which its rows are known, ``gone`` those under which
    people write, each with the letter of the column that may be it.
    """

    row: int
    headings: list[str]
    lacks: tuple[str, ...]
    gone: Mapping[str, str]


def header(rows: Sequence[Sequence[Any]]) -> Header | None:
    """The headings of a sheet that is filled in; None of any other."""
    first = [
        (number, kind, kind.headings(row))
        for number, row in enumerate(rows[:HEADER_ROWS])
        for kind in _KINDS
    ]
    for number, kind, named in first:
        if kind.needed <= {*named}:
            gone = {each: _perhaps(each, named, kind) for each in kind.written if each not in named}
            return Header(number, named, (), gone)
    for number, kind, named in first:
        if len(kind.telling & {*named}) > 1:
            return Header(number, named, tuple(sorted(kind.needed - {*named})), {})
    return None


def _perhaps(lost: str, headings: Sequence[str], kind: _Kind) -> str:
    """The letter of the column where a lost heading stood; empty where its neighbours do not say.

    Its text is not told: people may have written of a patient there.
    """
    order = (kind.beside[0], *kind.written, kind.beside[1])
    at = order.index(lost)
    there = [(place, headings.index(each)) for place, each in enumerate(order) if each in headings]
    before = [column + at - place for place, column in there if place < at][-1:]
    after = [column + at - place for place, column in there if place > at][:1]
    return _letter(before[0]) if before and before == after else ""


def _letter(column: int) -> str:
    """What a spreadsheet calls a column.

    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'AA')
    """
    first, last = divmod(column, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]
