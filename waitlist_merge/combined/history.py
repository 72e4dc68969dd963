"""Where did this patient come from? The dated events of each need, in order of need and day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.combined.events import EVENTS, Events, events
from waitlist_merge.combined.names import Names, taken
from waitlist_merge.combined.texts import framed
from waitlist_merge.pathways.columns import Bools, Codes, categories, codes, dates, said, worded
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.reasons import Event

MOST = 63
"""Bits of a whole number: up to them one number tells all that places an event."""


def history(
    entries: pd.DataFrame, pathway: Group, needs: Names, order: NDArray[np.int64]
) -> pd.DataFrame:
    """One row for each dated event of each need, in order of need and day.

    ``pathway`` numbers the need of every entry and ``needs`` names them; ``order`` is the place of
    every entry by id. What several entries of one organisation say alike is told once. Columns as
    in tables.csv.
    """
    told = events(entries, pathway, order)
    need, entry, day, kind = _in_order(entries, needs.place[pathway], order, told)
    return framed(
        {
            "pathway_id": taken(needs.in_order, need),
            "event_date": dates(day),
            "event": worded(kind, EVENTS),
            "organisation": entries["organisation"].array.take(entry),
            "other_organisation": pd.Categorical.from_codes(
                _other(told, entry, kind), pd.Index(told.names, dtype=object)
            ),
            "by": _by_whom(entries, entry, kind),
            "patient_pathway_identifier": entries["patient_pathway_identifier"].array.take(entry),
            "entry_id": taken(entries["entry_id"].array, entry),
        }
    )


Parts = tuple[NDArray[np.integer], ...]


def _in_order(
    entries: pd.DataFrame, need: NDArray[np.int64], order: NDArray[np.int64], told: Events
) -> Parts:
    """Need, entry, day and kind of the events, by need, day, kind, organisation and entry.

    What is said again is left out. ``need`` is the place of the need of every entry.
    """
    if not len(told.entry):
        return tuple(np.empty(0, dtype=np.int32) for _ in range(4))
    organisation = _alphabetical(entries["organisation"])
    standing, member = _standing(entries, need, organisation, order)
    begins = np.flatnonzero(np.diff(need[standing], prepend=-1))
    first = int(told.day.min())
    at = told.entry
    of_need, day, kind, place = sorted_rows(need[at], told.day - first, told.kind, member[at])
    entry = standing[begins[of_need] + place]
    place = organisation[entry]
    again = (_as_before(of_need) & _as_before(day)) & _as_before(kind)
    again &= _as_before(place) | (kind == EVENTS.index(Event.FIRST_REFERRAL))
    kept = np.flatnonzero(~again)
    return of_need[kept], entry[kept], (day[kept] + first).astype(np.int32), kind[kept]


def sorted_rows(*columns: NDArray[np.integer]) -> Parts:
    """The rows of these columns, sorted by the first, then the second, and so on; none below 0.

    One whole number holds a row where it can: such numbers are sorted many times as fast.

    >>> [column.tolist() for column in sorted_rows(np.array([2, 1, 2]), np.array([5, 9, 4]))]
    [[1, 2, 2], [9, 4, 5]]
    """
    widths = [int(column.max(initial=0)).bit_length() for column in columns]
    if sum(widths) > MOST:
        rows = np.lexsort(columns[::-1])
        return tuple(column[rows] for column in columns)
    whole = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], widths[1:], strict=True):
        whole <<= width
        whole |= column
    whole.sort()
    parts = []
    for width in widths[:0:-1]:
        part = np.empty(len(whole), dtype=np.int32)
        parts.append(np.bitwise_and(whole, (1 << width) - 1, out=part, casting="unsafe"))
        whole >>= width
    return (whole, *parts[::-1])


def _as_before(column: NDArray[np.integer]) -> Bools:
    """Which elements are as the one before?"""
    return np.append(False, column[1:] == column[:-1])


def _other(told: Events, entry: NDArray[np.integer], kind: NDArray[np.integer]) -> Codes:
    """The organisation at the other end of each event that is a transfer; else -1."""
    other = np.full(len(entry), -1, dtype=np.int32)
    for event, of_entry in ((Event.TRANSFER_IN, told.source), (Event.TRANSFER_OUT, told.target)):
        at = np.flatnonzero(kind == EVENTS.index(event))
        other[at] = of_entry[entry[at]]
    return other


def _alphabetical(organisation: pd.Series) -> Codes:
    """The place of each organisation in order of names; 0 where it is not said."""
    place = np.zeros(len(organisation.cat.categories) + 1, dtype=np.int32)
    place[np.argsort(np.array(categories(organisation)))] = np.arange(1, len(place))
    return place[codes(organisation)]


def _standing(
    entries: pd.DataFrame, need: NDArray[np.int64], organisation: Codes, order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Codes]:
    """The entries need by need, and the place of each in its need.

    By organisation, those with a pathway identifier first, then by id.
    """
    size = np.bincount(need)
    begins = np.cumsum(size) - size
    place = np.zeros(len(need), dtype=np.int32)
    company = np.flatnonzero(size[need] > 1)
    unnamed = codes(entries["patient_pathway_identifier"])[company] < 0
    by = np.lexsort((order[company], unnamed, organisation[company], need[company]))
    rows = company[by]
    of_need = need[rows]
    first = np.flatnonzero(np.diff(of_need, prepend=-1))
    place[rows] = np.arange(len(rows)) - np.repeat(first, size[of_need[first]])
    standing = np.empty(len(need), dtype=np.int64)
    standing[begins[need] + place] = np.arange(len(need))
    return standing, place


def _by_whom(
    entries: pd.DataFrame, entry: NDArray[np.integer], kind: NDArray[np.integer]
) -> pd.Categorical[str]:
    """Who referred: the organisation and the person, as far as the entry says; else nothing."""
    referred = np.isin(kind, [EVENTS.index(each) for each in (Event.REFERRAL, Event.TRANSFER_IN)])
    rows = entry[referred]
    place, placed = said(pd.Series(entries["referring_organisation"].array.take(rows)))
    person, named = said(pd.Series(entries["referrer_code"].array.take(rows)))
    pair = (place.astype(np.int64) + 1) * (len(named) + 1) + person + 1
    number, distinct = pd.factorize(pair)
    parts = [
        pc.fill_null(words.take(pa.array(code, mask=code < 0)), "")
        for words, code in (
            (placed, distinct // (len(named) + 1) - 1),
            (named, distinct % (len(named) + 1) - 1),
        )
    ]
    texts = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " ")).to_pylist()
    words = sorted({text for text in texts if text})
    wording = {text: place for place, text in enumerate(words)}
    found = np.full(len(entry), -1, dtype=np.int32)
    found[referred] = np.array([wording.get(text, -1) for text in texts] + [-1], np.int32)[number]
    return pd.Categorical.from_codes(found, pd.Index(words, dtype=object))
