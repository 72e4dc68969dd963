"""Which answers that are obeyed have nothing to act on any longer?

An answer can be in force and do nothing: that two entries are one need, while they are held for two
people; that somebody knows what became of a patient, who has come back on a list since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from waitlist_merge.review.accounted import accounted, of_one_voice
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.rows import AnswerRow, not_undone
from waitlist_merge.review.ruling import Rulings
from waitlist_merge.review.snapshot import by_entry, listed
from waitlist_merge.review.spoken import Standing

FOR_TWO = "waits for another person: one alone cannot answer for two organisations"
PARTED = "the entries are of two people by now; settles nothing until that is answered"


def as_they_act(
    ruled: Rulings,
    answers: Sequence[AnswerRow],
    last: pd.DataFrame,
    days_of_runs: Mapping[int, dt.date],
    retired: Collection[str] = (),
) -> Rulings:
    """The rulings, with those in force that settle nothing as the lists stand told as such.

    ``answers`` are all of the register, ``last`` the entries of the newest snapshot,
    ``days_of_runs`` the day of each run and ``retired`` who has closed for good.
    """
    patient = by_entry(listed(last), "patient_id")
    said = {row.answer_id: row for row in answers}
    stands = not_undone(answers)
    counted = {row.answer_id for row, _ in of_one_voice(stands)}
    known = accounted(stands, last, days_of_runs, retired=retired)

    def parted(row: AnswerRow) -> bool:
        return row.answer == Answer.SAME_NEED and _parted(row, patient)

    def spent(row: AnswerRow) -> bool:
        told = row.answer == Answer.ACCOUNTED
        return told and not accounted([row], last, days_of_runs, retired=retired)

    def for_two(row: AnswerRow) -> bool:
        waits = row.answer == Answer.ACCOUNTED and row.answer_id not in counted
        return waits and not known.issuperset(row.entry_ids)

    told = _told_as(ruled.answers, said, parted, Standing.PARTED, PARTED)
    told = _told_as(told, said, for_two, Standing.PROPOSED, FOR_TWO)
    return replace(ruled, answers=_told_as(told, said, spent, Standing.SPENT, ""))


def _parted(row: AnswerRow, patient: Mapping[str, str]) -> bool:
    """Is every two of its entries that it joins, and that are listed, of two people?"""
    people = [patient.get(name) for name in row.entry_ids]
    across = [(people[a], people[b]) for a, b in row.across if people[a] and people[b]]
    return bool(across) and all(one != other for one, other in across)


def _told_as(
    told: pd.DataFrame,
    said: Mapping[str, AnswerRow],
    acts_no_longer: Callable[[AnswerRow], bool],
    standing: Standing,
    detail: str,
) -> pd.DataFrame:
    obeyed = told["standing"] == str(Standing.IN_FORCE)
    named = told["answer_id"].map(said)
    idle = pd.Series(
        [bool(mine) and acts_no_longer(row) for mine, row in zip(obeyed, named, strict=True)],
        index=told.index,
        dtype=bool,
    )
    return told.assign(
        standing=told["standing"].mask(idle, str(standing)),
        detail=told["detail"].mask(idle, detail),
    )
