"""What does a run know of the weeks before?

A run with a register takes from it the key of the entry ids, the ids, the patient model and what
people said. Without a register it stands alone: nothing is known, and nothing is left.

``recalled`` says what it takes before anything is read, ``remember`` what it leaves to the next
one; here is the way between::

    begin      the lists are as expected; entries keep their ids; what people said holds
    hold       no patient falls apart, or becomes another's, because a list did not come
    name       patients and needs keep their ids
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.kept import NOTHING_KEPT
from waitlist_merge.pathways.match import PathwayMatch, Patients
from waitlist_merge.patients import PatientMatch, PatientModel
from waitlist_merge.plan import PatientPlan
from waitlist_merge.recalled import Recalled
from waitlist_merge.relinked import recorded_patients
from waitlist_merge.review import register as registers, week
from waitlist_merge.review.arrivals import Allowed, arrivals
from waitlist_merge.review.marks import NOTHING_MARKED, marked, marks
from waitlist_merge.review.naming import Named
from waitlist_merge.review.people import NOBODY, People, Told, let_go, tied
from waitlist_merge.review.register.digest import digests
from waitlist_merge.review.ruling import Rulings, in_force
from waitlist_merge.review.snapshot import Snapshot

GUARDS = tuple(each.name for each in fields(Allowed))
"""What about a list may stop a run."""

NOTHING_RULED = Rulings()


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Begun:
    """A run whose entries have their ids.

    ``ruled`` is what people decided, as it holds for them, ``people`` what they say of which
    entries are one, ``let_go`` whom they had joined in the run before and join no longer, ``marks``
    what earlier lists said of patients that still holds; ``base`` is what the run knew that changes
    are told against.
    """

    recalled: Recalled
    entries: pd.DataFrame
    ruled: Rulings = NOTHING_RULED
    people: People = NOBODY
    let_go: Told = frozenset()
    marks: pd.DataFrame = field(default_factory=NOTHING_MARKED.copy)
    week: week.Week | None = None
    base: Snapshot | None = None
    digests: dict[str, str] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Ids:
    """The ids of each entry's patient and need; None where each is made of its entries.

    ``kept`` are the clock starts that needs keep of entries that are off their list.
    """

    patient_id: pd.Series | None = None
    pathway_id: pd.Series | None = None
    named: Named | None = None
    kept: pd.DataFrame = field(default_factory=NOTHING_KEPT.copy)


def linked(
    begun: Begun,
    people: PatientMatch,
    who: Patients,
    match: Callable[[PatientPlan, PatientModel], PatientMatch],
) -> tuple[Patients, Patients] | None:
    """Who was who by the register's model and thresholds, and who is by others; None without.

    ``people`` are those by the others, ``who`` with what an absent list still ties; ``match`` tells
    who is who by thresholds and a model. Where this version cannot read the register's model, or
    nobody knows its thresholds, those are compared who were recorded.
    """
    recalled = begun.recalled
    if recalled.retrain is None or begun.week is None:
        return None
    if recalled.replaced is None or recalled.judged is None:
        return recorded_patients(begun.week, who), who
    return match(recalled.judged, recalled.replaced), people


def begin(
    recalled: Recalled,
    entries: pd.DataFrame,
    *,
    run_date: dt.date,
    allowed: Allowed | None = None,
    held: int | None = None,
) -> Begun:
    """The entries with the ids that they had; InputError where a list is not as expected.

    ``held`` is the run that people hold, None for the newest.
    """
    register, last = recalled.register, recalled.last
    expected = recalled.plan.expected_organisations
    if register is None:
        closed = recalled.plan.retired_organisations
        arrivals(entries, None, expected=expected, allowed=allowed, retired=closed)
        return Begun(recalled=recalled, entries=entries)
    sent = digests(entries)
    base = _base(register, last, sent, held)
    retired = register.retired().union(recalled.plan.retired_organisations)
    began = week.begin(
        entries,
        last=last,
        base=base,
        run_date=run_date,
        expected=expected,
        allowed=allowed,
        retired=retired,
        key=recalled.key,
    )
    if base is not last:
        allowed = _anything(base)
        told = arrivals(entries, base, allowed=allowed, retired=retired)
        began = replace(began, told=told)
    people = tied(recalled.answers, began.last)
    said_before = _marks(register, began, people)
    return Begun(
        recalled=recalled,
        entries=marked(began.entries, said_before),
        marks=said_before,
        ruled=in_force(recalled.answers, began.entries),
        people=people,
        let_go=_let_go(register, recalled),
        week=began,
        base=base,
        digests=sent,
    )


def _base(
    register: registers.Register, last: Snapshot | None, sent: dict[str, str], held: int | None
) -> Snapshot | None:
    """The run that changes are told against: the one that people hold, if its input was another.

    Where it is the same, a list is merged again, once answers have been read in: it tells of the
    same week.
    """
    if last is None:
        return None
    base: int | None = held or last.run
    if register.digests(held or last.run) == sent:
        base = register.run(held or last.run).base
    if base is None:
        return None
    return last if base == last.run else register.snapshot(base)


def _marks(register: registers.Register, began: week.Week, people: People) -> pd.DataFrame:
    """What earlier lists said of patients that no list of this run says, or takes back."""
    if began.last is None:
        return NOTHING_MARKED
    return marks(
        began.entries,
        began.last.entries,
        began.carried.position,
        apart=people.apart,
        contacts=register.contacts(),
    )


def _let_go(register: registers.Register, recalled: Recalled) -> Told:
    """Whom people had joined in the run before, and join no longer."""
    if recalled.last is None:
        return frozenset()
    seen = register.run(recalled.last.run).answers_seen
    return let_go(recalled.answers, seen, recalled.last.entries)


def _anything(base: Snapshot | None) -> Allowed:
    """The guards were passed when this list came first."""
    known = () if base is None else tuple(base.extracts["organisation"].astype(str))
    return Allowed(**dict.fromkeys(GUARDS, known))


def hold_patients(begun: Begun, people: Patients) -> Patients:
    """The patients; none falls apart, or becomes another's, because a list did not come."""
    if begun.week is None:
        return people
    return week.hold_patients(begun.week, people, begun.ruled.patients, begun.let_go)


def hold_pathways(begun: Begun, people: Patients, needs: PathwayMatch) -> PathwayMatch:
    """The needs; none falls apart, or becomes another, because a list did not come."""
    if begun.week is None:
        return needs
    return week.hold_pathways(begun.week, people, needs, begun.ruled.pathways, begun.let_go)


def name(begun: Begun, people: Patients, needs: PathwayMatch) -> Ids:
    """The ids of patients and needs, kept where an earlier run has given them."""
    if begun.week is None:
        return Ids()
    named = week.name(begun.week, people, needs)
    kept = week.kept_starts_of(begun.week, named, needs, begun.people)
    return Ids(_text(named.patients.ids), _text(named.pathways.ids), named, kept)


def _text(ids: NDArray[np.object_]) -> pd.Series:
    return pd.Series(ids, dtype="str")
