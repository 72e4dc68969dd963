"""What is wrong with a row that came back? Nothing of a patient is repeated in a problem."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from waitlist_merge.reasons import Relation
from waitlist_merge.review import headings as heading
from waitlist_merge.review.answers import UNACCOUNTED, Answer
from waitlist_merge.review.returned import MOST_SHOWN, Returned, fingerprint, question_of
from waitlist_merge.review.signed import letters
from waitlist_merge.review.spoken import WITHOUT_FACT, joins
from waitlist_merge.review.work import STATE_WORDS, State, read_state

OLDEST_DAYS = 366
"""Days after which a date is taken for a slip of the year."""

MOST_BEFORE_DAYS = 7
"""Days before the run that asked of which an answer or step may be: what was agreed in the week in
which the lists were made. A day further back is a slip, such as the month written before the day,
and would make a word older than those that it is to replace."""

_NEED_NOTE = (Answer.NEEDS_CLINICIAN, Answer.CORRECT_RECORD, Answer.ACCOUNTED)
_OF_UNACCOUNTED = (Answer.ACCOUNTED, Answer.CANNOT_TELL, Answer.ASK_AGAIN)

COORDINATOR = "coordinator"
"""Role of somebody who works across organisations, and whose own may send no list."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What keeps a row from being recorded: all of it, its answer, or the work beside it."""

    row: list[str] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)
    work: list[str] = field(default_factory=list)

    @property
    def told(self) -> list[str]:
        """All of it, each once."""
        return list(dict.fromkeys((*self.row, *self.answer, *self.work)))


@dataclass(frozen=True, eq=False, slots=True)
class Checks:
    """What rows are checked against.

    ``organisations`` are those that send lists, ``known`` the ids of the entries that the run of a
    row knew (None where the register has no such run), ``of_its_own`` whether that run had the
    entries of a row in the need or patient that it names, ``concerned`` the organisations whose
    entries a row is about, ``asked_on`` the date of its run, ``today`` the day of reading,
    ``retired`` the organisations that have closed for good.
    """

    organisations: Collection[str]
    known: Callable[[Returned], pd.Index | None]
    of_its_own: Callable[[Returned], bool]
    concerned: Callable[[Returned], Collection[str]]
    asked_on: Callable[[Returned], date | None]
    today: date
    retired: Collection[str] = ()

    def wrong_with(self, row: Returned) -> Wrong:
        """What keeps a row from being recorded; nothing of one that is not filled in."""
        if row.any(heading.CONTACTED):
            return Wrong(row=self._wrong_question(row) or self._wrong_contact(row))
        of_work = not row.text(heading.QUESTION_ID) and row.text(heading.NEED)
        works = row.any(heading.WORKED if not of_work else (*heading.WORKED, *heading.ANSWERED))
        answers = row.any(heading.ANSWERED if not works else heading.OF_AN_ANSWER)
        if not answers and not works:
            return Wrong()
        whole = self._wrong_question(row)
        answer = self._wrong_answer(row) if answers else []
        if answers and not (whole or answer):
            answer = self._not_concerned(row)
        work = self._wrong_work(row) if works else []
        if works and not (whole or work):
            work = self._not_of_group(row)
        return Wrong(whole, answer, work)

    def _wrong_question(self, row: Returned) -> list[str]:
        """Do the hidden cells still belong to the question, and is it one of this register?

        What it showed is known of its run alone: the newest run may have other facts.
        """
        told = [question_of(row), *(row.text(each) for each in heading.HIDDEN[1:-1])]
        names = names_of(row)
        if not told[0] or not names:
            return ["has no question; answer in the rows as they came"]
        mark = row.text(heading.FINGERPRINT)
        marked = mark or row.text(heading.QUESTION_ID)
        if marked and mark != fingerprint(told[0], told[1], told[2], told[3]):
            return [_OF_ANOTHER.format("question")]
        if not row.run:
            return [f"does not say which run it shows; {_AS_THEY_CAME}"]
        known = self.known(row)
        if known is None or (known.get_indexer(pd.Index(names)) < 0).any():
            return ["is about entries that this register does not know; name its own register"]
        if not marked and not self.of_its_own(row):
            return [_OF_ANOTHER.format("need" if row.text(heading.NEED) else "patient")]
        return []

    def _wrong_answer(self, row: Returned) -> list[str]:
        said = row.text(heading.ANSWER).casefold()
        if not said:
            return ["has something filled in but no answer; choose one"]
        if said not in {*Answer}:
            return [f"column {heading.ANSWER}: is none of: {', '.join(Answer)}"]
        answer, level = Answer(said), row.text(heading.LEVEL)
        wrong = [*self._wrong_author(row)]
        fits = answer in _OF_UNACCOUNTED if level == UNACCOUNTED else answer != Answer.ACCOUNTED
        if not fits:
            wrong.append(f"column {heading.ANSWER}: {answer!s} does not answer this question")
        if answer in _NEED_NOTE and not row.text(heading.NOTE):
            wrong.append(f"column {heading.NOTE}: {answer!s} needs a note: {_NOTES[answer]}")
        relation = row.text(heading.RELATION)
        if relation and relation not in {*Relation}:
            wrong.append(f"column {heading.RELATION}: is none of the relations that it offers")
        return wrong + _wrong_override(row, answer)

    def _wrong_author(self, row: Returned) -> list[str]:
        """Who says it, for which organisation, and when?"""
        wrong = []
        if not row.text(heading.REVIEWER):
            wrong.append(f"column {heading.REVIEWER}: say who it is that says so")
        if not (_coordinates(row) and row.text(heading.ORGANISATION)):
            wrong += self._wrong_organisation(row, heading.ORGANISATION)
        return wrong + (self._wrong_date(row, heading.DATE) or self._before_asked(row))

    def _not_concerned(self, row: Returned) -> list[str]:
        """What became of a patient says an organisation that listed them.

        Where one of these has closed for good a coordinator may say it in its stead.
        """
        concerned = self.concerned(row)
        said = row.text(heading.ANSWER).casefold()
        if said != Answer.ACCOUNTED or row.text(heading.ORGANISATION).upper() in concerned:
            return []
        if _coordinates(row) and not {*self.retired}.isdisjoint(concerned):
            return []
        others = ", ".join(sorted(concerned))
        return [f"column {heading.ORGANISATION}: has not listed this patient; answered by {others}"]

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
        return [
            *wrong,
            *self._wrong_author(row),
            *self._wrong_date(row, heading.DUE, ahead=True),
        ]

    def _wrong_contact(self, row: Returned) -> list[str]:
        """Who spoke to the patient, of which organisation (else the one that is to ring), when?"""
        wrong = []
        if not row.text(heading.SPOKEN_BY):
            wrong.append(f"column {heading.SPOKEN_BY}: say who spoke to the patient")
        named = heading.SPOKEN_FOR if row.text(heading.SPOKEN_FOR) else heading.RINGS
        wrong += self._wrong_organisation(row, named)
        return wrong + self._wrong_date(row, heading.SPOKEN_ON)

    def _not_of_group(self, row: Returned) -> list[str]:
        """Who keeps the patient or closes its entry is an organisation that lists the need."""
        state = read_state(row.text(heading.STATE))
        told = {heading.KEEPS: row.text(heading.KEEPS).upper()}
        if state and state[0] in _OF_GROUP:
            told[heading.STATE] = state[1]
        concerned = self.concerned(row)
        others = ", ".join(sorted(concerned))
        return [
            f"column {column}: has no entry of this group; one of {others}"
            for column, code in told.items()
            if code and concerned and code not in concerned
        ]

    def _wrong_organisation(self, row: Returned, column: str) -> list[str]:
        code = row.text(column).upper()
        if not code:
            return [f"column {column}: say for which organisation"]
        return [] if code in self.organisations else [f"column {column}: {self._unknown}"]

    @property
    def _unknown(self) -> str:
        return f"sends no list; one of {', '.join(sorted(self.organisations))}"

    def _wrong_date(self, row: Returned, column: str, *, ahead: bool = False) -> list[str]:
        if not row.text(column):
            return []
        day = date_of(row.cells[column])
        if day is None:
            return [f"column {column}: is no date; write it as 16/11/2026"]
        today = self.today
        if not ahead and day > today:
            return [f"column {column}: is a day that has not come yet; {_WHEN_SAID}"]
        if abs(today - day) > timedelta(days=OLDEST_DAYS):
            return [f"column {column}: is more than a year away"]
        return []

    def _before_asked(self, row: Returned) -> list[str]:
        """Nobody can have answered long before the run that asked."""
        day, asked = date_of(row.cells.get(heading.DATE)), self.asked_on(row)
        if day is None or asked is None or asked - day <= timedelta(days=MOST_BEFORE_DAYS):
            return []
        told = f"was read as {day:%d %b %Y}, more than {MOST_BEFORE_DAYS} days before the run"
        return [f"column {heading.DATE}: {told} of {asked:%d %b %Y} that asked; {_WHEN_SAID}"]


