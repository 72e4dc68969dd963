"""What does each row of the combined list show, before the rows are put in order?

Each step tells some columns; those that do not need each other go side by side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import partial, reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.again import with_asked_again
from waitlist_merge.combined.bundles import Bundles, bundle
from waitlist_merge.combined.clocks import Starts, clocks, silent
from waitlist_merge.combined.contacts import differing
from waitlist_merge.combined.doubts import Doubts, count_by_pathway, doubts
from waitlist_merge.combined.exclusions import signs
from waitlist_merge.combined.facts import Facts, Pathways, gather, show_keys
from waitlist_merge.combined.gains import gains
from waitlist_merge.combined.history import History
from waitlist_merge.combined.kept import kept_for, replaced, with_kept
from waitlist_merge.combined.kept_facts import facts_for, filled
from waitlist_merge.combined.membership import Membership, membership
from waitlist_merge.combined.names import named
from waitlist_merge.combined.numbers import filled_with
from waitlist_merge.combined.ordering import RESTS_ON
from waitlist_merge.combined.outcomes import incomplete, outcomes
from waitlist_merge.combined.own_rules import SurvivorshipRule
from waitlist_merge.combined.provenance import provenance
from waitlist_merge.combined.rules import Members
from waitlist_merge.combined.shown import identity
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
from waitlist_merge.pathways.columns import codes, day_number, known
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.pathways.match import Patients, deaths_of, restricted, two_sides_open
from waitlist_merge.plan import Agreement
from waitlist_merge.reasons import SurvivorRule


@dataclass(frozen=True, eq=False, slots=True)
class Made:
    """The rows before they are in order, and what is told beside them.

    Whatever else it took to make them is let go before the list is written down in order: of
    millions of rows that is the most that is held at a time.
    """

    rows: dict[str, object]
    place: NDArray[np.int64]
    membership: Membership
    provenance: Future[pd.DataFrame]
    history: History
    gains: Future[pd.DataFrame]
    entry_columns: pd.DataFrame
    doubts: Doubts


def make(
    aside: Executor,
    entries: pd.DataFrame,
    patients: Patients,
    pathways: Pathways,
    *,
    run_date: dt.date,
    key: str | None,
    survivorship: Mapping[str, str],
    own_rules: Mapping[str, SurvivorshipRule],
    agreements: Sequence[Agreement],
    patient_id: pd.Series | None,
    pathway_id: pd.Series | None,
    kept: pd.DataFrame,
    asked_again: pd.DataFrame,
    person: Group,
) -> Made:
    """The rows of the list, each column as the step that it is from tells it."""
    naming = aside.submit(
        named,
        entries["entry_id"],
        patients.group,
        pathways.group,
        key=key,
        patient_id=patient_id,
        pathway_id=pathway_id,
    )
    facts = gather(entries, pathways, person, agreements, run_date)
    bundles = bundle(pathways.group, facts.waits, partial(show_keys, entries, pathways, facts))
    said = _starts(entries, facts)
    unsaid = silent(said, pathways.group, run_date)
    asking = aside.submit(
        doubts,
        entries,
        patients,
        pathways,
        waits=facts.waits,
        order=facts.order,
        person=facts.person,
        said=said,
        unsaid=unsaid,
    )
    unreadable = incomplete(entries)
    outcome, reason = outcomes(entries, pathways.list_state, bundles, facts.sure, unreadable)
    names = naming.result()
    entry_columns = framed(
        {
            "patient_id": names.patient_id,
            "pathway_id": names.pathway_id,
            "list_state": pathways.list_state,
            "outcome": outcome,
            "reason": reason,
            "stage": pathways.stage,
        }
    )
    at = _by_number(names.place[pathways.group[bundles.shown]])
    place = np.empty(len(at), dtype=np.int64)
    place[at] = np.arange(len(at))
    held = kept_for(kept, names.pathway_id, bundles)
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
    senders = replace(members, bundles=_with_senders(bundles, pathways, facts))
    given = survivors(members, senders, survivorship, own_rules)
    shown, many = bundles.shown, senders.bundles.many
    starting = np.where(facts.rtt[shown[many]], clock.giver[many], -1).astype(np.int32)
    start = Survivor(shown, many, starting, SurvivorRule.EARLIEST_START)
    used = clock.kept & facts.rtt[shown]
    pressing = facts_for(kept, names.pathway_id, bundles, entries, given)

    def told() -> pd.DataFrame:
        whole = {**given, "rtt_start_date": start}
        plain = provenance(members, senders, whole, names.pathway_id, place)
        with_start = with_kept(plain, held, used, entries, bundles)
        return reduce(replaced, (each.provenance for each in pressing), with_start)

    whence = aside.submit(told)
    service = entries["treatment_function_code"].array.take(
        given["treatment_function_code"].whole()
    )
    waiting = waited(members, pathways, clock, said, held, pressing, run_date)
    overdue = filled_with(waiting["days_past_due"], 0) > 0
    dead, perhaps = deaths_of(entries, facts.person, patients.group)
    hidden = restricted(entries, patients.group)
    details = differing(members, patients.group, hidden)
    deceased = ~bundles.any(~dead)
    in_doubt = perhaps[bundles.shown] & ~deceased
    levels = {"patient": patients, "pathway": pathways}
    asked = with_asked_again(asking.result(), asked_again, levels, entries["entry_id"], facts.waits)
    rows: dict[str, object] = {
        **identity(entries, entry_columns, pathways, facts, bundles, unreadable),
        **values(entries, given, now=RESTS_ON),
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
            pressing=pressing,
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
    rows |= filled(rows, pressing)
    needs = names.place[pathways.group].astype(np.int32)
    history = History(entries, names.pathway_id, needs, facts.order)
    listed = membership(entries, entry_columns, bundles, at)
    return Made(rows, place, listed, whence, history, gained, entry_columns, asked)


def _by_number(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions in order of these numbers, no two of which are the same."""
    position = np.full(int(numbers.max(initial=-1)) + 1, -1, dtype=np.int64)
    position[numbers] = np.arange(len(numbers))
    return position[position >= 0]


def _starts(entries: pd.DataFrame, facts: Facts) -> Starts:
    """What each entry says of its clock."""
    return Starts(
        start=facts.start,
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
    return bundle(
        pathways.group, facts.waits | handed_on, lambda some: (first[some], facts.order[some])
    )
