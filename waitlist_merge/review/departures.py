"""How is it explained that an entry no longer waits?

By what its organisation says of it (a clock stop, a removal with its reason, a death), by the same
need that still waits under another entry, or by a person. Entries that were certainly one need
answer for each other (what a person says, for those of the same organisation); one that was only
proposed as a duplicate answers for itself: nothing unanswered is ever treated as yes. One whose
patient only waits on under its identifier is followed to that row (``moved``). What is left is
unexplained, and stays so from run to run.

>>> [str(each) for each in OWN]
['clock_stopped', 'treated', 'died']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, is_in
from waitlist_merge.pathways.deaths import DIED, records_death
from waitlist_merge.pathways.state import STOP_STATUSES
from waitlist_merge.reasons import Departure, Outcome
from waitlist_merge.review.moved import (
    LISTED_ELSEWHERE,
    MOVED,
    OF_ONE_NEED,
    UNEXPLAINED,
    as_it_ended,
    said_to_have,
    turned_away,
    without_those_who_relied,
)
from waitlist_merge.review.people import NOBODY, People
from waitlist_merge.review.same_identifier import OWN, STOPPED, same_identifier
from waitlist_merge.review.sameness import Codes, Positions, places
from waitlist_merge.review.units import SURE, positions_of, units

REASONS: dict[str, Departure] = {
    **dict.fromkeys(("1", "01", "2", "02"), Departure.TREATED),
    **dict.fromkeys(("PATIENT ADMITTED ELECTIVELY", "ADMITTED", "TREATED"), Departure.TREATED),
    "PATIENT ADMITTED AS AN EMERGENCY FOR THE SAME CONDITION": Departure.TREATED,
}
"""National reasons for removal from an elective list that say that the patient was treated (Data
Dictionary, ELECTIVE ADMISSION LIST REMOVAL REASON CODE). 4, "removed for other reasons", and any
local wording say nothing of it; a death is read where every other step reads it."""

NOT_WAITING = str(Outcome.NOT_WAITING)
ANSWERED = str(Departure.ANSWERED)
_WHO = ("patient_id", "nhs_number")


@dataclass(frozen=True, eq=False, slots=True)
class Departed:
    """Why each entry of the last run no longer waits, None where it waits or never did.

    ``moved_to`` is the entry under which its patient was last found to wait, None for none;
    ``itself`` is whether the entry's own row says why, and no other needs to.
    """

    why: NDArray[np.object_]
    moved_to: NDArray[np.object_]
    itself: Bools


def departures(
    now: pd.DataFrame,
    last: pd.DataFrame,
    position: Positions,
    *,
    absent: Collection[str],
    run_date: dt.date,
    people: People = NOBODY,
) -> Departed:
    """For each entry of the last run, why does it no longer wait, and where does its patient?

    ``now`` are this run's entries with ``patient_id`` and ``outcome`` of this run, ``last`` those
    of the snapshot, ``position`` the place in it of each of this run's. Entries of ``absent``
    organisations wait as they did. What was explained in an earlier run stays so, unless a person
    takes an answer back, be it the one that made two entries one need, or keeps the entry apart
    from the one that answered for it; or the row that answered for it says otherwise, as of a stop
    or a death that was recorded by mistake.
    """
    found = last["departure"].to_numpy(dtype=object).copy()
    found[pd.isna(found)] = None
    waits_now, at = (now["outcome"] != NOT_WAITING).to_numpy(), places(position, len(last))
    here = at >= 0
    waiting = here & np.append(waits_now, False)[at]
    waited = (last["outcome"] != NOT_WAITING).to_numpy() & last["left_date"].isna().to_numpy()
    held = waited & ~here & is_in(last["organisation"].astype("category"), absent)
    unit = units(last, people.joined, people.released)
    names = last["entry_id"].to_numpy(dtype=str)
    there = waiting | held
    parted = _parted(names, unit, there, people.apart)
    found[_no_longer_explained(found, names, unit, there, parted, people)] = UNEXPLAINED
    found[there] = None
    whither = last["moved_to"].astype(object).to_numpy(copy=True)
    whither[pd.isna(whither) | there] = None
    asked = np.flatnonzero((waited | said_to_have(found, UNEXPLAINED, MOVED, *OWN)) & ~there)
    before = found[asked]
    found[asked] = own = said(now, last, at, asked, run_date, by_others=False)
    silent = np.array([each is None for each in own], dtype=bool)
    rows, before = asked[silent], before[silent]
    # By another row's word alone: what is listed on has not ended by it, it may be taken back.
    dead = np.asarray(said(now, last, at, rows, run_date, by_others=True) != None)  # noqa: E711
    still = np.isin(unit[rows], unit[there]) & ~parted[rows]
    under = same_identifier(
        now, last, position, rows, waits_now=waits_now, run_date=run_date, apart=people.apart
    )
    unlike = (under.to >= 0) & (unit[under.to] == unit[rows]) & under.unlike
    still &= ~unlike
    # What stopped by another row's word waits again with that row alone: a new one is a new need.
    ended = said_to_have(before, *STOPPED)
    waits = under.waits & (under.again | ~ended) & ~parted[rows]
    ended |= said_to_have(before, MOVED) & (under.to < 0)
    ended &= (under.to < 0) | under.still
    dead &= ~still
    to = np.where(waits | ~under.still | dead, -1, under.to)
    not_sent = (to >= 0) & held[to] & ~parted[rows]
    agreed, answered = (_among(names[rows], each) for each in (people.agreed, people.answered))
    found[rows[dead]] = str(Departure.DIED)
    shared = _of_unit(found, unit, last)[rows]
    found[rows] = np.select(
        [
            still & agreed,
            still,
            dead,
            waits | not_sent,
            under.stopped,
            np.array([each is not None for each in shared], dtype=bool) & ~unlike,
            _told_of(unit[rows], last["organisation"].astype(object).to_numpy()[rows], answered),
            ended,
        ],
        [
            str(Departure.AGREED),
            str(Departure.STILL_LISTED),
            str(Departure.DIED),
            MOVED,
            str(Departure.CLOCK_STOPPED),
            shared,
            ANSWERED,
            before,
        ],
        UNEXPLAINED,
    )
    whither[rows] = np.where((waits | under.stopped) & ~dead, under.by, whither[rows])
    relied = np.flatnonzero(said_to_have(found, *OF_ONE_NEED))
    by = turned_away(now, last, at, relied, unit, waiting, people.joined)
    turned = by >= 0
    found[relied[turned]] = UNEXPLAINED
    whither[relied[turned]] = last["entry_id"].iloc[by[turned]].astype(object)
    why = without_those_who_relied(as_it_ended(found, rows, to), unit, rows, to)
    itself = np.zeros(len(last), dtype=bool)
    itself[asked] = why[asked] == own
    return Departed(why, whither, itself)


def _no_longer_explained(
    found: NDArray[np.object_],
    names: NDArray[np.str_],
    unit: Codes,
    there: Bools,
    parted: Bools,
    people: People,
) -> Bools:
    """Entries that were explained in an earlier run by what people have taken back since.

    They keep it apart from the one that answered for it, no longer say that the two are one need,
    or no longer say what became of the patient. What rests on no other entry of the need stays;
    what an entry says itself it says again. ``there`` are entries on a list, ``parted`` those kept
    apart from one of their own need.
    """
    let_go = np.zeros(len(names), dtype=bool)
    for ends in positions_of(people.released, names):
        let_go[ends] = True
    let_go &= ~np.isin(unit, unit[there])
    return np.asarray(
        (parted & said_to_have(found, *LISTED_ELSEWHERE))
        | (let_go & ~pd.isna(found) & ~said_to_have(found, MOVED, ANSWERED))
        | (said_to_have(found, ANSWERED) & ~_among(names, people.answered))
    )


def _told_of(unit: Codes, organisation: NDArray[np.object_], answered: Bools) -> Bools:
    """Entries of certain needs of which their own organisation has said what became of them."""
    own = unit * (len(unit) + 1) + pd.factorize(organisation)[0]
    return np.isin(own, own[answered])


def _among(names: NDArray[np.str_], some: Collection[str]) -> Bools:
    return np.isin(names, list(some) or [""])


def _parted(
    names: NDArray[np.str_], unit: Codes, there: Bools, apart: Collection[tuple[str, str]]
) -> Bools:
    """Entries that people keep apart from one of their need which is still on a list."""
    found = np.zeros(len(names), dtype=bool)
    one, other = positions_of(apart, names)
    alike = unit[one] == unit[other]
    found[one[alike & there[other]]] = True
    found[other[alike & there[one]]] = True
    return found


def said(
    now: pd.DataFrame,
    last: pd.DataFrame,
    at: Positions,
    rows: Positions,
    run_date: dt.date,
    *,
    by_others: bool,
) -> NDArray[np.object_]:
    """What each of these entries of the last run says of itself, in its newest row; None for none.

    With ``by_others`` a death counts too that any row records of the same patient under the same
    NHS number, in this run or when it was last sent: not one that its organisation has taken back.
    """
    names = ("rtt_end_date", "rtt_status", "removal_reason", "death_date", *_WHO)
    newest = pd.DataFrame({name: last[name].astype(object).iloc[rows] for name in names})
    here = at[rows] >= 0
    for name in names:
        values = newest[name].to_numpy(dtype=object, copy=True)
        values[here] = now[name].astype(object).to_numpy(dtype=object)[at[rows][here]]
        newest[name] = values
    ended = pd.to_datetime(newest["rtt_end_date"]).le(pd.Timestamp(run_date)).to_numpy()
    status = newest["rtt_status"].astype("category")
    reason = newest["removal_reason"].astype("category")
    died = pd.to_datetime(newest["death_date"])
    dead = records_death(newest.assign(death_date=died, rtt_status=status, removal_reason=reason))
    if by_others:
        dead |= pd.MultiIndex.from_frame(newest[list(_WHO)]).isin(_dead(now, last[at < 0]))
    removed = np.array(
        [REASONS.get(str(each).strip().upper()) for each in reason.cat.categories] + [None],
        dtype=object,
    )[reason.cat.codes.to_numpy()]
    told = np.full(len(rows), None, dtype=object)
    told[removed != None] = removed[removed != None].astype(str)  # noqa: E711 - of each element
    told[dead] = str(Departure.DIED)
    told[ended | is_in(status, STOP_STATUSES - DIED)] = str(Departure.CLOCK_STOPPED)
    return told


def _dead(*runs: pd.DataFrame) -> pd.MultiIndex:
    """Patients, each with the number under which a row of these records a death."""
    found = []
    for rows in runs:
        words = {name: rows[name].astype("category") for name in ("rtt_status", "removal_reason")}
        dead = records_death(rows.assign(**words))
        found.append(rows.loc[dead, list(_WHO)].astype(object).dropna())
    return pd.MultiIndex.from_frame(pd.concat(found))


def _of_unit(found: NDArray[np.object_], unit: Codes, last: pd.DataFrame) -> NDArray[np.object_]:
    """What entries of the same certain need say, or said when they left."""
    told = pd.DataFrame({"unit": unit, "found": found})[last["outcome"].isin(SURE).to_numpy()]
    told = told[told["found"].isin([str(each) for each in OWN])]
    first = told.sort_values(["unit", "found"]).drop_duplicates("unit").set_index("unit")["found"]
    shared = pd.Series(unit).map(first).to_numpy(dtype=object)
    shared[pd.isna(shared)] = None
    return shared
