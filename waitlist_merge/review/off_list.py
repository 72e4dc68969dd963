"""Which entries of the last run are on no list now, though what they said of their need holds?

Those of an organisation that sent no list; and those that were closed, or are no longer sent, while
the same need is listed by another entry: a duplicate was taken off one of two lists, as people
agreed. Not one whose own row says that the clock stopped, that the patient was treated
or has died, nor one that was handed over from abroad, where no clock of ours ran.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.combined.exclusions import ABROAD
from waitlist_merge.pathways.columns import Bools, codes, has_word, is_in, matches
from waitlist_merge.pathways.match import of_patient
from waitlist_merge.pathways.state import TRANSFERRED_OUT
from waitlist_merge.reasons import Departure
from waitlist_merge.review.departures import NOT_WAITING, said
from waitlist_merge.review.moved import LISTED_ELSEWHERE
from waitlist_merge.review.same_identifier import OWN
from waitlist_merge.review.sameness import Positions, places
from waitlist_merge.review.snapshot import Snapshot


@dataclass(frozen=True, eq=False, slots=True)
class OffList:
    """The patients of such entries alone: ``then`` in the last run, ``now`` in this one.

    ``position`` is the place in ``then`` of each of ``now``, -1 where it is new. Of each of
    ``then``: ``unsent`` ones are of an absent organisation, ``closed`` ones left while their need
    may be listed.
    """

    then: pd.DataFrame
    now: pd.DataFrame
    position: Positions
    unsent: Bools
    closed: Bools


def off_list(
    last: Snapshot,
    absent: Collection[str],
    position: Positions,
    now: pd.DataFrame,
    *,
    run_date: dt.date,
) -> OffList | None:
    """The entries that are off their list, with all of their patients; None where there are none.

    ``now`` has a row for each entry of this run, ``position`` its place in ``last``; ``waits`` is
    true of those that wait, and there is what ``departures.said`` reads.
    """
    then = last.entries
    here = position >= 0
    there, waiting = np.zeros((2, len(then)), dtype=bool)
    there[position[here]] = True
    waiting[position[here & now["waits"].to_numpy(dtype=bool)]] = True
    had_left = then["left_date"].notna().to_numpy(dtype=bool)
    unsent = ~there & ~had_left & is_in(then["organisation"].astype("category"), absent)
    waited = ~has_word(then, "outcome", NOT_WAITING)
    handed_on = ~there & ~waited & has_word(then, "rtt_status", TRANSFERRED_OUT)
    elsewhere = has_word(then, "departure", *LISTED_ELSEWHERE, Departure.UNEXPLAINED)
    # A death may be another row's word, by which nothing ends here: their own is asked for below.
    elsewhere |= has_word(then, "departure", Departure.DIED)
    elsewhere |= then["moved_to"].notna().to_numpy() & has_word(then, "departure", *OWN)
    closed = elsewhere | (waited & ~had_left) | handed_on
    closed &= ~waiting & ~unsent & ~matches(then["organisation"].astype("category"), ABROAD)
    concerned = np.zeros(len(then), dtype=bool)
    for name in ("patient_id", "pathway_id"):
        concerned |= of_patient(unsent | closed, codes(then[name].astype("category")))
    if not concerned.any():
        return None
    back = np.append(np.cumsum(concerned) - 1, -1)
    then = then[concerned]
    mine = np.append(concerned, False)[position]
    mine[~here] = now["patient_id"][~here].isin(set(then["patient_id"].astype(str)))
    rows = np.flatnonzero(mine)
    found = OffList(
        then, now.take(rows), back[position[rows]], unsent[concerned], closed[concerned]
    )
    return _unexplained(found, run_date)


def _unexplained(found: OffList, run_date: dt.date) -> OffList:
    """Without closed entries whose own row says what became of the patient."""
    rows = np.flatnonzero(found.closed)
    at = places(found.position, len(found.then))
    told = said(found.now, found.then, at, rows, run_date, by_others=False)
    found.closed[rows] = np.array([each is None for each in told], dtype=bool)
    return found
