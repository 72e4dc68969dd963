"""How long has a need waited, by which clock, and who says so?

The earliest start among the open members is taken (domain 8: earliest of one period), never
silently: the status says whether all agree, and the note names each start that was not taken with
the reason. Nothing outside referral to treatment feeds or has a wait here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles, Positions
from waitlist_merge.combined.exclusions import PLACE, Signs, excluded
from waitlist_merge.combined.numbers import whole
from waitlist_merge.combined.texts import arrow_text, joined_text
from waitlist_merge.pathways.columns import (
    NO_DAY,
    Bools,
    Codes,
    Days,
    dates,
    day_number,
    iso,
    known,
)
from waitlist_merge.reasons import StartReason, StartStatus

THRESHOLDS = (18, 26, 52, 65, 78, 104)
"""Weeks that are counted as breaches (NHSE WLMDS SQL; domain 8): over 7 times as many days."""
WEEK = 7
STATUSES = (
    StartStatus.AGREED,
    StartStatus.PROPOSED,
    StartStatus.FROM_OTHER_ORGANISATION,
    StartStatus.UNKNOWN,
    StartStatus.NOT_REFRESHED,
    StartStatus.OF_CLOSED_ROW,
)

Refused = tuple[Positions, NDArray[np.int32], Codes]


@dataclass(frozen=True, eq=False, slots=True)
class Starts:
    """What each entry of the whole list says of its clock; one element an entry.

    ``rtt`` entries wait under referral to treatment; ``sent`` ones were closed only because their
    pathway was handed on, so that their start still counts; ``closed`` are all that wait no more;
    ``superseded`` ones were sent again with another start: one that is sent again blank is the
    older submission's still.
    ``sure`` numbers the entries that are certainly one need; ``signs`` say what each entry says
    against its own start.
    """

    start: Days
    rtt: Bools
    sent: Bools
    closed: Bools
    superseded: Bools
    organisation: Codes
    sure: NDArray[np.int32]
    signs: Signs

    @property
    def counts(self) -> Bools:
        """Entries whose start counts: they wait, or handed the need on, and are the newest."""
        return np.asarray((self.rtt | self.sent) & ~self.superseded)


@dataclass(frozen=True, eq=False, slots=True)
class Clocks:
    """The clock of each bundle: day, status (place in STATUSES), giving entry or -1.

    ``refused`` are the starts that were not taken: entry, bundle and place in ``StartReason``.
    ``kept`` bundles have the start of an entry that no list of this run has.
    """

    start: Days
    status: NDArray[np.int8]
    giver: Positions
    refused: Refused
    kept: Bools


def clocks(
    bundles: Bundles,
    said: Starts,
    *,
    pathway: NDArray[np.integer],
    order: NDArray[np.int64],
    unsaid: Bools,
    run_date: dt.date,
    kept: Days,
) -> Clocks:
    """The clock start proposed for each bundle; ``order`` breaks ties by entry id.

    ``unsaid`` are the entries that are ``silent``, ``kept`` the starts of the run before that hold.
    """
    of_entry = _bundle_of(bundles, pathway)[pathway]
    rows, number = _stating(bundles, said, of_entry)
    counted = (said.counts & (said.start <= day_number(run_date)))[rows]
    barred = excluded(said.signs, said.start, rows, number, counted, (said.sure, said.organisation))
    taken = counted & ~barred
    giver = _earliest(bundles, rows[taken], number[taken], said.start, order)
    start = np.where(giver >= 0, said.start[giver], NO_DAY).astype(np.int32)
    holds = known(kept) & ((giver < 0) | (kept < start))
    start = np.where(holds, kept, start).astype(np.int32)
    giver = np.where(holds, -1, giver)
    past = _overlapping(said, of_entry, start)
    differing = np.zeros(len(bundles.first), dtype=bool)
    differing[number[counted & (said.start[rows] != start[number])]] = True
    differing[past[1]] = True
    in_doubt = np.zeros(int(pathway.max(initial=-1)) + 1, dtype=bool)
    in_doubt[pathway[unsaid]] = True
    status = _status(bundles, said, giver, differing | in_doubt[pathway[bundles.shown]])
    refused = _refused(rows, number, start, said, barred, run_date)
    status[holds] = STATUSES.index(StartStatus.NOT_REFRESHED)
    return Clocks(start, status, giver, _both(refused, past), holds)


def silent(said: Starts, pathway: NDArray[np.integer], run_date: dt.date) -> Bools:
    """Entries that count, of an organisation that states no start for the need, while another does.

    What the other states may be the day of receipt, which is never the start (RTT guidance 11.3).
    """
    counts = said.counts
    stated = counts & known(said.start) & (said.start <= day_number(run_date))
    size = int(pathway.max(initial=-1)) + 1
    told, untold = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    told[pathway[stated]] = untold[pathway[counts & ~stated]] = True
    of_interest = np.flatnonzero(counts & (told & untold)[pathway])
    place = pathway[of_interest].astype(np.int64) * (int(said.organisation.max(initial=0)) + 2)
    place += said.organisation[of_interest] + 1
    found = np.zeros(len(counts), dtype=bool)
    found[of_interest] = ~np.isin(place, place[stated[of_interest]])
    return found


def _stating(
    bundles: Bundles, said: Starts, of_entry: NDArray[np.int32]
) -> tuple[Positions, NDArray[np.int32]]:
    """Entries that state a start, with their bundle: members, and those that handed the need on.

    ``of_entry`` is the bundle of each entry's pathway, -1 where nothing of it waits.
    """
    stated = known(said.start)
    mine = stated[bundles.rows]
    handed = np.flatnonzero(said.sent & stated & (of_entry >= 0))
    rows = np.concatenate([bundles.rows[mine], handed])
    return rows, np.concatenate([bundles.number[mine], of_entry[handed]])


def _overlapping(said: Starts, of_entry: NDArray[np.int32], start: Days) -> Refused:
    """Closed entries of a need that started before the start taken: entry, bundle and reason.

    A period that had ended by then is no part of the need, so theirs overlap (Annex C): which of
    the dates is wrong nobody has said, and the earlier start is not dropped in silence.
    """
    past = said.closed & ~said.sent & ~said.superseded & known(said.start)
    rows = np.flatnonzero(past & (of_entry >= 0))
    number = of_entry[rows]
    earlier = said.start[rows] < start[number]
    rows, number = rows[earlier], number[earlier]
    return rows, number, np.full(len(rows), PLACE[StartReason.OVERLAPS], dtype=np.int32)


def _bundle_of(bundles: Bundles, pathway: NDArray[np.integer]) -> NDArray[np.int32]:
    """The bundle of each pathway, -1 where nothing of it waits."""
    found = np.full(int(pathway.max(initial=-1)) + 1, -1, dtype=np.int32)
    found[pathway[bundles.shown]] = np.arange(len(bundles.first))
    return found


def _both(one: Refused, other: Refused) -> Refused:
    return (
        np.concatenate([one[0], other[0]]),
        np.concatenate([one[1], other[1]]),
        np.concatenate([one[2], other[2]]),
    )


def _earliest(
    bundles: Bundles,
    rows: Positions,
    number: NDArray[np.int32],
    start: Days,
    order: NDArray[np.int64],
) -> Positions:
    """The entry with the earliest start of each bundle; the shown one of those alike."""
    giver = np.full(len(bundles.first), -1, dtype=np.int64)
    many = np.bincount(number, minlength=len(giver))[number] > 1
    giver[number[~many]] = rows[~many]
    some, of = rows[many], number[many]
    by = np.lexsort((order[some], some != bundles.shown[of], start[some], of))
    first = by[np.flatnonzero(np.diff(of[by], prepend=-1))]
    giver[of[first]] = some[first]
    return giver


def _status(bundles: Bundles, said: Starts, giver: Positions, doubtful: Bools) -> NDArray[np.int8]:
    """Where the start comes from: never filled silently from an entry that is merely probable.

    ``doubtful`` bundles hold a start that differs, or an organisation that states none.
    """
    shown = bundles.shown
    certainly = said.sure[giver] == said.sure[shown]
    own = (said.start[giver] == said.start[shown]) & said.rtt[shown]
    agreed = ~doubtful & (certainly | own)
    elsewhere = certainly & (said.organisation[giver] != said.organisation[shown])
    filled = np.where(elsewhere & ~own, 2, 0)
    chosen = np.where(agreed, filled, np.where(elsewhere, 2, 1))
    return np.where(giver < 0, 3, chosen).astype(np.int8)


def _refused(
    rows: Positions,
    number: NDArray[np.int32],
    start: Days,
    said: Starts,
    barred: Bools,
    run_date: dt.date,
) -> Refused:
    """The starts of members that were not taken, each with its bundle and reason."""
    refused = np.flatnonzero(said.start[rows] != start[number])
    rows, number, barred = rows[refused], number[refused], barred[refused]
    lines = [
        (said.superseded[rows], StartReason.SUPERSEDED),
        (said.start[rows] > day_number(run_date), StartReason.NOT_YET),
        (~said.rtt[rows] & ~said.sent[rows], StartReason.OUTSIDE),
    ]
    masks, reasons = [mask for mask, _ in lines], [PLACE[reason] for _, reason in lines]
    masks.append(barred)
    own = said.signs.reason[rows].astype(np.int32)
    code = np.select(masks, [*reasons, own], default=PLACE[StartReason.LATER])
    return rows, number, code.astype(np.int32)


def notes(
    refused: Sequence[Refused], start: Days, organisation: Codes, names: list[str], size: int
) -> pd.arrays.ArrowStringArray:
    """The starts that were not taken of each of ``size`` rows: organisation, date and reason.

    ``start`` and ``organisation`` are of every entry, ``names`` what organisations are called.
    """
    rows, number, code = (np.concatenate(part) for part in zip(*refused, strict=True))
    called = pa.array([*names, "unknown organisation"])
    told = pc.binary_join_element_wise(
        called.take(pa.array(organisation[rows] % len(called))),
        " ",
        iso(start[rows]),
        ": ",
        pa.array([str(each) for each in StartReason]).take(pa.array(code)),
        "",
    )
    return arrow_text(joined_text(told, number, size, "; "))


def waits(start: Days, rtt: Bools, run_date: dt.date) -> dict[str, object]:
    """Days, weeks, band, breach and next threshold of each bundle; empty where it is no RTT wait.

    Days are counted from the start to the run's date; band 18 is over 17 and up to 18 weeks, and
    a threshold is passed on the first day over 7 times its weeks (domain 8). ``weeks_breached`` is
    the highest that is passed, 0 for none: at least 52 are the waits that are counted as over 52.

    >>> told = waits(np.array([0, 0]), np.array([True, False]), dt.date(1970, 5, 7))
    >>> told["days_waiting"].tolist(), told["week_band"].tolist(), told["weeks_waiting"].tolist()
    ([126, <NA>], [18, <NA>], [18.0, nan])
    >>> told["next_threshold_weeks"].tolist(), str(told["next_threshold_date"][0])[:10]
    ([18, <NA>], '1970-05-08')
    >>> told["weeks_breached"].tolist()
    [0, <NA>]
    """
    running = rtt & known(start)
    today = day_number(run_date)
    days = (today - np.where(running, start, today)).astype(np.int32)
    limits = np.array(THRESHOLDS, dtype=np.int32)
    passed = np.searchsorted(limits * WEEK, np.arange(int(limits[-1]) * WEEK + 2))
    at = passed.astype(np.int8)[np.clip(days, 0, len(passed) - 1)]
    ahead = running & (at < len(limits))
    weeks = limits[np.minimum(at, len(limits) - 1)]
    passed_on = np.where(ahead, start + weeks * WEEK + 1, NO_DAY)
    return {
        "days_waiting": whole(days, running),
        "weeks_waiting": np.where(running, np.round(days / WEEK, 1), np.nan),
        "week_band": whole(np.maximum(1, -(-days // WEEK)), running),
        "weeks_breached": whole(np.append(np.int32(0), limits)[at], running),
        "next_threshold_weeks": whole(weeks, ahead),
        "next_threshold_date": dates(passed_on),
    }
