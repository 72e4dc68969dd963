"""What have people said of pairs of entries, in the form that the engine obeys?

A person's decision beats the engine: a pair that people have joined is joined whatever the weight
or veto, and a pair that they have kept apart is kept apart. Where the two contradict each other
within one group, apart wins: a false merge hides a patient.

>>> NONE.a.size
0
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True, eq=False, slots=True)
class Decided:
    """Pairs of entries that people have decided on, as positions of the run's entries.

    ``a`` < ``b`` are int32 positions, ``joined`` is True where people said that the two are one,
    False where they are kept apart; no pair is listed twice. ``said`` tells for each pair who said
    so and when, for the explanation; without it nobody is named.
    """

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    joined: NDArray[np.bool_]
    said: Sequence[str] = ()

    def __getitem__(self, where: NDArray[np.bool_]) -> Decided:
        said = [text for text, kept in zip(self.said, where, strict=False) if kept]
        return Decided(self.a[where], self.b[where], self.joined[where], said)


NONE = Decided(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.bool_))
"""Nobody has said anything."""


def one_by_decision(decided: Decided, size: int) -> NDArray[np.int32]:
    """The number of what each of ``size`` entries is part of, by the decisions to join alone.

    >>> pairs = np.array([0, 1], np.int32), np.array([1, 2], np.int32)
    >>> one_by_decision(Decided(*pairs, np.array([True, False])), 3).tolist()
    [0, 0, 1]
    """
    a, b = decided.a[decided.joined], decided.b[decided.joined]
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), (size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)


def contradicted(decided: Decided, size: int) -> NDArray[np.bool_]:
    """Decisions to join that would put two entries together which people keep apart.

    All decisions that hold such a group together are meant: nobody can tell which of them is wrong.

    >>> pairs = np.array([0, 1, 0], np.int32), np.array([1, 2, 2], np.int32)
    >>> contradicted(Decided(*pairs, np.array([True, True, False])), 3).tolist()
    [True, True, False]
    """
    part = one_by_decision(decided, size)
    broken = ~decided.joined & (part[decided.a] == part[decided.b])
    return np.asarray(decided.joined & np.isin(part[decided.a], part[decided.a[broken]]))


def obeyable(decided: Decided, size: int) -> Decided:
    """The decisions without those to join that others contradict."""
    return decided[~contradicted(decided, size)]


def pair_keys(a: NDArray[np.integer], b: NDArray[np.integer], size: int) -> NDArray[np.int64]:
    """One number for each pair of positions, whichever of the two comes first."""
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
    return np.asarray(low * size + high, dtype=np.int64)


def decisions_on(
    decided: Decided, a: NDArray[np.integer], b: NDArray[np.integer], size: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Of each pair ``a``, ``b`` the place of its decision (-1: none), and is it kept apart by it?

    >>> decided = Decided(np.array([0], np.int32), np.array([2], np.int32), np.array([False]))
    >>> place, apart = decisions_on(decided, np.array([2, 0]), np.array([0, 1]), 3)
    >>> place.tolist(), apart.tolist()
    ([0, -1], [True, False])
    """
    order = np.argsort(keys := pair_keys(decided.a, decided.b, size))
    asked = pair_keys(a, b, size)
    at = np.searchsorted(keys[order], asked)
    there = at < len(order)
    there[there] = keys[order][at[there]] == asked[there]
    place = np.full(len(asked), -1, dtype=np.int32)
    place[there] = order[at[there]]
    apart = there.copy()
    apart[there] = ~decided.joined[place[there]]
    return place, apart


def overridden(
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    bar: NDArray[np.int8],
    links: NDArray[np.bool_],
    part: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Bars that fall with a decision: of the pairs ``a``, ``b``, which hold apart no longer?

    People have joined two entries over a bar (two NHS numbers, say). What links to either of them
    then is not kept from the other, nor from what links to that one, by a bar of this kind. ``bar``
    is the kind of bar of each pair, 0 for none; ``links`` tells which pairs link; ``part`` is
    ``one_by_decision``.

    >>> pairs = np.array([0, 0, 1]), np.array([1, 2, 2])
    >>> bars, links = np.array([7, 0, 7], np.int8), np.array([False, True, False])
    >>> overridden(*pairs, bars, links, np.array([0, 0, 1], np.int32)).tolist()
    [False, False, True]
    """
    inside = (part[a] == part[b]) & (bar > 0)
    allowed = pd.DataFrame({"part": part[a[inside]], "bar": bar[inside]}).drop_duplicates()
    of = _belonging(a, b, links, part, allowed["part"].unique())
    at = np.flatnonzero((bar > 0) & ~inside & np.isin(a, of["entry"]) & np.isin(b, of["entry"]))
    bars = pd.DataFrame({"at": at, "bar": bar[at], "a": a[at], "b": b[at]})
    found = (
        bars.merge(of.rename(columns={"entry": "a"}), on="a")
        .merge(of.rename(columns={"entry": "b"}), on=["b", "part"])
        .merge(allowed, on=["part", "bar"])
    )
    falls = np.zeros(len(a), dtype=bool)
    falls[found["at"].to_numpy(dtype=np.int64)] = True
    return falls


def _belonging(
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    links: NDArray[np.bool_],
    part: NDArray[np.int32],
    parts: NDArray[np.int32],
) -> pd.DataFrame:
    """The entries of each of the parts, and those that link to one: ``entry`` and ``part``."""
    one, other = a[links], b[links]
    members = np.flatnonzero(np.isin(part, parts))
    entry = np.concatenate([members, one, other])
    of = np.concatenate([part[members], part[other], part[one]])
    told = pd.DataFrame({"entry": entry.astype(np.int64), "part": of})
    return told[np.isin(of, parts)].drop_duplicates()
