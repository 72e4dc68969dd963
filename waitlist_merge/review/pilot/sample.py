"""Which pairs of entries are people to look at, so that what they say holds for all pairs?

A stratum is a level and how sure the engine was: certain, probable, possible, and near misses that
it held apart; those of people are found for the sample, as a run keeps none of them (near.py). Each
gets the same number of pairs, as far as it has them; within one, pairs are taken at even steps down
a list that is sorted by the two organisations and by ethnic group, so that every large enough part
is there in its own share. The order within a part is that of a hash: the same run gives the same
sample, and nobody has chosen it. Pairs that people have decided, or that are one or two because
they were before a list was absent, are of no stratum: no weight of the engine made them so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.errors import InputError
from waitlist_merge.identity import keyed_hashes
from waitlist_merge.pathways import links as needs
from waitlist_merge.pathways.columns import Bools, has_word
from waitlist_merge.patients import obeyed as people
from waitlist_merge.reasons import Confidence, Joins, Veto, Word
from waitlist_merge.review import holding, parting
from waitlist_merge.review.pilot.near import near_misses

LEVELS = {"patient": "patient_links", "pathway": "pathway_links"}

UNKNOWN = "not known"
"""Ethnic group of a pair of which neither entry states one."""

COLUMNS = (
    "pair_id",
    "level",
    "stratum",
    "entry_id_a",
    "entry_id_b",
    "organisations",
    "ethnic_group",
    "weight",
    "veto",
    "population",
)
"""What is known of a drawn pair; ``population`` is how many pairs its stratum has in the run, and a
near miss of people has no ``weight``."""


class Stratum(Word):
    """How sure the engine was of a pair."""

    CERTAIN = "certain", "Joined, and certain"
    PROBABLE = "probable", "Joined as a proposal, and asked"
    POSSIBLE = "possible", "Not joined, and asked"
    NEAR_MISS = "near miss", "Looks alike, and was held apart"


def draw(
    tables: Mapping[str, pd.DataFrame],
    *,
    n: int,
    withheld: Bools | None = None,
    services: Collection[str] = (),
) -> pd.DataFrame:
    """Some ``n`` pairs of the links of a run, in the order in which people are to see them.

    ``withheld`` marks entries that no other organisation may see: no pair has one. With
    ``services`` one entry of each pair at least is of these; InputError where none is. The frame
    has ``COLUMNS``. A stratum with fewer pairs than its share gives them all, and others give more.
    """
    entries = tables["entries"]
    inside = has_word(entries, "treatment_function_code", *services) if services else None
    if inside is not None and not inside.any():
        raise InputError(f"no entry is of service {', '.join(sorted(services))}")
    links = [(level, tables[name]) for level, name in LEVELS.items()]
    shown = None if withheld is None else ~withheld
    links.append(("patient", near_misses(tables, shown=shown, wanted=inside)))
    pairs = [_pairs(level, each, entries, withheld, inside) for level, each in links]
    frame = pd.concat(pairs, ignore_index=True)
    sizes = frame.groupby(["level", "stratum"], sort=True).size()
    shares = dict(zip(sizes.index, _shares(sizes.to_numpy(), n), strict=True))
    drawn = [
        _evenly(each, shares[name]).assign(population=len(each))
        for name, each in frame.groupby(["level", "stratum"], sort=True)
    ]
    if not drawn:
        return pd.DataFrame(columns=list(COLUMNS))
    together = pd.concat(drawn, ignore_index=True)
    return together.sort_values("pair_id", ignore_index=True)[list(COLUMNS)]


def _pairs(
    level: str,
    links: pd.DataFrame,
    entries: pd.DataFrame,
    withheld: Bools | None,
    inside: Bools | None,
) -> pd.DataFrame:
    """Those of the links that may be drawn, with the part of the stratum that each is in."""
    place = pd.Index(entries["entry_id"].astype(object))
    a, b = (place.get_indexer(pd.Index(links[f"entry_id_{end}"].astype(object))) for end in "ab")
    kept = (a >= 0) & (b >= 0) & ~_not_by_weight(links)
    if withheld is not None:
        kept &= ~withheld[a] & ~withheld[b]
    if inside is not None:
        kept &= inside[a] | inside[b]
    links, a, b = links.loc[kept], a[kept], b[kept]
    pair = links["entry_id_a"].astype(object) + "\x1f" + links["entry_id_b"].astype(object)
    hashes = keyed_hashes([f"{level}\x1f{each}" for each in pair])
    return pd.DataFrame(
        {
            "pair_id": [f"S-{each}" for each in hashes],
            "level": level,
            "stratum": _strata(links),
            "entry_id_a": links["entry_id_a"].astype(object).to_numpy(),
            "entry_id_b": links["entry_id_b"].astype(object).to_numpy(),
            "organisations": _both(entries["organisation"], a, b),
            "ethnic_group": _ethnic(entries["ethnic_category"], a, b),
            "weight": links["weight"].to_numpy(dtype=np.float64),
            "veto": links["veto"].astype(object).fillna("").to_numpy(),
        }
    )


def _not_by_weight(links: pd.DataFrame) -> Bools:
    """The links that are as they are because people said so, or for the sake of an absent list."""
    words = (people.JOINED, people.APART, needs.JOINED, needs.APART, holding.WHY, parting.WHY)
    said = links["explanation"].astype(object).fillna("").str.startswith(words)
    return said.to_numpy(dtype=bool) | has_word(links, "veto", Veto.DECIDED_APART)


def _strata(links: pd.DataFrame) -> NDArray[np.object_]:
    joins, sure = links["joins"].astype(object), links["confidence"].astype(object)
    joined = (joins == str(Joins.YES)).to_numpy(dtype=bool)
    certain = (sure == str(Confidence.CERTAIN)).to_numpy(dtype=bool)
    asked = (joins == str(Joins.ASKED)).to_numpy(dtype=bool)
    names = [str(each) for each in (Stratum.CERTAIN, Stratum.PROBABLE, Stratum.POSSIBLE)]
    told = np.select([joined & certain, joined, asked], names, str(Stratum.NEAR_MISS))
    return np.asarray(told, dtype=object)


def _both(column: pd.Series, a: NDArray[np.integer], b: NDArray[np.integer]) -> NDArray[np.object_]:
    """The two organisations, sorted; one where it is the same."""
    names = column.astype(object).fillna("").to_numpy()
    low, high = np.minimum(names[a], names[b]), np.maximum(names[a], names[b])
    return np.asarray(np.where(low == high, low, low + ";" + high))


def _ethnic(
    column: pd.Series, a: NDArray[np.integer], b: NDArray[np.integer]
) -> NDArray[np.object_]:
    """The national part of the category that the first, or else the second, entry states."""
    codes = column.astype(object).fillna("").str[:1].to_numpy()
    told = np.where(codes[a] == "", codes[b], codes[a])
    return np.asarray(np.where(told == "", UNKNOWN, told))


def _shares(sizes: NDArray[np.integer], n: int) -> list[int]:
    """How many of each: the same of all, and what one cannot give from the others.

    >>> _shares(np.array([3, 100, 100]), 30), _shares(np.array([1, 2]), 10)
    ([3, 14, 13], [1, 2])
    """
    taken = np.zeros(len(sizes), dtype=np.int64)
    for _ in range(min(n, int(sizes.sum()))):
        taken[np.argmin(np.where(taken < sizes, taken, n))] += 1
    return [int(each) for each in taken]


def _evenly(pairs: pd.DataFrame, count: int) -> pd.DataFrame:
    """So many at even steps down the list of the parts, from the middle of the first step.

    From its beginning, the first part would be in every sample, and the last in hardly any.
    """
    listed = pairs.sort_values(["organisations", "ethnic_group", "pair_id"], ignore_index=True)
    steps = (2 * np.arange(count) + 1) * len(listed) // max(2 * count, 1)
    return listed.take(steps)
