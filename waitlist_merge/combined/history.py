"""Where did this patient come from? The dated events of a need, entry by entry, in order.

Told of needs with several entries, closed ones included: of any other, its one entry says it all.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.combined.texts import arrow_text, framed
from waitlist_merge.pathways.columns import (
    NO_DAY,
    dates,
    days,
    is_in,
    known,
    order_of,
    said,
    worded,
)
from waitlist_merge.pathways.state import TRANSFERRED_OUT
from waitlist_merge.reasons import Event

EVENTS: tuple[tuple[Event, str], ...] = (
    (Event.FIRST_REFERRAL, "original_referral_date"),
    (Event.REFERRAL, "referral_date"),
    (Event.CLOCK_START, "rtt_start_date"),
    (Event.ATTENDED, "last_attended_date"),
    (Event.DID_NOT_ATTEND, "last_dna_date"),
    (Event.CANCELLED, "last_cancelled_date"),
    (Event.DECISION_TO_ADMIT, "decision_to_admit_date"),
    (Event.CLOCK_STOP, "rtt_end_date"),
    (Event.REMOVED, "removal_date"),
    (Event.APPOINTMENT, "next_appointment_date"),
    (Event.ADMISSION, "tci_date"),
    (Event.PLANNED, "planned_date"),
)
"""Each event and the date that tells it; those of one day stand in this order."""

WORDS = tuple(Event)
Rows = NDArray[np.int64]


def history(
    entries: pd.DataFrame,
    pathway: NDArray[np.integer],
    pathway_id: pd.Series,
    order: NDArray[np.int64],
) -> pd.DataFrame:
    """One row for each dated event of each need with several entries, in order of need and day.

    ``pathway`` and ``pathway_id`` are of every entry, ``order`` its place by id. Columns as in
    tables.csv.
    """
    rows = np.flatnonzero(np.bincount(pathway)[pathway] > 1) if len(pathway) else _NONE
    found = [_event(entries, rows, *each) for each in EVENTS]
    at, day, event = (np.concatenate(part) for part in zip(*found, strict=True))
    need, first = np.unique(pathway[at], return_index=True)
    place = order_of(pathway_id.iloc[at[first]])
    sorted_by = np.lexsort((order[at], event, day, place[np.searchsorted(need, pathway[at])]))
    at, day, event = at[sorted_by], day[sorted_by], event[sorted_by]
    return framed(
        {
            "pathway_id": pathway_id.array.take(at),
            "event_date": dates(day),
            "event": worded(event, WORDS),
            "organisation": entries["organisation"].array.take(at),
            "by": arrow_text(_by_whom(entries, at, event)),
            "patient_pathway_identifier": entries["patient_pathway_identifier"].array.take(at),
            "entry_id": entries["entry_id"].array.take(at),
        }
    )


_NONE = np.empty(0, dtype=np.int64)


def _event(
    entries: pd.DataFrame, rows: Rows, event: Event, name: str
) -> tuple[Rows, NDArray[np.int32], NDArray[np.int8]]:
    """The entries that date this event, with day and event.

    A stop or removal of a pathway that was sent on (status 21) is its transfer out; a referral
    after the first one elsewhere, or a status 20 with a referring organisation, its arrival.
    """
    day = days(pd.Series(entries[name].array.take(rows)))
    told = day != NO_DAY
    word = np.full(len(rows), WORDS.index(event), dtype=np.int8)
    if event in (Event.CLOCK_STOP, Event.REMOVED):
        sent = is_in(pd.Series(entries["rtt_status"].array.take(rows)), {TRANSFERRED_OUT})
        word[sent] = WORDS.index(Event.TRANSFER_OUT)
    if event is Event.REFERRAL:
        word[_arrived(entries, rows, day)] = WORDS.index(Event.TRANSFER_IN)
    return rows[told], day[told], word[told]


def _arrived(entries: pd.DataFrame, rows: Rows, day: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Entries that were first referred elsewhere, and earlier."""
    first = days(pd.Series(entries["original_referral_date"].array.take(rows)))
    return np.asarray(known(first) & known(day) & (first < day))


def _by_whom(entries: pd.DataFrame, at: Rows, event: NDArray[np.int8]) -> pa.Array:
    """Who referred: the organisation and the person, as far as the entry says; else nothing."""
    referred = np.isin(event, [WORDS.index(each) for each in (Event.REFERRAL, Event.TRANSFER_IN)])
    parts = [_said(entries, name, at) for name in ("referring_organisation", "referrer_code")]
    told = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " "))
    plain = pc.or_(pa.array(~referred), pc.equal(told, ""))
    return pc.if_else(plain, pa.scalar(None, pa.string()), told)


def _said(entries: pd.DataFrame, name: str, at: Rows) -> pa.Array:
    code, words = said(pd.Series(entries[name].array.take(at)))
    return pc.fill_null(words.take(pa.array(code, mask=code < 0)), "")
