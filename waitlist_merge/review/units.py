"""Which entries of the last run were certainly one need, so that they answer for each other?

Those of one row that was certain. What was proposed beside it answers for itself, for nothing
unanswered is ever treated as yes; and entries that people had joined are one no longer once their
organisations do not say so any more.

>>> positions_of({("E-2", "E-9"), ("E-1", "E-2")}, np.array(["E-1", "E-2"]))
(array([0]), array([1]))
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from waitlist_merge.pathways.columns import Bools, has_word
from waitlist_merge.reasons import Confidence, Departure, Outcome
from waitlist_merge.review.sameness import Codes, Positions, few_among
from waitlist_merge.review.spoken import Pair

SURE = frozenset(
    str(each)
    for each in (Outcome.SINGLE, Outcome.SHOWN, Outcome.CONFIRMED_DUPLICATE, Outcome.UNREADABLE)
)
"""Outcomes of entries that were certainly the need of their row."""


def units(
    last: pd.DataFrame, joined: Collection[Pair] = (), released: Collection[Pair] = ()
) -> Codes:
    """A number for each certain need: entries of one number answer for each other.

    One that has left is certain only where its row was so as a whole, or where another certain one
    explained it: what was proposed beside it is the sure and single entry of its row by now, and
    answers for nobody but itself. Where none did, it is certain of those that left as it did, and
    of nobody who is listed under the id of its need by now, unless people have ``joined`` the two,
    nor of one that it moved to, for an identifier alone ties these.
    ``released`` are pairs that people had joined and no longer do.
    """
    names, need = (last[name].to_numpy(dtype=object) for name in ("entry_id", "pathway_id"))
    there = last["left_date"].isna().to_numpy()
    there |= has_word(last, "departure", Departure.STILL_LISTED, Departure.AGREED)
    one, other = positions_of(joined, names)
    told = (need[one] == need[other]) & (there[one] | there[other])
    there[one[told]] = there[other[told]] = True
    stayed = last["moved_to"].isna().to_numpy()
    firm = there | (stayed & has_word(last, "pathway_confidence", Confidence.CERTAIN))
    sure = last["outcome"].isin(SURE).to_numpy() & firm
    unit = pd.factorize(np.where(sure, need, names))[0].astype(np.int64) * 2 + there
    one, other = positions_of(released, names)
    alike = unit[one] == unit[other]
    return fallen_apart(unit, one[alike], other[alike])


def positions_of(
    pairs: Collection[Pair], names: NDArray[np.generic]
) -> tuple[Positions, Positions]:
    """Where both entries of each pair are among ``names``; a pair that is not is left out."""
    if not pairs:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    ends = np.array(sorted(pairs), dtype=object)
    one, other = few_among(ends.ravel(), names).reshape(-1, 2).T
    both = (one >= 0) & (other >= 0)
    return one[both], other[both]


def are_pairs(
    one: pd.Series | NDArray[np.object_],
    other: pd.Series | NDArray[np.object_],
    pairs: Collection[Pair],
) -> Bools:
    """Which of these ids, each beside its other, are one of ``pairs``, whichever comes first?

    >>> are_pairs(pd.Series(["E-2", "E-1"]), pd.Series(["E-1", "E-3"]), {("E-1", "E-2")})
    array([ True, False])
    """
    if not pairs:
        return np.zeros(len(one), dtype=bool)
    either = [*pairs, *((b, a) for a, b in pairs)]
    return np.asarray(pd.MultiIndex.from_arrays([one, other]).isin(either), dtype=bool)


def fallen_apart(unit: Codes, one: Positions, other: Positions) -> Codes:
    """The numbers, where these pairs of one number no longer tie it together.

    What is still tied to both of a pair keeps them together.

    >>> fallen_apart(np.array([0, 0, 5, 5, 5]), np.array([0, 2]), np.array([1, 3])).tolist()
    [0, 6, 5, 5, 5]
    """
    found = unit.copy()
    for each in np.unique(unit[one]):
        members = np.flatnonzero(unit == each)
        tied = np.ones((len(members), len(members)), dtype=bool)
        mine = unit[one] == each
        a, b = (np.searchsorted(members, end[mine]) for end in (one, other))
        tied[a, b] = tied[b, a] = False
        parts, part = connected_components(csr_matrix(tied), directed=False)
        anew = found.max() + 1 + np.arange(parts)
        found[members] = np.append(each, anew)[part]
    return found