_OF_ANOTHER = "its hidden cells are of another {}; fill in the rows as they came"
_AS_THEY_CAME = "put it into the newest workbook that merge --register wrote, and give that"
_WHEN_SAID = "write the day of the answer, or leave it empty"

_NOTES = {
    Answer.NEEDS_CLINICIAN: "what is the clinician to decide?",
    Answer.CORRECT_RECORD: "whose record, and what is wrong with it?",
    Answer.ACCOUNTED: "treated, died, agreed to come off, or listed where?",
}

_OF_GROUP = (State.AGREED, State.CLOSED)
_STATES = ", ".join(text.format("ORG") for text in STATE_WORDS.values())


def _coordinates(row: Returned) -> bool:
    """Does whoever filled it in work across organisations?"""
    return COORDINATOR in row.text(heading.ROLE).casefold()


def _wrong_override(row: Returned, answer: Answer) -> list[str]:
    """A named veto is overridden by two people with a reason, or not at all."""
    second, reason = row.text(heading.SECOND), row.text(heading.REASON)
    vetoed = row.text(heading.VETO) not in WITHOUT_FACT
    if not joins(answer) or not vetoed or not (second or reason):
        return []
    if not second:
        return [f"column {heading.SECOND}: overriding needs a second person as well"]
    if not reason:
        return [f"column {heading.REASON}: overriding needs a reason as well"]
    if letters(second) == letters(row.text(heading.REVIEWER)):
        return [f"column {heading.SECOND}: has to be another person than the reviewer"]
    return []


def sides_of(row: Returned) -> dict[str, int]:
    """The side of each entry of the question; entries by themselves are a side each."""
    told = row.text(heading.ENTRIES)
    sides = told.split("|") if "|" in told else told.split(";")
    return {name: side for side, names in enumerate(sides) for name in names.split(";") if name}


def names_of(row: Returned) -> tuple[str, ...]:
    """The entries that the row showed, sorted; a sheet shows no more than some of them."""
    return tuple(sorted(sides_of(row))[:MOST_SHOWN])


def date_of(value: object) -> date | None:
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
