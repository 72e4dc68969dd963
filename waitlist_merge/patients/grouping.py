"""Which records are one person, all links taken together?

Strongest links first. A link is not made where it would put two records in one group that are
known to be two people (other valid NHS numbers, other person keys, a vetoed pair), or where a
rival fits the record almost as well: it is asked instead, and the reason is named.

A bar that rests on how one record looks (a garbled given name, a missing birth date) may be
outvoted: of ten records of a person one is garbled, and it must not hold the other nine apart.
Two groups with such bars between them are joined where more pairs between them agree in name and
are strong than are barred; a barred pair alone never is.

What people have decided comes first: ``forced`` links are made whatever stands against them.

Whole components without any such conflict are joined at once; only the few that have one are
walked link by link, which gives the same result (tested against the plain walk).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from waitlist_merge.forest import root
from waitlist_merge.reasons import Veto

Group = NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True)
class Edges:
    """Candidate links: positions, weight, a rank that breaks ties by content, what each may do.

    ``strong`` links may join; ``barred`` pairs are two people; the rest are rivals only. ``votes``
    is -1 for a bar that may be outvoted, 1 for a link that outvotes such bars, else 0; without it
    no bar is. ``forced`` links are strong ones that people have decided on.
    """

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    weight: NDArray[np.float64]
    rank: NDArray[np.uint64]
    strong: NDArray[np.bool_]
    barred: NDArray[np.bool_]
    votes: NDArray[np.int8] | None = None
    forced: NDArray[np.bool_] | None = None

    def __getitem__(self, where: NDArray[np.integer] | NDArray[np.bool_]) -> Edges:
        return Edges(
            self.a[where],
            self.b[where],
            self.weight[where],
            self.rank[where],
            self.strong[where],
            self.barred[where],
            None if self.votes is None else self.votes[where],
            None if self.forced is None else self.forced[where],
        )


def group(
    edges: Edges, identities: Iterable[NDArray[np.int32]], *, size: int, margin: float
) -> tuple[Group, NDArray[np.int8]]:
    """Group number of each record (0.. in order of first appearance), and the refusal of each edge.

    ``identities`` are code arrays (-1 missing) of which one group may hold one value only. The
    refusal is 0, or 1 for a group conflict, or 2 for a close rival; only strong edges are refused.
    """
    codes = tuple(identities)
    rows, a, b = _linked(edges, size)
    component = _components(a, b, len(rows))
    conflicted = _conflicted(component, [each[rows] for each in codes], a[edges.barred])
    inside = conflicted[component[a]]
    walked = np.flatnonzero(inside)
    joined = edges.strong & ~edges.barred & ~inside
    refusal = np.zeros(len(edges.a), dtype=np.int8)
    if len(walked):
        refusal[walked] = walk(edges[walked], codes, margin=margin)
        joined[walked] = edges.strong[walked] & ~edges.barred[walked] & (refusal[walked] == 0)
    return _among_all(parted(component, a, b, joined), rows, size), refusal


def _linked(edges: Edges, size: int) -> tuple[NDArray[np.int64], Group, Group]:
    """The rows of any pair, and where both ends of each pair stand among them."""
    linked = np.zeros(size, dtype=bool)
    linked[edges.a] = linked[edges.b] = True
    place = np.cumsum(linked, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(linked), place[edges.a], place[edges.b]


def _among_all(group: Group, rows: NDArray[np.int64], size: int) -> Group:
    """The groups of these rows among all, of which every other is a group by itself."""
    first = np.ones(size, dtype=bool)
    first[rows] = _appears_first(group)
    found = np.cumsum(first, dtype=np.int32) - np.int32(1)
    found[rows] = found[rows[first[rows]]][group]
    return found


def _components(a: NDArray[np.integer], b: NDArray[np.integer], size: int) -> Group:
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), (size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)


def parted(
    component: Group, a: NDArray[np.int32], b: NDArray[np.int32], joined: NDArray[np.bool_]
) -> Group:
    """The components of the links that are ``joined``, given those of all links.

    Nearly all links are: only components that hold another are looked at again.

    >>> a, b = np.array([0, 1], dtype=np.int32), np.array([1, 3], dtype=np.int32)
    >>> parted(np.array([0, 0, 1, 0]), a, b, np.array([True, False])).tolist()
    [0, 0, 1, 2]
    """
    if joined.all():
        return component
    open_ = np.zeros(int(component.max()) + 1, dtype=bool)
    open_[component[a[~joined]]] = True
    rows = np.flatnonzero(open_[component])
    inside = joined & open_[component[a]]
    ends = np.searchsorted(rows, a[inside]), np.searchsorted(rows, b[inside])
    part = _components(*ends, len(rows))
    first = _appears_first(component)
    whole = np.flatnonzero(first)
    first[rows] = _appears_first(part)
    number = np.cumsum(first, dtype=np.int32) - np.int32(1)
    found = number[whole][component]
    found[rows] = number[rows[first[rows]]][part]
    return found


def _appears_first(group: Group) -> NDArray[np.bool_]:
    """Which records are the first of their group? Groups are numbered as they appear."""
    return np.diff(np.maximum.accumulate(group), prepend=np.int32(-1)) > 0


def _conflicted(
    component: Group, identities: Iterable[NDArray[np.int32]], barred: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which components hold two values of one identity, or one of the ``barred`` ends?"""
    found = np.zeros(int(component.max(initial=-1)) + 1, dtype=bool)
    for codes in identities:
        known = np.flatnonzero(codes >= 0)
        low = np.full(len(found), np.iinfo(np.int32).max, dtype=np.int32)
        high = np.full(len(found), -1, dtype=np.int32)
        np.minimum.at(low, component[known], codes[known])
        np.maximum.at(high, component[known], codes[known])
        found |= (high >= 0) & (high > low)
    found[component[barred]] = True
    return found


