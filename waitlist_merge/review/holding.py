"""Which entries stay together though the entry that tied them did not come this week?

An organisation sends no list. Two entries of others were one patient, or one need, only through an
entry of it: without that entry they would fall apart, and fall together again when the list is
back. So they stay together, as a proposal and not as a certainty, unless something known of these
two entries themselves forbids it.

>>> kept = held(Groups(np.array([0, 1], np.int32), NO_LINKS), np.array(["P-1", "P-1"], object),
...             {"P-1"}, place=np.arange(2), relation=lambda _a, _b: "same_person")
>>> kept.group.tolist(), kept.links["confidence"].tolist()
([0, 0], ['probable'])
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, has_word
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Confidence, Joins, Veto

_NO_BAR = ("", str(Veto.CLOSE_RIVAL))
"""Nothing speaks against two of which one fits a third almost as well: before it was told which."""

WHY = "Together in the run before, through an entry of an organisation that sent no newer list"

NO_LINKS = pd.DataFrame(
    {
        "a": np.empty(0, np.int32),
        "b": np.empty(0, np.int32),
        **{
            name: pd.Series(dtype=object)
            for name in ("relation", "joins", "confidence", "veto", "explanation")
        },
        "weight": np.empty(0, np.float64),
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class Groups:
    """The group of each entry, and the links behind the groups: all that later stages need."""

    group: NDArray[np.int32]
    links: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Kept:
    """Two entries whose groups were kept together, and what the engine says of these groups."""

    a: int
    b: int
    weight: float = 0.0
    explanation: str = WHY


def held(
    match: Patients,
    before: NDArray[np.object_],
    absent_ids: Collection[str],
    *,
    place: NDArray[np.integer],
    relation: Callable[[int, int], str],
    within: NDArray[np.integer] | None = None,
) -> Groups:
    """The groups with those kept together that only an absent entry tied.

    ``before`` is the id that each entry had in the last run, None where it was not there;
    ``absent_ids`` are ids of the last run that an entry of an absent organisation has. ``place`` is
    the place of each entry when sorted by id, ``relation`` names the relation of two positions.
    Only entries of one number in ``within`` are kept together. A link that holds two groups apart,
    or names a veto between them, keeps them apart; of those that ask about two which are kept
    together the strongest joins them for now, and says what it said.
    """
    tied = [
        groups
        for groups in _groups_by_id(match.group, before, absent_ids, place, within)
        if len(groups) > 1
    ]
    if not tied:
        return Groups(match.group, match.links)
    apart = _apart(match)
    root = np.arange(int(match.group.max(initial=-1)) + 1)
    members: dict[int, set[int]] = {}
    pairs: list[tuple[int, int]] = []
    for groups in tied:
        first = next(iter(groups))
        for other in list(groups)[1:]:
            one, two = int(root[first]), int(root[other])
            if one == two or _forbidden(members, apart, one, two):
                continue
            low, high = min(one, two), max(one, two)
            members[low] = members.pop(low, {low}) | members.pop(high, {high})
            root[list(members[low])] = low
            pairs.append((groups[first], groups[other]))
    group = renumbered(root[match.group])
    answered = _answered(match.links, match.group, group)
    said = _strongest(match.links.loc[answered], match.group, place)
    kept = [
        replace(said.pop(_two(match.group, a, b), _Kept(a, b)), a=min(a, b), b=max(a, b))
        for a, b in pairs
    ]
    kept += sorted(said.values(), key=lambda each: (each.a, each.b))
    return Groups(group, _with_kept(match.links.loc[~answered], kept, relation))


def _answered(links: pd.DataFrame, alone: NDArray[np.integer], kept: NDArray[np.int32]) -> Bools:
    """The links that ask whether two groups are one that are kept together."""
    ends = [links[end].to_numpy() for end in ("a", "b")]
    (one, other), (two, three) = ([group[end] for end in ends] for group in (alone, kept))
    answered: Bools = (one != other) & (two == three) & has_word(links, "joins", Joins.ASKED)
    return answered


def _strongest(
    links: pd.DataFrame, group: NDArray[np.integer], place: NDArray[np.integer]
) -> dict[tuple[int, int], _Kept]:
    """The strongest link between each two groups, whatever the order of the rows.

    One of unknown weight is the weakest; ``place`` is that of each entry when sorted by id.
    """
    ends = place[links[["a", "b"]].to_numpy()]
    told = links.assign(low=-ends.min(axis=1), high=-ends.max(axis=1))
    told = told.sort_values(["weight", "explanation", "low", "high"], na_position="first")
    return {
        _two(group, a, b): _Kept(min(a, b), max(a, b), float(weight), f"{WHY}; {explanation}")
        for a, b, weight, explanation in zip(
            *(told[name] for name in ("a", "b", "weight", "explanation")), strict=True
        )
    }


def _two(group: NDArray[np.integer], a: int, b: int) -> tuple[int, int]:
    one, other = int(group[a]), int(group[b])
    return min(one, other), max(one, other)


def _groups_by_id(
    group: NDArray[np.int32],
    before: NDArray[np.object_],
    absent_ids: Collection[str],
    place: NDArray[np.integer],
    within: NDArray[np.integer] | None,
) -> Iterable[dict[int, int]]:
    """For each id that an absent entry has, its groups of now, each with its first entry."""
    there = pd.Series(before).isin(list(absent_ids)).to_numpy()
    rows = np.flatnonzero(there)
    frame = pd.DataFrame({"id": before[rows], "group": group[rows], "entry": rows})
    frame["place"] = place[rows]
    frame["within"] = 0 if within is None else within[rows]
    size = frame.groupby(["id", "group"])["entry"].transform("size")
    frame = frame.assign(size=-size).sort_values(["id", "within", "size", "place"])
    for _, part in frame.groupby(["id", "within"], sort=True):
        yield {
            int(number): int(entry)
            for number, entry in part.drop_duplicates("group")[["group", "entry"]].to_numpy()
        }


def _apart(match: Patients) -> dict[int, set[int]]:
    """Groups between which some link holds apart, or names what forbids it."""
    links = match.links
    veto = ~links["veto"].astype(object).fillna("").isin(_NO_BAR)
    barred = ((links["joins"].astype(object) == str(Joins.NO)) | veto).to_numpy(dtype=bool)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in links.loc[barred, ["a", "b"]].to_numpy():
        one, other = int(match.group[a]), int(match.group[b])
        found[one].add(other)
        found[other].add(one)
    return found


def _forbidden(
    members: dict[int, set[int]], apart: dict[int, set[int]], one: int, two: int
) -> bool:
    others = members.get(two, {two})
    return any(not others.isdisjoint(apart.get(each, ())) for each in members.get(one, {one}))


def renumbered(root: NDArray[np.integer]) -> NDArray[np.int32]:
    """Groups numbered from 0 in the order in which they appear."""
    return pd.factorize(root)[0].astype(np.int32)


def _with_kept(
    links: pd.DataFrame, pairs: list[_Kept], relation: Callable[[int, int], str]
) -> pd.DataFrame:
    """The links, and one for each two groups that were kept together."""
    told: dict[str, object] = {
        "a": np.array([each.a for each in pairs], dtype=np.int32),
        "b": np.array([each.b for each in pairs], dtype=np.int32),
        "relation": [relation(each.a, each.b) for each in pairs],
        "joins": str(Joins.YES),
        "confidence": str(Confidence.PROBABLE),
        "veto": "",
        "weight": [each.weight for each in pairs],
        "explanation": [each.explanation for each in pairs],
    }
    kept = pd.DataFrame(told)
    columns = {
        name: pd.concat([links[name].astype(object), _like(links[name], kept, str(name))])
        for name in links.columns
    }
    kinds = {
        name: links[name].dtype if links[name].dtype.kind in "if" else "string"
        for name in links.columns
    }
    return pd.DataFrame(columns).astype(kinds).reset_index(drop=True)


def _like(column: pd.Series, kept: pd.DataFrame, name: str) -> pd.Series:
    """A column of the kept pairs; one that they say nothing of is missing, or -1."""
    if name in kept:
        return kept[name].astype(object)
    missing = {"i": -1, "f": np.nan}.get(column.dtype.kind)
    return pd.Series([missing] * len(kept), dtype=object)
