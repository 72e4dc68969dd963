"""Answers go to the register, come back as a table of how far they are, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from waitlist_merge.errors import InputError
from waitlist_merge.plural import many
from waitlist_merge.review.effect import as_they_act
from waitlist_merge.review.returned import Returned, returned_rows
from waitlist_merge.review.rows import AnswerRow, WorkRow, need_said, not_undone
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

    ``read`` counts the filled rows, ``new_answers`` and ``new_work`` those that the register did
    not have.
    """

    taken: Taken
    workbooks: int
    new_answers: int
    new_work: int

    @property
    def problems(self) -> list[str]:
        """What is wrong with the rows that were not recorded."""
        return self.taken.problems

    def summary(self) -> str:
        """What was recorded, in a line; and of what had no date, in another."""
        known = len(self.taken.answers) + len(self.taken.work) - self.new_answers - self.new_work
        return (
            f"{many(self.workbooks, 'workbook')} read: {many(self.new_answers, 'answer')} and "
            f"{many(self.new_work, 'step')} of work recorded, {known} known already, "
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
    rows, unread = _rows_of(paths)
    shown = _shown(rows, register, last)
    known = Known(last, shown, today, register.answers(), register.retired(), register.work())
    taken = take(rows, known)
    taken.problems.extend(unread)
    return Filed(
        taken,
        len(paths) - len(unread),
        register.add_answers(taken.answers),
        register.add_work(taken.work),
    )


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
    settle nothing yet, ``work`` what is to be done and what the lists say against it.
    """

    asked: pd.DataFrame
    counts: pd.DataFrame
    unsettled: pd.DataFrame
    work: pd.DataFrame


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
    told = ["answer_id", "question_id", "organisation", "answer", "standing", "detail"]
    answered = ruled.answers
    return Status(
        asked=_asked(register.questions(), today),
        counts=_by_age(
            answered[["organisation", "standing"]], answered["answered_on"].tolist(), today
        ),
        unsettled=ruled.open[told].reset_index(drop=True),
        work=work,
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
) -> AnswerRow | WorkRow:
    """Take an answer or a step of work back, by a row that says who did so and why; it stays.

    InputError where there is no such answer or step, where it has been taken back already, or where
    nobody says so or not why.
    """
    need_said(register.name, reviewer=reviewer, reason=reason)
    answers, work = register.answers(), register.work()
    everything: list[AnswerRow | WorkRow] = [*answers, *work]
    found = next((row for row in everything if row.key == key), None)
    if found is None:
        raise InputError(f"{register.name}: has no answer or step {key}; review status names them")
    if not found.undoes and found not in (*not_undone(answers), *not_undone(work)):
        raise InputError(f"{register.name}: {key} has been taken back already")
    if isinstance(found, AnswerRow):
        answer = AnswerRow(
            *("", found.question_id, found.level, (), (), ""),
            reviewer=reviewer,
            note=reason,
            answered_on=today,
            undoes=key,
        )
        answer = replace(answer, answer_id=said_id(answer, after=len(answers)))
        register.add_answers([answer])
        return answer
    step = WorkRow(
        *("", found.question_id, (), ""),
        note=reason,
        reviewer=reviewer,
        said_on=today,
        undoes=key,
    )
    step = replace(step, work_id=said_id(step, after=len(work)))
    register.add_work([step])
    return step
