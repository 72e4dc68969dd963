"""One list from all entries: which row is each entry on, and what does each row show?

The story of the stage: number patients and needs, bundle the waiting entries of each need, show the
one that is furthest, take each value by its named rule, count the wait, say what became of every
entry. Nothing is dropped: closed entries are evidence, all others are members of a row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles, bundle
from waitlist_merge.combined.clocks import Clocks, Starts, clocks, status_words, waits
from waitlist_merge.combined.doubts import Doubts, count_by_pathway, doubts
from waitlist_merge.combined.ordering import in_order
from waitlist_merge.combined.outcomes import incomplete, outcomes
from waitlist_merge.combined.survivorship import (
    all_values,
    booked,
    days_past_due,
    people,
    priorities,
    referrals,
    services,
    validation_due,
)
from waitlist_merge.identity import group_ids
from waitlist_merge.pathways.columns import (
    NO_DAY,
    Bools,
    codes,
    dates,
    day_number,
    days,
    is_in,
    known,
    order_of,
    worded,
)
from waitlist_merge.pathways.grouping import Group, components
from waitlist_merge.pathways.match import Patients, certain_people, died
from waitlist_merge.pathways.state import TRANSFERRED_OUT
from waitlist_merge.reasons import Confidence, Joins, ListState, Relation, Stage
from waitlist_merge.schema import TABLES

RTT_STATES = (ListState.OPEN, ListState.UNCLEAR, ListState.UNBOOKED_REFERRAL)
"""States that wait under referral to treatment; the others have no RTT wait (domain 5.3)."""

SHOWN_FIRST = (
    ListState.OPEN,
    ListState.UNCLEAR,
    ListState.UNBOOKED_REFERRAL,
    ListState.DIAGNOSTIC,
    ListState.PLANNED,
    ListState.NOT_RTT,
    ListState.CLOSED,
)
FURTHEST_FIRST = (
    Stage.ADMITTED,
    Stage.NON_ADMITTED,
    Stage.UNBOOKED,
    Stage.DIAGNOSTIC,
    Stage.PLANNED,
)


class Pathways(Protocol):
    """What is the same need: the group of each entry, the links, state and stage of each."""

    @property
    def group(self) -> NDArray[np.int32]:
        """The number of the need of each entry."""

    @property
    def links(self) -> pd.DataFrame:
        """The links behind the groups."""

    @property
    def list_state(self) -> pd.Categorical[str]:
        """What kind of place each entry is."""

    @property
    def stage(self) -> pd.Categorical[str]:
        """How far along each entry is."""


@dataclass(frozen=True, eq=False, slots=True)
class Combined:
    """The combined list, its members, and what became of each entry.

    ``combined_list`` and ``members`` have the columns of tables.csv. ``entry_columns`` is aligned
    with the entries: patient_id, pathway_id, list_state, outcome, reason, stage. ``doubts`` are the
    questions that are open, as positions.
    """

    combined_list: pd.DataFrame
    members: pd.DataFrame
    entry_columns: pd.DataFrame
    doubts: Doubts


@dataclass(frozen=True, eq=False, slots=True)
class _Facts:
    """What several steps need of the entries; one element an entry."""

    order: NDArray[np.int64]
    waits: Bools
    rtt: Bools
    sent: Bools
    superseded: Bools
    person: Group
    sure: Group


def combine(
    entries: pd.DataFrame,
    patients: Patients,
    pathways: Pathways,
    *,
    run_date: dt.date,
    key: str | None = None,
) -> Combined:
    """One row for each need that waits, and the outcome of every entry.

    ``key`` keys the ids of patients and needs, as it keys those of entries. Waits are counted to
    ``run_date``. The order of rows changes nothing.
    """
    facts = _facts(entries, patients, pathways)
    bundles = bundle(pathways.group, facts.waits, _show_keys(entries, pathways, facts, run_date))
    names = entries["entry_id"].tolist()
    patient_id = group_ids("P", patients.group, names, key=key)
    pathway_id = group_ids("W", pathways.group, names, key=key)
    asked = doubts(
        entries["entry_id"],
        patients,
        pathways,
        waits=facts.waits,
        start=days(entries["rtt_start_date"]),
    )
    outcome, reason = outcomes(entries, pathways.list_state, bundles, facts.sure)
    entry_columns = pd.DataFrame(
        {
            "patient_id": patient_id,
            "pathway_id": pathway_id,
            "list_state": pathways.list_state,
            "outcome": outcome,
            "reason": reason,
            "stage": pathways.stage,
        }
    )
    clock = _clocks(entries, pathways, facts, bundles, run_date)
    rows = pd.concat(
        [
            _identity(entries, entry_columns, pathways, facts, bundles),
            people(entries, bundles),
            services(entries, bundles),
            referrals(entries, bundles),
            _waiting(entries, pathways, facts, bundles, clock, run_date),
            priorities(entries, bundles),
        ],
        axis=1,
    )
    rows["deceased"] = died(entries, patients.group)[bundles.shown]
    rows["open_questions"] = count_by_pathway(asked, patients, pathways)[
        pathways.group[bundles.shown]
    ]
    columns = [column.name for column in TABLES["combined_list"]]
    return Combined(
        in_order(rows)[columns],
        _members(entries, entry_columns, bundles),
        entry_columns,
        asked,
    )


def _facts(entries: pd.DataFrame, patients: Patients, pathways: Pathways) -> _Facts:
    state = pathways.list_state
    closed = np.asarray(state == str(ListState.CLOSED))
    links = pathways.links
    joined = is_in(links["joins"].astype("category"), {Joins.YES})
    certain = joined & is_in(links["confidence"].astype("category"), {Confidence.CERTAIN})
    a, b = links["a"].to_numpy(), links["b"].to_numpy()
    status = is_in(entries["rtt_status"], {TRANSFERRED_OUT})
    return _Facts(
        order=order_of(entries["entry_id"]),
        waits=~closed,
        rtt=np.isin(np.asarray(state), [str(each) for each in RTT_STATES]),
        sent=status & closed,
        superseded=_superseded(entries, links, joined, closed),
        person=certain_people(patients.links, len(entries)),
        sure=components(a[certain], b[certain], len(entries)),
    )


def _superseded(entries: pd.DataFrame, links: pd.DataFrame, joined: Bools, closed: Bools) -> Bools:
    """Waiting rows that their organisation has sent again later, still waiting."""
    resent = joined & is_in(links["relation"].astype("category"), {Relation.RESENT})
    a, b = links["a"].to_numpy()[resent], links["b"].to_numpy()[resent]
    census = days(entries["extract_census_date"])
    old = np.zeros(len(entries), dtype=bool)
    old[a[(census[a] < census[b]) & ~closed[b]]] = True
    old[b[(census[b] < census[a]) & ~closed[a]]] = True
    return old


def _show_keys(
    entries: pd.DataFrame, pathways: Pathways, facts: _Facts, run_date: dt.date
) -> list[NDArray[np.integer] | Bools]:
    """Which member is shown: the newest row, not handed on, open, furthest along, booked, longest."""
    start = days(entries["rtt_start_date"])
    handed_on = is_in(entries["rtt_status"], {TRANSFERRED_OUT})
    return [
        facts.superseded,
        handed_on,
        _ranked(pathways.list_state, SHOWN_FIRST),
        _ranked(pathways.stage, FURTHEST_FIRST),
        days(entries["tci_date"]) < day_number(run_date),
        np.where(known(start), start, np.iinfo(np.int32).max),
        -days(entries["extract_census_date"]).astype(np.int64),
        facts.order,
    ]


def _ranked(
    words: pd.Categorical[str], order: tuple[ListState, ...] | tuple[Stage, ...]
) -> NDArray[np.int8]:
    """The place of each word in this order."""
    place = {str(word): at for at, word in enumerate(order)}
    places = np.array([place[str(each)] for each in words.categories], dtype=np.int8)
    return np.asarray(places[words.codes])


def _clocks(
    entries: pd.DataFrame,
    pathways: Pathways,
    facts: _Facts,
    bundles: Bundles,
    run_date: dt.date,
) -> Clocks:
    organisation = entries["organisation"]
    said = Starts(
        start=days(entries["rtt_start_date"]),
        rtt=facts.rtt,
        sent=facts.sent,
        superseded=facts.superseded,
        organisation=codes(organisation),
        sure=facts.sure,
    )
    return clocks(
        bundles,
        said,
        pathway=pathways.group,
        order=facts.order,
        organisations=[str(each) for each in organisation.cat.categories],
        run_date=run_date,
    )


def _identity(
    entries: pd.DataFrame,
    entry_columns: pd.DataFrame,
    pathways: Pathways,
    facts: _Facts,
    bundles: Bundles,
) -> pd.DataFrame:
    """Whose row it is, who lists it, and how sure that is."""
    shown = bundles.shown
    confirmed = np.zeros(len(facts.waits), dtype=bool)
    confirmed[bundles.rows] = facts.sure[bundles.rows] == facts.sure[bundles.shown_of_row]
    one_person = np.zeros(len(facts.waits), dtype=bool)
    one_person[bundles.rows] = facts.person[bundles.rows] == facts.person[bundles.shown_of_row]
    alike = bundles.count(confirmed)
    sure = np.array([str(Confidence.CERTAIN), str(Confidence.PROBABLE)])
    return pd.DataFrame(
        {
            "pathway_id": entry_columns["pathway_id"].to_numpy()[shown],
            "patient_id": entry_columns["patient_id"].to_numpy()[shown],
            "shown_entry_id": entries["entry_id"].to_numpy()[shown],
            "shown_organisation": entries["organisation"].array.take(shown),
            "organisations": all_values(entries["organisation"], bundles, ";"),
            "member_count": bundles.size.astype(np.int32),
            "proposed_duplicates": (bundles.size - alike).astype(np.int32),
            "confirmed_duplicates": (alike - 1).astype(np.int32),
            "patient_confidence": sure[(bundles.any(~one_person)).astype(int)],
            "pathway_confidence": sure[(bundles.size > alike).astype(int)],
            "list_state": pathways.list_state[shown],
            "stage": worded(
                bundles.lowest(_ranked(pathways.stage, FURTHEST_FIRST)), FURTHEST_FIRST
            ),
            "incomplete": bundles.any(incomplete(entries)),
            "oldest_extract_age_days": -bundles.lowest(
                -entries["extract_age_days"].to_numpy()
            ).astype(np.int32),
        }
    )


def _waiting(
    entries: pd.DataFrame,
    pathways: Pathways,
    facts: _Facts,
    bundles: Bundles,
    clock: Clocks,
    run_date: dt.date,
) -> pd.DataFrame:
    """The clock, the wait, what is booked, and whether validation is due."""
    rtt = facts.rtt[bundles.shown]
    start = np.where(rtt, clock.start, NO_DAY).astype(np.int32)
    ids = entries["entry_id"].to_numpy()
    planned = np.asarray(pathways.list_state == str(ListState.PLANNED))
    appointments = booked(entries, bundles, run_date)
    return pd.DataFrame(
        {
            "rtt_start_date": dates(start),
            "rtt_start_status": status_words(clock.status),
            "rtt_start_entry_id": pd.Series(ids[clock.giver]).where(clock.giver >= 0),
            "rtt_start_note": clock.note,
            **waits(start, rtt, run_date),
            **appointments,
            "days_past_due": days_past_due(entries, bundles, planned, run_date),
            "validation_due": validation_due(entries, bundles, start, rtt, run_date),
        }
    )


def _members(entries: pd.DataFrame, entry_columns: pd.DataFrame, bundles: Bundles) -> pd.DataFrame:
    """One row for each waiting entry, in order of need, the shown one first."""
    rows = bundles.rows
    columns = {
        column.name: (entry_columns if column.name in entry_columns else entries)[
            column.name
        ].array.take(rows)
        for column in TABLES["members"]
        if column.name != "is_shown"
    }
    members = pd.DataFrame(columns)
    members["is_shown"] = rows == bundles.shown_of_row
    members = members.sort_values("pathway_id", kind="stable", ignore_index=True)
    return members[[column.name for column in TABLES["members"]]]
