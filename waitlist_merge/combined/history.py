"""Where did this patient come from? The dated events of each need, in order of need and day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import words_at
from waitlist_merge.combined.events import EVENTS, READ, Events, events
from waitlist_merge.combined.names import Taking, taken, taking
from waitlist_merge.combined.texts import framed
from waitlist_merge.pathways.columns import Bools, Codes, categories, codes, dates, said, worded
from waitlist_merge.reasons import Event

MOST = 63
"""Bits of a whole number: up to them one number tells all that places an event."""

AT_ONCE = 1 << 18
"""Entries whose events are told together: those of some 800,000 events take 100 MB."""

FIELDS = (*READ, "entry_id", "patient_pathway_identifier", "referrer_code")
"""The columns of the entries that the history is told of."""

Parts = tuple[NDArray[np.integer], ...]


@dataclass(frozen=True, eq=False)
class History:
    """One row for each dated event of each need, in order of need and day.

    Of millions of entries it is never held whole beside the rest: ``parts`` tell it some needs at
    a time, ``frame`` all at once. What several entries of one organisation say alike is told once.
    Columns as in tables.csv.

    ``entries`` has at least the columns ``FIELDS``. Of every entry ``pathway_id`` names its need,
    ``need`` is the place of that name among all, and ``order`` a number in the order of ids.
    """

    entries: pd.DataFrame
    pathway_id: pd.Series
    need: NDArray[np.integer]
    order: NDArray[np.integer]

    def __len__(self) -> int:
        """How many events there are; only of a need with several entries may one be told again."""
        alone = np.bincount(self.need)[self.need] == 1
        together = self._standing[~alone[self._standing]]
        count = len(_in_order(*self._of(together))[0])
        for low in range(0, len(alone), AT_ONCE):
            rows = slice(low, low + AT_ONCE)
            some, order = self.entries.iloc[rows], self.order[rows]
            told = events(some, np.arange(len(some), dtype=np.int32), order)
            count += int(alone[rows][told.entry].sum())
        return count

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All events in one frame."""
        return self._told(self._standing)

    def parts(self) -> Iterator[pd.DataFrame]:
        """The events, some needs at a time; one part without rows where there are none."""
        yield from map(self._told, self._cut())

    def _cut(self) -> Iterator[NDArray[np.int32]]:
        """The entries need by need, the whole of some needs at a time."""
        standing = self._standing
        of_need = self.need[standing]
        goals = standing[AT_ONCE::AT_ONCE]
        cuts = np.searchsorted(of_need, self.need[goals], side="right")
        for low, high in pairwise([0, *cuts, len(standing)]):
            if high > low or not len(standing):
                yield standing[low:high]

    @cached_property
    def _standing(self) -> NDArray[np.int32]:
        """The entries need by need, those of one by organisation, with an identifier first."""
        size = np.bincount(self.need)
        begins = np.cumsum(size) - size
        company = np.flatnonzero(size[self.need] > 1)
        unnamed = codes(self.entries["patient_pathway_identifier"])[company] < 0
        organisation = _alphabetical(self.entries["organisation"])[company]
        by = np.lexsort((self.order[company], unnamed, organisation, self.need[company]))
        standing = np.empty(len(self.need), dtype=np.int32)
        standing[begins[self.need]] = np.arange(len(standing))  # those who are alone in their need
        rows = company[by]
        standing[np.sort(begins[self.need[rows]]) + _within(self.need[rows])] = rows
        return standing

    @cached_property
    def _columns(self) -> dict[str, Taking]:
        """Columns of the entries and the names of their needs, made ready for all parts at once."""
        told = {name: taking(self.entries[name].array) for name in FIELDS}
        return told | {"pathway_id": taking(self.pathway_id.array)}

    def _of(self, rows: NDArray[np.int32]) -> tuple[pd.DataFrame, Codes, Events]:
        """These entries, all of some needs, with the number of the need of each and their events.

        ``rows`` are need by need, and so are the entries.
        """
        entries = framed({name: self._columns[name](rows) for name in FIELDS})
        need = np.cumsum(np.diff(self.need[rows], prepend=self.need[rows[:1]]) > 0, dtype=np.int32)
        return entries, need, events(entries, need, self.order[rows])

    def _told(self, rows: NDArray[np.int32]) -> pd.DataFrame:
        entries, number, told = self._of(rows)
        need, entry, day, kind = _in_order(entries, number, told)
        names = self._columns["pathway_id"](rows[np.flatnonzero(np.diff(number, prepend=-1))])
        return framed(
            {
                "pathway_id": taken(names, need),
                "event_date": dates(day),
                "event": worded(kind, EVENTS),
                "organisation": entries["organisation"].array.take(entry),
                "other_organisation": pd.Categorical.from_codes(
                    _other(told, entry, kind), pd.Index(told.names, dtype=object)
                ),
                "by": _by_whom(entries, entry, kind),
                "patient_pathway_identifier": entries["patient_pathway_identifier"].array.take(
                    entry
                ),
                "entry_id": taken(entries["entry_id"].array, entry),
            }
        )


def _within(block: NDArray[np.integer]) -> NDArray[np.int64]:
    """The place of each element in its block, of blocks that stand one behind the other."""
    first = np.flatnonzero(np.diff(block, prepend=-1))
    return np.arange(len(block)) - np.repeat(first, np.diff(np.append(first, len(block))))


def _in_order(entries: pd.DataFrame, number: Codes, told: Events) -> Parts:
    """Need, entry, day and kind of the events, by need, day, kind, organisation and entry.

    ``number`` is the need of each of the entries, which stand need by need. What is said again is
    left out.
    """
    if not len(told.entry):
        return tuple(np.empty(0, dtype=np.int32) for _ in range(4))
    begins = np.flatnonzero(np.diff(number, prepend=-1))
    first = int(told.day.min())
    need, day, kind, place = sorted_rows(
        number[told.entry], told.day - first, told.kind, _within(number)[told.entry]
    )
    entry = begins[need] + place
    organisation = codes(entries["organisation"])[entry]
    again = (_as_before(need) & _as_before(day)) & _as_before(kind)
    again &= _as_before(organisation) | (kind == EVENTS.index(Event.FIRST_REFERRAL))
    kept = np.flatnonzero(~again)
    return need[kept], entry[kept], (day[kept] + first).astype(np.int32), kind[kept]


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
        pc.fill_null(words_at(words, code), "")
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
