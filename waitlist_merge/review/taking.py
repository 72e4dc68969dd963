"""Which of the rows that came back can be recorded, and what is wrong with the others?

Every row is looked at; all problems are told together, each with the place where it stands, and the
good rows are recorded. Nothing of a patient is repeated in a problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from waitlist_merge.identity import keyed_hashes
from waitlist_merge.review import headings as heading
from waitlist_merge.review.checking import Checks, date_of, names_of, sides_of
from waitlist_merge.review.facts import patterns, said_by
from waitlist_merge.review.returned import Returned, question_of
from waitlist_merge.review.rows import (
    AnswerRow,
    ContactRow,
    Said,
    WorkRow,
    day_of,
    known_as,
    not_undone,
)
from waitlist_merge.review.said_before import (
    answered_twice,
    answers_of_each,
    older,
    replaced,
    steps_of_each,
)
from waitlist_merge.review.snapshot import Snapshot, by_entry, listed
from waitlist_merge.review.work import STATE_WORDS, State, read_state

_GROUPS = {"patient": "patient_id", "pathway": "pathway_id"}
"""The column of a snapshot that holds the group of each entry, by level."""


@dataclass(frozen=True, eq=False, slots=True)
class Taken:
    """What can be recorded of the rows, and the problems of the others, one line each.

    ``undated`` is how many of the rows that can be recorded had no date.
    """

    answers: list[AnswerRow]
    work: list[WorkRow]
    problems: list[str]
    undated: int = 0
    contacts: list[ContactRow] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """What the register knows: the newest run, and those that wrote the workbooks, by number.

    ``said`` are the answers that it has and ``worked`` the steps of work and ``spoken`` the
    contacts, the oldest first; ``retired`` the organisations that have closed for good.
    """

    last: Snapshot
    shown: Mapping[int, Snapshot]
    today: date
    said: Sequence[AnswerRow] = ()
    retired: frozenset[str] = frozenset()
    worked: Sequence[WorkRow] = ()
    spoken: Sequence[ContactRow] = ()


def take(rows: Sequence[Returned], known: Known) -> Taken:
    """Look at every row: answers and work that can be recorded, and what is wrong elsewhere.

    An answer is recorded though the work beside it is wrong, and the work though the answer is.
    """
    told: list[tuple[Returned, AnswerRow]] = []
    work: list[tuple[Returned, WorkRow]] = []
    contacts: list[tuple[Returned, ContactRow]] = []
    problems: list[str] = []
    undated = 0
    book = _Book(known)
    checks = book.checks(known)
    for row in rows:
        wrong = checks.wrong_with(row)
        problems += [f"{row.place}: {each}" for each in wrong.told]
        answer = row.text(heading.ANSWER) and not (wrong.row or wrong.answer)
        works = row.text(heading.STATE) and not (wrong.row or wrong.work)
        spoken = row.any(heading.CONTACTED) and not wrong.row
        undated += bool((answer or works) and not row.text(heading.DATE))
        undated += spoken and not row.text(heading.SPOKEN_ON)
        if answer:
            told.append((row, book.answer(row)))
        if works:
            work.append((row, book.work(row)))
        if spoken:
            contacts.append((row, book.contact(row)))
    answered = [each for _, each in told]
    answers = [*answers_of_each(answered, known.said)]
    steps = [*steps_of_each([each for _, each in work], known.worked)]
    again = replaced(answers, known.said) | replaced(steps, known.worked)
    again |= {row.key for row in known.spoken} - {row.key for row in not_undone(known.spoken)}
    for said, words in (
        (told, _AGAIN.format(heading.DATE, heading.NOTE)),
        (work, _AGAIN.format(heading.DATE, heading.WORK_NOTE)),
        (contacts, _AGAIN.format(heading.SPOKEN_ON, heading.PATIENT_SAID)),
    ):
        problems += [f"{row.place}: {words}" for row, each in said if each.key in again]
    odd = answered_twice(answered) | older(answers, known.said, lambda row: row.answer)
    odd |= older(steps, known.worked, lambda row: row.key)
    problems += [f"{row.place}: {odd[each.key]}" for row, each in (*told, *work) if each.key in odd]
    return Taken(
        [each for _, each in told if each.key not in again],
        [each for _, each in work if each.key not in again],
        problems,
        undated,
        [each for _, each in contacts if each.key not in again],
    )


_AGAIN = (
    "was said before, and has been replaced or taken back since; to say it again, put today's day "
    "in {}, or say in {} that it is said again"
)


class _Book:
    """Makes rows of the register of rows that came back, in the light of what it knows."""

    def __init__(self, known: Known) -> None:
        self.today = known.today
        told: tuple[AnswerRow | WorkRow | ContactRow, ...]
        told = (*known.said, *known.worked, *known.spoken)
        self.first_read = {row.key: day_of(row) for row in told}
        self.days = {run: each.run_date for run, each in known.shown.items()}
        self.frames = {run: each.entries for run, each in known.shown.items()}
        self.places = {
            run: pd.Index(frame["entry_id"].astype(str)) for run, frame in self.frames.items()
        }
        there = listed(known.last.entries)
        self.groups = {
            level: there.groupby(there[column].astype(str))["entry_id"].agg(list)
            for level, column in _GROUPS.items()
        }
        self.group_of = {level: by_entry(there, column) for level, column in _GROUPS.items()}

    def checks(self, known: Known) -> Checks:
        """What rows are checked against."""
        return Checks(
            organisations=frozenset(known.last.extracts["organisation"].astype(str)),
            known=self.known,
            of_its_own=self.of_its_own,
            concerned=self.concerned,
            asked_on=self.asked_on,
            today=self.today,
            retired=known.retired,
        )

    def known(self, row: Returned) -> pd.Index | None:
        """The ids of the entries that the run knew which wrote the row; None of another run."""
        return self.places.get(row.run)

    def asked_on(self, row: Returned) -> date | None:
        """The date of the run that wrote the row; None of another register's."""
        return self.days.get(row.run)

    def of_its_own(self, row: Returned) -> bool:
        """Were its entries, in the run that wrote it, of the need or patient that it names?

        Of a need one is enough: beside its entries stand those on which the work began.
        """
        need = bool(row.text(heading.NEED))
        column = _GROUPS["pathway" if need else "patient"]
        places = self.places[row.run].get_indexer(pd.Index([*sides_of(row)]))
        groups = {*self.frames[row.run][column].iloc[places[places >= 0]].astype(str)}
        own = question_of(row)
        return own in groups if need else groups == {own}

    def concerned(self, row: Returned) -> frozenset[str]:
        """The organisations whose entries the row is about."""
        places = self.places[row.run].get_indexer(pd.Index(names_of(row)))
        return frozenset(self.frames[row.run]["organisation"].iloc[places].astype(str))

    def answer(self, row: Returned) -> AnswerRow:
        """The answer as the register records it."""
        side_of = sides_of(row)
        names = names_of(row)
        level = row.text(heading.LEVEL)
        places = self.places[row.run].get_indexer(pd.Index(names))
        said = said_by(self.frames[row.run].iloc[places])
        told = AnswerRow(
            answer_id="",
            question_id=question_of(row),
            level=level,
            entry_ids=names,
            sides=tuple(side_of[name] for name in names),
            answer=row.text(heading.ANSWER).casefold(),
            relation=row.text(heading.RELATION),
            veto=row.text(heading.VETO),
            reviewer=row.text(heading.REVIEWER),
            organisation=row.text(heading.ORGANISATION).upper(),
            role=row.text(heading.ROLE),
            note=row.text(heading.NOTE),
            answered_on=date_of(row.cells.get(heading.DATE)),
            second_person=row.text(heading.SECOND),
            reason=row.text(heading.REASON),
            facts=patterns(said, range(len(names))),
            run=row.run,
        )
        return replace(self._kept(told), unseen=self._unseen(level, names))

    def _kept(self, row: Said) -> Said:
        """The row under its id; what has no date is of the day when it is first read.

        The id is made of the row as it was filled in, so that it is known when it is read again.
        """
        name = said_id(row)
        return known_as(row, name, on=self.first_read.get(name, self.today))

    def _unseen(self, level: str, names: Sequence[str]) -> tuple[str, ...]:
        """Entries that are of a group of those shown and were not shown themselves."""
        if level not in self.groups:
            return ()
        groups = {self.group_of[level][name] for name in names if name in self.group_of[level]}
        members = {str(each) for group in groups for each in self.groups[level][group]}
        return tuple(sorted(members - {*names}))

    def work(self, row: Returned) -> WorkRow:
        """The step of work as the register records it."""
        said = row.text(heading.STATE)
        state, named = read_state(said) or (State.NEW, "")
        owner = row.text(heading.OWNER_ORGANISATION).upper() or named
        keeps = row.text(heading.KEEPS).upper() or (named if state == State.AGREED else "")
        told = WorkRow(
            work_id="",
            question_id=question_of(row),
            entry_ids=tuple(sorted(sides_of(row))),
            state=STATE_WORDS[state].format(named or keeps),
            keeps=keeps,
            owner=owner,
            person=row.text(heading.OWNER),
            due=date_of(row.cells.get(heading.DUE)),
            note=row.text(heading.WORK_NOTE),
            reviewer=row.text(heading.REVIEWER),
            organisation=row.text(heading.ORGANISATION).upper(),
            said_on=date_of(row.cells.get(heading.DATE)),
            run=row.run,
        )
        return self._kept(told)

    def contact(self, row: Returned) -> ContactRow:
        """That somebody spoke to a patient, as the register records it."""
        told = ContactRow(
            contact_id="",
            patient_id=question_of(row),
            entry_ids=names_of(row),
            note=row.text(heading.PATIENT_SAID),
            reviewer=row.text(heading.SPOKEN_BY),
            organisation=(row.text(heading.SPOKEN_FOR) or row.text(heading.RINGS)).upper(),
            said_on=date_of(row.cells.get(heading.SPOKEN_ON)),
            run=row.run,
        )
        return self._kept(told)


_PREFIX: Mapping[type, str] = {AnswerRow: "A", WorkRow: "K", ContactRow: "C"}


def said_id(row: AnswerRow | WorkRow | ContactRow, *, after: int = 0) -> str:
    """The id of what was said: the same said again has the same.

    ``after`` tells apart what may be said twice: how many rows there were.
    """
    told = row.to_record()
    if isinstance(row, WorkRow) and not row.undoes:
        del told["undoes"]  # as it was told before there was this column: an id stays
    text = "\x1f".join(f"{name}={told[name]}" for name in told)
    return f"{_PREFIX[type(row)]}-{keyed_hashes([f'{after}{text}'])[0]}"
