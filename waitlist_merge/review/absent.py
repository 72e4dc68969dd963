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
from waitlist_merge.review.people import Told
from waitlist_merge.review.sameness import Positions
from waitlist_merge.review.snapshot import listed
from waitlist_merge.review.spoken import Pair
from waitlist_merge.review.units import fallen_apart, positions_of


def hold(
    level: str,
    match: Patients,
    now: pd.DataFrame,
    then: pd.DataFrame | None,
    position: Positions,
    absent: Collection[str],
    *,
    decided: Decided = NONE,
    let_go: Told = frozenset(),
    within: NDArray[np.integer] | None = None,
) -> Patients:
    """The groups of a level, ``patient`` or ``pathway``, with nothing that only the absence did.

    ``now`` are the entries of this run, ``then`` those of the last snapshot, ``position`` the place
    in these of each of those, -1 where it is new; ``absent`` are the organisations that sent no
    list. What people have ``decided`` of two holds as ever, and those whom they had joined until
    that run, and join no longer (``let_go``), count as two. Only entries of one number in
    ``within`` are kept together.
    """
    if then is None or not absent:
        return match
    there = listed(then)
    ids = set(there.loc[there["organisation"].isin(list(absent)), f"{level}_id"].astype(str))
    if not ids:
        return match
    before = np.array([*then[f"{level}_id"].astype(object), None], dtype=object)[position]
    parted_by_people = [pair for of, pair in let_go if of == level]
    before, ids = _as_two(before, ids, parted_by_people, now["entry_id"].to_numpy(dtype=object))
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


def _as_two(
    before: NDArray[np.object_], ids: set[str], pairs: Collection[Pair], names: NDArray[np.object_]
) -> tuple[NDArray[np.object_], set[str]]:
    """The id that each entry had, and those of ``ids``, where the two of a pair count as two.

    >>> had, absent = _as_two(np.array(["P-1", "P-1"], object), {"P-1"}, [("E-1", "E-2")],
    ...                       np.array(["E-1", "E-2"], object))
    >>> had.tolist(), sorted(absent)
    (['P-1', 'P-1 1'], ['P-1', 'P-1 1'])
    """
    one, other = positions_of(pairs, names)
    number = pd.factorize(before)[0].astype(np.int64)
    alike = (number[one] == number[other]) & (number[one] >= 0)
    if not alike.any():
        return before, ids
    part = fallen_apart(number, one[alike], other[alike])
    named, also = before.copy(), set()
    for at in np.flatnonzero(part != number).tolist():
        named[at] = f"{before[at]} {part[at]}"
        also |= {named[at]} if before[at] in ids else set()
    return named, ids | also


_REPEAT = (Relation.REPEAT_SAME_ORGANISATION, Relation.REPEAT_OTHER_ORGANISATION)
"""What two entries of one need are to each other, of one organisation and of two."""
