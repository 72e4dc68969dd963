"""One answer, seen against the lists of today: what does it say of whom, and does it still hold?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from waitlist_merge.plural import several
from waitlist_merge.reasons import Veto, Word
from waitlist_merge.review.answers import UNACCOUNTED, Answer
from waitlist_merge.review.facts import OF_LEVEL, Pattern, Said, changes, patterns
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.signed import letters

Pair = tuple[str, str]
"""The ids of two entries, the smaller first."""


class Standing(Word):
    """What has become of an answer."""

    IN_FORCE = "in force", "The engine obeys it"
    PROPOSED = "proposed", "Waits for another organisation, or for a second person"
    CONFLICT = "in conflict", "Others say the opposite; kept apart until they agree"
    STALE = "stale", "A fact it rested on has changed: asked again"
    NOT_SHOWN = "not shown", "It would join entries that the person was not shown: asked again"
    CANNOT_TELL = "cannot tell", "Rests until a fact changes"
    CLINICIAN = "needs a clinician", "Waits for a clinician"
    CORRECTION = "record needs correcting", "Rests until the record is corrected"
    AGAIN = "ask again", "Asked again with the next list"
    PARTED = "waits for the patient", "One need of two people: rests until they are one person"
    SPENT = "spent", "The patient has come back on a list since: says nothing of what follows"
    REPLACED = "replaced", "The same person has answered again since"
    DORMANT = "entries gone", "Its entries are no longer on two sides of a list"


WITHOUT_FACT = (
    "",
    str(Veto.PATIENT_NOT_CERTAIN),
    str(Veto.IDENTIFIER_OF_TWO_PATIENTS),
    str(Veto.CLOSE_RIVAL),
    str(Veto.DECIDED_APART),
    str(Veto.NOT_REFRESHED),
)
"""Vetoes that state no fact against the two entries: whoever answers overrides nothing.

What people have said keeps apart by itself, for as long as somebody's word does."""

_OTHERS = {
    Answer.CANNOT_TELL: Standing.CANNOT_TELL,
    Answer.NEEDS_CLINICIAN: Standing.CLINICIAN,
    Answer.CORRECT_RECORD: Standing.CORRECTION,
    Answer.ASK_AGAIN: Standing.AGAIN,
}
"""Answers that decide nothing, and where that leaves them."""

_RESTING = (Answer.CANNOT_TELL, Answer.CORRECT_RECORD)
"""Of those the ones that a change of facts brings back."""

RULED = (
    "answer_id",
    "question_id",
    "level",
    "entry_ids",
    "organisations",
    "organisation",
    "reviewer",
    "role",
    "answer",
    "standing",
    "detail",
    "answered_on",
)


@dataclass(frozen=True, eq=False, slots=True)
class Listed:
    """The entries of today that people have spoken of.

    ``place`` is the row of each entry id, ``organisation`` whose entry it is, ``said`` its facts.
    """

    place: Mapping[str, int]
    organisation: Sequence[str]
    said: Said


