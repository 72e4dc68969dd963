"""Which entries of a patient are one need?

The story of the stage: tell the state of each entry, code what the entries of patients with several
say, compare pairs within each patient, decide each by the relations table, group strongest first,
keep the links that a person may want to see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.decided import NONE, Decided, pair_keys
from waitlist_merge.id_order import order_of
from waitlist_merge.pathways import grouping
from waitlist_merge.pathways.columns import (
    Bools,
    among,
    days,
    flag,
    has_word,
    in_company,
    known,
    only_used,
)
from waitlist_merge.pathways.deaths import records_death
from waitlist_merge.pathways.earlier import DIED, RESTRICTED, told_before
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.pathways.faults import faults
from waitlist_merge.pathways.features import FIELDS, IDENTIFIERS, Features, features
from waitlist_merge.pathways.grouping import Group, components
from waitlist_merge.pathways.identifiers import identifiers
from waitlist_merge.pathways.judging import judge
from waitlist_merge.pathways.links import YES, Judged, explained, frame, grouped
from waitlist_merge.pathways.obeyed import within
from waitlist_merge.pathways.state import Signals, list_state, signals, stage
from waitlist_merge.plan import MergePlan
from waitlist_merge.reasons import Confidence, Joins, ListState, Relation

ACTIVE = (ListState.OPEN, ListState.UNCLEAR, ListState.UNBOOKED_REFERRAL)
"""States that wait under referral to treatment."""


class Patients(Protocol):
    """Who is who: the group of each entry, and the links with ``a``, ``b``, joins, confidence."""

    @property
    def group(self) -> NDArray[np.int32]:
        """The number of the patient of each entry."""

    @property
    def links(self) -> pd.DataFrame:
        """The links behind the groups: a, b, joins, confidence and the rest."""


@dataclass(frozen=True, eq=False, slots=True)
class PathwayMatch:
    """What is the same need: a group number for each entry, the links behind it, each one's state.

    ``group`` is int32, one element an entry. ``links`` has int32 positions ``a`` < ``b``,
    ``relation``, ``joins``, ``confidence``, ``veto``, ``weight`` (bits) and ``explanation``.
    ``list_state`` and ``stage`` are categoricals with one element an entry. ``findings`` has
    ``row``, ``field``, ``reason``, ``message`` and ``count``. ``person`` numbers the certain person
    of each entry.
    """

    group: NDArray[np.int32]
    links: pd.DataFrame
    list_state: pd.Categorical[str]
    stage: pd.Categorical[str]
    findings: pd.DataFrame
    person: Group


def match_pathways(
    entries: pd.DataFrame,
    patients: Patients,
    *,
    plan: MergePlan,
    run_date: dt.date,
    decided: Decided = NONE,
) -> PathwayMatch:
    """Which entries of a patient are one need? ``entries`` are typed, one row a place on a list.

    Nothing depends on the order of rows. ``plan.agreements`` says who sees whose patients. What
    people have ``decided`` beats the relations table and its vetoes. ``plan.patients.workers``
    threads share the work.
    """
    several = _with_company(patients.group)
    with ThreadPoolExecutor(plan.patients.workers) as aside:
        ids = aside.submit(lambda: identifiers(_of(entries, several, IDENTIFIERS)))
        persons = aside.submit(certain_people, patients.links, len(entries))
        said = signals(entries)
        state, stages = list_state(said), stage(entries, said)
        order = order_of(entries["entry_id"].iloc[several])
        some = {name: only_used(each) for name, each in _of(entries, several, FIELDS).items()}
        some_state, some_stage = state[several], stages[several]
        of = features(pd.DataFrame(some, copy=False), ids.result(), some_state, some_stage)
        person = persons.result()
        said_of = within(decided, several, patients.group)
        pairs = judge(
            of,
            several,
            order,
            patient=patients.group,
            links=patients.links,
            persons=person,
            said=said_of,
            plan=plan,
            run_date=run_date,
        )
        local, told = grouped(pairs, _traits(of), order)
        why = aside.submit(
            explained,
            told,
            Evidence(of, told.a, told.b, run_date, plan.agreements),
            through=_through_others(pairs, told, order),
            said=said_of.said,
        )
        links = frame(told, several)
        found = _faults(entries, said, state, links, (person, patients.group), run_date)
        links = links.assign(explanation=why.result())
    groups = _everyone(local, several, len(entries))
    return PathwayMatch(groups, links, state, stages, found, person)


def _faults(
    entries: pd.DataFrame,
    said: Signals,
    state: pd.Categorical[str],
    links: pd.DataFrame,
    persons: tuple[Group, Group],
    run_date: dt.date,
) -> pd.DataFrame:
    """The faults of all entries; ``persons`` numbers certain persons, then patients."""
    waiting = among(state, ACTIVE)
    clocked = waiting & known(days(entries["rtt_start_date"]))
    died, died_perhaps = deaths_of(entries, *persons)
    return faults(
        entries,
        said,
        state,
        died=died,
        died_perhaps=died_perhaps,
        both_sides=_among(two_sides_open(links, clocked), len(entries)),
        overlapping=_overlapping(entries, links, among(state, {ListState.CLOSED})),
        run_date=run_date,
    )


def _of(entries: pd.DataFrame, rows: NDArray[np.int64], names: Iterable[str]) -> pd.DataFrame:
    """These columns of these entries."""
    some = {name: pd.Series(entries[name].array.take(rows)) for name in names}
    return pd.DataFrame(some, copy=False)


def deaths_of(
    entries: pd.DataFrame, person: NDArray[np.integer], patient: NDArray[np.integer]
) -> tuple[Bools, Bools]:
    """Of whose entries does any record a death (check before contact)?

    Those of a certain ``person`` of whom one does; and those of a ``patient``, certain or not, of
    whom one does or did, by a row that is on no list now.
    """
    deaths = records_death(entries)
    return of_patient(deaths, person), of_patient(deaths | told_before(entries, DIED), patient)


def restricted(entries: pd.DataFrame, patient: NDArray[np.integer]) -> Bools:
    """Entries of a patient of whom any entry is, or was, a restricted record (PDS: R or S)."""
    told = flag(entries["restricted"]) | told_before(entries, RESTRICTED)
    return of_patient(told, patient)


def of_patient(mask: Bools, patient: NDArray[np.integer]) -> Bools:
    """Entries of a patient of whom it is true of any entry.

    >>> of_patient(np.array([True, False, False]), np.array([0, 1, 0])).tolist()
    [True, False, True]
    """
    any_of = np.zeros(int(patient.max(initial=-1)) + 1, dtype=bool)
    any_of[patient[mask]] = True
    return np.asarray(any_of[patient])


def certain_people(links: pd.DataFrame, size: int) -> Group:
    """Number of the certain person of each entry: linked by certain patient links alone."""
    sure = has_word(links, "confidence", Confidence.CERTAIN)
    sure &= has_word(links, "joins", Joins.YES)
    return components(links["a"].to_numpy()[sure], links["b"].to_numpy()[sure], size)


def _with_company(patient: NDArray[np.integer]) -> NDArray[np.int64]:
    """The entries of patients that have several."""
    return np.flatnonzero(in_company(patient))


def _everyone(local: Group, several: NDArray[np.int64], size: int) -> Group:
    """Groups of all entries: those looked at, and one of its own for each of the rest."""
    alone = ~_among(several, size)
    # One after the other, behind the groups of those looked at.
    groups = np.cumsum(alone, dtype=np.int32)
    groups += int(local.max(initial=-1))
    groups[several] = local
    return groups


def _traits(of: Features) -> NDArray[np.uint8]:
    """What each entry is that a group may not hold together with its opposite."""
    bits = (
        (of.side == 1, grouping.LEFT),
        (of.side == 2, grouping.RIGHT),
        (of.planned, grouping.PLANNED),
        (of.active, grouping.ACTIVE),
        (of.cancer, grouping.CANCER),
        (of.routine, grouping.ROUTINE),
    )
    traits = np.zeros(len(of.side), dtype=np.uint8)
    for mask, bit in bits:
        traits |= np.where(mask, bit, np.uint8(0))
    return traits


def _through_others(pairs: Judged, told: Judged, order: NDArray[np.int64]) -> Bools:
    """Joined pairs whose own evidence would not have joined them."""
    joined = pairs.joins == YES
    size = len(order)
    direct = pair_keys(pairs.a[joined], pairs.b[joined], size)
    return np.asarray((told.joins == YES) & ~np.isin(pair_keys(told.a, told.b, size), direct))


def two_sides_open(links: pd.DataFrame, clocked: Bools) -> NDArray[np.int64]:
    """Pairs of entries that wait for the two sides of one procedure with open clocks (domain 5.3).

    ``clocked`` says of each entry that it waits under referral to treatment with a start. The pairs
    are the columns of the array.
    """
    pair = links[["a", "b"]].to_numpy().T.astype(np.int64)
    two = has_word(links, "relation", Relation.OTHER_SIDE)
    return pair[:, two & clocked[pair].all(axis=0)]


def _among(entries: NDArray[np.int64], size: int) -> Bools:
    """Which of ``size`` entries are named."""
    found = np.zeros(size, dtype=bool)
    found[entries] = True
    return found


def _overlapping(entries: pd.DataFrame, links: pd.DataFrame, closed: Bools) -> Bools:
    """Entries of one pathway at one organisation of which one stopped after the next had started.

    Periods of one pathway cannot be concurrent (domain 5.1, RTT guidance Annex C).
    """
    two = np.flatnonzero(has_word(links, "relation", Relation.TWO_STAGES))
    a, b = links["a"].to_numpy()[two], links["b"].to_numpy()[two]
    start, stop = days(entries["rtt_start_date"]), days(entries["rtt_end_date"])
    found = np.zeros(len(entries), dtype=bool)
    for one, other in ((a, b), (b, a)):
        dated = known(start[one]) & known(start[other]) & known(stop[one])
        after = (start[other] > start[one]) & (start[other] < stop[one])
        clash = closed[one] & ~closed[other] & dated & after
        found[one[clash]] = found[other[clash]] = True
    return found
