"""Does a patient still wait, or did a clock stop, under the identifier of an entry that has left?

The patient's rows of this run under the same identifier answer for the entry, whatever their
organisation: it was handed on, or sent under another number. A row that speaks of another need
does not. It names the other side, or at another organisation a service that does not see the same
problem, or people keep the two apart, or it was listed beside the entry as a need of its own. A row
that has answered once answers on, though a list comes without identifiers, until it says another.

>>> opposite(np.array(["left", "left", "left"], object), np.array(["right", "left", None], object))
array([ True, False, False])
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, day_number, days, is_in, known
from waitlist_merge.pathways.services import services
from waitlist_merge.pathways.state import STOP_STATUSES
from waitlist_merge.reasons import Departure, ListState, Outcome
from waitlist_merge.review.sameness import (
    Positions,
    column_of,
    few_among,
    numbered,
    places,
    two_runs,
)
from waitlist_merge.review.units import are_pairs

IDENTIFIERS = ("patient_pathway_identifier", "unique_booking_reference_number")

_OF_A_PATHWAY = (str(ListState.DIAGNOSTIC), str(ListState.NOT_RTT))
"""States of an entry that is no wait of its own where the pathway it belongs to is listed: a test,
a follow-up."""

OWN = (Departure.CLOCK_STOPPED, Departure.TREATED, Departure.DIED)
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
    one that answered before.
    """

    waits: Bools
    stopped: Bools
    by: NDArray[np.object_]
    again: Bools


def same_identifier(
    now: pd.DataFrame,
    last: pd.DataFrame,
    position: Positions,
    rows: Positions,
    *,
    waits_now: Bools,
    run_date: dt.date,
    apart: Collection[tuple[str, str]] = (),
) -> Answered:
    """Of each of ``rows``, whether its patient waits under its identifier, or was stopped under it.

    ``rows`` are positions in ``last`` of entries that have left, ``position`` the place in ``last``
    of each entry of ``now``, -1 where it is new. A stop counts where the entry waited last time or
    is new; ``apart`` are the pairs of entries that people keep apart.
    """
    found = under_its_identifier(now, last, position, rows, apart=apart)
    stops = _stops(now, last, position, run_date) & ~waits_now
    waits, stopped = (np.isin(rows, found.left[where[found.row]]) for where in (waits_now, stops))
    entry = now["entry_id"].astype(object).to_numpy()[found.row]
    words = pd.DataFrame({"left": found.left, "by": entry, "new": ~found.known})
    words = words.assign(stops=~waits_now[found.row])[(waits_now | stops)[found.row]]
    first = words.sort_values(["stops", "new", "by"]).drop_duplicates("left").set_index("left")
    by = first["by"].reindex(rows)
    again = np.isin(rows, first.index[~first["new"]])
    return Answered(waits, stopped, by.where(by.notna(), None).to_numpy(dtype=object), again)


def under_its_identifier(
    now: pd.DataFrame,
    last: pd.DataFrame,
    position: Positions,
    rows: Positions,
    *,
    apart: Collection[tuple[str, str]] = (),
) -> Pairs:
    """Each of ``rows`` of the last run with the rows of this one that speak of its need.

    The row that answered for it before comes first, if it still may.
    """
    before = _answered_before(now, last, rows, position).assign(known=True)
    shared = _sharing(now, last, rows).assign(known=False)
    both = pd.concat([before, shared]).drop_duplicates(["left", "row"])
    left, row = (both[name].to_numpy(dtype=np.int64) for name in ("left", "row"))
    found = Pairs(left, row, position[row], both["known"].to_numpy(dtype=bool))
    two = another_need(now, last, row, left)
    two |= _kept_apart(now, last, found, apart) | _beside(last, found)
    return Pairs(left[~two], row[~two], found.before[~two], found.known[~two])


