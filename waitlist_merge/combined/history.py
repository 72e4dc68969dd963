"""Where did this patient come from? The dated events of each need, in order of need and day."""

from __future__ import annotations

from math import prod

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.combined.events import EVENTS, Events, events
from waitlist_merge.combined.texts import framed
from waitlist_merge.pathways.columns import Codes, categories, codes, dates, order_of, said, worded
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.reasons import Event

Rows = NDArray[np.int64]

MOST = 1 << 63
"""What a whole number holds: up to it one number tells the place of an event."""


def history(
    entries: pd.DataFrame,
    pathway: Group,
    pathway_id: pd.Series,
    order: NDArray[np.int64],
) -> pd.DataFrame:
    """One row for each dated event of each need, in order of need and day.

    ``pathway`` and ``pathway_id`` are of every entry, ``order`` its place by id. What several
    entries of one organisation say alike is told once. Columns as in tables.csv.
    """
    told = events(entries, pathway, order)
    kept = _in_order(entries, pathway, pathway_id, order, told)
    entry, kind = told.entry[kept], told.kind[kept]
    return framed(
        {
            "pathway_id": pathway_id.array.take(entry),
            "event_date": dates(told.day[kept]),
            "event": worded(kind, EVENTS),
            "organisation": entries["organisation"].array.take(entry),
            "other_organisation": pd.Categorical.from_codes(
                told.other[kept], pd.Index(told.names, dtype=object)
            ),
            "by": _by_whom(entries, entry, kind),
            "patient_pathway_identifier": entries["patient_pathway_identifier"].array.take(entry),
            "entry_id": entries["entry_id"].array.take(entry),
        }
    )


def _in_order(
    entries: pd.DataFrame,
    pathway: Group,
    pathway_id: pd.Series,
    order: NDArray[np.int64],
    told: Events,
) -> Rows:
    """The events by need, day, kind, organisation and entry, each once."""
    if not len(told.entry):
        return np.empty(0, dtype=np.int64)
    first = np.empty(int(pathway.max()) + 1, dtype=np.int64)
    first[pathway[::-1]] = np.arange(len(pathway) - 1, -1, -1)
    need = order_of(pathway_id.iloc[first])[pathway[told.entry]]
    organisation = _alphabetical(entries["organisation"])[told.entry]
    member = _within(entries, pathway, order)[told.entry]
    day = told.day - told.day.min()
    parts = (need, day, told.kind, organisation, member)
    sizes = [int(part.max()) + 1 for part in parts]
    if prod(sizes) < MOST:
        place = np.zeros(len(need), dtype=np.int64)
        for part, size in zip(parts, sizes, strict=True):
            place = place * size + part
        rows = np.argsort(place, kind="stable")
    else:
        rows = np.lexsort(parts[::-1])
    again = np.ones(len(rows), dtype=bool)
    again[0] = False
    for part in parts[:3]:
        again[1:] &= part[rows[1:]] == part[rows[:-1]]
    anywhere = told.kind[rows] == EVENTS.index(Event.FIRST_REFERRAL)
    again[1:] &= anywhere[1:] | (organisation[rows[1:]] == organisation[rows[:-1]])
    return rows[~again]


def _alphabetical(organisation: pd.Series) -> Codes:
    """The place of each organisation in order of names; 0 where it is not said."""
    place = np.zeros(len(organisation.cat.categories) + 1, dtype=np.int32)
    place[np.argsort(np.array(categories(organisation)))] = np.arange(1, len(place))
    return place[codes(organisation)]


def _within(entries: pd.DataFrame, pathway: Group, order: NDArray[np.int64]) -> Codes:
    """The place of each entry in its need: those with a pathway identifier first, then by id."""
    found = np.zeros(len(pathway), dtype=np.int32)
    company = np.flatnonzero(np.bincount(pathway)[pathway] > 1)
    unnamed = codes(entries["patient_pathway_identifier"])[company] < 0
    rows = company[np.lexsort((order[company], unnamed, pathway[company]))]
    begins = np.flatnonzero(np.diff(pathway[rows], prepend=-1))
    found[rows] = np.arange(len(rows)) - np.repeat(begins, np.diff(np.append(begins, len(rows))))
    return found


def _by_whom(
    entries: pd.DataFrame, entry: NDArray[np.int32], kind: NDArray[np.int8]
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
