"""How long has each row waited, what is booked, and is it due for validation?

Only referral-to-treatment waits have days, bands and breaches (RTT guidance 10.1.7); planned care
has days past its due date, a diagnostic test its own clock. An entry that is for an opinion keeps
the start that its organisation states, but is no second wait (domain 5.2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.clocks import STATUSES, Clocks, Starts, notes, waits
from waitlist_merge.combined.exclusions import PLACE, beside, opinions
from waitlist_merge.combined.facts import Pathways
from waitlist_merge.combined.kept import Kept
from waitlist_merge.combined.kept_facts import COUNTED, KeptFact
from waitlist_merge.combined.names import Later
from waitlist_merge.combined.numbers import whole
from waitlist_merge.combined.rules import Members
from waitlist_merge.pathways.columns import (
    NO_DAY,
    Bools,
    Days,
    categories,
    codes,
    codes_at,
    dates,
    days,
    known,
    worded,
)
from waitlist_merge.reasons import ListState, StartReason, StartStatus

NEVER = int(np.iinfo(np.int32).max)


def waited(
    members: Members,
    pathways: Pathways,
    clock: Clocks,
    said: Starts,
    kept: Kept,
    pressing: Sequence[KeptFact],
    run_date: dt.date,
) -> dict[str, Any]:
    """The columns of each row from its clock start to whether validation is due."""
    entries, bundles = members.entries, members.bundles
    rtt = said.rtt[bundles.shown]
    start = np.where(rtt, clock.start, NO_DAY).astype(np.int32)
    giver = np.where(rtt, clock.giver, -1)
    holds = rtt & clock.kept
    status = np.where(rtt, clock.status, STATUSES.index(StartStatus.UNKNOWN))
    status[holds & kept.closed] = STATUSES.index(StartStatus.OF_CLOSED_ROW)
    opinion = opinions(entries, pathways.links, said.rtt)
    second = rtt & ~bundles.any(said.rtt & ~opinion)
    return {
        "rtt_start_date": dates(start),
        "rtt_start_status": worded(status, STATUSES),
        "rtt_start_entry_id": _givers(entries["entry_id"], giver, kept, holds),
        "rtt_start_note": _note(members, pathways, clock, said, giver, second, kept, holds),
        **waits(start, rtt & ~second, run_date),
        "tci_count": _bookings(members, "tci_date"),
        "appointment_count": _bookings(members, "next_appointment_date"),
        "days_past_due": _days_past_due(members, pathways),
        "diagnostic_days_waiting": _test_wait(members, pathways, said.start),
        "validation_due": _validation_due(members, start, rtt, pressing),
    }


def _givers(ids: pd.Series, giver: NDArray[np.int64], kept: Kept, holds: Bools) -> Later:
    """The entries that give the starts, those of an earlier run among them."""
    if not holds.any():
        return Later(ids.array, giver)
    there = pd.concat([ids, kept.starts["entry_id"].astype(ids.dtype)], ignore_index=True)
    return Later(there.array, np.where(holds, len(ids) + kept.place, giver))


def _note(
    members: Members,
    pathways: Pathways,
    clock: Clocks,
    said: Starts,
    giver: NDArray[np.int64],
    second: Bools,
    kept: Kept,
    holds: Bools,
) -> pd.arrays.ArrowStringArray:
    """The starts that are not the row's or are not counted, and why."""
    at = np.flatnonzero(second & (giver >= 0))
    opinion = np.full(len(at), PLACE[StartReason.OPINION], dtype=np.int32)
    refused = [
        clock.refused,
        beside(
            members.entries,
            pathways.links,
            members.bundles,
            clock.start,
            start=said.start,
            rtt=said.rtt,
        ),
        (giver[at], at.astype(np.int32), opinion),
    ]
    held = members.entries["organisation"]
    start, whose, names = said.start, codes(held), categories(held)
    if holds.any():
        rows = np.flatnonzero(holds)
        why = [PLACE[each] for each in (StartReason.OF_CLOSED_ROW, StartReason.NOT_REFRESHED)]
        reason = np.where(kept.closed[rows], *why).astype(np.int32)
        refused.append((len(start) + np.arange(len(rows)), rows.astype(np.int32), reason))
        absent = kept.starts["organisation"].iloc[kept.place[rows]].astype("category")
        start = np.append(start, kept.day[rows])
        whose = np.append(whose, codes(absent) + len(names))
        names = [*names, *categories(absent)]
    return notes(refused, start, whose, names, len(giver))


def _days_past_due(members: Members, pathways: Pathways) -> pd.arrays.IntegerArray:
    """Days past the due date of planned care; negative before it, missing for other rows."""
    planned = np.asarray(pathways.list_state == str(ListState.PLANNED))
    return _since(members, days(members.entries["planned_date"]), planned, even_before=True)


def _test_wait(members: Members, pathways: Pathways, started: Days) -> pd.arrays.IntegerArray:
    """Days since the own clock of a diagnostic test started, or its referral was received."""
    test = np.asarray(pathways.list_state == str(ListState.DIAGNOSTIC))
    referred = days(members.entries["referral_date"])
    return _since(members, np.where(known(started), started, referred), test)


def _since(
    members: Members, day: Days, of_kind: Bools, *, even_before: bool = False
) -> pd.arrays.IntegerArray:
    """Days from the earliest such day of each row whose shown entry is of the kind."""
    first = members.bundles.lowest(np.where(known(day) & of_kind, day, NEVER))
    past = members.run_day - first
    there = of_kind[members.bundles.shown] & (first < NEVER)
    if not even_before:
        there &= past >= 0
    return whole(np.where(there, past, 0), there)


def _bookings(members: Members, name: str) -> NDArray[np.int32]:
    """Dates to come of each row: one that two entries of an organisation show is one."""
    bundles, entries = members.bundles, members.entries
    ahead, day = members.ahead(name)
    counted = ahead[bundles.shown].astype(np.int32)
    mine = ahead[bundles.members]
    rows = bundles.members[mine]
    booking = pd.DataFrame(
        {
            "bundle": bundles.owner[mine],
            "organisation": codes_at(entries["organisation"], rows),
            "day": day[rows],
        }
    ).drop_duplicates()
    number = np.bincount(booking["bundle"].to_numpy(), minlength=len(counted))
    counted[bundles.many] = number[bundles.many]
    return counted


VALIDATE_EVERY = 12 * 7
BOOKED_WITHIN = 4 * 7
"""Days of the national validation cohort (dq_checks: NHSE WLMDS SQL; domain 5.4)."""


def _validation_due(
    members: Members, start: Days, rtt: Bools, pressing: Sequence[KeptFact]
) -> Bools:
    """Does the national rule say that the row is due for validation?

    Waiting 12 weeks or more, nothing attended and no decision in the last 12, nothing booked in
    the next 4 (by a list that did not come neither), and last validated 12 or more weeks ago or
    never (dq_checks).
    """
    today = members.run_day
    recent = today - VALIDATE_EVERY
    busy = np.zeros(len(members.entries), dtype=bool)
    for name in ("last_attended_date", "decision_to_admit_date", "last_validated_date"):
        day = days(members.entries[name])
        busy |= (day > recent) & (day <= today)
    for name in ("tci_date", "next_appointment_date"):
        ahead, day = members.ahead(name)
        busy |= ahead & (day <= today + BOOKED_WITHIN)
    due = rtt & known(start) & (start <= recent) & ~members.bundles.any(busy)
    for fact in pressing:
        if fact.field in COUNTED:
            due[fact.rows[fact.days <= today + BOOKED_WITHIN]] = False
    return np.asarray(due)
