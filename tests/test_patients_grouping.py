"""Groups: the fast way equals the plain walk, and no group holds what may not meet."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from waitlist_merge.patients.grouping import Edges, group, parted, walk

SIZE = 8


@st.composite
def graphs(draw):
    """A few candidate links among eight records, some of which carry an identity."""
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
            .filter(lambda pair: pair[0] != pair[1])
            .map(lambda pair: (min(pair), max(pair))),
            max_size=12,
            unique=True,
        )
    )
    count = len(pairs)
    weights = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    kinds = st.sampled_from(["", "", "barred", "forced"])
    kind = np.array(draw(st.lists(kinds, min_size=count, max_size=count)), dtype="<U6")
    identity = draw(st.lists(st.integers(-1, 2), min_size=SIZE, max_size=SIZE))
    positions = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    weight = np.array(weights, dtype=np.float32)
    edges = Edges(
        positions[:, 0],
        positions[:, 1],
        weight,
        positions[:, 0].astype(np.int64) * SIZE + positions[:, 1],
        (weight >= 4) | (kind == "forced"),
        kind == "barred",
        forced=kind == "forced",
    )
    return edges, np.array(identity, dtype=np.int32)


def slow_groups(edges, identity, margin):
    """The plain walk over all links, and its groups by plain search."""
    refusal = walk(edges, (identity,), margin=margin)
    made = edges.strong & ~edges.barred & (refusal == 0)
    label = list(range(SIZE))
    for _ in range(SIZE):
        for a, b, yes in zip(edges.a, edges.b, made, strict=True):
            if yes:
                label[a] = label[b] = min(label[a], label[b])
    return label


def partition(labels):
    """Which records share a label, whatever the label is called."""
    return sorted(sorted(np.flatnonzero(np.array(labels) == each)) for each in set(labels))


@given(graphs(), st.sampled_from([0.0, 3.0]))
def test_fast_grouping_equals_the_plain_walk(graph, margin):
    edges, identity = graph
    fast, _ = group(edges, [identity], size=SIZE, margin=margin)
    assert partition(fast.tolist()) == partition(slow_groups(edges, identity, margin))


@given(graphs(), st.sampled_from([0.0, 3.0]))
def test_only_a_decision_puts_two_identities_or_a_barred_pair_in_one_group(graph, margin):
    edges, identity = graph
    groups, refusal = group(edges, [identity], size=SIZE, margin=margin)
    assert (groups[edges.a] == groups[edges.b])[edges.forced].all()
    forced = components(edges, edges.forced)
    for each in set(groups.tolist()):
        values = {int(value) for value in identity[groups == each]} - {-1}
        decided = [
            {int(identity[at]) for at in range(SIZE) if forced[at] == part} - {-1}
            for part in {forced[at] for at in range(SIZE) if groups[at] == each}
        ]
        assert len(values) <= 1 or any(values <= held for held in decided)
    meets = (groups[edges.a] == groups[edges.b]) & edges.barred
    assert all(forced[edges.a[at]] == forced[edges.b[at]] for at in np.flatnonzero(meets))
    assert not refusal[~edges.strong | edges.forced].any()


def components(edges, where):
    """The part of each record, by plain search."""
    label = list(range(SIZE))
    for _ in range(SIZE):
        for a, b in zip(edges.a[where], edges.b[where], strict=True):
            label[a] = label[b] = min(label[a], label[b])
    return label


@given(graphs(), st.permutations(range(SIZE)))
def test_order_of_records_changes_no_group(graph, order):
    edges, identity = graph
    moved = np.array(order, dtype=np.int32)
    shuffled = Edges(
        moved[edges.a],
        moved[edges.b],
        edges.weight,
        edges.rank,
        edges.strong,
        edges.barred,
        forced=edges.forced,
    )
    there = np.empty_like(identity)
    there[moved] = identity
    groups, _ = group(edges, [identity], size=SIZE, margin=3.0)
    again, _ = group(shuffled, [there], size=SIZE, margin=3.0)
    assert partition(groups.tolist()) == partition(again[moved].tolist())


def test_a_rival_that_fits_as_well_is_asked():
    """A record without a number between two people with one: nobody guesses."""
    edges = Edges(
        np.array([0, 1], dtype=np.int32),
        np.array([2, 2], dtype=np.int32),
        np.array([12.0, 11.0], dtype=np.float32),
        np.array([0, 1]),
        np.array([True, True]),
        np.array([False, False]),
    )
    identity = np.array([5, 6, -1], dtype=np.int32)
    groups, refusal = group(edges, [identity], size=3, margin=5.0)
    assert len(set(groups.tolist())) == 3
    assert refusal.tolist() == [2, 2]
    groups, refusal = group(edges, [identity], size=3, margin=0.5)
    assert groups[0] == groups[2] != groups[1]
    assert refusal.tolist() == [0, 1]


@given(graphs(), st.lists(st.booleans(), min_size=12, max_size=12))
def test_components_with_some_links_unmade_are_those_of_the_others(graph, made):
    edges, _ = graph
    joined = np.array(made[: len(edges.a)], dtype=bool)
    every = np.ones(len(joined), dtype=bool)
    found = parted(numbered(edges, every), edges.a, edges.b, joined)
    assert found.tolist() == numbered(edges, joined).tolist()


def numbered(edges, where):
    """The components of these links, numbered as they appear."""
    return np.unique(components(edges, where), return_inverse=True)[1]