def walk(
    edges: Edges, identities: tuple[NDArray[np.int32], ...], *, margin: float
) -> NDArray[np.int8]:
    """The plain walk: strongest link first, each made unless refused; the refusal of each edge."""
    forest = _Forest(edges, identities)
    refusal = np.zeros(len(edges.a), dtype=np.int8)
    forced = np.zeros(len(edges.a), bool) if edges.forced is None else edges.forced
    for at in np.lexsort((edges.rank, -edges.weight, ~forced)):
        if not edges.strong[at] or edges.barred[at]:
            continue
        one, other = forest.root(edges.a[at]), forest.root(edges.b[at])
        if one == other:
            continue
        if forced[at]:
            forest.join(one, other)
        elif forest.conflict(one, other):
            refusal[at] = 1
        elif forest.rival(one, other, edges.weight[at] - margin):
            refusal[at] = 2
        else:
            forest.join(one, other)
    ends = zip(edges.a, edges.b, strict=True)
    together = np.asarray([forest.root(a) == forest.root(b) for a, b in ends], dtype=bool)
    refusal[together] = 0
    return refusal


REFUSALS = ("", Veto.GROUP_CONFLICT, Veto.CLOSE_RIVAL)
"""Why a strong link was not made, by its code."""


class _Forest:
    """Groups so far: the identities, the barred records and the edges of each."""

    def __init__(self, edges: Edges, identities: tuple[NDArray[np.int32], ...]) -> None:
        self.parent: dict[int, int] = {}
        self.values: dict[int, list[frozenset[int]]] = {}
        self.barred: defaultdict[int, set[int]] = defaultdict(set)
        self.voting: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.touching: defaultdict[int, list[tuple[float, int, int]]] = defaultdict(list)
        votes = np.zeros(len(edges.a), np.int8) if edges.votes is None else edges.votes
        for at in range(len(edges.a)):
            a, b, vote = int(edges.a[at]), int(edges.b[at]), int(votes[at])
            for each, other in ((a, b), (b, a)):
                if each not in self.parent:
                    self.parent[each] = each
                    self.values[each] = [_known(int(codes[each])) for codes in identities]
                if vote:
                    self.voting[each].append((other, vote))
                if not edges.barred[at]:
                    self.touching[each].append((float(edges.weight[at]), a, b))
                elif not vote:
                    self.barred[each].add(other)

    def root(self, record: int) -> int:
        return root(self.parent, int(record))

    def conflict(self, one: int, other: int, beside: int | None = None) -> bool:
        """Are these two groups known to be two people?

        Only a decision puts two values of one identity in a group. They are one then, for the two
        groups and for a third one ``beside`` which both of them fit.
        """
        held = self.values[one if beside is None else beside]
        values = zip(self.values[one], self.values[other], held, strict=True)
        if any(x and y and not (x <= y or y <= x or x | y <= both) for x, y, both in values):
            return True
        if any(self.root(each) == other for each in self.barred[one]):
            return True
        votes = [vote for each, vote in self.voting[one] if self.root(each) == other]
        return -1 in votes and sum(votes) <= 0

    def rival(self, one: int, other: int, least: float) -> bool:
        """Does either group fit a third one about as well that conflicts with the second?"""
        for mine, theirs in ((one, other), (other, one)):
            for weight, a, b in self.touching[mine]:
                if weight < least:
                    continue
                third = self.root(b) if self.root(a) == mine else self.root(a)
                if third not in (one, other) and self.conflict(third, theirs, beside=mine):
                    return True
        return False

    def join(self, one: int, other: int) -> None:
        keep, gone = min(one, other), max(one, other)
        self.parent[gone] = keep
        self.values[keep] = [
            x | y for x, y in zip(self.values[keep], self.values[gone], strict=True)
        ]
        self.barred[keep] |= self.barred.pop(gone, set())
        self.voting[keep] += self.voting.pop(gone, [])
        self.touching[keep] += self.touching.pop(gone, [])


def _known(code: int) -> frozenset[int]:
    """The value of one record: none where it does not say."""
    return frozenset() if code < 0 else frozenset((code,))
