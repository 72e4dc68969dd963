"""Groups: the fast way equals the plain walk; pairs: every pair once, large patients bounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings, strategies as st

from waitlist_merge.pathways import pairs
from waitlist_merge.pathways.grouping import (
    ACTIVE,
    CANCER,
    LEFT,
    PLANNED,
    RIGHT,
    ROUTINE,
    Edges,
    components,
    group,
    walk,
)

SIZE = 7
TRAIT = st.sampled_from(
    [
        0,
        0,
        int(LEFT),
        int(RIGHT),
        int(PLANNED),
        int(ACTIVE),
        int(CANCER | ACTIVE),
        int(ROUTINE | ACTIVE),
    ]
)
EDGE = st.tuples(
    st.integers(0, SIZE - 2),
    st.integers(1, SIZE - 1),
    st.booleans(),
    st.integers(1, 2),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["", "", "", "barred", "parted", "forced"]),
)


def edges_of(drawn) -> Edges:
    kept = {(a, b): rest for a, b, *rest in drawn if a < b}
    a, b = (np.array([pair[side] for pair in kept], dtype=np.int64) for side in (0, 1))
    joining, tier, weight, identified, apart = zip(*kept.values(), strict=True)
    held = np.array(apart)
    return Edges(
        a=a,
        b=b,
        joining=(np.array(joining) & (held == "")) | (held == "forced"),
        tier=np.array(tier, dtype=np.int8),
        weight=np.array(weight, dtype=np.float32),
        rank=a * SIZE + b,
        identified=np.array(identified),
        barred=held == "barred",
        parted=held == "parted",
        forced=held == "forced",
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(EDGE, min_size=1, max_size=14).filter(lambda d: any(e[0] < e[1] for e in d)),
    st.lists(TRAIT, min_size=SIZE, max_size=SIZE),
)
def test_conflicts_apart_the_fast_grouping_is_the_plain_walk(drawn, traits):
    edges, held = edges_of(drawn), np.array(traits, dtype=np.uint8)
    groups, refused = group(edges, held, size=SIZE)
    slow = walk(edges, held)
    made = edges.joining & ~slow
    expected = components(edges.a[made], edges.b[made], SIZE)
    assert [groups[i] == groups[j] for i in range(SIZE) for j in range(SIZE)] == [
        expected[i] == expected[j] for i in range(SIZE) for j in range(SIZE)
    ]
    assert (groups[edges.a[refused]] != groups[edges.b[refused]]).all()
    inside = groups[edges.a] == groups[edges.b]
    decided = components(edges.a[edges.forced], edges.b[edges.forced], SIZE)
    assert inside[edges.forced].all()
    assert (decided[edges.a] == decided[edges.b])[inside & edges.barred].all()
    for number in set(groups.tolist()):
        mine = groups == number
        bits = np.bitwise_or.reduce(held[mine])
        together = [np.bitwise_or.reduce(held[decided == part]) for part in set(decided[mine])]
        for one, other in ((LEFT, RIGHT), (PLANNED, ACTIVE)):
            both = bits & one and bits & other
            assert not both or any(part & one and part & other for part in together)
    surely = edges.joining & ~slow & (edges.identified | edges.forced)
    by_identifier = components(edges.a[surely], edges.b[surely], SIZE)
    for i in np.flatnonzero(held & CANCER):
        for j in np.flatnonzero(held & ROUTINE):
            assert groups[i] != groups[j] or by_identifier[i] == by_identifier[j]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-1, 4), max_size=30), st.integers(1, 40))
def test_pairs_within_blocks_are_all_pairs_once(blocks, chunk):
    block = np.array(blocks, dtype=np.int64)
    whole = pairs.CHUNK
    pairs.CHUNK = chunk
    try:
        made = [
            tuple(sorted(pair))
            for a, b in pairs.within(block, np.arange(len(block)))
            for pair in zip(a.tolist(), b.tolist(), strict=True)
        ]
    finally:
        pairs.CHUNK = whole
    expected = {
        (i, j)
        for i in range(len(blocks))
        for j in range(i + 1, len(blocks))
        if blocks[i] == blocks[j] >= 0
    }
    assert len(made) == len(set(made))
    assert set(made) == expected


def test_a_wrong_patient_with_thousands_of_entries_makes_few_pairs():
    size = 4000
    patient = np.zeros(size, dtype=np.int32)
    service = np.arange(size) % 3
    identifier = np.arange(size) // 2
    made = list(pairs.candidates(patient, (identifier, service), np.arange(size)))
    count = sum(len(a) for a, _ in made)
    assert size // 2 <= count <= 2 * size
    seen = {tuple(sorted(p)) for a, b in made for p in zip(a.tolist(), b.tolist(), strict=True)}
    assert len(seen) == count
    assert {(0, 1), (0, 3)} <= seen
