"""One list from all entries: which row is each entry on, and what does each row show?

The story of the stage: number patients and needs, bundle the waiting entries of each need, show the
one that is furthest, take each value by its named rule, count the wait, say what became of every
entry. Nothing is dropped: closed entries are evidence, all others are members of a row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.combined.bundles import Bundles, bundle
from waitlist_merge.combined.clocks import STATUSES, Clocks, Starts, clocks, waits
from waitlist_merge.combined.doubts import Doubts, count_by_pathway, doubts
from waitlist_merge.combined.facts import FURTHEST_FIRST, Facts, Pathways, gather, ranked, show_keys
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
    categories,
    codes,
    dates,
    days,
    order_of,
    worded,
)
from waitlist_merge.pathways.match import Patients, died, restricted
from waitlist_merge.reasons import Confidence, ListState, StartStatus
from waitlist_merge.schema import TABLES


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
    facts = gather(entries, patients, pathways, run_date)
    bundles = bundle(pathways.group, facts.waits, show_keys(entries, pathways, facts))
    names = entries["entry_id"].tolist()
    patient_id = group_ids("P", patients.group, names, key=key)
    pathway_id = group_ids("W", pathways.group, names, key=key)
    said = _starts(entries, facts)
    asked = doubts(entries, patients, pathways, waits=facts.waits, said=said, run_date=run_date)
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
    clock = clocks(
        bundles,
        said,
        pathway=pathways.group,
        order=facts.order,
        organisations=categories(entries["organisation"]),
        run_date=run_date,
    )
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
    rows["restricted"] = restricted(entries, patients.group)[bundles.shown]
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


def _starts(entries: pd.DataFrame, facts: Facts) -> Starts:
    """What each entry says of its clock."""
    return Starts(
        start=days(entries["rtt_start_date"]),
        rtt=facts.rtt,
        sent=facts.sent,
        superseded=facts.superseded,
        organisation=codes(entries["organisation"]),
        sure=facts.sure,
    )


def _identity(
    entries: pd.DataFrame,
    entry_columns: pd.DataFrame,
    pathways: Pathways,
    facts: Facts,
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
            "stage": worded(bundles.lowest(ranked(pathways.stage, FURTHEST_FIRST)), FURTHEST_FIRST),
            "incomplete": bundles.any(incomplete(entries)),
            "oldest_extract_age_days": -bundles.lowest(
                -entries["extract_age_days"].to_numpy()
            ).astype(np.int32),
        }
    )


def _waiting(
    entries: pd.DataFrame,
    pathways: Pathways,
    facts: Facts,
    bundles: Bundles,
    clock: Clocks,
    run_date: dt.date,
) -> pd.DataFrame:
    """The clock, the wait, what is booked, and whether validation is due."""
    rtt = facts.rtt[bundles.shown]
    start = np.where(rtt, clock.start, NO_DAY).astype(np.int32)
    giver = np.where(rtt, clock.giver, -1)
    status = np.where(giver < 0, STATUSES.index(StartStatus.UNKNOWN), clock.status)
    ids = entries["entry_id"].to_numpy()
    planned = np.asarray(pathways.list_state == str(ListState.PLANNED))
    appointments = booked(entries, bundles, facts.ahead_from, run_date)
    return pd.DataFrame(
        {
            "rtt_start_date": dates(start),
            "rtt_start_status": worded(status, STATUSES),
            "rtt_start_entry_id": pd.Series(ids[giver]).where(giver >= 0),
            "rtt_start_note": clock.note,
            **waits(start, rtt, run_date),
            **appointments,
            "days_past_due": days_past_due(entries, bundles, planned, run_date),
            "validation_due": validation_due(
                entries, bundles, start, rtt, ahead_from=facts.ahead_from, run_date=run_date
            ),
        }
    )


def _members(entries: pd.DataFrame, entry_columns: pd.DataFrame, bundles: Bundles) -> pd.DataFrame:
    """One row for each waiting entry, in order of need, the shown one first."""
    place = order_of(entry_columns["pathway_id"].iloc[bundles.shown])
    by_need = np.argsort(place[bundles.number], kind="stable")
    rows = bundles.rows[by_need]
    columns = {
        column.name: (entry_columns if column.name in entry_columns else entries)[
            column.name
        ].array.take(rows)
        for column in TABLES["members"]
        if column.name != "is_shown"
    }
    members = pd.DataFrame(columns)
    members["is_shown"] = rows == bundles.shown_of_row[by_need]
    return members[[column.name for column in TABLES["members"]]]
