"""Who stays together though the entry that tied them did not come, beside a slow obvious oracle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.reasons import PatientRelation, Relation
from waitlist_merge.review.absent import hold
from waitlist_merge.review.holding import NO_LINKS, WHY, Groups, held

SIZE = 8
BARS = [("no", ""), ("asked", "twins"), ("asked", ""), ("asked", "close_rival"), ("yes", "")]
UNKNOWN = float("nan")
WEIGHTS = [UNKNOWN, -1.0, 2.5]


def links_of(said: list[tuple[int, int, tuple[str, str]]], weights: list[float]) -> pd.DataFrame:
    """Links that are told apart by nothing but their ends and weights."""
    links = pd.DataFrame(
        [(a, b, *bar) for a, b, bar in said], columns=["a", "b", "joins", "veto"]
    ).astype({"a": np.int32, "b": np.int32})
    more = {"relation": "told", "confidence": "possible", "explanation": "Said"}
    return links.assign(**more, weight=weights, pattern=np.int32(7), share=0.5, note="of people")


def strongest(
    asked: list[tuple[int, int, float]], group: list[int], place: list[int]
) -> dict[frozenset[int], tuple[int, int, float]]:
    """Of each two groups that are asked about the link that counts: ends and weight."""
    found: dict[frozenset[int], list[tuple[int, int, float]]] = {}
    for a, b, weight in asked:
        found.setdefault(frozenset((group[a], group[b])), []).append((*sorted((a, b)), weight))
    return {
        two: max(
            links,
            key=lambda each: (
                each[2] if each[2] == each[2] else float("-inf"),
                *(-at for at in sorted(place[end] for end in each[:2])),
            ),
        )
        for two, links in found.items()
    }


def oracle(
    group: list[int],
    before: list[str | None],
    absent: set[str],
    place: list[int],
    within: list[int] | None,
    said: list[tuple[int, int, tuple[str, str]]],
) -> tuple[list[set[int]], list[tuple[int, int]]]:
    """The parts of the groups, and the two entries by which each two are told to be one."""
    parts = [{each} for each in set(group)]
    barred = [{group[a], group[b]} for a, b, (joins, veto) in said
              if joins == "no" or veto == "twins"]  # fmt: skip

    def part_of(number: int) -> set[int]:
        return next(part for part in parts if number in part)

    pairs = []
    who = within or [0] * len(group)
    for name, patient in sorted({(before[at], who[at]) for at in range(len(group))
                                 if before[at] in absent}):  # fmt: skip
        mine = [at for at in range(len(group)) if (before[at], who[at]) == (name, patient)]
        first: dict[int, int] = {}
        for at in sorted(mine, key=place.__getitem__):
            first.setdefault(group[at], at)
        size = {each: sum(before[at] == name and group[at] == each for at in range(len(group)))
                for each in first}  # fmt: skip
        largest, *others = sorted(first, key=lambda each: (-size[each], place[first[each]]))
        for each in others:
            one, other = part_of(largest), part_of(each)
            if one is other or any({a, b} in barred for a in one for b in other):
                continue
            parts.remove(other)
            one |= other
            pairs.append(tuple(sorted((first[largest], first[each]))))
    return parts, pairs


@settings(max_examples=40)
@given(st.data())
def test_what_is_kept_together_is_that_of_one_id_after_another(data):
    numbers = data.draw(st.lists(st.integers(0, 5), min_size=SIZE, max_size=SIZE))
    group = pd.factorize(np.array(numbers))[0].tolist()
    before = data.draw(
        st.lists(st.sampled_from([None, "P-1", "P-2", "P-3"]), min_size=SIZE, max_size=SIZE)
    )
    place = data.draw(st.permutations(range(SIZE)))
    of_patient = data.draw(st.none() | st.lists(st.integers(0, 1), min_size=6, max_size=6))
    within = None if of_patient is None else [of_patient[each] for each in group]
    ends = st.lists(st.integers(0, SIZE - 1), min_size=2, max_size=2, unique=True)
    said = data.draw(st.lists(st.tuples(ends, st.sampled_from(BARS)), max_size=4))
    told = [(a, b, bar) for (a, b), bar in said]
    weights = [data.draw(st.sampled_from(WEIGHTS)) for _ in told]
    links = links_of(told, weights)
    kept = held(
        Groups(np.array(group, np.int32), links),
        np.array(before, dtype=object),
        {"P-1", "P-2"},
        place=np.array(place),
        relation=lambda a, b: f"{a}+{b}",
        within=None if within is None else np.array(within),
    )
    parts, pairs = oracle(group, before, {"P-1", "P-2"}, place, within, told)
    expected = [next(at for at, part in enumerate(parts) if each in part) for each in group]
    assert kept.group.tolist() == pd.factorize(np.array(expected))[0].tolist()
    new = kept.links[kept.links["explanation"].str.startswith(WHY)]
    star = {frozenset((group[a], group[b])) for a, b in pairs}
    asked = [(a, b, weight) for (a, b, (joins, _)), weight in zip(told, weights, strict=True)
             if joins == "asked" and expected[a] == expected[b]]  # fmt: skip
    two_groups = [each for each in asked if group[each[0]] != group[each[1]]]
    counts = strongest(two_groups, group, place)
    beside = sorted(each for two, each in counts.items() if two not in star)
    assert len(new) == len(pairs) + len(beside)
    others = new.iloc[len(pairs) :]
    assert (others["explanation"] == f"{WHY}; Said").all()
    told_of = others[["a", "b", "weight"]].to_numpy(float)
    np.testing.assert_array_equal(told_of, np.array(beside).reshape(-1, 3))
    assert (others["joins"] == "yes").all()
    new = new.iloc[: len(pairs)]
    assert list(zip(new["a"], new["b"], strict=True)) == pairs
    assert new["relation"].tolist() == [f"{a}+{b}" for a, b in pairs]
    fixed = new[["joins", "confidence", "veto", "pattern"]].to_numpy().tolist()
    assert fixed == [["yes", "probable", "", -1]] * len(pairs)
    evidence = [counts.get(frozenset((group[a], group[b]))) for a, b in pairs]
    np.testing.assert_array_equal(new["weight"], [each[2] if each else 0.0 for each in evidence])
    assert new["explanation"].tolist() == [f"{WHY}; Said" if each else WHY for each in evidence]
    assert new[["share", "note"]].isna().all(axis=None)
    stays = [
        bar[0] != "asked" or group[a] == group[b] or expected[a] != expected[b]
        for a, b, bar in told
    ]
    rest = kept.links[kept.links["explanation"] == "Said"]
    assert rest[["a", "b", "veto"]].to_numpy().tolist() == links.loc[
        stays, ["a", "b", "veto"]
    ].to_numpy().tolist()  # fmt: skip
    assert kept.links.index.equals(pd.RangeIndex(len(kept.links)))


NEED = {"treatment_function_code": "110", "rtt_start_date": "2026-03-02"}


def two_of(typed, entries, organisations: tuple[str, str], level: str):
    """Two entries that were one with an entry of RX1, whose list does not come; each says so."""
    rows = [{"organisation": each, **NEED} for each in organisations]
    now = typed(rows).assign(entry_id=["E-2", "E-1"])
    ids = {f"{name}_id": [f"{name}-1"] * 3 for name in ("patient", "pathway")}
    then = entries(["E-2", "E-1", "E-9"], **ids, organisation=[*organisations, "RX1"])
    return hold(
        level,
        Groups(np.array([0, 1], np.int32), NO_LINKS),
        now,
        then,
        np.array([0, 1]),
        ["RX1"],
        within=np.array([0, 0]),
    )


@pytest.mark.parametrize(
    ("level", "organisations", "relation"),
    [
        ("patient", ("RM3", "RW3"), PatientRelation.SAME_PERSON),
        ("pathway", ("RM3", "RW3"), Relation.REPEAT_OTHER_ORGANISATION),
        ("pathway", ("RM3", "RM3"), Relation.REPEAT_SAME_ORGANISATION),
    ],
)
def test_two_that_only_an_absent_entry_tied_are_named_by_whose_they_are(
    typed, entries, level, organisations, relation
):
    kept = two_of(typed, entries, organisations, level)
    assert kept.group.tolist() == [0, 0]
    assert kept.links["relation"].tolist() == [str(relation)]
