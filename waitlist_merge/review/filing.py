"""Answers go to the register, come back as a table of how far they are, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from waitlist_merge.errors import InputError
from waitlist_merge.plural import many
from waitlist_merge.review.contacts import spoken_to
from waitlist_merge.review.effect import as_they_act
from waitlist_merge.review.returned import Returned, returned_rows, told_apart
from waitlist_merge.review.rows import (
    AnswerRow,
    ContactRow,
    Said,
    WorkRow,
    day_of,
    known_as,
    need_said,
    taken_back,
)
from waitlist_merge.review.ruling import in_force
from waitlist_merge.review.snapshot import Snapshot, census_dates, listed
from waitlist_merge.review.states import OPEN
from waitlist_merge.review.taking import Known, Taken, said_id, take
from waitlist_merge.review.work import work_against_lists

if TYPE_CHECKING:
    from waitlist_merge.review.register import Register

AGES = ((7, "up to 1 week"), (28, "1 to 4 weeks"), (84, "4 to 12 weeks"))
"""Days up to which a question or answer is of an age, and how that is said: a week is a list."""

OLDER = "over 12 weeks"


@dataclass(frozen=True, eq=False, slots=True)
class Filed:
    """What was recorded of the workbooks, and the problems, one line each.

    ``new_answers``, ``new_work`` and ``new_contacts`` count those that the register did not have.
    """

    taken: Taken
    workbooks: int
    new_answers: int
    new_work: int
    new_contacts: int = 0

    @property
    def problems(self) -> list[str]:
        """What is wrong with the rows that were not recorded."""
        return self.taken.problems

    def summary(self) -> str:
        """What was recorded, in a line; and of what had no date, in another."""
        taken, new = self.taken, self.new_answers + self.new_work + self.new_contacts
        known = len(taken.answers) + len(taken.work) + len(taken.contacts) - new
        spoken = f"{many(self.new_contacts, 'contact')} with patients, " if taken.contacts else ""
        return (
            f"{many(self.workbooks, 'workbook')} read: {many(self.new_answers, 'answer')} and "
            f"{many(self.new_work, 'step')} of work recorded, {spoken}{known} known already, "
            f"{many(len(self.problems), 'problem')}{self._undated()}"
        )

    def _undated(self) -> str:
        count = self.taken.undated
        rows = "1 row has" if count == 1 else f"{count} rows have"
        return f"\n{rows} no date: the day of the first reading stands for it" if count else ""


def read_workbooks(paths: Sequence[Path], register: Register, *, today: date) -> Filed:
    """Record the answers and the work of filled workbooks; the same row is recorded once.

    Rows that cannot be recorded, and workbooks that cannot be read, are told in ``problems``; the
    others are recorded. InputError where no workbook can be read or the register has no run.
    """
    last = _last(register)
    found, unread = _rows_of(paths)
    rows, lacking = told_apart(found)
    shown = _shown(rows, register, last)
    known = Known(
        last,
        shown,
        today,
        said=register.answers(),
        retired=register.retired(),
        worked=register.work(),
        spoken=register.contacts(),
    )
    taken = take(rows, known)
    taken.problems.extend(lacking + unread)
    return Filed(
        taken,
        len(paths) - len(unread),
        register.add_answers(taken.answers),
        register.add_work(taken.work),
        register.add_contacts(taken.contacts),
    )


def not_read(rows: Sequence[Returned], register: Register, *, today: date) -> int:
    """How many answers, steps of work and contacts of these rows does the register not have?

    What of them cannot be recorded as it stands counts as well.
    """
    last = register.last() if rows else None
    if last is None:
        return len(rows)
    whole = [row for row in rows if not (row.lacks or row.gone)]
    known = Known(last, _shown(whole, register, last), today, retired=register.retired())
    taken = take(whole, known)
    said = (*register.answers(), *register.work(), *register.contacts())
    has = {row.key for row in said}
    told = (*taken.answers, *taken.work, *taken.contacts)
    lost = len(rows) - len(whole) + len(taken.problems)
    return lost + sum(row.key not in has for row in told)


def _rows_of(paths: Sequence[Path]) -> tuple[list[Returned], list[str]]:
    """The rows of the workbooks that can be read, and what is wrong with the others."""
    rows: list[Returned] = []
    unread: list[str] = []
    for path in paths:
        try:
            rows.extend(returned_rows(path))
        except InputError as error:
            unread.append(str(error))
    if unread and len(unread) == len(paths):
        raise InputError("; ".join(unread))
    return rows, unread


def _last(register: Register) -> Snapshot:
    last = register.last()
    if last is None:
        raise InputError(f"{register.name}: has no run yet; merge with --register first")
    return last


def _shown(rows: Sequence[Returned], register: Register, last: Snapshot) -> dict[int, Snapshot]:
    """What the runs knew that wrote the workbooks."""
    named = {row.run for row in rows}
    known = {int(each) for each in register.runs()["run"]}
    return {run: last if run == last.run else register.snapshot(run) for run in named & known}


@dataclass(frozen=True, eq=False, slots=True)
class Status:
    """How far the answers and the work are.

    ``asked`` has one row for each organisation and state of its open questions, ``counts`` one for
    each organisation and standing of its answers, both by age; ``unsettled`` the answers that
    settle nothing yet, ``work`` what is to be done and what the lists say against it, ``contacts``
    to whom somebody has spoken in the last twelve weeks.
    """

    asked: pd.DataFrame
    counts: pd.DataFrame
    unsettled: pd.DataFrame
    work: pd.DataFrame
    contacts: pd.DataFrame


def status_of(register: Register, *, today: date) -> Status:
    """How far are answers and work, by organisation and age?"""
    last = _last(register)
    answers = register.answers()
    ruled = as_they_act(
        in_force(answers, listed(last.entries)),
        answers,
        last.entries,
        register.days_of_runs(),
        register.retired(),
    )
    work = work_against_lists(register.work(), last.entries, census_dates(last), run_date=today)
    work = work.drop(columns="hospital_numbers")  # what a terminal shows is kept in logs
    told = ["answer_id", "question_id", "organisation", "answer", "standing", "detail"]
    answered = ruled.answers
    return Status(
        asked=_asked(register.questions(), today),
        counts=_by_age(
            answered[["organisation", "standing"]], answered["answered_on"].tolist(), today
        ),
        unsettled=ruled.open[told].reset_index(drop=True),
        work=work,
        contacts=spoken_to(register.contacts(), last.entries, run_date=today),
    )


def _asked(questions: pd.DataFrame, today: date) -> pd.DataFrame:
    """How many questions are open, by organisation and state; each counts at all concerned."""
    told = questions[["organisations", "state", "first_date"]].copy()
    told["organisation"] = told["organisations"].astype(object).fillna("").str.split(";")
    told = told.explode("organisation", ignore_index=True)
    state = told["state"].astype(object).fillna(OPEN)
    since = [each.date() for each in told["first_date"]]
    return _by_age(told[["organisation"]].assign(state=state), since, today)


def _by_age(told: pd.DataFrame, since: Sequence[date | None], today: date) -> pd.DataFrame:
    """How many rows are alike in all columns, and of which age; without a day they are new."""
    names = [name for _, name in AGES] + [OLDER]
    days = [(today - each).days if each else 0 for each in since]
    age = [next((name for most, name in AGES if old <= most), OLDER) for old in days]
    table = told.assign(age=age, count=1).pivot_table(
        index=[*told.columns], columns="age", values="count", aggfunc="sum"
    )
    counts = table.reindex(columns=names).fillna(0).astype(int)
    return counts.reset_index().rename_axis(columns=None)


def undo(
    register: Register, key: str, *, reviewer: str, reason: str, today: date
) -> AnswerRow | WorkRow | ContactRow:
    """Take back an answer, a step of work or a contact, by a row that says who and why; it stays.

    InputError where there is no such row, where it has been taken back already, or where nobody
    says so or not why.
    """
    need_said(register.name, reviewer=reviewer, reason=reason)
    why: dict[str, object] = {"reviewer": reviewer, "note": reason, "undoes": key}
    why |= dict.fromkeys(("answered_on", "said_on"), today)
    if answer := _undoing(register.name, register.answers(), key, why):
        register.add_answers([answer])
        return answer
    if step := _undoing(register.name, register.work(), key, why):
        register.add_work([step])
        return step
    if contact := _undoing(register.name, register.contacts(), key, why):
        register.add_contacts([contact])
        return contact
    raise InputError(f"{register.name}: has no answer or step {key}; review status names them")


def _undoing(
    register: str, said: Sequence[Said], key: str, why: Mapping[str, object]
) -> Said | None:
    """The row that takes one of these back; None where it is not among them."""
    found = next((row for row in said if row.key == key), None)
    if found is None:
        return None
    if found.key in taken_back(said):
        raise InputError(f"{register}: {key} has been taken back already")
    record = found.to_record()
    about = {name: record[name] for name in _ABOUT if name in record}
    row = type(found).from_record({**dict.fromkeys(record), **about, **why})
    return known_as(row, said_id(row, after=len(said)), on=day_of(row))


_ABOUT = ("question_id", "level", "patient_id")
"""What a row that takes another one back has of it."""
