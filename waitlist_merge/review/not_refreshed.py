"""What is missing from this week's list because an organisation sent none?

Whoever reads the list must not take it for whole: the entries of such an organisation are on no
list, a need that nobody else lists is not on the combined list, and questions about them wait.

>>> print(NotRefreshed("RM3", dt.date(2026, 11, 15), entries=42, alone=39, perhaps=1, questions=2))
RM3 sent no list, its last one is of 2026-11-15: 42 entries are not refreshed and not on this \
list, 39 needs of them nobody else lists and 1 perhaps nobody, 2 questions wait for it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from waitlist_merge.categories import lists_code
from waitlist_merge.review.departures import NOT_WAITING
from waitlist_merge.review.snapshot import Snapshot, census_dates, listed

if TYPE_CHECKING:
    from waitlist_merge.review.register import Register

MISSING = "NOT REFRESHED: "
"""How a line of the summary and a note of the manifest begin that say what a list lacks."""


@dataclass(frozen=True, slots=True)
class NotRefreshed:
    """An organisation whose list did not come, and what the combined list lacks for it.

    ``entries`` of it waited on its last list, that of ``census_date`` (None where it never sent
    one); ``alone`` is the number of their needs that nobody else lists, ``perhaps`` of those that
    are only proposed to be one with a row that is listed, ``questions`` that of the questions that
    cannot be asked without it.
    """

    organisation: str
    census_date: dt.date | None = None
    entries: int = 0
    alone: int = 0
    perhaps: int = 0
    questions: int = 0

    def __str__(self) -> str:
        """One line with counts and no patient."""
        if self.census_date is None:
            return f"{self.organisation} sent no list, and none before"
        return (
            f"{self.organisation} sent no list, its last one is of {self.census_date}: "
            f"{_are(self.entries, 'entry', 'entries')} not refreshed and not on this list, "
            f"{_some(self.alone, 'need', 'needs')} of them nobody else lists"
            f"{f' and {self.perhaps:,} perhaps nobody' if self.perhaps else ''}, "
            f"{_some(self.questions, 'question waits', 'questions wait')} for it"
        )


def without_counts(note: str) -> str:
    """A note of the manifest without what there is in the list of an organisation that sent none.

    >>> without_counts(f"{MISSING}{NotRefreshed('RM3', dt.date(2026, 11, 15), entries=42)}")
    'NOT REFRESHED: RM3 sent no list, its last one is of 2026-11-15'
    """
    if not note.startswith(MISSING):
        return note
    told, _, _ = note.removeprefix(MISSING).partition(": ")
    return MISSING + told


def not_refreshed(
    absent: Iterable[str],
    last: Snapshot | None,
    alone: pd.DataFrame,
    review_queue: pd.DataFrame,
    register: Register,
) -> tuple[NotRefreshed, ...]:
    """What is missing for each of these organisations.

    ``alone`` are the needs that nobody else certainly lists (``unsent``). A question that was asked
    of an organisation in the run of its last list waits, unless it is in ``review_queue`` too.
    """
    if last is None:
        return tuple(NotRefreshed(code) for code in absent)
    then = listed(last.entries)
    then = then[(then["outcome"] != NOT_WAITING).to_numpy()]
    asked = set(review_queue["question_id"].astype(object))
    sent = census_dates(last)
    found = []
    for code in absent:
        entries = int((then["organisation"] == code).sum())
        needs = alone[lists_code(alone["organisations"], code)]
        perhaps = int((needs["perhaps_listed_by"].fillna("") != "").sum())
        waiting = len(_asked_of(code, register, last.run) - asked)
        sure = len(needs) - perhaps
        found.append(NotRefreshed(code, sent.get(code), entries, sure, perhaps, waiting))
    return tuple(found)


def _asked_of(organisation: str, register: Register, newest: int) -> set[str]:
    """The questions that were open for an organisation in the run that had its last list."""
    runs = (run for run in range(newest, 0, -1) if organisation in register.digests(run))
    run = next(runs, None)
    if run is None:
        return set()
    found = register.questions(run)
    of_it = lists_code(found["organisations"], organisation)
    return set(found.loc[of_it, "question_id"].astype(object))


def _some(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _are(count: int, one: str, many: str) -> str:
    return f"{_some(count, one, many)} {'is' if count == 1 else 'are'}"
