"""What exactly did a person say, of which entries, and on which facts did it rest?

One row an answer, as the register keeps it: rows are added, never changed. Taking an answer back is
a row too (``undoes``), and so is a step of the work on a group (``WorkRow``).

>>> row = AnswerRow("A-1", "Q-1", "patient", ("E-1", "E-2"), (0, 1), "different people",
...                 reviewer="A. Clerk", organisation="RM3", answered_on=date(2026, 11, 16))
>>> AnswerRow.from_record(row.to_record()) == row
True
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from itertools import combinations
from typing import Any, Self, TypeVar

from waitlist_merge.errors import InputError

Record = dict[str, str | int | date | datetime | None]
"""A row as a table of a database holds it."""


class _Recorded:
    """A row that a table can hold: names joined by ``;``, facts as JSON."""

    def to_record(self) -> Record:
        """The row with one plain value for each column."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> Self:
        """The row again; columns that it does not know are left aside."""
        known = {each.name: each.type for each in fields(cls) if each.name in record}  # type: ignore[arg-type]
        return cls(**{name: _read(str(kind), record[name]) for name, kind in known.items()})

    @property
    def key(self) -> str:
        """The id of the row, by which it is known again: its first column."""
        return str(getattr(self, fields(self)[0].name))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class AnswerRow(_Recorded):
    """One answer of one person to one question.

    ``answer_id`` is a hash of what was said, by whom and when: the same row read twice has the same
    id. ``entry_ids`` are the entries that the person was shown, sorted; ``sides`` says of each on
    which side of the question it stood (entries on one side were one already). ``level`` is
    ``patient`` or ``pathway``, ``veto`` the fact that forbade an automatic join, ``unseen`` entries
    that were on one of the sides and not shown.

    ``facts`` are what the answer rested on: for each fact the class of each entry, -1 where it does
    not say; equal numbers said the same. It holds no value of a patient. ``second_person`` and
    ``reason`` are given where a named veto is overridden. ``undoes`` is the id of an answer that is
    taken back; ``answer`` is then empty. ``run`` is the run whose workbook was answered.
    """

    answer_id: str
    question_id: str
    level: str
    entry_ids: tuple[str, ...]
    sides: tuple[int, ...]
    answer: str
    relation: str = ""
    veto: str = ""
    reviewer: str = ""
    organisation: str = ""
    role: str = ""
    note: str = ""
    answered_on: date | None = None
    second_person: str = ""
    reason: str = ""
    facts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    undoes: str = ""
    run: int = 0
    recorded_at: datetime | None = None

    @property
    def across(self) -> list[tuple[int, int]]:
        """The places in ``entry_ids`` of every two that stood on two sides."""
        ends = combinations(enumerate(self.sides), 2)
        return [(a, b) for (a, one), (b, other) in ends if one != other]


@dataclass(frozen=True, slots=True)
class WorkRow(_Recorded):
    """One step of the work on a group: who does what by when.

    ``entry_ids`` are the entries of the group when it was said; ``state`` is as people write it
    (``work.read_state``: "with RM3", "agreed: RM3 keeps", "closed at RW3"), ``keeps`` the
    organisation that keeps the patient where one was agreed, ``owner`` and ``person`` who has to
    act. ``undoes`` is the id of a step that is taken back; ``state`` is then empty.
    """

    work_id: str
    question_id: str
    entry_ids: tuple[str, ...]
    state: str
    keeps: str = ""
    owner: str = ""
    person: str = ""
    due: date | None = None
    note: str = ""
    reviewer: str = ""
    organisation: str = ""
    said_on: date | None = None
    undoes: str = ""
    run: int = 0
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactRow(_Recorded):
    """Somebody has spoken to a patient.

    ``patient_id`` is the patient's in the run whose workbook was filled in, ``entry_ids`` the
    entries then; ``note`` what the patient said, ``reviewer`` who spoke to them. ``undoes`` is the
    id of a row that is taken back.
    """

    contact_id: str
    patient_id: str
    entry_ids: tuple[str, ...]
    note: str = ""
    reviewer: str = ""
    organisation: str = ""
    said_on: date | None = None
    undoes: str = ""
    run: int = 0
    recorded_at: datetime | None = None


