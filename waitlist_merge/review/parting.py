"""Which entries stay two patients, or two needs, though the list that told them apart did not come?

An organisation sends no list. Two that were two only because of what an entry of it says would look
like one this week, and fall apart again when the list is back. So of two that were two in the run
before nobody but people makes one: not where a list that did not come knows either of them, nor by
two rows that say what they said then. Where a link would join them they are asked about.

>>> told = {"relation": "same_person", "joins": "yes", "confidence": "probable", "veto": "",
...         "weight": 9.0, "explanation": "Same names"}
>>> links = pd.DataFrame([{"a": 0, "b": 1} | told])
>>> kept = parted(Groups(np.array([0, 0], np.int32), links), np.array(["P-1", "P-2"], object),
...               {"P-2"}, same=np.ones(2, bool), place=np.arange(2), relation="held_apart")
>>> kept.group.tolist(), kept.links[["relation", "joins", "veto"]].to_numpy().tolist()
([0, 1], [['held_apart', 'asked', 'not_refreshed']])
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.decided import NONE, Decided, pair_keys
from waitlist_merge.forest import root
from waitlist_merge.pathways.columns import Bools, has_word
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Confidence, Joins, Veto
from waitlist_merge.review.holding import Groups, renumbered

WHY = "Two in the run before, and a list that may tell them apart did not come"

_SURE = [str(each) for each in Confidence]


def parted(
    match: Patients,
    before: NDArray[np.object_],
    absent_ids: Collection[str],
    *,
    same: Bools,
    place: NDArray[np.integer],
    relation: str | None = None,
    decided: Decided = NONE,
) -> Groups:
    """The groups without those of which only the absence of a list made one.

    ``before`` is the id that each entry had in the last run, None where it was not there;
    ``absent_ids`` are ids of the last run that an entry of an absent organisation has; ``same``
    says which entries say what they said then. ``place`` is the place of each entry when sorted by
    id, ``relation`` what two that stay two are called, as their link has it by default. Pairs that
    people have ``decided`` to join stay joined.
    """
    group, links = match.group, match.links
    of = _of_several(group, before)
    if not of.size:
        return Groups(group, links)
    joined = np.flatnonzero(has_word(links, "joins", Joins.YES))
    joined = joined[np.isin(group[links["a"].to_numpy()[joined]], of)]
    said = pair_keys(decided.a[decided.joined], decided.b[decided.joined], len(group))
    ends = links.iloc[joined][["a", "b"]].to_numpy()
    forced = np.isin(pair_keys(ends[:, 0], ends[:, 1], len(group)), said)
    order = _strongest_first(links.iloc[joined], forced, place)
    members = np.flatnonzero(np.isin(group, of))
    parts = _Parts(group, before, members, frozenset(absent_ids))
    for at in order.tolist():
        one, other = ends[at].tolist()
        parts.link(one, other, forced=bool(forced[at]), new=not (same[one] and same[other]))
    # The parts are numbered by an entry of each, and the other groups after them.
    number = group.astype(np.int64) + len(group)
    number[members] = [parts.root(each) for each in members.tolist()]
    return Groups(renumbered(number), _with_asked(links, joined[order], number, relation))


def _of_several(group: NDArray[np.int32], before: NDArray[np.object_]) -> NDArray[np.int32]:
    """The groups that hold entries of several ids of the last run."""
    known = np.flatnonzero(pd.notna(before))
    pairs = pd.DataFrame({"group": group[known], "id": pd.factorize(before[known])[0]})
    of = pairs.drop_duplicates()["group"]
    return of[of.duplicated()].unique()


def _strongest_first(
    links: pd.DataFrame, forced: Bools, place: NDArray[np.integer]
) -> NDArray[np.int64]:
    """The order in which links join: what people said, then the surest, then the heaviest."""
    one, other = (place[links[end].to_numpy()] for end in ("a", "b"))
    sure = pd.Categorical(links["confidence"].astype(object), categories=_SURE).codes
    weight = -links["weight"].to_numpy(dtype=np.float64)
    return np.lexsort((np.maximum(one, other), np.minimum(one, other), weight, sure, ~forced))


@dataclass(slots=True)
class _Parts:
    """The parts of groups so far, and which ids of the last run each of them holds."""

    group: NDArray[np.int32]
    before: NDArray[np.object_]
    members: NDArray[np.int64]
    absent: frozenset[str]
    parent: dict[int, int] = field(init=False)
    ids: dict[int, set[str]] = field(init=False)

    def __post_init__(self) -> None:
        # What was one and is one by all the evidence stays one, whatever ties it now.
        first: dict[tuple[int, str], int] = {}
        self.parent, self.ids = {}, {}
        for each, number, name in self._labelled():
            top = each if name is None else first.setdefault((number, name), each)
            self.parent[each] = top
            if top == each:
                self.ids[each] = set() if name is None else {name}

    def _labelled(self) -> Iterator[tuple[int, int, str | None]]:
        for each in self.members.tolist():
            name = self.before[each]
            yield each, int(self.group[each]), None if pd.isna(name) else str(name)

    def root(self, entry: int) -> int:
        return root(self.parent, entry)

    def link(self, a: int, b: int, *, forced: bool, new: bool) -> None:
        """Join the parts of two entries, unless they were two and only a list is missing.

        ``new`` says that a row of the two is new, or says something new.
        """
        one, other = sorted((self.root(a), self.root(b)))
        if one == other:
            return
        mine, theirs = self.ids[one], self.ids[other]
        untold = not new or not self.absent.isdisjoint(mine | theirs)
        if mine and theirs and untold and not forced:
            return
        self.parent[other] = one
        self.ids[one] = mine | self.ids.pop(other)


def _with_asked(
    links: pd.DataFrame, walked: NDArray[np.int64], part: NDArray[np.int64], relation: str | None
) -> pd.DataFrame:
    """The links; of those between two parts the strongest is asked, and no other is told."""
    one, other = (part[links[end].to_numpy()[walked]] for end in ("a", "b"))
    between = walked[one != other]
    if not between.size:
        return links
    keys = pair_keys(one[one != other], other[one != other], len(part))
    again = pd.Series(keys).duplicated().to_numpy()
    asked, told = between[~again], np.ones(len(links), dtype=bool)
    told[between[again]] = False
    said = {
        "joins": str(Joins.ASKED),
        "confidence": str(Confidence.POSSIBLE),
        "veto": str(Veto.NOT_REFRESHED),
        **({} if relation is None else {"relation": relation}),
    }
    changed = links.copy()
    for name, word in said.items():
        column = links[name].astype(object)
        column.iloc[asked] = word
        changed[name] = column.astype("string")
    column = links["explanation"].astype(object)
    column.iloc[asked] = WHY + "; " + column.iloc[asked].astype(str)
    changed["explanation"] = column.astype("string")
    return changed[told].reset_index(drop=True)
