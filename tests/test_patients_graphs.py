"""Groups and the links to doubt on random graphs, against networkx and a slow plain oracle."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import waitlist_merge as wm
from waitlist_merge.patients.doubted import NONE, doubted, name_doubted
from waitlist_merge.patients.grouping import Edges, group

STRONG = 4.0
MARGINS = st.sampled_from([0.0, 2.0, 5.0])


@st.composite
def graphs(draw, *, people=True):
    """Links among up to twelve records; with ``people`` some are barred or carry identities."""
    size = draw(st.integers(2, 12))
    every = [(a, b) for a in range(size) for b in range(a + 1, size)]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, max_size=24))
    count = len(pairs)
    weight = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    barred = [False] * count
    votes = [0] * count
    identity = [-1] * size
    if people:
        yes_or_no, numbers = st.sampled_from([False] * 4 + [True]), st.sampled_from([-1, -1, 0, 1])
        barred = draw(st.lists(yes_or_no, min_size=count, max_size=count))
        identity = draw(st.lists(numbers, min_size=size, max_size=size))
        voting = draw(st.lists(st.booleans(), min_size=count, max_size=count))
        votes = [
            yes * (-1 if bar else bits >= STRONG)
            for yes, bar, bits in zip(voting, barred, weight, strict=True)
        ]
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    edges = Edges(
        ends[:, 0],
        ends[:, 1],
        np.array(weight, dtype=np.float64),
        np.arange(count, dtype=np.uint64),
        np.array(weight) >= STRONG,
        np.array(barred, dtype=bool),
        np.array(votes, dtype=np.int8),
    )
    return edges, np.array(identity, dtype=np.int32)


def partition(labels):
    return {frozenset(np.flatnonzero(labels == each).tolist()) for each in np.unique(labels)}


@given(graphs(people=False), MARGINS)
def test_without_two_people_groups_are_the_components_of_networkx(graph, margin):
    edges, identity = graph
    plain = nx.Graph()
    plain.add_nodes_from(range(len(identity)))
    plain.add_edges_from(zip(edges.a[edges.strong], edges.b[edges.strong], strict=True))
    groups, refusal = group(edges, [identity], size=len(identity), margin=margin)
    assert partition(groups) == set(map(frozenset, nx.connected_components(plain)))
    assert not refusal.any()


class Plain:
    """The rules of grouping as they are written, over sets of records; slow and obvious."""

    def __init__(self, edges, identity):
        self.edges, self.identity = edges, identity
        self.groups = [{record} for record in range(len(identity))]
        ends = zip(edges.a.tolist(), edges.b.tolist(), strict=True)
        self.ends = [frozenset(pair) for pair in ends]

    def of(self, record):
        return next(each for each in self.groups if record in each)

    def vote(self, x, y):
        told = zip(self.ends, self.edges.votes.tolist(), strict=True)
        return sum(vote for pair, vote in told if pair == {x, y})

    def two_people(self, x, y):
        barred = [pair for pair, yes in zip(self.ends, self.edges.barred, strict=True) if yes]
        own, other = self.identity[x], self.identity[y]
        hard = frozenset((x, y)) in barred and not self.vote(x, y)
        return hard or (own >= 0 and other >= 0 and own != other)

    def conflict(self, one, other):
        votes = [self.vote(x, y) for x in one for y in other]
        hard = any(self.two_people(x, y) for x in one for y in other)
        return hard or (-1 in votes and sum(votes) <= 0)

    def rivals(self, at, margin):
        """Links of either side to a third group that is known to be another person."""
        sides = [self.of(each) for each in self.ends[at]]
        found = []
        for link, pair in enumerate(self.ends):
            if self.edges.barred[link] or self.edges.weight[link] < self.edges.weight[at] - margin:
                continue
            x, y = sorted(pair)
            for near, far in ((x, y), (y, x)):
                for mine, theirs in (sides, sides[::-1]):
                    third = self.of(far)
                    if near in mine and third not in sides and self.conflict(third, theirs):
                        found.append(link)
        return found

    def run(self, margin):
        refused = [0] * len(self.ends)
        for at in sorted(range(len(self.ends)), key=lambda at: (-self.edges.weight[at], at)):
            if not self.edges.strong[at] or self.edges.barred[at]:
                continue
            one, other = (self.of(each) for each in self.ends[at])
            if one is other:
                continue
            if self.conflict(one, other):
                refused[at] = 1
            elif self.rivals(at, margin):
                refused[at] = 2
            else:
                self.groups = [each for each in self.groups if each not in (one, other)]
                self.groups.append(one | other)
        return [
            0 if self.of(min(pair)) is self.of(max(pair)) else code
            for pair, code in zip(self.ends, refused, strict=True)
        ]


@settings(max_examples=300)
@given(graphs(), MARGINS)
def test_groups_and_refusals_are_those_of_the_plain_rules(graph, margin):
    edges, identity = graph
    plain = Plain(edges, identity)
    expected = plain.run(margin)
    groups, refusal = group(edges, [identity], size=len(identity), margin=margin)
    assert partition(groups) == set(map(frozenset, plain.groups))
    assert refusal.tolist() == expected


def weakest_by_networkx(plain, at, made):
    """Over all ways between two people across this link, in the tree of strongest links."""
    edges = plain.edges
    held = nx.Graph()
    held.add_nodes_from(range(len(plain.identity)))
    for link in made:
        held.add_edge(*plain.ends[link], weight=(edges.weight[link], -link), link=link)
    order = sorted(made, key=lambda link: (-edges.weight[link], link))
    for place, link in enumerate(order):
        held.edges[tuple(plain.ends[link])]["weight"] = -place
    tree = nx.maximum_spanning_tree(held)
    worst = []
    a, b = edges.a[at], edges.b[at]
    between = [(x, y) for x in plain.of(a) for y in plain.of(b)]
    hard = [pair for pair in between if plain.two_people(*pair)]
    for x, y in hard or [pair for pair in between if plain.vote(*pair) < 0]:
        ways = [nx.shortest_path(tree, a, x), nx.shortest_path(tree, b, y)]
        steps = [tree.edges[step] for way in ways for step in pairwise(way)]
        worst.append(min(steps, key=lambda step: step["weight"])["link"] if steps else NONE)
    if NONE in worst:
        return NONE
    return min(worst, key=lambda link: (edges.weight[link], -link))


@settings(max_examples=300)
@given(graphs(), MARGINS)
def test_the_link_to_doubt_is_the_weakest_that_stands_against(graph, margin):
    edges, identity = graph
    plain = Plain(edges, identity)
    plain.run(margin)
    groups, refusal = group(edges, [identity], size=len(identity), margin=margin)
    every = np.arange(len(edges.a))
    found = doubted(edges, refusal, groups, [identity], every, margin=margin)
    together = groups[edges.a] == groups[edges.b]
    made = np.flatnonzero(edges.strong & ~edges.barred & (refusal == 0) & together).tolist()
    for at in every:
        if refusal[at] == 0:
            assert found[at] == NONE
        elif refusal[at] == 1:
            assert found[at] == weakest_by_networkx(plain, at, made)
        else:
            # Where bars are outvoted later on, the rival may be one no longer.
            rivals = plain.rivals(at, margin)
            strongest = min(rivals, key=lambda link: (-edges.weight[link], link), default=NONE)
            assert found[at] == strongest
            assert rivals or edges.votes.any()


def edges_of(*links):
    ends = np.array([link[:2] for link in links], dtype=np.int32)
    weight = np.array([link[2] for link in links], dtype=np.float64)
    return Edges(
        ends[:, 0],
        ends[:, 1],
        weight,
        np.arange(len(links), dtype=np.uint64),
        weight >= STRONG,
        np.zeros(len(links), dtype=bool),
    )


def test_a_chain_between_two_people_is_named_at_its_weakest():
    """0 and 4 have two numbers; 0-1-2 and 3-4 hold, 2-3 is refused: 1-2 is the weakest."""
    edges = edges_of((0, 1, 20), (1, 2, 9), (3, 4, 12), (2, 3, 8))
    identity = np.array([0, -1, -1, -1, 1], dtype=np.int32)
    groups, refusal = group(edges, [identity], size=5, margin=0.0)
    assert refusal.tolist() == [0, 0, 0, 1]
    found = doubted(edges, refusal, groups, [identity], np.array([3]), margin=0.0)
    assert found.tolist() == [1]
    links = pd.DataFrame({"a": [2], "b": [3], "explanation": ["same birth date (+13.2)"]})
    ids = np.array([f"E-{at}" for at in range(5)], dtype=object)
    said = name_doubted(links, edges, found, ids).iloc[0]
    assert (said["doubted_a"], said["doubted_b"], said["doubted_weight"]) == (1, 2, 9.0)
    assert said["explanation"] == (
        "same birth date (+13.2); if they are one person, doubt the link of E-1 and E-2 (9.0 bits)"
    )


PEOPLE = pd.DataFrame(
    {
        "nhs_number": ["4123456014", None, "4123535208"],
        "family_name": ["Thornbury"] * 3,
        "given_name": ["Rosalind"] * 3,
        "birth_date": ["1957-03-08"] * 3,
        "postcode": ["LS6 2AB"] * 3,
    }
)


@pytest.fixture(scope="module")
def held():
    return wm.match_patients(PEOPLE)


def test_a_held_link_names_the_one_that_stands_against_it(held):
    asked = held.questions[held.questions["veto"].isin(["close_rival", "group_conflict"])]
    assert len(asked)
    for link in asked.itertuples():
        assert link.doubted_a >= 0
        assert {link.doubted_a, link.doubted_b} != {link.a, link.b}
        assert f"doubt the link of rows {link.doubted_a} and {link.doubted_b}" in link.explanation
        told = wm.explain_patients(held, int(link.doubted_a), int(link.doubted_b))
        assert told.weight == pytest.approx(link.doubted_weight, abs=1e-9)
    others = held.links[~held.links["veto"].isin(["close_rival", "group_conflict"])]
    assert (others["doubted_a"] == NONE).all()
    assert others["doubted_weight"].isna().all()


def test_the_review_queue_names_it_by_entry_id():
    lists = [
        wm.Extract.from_frame(PEOPLE.iloc[[at]].assign(rtt_status="20"), organisation=code)
        for at, code in enumerate(["RM3", "RW3", "RTX"])
    ]
    result = wm.merge(lists, census_date="2026-11-15")
    named = result.review_queue.loc[
        result.review_queue["veto"].isin(["close_rival", "group_conflict"]), "why"
    ]
    assert len(named)
    ids = set(result.entries["entry_id"])
    told = named.str.extract(r"doubt the link of (\S+) and (\S+) \(")
    assert set(told.to_numpy().ravel()) <= ids