Said = TypeVar("Said", AnswerRow, WorkRow, ContactRow)


def not_undone(said: Sequence[Said]) -> list[Said]:
    """What nobody took back, in the order in which people said it; ``said`` is as recorded.

    A workbook that comes late undoes nothing that was said after it: the day of a row counts, and
    of one day the order of recording. One whose undoing was undone is there again.

    >>> said = [AnswerRow("A-1", "Q-1", "patient", (), (), "cannot tell"),
    ...         AnswerRow("A-2", "Q-1", "patient", (), (), "", undoes="A-1")]
    >>> again = AnswerRow("A-3", "Q-1", "patient", (), (), "", undoes="A-2")
    >>> not_undone(said), len(not_undone([*said, again]))
    ([], 1)
    """
    gone = taken_back(said)
    stands = [row for row in said if not row.undoes and row.key not in gone]
    return sorted(stands, key=day_of)


def taken_back(said: Sequence[Said]) -> set[str]:
    """The ids of the rows that are taken back by one that stands; ``said`` is as recorded.

    >>> said = [WorkRow("K-1", "Q-1", (), "done"), WorkRow("K-2", "Q-1", (), "", undoes="K-1")]
    >>> taken_back(said), taken_back([*said, WorkRow("K-3", "Q-1", (), "", undoes="K-2")])
    ({'K-1'}, {'K-2'})
    """
    gone: set[str] = set()
    for row in reversed(said):
        if row.undoes and row.key not in gone:
            gone.add(row.undoes)
    return gone


def day_of(row: AnswerRow | WorkRow | ContactRow) -> date:
    """The day on which it was said; without one that of recording, and of neither the last of all.

    >>> day_of(WorkRow("K-1", "Q-1", (), "done", recorded_at=datetime(2026, 11, 16, 9)))
    datetime.date(2026, 11, 16)
    """
    said: date | None = getattr(row, _DAY[type(row)])
    return said or (row.recorded_at.date() if row.recorded_at else date.max)


def known_as(row: Said, key: str, *, on: date) -> Said:
    """The row under this id, and of this day where it says none.

    >>> known_as(WorkRow("", "Q-1", (), "done"), "K-1", on=date(2026, 11, 16)).said_on
    datetime.date(2026, 11, 16)
    """
    day = _DAY[type(row)]
    told: dict[str, Any] = {fields(row)[0].name: key, day: getattr(row, day) or on}
    return replace(row, **told)


_DAY: Mapping[type, str] = {AnswerRow: "answered_on", WorkRow: "said_on", ContactRow: "said_on"}
"""The column with the day on which it was said."""


def need_said(register: str, *, reviewer: str, reason: str) -> None:
    """InputError where nobody says it, or not why: the audit trail would have nothing to show."""
    if not (reviewer.strip() and reason.strip()):
        raise InputError(f"{register}: nothing was recorded; say who says so, and why")


def _plain(value: object) -> str | int | date | datetime | None:
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    if isinstance(value, Mapping):
        return json.dumps({name: list(codes) for name, codes in sorted(value.items())})
    if value is None or isinstance(value, str | int | date):
        return value
    raise TypeError(type(value).__name__)


def _read(kind: str, value: object) -> object:
    """A value of a column as the row holds it; a database may give dates as text."""
    if kind.startswith("tuple"):
        parts = [each for each in str(value or "").split(";") if each]
        return tuple(map(int, parts)) if "int" in kind else tuple(parts)
    if kind.startswith("Mapping"):
        told = json.loads(str(value or "{}"))
        return {name: tuple(codes) for name, codes in told.items()}
    if kind == "int":
        return int(str(value or 0))
    if kind == "str":
        return "" if value is None else str(value)
    if isinstance(value, str) and value:
        made = datetime.fromisoformat(value)
        return made if kind.startswith("datetime") else made.date()
    return value or None
