"""How far is the work on a group, and does it agree with the lists?

Agreeing that something is a duplicate is a third of the job; who rings the patient, who keeps, and
has the other closed it, by when? Each step is a row; that of the latest day counts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from waitlist_merge.reasons import Departure, Word
from waitlist_merge.review.rows import WorkRow, not_undone
from waitlist_merge.review.snapshot import by_entry


class State(Word):
    """How far the work on a group is."""

    NEW = "new", "Nobody has taken it on"
    WITH = "with", "An organisation is at work on it"
    AGREED = "agreed", "The organisations have agreed which of them keeps the patient"
    TOLD = "patient told", "The patient has been told and agrees"
    CLOSED = "closed at", "An organisation has closed its entry"
    DONE = "done", "Nothing is left to do"


STATE_WORDS: Mapping[State, str] = {
    State.NEW: "new",
    State.WITH: "with {}",
    State.AGREED: "agreed: {} keeps",
    State.TOLD: "patient told",
    State.CLOSED: "closed at {}",
    State.DONE: "done",
}
"""How people write each, with the organisation that it names."""

_FORMS = {
    state: re.compile(words.replace(":", ":?").format(r"(\w+)"), re.IGNORECASE)
    for state, words in STATE_WORDS.items()
}


def read_state(text: str) -> tuple[State, str] | None:
    """A state as people write it, and the organisation that it names; None where it is none.

    >>> read_state("agreed: RM3 keeps")
    (<State.AGREED: 'agreed'>, 'RM3')
    >>> read_state("Patient told"), read_state("sorted")
    ((<State.TOLD: 'patient told'>, ''), None)
    """
    plain = " ".join(text.split())
    for state, form in _FORMS.items():
        if found := form.fullmatch(plain):
            return state, "".join(found.groups()).upper()
    return None


class Fault(Word):
    """What the lists say against the work."""

    STILL_LISTED = "still listed", "Closed in words, but the organisation still lists it"
    NOT_TOLD = "gone before told", "An entry has left before the patient was told"
    KEEPER_GONE = "keeper gone", "The organisation that was to keep the patient no longer does"
    OVERDUE = "overdue", "The day by which it was to be done has passed"
    NO_OWNER = "no owner", "Nobody has taken it on in two weeks"


UNTOUCHED_DAYS = 14
"""Days after which work that nobody has taken on is told: two weekly meetings."""

CARE_ENDED = frozenset(
    str(each)
    for each in (
        Departure.CLOCK_STOPPED,
        Departure.TREATED,
        Departure.DIED,
        Departure.ANSWERED,
    )
)
"""Departures that close no duplicate as long as no keeper is agreed: somebody has dealt with the
patient. Once one is, whoever closes an entry may stop its clock to do so."""

COLUMNS = (
    "question_id",
    "entry_ids",
    "organisations",
    "state",
    "keeps",
    "owner",
    "person",
    "due",
    "note",
    "age_days",
    "fault",
    "detail",
    "work_id",
    "pathway_ids",
    "hospital_numbers",
)


@dataclass(frozen=True, eq=False, slots=True)
class _Lists:
    """What the lists say: whose each entry is, which are there, of which care has ended.

    ``census`` is the day of each organisation's newest list.
    """

    of: Mapping[str, str]
    there: frozenset[str]
    ended: frozenset[str]
    census: Mapping[str, date]
    run_date: date

    def listing(self, names: Sequence[str]) -> set[str]:
        """The organisations that list any of these entries."""
        return {self.of[name] for name in names if name in self.there}


def work_against_lists(
    work: Sequence[WorkRow], known: pd.DataFrame, census: Mapping[str, date], *, run_date: date
) -> pd.DataFrame:
    """The work on each group as it stands, with what the lists say against it.

    ``known`` are the entries of a snapshot, those that have left with their ``left_date`` and
    ``departure``; ``census`` is the day of each organisation's newest list: what was said after it
    cannot show there yet. One row a fault, one without where there is none, the oldest first;
    columns ``COLUMNS``. Work that is done is left out where the lists agree.
    """
    names = known["entry_id"].astype(str)
    lists = _Lists(
        of=by_entry(known, "organisation"),
        there=frozenset(names[known["left_date"].isna().to_numpy()]),
        ended=frozenset(names[known["departure"].isin(list(CARE_ENDED)).to_numpy(dtype=bool)]),
        census=census,
        run_date=run_date,
    )
    whose = _whose(work, known)
    rows = []
    for steps in groups_of(work):
        last = steps[-1]
        keeper, since = _keeper(steps), _day_of(steps[0], run_date)
        faults = sorted({*_faults(steps, lists)})
        if not faults and last.state == State.DONE:
            continue
        listed = sorted(lists.listing(last.entry_ids))
        about = (last.question_id, ";".join(last.entry_ids), ";".join(listed))
        # Monday's lists merged again after Wednesday's work: it began today, not in days to come.
        age = max((run_date - since).days, 0)
        state = (last.state, keeper, last.owner, last.person, last.due, last.note, age)
        shown = [whose[name] for name in last.entry_ids if name in whose]
        needs, numbers = (
            (sorted({*each}) for each in zip(*shown, strict=True)) if shown else ("", "")
        )
        by = (last.work_id, ";".join(needs), "; ".join(numbers))
        rows += [(*about, *state, fault, detail, *by) for fault, detail in faults or [("", "")]]
    told = pd.DataFrame(rows, columns=[*COLUMNS])
    return told.sort_values(
        ["age_days", "question_id", "fault"], ascending=[False, True, True], ignore_index=True
    )


def _whose(work: Sequence[WorkRow], known: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """The need and the hospital number of each entry that is worked on."""
    spoken = {name for row in work for name in row.entry_ids}
    some = known.loc[known["entry_id"].isin(spoken).to_numpy(dtype=bool)]
    local = some["local_patient_identifier"].astype(object).fillna("?").astype(str)
    numbers = some["organisation"].astype(str) + " " + local
    told = zip(some["pathway_id"].astype(object).fillna("").astype(str), numbers, strict=True)
    return dict(zip(some["entry_id"].astype(str), told, strict=True))


def agreed_to_close(work: Sequence[WorkRow], known: pd.DataFrame) -> frozenset[str]:
    """The entries that are to be closed since another organisation keeps the patient."""
    of = by_entry(known, "organisation")
    return frozenset(
        name
        for steps in groups_of(work)
        if (keeper := _keeper(steps))
        for name in steps[-1].entry_ids
        if of.get(name, keeper) != keeper
    )


def groups_of(work: Sequence[WorkRow]) -> list[list[WorkRow]]:
    """The steps of each group, the oldest first: steps that share two entries are of one group.

    What was taken back is not among them; a step is as old as the day on which it was told.
    """
    told = not_undone(work)
    groups: dict[int, list[int]] = {}
    where: defaultdict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(told):
        shared = Counter(group for name in row.entry_ids for group in where[name])
        least = min(2, len(row.entry_ids))
        mine = sorted(group for group, count in shared.items() if count >= least)
        steps = sorted([*(step for group in mine for step in groups.pop(group)), number])
        groups[number] = steps
        for name in {name for step in steps for name in told[step].entry_ids}:
            where[name] = (where[name] - {*mine}) | {number}
    return [[told[step] for step in steps] for steps in groups.values()]


def _keeper(steps: Sequence[WorkRow]) -> str:
    """The organisation that keeps the patient, as last agreed; empty where none is."""
    return next((step.keeps for step in reversed(steps) if step.keeps), "")


def _day_of(step: WorkRow, run_date: date) -> date:
    return step.said_on or (step.recorded_at.date() if step.recorded_at else run_date)


def _faults(steps: Sequence[WorkRow], lists: _Lists) -> Iterator[tuple[str, str]]:
    """What the lists, or the calendar, say against the work on one group."""
    last, keeper, of, run_date = steps[-1], _keeper(steps), lists.of, lists.run_date
    listed = lists.listing(last.entry_ids)
    gone = {of[name] for name in last.entry_ids if name in of} - listed
    for organisation, said_on in _closed(steps, keeper, run_date, {*of.values()}).items():
        if organisation in listed and lists.census.get(organisation, said_on) > said_on:
            yield str(Fault.STILL_LISTED), organisation
    told = any(step.state in (State.TOLD, State.DONE) for step in steps)
    if not told:
        names = {*last.entry_ids} - (frozenset() if keeper else lists.ended)
        left = {of[name] for name in names if name in of}
        yield from ((str(Fault.NOT_TOLD), each) for each in sorted(gone & left))
    if keeper in gone and last.state != State.DONE:
        yield str(Fault.KEEPER_GONE), keeper
    if last.due and last.due < run_date and last.state != State.DONE:
        yield str(Fault.OVERDUE), last.owner
    untouched = (run_date - _day_of(last, run_date)).days > UNTOUCHED_DAYS
    if last.state == State.NEW and not last.owner and untouched:
        yield str(Fault.NO_OWNER), ""


def _closed(
    steps: Sequence[WorkRow], keeper: str, run_date: date, everyone: set[str]
) -> dict[str, date]:
    """Which organisations have closed their entries, by what was said, and since when."""
    found: dict[str, date] = {}
    for step in steps:
        state, organisation = read_state(step.state) or (State.NEW, "")
        if state == State.CLOSED:
            found[organisation] = _day_of(step, run_date)
        elif state == State.DONE and keeper:
            found |= {each: _day_of(step, run_date) for each in everyone - {keeper, *found}}
    return found
