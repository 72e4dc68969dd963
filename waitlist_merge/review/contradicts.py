"""Do two rows speak of two needs, or of two people, by what both of them say?

Of an entry of the last run and a row of this one that may go on with its need. What is missing
contradicts nothing.

>>> opposite(np.array(["left", "left", "left"], object), np.array(["right", "left", None], object))
array([ True, False, False])
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.services import services
from waitlist_merge.review.one_number import two_people
from waitlist_merge.review.sameness import Positions, column_of, two_runs

IDENTIFIERS = ("patient_pathway_identifier", "unique_booking_reference_number")


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


def of_another(now: pd.DataFrame, last: pd.DataFrame, rows: Positions, left: Positions) -> Bools:
    """Which of ``rows`` are of another need or another person than ``left``, by what both say?"""
    unlike = another_need(now, last, rows, left) | two_people(now, last, rows, left)
    return np.asarray(unlike)


def another_identifier(
    now: pd.DataFrame, last: pd.DataFrame, rows: Positions, left: Positions
) -> Bools:
    """Which of ``rows`` say another identifier than ``left`` of the last run, and none that agrees?

    >>> one, other = (pd.DataFrame({"patient_pathway_identifier": pd.Categorical([name])})
    ...               for name in ("RM3000000000000012345", "RM3000000000000054321"))
    >>> another_identifier(one, other, np.array([0]), np.array([0])).tolist()
    [True]
    """
    agree, differ = _identifiers(now, last, rows, left)
    return np.asarray(differ & ~agree)


def turned(
    now: pd.DataFrame,
    last: pd.DataFrame,
    rows: Positions,
    before: Positions,
    left: Positions,
    *,
    joined: Bools,
) -> Bools:
    """Which of ``rows`` say now that they are of another need than ``left``, and did not before?

    ``before`` is the place of each of them in the last run. What people have ``joined`` they joined
    whatever its identifiers; of the others, the one that both had is no longer there.
    """
    need = of_another(now, last, rows, left) & ~of_another(last, last, before, left)
    shared, _ = _identifiers(last, last, before, left)
    number = another_identifier(now, last, rows, left) & shared & ~joined
    return np.asarray(need | number)


def _identifiers(
    now: pd.DataFrame, last: pd.DataFrame, rows: Positions, left: Positions
) -> tuple[Bools, Bools]:
    """Where any identifier of both rows agrees, and where any differs."""
    runs = two_runs(now.iloc[rows], last.iloc[left], IDENTIFIERS)
    agree, differ = np.zeros((2, len(rows)), dtype=bool)
    for name in IDENTIFIERS:
        one, other = runs.now[name], runs.then[name]
        agree |= (one == other) & (one >= 0)
        differ |= (one != other) & (one >= 0) & (other >= 0)
    return agree, differ
