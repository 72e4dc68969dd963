"""Which entries are one pathway, all links taken together?

What people have decided comes first, then shared identifiers, then the strongest links. A link is
not made where it would put two entries in one group that a veto keeps apart: it is asked instead
(``group_conflict``). Components without any conflict are joined at once; only the few that have one
are walked link by link, which gives the same result (tested).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from waitlist_merge.forest import root
from waitlist_merge.pathways.columns import Bools

Group = NDArray[np.int32]

LEFT, RIGHT, PLANNED, ACTIVE, CANCER, ROUTINE = (np.uint8(1 << bit) for bit in range(6))
CLASHES: tuple[tuple[np.uint8, np.uint8], ...] = ((LEFT, RIGHT), (PLANNED, ACTIVE))
"""Traits that no group may hold together, whatever links it."""
WEAK_CLASHES: tuple[tuple[np.uint8, np.uint8], ...] = ((CANCER, ROUTINE),)
"""Traits that only a shared identifier may bring together (design: vetoes)."""


@dataclass(frozen=True, eq=False, slots=True)
class Edges:
    """Pairs of entries: the links that would join, and the pairs that may not share a group.

    ``joining`` links join unless refused; ``tier`` (0 first), ``weight`` and ``rank`` say in which
    order; ``identified`` links rest on a shared identifier. ``barred`` pairs never share a group;
    ``parted`` ones (a different procedure, say) do so only through identifiers. ``forced`` links
    are decided by people: nothing refuses them.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    joining: Bools
    tier: NDArray[np.int8]
    weight: NDArray[np.float32]
    rank: NDArray[np.int64]
    identified: Bools
    barred: Bools
    parted: Bools
    forced: Bools

    def __getitem__(self, where: NDArray[np.integer] | Bools) -> Self:
        return type(self)(*(getattr(self, each.name)[where] for each in fields(self)))


def components(a: NDArray[np.integer], b: NDArray[np.integer], size: int) -> Group:
    """Number of the component of each of ``size`` positions, linked by the pairs.

    >>> components(np.array([0]), np.array([2]), 3).tolist()
    [0, 1, 0]
    """
    # Most positions are in no pair: only the others are looked at.
    linked = np.zeros(size, dtype=bool)
    linked[a] = linked[b] = True
    at = np.flatnonzero(linked)
    place = np.cumsum(linked, dtype=np.int32) - 1
    graph = coo_matrix((np.ones(len(a), np.int8), (place[a], place[b])), (len(at), len(at)))
    label = connected_components(graph, directed=False)[1]
    first = np.full(int(label.max(initial=-1)) + 1, size, dtype=np.int64)
    np.minimum.at(first, label, at)
    begins = ~linked
    begins[first] = True
    number = np.cumsum(begins, dtype=np.int32) - 1
    number[at] = number[first[label]]
    return np.asarray(number, dtype=np.int32)


def group(edges: Edges, traits: NDArray[np.uint8], *, size: int) -> tuple[Group, Bools]:
    """Group of each entry, and which links were refused because of a conflict.

    ``traits`` holds the bits LEFT to ROUTINE of each entry.
    """
    together = components(edges.a[edges.joining], edges.b[edges.joining], size)
    conflicted = _conflicted(edges, traits, together)
    refused = np.zeros(len(edges.a), dtype=bool)
    inside = conflicted[together[edges.a]] & (together[edges.a] == together[edges.b])
    walked = np.flatnonzero(inside)
    if len(walked):
        refused[walked] = walk(edges[walked], traits)
    made = edges.joining & ~refused
    groups = components(edges.a[made], edges.b[made], size)
    return groups, refused & (groups[edges.a] != groups[edges.b])


def held_by(groups: Group, traits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The traits that each group holds, be it of one entry or of several."""
    held = np.zeros(int(groups.max(initial=-1)) + 1, dtype=np.uint8)
    np.bitwise_or.at(held, groups, traits)
    return held


def clash(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Bools:
    """Where one of two holds suspected cancer and the other routine.

    >>> clash(np.array([CANCER, 0]), np.array([CANCER | ROUTINE, ROUTINE])).tolist()
    [True, False]
    """
    found = np.zeros(len(one), dtype=bool)
    for this, that in WEAK_CLASHES:
        found |= (one & this > 0) & (other & that > 0)
        found |= (one & that > 0) & (other & this > 0)
    return found


def _conflicted(edges: Edges, traits: NDArray[np.uint8], together: Group) -> Bools:
    """Which components hold a clash of traits or a pair that may not share a group?"""
    held = held_by(together, traits)
    found = np.zeros(len(held), dtype=bool)
    for one, other in (*CLASHES, *WEAK_CLASHES):
        found |= (held & one > 0) & (held & other > 0)
    apart = (edges.barred | edges.parted) & (together[edges.a] == together[edges.b])
    found[together[edges.a[apart]]] = True
    return found


def walk(edges: Edges, traits: NDArray[np.uint8]) -> Bools:
    """The plain walk, strongest link first, each made unless its groups may not be one.

    Shared identifiers go first, so that what they may bring together (suspected cancer with
    routine) is never brought together by a weaker link that came before.
    """
    forest = _Forest(edges, traits)
    refused = np.zeros(len(edges.a), dtype=bool)
    first = (~edges.identified, ~edges.forced)
    for at in np.lexsort((edges.rank, -edges.weight, edges.tier, *first)):
        if not edges.joining[at]:
            continue
        one, other = forest.root(int(edges.a[at])), forest.root(int(edges.b[at]))
        if one == other:
            continue
        sure = bool(edges.identified[at])
        if not edges.forced[at] and forest.conflict(one, other, identified=sure):
            refused[at] = True
        else:
            forest.join(one, other)
    return refused


class _Forest:
    """Groups so far: what traits they hold, and from which entries they are kept apart."""

    def __init__(self, edges: Edges, traits: NDArray[np.uint8]) -> None:
        members = {int(each) for each in np.concatenate([edges.a, edges.b])}
        self.parent = {each: each for each in members}
        self.held = {each: int(traits[each]) for each in members}
        self.barred: defaultdict[int, set[int]] = defaultdict(set)
        self.parted: defaultdict[int, set[int]] = defaultdict(set)
        for apart, pairs in ((self.barred, edges.barred), (self.parted, edges.parted)):
            for a, b in zip(edges.a[pairs].tolist(), edges.b[pairs].tolist(), strict=True):
                apart[a].add(b)
                apart[b].add(a)

    def root(self, entry: int) -> int:
        return root(self.parent, entry)

    def conflict(self, one: int, other: int, *, identified: bool) -> bool:
        """May these two groups not be one?

        Only a decision puts two clashing traits in a group, which then may take either.
        """
        mine, theirs = self.held[one], self.held[other]
        if any({mine & (x | y), theirs & (x | y)} == {x, y} for x, y in CLASHES):
            return True
        weak = () if identified else WEAK_CLASHES
        if any((mine & x and theirs & y) or (mine & y and theirs & x) for x, y in weak):
            return True
        kept = (self.barred,) if identified else (self.barred, self.parted)
        return any(self.root(each) == other for apart in kept for each in apart[one])

    def join(self, one: int, other: int) -> None:
        self.parent[other] = one
        self.held[one] |= self.held.pop(other)
        self.barred[one] |= self.barred.pop(other, set())
        self.parted[one] |= self.parted.pop(other, set())
