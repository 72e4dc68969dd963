"""What has become of those who moved: whose entry left, while they waited on under another one?

They are followed to the entry that they moved to, week after week. While its list does not come
they wait as it does; once it has left they have ended as it ended, and where nothing explains that,
nothing explains them. What an organisation's people say of that entry they say of it alone.

>>> found = np.array(["treated", "unexplained"], dtype=object)
>>> as_it_ended(found, np.array([1]), np.array([0])).tolist()
['treated', 'treated']
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.reasons import Departure
from waitlist_merge.review.contradicts import turned
from waitlist_merge.review.same_identifier import OWN
from waitlist_merge.review.sameness import Codes, Positions
from waitlist_merge.review.spoken import Pair
from waitlist_merge.review.units import are_pairs

OF_ONE_NEED = (Departure.AGREED, Departure.STILL_LISTED)
"""Explanations of entries that left because the same need, certainly, is listed by another."""

LISTED_ELSEWHERE = (*OF_ONE_NEED, Departure.MOVED)
"""Explanations that hold only as long as the need is listed by somebody."""

UNEXPLAINED = str(Departure.UNEXPLAINED)
MOVED = str(Departure.MOVED)


def said_to_have(found: NDArray[np.object_], *words: Departure | str) -> Bools:
    """Which entries are explained by one of these words?

    >>> said_to_have(np.array(["moved", None], dtype=object), Departure.MOVED)
    array([ True, False])
    """
    return pd.Series(found).isin([str(each) for each in words]).to_numpy(dtype=bool)


def as_it_ended(found: NDArray[np.object_], rows: Positions, to: Positions) -> NDArray[np.object_]:
    """The explanations, with those of ``rows`` that have none as the entry they moved to has one.

    ``to`` is the place of that entry for each of ``rows``, -1 for none. One that moved on in its
    turn is followed as far as something explains it: two that only moved to each other stay
    unexplained.
    """
    told = found.copy()
    asked = (to >= 0) & said_to_have(told[rows], UNEXPLAINED)
    rows, to = rows[asked], to[asked]
    while rows.size:
        theirs = told[to]
        ended = said_to_have(theirs, *OWN)
        known = ended | said_to_have(theirs, *LISTED_ELSEWHERE)
        if not known.any():
            break
        told[rows[known]] = np.where(ended, theirs, MOVED)[known]
        rows, to = rows[~known], to[~known]
    return told


def without_those_who_relied(
    found: NDArray[np.object_], unit: Codes, rows: Positions, to: Positions
) -> NDArray[np.object_]:
    """The explanations, without those that rest on an entry which has left and has none.

    Entries that left because their need (``unit``) was still listed, when now nobody lists it; and
    of ``rows`` those that moved ``to`` one of them.
    """
    told = found.copy()
    relied = np.flatnonzero(said_to_have(told, *OF_ONE_NEED))
    moved = (to >= 0) & said_to_have(told[rows], MOVED)
    rows, to = rows[moved], to[moved]
    while True:
        lost = said_to_have(told, UNEXPLAINED)
        fall = relied[np.isin(unit[relied], unit[lost]) & ~lost[relied]]
        follow = rows[lost[to] & ~lost[rows]]
        if not (fall.size or follow.size):
            return told
        told[fall] = told[follow] = UNEXPLAINED


def turned_away(
    now: pd.DataFrame,
    last: pd.DataFrame,
    at: Positions,
    rows: Positions,
    unit: Codes,
    waiting: Bools,
    joined: Collection[Pair],
) -> Positions:
    """The place of a row that no longer answers for each of ``rows``, -1 where one still does.

    ``rows`` left because their need (``unit``) was still listed by entries that are ``waiting``,
    and each of these says since this run that it is of another need (``contradicts.turned``).
    ``at`` is the place in this run of each entry of the last one, ``joined`` are pairs that people
    say are one.
    """
    mates = np.flatnonzero(waiting & np.isin(unit, unit[rows]))
    both = pd.DataFrame({"unit": unit[rows], "row": rows, "mine": np.arange(len(rows))}).merge(
        pd.DataFrame({"unit": unit[mates], "mate": mates}), on="unit"
    )
    row, mate, mine = (both[name].to_numpy(dtype=np.int64) for name in ("row", "mate", "mine"))
    one, other = (last["entry_id"].iloc[ends].astype(object).to_numpy() for ends in (row, mate))
    said = are_pairs(one, other, joined)
    gone = turned(now, last, at[mate], mate, row, joined=said)
    answered = np.zeros(len(rows), dtype=bool)
    answered[mine[~gone]] = True
    found = np.full(len(rows), -1, dtype=np.int64)
    found[mine[::-1]] = mate[::-1]
    found[answered] = -1
    return found