def _answered_before(
    now: pd.DataFrame, last: pd.DataFrame, rows: Positions, position: Positions
) -> pd.DataFrame:
    """These entries (``left``), each with the ``row`` that it moved to, where that still is of it.

    It is of the same patient, and no identifier that both say differs unless another one agrees.
    """
    to = moved_to(last, rows)
    row = np.append(places(position, len(last)), -1)[to]
    left, row = rows[row >= 0], row[row >= 0]
    patients = (run["patient_id"].iloc[at].astype(object) for run, at in ((last, left), (now, row)))
    same = np.equal(*(each.to_numpy() for each in patients)).astype(bool)
    runs = two_runs(now.iloc[row], last.iloc[left], IDENTIFIERS)
    agree, differ = np.zeros((2, len(left)), dtype=bool)
    for name in IDENTIFIERS:
        one, other = runs.now[name], runs.then[name]
        agree |= (one == other) & (one >= 0)
        differ |= (one != other) & (one >= 0) & (other >= 0)
    same &= agree | ~differ
    return pd.DataFrame({"left": left[same], "row": row[same]})


def moved_to(last: pd.DataFrame, rows: Positions) -> Positions:
    """The place in the last run of the entry that each of ``rows`` moved to, -1 where none did."""
    names = last["moved_to"].iloc[rows].astype(object).to_numpy()
    told = pd.notna(names)
    to = np.full(len(rows), -1, dtype=np.int64)
    if told.any():
        to[told] = few_among(names[told], last["entry_id"].to_numpy(dtype=object))
    return to


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


def another_need(now: pd.DataFrame, last: pd.DataFrame, rows: Positions, left: Positions) -> Bools:
    """Which of ``rows`` are of another need than ``left`` of the last run, by what both say?

    They are for the other side, or, at another organisation, of a service that does not see the
    same problem.
    """
    (side, service, whose), (other_side, other_service, others) = (
        [column_of(run, name).iloc[at].astype(object) for name in _SEEN_BY]
        for run, at in ((last, left), (now, rows))
    )
    of = services(pd.concat([service, other_service], ignore_index=True).astype("category"))
    one, other = np.split(of.family, [len(left)])
    unlike = (one >= 0) & (other >= 0) & (one != other) & ~of.neighbour[one, other]
    elsewhere = whose.to_numpy() != others.to_numpy()
    return np.asarray(opposite(side.to_numpy(), other_side.to_numpy()) | (unlike & elsewhere))


_SEEN_BY = ("laterality", "treatment_function_code", "organisation")


def opposite(one: NDArray[np.object_], other: NDArray[np.object_]) -> Bools:
    """Left and right; a side that is missing, and both sides, are opposite to nothing."""
    return np.asarray(
        ((one == "left") & (other == "right")) | ((one == "right") & (other == "left")), dtype=bool
    )


def _kept_apart(
    now: pd.DataFrame, last: pd.DataFrame, found: Pairs, apart: Collection[tuple[str, str]]
) -> Bools:
    one = last["entry_id"].to_numpy(dtype=object)[found.left]
    other = now["entry_id"].to_numpy(dtype=object)[found.row]
    return are_pairs(one, other, apart)


def _beside(last: pd.DataFrame, found: Pairs) -> Bools:
    """Rows that waited last time already, as another need than that of the entry.

    They are where they were, so they say nothing of one that has left since; but a pathway that is
    still listed says where its test or its follow-up belongs, and a need that came up when the list
    of the entry did not (``list_run``) was never beside it, nor was one that answered for it.
    """
    need = last["pathway_id"].to_numpy(dtype=object)
    waited = (last["outcome"] != str(Outcome.NOT_WAITING)).to_numpy()
    moved = (last["departure"].astype(object) == str(Departure.MOVED)).to_numpy(dtype=bool)
    own = ~moved & ~last["list_state"].isin(_OF_A_PATHWAY).to_numpy()
    other = (need[found.before] != need[found.left]) & waited[found.before]
    if "list_run" in last:
        since, newest = (last[name].to_numpy() for name in ("pathway_since", "list_run"))
        other &= since[found.before] <= newest[found.left]
    own = own[found.left] & ~found.known
    return np.asarray((found.before >= 0) & other & own, dtype=bool)
