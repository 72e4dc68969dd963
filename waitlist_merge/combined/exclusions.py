"""Which clock starts do not count for a row, and by which named rule?

The earliest start of one waiting period is the start (domain 8). An earlier date must not win where
its period ended or never ran: a first appointment missed (3.4.5), active monitoring (3.4.4), a
discharge (3.4.3), the other side (3.4.1), an organisation outside England (10.1.9.1), a new
treatment at another provider (3.4.2). Each start that is left out is named on the row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles, Positions
from waitlist_merge.pathways.columns import (
    NO_DAY,
    Bools,
    Codes,
    Days,
    codes,
    days,
    has_word,
    is_in,
    known,
    matches,
    numbered,
    only_used,
)
from waitlist_merge.pathways.features import SECOND_OPINION
from waitlist_merge.reasons import Joins, Relation, StartReason, Veto

PLACE = {reason: at for at, reason in enumerate(StartReason)}
"""The number of each reason: its place among all."""

BY_STATUS = {
    "33": StartReason.NULLIFIED,
    "31": StartReason.MONITORED,
    "32": StartReason.MONITORED,
    "34": StartReason.DISCHARGED,
    "35": StartReason.DISCHARGED,
}
"""What ended the period of an entry, by its RTT status (domain 2)."""

BEGINS = frozenset({"10", "11", "12"})
"""RTT status of the first activity of a new period (domain 2)."""

ABROAD = re.compile(r"^(?:7A[1-7]|S[A-Z0-9]{4}|ZT[0-9]{3})")
"""Codes of Welsh health boards, Scottish and Northern Irish providers: their clocks are not ours.
From memory of the national register; a start is left out by it only where another is stated."""

OWN_CLOCK = (Relation.SECOND_OPINION, Relation.PATIENT_CHOICE_SWITCH)
"""Asked: each keeps its own clock until somebody has answered (RTT guidance 3.4.2)."""


@dataclass(frozen=True, eq=False, slots=True)
class Signs:
    """What each entry says against its own start; one element an entry.

    ``reason`` is a number of ``PLACE`` or -1: a missed appointment is one only where its date is
    stated and no attendance before it, so that it was the first; ``begins`` that its status begins
    a new period, ``missed`` the day of its last missed appointment.
    """

    reason: NDArray[np.int8]
    begins: Bools
    missed: Days


def signs(entries: pd.DataFrame) -> Signs:
    """What each entry says against its own start, by its status and its organisation."""
    reason = _ended(entries["rtt_status"])
    attended, missed = days(entries["last_attended_date"]), days(entries["last_dna_date"])
    first = known(missed) & ~(known(attended) & (attended < missed))
    reason = np.where((reason == PLACE[StartReason.NULLIFIED]) & ~first, -1, reason)
    abroad = matches(entries["organisation"], ABROAD)
    return Signs(
        np.where(abroad, PLACE[StartReason.ABROAD], reason).astype(np.int8),
        is_in(entries["rtt_status"], BEGINS),
        missed,
    )


def _ended(status: pd.Series) -> Codes:
    """What ended the period of each entry, by its status; -1 where nothing did."""
    return numbered(status, lambda each: PLACE[BY_STATUS[each]] if each in BY_STATUS else -1)


def excluded(
    said: Signs,
    start: Days,
    rows: Positions,
    number: NDArray[np.int32],
    counted: Bools,
    tied: tuple[Codes, ...],
) -> Bools:
    """Which of ``rows`` state a start that does not count, though they wait?

    ``number`` is the bundle of each, ``counted`` those whose start would count. Only where another
    entry of the need states a later start that does: a missed first appointment or a clock abroad
    gives way to any, the others to one that begins a new period. No wait becomes unknown by it.
    ``tied`` are numbers of every entry, of which a rival has one in common: a mere proposal that
    two are one need leaves no start out, but for a clock abroad.
    """
    reason = said.reason[rows]
    doubtful = counted & (reason >= 0)
    found = np.zeros(len(rows), dtype=bool)
    if not doubtful.any():
        return found
    near = np.flatnonzero(counted & np.isin(number, number[doubtful]))
    mine, why, day = number[near].astype(np.int64), reason[near], start[rows[near]]
    sound = why < 0
    latest = np.full((2, len(near)), NO_DAY, dtype=np.int32)
    for group in tied:
        wide = mine * (int(group.max()) + 2) + group[rows[near]] + 1
        for place, rivals in enumerate((sound, sound & said.begins[rows[near]])):
            latest[place] = np.maximum(latest[place], _latest(wide, day, rivals))
    in_row = _latest(mine, day, sound)
    rival = np.where(why == PLACE[StartReason.NULLIFIED], latest[0], latest[1])
    rival = np.where(why == PLACE[StartReason.ABROAD], in_row, rival)[doubtful[near]]
    at = np.flatnonzero(doubtful)
    missed = reason[at] == PLACE[StartReason.NULLIFIED]
    since = np.where(missed, said.missed[rows[at]], NO_DAY)
    found[at] = (rival > start[rows[at]]) & (rival >= since)
    return found


def _latest(group: NDArray[np.int64], day: Days, rivals: Bools) -> Days:
    """The latest day of the rivals in the group of each; NO_DAY in a group without one."""
    _, place = np.unique(group, return_inverse=True)
    latest = np.full(len(group), NO_DAY, dtype=np.int32)
    np.maximum.at(latest, place[rivals], day[rivals])
    return np.asarray(latest[place])


def opinions(entries: pd.DataFrame, links: pd.DataFrame, waits: Bools) -> Bools:
    """Entries that say they are for a second opinion on a need that waits elsewhere.

    The organisation that asked keeps the clock (domain 5.2). Only where the words say so: a
    consultant's referral may be for a new treatment, whose clock starts on receipt (3.4.2).
    """
    found = np.zeros(len(entries), dtype=bool)
    asked = has_word(links, "relation", Relation.SECOND_OPINION)
    asked &= has_word(links, "joins", Joins.ASKED)
    a, b = links["a"].to_numpy()[asked], links["b"].to_numpy()[asked]
    rows = np.unique(np.concatenate([a, b]))
    some = entries[["comments", "procedure_text"]].take(rows)
    says = np.zeros(len(entries), dtype=bool)
    for name in some:
        says[rows] |= matches(only_used(some[name]), SECOND_OPINION)
    for one, other in ((a, b), (b, a)):
        found[one[says[one] & ~says[other] & waits[other]]] = True
    return found


def _which_procedure(links: pd.DataFrame) -> Bools:
    """Links of one identifier that name two procedures."""
    return has_word(links, "veto", Veto.OTHER_PROCEDURE)


def _other_side(links: pd.DataFrame) -> Bools:
    """Links between two sides: by what the two are, or of one identifier by the veto alone."""
    sides = has_word(links, "relation", Relation.OTHER_SIDE)
    return sides | has_word(links, "veto", Veto.OTHER_SIDE)


def beside(
    entries: pd.DataFrame,
    links: pd.DataFrame,
    bundles: Bundles,
    taken: Days,
    *,
    start: Days,
    rtt: Bools,
) -> tuple[Positions, NDArray[np.int32], Codes]:
    """Earlier starts of entries that are held apart from a row: entry, row and reason.

    ``taken`` is the start of each row, ``start`` that of each entry, ``rtt`` marks entries that
    wait under referral to treatment.
    """
    row_of = np.full(len(entries), -1, dtype=np.int32)
    row_of[bundles.rows] = bundles.number
    apart = ~has_word(links, "joins", Joins.YES)
    named = has_word(links, "relation", Relation.LATER_PERIOD, Relation.UNRELATED, *OWN_CLOCK)
    apart &= named | _other_side(links) | _which_procedure(links)
    some = links[apart]
    a, b = some["a"].to_numpy(), some["b"].to_numpy()
    parts = []
    for one, other in ((a, b), (b, a)):
        mine = np.flatnonzero((row_of[one] >= 0) & (row_of[one] != row_of[other]) & rtt[one])
        limit = taken[row_of[one[mine]]]
        earlier = known(limit) & known(start[other[mine]]) & (start[other[mine]] < limit)
        told = mine[earlier]
        why = _why(entries, some.iloc[told], one[told], other[told])
        parts.append((other[told][why >= 0], row_of[one[told]][why >= 0], why[why >= 0]))
    entry, row, reason = (np.concatenate(each) for each in zip(*parts, strict=True))
    return entry.astype(np.int64), row, reason


def _why(entries: pd.DataFrame, links: pd.DataFrame, one: Positions, other: Positions) -> Codes:
    """By which rule the start of ``other`` is not that of ``one``; -1 where none is named.

    An earlier wait that no identifier ties is named only where it ended by a discharge, a removal
    or a missed appointment, at the same organisation and in the same service.
    """
    earlier = entries[["rtt_status", "removal_date"]].take(other)
    ended = _ended(only_used(earlier["rtt_status"]))
    removed = known(days(earlier["removal_date"]))
    ended = np.where((ended < 0) & removed, PLACE[StartReason.DISCHARGED], ended)
    again = np.ones(len(one), dtype=bool)
    for name in ("organisation", "treatment_function_code"):
        code = codes(entries[name])
        again &= (code[one] == code[other]) & (code[one] >= 0)
    return np.select(
        [
            has_word(links, "relation", Relation.LATER_PERIOD),
            _other_side(links),
            _which_procedure(links),
            has_word(links, "relation", *OWN_CLOCK),
            again,
        ],
        [
            np.where(ended < 0, PLACE[StartReason.ENDED], ended),
            PLACE[StartReason.OTHER_SIDE],
            PLACE[StartReason.OTHER_PROCEDURE],
            PLACE[StartReason.OTHER_PROVIDER],
            ended,
        ],
        default=-1,
    ).astype(np.int32)
