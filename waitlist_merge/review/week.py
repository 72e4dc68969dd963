"""One Monday after another: what a run takes from the last one, and what it leaves to the next.

::

    begin    the lists are as expected; every entry has the id that it had
    hold     no patient and no need falls apart, or becomes one, because a list did not come
    name     patients and needs have the ids that they had
    end      what has changed, whom nobody lists any longer, what to remember

Nothing here reads or writes a register: the last run comes in as a ``Snapshot``, the next one goes
out as one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from waitlist_merge.decided import NONE, Decided
from waitlist_merge.pathways.match import PathwayMatch, Patients
from waitlist_merge.reasons import ListState
from waitlist_merge.review.absent import hold
from waitlist_merge.review.arrivals import Allowed, Arrivals, arrivals
from waitlist_merge.review.changes import changes
from waitlist_merge.review.continuity import Carried, carried
from waitlist_merge.review.contradicts import IDENTIFIERS
from waitlist_merge.review.decisions import Decision
from waitlist_merge.review.departures import Departed, departures
from waitlist_merge.review.kept_starts import kept_starts
from waitlist_merge.review.naming import LEVELS, Named, named, renamed, with_their_patients
from waitlist_merge.review.people import NOBODY, People, Told
from waitlist_merge.review.remembered import next_snapshot
from waitlist_merge.review.sameness import Positions
from waitlist_merge.review.snapshot import Snapshot, with_newest_list
from waitlist_merge.review.unaccounted import first_asked, unaccounted


@dataclass(frozen=True, eq=False, slots=True)
class Week:
    """A run that has begun: its entries with the ids that they keep, and what went before.

    ``base`` is the run that changes are told against: ``last``, or an earlier one where ``last``
    had the same input or never reached anybody; ``told`` is how the lists are beside that run's.
    """

    entries: pd.DataFrame
    carried: Carried
    arrived: Arrivals
    last: Snapshot | None
    base: Snapshot | None
    run: int
    run_date: dt.date
    key: str | None
    told: Arrivals


@dataclass(frozen=True, eq=False, slots=True)
class Ended:
    """What a run has to say of the weeks, and what it leaves to the next one.

    ``id_log`` has ``level`` and the columns of ``stable_ids.LOG_COLUMNS``.
    """

    changes: pd.DataFrame
    unaccounted: pd.DataFrame
    review_queue: pd.DataFrame
    snapshot: Snapshot
    id_log: pd.DataFrame


def begin(
    entries: pd.DataFrame,
    *,
    last: Snapshot | None,
    run_date: dt.date,
    base: Snapshot | None = None,
    expected: Iterable[str] = (),
    allowed: Allowed | None = None,
    retired: Iterable[str] = (),
    key: str | None = None,
) -> Week:
    """The entries of a run with the ids that they keep from the last one.

    ``entries`` are as ``assemble`` gives them, with the ids of their own content, keyed by ``key``.
    Raises InputError where a list is not as expected and ``allowed`` does not name it.
    """
    last, base = (known and with_newest_list(known) for known in (last, base))
    arrived = arrivals(entries, last, expected=expected, allowed=allowed, retired=retired)
    ids = carried(entries, None if last is None else last.entries, key=key)
    run = 1 if last is None else last.run + 1
    entries = entries.assign(entry_id=ids.entry_id)
    return Week(entries, ids, arrived, last, base or last, run, run_date, key, arrived)


def hold_patients(
    week: Week, patients: Patients, decided: Decided = NONE, let_go: Told = frozenset()
) -> Patients:
    """The patients, as many as they were though a list did not come (``absent``).

    What people have ``decided`` of two holds as ever, and what they have ``let_go`` no longer.
    """
    return hold(
        "patient",
        patients,
        week.entries,
        None if week.last is None else week.last.entries,
        week.carried.position,
        week.arrived.absent,
        decided=decided,
        let_go=let_go,
    )


def hold_pathways(
    week: Week,
    patients: Patients,
    pathways: PathwayMatch,
    decided: Decided = NONE,
    let_go: Told = frozenset(),
) -> PathwayMatch:
    """The needs, as many as they were though a list did not come; see the patients."""
    kept = hold(
        "pathway",
        pathways,
        week.entries,
        None if week.last is None else week.last.entries,
        week.carried.position,
        week.arrived.absent,
        decided=decided,
        let_go=let_go,
        within=patients.group,
    )
    return pathways if kept is pathways else replace(pathways, group=kept.group, links=kept.links)


def name(week: Week, patients: Patients, pathways: PathwayMatch) -> Named:
    """The ids of patients and needs, kept from the last run."""
    return named(
        week.entries,
        None if week.last is None else week.last.entries,
        week.carried.position,
        {"patient": patients, "pathway": pathways},
        run=week.run,
        key=week.key,
        absent=week.arrived.absent,
    )


def kept_starts_of(week: Week, ids: Named, pathways: PathwayMatch, people: People) -> pd.DataFrame:
    """The clock starts that needs keep of entries that are off their list (``kept_starts``)."""
    columns = {name: week.entries[name] for name in _OF_KEPT} | {
        "patient_id": ids.patients.ids,
        "pathway_id": ids.pathways.ids,
        "waits": np.asarray(pathways.list_state != str(ListState.CLOSED)),
    }
    return kept_starts(
        _last_as_now(week, ids),
        week.arrived.absent,
        week.carried.position,
        pd.DataFrame(columns, copy=False),
        run_date=week.run_date,
        people=people,
    )


def _last_as_now(week: Week, ids: Named) -> Snapshot | None:
    """What the last run knew, under the ids that its patients have now."""
    if week.last is None:
        return None
    position, log, absent = week.carried.position, ids.patients.log, week.arrived.absent
    return with_their_patients(week.last, position, ids.patients, log, absent)


_OF_KEPT = (
    "entry_id",
    "organisation",
    "nhs_number",
    "family_name",
    "given_name",
    "birth_date",
    "rtt_start_date",
    "rtt_end_date",
    "rtt_status",
    "removal_reason",
    "death_date",
    "laterality",
    "treatment_function_code",
    "restricted",
    *IDENTIFIERS,
)
"""What is read of this run's entries to tell which clock starts of earlier runs hold."""


