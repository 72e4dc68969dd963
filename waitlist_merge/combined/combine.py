"""One list from all entries: which row is each entry on, and what does each row show?

The story of the stage: number patients and needs, bundle the waiting entries of each need, show the
one that is furthest, take each value by its named rule, count the wait, say what became of every
entry. Nothing is dropped: closed entries are evidence, all others are members of a row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles, bundle
from waitlist_merge.combined.clocks import Starts, clocks, silent
from waitlist_merge.combined.contacts import differing
from waitlist_merge.combined.doubts import Doubts, count_by_pathway, doubts
from waitlist_merge.combined.exclusions import signs
from waitlist_merge.combined.facts import Facts, Pathways, gather, show_keys
from waitlist_merge.combined.gains import gains
from waitlist_merge.combined.history import History
from waitlist_merge.combined.kept import NOTHING_KEPT, kept_for, with_kept
from waitlist_merge.combined.names import places_of_names
from waitlist_merge.combined.ordering import in_order
from waitlist_merge.combined.outcomes import incomplete, outcomes
from waitlist_merge.combined.own_rules import SurvivorshipRule
from waitlist_merge.combined.provenance import provenance
from waitlist_merge.combined.rules import Members
from waitlist_merge.combined.shown import identity, members_table
from waitlist_merge.combined.steps import next_steps
from waitlist_merge.combined.survivorship import (
    Survivor,
    all_values,
    named_services,
    survivors,
    values,
)
from waitlist_merge.combined.texts import framed
from waitlist_merge.combined.treating import treating
from waitlist_merge.combined.waiting import waited
from waitlist_merge.identity import entry_ranks, ids_by_rank
from waitlist_merge.pathways.columns import (
    codes,
    day_number,
    days,
    known,
)
from waitlist_merge.pathways.match import Patients, died, restricted, two_sides_open
from waitlist_merge.plan import Agreement
from waitlist_merge.reasons import SurvivorRule


@dataclass(frozen=True, eq=False, slots=True)
class Combined:
    """The combined list, its members, and what became of each entry.

    The tables before ``entry_columns`` have the columns of tables.csv; ``history`` is told part by
    part. ``entry_columns`` is aligned with the entries: patient_id, pathway_id, list_state,
    outcome, reason, stage. ``doubts`` are the questions that are open, as positions.
    """

    combined_list: pd.DataFrame
    members: pd.DataFrame
    provenance: pd.DataFrame
    history: History
    gains: pd.DataFrame
    entry_columns: pd.DataFrame
    doubts: Doubts

    @property
    def pathway_history(self) -> pd.DataFrame:
        """Where each patient came from: all dated events of all needs."""
        return self.history.frame


def combine(
    entries: pd.DataFrame,
    patients: Patients,
    pathways: Pathways,
    *,
    run_date: dt.date,
    key: str | None = None,
    survivorship: Mapping[str, str] | None = None,
    own_rules: Mapping[str, SurvivorshipRule] | None = None,
    agreements: Sequence[Agreement] = (),
    patient_id: pd.Series | None = None,
    pathway_id: pd.Series | None = None,
    kept: pd.DataFrame = NOTHING_KEPT,
) -> Combined:
    """One row for each need that waits, and the outcome of every entry.

    ``key`` keys the ids of patients and needs, as it keys those of entries. ``survivorship`` names
    another rule for some fields, ``own_rules`` are the caller's own; ``agreements`` say who treats
    whose patients. ``patient_id`` and ``pathway_id`` name the groups where an earlier run has given
    them. ``kept`` are starts of entries that an absent list does not take away (``kept.COLUMNS``).
    Waits are counted to ``run_date``. The order of rows changes nothing.
    """
    if patient_id is None or pathway_id is None:
        ranks = entry_ranks(entries["entry_id"], key)
        patient_id = ids_by_rank("P", patients.group, ranks) if patient_id is None else patient_id
        pathway_id = ids_by_rank("W", pathways.group, ranks) if pathway_id is None else pathway_id
    facts = gather(entries, patients, pathways, agreements, run_date)
    bundles = bundle(pathways.group, facts.waits, show_keys(entries, pathways, facts))
    held = kept_for(kept, pathway_id, bundles)
    said = _starts(entries, facts)
    unsaid = silent(said, pathways.group, run_date)
    # What does not need each other goes side by side; most of it leaves the interpreter to others.
    with ThreadPoolExecutor() as aside:
        asking = aside.submit(
            doubts,
            entries,
            patients,
            pathways,
            waits=facts.waits,
            order=facts.order,
            said=said,
            unsaid=unsaid,
        )
        naming = aside.submit(places_of_names, pathway_id, pathways.group)
        unreadable = incomplete(entries)
        outcome, reason = outcomes(entries, pathways.list_state, bundles, facts.sure, unreadable)
        entry_columns = framed(
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
            unsaid=unsaid,
            run_date=run_date,
            kept=held.day,
        )
        members = Members(
            entries,
            bundles,
            facts.ahead_from,
            facts.superseded,
            facts.submission,
            day_number(run_date),
        )
        senders = replace(members, bundles=_with_senders(bundles, pathways, facts))
        given = survivors(members, senders, survivorship or {}, own_rules or {})
        start = Survivor(
            np.where(facts.rtt[bundles.shown], clock.giver, -1), SurvivorRule.EARLIEST_START
        )
        shown = bundles.shown
        service = entries["treatment_function_code"].array.take(
            given["treatment_function_code"].giver
        )
        waiting = waited(members, pathways, clock, said, held, run_date)
        overdue = np.asarray(waiting["days_past_due"].fillna(0) > 0)
        dead, perhaps = died(entries, facts.person), died(entries, patients.group)
        hidden = restricted(entries, patients.group)
        details = differing(members, patients.group, hidden)
        deceased = ~bundles.any(~dead)
        in_doubt = perhaps[bundles.shown] & ~deceased
        asked = asking.result()
        rows: dict[str, object] = {
            **identity(entries, entry_columns, pathways, facts, bundles, unreadable),
            **values(entries, given),
            "treatment_function": named_services(service),
            **waiting,
            "contact_differs": details.words(patients.group[shown]),
            "communication_needs": all_values(entries["communication_needs"], bundles, "; "),
            "deceased": deceased,
            "death_in_doubt": in_doubt,
            "restricted": hidden[shown],
            **treating(members, agreements, run_date),
            **next_steps(
                members,
                asked,
                clock=clock,
                kept=held,
                said=said,
                pathway=pathways.group,
                patient=patients.group,
                deceased=deceased | in_doubt,
                perhaps_dead=perhaps & ~dead,
                overdue=overdue,
                unsaid=unsaid,
                two_sides=two_sides_open(pathways.links, facts.rtt & known(said.start)),
                details=details,
            ),
            "open_questions": count_by_pathway(asked, patients, pathways)[pathways.group[shown]],
        }
        del waiting  # whose columns go one by one as the list is put in order
        need = naming.result()
        place = _places(need[pathways.group[shown]])
        whence = aside.submit(
            provenance, members, senders, {**given, "rtt_start_date": start}, pathway_id, place
        )
        del given  # 30 columns that nobody needs once it is told where values are from
        gained = aside.submit(
            gains,
            members,
            pathways.links,
            said=said,
            clock=clock,
            patient=patients.group,
            person=facts.person,
            pathway=pathways.group,
        )
        listed = aside.submit(members_table, entries, entry_columns, bundles, place)
        return Combined(
            in_order(rows, place),
            listed.result(),
            with_kept(whence.result(), held, clock.kept & facts.rtt[shown], entries, bundles),
            History(
                entries,
                pathway_id,
                need[pathways.group].astype(np.int32),
                facts.order.astype(np.int32),
            ),
            gained.result(),
            entry_columns,
            asked,
        )


def _places(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each number among all of them, no two of which are the same."""
    there = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=bool)
    there[numbers] = True
    return (np.cumsum(there) - 1)[numbers]


def _starts(entries: pd.DataFrame, facts: Facts) -> Starts:
    """What each entry says of its clock."""
    return Starts(
        start=days(entries["rtt_start_date"]),
        rtt=facts.rtt,
        sent=facts.sent,
        closed=~facts.waits,
        superseded=facts.replaced,
        organisation=codes(entries["organisation"]),
        sure=facts.sure,
        signs=signs(entries),
    )


def _with_senders(bundles: Bundles, pathways: Pathways, facts: Facts) -> Bundles:
    """The bundles, each with the entries that were closed because they handed its need on."""
    waiting = np.zeros(int(pathways.group.max(initial=-1)) + 1, dtype=bool)
    waiting[pathways.group[bundles.rows]] = True
    handed_on = facts.sent & ~facts.waits & waiting[pathways.group]
    if not handed_on.any():
        return bundles
    first = np.full(len(facts.waits), len(bundles.rows), dtype=np.int64)
    first[bundles.rows] = np.arange(len(bundles.rows))
    return bundle(pathways.group, facts.waits | handed_on, (first, facts.order))
