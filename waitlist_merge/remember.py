"""What does a run leave to the next one? What has changed is told, and the run is recorded.

All of it goes to the register in one transaction at the end; without a register nothing is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from waitlist_merge.combined.kept import NOTHING_KEPT
from waitlist_merge.memory import GUARDS, Begun, Ids
from waitlist_merge.patients import PatientModel
from waitlist_merge.recalled import Recalled, said_since_last_week, thresholds_of
from waitlist_merge.review import register as registers, week
from waitlist_merge.review.accounted import accounted
from waitlist_merge.review.contacts import spoken_to
from waitlist_merge.review.decisions import decisions
from waitlist_merge.review.marks import NOTHING_MARKED
from waitlist_merge.review.not_refreshed import NotRefreshed, not_refreshed
from waitlist_merge.review.rows import AnswerRow, WorkRow
from waitlist_merge.review.snapshot import Snapshot, census_dates
from waitlist_merge.review.unsent import unsent
from waitlist_merge.review.work import agreed_to_close, work_against_lists


@dataclass(frozen=True, eq=False, slots=True)
class Left:
    """What there is to say of the weeks.

    ``unsent`` are the needs of lists that did not come, ``contacts`` who has been spoken to in the
    last twelve weeks, ``run`` is the number under which the run is recorded, ``base`` what the run
    knew that changes are told against, ``first`` whether the register had no run, ``register``
    where all of it is. ``findings_before`` are the faults of the lists of ``base``
    (``reading.FINDING``), ``said`` what people have answered since last week's, ``asked`` the open
    questions with the day since when (``Register.questions``), ``not_refreshed`` what the list
    lacks of organisations that sent none, ``kept`` what the needs keep of entries off their lists,
    ``marks`` what earlier lists said of patients that still holds (``review.marks``).
    """

    changes: pd.DataFrame
    unaccounted: pd.DataFrame
    review_queue: pd.DataFrame
    work: pd.DataFrame
    unsent: pd.DataFrame = field(default_factory=pd.DataFrame)
    contacts: pd.DataFrame = field(default_factory=pd.DataFrame)
    run: int | None = None
    base: Snapshot | None = None
    first: bool = True
    findings_before: pd.DataFrame | None = None
    said: Sequence[AnswerRow] = ()
    asked: pd.DataFrame | None = None
    not_refreshed: tuple[NotRefreshed, ...] = ()
    kept: pd.DataFrame = field(default_factory=NOTHING_KEPT.copy)
    marks: pd.DataFrame = field(default_factory=NOTHING_MARKED.copy)
    register: registers.Register | None = None


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
    thresholds = recalled.plan.patients.thresholds
    weighed = (before.model_digest, thresholds_of(before, recalled.plan)) if before else None
    said = decisions(recalled.answers, since=before.answers_seen if before else 0)
    steps = register.work()
    ended = week.end(
        begun.week,
        ids.named,
        entries,
        combined_list,
        review_queue,
        people=replace(
            begun.people,
            answered=_accounted(register, recalled, begun.people.said),
            agreed=_agreed(steps, recalled.last),
        ),
        said=said,
        model_changed=weighed not in (None, (model.digest, thresholds)),
    )
    faults = register.findings(base.run) if base else None
    work = _work(steps, ended.snapshot)
    absent = begun.week.arrived.absent
    alone = unsent(
        absent,
        recalled.last,
        entries,
        run_date=ended.snapshot.run_date,
        people=begun.people,
    )
    left = Left(
        ended.changes,
        ended.unaccounted,
        ended.review_queue,
        work,
        alone,
        contacts=spoken_to(register.contacts(), entries, run_date=ended.snapshot.run_date),
        base=base,
        first=recalled.last is None,
        findings_before=faults,
        said=said_since_last_week(recalled, ended.snapshot.run_date),
        kept=ids.kept,
        marks=begun.marks,
        not_refreshed=not_refreshed(absent, recalled.last, alone, ended.review_queue, register),
        register=register,
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
            thresholds=thresholds,
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


def _accounted(
    register: registers.Register, recalled: Recalled, stands: Sequence[AnswerRow]
) -> frozenset[str]:
    """The entries that have left, and of which it has been said since what became of them."""
    if recalled.last is None:
        return frozenset()
    days = register.days_of_runs()
    retired = register.retired().union(recalled.plan.retired_organisations)
    return accounted(stands, recalled.last.entries, days, retired=retired)


def _agreed(steps: Sequence[WorkRow], last: Snapshot | None) -> frozenset[str]:
    """The entries that were to be closed since another organisation keeps the patient."""
    return frozenset() if last is None else agreed_to_close(steps, last.entries)


def _work(steps: Sequence[WorkRow], now: Snapshot) -> pd.DataFrame:
    """The work on groups, checked against the lists of this run."""
    return work_against_lists(steps, now.entries, census_dates(now), run_date=now.run_date)


def _passed_by(begun: Begun) -> list[str]:
    """The guards that somebody let this run pass by: "fewer RM3"."""
    arrived, retrain = begun.week and begun.week.arrived, begun.recalled.retrain
    said = [f"{kind} {code}" for kind in GUARDS for code in getattr(arrived, kind, ())]
    closed = [f"retired {code}" for code in getattr(arrived, "retired", ())]
    return [*said, *closed, *([f"model {retrain.accept}"] if retrain else [])]


def _newly_retired(register: registers.Register, began: week.Week) -> list[str]:
    """Who has closed for good by the plan, of which the register does not know yet."""
    return sorted({*began.arrived.retired} - register.retired())
