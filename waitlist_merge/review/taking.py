"""Which of the rows that came back can be recorded, and what is wrong with the others?

Every row is looked at; all problems are told together, each with the place where it stands, and the
good rows are recorded. Nothing of a patient is repeated in a problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from waitlist_merge.identity import keyed_hashes
from waitlist_merge.reasons import Relation
from waitlist_merge.review import returned as heading
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.facts import patterns, said_by
from waitlist_merge.review.returned import MOST_SHOWN, Returned, fingerprint
from waitlist_merge.review.rows import AnswerRow, WorkRow
from waitlist_merge.review.snapshot import Snapshot, listed
from waitlist_merge.review.spoken import WITHOUT_FACT
from waitlist_merge.review.work import State, read_state

OLDEST_DAYS = 366
"""Days after which a date is taken for a slip of the year."""

_JOINING = (Answer.SAME_PERSON, Answer.SAME_NEED)
_NEED_NOTE = (Answer.NEEDS_CLINICIAN, Answer.CORRECT_RECORD, Answer.ACCOUNTED)
_OF_UNACCOUNTED = (Answer.ACCOUNTED, Answer.CANNOT_TELL, Answer.ASK_AGAIN)


@dataclass(frozen=True, eq=False, slots=True)
class Taken:
    """What can be recorded of the rows, and the problems of the others, one line each."""

    answers: list[AnswerRow]
    work: list[WorkRow]
    problems: list[str]


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """What the register knows: the newest run, and those that wrote the workbooks, by number."""

    last: Snapshot
    shown: Mapping[int, Snapshot]
    today: date


def take(rows: Sequence[Returned], known: Known) -> Taken:
    """Look at every row: answers and work that can be recorded, and what is wrong elsewhere."""
    answers: list[AnswerRow] = []
    work: list[WorkRow] = []
    problems: list[str] = []
    book = _Book(known)
    for row in rows:
        wrong = book.wrong_with(row)
        problems += [f"{row.place}: {each}" for each in wrong]
        if not wrong and row.text(heading.ANSWER):
            answers.append(book.answer(row))
        if not wrong and row.text(heading.STATE):
            work.append(book.work(row))
    return Taken(answers, work, problems + _twice(rows, answers))


def _twice(rows: Sequence[Returned], answers: Sequence[AnswerRow]) -> list[str]:
    """Questions that one person has answered in two ways."""
    said: dict[tuple[str, str, str], set[str]] = {}
    for row in answers:
        who = (row.question_id, row.reviewer.casefold(), row.organisation)
        said.setdefault(who, set()).add(row.answer)
    both = {who[0] for who, words in said.items() if len(words) > 1}
    return [
        f"{row.place}: one person has answered this question in two ways; the last one counts"
        for row in rows
        if row.text(heading.QUESTION_ID) in both and row.text(heading.ANSWER)
    ]


class _Book:
    """Looks at rows in the light of what the register knows."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.organisations = frozenset(known.last.extracts["organisation"].astype(str))
        self.listed = listed(known.last.entries)
        self.frames = {0: known.last.entries} | {
            run: each.entries for run, each in known.shown.items()
        }
        self.places = {
            run: pd.Index(frame["entry_id"].astype(str)) for run, frame in self.frames.items()
        }
        self.groups = {
            level: self.listed.groupby(self.listed[column].astype(str))["entry_id"].agg(list)
            for level, column in (("patient", "patient_id"), ("pathway", "pathway_id"))
        }
        self.group_of = {
            level: dict(
                zip(
                    self.listed["entry_id"].astype(str),
                    self.listed[column].astype(str),
                    strict=True,
                )
            )
            for level, column in (("patient", "patient_id"), ("pathway", "pathway_id"))
        }

    def wrong_with(self, row: Returned) -> list[str]:
        """What keeps a row from being recorded; nothing of one that is not filled in."""
        if not row.any((*heading.ANSWERED, *heading.WORKED)):
            return []
        wrong = self._wrong_question(row)
        if row.any(heading.ANSWERED):
            wrong += self._wrong_answer(row)
        if row.any(heading.WORKED):
            wrong += self._wrong_work(row)
        return wrong

    def _wrong_question(self, row: Returned) -> list[str]:
        """Do the hidden cells still belong to the question, and is it one of this register?"""
        told = [row.text(each) for each in heading.HIDDEN[:-1]]
        names = _names(row)
        if not told[0] or not names:
            return ["has no question; answer in the rows as they came"]
        mark = row.text(heading.FINGERPRINT)
        if mark and mark != fingerprint(told[0], told[1], told[2], told[3]):
            return ["its hidden cells are of another question; fill in the rows as they came"]
        if (self.places[self._run(row)].get_indexer(pd.Index(names)) < 0).any():
            return ["is about entries that this register does not know; name its own register"]
        return []

    def _wrong_answer(self, row: Returned) -> list[str]:
        said = row.text(heading.ANSWER).casefold()
        if not said:
            return ["has something filled in but no answer; choose one"]
        if said not in {*Answer}:
            return [f"column {heading.ANSWER}: is none of: {', '.join(Answer)}"]
        answer, level = Answer(said), row.text(heading.LEVEL)
        wrong = []
        fits = answer in _OF_UNACCOUNTED if level == "unaccounted" else answer != Answer.ACCOUNTED
        if not fits:
            wrong.append(f"column {heading.ANSWER}: {answer!s} does not answer this question")
        if not row.text(heading.REVIEWER):
            wrong.append(f"column {heading.REVIEWER}: say who answers")
        wrong += self._wrong_organisation(row, heading.ORGANISATION)
        wrong += self._wrong_date(row, heading.DATE)
        if answer in _NEED_NOTE and not row.text(heading.NOTE):
            wrong.append(f"column {heading.NOTE}: {answer!s} needs a note: {_NOTES[answer]}")
        relation = row.text(heading.RELATION)
        if relation and relation not in {*Relation}:
            wrong.append(f"column {heading.RELATION}: is none of the relations that it offers")
        return wrong + _wrong_override(row, answer)

    def _wrong_work(self, row: Returned) -> list[str]:
        said = row.text(heading.STATE)
        if not said:
            return [f"column {heading.STATE}: say how far the work is"]
        state = read_state(said)
        if state is None:
            return [f"column {heading.STATE}: is none of: {_STATES}"]
        wrong = []
        if state[1] and state[1] not in self.organisations:
            wrong.append(f"column {heading.STATE}: {self._unknown}")
        if state[0] != State.NEW and not row.text(heading.OWNER_ORGANISATION) and not state[1]:
            wrong.append(f"column {heading.OWNER_ORGANISATION}: say which organisation has to act")
        for each in (heading.KEEPS, heading.OWNER_ORGANISATION):
            wrong += self._wrong_organisation(row, each) if row.text(each) else []
        return wrong + self._wrong_date(row, heading.DUE, ahead=True)

    def _wrong_organisation(self, row: Returned, column: str) -> list[str]:
        code = row.text(column).upper()
        if not code:
            return [f"column {column}: say which organisation answers"]
        return [] if code in self.organisations else [f"column {column}: {self._unknown}"]

    @property
    def _unknown(self) -> str:
        return f"sends no list; one of {', '.join(sorted(self.organisations))}"

    def _wrong_date(self, row: Returned, column: str, *, ahead: bool = False) -> list[str]:
        if not row.text(column):
            return []
        day = _date(row.cells[column])
        if day is None:
            return [f"column {column}: is no date; write it as 16/11/2026"]
        today = self.known.today
        if not ahead and day > today:
            return [f"column {column}: is a day that has not come yet"]
        if abs(today - day) > timedelta(days=OLDEST_DAYS):
            return [f"column {column}: is more than a year away"]
        return []

    def _run(self, row: Returned) -> int:
        """The run whose facts the row showed: the newest where the workbook does not say."""
        return row.run if row.run in self.frames else 0

    def answer(self, row: Returned) -> AnswerRow:
        """The row as the register records it."""
        side_of = _sides(row)
        names = _names(row)
        level, run = row.text(heading.LEVEL), self._run(row)
        places = self.places[run].get_indexer(pd.Index(names))
        day = _date(row.cells.get(heading.DATE))
        said = said_by(self.frames[run].iloc[places])
        told = AnswerRow(
            answer_id="",
            question_id=row.text(heading.QUESTION_ID),
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
            answered_on=day,
            second_person=row.text(heading.SECOND),
            reason=row.text(heading.REASON),
            facts=patterns(said, range(len(names))),
            run=row.run,
        )
        return replace(told, answer_id=said_id(told), unseen=self._unseen(level, names))

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
            question_id=row.text(heading.QUESTION_ID),
            entry_ids=tuple(sorted(_sides(row))),
            state=_STATE_WORDS[state].format(named or keeps),
            keeps=keeps,
            owner=owner,
            person=row.text(heading.OWNER),
            due=_date(row.cells.get(heading.DUE)),
            note=row.text(heading.WORK_NOTE),
            reviewer=row.text(heading.REVIEWER),
            organisation=row.text(heading.ORGANISATION).upper(),
            said_on=_date(row.cells.get(heading.DATE)),
            run=row.run,
        )
        return replace(told, work_id=said_id(told))


