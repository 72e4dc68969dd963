"""A list did not come: how are patients and needs as many as they were, neither more nor fewer?

Two that only an entry of that list ties are kept together (``holding``), and two that only an entry
of it tells apart are kept apart (``parting``), so that no id splits, merges or ends because of it.

>>> from waitlist_merge.review.holding import NO_LINKS, Groups
>>> one = Groups(np.array([0], np.int32), NO_LINKS)
>>> hold("patient", one, pd.DataFrame(), None, np.array([-1]), ["RM3"]) is one
True
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.decided import NONE, Decided
from waitlist_merge.id_order import order_of
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import PatientRelation, Relation
from waitlist_merge.review.holding import held
from waitlist_merge.review.naming import SAID, says_the_same
from waitlist_merge.review.parting import parted
from waitlist_merge.review.sameness import Positions
from waitlist_merge.review.snapshot import listed


def hold(
    level: str,
    match: Patients,
    now: pd.DataFrame,
    then: pd.DataFrame | None,
    position: Positions,
    absent: Collection[str],
    *,
    decided: Decided = NONE,
    within: NDArray[np.integer] | None = None,
) -> Patients:
    """The groups of a level, ``patient`` or ``pathway``, with nothing that only the absence did.

    ``now`` are the entries of this run, ``then`` those of the last snapshot, ``position`` the place
    in these of each of those, -1 where it is new; ``absent`` are the organisations that sent no
    list. What people have ``decided`` of two holds as ever. Only entries of one number in
    ``within`` are kept together.
    """
    if then is None or not absent:
        return match
    there = listed(then)
    ids = set(there.loc[there["organisation"].isin(list(absent)), f"{level}_id"].astype(str))
    if not ids:
        return match
    before = np.array([*then[f"{level}_id"].astype(object), None], dtype=object)[position]
    place = order_of(now["entry_id"])
    of_people = level == "patient"
    apart = parted(
        match,
        before,
        ids,
        same=says_the_same(now, then, position, SAID[level]),
        place=place,
        relation=str(PatientRelation.HELD_APART) if of_people else None,
        decided=decided,
    )
    organisation = now["organisation"].to_numpy(dtype=object)

    def named(a: int, b: int) -> str:
        if of_people:
            return str(PatientRelation.SAME_PERSON)
        return str(_REPEAT[organisation[a] != organisation[b]])

    return held(apart, before, ids, place=place, relation=named, within=within)


_REPEAT = (Relation.REPEAT_SAME_ORGANISATION, Relation.REPEAT_OTHER_ORGANISATION)
"""What two entries of one need are to each other, of one organisation and of two."""