@dataclass(eq=False, slots=True)
class Spoken:
    """An answer, seen against the lists of today."""

    row: AnswerRow
    shown: frozenset[str]
    organisation_of: Mapping[str, str]
    pairs: list[Pair]
    now: Mapping[str, Pattern]
    across: Sequence[tuple[int, int]]
    changed: Mapping[str, list[str]]
    unseen: bool
    renewed: frozenset[tuple[str, Pair]] = frozenset()
    standing: Standing = Standing.DORMANT
    detail: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, row: AnswerRow, listed: Listed) -> Spoken:
        """The answer against the entries that are listed today."""
        there = [at for at, name in enumerate(row.entry_ids) if name in listed.place]
        rows = [listed.place[row.entry_ids[at]] for at in there]
        here = frozenset(there)
        across = [ends for ends in row.across if here.issuperset(ends)]
        now = {
            name: _spread(pattern, there, len(row.entry_ids))
            for name, pattern in patterns(listed.said, rows).items()
        }
        joined = joins(row.answer)
        names = row.entry_ids
        return cls(
            row,
            shown=frozenset(names),
            organisation_of={
                names[at]: listed.organisation[place] for at, place in zip(there, rows, strict=True)
            },
            pairs=[pair_of(names[one], names[other]) for one, other in across],
            now=now,
            across=across,
            changed={
                level: changes(_only(row.facts, facts), now, across, joined=joined)
                for level, facts in OF_LEVEL.items()
            },
            unseen=any(name in listed.place for name in row.unseen),
            standing=_OTHERS.get(Answer(row.answer), Standing.DORMANT),
        )

    def verdict(self, level: str) -> bool | None:
        """Does it join the entries at this level (True), keep them apart (False), or neither?"""
        decides = level in levels_of(Answer(self.row.answer), self.row.level)
        return joins(self.row.answer) if decides else None

    @property
    def levels(self) -> set[str]:
        """The level of the question, and those at which the answer decides."""
        return levels_spoken_of(self.row)

    @property
    def topics(self) -> set[tuple[str, Pair]]:
        """What it is about, at each level: pairs; of who is unaccounted for each by itself."""
        alone = self.row.level == UNACCOUNTED
        pairs = [(name, name) for name in self.row.entry_ids] if alone else self.pairs
        return {(level, pair) for level in self.levels for pair in pairs}

    @property
    def replaced(self) -> bool:
        """Has its author spoken since of all that it was about?"""
        return bool(self.topics) and self.topics <= self.renewed

    def altered(self, level: str, *, joined: bool | None) -> set[str]:
        """The facts of a level that are not as they were, so far as it matters to who so decided.

        ``joined`` as for ``changes``: None for whichever way they have changed.
        """
        return {
            name
            for name in OF_LEVEL[level]
            if changes(_only(self.row.facts, [name]), self.now, self.across, joined=joined)
        }

    def about(self, level: str) -> list[Pair]:
        """The pairs that it decides at this level and that its author has not spoken of since."""
        if self.verdict(level) is None:
            return []
        return [pair for pair in self.pairs if (level, pair) not in self.renewed]

    def settle(self, standing: Standing, *details: str) -> None:
        """Say what has become of it; what is graver stays said."""
        if GRAVEST_FIRST.index(standing) < GRAVEST_FIRST.index(self.standing):
            self.standing = standing
            self.detail = set()
        if standing == self.standing:
            self.detail |= {each for each in details if each}

    def _waiting(self) -> list[str]:
        """Of a proposal, whose entries are joined already and whose answers are missing."""
        if self.standing != Standing.PROPOSED:
            return []
        joined, missing = (sorted(each) for each in (self.joined, self.missing))
        told = [f"entries of {several(joined)} are joined"] if joined else []
        return [*told, *([f"waits for {', '.join(missing)}"] if missing else [])]

    def told(self) -> dict[str, object]:
        """The row of the table."""
        row = self.row
        if self.replaced:
            self.standing = Standing.REPLACED
        elif row.answer == Answer.ACCOUNTED:
            self.standing = Standing.IN_FORCE
        elif row.answer in _RESTING and any(self.changed.values()):
            self.settle(Standing.STALE, *(each for some in self.changed.values() for each in some))
        return {
            "answer_id": row.answer_id,
            "question_id": row.question_id,
            "level": row.level,
            "entry_ids": ";".join(row.entry_ids),
            "organisations": ";".join(sorted({*self.organisation_of.values()})),
            "organisation": row.organisation,
            "reviewer": row.reviewer,
            "role": row.role,
            "answer": row.answer,
            "standing": str(self.standing),
            "detail": "; ".join([*self._waiting(), *sorted(self.detail)]),
            "answered_on": row.answered_on,
        }

    @property
    def overrides(self) -> bool:
        """Is a named veto overridden as it has to be: by two people, with a reason?"""
        return bool(
            self.row.second_person
            and self.row.reason
            and letters(self.row.second_person) != letters(self.row.reviewer)
        )


_DECIDES: Mapping[str, tuple[str, bool]] = {
    Answer.SAME_PERSON: ("patient", True),
    Answer.DIFFERENT_PEOPLE: ("patient", False),
    Answer.SAME_NEED: ("pathway", True),
    Answer.DIFFERENT_NEEDS: ("pathway", False),
}
"""At which level an answer decides, and whether it joins; the others decide nothing."""


def joins(answer: str) -> bool | None:
    """Does an answer join entries (True), keep them apart (False), or neither?"""
    return _DECIDES[answer][1] if answer in _DECIDES else None


def levels_of(answer: Answer, asked: str) -> tuple[str, ...]:
    """At which levels an answer decides; ``asked`` is the level of the question.

    Who is asked whether two entries are one person, and says one need, says one person too.

    >>> levels_of(Answer.SAME_NEED, "pathway"), levels_of(Answer.SAME_NEED, "patient")
    (('pathway',), ('patient', 'pathway'))
    """
    if answer == Answer.SAME_NEED and asked == "patient":
        return ("patient", "pathway")
    return _DECIDES[answer][:1] if answer in _DECIDES else ()


def levels_spoken_of(row: AnswerRow) -> set[str]:
    """The level of the question, and those at which the answer decides."""
    return {row.level, *levels_of(Answer(row.answer), row.level)}


GRAVEST_FIRST = (
    Standing.CONFLICT,
    Standing.STALE,
    Standing.NOT_SHOWN,
    Standing.PROPOSED,
    Standing.IN_FORCE,
    Standing.CLINICIAN,
    Standing.CORRECTION,
    Standing.CANNOT_TELL,
    Standing.AGAIN,
    Standing.DORMANT,
)
"""What becomes of an answer by itself, and of a question with several: the first of these."""


def _only(facts: Mapping[str, Pattern], names: Sequence[str]) -> dict[str, Pattern]:
    return {name: facts[name] for name in names if name in facts}


def pair_of(one: str, other: str) -> Pair:
    """Two entries, whichever is named first."""
    return (one, other) if one < other else (other, one)


def _spread(pattern: Sequence[int], there: Sequence[int], size: int) -> tuple[int, ...]:
    """A pattern of the entries that are listed, at the places of all that were shown."""
    whole = [-1] * size
    for at, code in zip(there, pattern, strict=True):
        whole[at] = code
    return tuple(whole)


def who(spoken: Iterable[Spoken]) -> str:
    """Who said so and when: organisations, not names."""
    said = ((each.row.organisation, each.row.answered_on) for each in spoken)
    told = {f"{code} {day:%d %b %Y}" if day else code for code, day in said}
    return ", ".join(sorted(told))


def words(spoken: Iterable[Spoken]) -> str:
    """What they said."""
    return several(sorted({each.row.answer for each in spoken}))
