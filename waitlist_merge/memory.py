"""What does a run know of the weeks before, and what does it leave to the next one?

A run with a register takes from it the key of the entry ids, the ids, the patient model and what
people said, and leaves itself there in one transaction at its end. Without a register it stands
alone: nothing is known, and nothing is left.

``recalled`` says what it takes before anything is read; here is the rest of the way::

    begin      the lists are as expected; entries keep their ids; what people said holds
    hold       no patient falls apart because a list did not come
    name       patients and needs keep their ids
    end        what has changed; the run is recorded
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.kept import NOTHING_KEPT
from waitlist_merge.pathways.match import PathwayMatch, Patients
from waitlist_merge.patients import PatientMatch, PatientModel
from waitlist_merge.recalled import Recalled
from waitlist_merge.relinked import recorded_patients
from waitlist_merge.review import register as registers, week
from waitlist_merge.review.accounted import accounted
from waitlist_merge.review.arrivals import Allowed, arrivals
from waitlist_merge.review.naming import Named
from waitlist_merge.review.not_refreshed import NotRefreshed, not_refreshed
from waitlist_merge.review.people import People, kept_apart
from waitlist_merge.review.register.digest import digests
from waitlist_merge.review.rows import AnswerRow, WorkRow
from waitlist_merge.review.ruling import Rulings, in_force, not_undone
from waitlist_merge.review.snapshot import Snapshot, census_dates
from waitlist_merge.review.unsent import unsent
from waitlist_merge.review.work import agreed_to_close, work_against_lists

GUARDS = tuple(each.name for each in fields(Allowed))
"""What about a list may stop a run."""

NOTHING_RULED = Rulings()


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Begun:
    """A run whose entries have their ids.

    ``ruled`` is what people decided, as it holds for them; ``base`` is what the run knew that
    changes are told against.
    """

    recalled: Recalled
    entries: pd.DataFrame
    ruled: Rulings = NOTHING_RULED
    week: week.Week | None = None
    base: Snapshot | None = None
    digests: dict[str, str] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Ids:
    """The ids of each entry's patient and need; None where each is made of its entries.

    ``kept`` are the clock starts that needs keep of lists that did not come.
    """

    patient_id: pd.Series | None = None
    pathway_id: pd.Series | None = None
    named: Named | None = None
    kept: pd.DataFrame = field(default_factory=NOTHING_KEPT.copy)


@dataclass(frozen=True, eq=False, slots=True)
class Left:
    """What there is to say of the weeks.

    ``unsent`` are the needs of lists that did not come, ``run`` is the number under which the run
    is recorded, ``base`` what the run knew that changes are told against, ``first`` whether the
    register had no run. ``findings_before`` are the faults of the lists of ``base``
    (``reading.FINDING``), ``said`` what people have answered since, ``asked`` the open questions
    with the day since when (``Register.questions``), ``not_refreshed`` what the list lacks of
    organisations that sent none, ``kept`` their starts.
    """

    changes: pd.DataFrame
    unaccounted: pd.DataFrame
    review_queue: pd.DataFrame
    work: pd.DataFrame
    unsent: pd.DataFrame = field(default_factory=pd.DataFrame)
    run: int | None = None
    base: Snapshot | None = None
    first: bool = True
    findings_before: pd.DataFrame | None = None
    said: Sequence[AnswerRow] = ()
    asked: pd.DataFrame | None = None
    not_refreshed: tuple[NotRefreshed, ...] = ()
    kept: pd.DataFrame = field(default_factory=NOTHING_KEPT.copy)


def linked_before(begun: Begun, match: Callable[[PatientModel], PatientMatch]) -> Patients | None:
    """Who was who before the model was fitted anew, by the register's model or as it was recorded.

    None where it was not. ``match`` tells who is who by a model.
    """
    recalled = begun.recalled
    if recalled.retrain is None or begun.week is None:
        return None
    return match(recalled.replaced) if recalled.replaced else recorded_patients(begun.week)


def begin(
    recalled: Recalled,
    entries: pd.DataFrame,
    *,
    run_date: dt.date,
    allowed: Allowed | None = None,
) -> Begun:
    """The entries with the ids that they had; InputError where a list is not as expected."""
    register, last = recalled.register, recalled.last
    expected = recalled.plan.expected_organisations
    if register is None:
        closed = recalled.plan.retired_organisations
        arrivals(entries, None, expected=expected, allowed=allowed, retired=closed)
        return Begun(recalled=recalled, entries=entries)
    sent = digests(entries)
    base = _base(register, last, sent, recalled.told_against)
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
    return Begun(
        recalled=recalled,
        entries=began.entries,
        ruled=in_force(recalled.answers, began.entries),
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


def _anything(base: Snapshot | None) -> Allowed:
    """The guards were passed when this list came first."""
    known = () if base is None else tuple(base.extracts["organisation"].astype(str))
    return Allowed(**dict.fromkeys(GUARDS, known))


def hold_patients(begun: Begun, people: Patients) -> Patients:
    """The patients; none falls apart because a list did not come."""
    return people if begun.week is None else week.hold_patients(begun.week, people)


def hold_pathways(begun: Begun, people: Patients, needs: PathwayMatch) -> PathwayMatch:
    """The needs; none falls apart because a list did not come."""
    return needs if begun.week is None else week.hold_pathways(begun.week, people, needs)


def name(begun: Begun, people: Patients, needs: PathwayMatch) -> Ids:
    """The ids of patients and needs, kept where an earlier run has given them."""
    if begun.week is None:
        return Ids()
    named = week.name(begun.week, people, needs)
    apart = kept_apart(not_undone(begun.recalled.answers))
    kept = week.kept_starts_of(begun.week, named, apart)
    return Ids(_text(named.patients.ids), _text(named.pathways.ids), named, kept)


def _passed_by(begun: Begun) -> list[str]:
    """The guards that somebody let this run pass by: "fewer RM3"."""
    arrived, retrain = begun.week and begun.week.arrived, begun.recalled.retrain
    said = [f"{kind} {code}" for kind in GUARDS for code in getattr(arrived, kind, ())]
    closed = [f"retired {code}" for code in getattr(arrived, "retired", ())]
    return [*said, *closed, *([f"model {retrain.accept}"] if retrain else [])]


def _newly_retired(register: registers.Register, began: week.Week) -> list[str]:
    """Who has closed for good by the plan, of which the register does not know yet."""
    return sorted({*began.arrived.retired} - register.retired())


def _text(ids: NDArray[np.object_]) -> pd.Series:
    return pd.Series(ids, dtype="str")


def end(
    begun: Begun,
    ids: Ids,
    *,
    entries: pd.DataFrame,
    combined_list: pd.DataFrame,
    review_queue: pd.DataFrame,
    findings: pd.DataFrame,
    model: PatientModel,
) -> Left:
    """What has changed and whom nobody lists any longer; the run is in the register from here on.

    ``entries`` have the ids, states and outcomes of this run. OutputError where another run was
    recorded since this one began.
    """
    recalled, register = begun.recalled, begun.recalled.register
    if register is None or begun.week is None or ids.named is None:
        return Left(pd.DataFrame(), pd.DataFrame(), review_queue, pd.DataFrame())
    base = begun.base
    before = register.run(base.run) if base else None
    said = recalled.answers[before.answers_seen if before else 0 :]
    steps = register.work()
    ended = week.end(
        begun.week,
        ids.named,
        entries,
        combined_list,
        review_queue,
        people=People(
            answered=_accounted(register, recalled),
            agreed=_agreed(steps, recalled.last),
            apart=kept_apart(not_undone(recalled.answers)),
        ),
        said=said,
        model_changed=before is not None and before.model_digest != model.digest,
    )
    faults = register.findings(base.run) if base else None
    work = _work(steps, ended.snapshot)
    left = Left(
        ended.changes,
        ended.unaccounted,
        ended.review_queue,
        work,
        unsent(begun.week.arrived.absent, recalled.last, entries, run_date=ended.snapshot.run_date),
        base=base,
        first=recalled.last is None,
        findings_before=faults,
        said=said,
        kept=ids.kept,
        not_refreshed=not_refreshed(
            begun.week.arrived.absent, recalled.last, entries, ended.review_queue, register
        ),
    )
    if recalled.retrain and not recalled.retrain.accept:
        return left
    run = register.record(
        registers.Run(
            snapshot=ended.snapshot,
            last=recalled.last,
            base=base.run if base else None,
            model=model,
            key=str(recalled.key),
            plan_digest=recalled.plan.digest(),
            digests=begun.digests or {},
            started_at=recalled.started_at,
            answers_seen=len(recalled.answers),
            accepted=_passed_by(begun),
            retired=_newly_retired(register, begun.week),
            changes=ended.changes,
            id_log=ended.id_log,
            findings=findings,
            questions=ended.review_queue,
        )
    )
    return replace(left, run=run, asked=register.questions(run))


def _accounted(register: registers.Register, recalled: Recalled) -> frozenset[str]:
    """The entries that have left, and of which it has been said since what became of them."""
    if recalled.last is None:
        return frozenset()
    days = register.days_of_runs()
    retired = register.retired().union(recalled.plan.retired_organisations)
    return accounted(not_undone(recalled.answers), recalled.last.entries, days, retired=retired)


def _agreed(steps: Sequence[WorkRow], last: Snapshot | None) -> frozenset[str]:
    """The entries that were to be closed since another organisation keeps the patient."""
    return frozenset() if last is None else agreed_to_close(steps, last.entries)


def _work(steps: Sequence[WorkRow], now: Snapshot) -> pd.DataFrame:
    """The work on groups, checked against the lists of this run."""
    return work_against_lists(steps, now.entries, census_dates(now), run_date=now.run_date)
