"""Which id does each patient, and each need, keep from the last run?

The group with most of an id's entries keeps it: first by entries that wait, then by all, then the
group with the entry that has had it longest, then by those that say the same as before, then the
older id, then the group of whose entries the id was made, then the smallest entry: so two that were
joined and are parted again have their own, whichever row was put right. Ids of which no entry is
left may go on with the same person or the same identifier at another organisation (``also``). Every
other group gets the id that its entries make, or one that nobody has, and every entry whose id
changes is logged: the ids, and why.

>>> ids = stable_ids("P", np.array([0, 0, 1]), ["E-1", "E-2", "E-3"], None, run=1)
>>> ids.ids[0] == ids.ids[1] != ids.ids[2], ids.since.tolist()
(True, [1, 1, 1])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.group_ids import ids_by_rank
from waitlist_merge.id_letters import check_characters
from waitlist_merge.id_order import order_of
from waitlist_merge.identity import keyed_hashes
from waitlist_merge.reasons import Joins
from waitlist_merge.review.keys import Key, by_keys

LOG_COLUMNS = ("event", "old_id", "new_id", "entries", "why")
MERGED, SPLIT, MOVED = "merged", "split", "moved"

Int = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Before:
    """The groups of the last run: of each of its entries the id, and since which run it has it.

    ``waited`` says which of them waited; ``position`` is the place in them of each entry of this
    run, -1 for a new one, and ``unchanged`` whether that entry says the same as it did.
    """

    ids: NDArray[np.object_]
    since: NDArray[np.int32]
    waited: NDArray[np.bool_]
    position: Int
    unchanged: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class StableIds:
    """The id of each entry's group, since which run it has that, and what became of other ids.

    ``log`` has ``LOG_COLUMNS``: ``entries`` entries went from ``old_id`` to ``new_id`` because ids
    were ``merged``, an id was ``split``, or the group ``moved`` to other entries (both ids equal).
    """

    ids: NDArray[np.object_]
    since: NDArray[np.int32]
    log: pd.DataFrame


def stable_ids(
    prefix: str,
    group: NDArray[np.integer],
    entry_ids: Sequence[str] | NDArray[np.object_],
    before: Before | None,
    *,
    run: int,
    ranks: NDArray[np.uint64] | None = None,
    order: Int | None = None,
    also: Sequence[Key] = (),
    held: NDArray[np.bool_] | None = None,
    links: pd.DataFrame | None = None,
) -> StableIds:
    """The ids of the groups of a run, kept from the last one; the order of rows changes nothing.

    ``group`` numbers the groups from 0. A new group's id is made from ``ranks`` of its entries (by
    default a hash of their ids), as it is without a register. ``order`` is the place of each entry
    by id, worked out where it is not given. ``held`` are entries of the last run that hold their id
    though they are not in this one. ``links`` (a, b, joins, veto, weight, explanation) say why ids
    were merged or split.
    """
    names = np.asarray(entry_ids, dtype=object)
    if ranks is None:
        ranks = pd.util.hash_array(names, categorize=False)
    own = np.asarray(ids_by_rank(prefix, group.astype(np.int32), ranks), dtype=object)
    if before is None or not len(before.ids):
        return StableIds(own, np.full(len(own), run, np.int32), _log([]))
    code, known_ids = pd.factorize(before.ids)
    since = np.full(len(known_ids), run, dtype=np.int64)
    np.minimum.at(since, code, before.since.astype(np.int64))
    size = int(group.max(initial=-1)) + 1
    order = order_of(pd.Series(names)) if order is None else order
    first = np.zeros(size, dtype=np.int64)
    first[group] = np.arange(len(group))
    of = _by_entries(group, order, before, code, since, np.asarray(known_ids), own[first])
    holding = np.zeros(len(code), dtype=bool) if held is None else held.copy()
    holding[before.position[before.position >= 0]] = True
    of, moved = by_keys(of, group, code, holding, also)
    ids_of_group = np.asarray(known_ids, dtype=object)[of]
    fresh = np.flatnonzero(of < 0)
    ids_of_group[fresh] = _unused(prefix, own[first[fresh]], set(known_ids.tolist()))
    ids = np.asarray(ids_of_group[group], dtype=object)
    there = np.flatnonzero(before.position >= 0)
    there = there[before.ids[before.position[there]] == ids[there]]
    has_since = np.full(len(ids), run, dtype=np.int32)
    has_since[there] = before.since[before.position[there]]
    went_on = [(MOVED, ids_of_group[at], ids_of_group[at], count, why) for at, count, why in moved]
    log = pd.concat([id_changes(ids, before, links), _log(went_on)], ignore_index=True)
    return StableIds(ids, has_since, log)


def _by_entries(
    group: NDArray[np.integer],
    order: Int,
    before: Before,
    code: Int,
    since: Int,
    known_ids: NDArray[np.object_],
    own: NDArray[np.object_],
) -> Int:
    """The code of the id that each group keeps by the entries it holds, -1 for none.

    ``own`` is the id that each group's entries make.
    """
    kept = np.flatnonzero(before.position >= 0)
    old = code[before.position[kept]]
    pairs = pd.DataFrame(
        {
            "old": old,
            "new": group[kept].astype(np.int64),
            "waited": before.waited[before.position[kept]],
            "since": before.since[before.position[kept]],
            "unchanged": before.unchanged[kept],
            "place": order[kept],
        }
    )
    found = pairs.groupby(["old", "new"], as_index=False, sort=False).agg(
        waited=("waited", "sum"),
        count=("place", "size"),
        longest=("since", "min"),
        same=("unchanged", "sum"),
        place=("place", "min"),
    )
    found["since"] = since[found["old"]]
    found["name"] = order_of(pd.Series(known_ids))[found["old"]]
    found["made"] = known_ids[found["old"]] == own[found["new"]]
    found = found.sort_values(
        ["waited", "count", "longest", "same", "since", "name", "made", "place"],
        ascending=[False, False, True, False, True, True, False, True],
    )
    return _first_come(found["old"].to_numpy(), found["new"].to_numpy(), len(known_ids), len(own))


def _first_come(old: Int, new: Int, olds: int, size: int) -> Int:
    """Pairs in order: each takes the other where both are free. Those without a rival at once."""
    of = np.full(size, -1, dtype=np.int64)
    lone = (np.bincount(old, minlength=olds)[old] == 1) & (
        np.bincount(new, minlength=size)[new] == 1
    )
    of[new[lone]] = old[lone]
    given: set[int] = set()
    for one, other in zip(old[~lone].tolist(), new[~lone].tolist(), strict=True):
        if of[other] < 0 and one not in given:
            of[other] = one
            given.add(one)
    return of


def _unused(prefix: str, own: NDArray[np.object_], taken: set[str]) -> list[str]:
    """Each new group's own id, or where that was given before, one made from it that was not."""
    found = []
    for each in own.tolist():
        fresh = each
        while fresh in taken:
            body = keyed_hashes([fresh])[0]
            fresh = f"{prefix}-{body}{check_characters([body])[0]}"
        taken.add(fresh)
        found.append(fresh)
    return found


