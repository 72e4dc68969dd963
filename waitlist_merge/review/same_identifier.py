"""Does a patient still wait, or did a clock stop, under the identifier of an entry that has left?

The patient's rows of this run under the same identifier answer for the entry, whatever their
organisation: it was handed on, or sent under another number. A row that speaks of another need
does not (``contradicts``), nor one that people keep apart from it, or that was listed beside the
entry as a need of its own. A row that has answered once answers on, though a list comes without
identifiers, until it says another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, day_number, days, is_in, known
from waitlist_merge.pathways.state import STOP_STATUSES
from waitlist_merge.reasons import Departure, ListState, Outcome
from waitlist_merge.review.contradicts import IDENTIFIERS, another_identifier, of_another
from waitlist_merge.review.sameness import (
    Positions,
    few_among,
    numbered,
    places,
    two_runs,
)
from waitlist_merge.review.spoken import Pair
from waitlist_merge.review.units import are_pairs

_OF_A_PATHWAY = (str(ListState.DIAGNOSTIC), str(ListState.NOT_RTT))
"""States of an entry that is no wait of its own where the pathway it belongs to is listed: a test,
a follow-up."""

STOPPED = (Departure.CLOCK_STOPPED, Departure.TREATED)
"""Departures that end a clock."""

OWN = (*STOPPED, Departure.DIED)
"""What an entry can say of itself."""


@dataclass(frozen=True, eq=False, slots=True)
class Pairs:
    """Entries of the last run, each with a row of this one under its identifier.

    ``left`` are positions in the last run, ``row`` in this one, and ``before`` where that row was
    in the last run, -1 where it is new. ``known`` ones answered for their entry before.
    """

    left: Positions
    row: Positions
    before: Positions
    known: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Answered:
    """Of entries that have left: does the patient wait under another row, or was a clock stopped?

    ``by`` is the entry that says so, None where there is none; ``again`` is true where it is the
    one that answered before. ``to`` is the place of that one in the last run, -1 where none did,
    and ``still`` whether it may answer on, by what it said last; ``unlike`` where that was of
    another need or person, whatever its identifier.
    """

    waits: Bools
    stopped: Bools
    by: NDArray[np.object_]
    again: Bools
    to: Positions
    still: Bools
    unlike: Bools


def same_identifier(
    now: pd.DataFrame,
    last: pd.DataFrame,
    position: Positions,
    rows: Positions,
    *,
    waits_now: Bools,
    run_date: dt.date,
    apart: Collection[Pair] = (),
) -> Answered:
    """Of each of ``rows``, whether its patient waits under its identifier, or was stopped under it.

    ``rows`` are positions in ``last`` of entries that have left, ``position`` the place in ``last``
    of each entry of ``now``, -1 where it is new. A stop counts where the entry waited last time or
    is new; ``apart`` are the pairs of entries that people keep apart.
    """
    before = _answered_before(now, last, position, rows, apart)
    found = _pairs(now, last, position, rows, before, apart)
    stops = _stops(now, last, position, run_date) & ~waits_now
    waits, stopped = (np.isin(rows, found.left[where[found.row]]) for where in (waits_now, stops))
    entry = now["entry_id"].iloc[found.row].astype(object).to_numpy()
    words = pd.DataFrame({"left": found.left, "by": entry, "new": ~found.known})
    words = words.assign(stops=~waits_now[found.row])[(waits_now | stops)[found.row]]
    first = words.sort_values(["stops", "new", "by"]).drop_duplicates("left").set_index("left")
    told = first["by"].reindex(rows)
    by = told.where(told.notna(), None).to_numpy(dtype=object)
    again = np.isin(rows, first.index[~first["new"]])
    return Answered(waits, stopped, by, again, before.to, before.still, before.unlike)


def under_its_identifier(
    now: pd.DataFrame,
    last: pd.DataFrame,
    position: Positions,
    rows: Positions,
    *,
    apart: Collection[Pair] = (),
) -> Pairs:
    """Each of ``rows`` of the last run with the rows of this one that speak of its need."""
    before = _answered_before(now, last, position, rows, apart)
    return _pairs(now, last, position, rows, before, apart)


def _pairs(
    now: pd.DataFrame,
    last: pd.DataFrame,
    position: Positions,
    rows: Positions,
    before: _Before,
    apart: Collection[Pair],
) -> Pairs:
    mine = before.still & (before.row >= 0)
    known = pd.DataFrame({"left": rows[mine], "row": before.row[mine], "known": True})
    shared = _sharing(now, last, rows).assign(known=False)
    both = pd.concat([known, shared]).drop_duplicates(["left", "row"])
    left, row = (both[name].to_numpy(dtype=np.int64) for name in ("left", "row"))
    found = Pairs(left, row, position[row], both["known"].to_numpy(dtype=bool))
    other = _of_another(now, last, row, left, apart) | _beside(last, found)
    return Pairs(left[~other], row[~other], found.before[~other], found.known[~other])


@dataclass(frozen=True, eq=False, slots=True)
class _Before:
    """Of entries that have left, the place in the last run of the one that answered for each.

    ``to`` is -1 where none did, ``row`` its place in this run, -1 where it is not sent; ``still``
    says which may answer on, by what they said last, ``unlike`` which were of another need then.
    """

    to: Positions
    row: Positions
    still: Bools
    unlike: Bools


def _answered_before(
    now: pd.DataFrame,
    last: pd.DataFrame,
    position: Positions,
    rows: Positions,
    apart: Collection[Pair],
) -> _Before:
    names = last["moved_to"].iloc[rows].astype(object).to_numpy()
    told = pd.notna(names)
    to = np.full(len(rows), -1, dtype=np.int64)
    if told.any():
        to[told] = few_among(names[told], last["entry_id"].to_numpy(dtype=object))
    row = np.append(places(position, len(last)), -1)[to]
    still, unlike = np.zeros((2, len(rows)), dtype=bool)
    for run, at in ((now, row), (last, np.where(row < 0, to, -1))):
        mine = np.flatnonzero(at >= 0)
        there, left = at[mine], rows[mine]
        patient = run["patient_id"].iloc[there].astype(object).to_numpy()
        same = patient == last["patient_id"].iloc[left].astype(object).to_numpy()
        other = _of_another(run, last, there, left, apart)
        still[mine] = same & ~(another_identifier(run, last, there, left) | other)
        unlike[mine] = other
    return _Before(to, row, still, unlike)


def _of_another(
    run: pd.DataFrame, last: pd.DataFrame, row: Positions, left: Positions, apart: Collection[Pair]
) -> Bools:
    """Which of ``row`` of a run speak of another need or person than ``left`` of the last one?"""
    one, other = (
        each["entry_id"].iloc[at].astype(object).to_numpy()
        for each, at in ((last, left), (run, row))
    )
    parted = are_pairs(one, other, apart)
    return np.asarray(parted | of_another(run, last, row, left))


def _sharing(now: pd.DataFrame, last: pd.DataFrame, rows: Positions) -> pd.DataFrame:
    """These entries (``left``), each with every ``row`` of its patient under its identifier."""
    patients = set(last["patient_id"].to_numpy(dtype=object)[rows].tolist())
    mine = np.flatnonzero(now["patient_id"].isin(patients).to_numpy())
    person = numbered(now["patient_id"].iloc[mine], last["patient_id"].iloc[rows])
    runs = two_runs(now.iloc[mine], last.iloc[rows], IDENTIFIERS)
    shared = []
    for name in IDENTIFIERS:
        here = pd.DataFrame({"person": person[0], "name": runs.now[name], "row": mine})
        then = pd.DataFrame({"person": person[1], "name": runs.then[name], "left": rows})
        both = then[then["name"] >= 0].merge(here, on=["person", "name"])
        shared.append(both[["left", "row"]])
    return pd.concat(shared)


def _stops(now: pd.DataFrame, last: pd.DataFrame, back: Positions, run_date: dt.date) -> Bools:
    """Rows that tell of a clock stop, and waited last time or are new."""
    once = (last["outcome"] != str(Outcome.NOT_WAITING)) | last["departure"].isin(
        [str(each) for each in OWN]
    )
    waited = np.append(once.to_numpy(), True)[back]
    ended = days(now["rtt_end_date"])
    stop = known(ended) & (ended <= day_number(run_date))
    stop |= is_in(now["rtt_status"].astype("category"), STOP_STATUSES)
    return np.asarray(stop & waited)


def _beside(last: pd.DataFrame, found: Pairs) -> Bools:
    """Rows that waited last time already, as another need than that of the entry.

    They are where they were, so they say nothing of one that has left since; but a pathway that is
    still listed says where its test or its follow-up belongs, and a need that came up when the list
    of the entry did not, or since it left, was never beside it, nor was one that answered for it.
    """
    need = last["pathway_id"].to_numpy(dtype=object)
    waited = (last["outcome"] != str(Outcome.NOT_WAITING)).to_numpy()
    moved = (last["departure"].astype(object) == str(Departure.MOVED)).to_numpy(dtype=bool)
    own = ~moved & ~last["list_state"].isin(_OF_A_PATHWAY).to_numpy()
    other = (need[found.before] != need[found.left]) & waited[found.before]
    if "list_run" in last:
        until, newest = (last[name].to_numpy() for name in ("waited_run", "list_run"))
        until = np.where(until > 0, until, newest)
        other &= _since(last, need[found.before]) <= until[found.left]
    own = own[found.left] & ~found.known
    return np.asarray((found.before >= 0) & other & own, dtype=bool)


def _since(last: pd.DataFrame, needs: NDArray[np.object_]) -> NDArray[np.integer]:
    """The run in which each of these needs came up: that since which an entry has had its id."""
    of_them = last.loc[is_in(last["pathway_id"].astype("category"), {*needs.tolist()})]
    first = of_them.groupby(of_them["pathway_id"].astype(object))["pathway_since"].min()
    return np.asarray(first.reindex(needs).to_numpy())
