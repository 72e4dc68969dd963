"""What happened to a need, on which day and where, as its entries date it?

Most dates are events as they stand. A referral is an arrival where another organisation had the
need before, and the end of a place that handed its need on is a transfer out (RTT guidance 11.1,
domain 5.2): those are told by status 20 and 21, the referring organisation, the original referral
date, an acceptance under mutual aid, and by what the other entries of the need say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import (
    NO_DAY,
    Bools,
    Codes,
    Days,
    days,
    is_in,
    known,
)
from waitlist_merge.pathways.features import acceptance_stands, organisations
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.pathways.state import TRANSFERRED_OUT
from waitlist_merge.reasons import Event

PLAIN: tuple[tuple[Event, str], ...] = (
    (Event.CLOCK_START, "rtt_start_date"),
    (Event.ATTENDED, "last_attended_date"),
    (Event.DID_NOT_ATTEND, "last_dna_date"),
    (Event.CANCELLED, "last_cancelled_date"),
    (Event.DECISION_TO_ADMIT, "decision_to_admit_date"),
    (Event.APPOINTMENT, "next_appointment_date"),
    (Event.ADMISSION, "tci_date"),
    (Event.PLANNED, "planned_date"),
)
"""Dates that are events as they stand; referrals, stops and removals depend on others."""

READ = (
    "organisation",
    "referring_organisation",
    "mutual_aid_provider",
    "transfer_status",
    "rtt_status",
    "referral_date",
    "original_referral_date",
    "rtt_end_date",
    "removal_date",
    *(field for _, field in PLAIN),
)
"""The columns of the entries that tell of events."""

EVENTS = tuple(Event)
RECEIVED = "20"
"""Status that a receiver carries on after a transfer (RTT guidance, Annex C)."""

PRACTICE = re.compile(r"^[A-Z][0-9]{5}$")
"""Code of a general practice: a referral from there is no transfer."""


@dataclass(frozen=True, eq=False, slots=True)
class Events:
    """One element an event: the entry that says so, its day, its kind as a place in ``EVENTS``.

    ``source`` and ``target`` are of every entry the numbers in ``names`` of the organisations that
    it came from and left for, or -1.
    """

    entry: NDArray[np.int32]
    day: Days
    kind: NDArray[np.int8]
    source: Codes
    target: Codes
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Ways:
    """What each entry says of how the need came and went; organisations by number, -1 unknown."""

    own: Codes
    source: Codes
    target: Codes
    referral: Days
    original: Days
    stop: Days
    removal: Days
    carried: Bools
    status_out: Bools
    sent: Bools


def events(entries: pd.DataFrame, pathway: Group, order: NDArray[np.integer]) -> Events:
    """All dated events of all entries; ``pathway`` numbers needs, ``order`` stands as ids do."""
    ways, names = _ways(entries)
    company = np.flatnonzero(np.bincount(pathway)[pathway] > 1) if len(pathway) else _NOBODY
    sender = _sender(ways, pathway, company, order)
    arrived = _arrived(ways, pathway, company, sender)
    source = np.where(ways.source >= 0, ways.source, sender.place)
    out, target = _departures(ways, pathway, company, order, arrived)
    stopped_out = ways.status_out & known(ways.stop)
    moved_out = ways.sent & ~stopped_out & known(ways.removal)
    parts = [
        _part(
            Event.FIRST_REFERRAL, ways.original, _first_elsewhere(ways, pathway, company, arrived)
        ),
        _part(Event.REFERRAL, ways.referral, ~arrived),
        _part(Event.TRANSFER_IN, ways.referral, arrived),
        _part(Event.TRANSFER_OUT, out, ways.sent),
        _part(Event.CLOCK_STOP, ways.stop, ~stopped_out),
        _part(Event.REMOVED, ways.removal, ~moved_out),
        *(_part(event, days(entries[name])) for event, name in PLAIN),
    ]
    entry, day, kind = (np.concatenate(each) for each in zip(*parts, strict=True))
    source = np.where(source == ways.own, -1, source).astype(np.int32)
    return Events(entry, day, kind, source, target, names)


_NOBODY = np.empty(0, dtype=np.int64)
Part = tuple[NDArray[np.int32], Days, NDArray[np.int8]]


def _part(event: Event, day: Days, where: Bools | bool = True) -> Part:
    """One kind of event of the entries that date it."""
    at = np.flatnonzero(known(day) & where).astype(np.int32)
    return at, day[at], np.full(len(at), EVENTS.index(event), dtype=np.int8)


def _ways(entries: pd.DataFrame) -> tuple[_Ways, tuple[str, ...]]:
    own, referring, accepting, names = organisations(entries)
    practice = np.array([PRACTICE.match(name) is not None for name in names] + [True], dtype=bool)
    source = np.where(practice[referring] | (referring == own), -1, referring)
    accepted = acceptance_stands(entries["transfer_status"]) & (accepting != own)
    status_out = is_in(entries["rtt_status"], {TRANSFERRED_OUT})
    target = np.where(accepting == own, -1, accepting)
    ways = _Ways(
        own=own,
        source=source.astype(np.int32),
        target=target.astype(np.int32),
        referral=days(entries["referral_date"]),
        original=days(entries["original_referral_date"]),
        stop=days(entries["rtt_end_date"]),
        removal=days(entries["removal_date"]),
        carried=is_in(entries["rtt_status"], {RECEIVED}),
        status_out=status_out,
        sent=status_out | (accepted & (accepting >= 0)),
    )
    return ways, names


@dataclass(frozen=True, eq=False, slots=True)
class _Sender:
    """For each entry the organisation that first handed its need on, or -1, and its referral."""

    place: Codes
    day: Days


def _sender(
    ways: _Ways, pathway: Group, company: NDArray[np.int64], order: NDArray[np.integer]
) -> _Sender:
    place = np.full(len(pathway), -1, dtype=np.int32)
    day = np.full(len(pathway), NO_DAY, dtype=np.int32)
    rows = company[ways.sent[company]]
    if len(rows):
        rows = rows[np.lexsort((order[rows], ways.referral[rows], pathway[rows]))]
        rows = rows[np.diff(pathway[rows], prepend=-1) != 0]
        of_need = np.full(int(pathway.max()) + 1, -1, dtype=np.int64)
        of_need[pathway[rows]] = rows
        first = of_need[pathway[company]]
        place[company] = np.where(first >= 0, ways.own[first], -1)
        day[company] = np.where(first >= 0, ways.referral[first], NO_DAY)
    return _Sender(place, day)


def _arrived(ways: _Ways, pathway: Group, company: NDArray[np.int64], sender: _Sender) -> Bools:
    """Entries whose referral is an arrival: another organisation had the need before.

    Said by status 20 with a referring organisation, by an earlier original referral (of an
    organisation that sent the need on only with one that referred), or by another entry of the
    need that was sent on. Of several rows of one organisation only the first can be one.
    """
    referral, own = ways.referral, ways.own
    from_other = ways.source >= 0
    earlier = known(ways.original) & (ways.original < referral)
    found = (ways.carried & from_other) | (earlier & (from_other | ~ways.sent))
    found |= (sender.place >= 0) & (sender.place != own) & (sender.day < referral) & ~ways.sent
    found &= known(referral)
    rows = company[known(referral[company]) & ~ways.sent[company]]
    place = pathway[rows].astype(np.int64) * (int(own.max(initial=0)) + 2) + own[rows] + 1
    first = pd.Series(referral[rows]).groupby(place).transform("min").to_numpy()
    found[rows] &= referral[rows] <= first
    return np.asarray(found)


def _first_elsewhere(
    ways: _Ways, pathway: Group, company: NDArray[np.int64], arrived: Bools
) -> Bools:
    """Entries whose original referral no entry of the need has as its own referral."""
    told = known(ways.referral) & ~arrived
    found = known(ways.original) & ~(told & (ways.referral == ways.original))
    days_in_all = 1 << 23
    mine = company[told[company]]
    held = pathway[mine].astype(np.int64) * days_in_all + ways.referral[mine]
    asked = company[found[company]]
    wanted = pathway[asked].astype(np.int64) * days_in_all + ways.original[asked]
    found[asked] = ~np.isin(wanted, held)
    return np.asarray(found)


def _departures(
    ways: _Ways,
    pathway: Group,
    company: NDArray[np.int64],
    order: NDArray[np.integer],
    arrived: Bools,
) -> tuple[Days, Codes]:
    """The day on which each entry that was sent on left, and to where."""
    out = np.where(ways.status_out & known(ways.stop), ways.stop, ways.removal)
    target = np.where(ways.target >= 0, ways.target, -1)
    sent, came = company[ways.sent[company]], company[arrived[company]]
    left = pd.DataFrame({"need": pathway[sent], "entry": sent})
    there = pd.DataFrame({"need": pathway[came], "arrival": came, "order": order[came]})
    both = left.merge(there, on="need")
    leaver, arrival = both["entry"].to_numpy(), both["arrival"].to_numpy()
    both["day"] = ways.referral[arrival]
    apart = (ways.own[leaver] != ways.own[arrival]) & (both["day"] >= ways.referral[leaver])
    both = both[apart].sort_values(["day", "order"]).drop_duplicates("entry")
    leaver, arrival = both["entry"].to_numpy(), both["arrival"].to_numpy()
    out[leaver] = np.where(known(out[leaver]), out[leaver], ways.referral[arrival])
    target[leaver] = np.where(target[leaver] >= 0, target[leaver], ways.own[arrival])
    return out.astype(np.int32), target.astype(np.int32)
