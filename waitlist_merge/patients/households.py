"""Could the two be relatives at one address? The other explanation of a pair that shares a home.

Two people of one household share address, telephone and often the family name, so that these must
not be counted as if chance had brought them together. For a pair that shares a home the weight is
that of one person against *either* two strangers *or* two people of one household; what the second
takes away is a part of its own in the sum, never above 0.

How many such pairs a list holds is counted in the list: those of one family name at one address
(or postcode) that differ in both given name and birth date.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Level, Positions
from waitlist_merge.patients.expected import in_sample
from waitlist_merge.patients.levels import LEVELS, is_level
from waitlist_merge.patients.records import Records
from waitlist_merge.patients.repeated import count_pairs, shared
from waitlist_merge.reference import rows

HOUSEHOLD_PAIRS_PER_RECORD = 0.15
"""Pairs of two people of one household that a record of a merged list stands in, before any are
counted: of 2.4 people in a household (ONS 2021 census) one in ten is on a list."""

PSEUDO_RECORDS = 50
"""Weight of that rate against what is counted, in records: 7.5 pairs."""

MOSTLY = 0.5
"""Share of records with an address from which homes are told by it, else by the postcode."""

SAME_FAMILY_NAME = 0.6
"""Share of the pairs of a household that have one family name (linkage_model.csv)."""

FIRST_OF_BROTHERS = 5.0
"""How much more often than strangers two of a household share a frequent given name: brothers are
all called Mohammed and by their second name (judgement)."""

NAMESAKES_OF_ONE_GENERATION = 0.001
"""Share of two of a household, born less than a generation apart, who have one given name: parents
give no name twice (judgement)."""

SIBLINGS_APART = 270
"""Days from one birth to the next of one mother, at least, if the two are no twins: a pregnancy."""

PARENT_AND_CHILD_YEARS = 15
"""Born this far apart or further under one name, or nearly: a parent and a child of one name."""

MOST_NAMESAKES = 0.3
"""Share of household pairs with one given name, at most (judgement)."""

SEVERAL_OF_A_HOUSEHOLD = 100
"""Records of one family name and postcode beyond which the postcode is not a household's."""


@cache
def rates() -> dict[str, NDArray[np.float64]]:
    """The share of household pairs at each level; NaN where it is that of any two people."""
    found = {name: np.full(len(names), np.nan) for name, names in LEVELS.items()}
    for row in rows("linkage_model"):
        if row["household"]:
            found[row["field"]][LEVELS[row["field"]].index(row["level"])] = float(row["household"])
    return {name: table for name, table in found.items() if not np.isnan(table).all()}


def pairs_per_record(records: Records) -> float:
    """How many pairs of two people of one household has a record of this list?"""
    addressed = records.address.known.mean() >= MOSTLY if records.size else False
    place = records.address if addressed else records.postcode
    given, birth = records.given.codes, records.birth
    named = records.family.known
    hashed = pd.util.hash_array(np.asarray(records.family.values, dtype=object))
    chosen = records.family.told(in_sample(hashed, of=records.size), False)
    told = np.flatnonzero(chosen & (given >= 0) & (birth >= 0))
    at, home = shared((records.family.codes[told], place.codes[told]))
    few = np.bincount(home, minlength=1)[home] <= SEVERAL_OF_A_HOUSEHOLD
    home, given, birth = home[few], given[told[at[few]]], birth[told[at[few]]]
    # Two that share neither given name nor birth date: all, less those that share one of the two.
    apart = count_pairs(home) - count_pairs(home, given) - count_pairs(home, birth)
    apart += count_pairs(home, given, birth)
    apart *= int(named.sum()) / max(int(chosen.sum()), 1)
    expected = HOUSEHOLD_PAIRS_PER_RECORD * PSEUDO_RECORDS
    return (max(apart, 0.0) / SAME_FAMILY_NAME + expected) / (records.size + PSEUDO_RECORDS)


def share_a_home(levels: Mapping[str, Level]) -> NDArray[np.bool_]:
    """Which pairs have a postcode, address or telephone in common, or nearly?"""
    return (
        is_level(levels, "postcode", "exact", "edit")
        | is_level(levels, "address", "same", "near")
        | is_level(levels, "phone", "same")
    )


def days_apart(records: Records, a: Positions, b: Positions) -> NDArray[np.int32]:
    """How many days after each other two people were born; -1 where that is not known.

    It is not where either date is missing, or a year in two digits leaves the century open.
    """
    one, other = records.birth[a], records.birth[b]
    told = (one >= 0) & (other >= 0) & ~(records.century_open[a] | records.century_open[b])
    return np.where(told, np.abs(one - other), -1).astype(np.int32)


def a_generation(days: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Are two people born so many days apart that one may be the other's parent?"""
    return np.asarray(days / 365.25 >= PARENT_AND_CHILD_YEARS - 0.01)


def relatives(
    levels: Mapping[str, Level],
    parts: Mapping[str, NDArray[np.float32]],
    m: Mapping[str, NDArray[np.float64]],
    u: Mapping[str, NDArray[np.float64]],
    *,
    against: float,
    given_share: NDArray[np.float64],
    days_apart: NDArray[np.int32],
) -> NDArray[np.float32]:
    """The bits that the chance of two relatives takes from each pair; 0 where no home is shared.

    ``parts`` are those against strangers, prior and address included; ``against`` is log2 of true
    pairs to household pairs in the list, ``given_share`` how common the given name of each pair is,
    ``days_apart`` how long after each other the two were born (-1 where that is not known).
    """
    where = np.flatnonzero(share_a_home(levels))
    ratio = np.full(len(where), -against)
    for field in STRANGERS_ONLY:
        ratio += parts[field][where]
    for field, household in rates().items():
        level = levels[field][where]
        exact = level == 1
        agreeing = np.full(len(where), household[1])
        if field == "given_name":
            agreeing = namesakes(household[1], given_share[where], days_apart[where])
        # Where they agree, a rare value is rare among strangers only.
        ratio += np.where(exact, parts[field][where] - np.log2(m[field][1] / agreeing), 0.0)
        ratio += np.where(level > 1, np.log2(household / u[field])[level], 0.0)
    found = np.zeros(len(given_share), dtype=np.float32)
    found[where] = -np.logaddexp2(0.0, ratio)
    return found


def namesakes(
    usual: float, given_share: NDArray[np.float64], days_apart: NDArray[np.int32]
) -> NDArray[np.float64]:
    """The share of two of a household, born so far apart, who have this given name in common.

    A parent and a child do as often as is usual. Brothers and sisters do where it is the first of
    two names, and are born on one day or a pregnancy apart.

    >>> years = np.array([0, 0.5, 2, 25])
    >>> namesakes(0.04, np.full(4, 0.0), (years * 365).astype(np.int32)).tolist()
    [0.001, 0.001, 0.001, 0.04]
    >>> namesakes(0.04, np.full(4, 0.05), (years * 365).astype(np.int32)).tolist()
    [0.25, 0.001, 0.25, 0.25]
    """
    generation = (days_apart < 0) | a_generation(days_apart)
    floor = np.where(generation, usual, NAMESAKES_OF_ONE_GENERATION)
    siblings = (days_apart <= 0) | (days_apart >= SIBLINGS_APART)
    common = np.minimum(FIRST_OF_BROTHERS * given_share, MOST_NAMESAKES)
    return np.maximum(floor, np.where(siblings, common, 0.0))


STRANGERS_ONLY = (
    *("prior", "together"),
    *("postcode", "address", "phone", "email", "gp_practice_code"),
)
"""Parts that speak against strangers and say nothing against relatives."""