def id_changes(
    ids: NDArray[np.object_], before: Before, links: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What became of ids that entries no longer have: ``merged`` into an older id, or ``split``.

    Columns are ``LOG_COLUMNS``; ``links`` say why.
    """
    there = np.flatnonzero(before.position >= 0)
    was = before.ids[before.position[there]]
    other = was != ids[there]
    moved = pd.DataFrame({"old": was[other], "new": ids[there[other]]})
    if moved.empty:
        return _log([])
    moved["merged"] = moved["new"].isin(set(before.ids.tolist()))
    counted = moved.groupby(["old", "new", "merged"], as_index=False).size()
    whole = np.full(len(ids), None, dtype=object)
    whole[there] = was
    touched = np.zeros(len(ids), dtype=bool)
    touched[there[other]] = True
    if links is None:
        links = pd.DataFrame({"a": [], "b": []}, dtype=np.int64)
    links = links[touched[links["a"]] | touched[links["b"]]]
    return _log(
        [
            (
                MERGED if merged else SPLIT,
                old,
                new,
                count,
                _why(links, whole, ids, old, new, merged),
            )
            for old, new, merged, count in counted.itertuples(index=False, name=None)
        ]
    )


def _why(
    links: pd.DataFrame,
    was: NDArray[np.object_],
    ids: NDArray[np.object_],
    old: str,
    new: str,
    merged: bool,
) -> str:
    """The strongest link that joins the two, or that now keeps them apart."""
    nothing = "An entry that ties them is new or changed" if merged else "Nothing ties them now"
    if links.empty:
        return nothing
    a, b = links["a"].to_numpy(), links["b"].to_numpy()
    if merged:
        inside = (ids[a] == new) & (ids[b] == new) & ((was[a] == old) != (was[b] == old))
        inside &= (links["joins"] == str(Joins.YES)).to_numpy()
    else:
        inside = ((ids[a] == new) & (was[b] == old) & (ids[b] != new)) | (
            (ids[b] == new) & (was[a] == old) & (ids[a] != new)
        )
    if not inside.any():
        return nothing
    best = links[inside].sort_values(["weight", "explanation"], ascending=[False, True]).iloc[0]
    return str(best["explanation"])


def _log(rows: list[tuple[str, str, str, int, str]]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=list(LOG_COLUMNS))
    return made.sort_values(["event", "old_id", "new_id"], ignore_index=True)
