"""What kind of place on a list is each entry, and how far along is it?

Whatever contradicts itself stays on the list as ``unclear`` (domain 5.4: nobody leaves a list
without a decision). Rules: domain 1.4 (list types), 2 (status codes), 5.3 (what is outside RTT).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.pathways.columns import Bools, days, is_in, known, matches, worded
from waitlist_merge.reasons import ListState, Stage

STOP_STATUSES = frozenset({"30", "31", "32", "33", "34", "35", "36"})
OPEN_STATUSES = frozenset({"10", "11", "12", "20"})
NON_RTT_STATUSES = frozenset({"90", "91", "92", "98"})
TRANSFERRED_OUT = "21"
"""At the sender: the receiver reports from now on (domain 5.2)."""

OPEN_TYPES = frozenset({"IRTT", "ORTT"})
"""The official RTT list: what NHS England counts where the clock has not stopped (domain 1.4)."""
ADMITTED_TYPE = re.compile(
    r"\b(?:IRTT|PTLI|RTTI|IP|INPATIENTS?|DAY ?CASES?)\b|(?<!NON)(?<!NON[ -])\bADMITTED\b"
)
NOT_RTT_TYPE = re.compile(r"\b(?:ONON|INON|PIFU|FOLLOW[ -]?UPS?|NON[ -]?RTT)\b")
PLANNED_TYPE = re.compile(r"\b(?:PLANNED|SURVEILLANCE)\b")
DIAGNOSTIC_TYPE = re.compile(r"\b(?:DIAGNOSTICS?|DIAG|DM01)\b")
UNBOOKED_TYPE = re.compile(r"\b(?:ASI|CAS|RAS|UNBOOKED)\b")


@dataclass(frozen=True, eq=False, slots=True)
class Signals:
    """What each entry says of its own state; boolean arrays, one element an entry."""

    stop_date: Bools
    future_stop: Bools
    stop_status: Bools
    removed: Bools
    transferred_out: Bools
    future_tci: Bools
    open_type: Bools
    open_status: Bools
    non_rtt_status: Bools
    planned: Bools
    diagnostic: Bools
    unbooked: Bools
    not_rtt_type: Bools
    ended_before_start: Bools


def signals(entries: pd.DataFrame) -> Signals:
    """What does each entry say of its state? Dates count up to the entry's own census date."""
    census = days(entries["extract_census_date"])
    status, kind = entries["rtt_status"], entries["waiting_list_type"]
    return Signals(
        stop_date=_by(days(entries["rtt_end_date"]), census),
        future_stop=days(entries["rtt_end_date"]) > census,
        stop_status=is_in(status, STOP_STATUSES),
        removed=_by(days(entries["removal_date"]), census),
        transferred_out=is_in(status, {TRANSFERRED_OUT}),
        future_tci=days(entries["tci_date"]) > census,
        open_type=is_in(kind, OPEN_TYPES),
        open_status=is_in(status, OPEN_STATUSES),
        non_rtt_status=is_in(status, NON_RTT_STATUSES),
        planned=is_in(entries["admission_method"], {"13"}) | matches(kind, PLANNED_TYPE),
        diagnostic=matches(kind, DIAGNOSTIC_TYPE),
        unbooked=matches(kind, UNBOOKED_TYPE),
        not_rtt_type=matches(kind, NOT_RTT_TYPE),
        ended_before_start=_ended_before_start(entries),
    )


def _ended_before_start(entries: pd.DataFrame) -> Bools:
    """Entries with a stop or a removal before their own clock start.

    As likely the end of an earlier period, left behind on the row of a new one.
    """
    start = days(entries["rtt_start_date"])
    ends = [days(entries[name]) for name in ("rtt_end_date", "removal_date")]
    before = [known(end) & known(start) & (end < start) for end in ends]
    return np.asarray(before[0] | before[1])


def _by(day: np.ndarray, census: np.ndarray) -> Bools:
    return np.asarray(known(day) & (day <= census))


def contradictory(said: Signals) -> Bools:
    """Where do status, dates and list type contradict each other, so that the row stays listed?

    A stop or removal date beside an open status; a stop after the day that the extract describes; a
    stop with an admission still to come; a stop before the clock's own start; a stop or non-RTT
    status alone on the official open list; a sender's status 21 (dq_checks, RTT guidance Annex D).
    """
    stopped = said.stop_date | said.stop_status | said.removed
    dated = said.stop_date | said.removed
    other_place = said.planned | said.diagnostic | said.unbooked | said.not_rtt_type
    return np.asarray(
        (dated & said.open_status)
        | said.future_stop
        | (stopped & said.future_tci)
        | said.ended_before_start
        | ((said.stop_status | said.non_rtt_status) & said.open_type & ~dated & ~other_place)
        | (said.transferred_out & ~dated)
    )


def list_state(said: Signals) -> pd.Categorical[str]:
    """What kind of place on a list is each entry? First line that fits wins."""
    stopped = said.stop_date | said.stop_status | said.removed
    lines = (
        (contradictory(said), ListState.UNCLEAR),
        (stopped, ListState.CLOSED),
        (said.planned, ListState.PLANNED),
        (said.diagnostic, ListState.DIAGNOSTIC),
        (said.unbooked, ListState.UNBOOKED_REFERRAL),
        (said.not_rtt_type | said.non_rtt_status, ListState.NOT_RTT),
    )
    return first_fit(lines, ListState.OPEN, tuple(ListState))


def stage(entries: pd.DataFrame, said: Signals) -> pd.Categorical[str]:
    """How far along is each entry? A decision to admit or a booked admission makes it admitted."""
    admitted = (
        matches(entries["waiting_list_type"], ADMITTED_TYPE)
        | is_in(entries["admission_method"], {"11", "12"})
        | known(days(entries["decision_to_admit_date"]))
        | known(days(entries["tci_date"]))
    )
    lines = (
        (said.planned, Stage.PLANNED),
        (said.diagnostic, Stage.DIAGNOSTIC),
        (said.unbooked & ~admitted, Stage.UNBOOKED),
        (admitted, Stage.ADMITTED),
    )
    return first_fit(lines, Stage.NON_ADMITTED, tuple(Stage))


def first_fit(
    lines: tuple[tuple[Bools, str], ...], otherwise: str, words: tuple[str, ...]
) -> pd.Categorical[str]:
    """The word of the first line that fits each row, as a categorical over all ``words``."""
    names = [str(word) for word in words]
    chosen = np.select(
        [mask for mask, _ in lines],
        [np.int8(names.index(str(word))) for _, word in lines],
        default=np.int8(names.index(str(otherwise))),
    )
    return worded(chosen, names)