def end(
    week: Week,
    ids: Named,
    entries: pd.DataFrame,
    combined_list: pd.DataFrame,
    review_queue: pd.DataFrame,
    *,
    people: People = NOBODY,
    said: Iterable[Decision] = (),
    model_changed: bool = False,
) -> Ended:
    """What has changed, whom nobody lists any longer, and what the next run has to know.

    ``entries`` are those of the run with ids, states and outcomes; ``people`` are what people said
    of entries that left; ``said`` what was decided since ``week.base``.
    """
    last = _last_as_now(week, ids)
    absent = week.arrived.absent
    departed = _departures(week, last, week.carried.position, entries, people, absent)
    snapshot = next_snapshot(
        entries,
        combined_list,
        run=week.run,
        run_date=week.run_date,
        carried=week.carried,
        patients=ids.patients,
        pathways=ids.pathways,
        last=last,
        departed=departed,
        absent=absent,
    )
    lost = unaccounted(snapshot.entries, run_date=week.run_date, retired=week.arrived.retired)
    logs = {"patient": ids.patients.log, "pathway": ids.pathways.log}
    told = _changes(week, ids, entries, combined_list, departed, people, said, model_changed)
    log = [log.assign(level=level) for level, log in logs.items()]
    return Ended(
        told,
        lost,
        first_asked(lost, review_queue, people.said),
        snapshot,
        pd.concat(log, ignore_index=True),
    )


def _departures(
    week: Week,
    snapshot: Snapshot | None,
    position: Positions,
    entries: pd.DataFrame,
    people: People,
    absent: Iterable[str],
) -> Departed:
    """Why each entry of an earlier run no longer waits."""
    if snapshot is None:
        nobody = np.empty(0, dtype=object)
        return Departed(nobody, nobody, np.empty(0, dtype=bool))
    return departures(
        entries,
        snapshot.entries,
        position,
        absent=tuple(absent),
        run_date=week.run_date,
        people=people,
    )


def _changes(
    week: Week,
    ids: Named,
    entries: pd.DataFrame,
    combined_list: pd.DataFrame,
    departed: Departed,
    people: People,
    said: Iterable[Decision],
    model_changed: bool,
) -> pd.DataFrame:
    """The changes since ``week.base``."""
    base = week.base
    if base is None:
        return pd.DataFrame()
    position, logs = week.carried.position, [ids.patients.log, ids.pathways.log]
    if base is not week.last:
        position = pd.Index(base.entries["entry_id"].astype(object)).get_indexer(
            entries["entry_id"].astype(object)
        )
        logs, away = renamed(ids, entries, base.entries, position), week.told.absent
        then = with_their_patients(base, position, ids.patients, logs[0], away)
        departed = _departures(week, then, position, entries, people, away)
    return changes(
        entries,
        combined_list,
        base,
        np.asarray(position, dtype=np.int64),
        departed,
        arrived=week.told,
        logs=list(zip(LEVELS, logs, strict=True)),
        said=said,
        apart=people.apart,
        model_changed=model_changed,
    )