_NOTES = {
    Answer.NEEDS_CLINICIAN: "what is the clinician to decide?",
    Answer.CORRECT_RECORD: "whose record, and what is wrong with it?",
    Answer.ACCOUNTED: "treated, died, agreed to come off, or listed where?",
}

_STATE_WORDS = {
    State.NEW: "new",
    State.WITH: "with {}",
    State.AGREED: "agreed: {} keeps",
    State.TOLD: "patient told",
    State.CLOSED: "closed at {}",
    State.DONE: "done",
}
_STATES = ", ".join(text.format("ORG") for text in _STATE_WORDS.values())


def _wrong_override(row: Returned, answer: Answer) -> list[str]:
    """A named veto is overridden by two people with a reason, or not at all."""
    second, reason = row.text(heading.SECOND), row.text(heading.REASON)
    vetoed = row.text(heading.VETO) not in WITHOUT_FACT
    if answer not in _JOINING or not vetoed or not (second or reason):
        return []
    if not second:
        return [f"column {heading.SECOND}: overriding needs a second person as well"]
    if not reason:
        return [f"column {heading.REASON}: overriding needs a reason as well"]
    if second.casefold() == row.text(heading.REVIEWER).casefold():
        return [f"column {heading.SECOND}: has to be another person than the reviewer"]
    return []


def _sides(row: Returned) -> dict[str, int]:
    """The side of each entry of the question; entries by themselves are a side each."""
    told = row.text(heading.ENTRIES)
    sides = told.split("|") if "|" in told else told.split(";")
    return {name: side for side, names in enumerate(sides) for name in names.split(";") if name}


def _names(row: Returned) -> tuple[str, ...]:
    """The entries that the row showed, sorted; a sheet shows no more than some of them."""
    return tuple(sorted(_sides(row))[:MOST_SHOWN])


def _date(value: object) -> date | None:
    """The day in a cell: a date, or text as people write it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in ("%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d/%m/%y"):
        try:
            return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


def said_id(row: AnswerRow | WorkRow, *, after: int = 0) -> str:
    """The id of what was said: the same said again has the same.

    ``after`` tells apart what may be said twice: how many rows there were.
    """
    told = row.to_record()
    text = "\x1f".join(f"{name}={told[name]}" for name in told)
    prefix = "A" if isinstance(row, AnswerRow) else "K"
    return f"{prefix}-{keyed_hashes([f'{after}{text}'])[0]}"
