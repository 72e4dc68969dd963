"""Which link is to be doubted first, where a strong link was refused?

A link is refused because joining would put two records in one group that are known to be two
people, or because a rival fits almost as well (``grouping``). If the refused link is right after
all, then another one is wrong: of a group, the weakest on the way between those two records; of a
rival, the link to it. The question names that link, so that a person knows where else to look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.patients.grouping import REFUSALS, Edges, Group
from waitlist_merge.reasons import Veto

NONE = -1
"""No link to doubt: the position of none."""

DOUBT = "; if they are one person, doubt the link of "
"""Begins the part of an explanation that names two other entries."""

CONFLICT, RIVAL = REFUSALS.index(Veto.GROUP_CONFLICT), REFUSALS.index(Veto.CLOSE_RIVAL)


def doubted(
    edges: Edges,
    refusal: NDArray[np.int8],
    groups: Group,
    identities: Iterable[NDArray[np.int32]],
    asked: NDArray[np.int64],
    *,
    margin: float,
) -> NDArray[np.int64]:
    """The link to doubt first for each link at ``asked``; both are positions in ``edges``.

    -1 where the link was not refused, or where no other link stands against it.
    """
    found = np.full(len(asked), NONE, dtype=np.int64)
    refused = np.flatnonzero(refusal[asked] > 0)
    if not len(refused):
        return found
    around = _Around(edges, refusal, groups, tuple(identities), asked[refused])
    for place in refused:
        at = int(asked[place])
        found[place] = around.weakest(at) if refusal[at] == CONFLICT else around.rival(at, margin)
    return found


class _Around:
    """The groups that the refused links are about: their links, and who is known to be two."""

    def __init__(
        self,
        edges: Edges,
        refusal: NDArray[np.int8],
        groups: Group,
        identities: tuple[NDArray[np.int32], ...],
        refused: NDArray[np.int64],
    ) -> None:
        self.edges, self.groups, self.identities = edges, groups, identities
        concerned = np.unique(groups[np.append(edges.a[refused], edges.b[refused])])
        one, other = groups[edges.a], groups[edges.b]
        near = np.isin(one, concerned) | np.isin(other, concerned)
        there = np.unique(np.append(one[near], other[near]))
        self.members: defaultdict[int, list[int]] = defaultdict(list)
        for row in np.flatnonzero(np.isin(groups, there)).tolist():
            self.members[int(groups[row])].append(row)
        self.strength = np.empty(len(edges.a), dtype=np.int64)
        self.strength[np.lexsort((edges.rank, -edges.weight))] = np.arange(len(edges.a))
        votes = np.zeros(len(edges.a), np.int8) if edges.votes is None else edges.votes
        self.barred = self._beside(np.flatnonzero(near & edges.barred & (votes == 0)))
        self.voting = self._beside(np.flatnonzero(near & (votes != 0)))
        self.votes = votes
        made = edges.strong & ~edges.barred & (refusal == 0) & (one == other)
        self.tree = self._strongest_tree(np.flatnonzero(near & made))
        self.touching: defaultdict[int, list[int]] = defaultdict(list)
        for at in np.flatnonzero(near & ~edges.barred & (one != other)):
            self.touching[int(one[at])].append(int(at))
            self.touching[int(other[at])].append(int(at))

    def weakest(self, at: int) -> int:
        """The weakest link on any way, over this one, between two records that are two people."""
        ways = [list(self._ways(int(end))) for end in (self.edges.a[at], self.edges.b[at])]
        for two_people in (self._two_people, self._seem_two):
            worst = [
                max(one, other, key=self._weakness)
                for x, one in ways[0]
                for y, other in ways[1]
                if two_people(x, y)
            ]
            if worst:
                break
        # A pair that is two people with no link between them: no other link can be the wrong one.
        return NONE if NONE in worst else max(worst, key=self._weakness, default=NONE)

    def rival(self, at: int, margin: float) -> int:
        """The strongest link of either group to a third one that is another person."""
        ends = [int(self.groups[each]) for each in (self.edges.a[at], self.edges.b[at])]
        rivals = [
            link
            for mine, theirs in (ends, ends[::-1])
            for link in self.touching[mine]
            if self.edges.weight[link] >= self.edges.weight[at] - margin
            and (third := self._across(link, mine)) not in ends
            and self._conflict(third, theirs)
        ]
        return min(rivals, key=self._weakness, default=NONE)

    def _weakness(self, link: int) -> int:
        return NONE if link == NONE else int(self.strength[link])

    def _ends(self, links: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
        return zip(self.edges.a[links].tolist(), self.edges.b[links].tolist(), strict=True)

    def _strongest_tree(self, made: NDArray[np.int64]) -> dict[int, list[tuple[int, int]]]:
        """The strongest links that hold each group together: record -> (record, link)."""
        tree: dict[int, list[tuple[int, int]]] = defaultdict(list)
        parent: dict[int, int] = {}

        def root(record: int) -> int:
            while parent.setdefault(record, record) != record:
                parent[record] = parent[parent[record]]
                record = parent[record]
            return record

        made = made[np.argsort(self.strength[made])]
        for at, (a, b) in zip(made.tolist(), self._ends(made), strict=True):
            if root(a) != root(b):
                parent[root(a)] = root(b)
                tree[a].append((b, at))
                tree[b].append((a, at))
        return tree

    def _ways(self, start: int) -> Iterator[tuple[int, int]]:
        """Each record of a group, and the weakest link on the way to it; none to itself."""
        waiting, seen = [(start, NONE)], {start}
        while waiting:
            record, worst = waiting.pop()
            yield record, worst
            for beyond, link in self.tree.get(record, ()):
                if beyond not in seen:
                    seen.add(beyond)
                    waiting.append((beyond, max(worst, link, key=self._weakness)))

    def _across(self, link: int, group: int) -> int:
        one, other = int(self.groups[self.edges.a[link]]), int(self.groups[self.edges.b[link]])
        return other if one == group else one

    def _beside(self, links: NDArray[np.int64]) -> defaultdict[int, dict[int, int]]:
        """For each record the records that these links tie it to, and the link."""
        found: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for at, (a, b) in zip(links.tolist(), self._ends(links), strict=True):
            found[a][b] = found[b][a] = at
        return found

    def _two_people(self, x: int, y: int) -> bool:
        return y in self.barred[x] or any(
            codes[x] >= 0 and codes[y] >= 0 and codes[x] != codes[y] for codes in self.identities
        )

    def _vote(self, x: int, y: int) -> int:
        return int(self.votes[self.voting[x][y]]) if y in self.voting[x] else 0

    def _seem_two(self, x: int, y: int) -> bool:
        """Barred, but only by how one of the two looks (see ``grouping``)."""
        return self._vote(x, y) < 0

    def _conflict(self, one: int, other: int) -> bool:
        """Are these two groups known to be two people? The same rule as in ``grouping``."""
        pairs = [(x, y) for x in self.members[one] for y in self.members[other]]
        votes = [self._vote(x, y) for x, y in pairs]
        return any(self._two_people(x, y) for x, y in pairs) or (-1 in votes and sum(votes) <= 0)


def name_doubted(
    links: pd.DataFrame,
    edges: Edges,
    found: NDArray[np.int64],
    entry_ids: ExtensionArray | None,
) -> pd.DataFrame:
    """The links with the one to doubt: ``doubted_a``, ``doubted_b`` and ``doubted_weight``.

    Positions are -1 and the weight is missing where there is none. The explanation names it too, by
    entry ids or, without them, by rows.
    """
    some = np.flatnonzero(found != NONE)
    ends = np.full((2, len(links)), NONE, dtype=np.int32)
    ends[:, some] = edges.a[found[some]], edges.b[found[some]]
    weight = np.full(len(links), np.nan)
    weight[some] = edges.weight[found[some]]
    told = links["explanation"].to_numpy(dtype=object).copy()
    for at in some:
        a, b = ends[:, at]
        pair = f"rows {a} and {b}" if entry_ids is None else f"{entry_ids[a]} and {entry_ids[b]}"
        told[at] += f"{DOUBT}{pair} ({weight[at]:.1f} bits)"
    return links.assign(
        explanation=told, doubted_a=ends[0], doubted_b=ends[1], doubted_weight=weight
    )
