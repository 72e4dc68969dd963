"""What do the levels of a pair weigh? One part for each field, in bits, by the patient model.

Agreement on a rare value weighs more (term frequency), a near match is scaled in the same way, and
of the fields that speak of one address only the strongest counts, since they agree or change
together.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients import households
from waitlist_merge.patients.coding import MISSING, Codes, Level, Positions
from waitlist_merge.patients.frequencies import RAREST, Shares, columns
from waitlist_merge.patients.levels import LEVELS, is_level
from waitlist_merge.patients.model import PatientModel, column_of
from waitlist_merge.patients.records import Records

Weights = NDArray[np.float32]

LARGEST_SCALING = 8.0
"""How much commoner or rarer than average a near match may count (3 bits either way)."""

USUAL_MISSPELLING = 5e-5
"""Share of records that hold a given misspelling, where the published u holds (judgement)."""

MOST_ESTABLISHED = 32.0
"""How much commoner than a usual misspelling a value may count (5 bits)."""

TWO_NAMES = 4.0
"""Bits that two like given names lose where both are names that people have: Jack and Zack, Rajesh
and Rakesh are brothers oftener than slips (judgement)."""

DAY_UNKNOWN = 5.0
"""Bits that birth dates which differ in the year alone lose where both are 1 January: that day is
written where none is known, and agrees by itself (8.5 bits if it never were a birthday; judgement).
"""

ADDRESS_LIKE = ("postcode", "address", "phone", "email", "gp_practice_code")
"""Fields that change together when a person moves: the strongest one speaks for all."""


def weigh(
    model: PatientModel,
    shares: Mapping[str, NDArray[np.float64]],
    records: Records,
    levels: Mapping[str, Level],
    a: Positions,
    b: Positions,
) -> dict[str, Weights]:
    """The parts of the sum for each pair: ``prior`` and one float32 array for each field, in bits.

    ``shares`` are ``model.on(records)``. Adding the arrays up gives the weight; of the address-like
    fields all but the strongest are 0.
    """
    parts = {
        field: model.tables[field][found].astype(np.float32) for field, found in levels.items()
    }
    coded = columns(records)
    for (field, at), basis in model.basis.items():
        if basis not in _ADJUSTED:
            continue
        where = np.flatnonzero(levels[field] == at)
        if not len(where):
            continue
        name = column_of(field, at)
        one, other = coded[name].codes[a[where]], coded[name].codes[b[where]]
        usual = _usual(model, field, at)
        parts[field][where] += _ADJUSTED[basis](usual, shares[name], one, other)
    two_names = is_level(levels, "given_name", "near", "alike")
    two_names &= records.given_known[a] & records.given_known[b]
    parts["given_name"][two_names] = np.minimum(
        parts["given_name"][two_names],
        model.tables["given_name"][levels["given_name"][two_names]] - TWO_NAMES,
    )
    parts["birth_date"][_of_day_unknown(records, levels, a, b)] -= np.float32(DAY_UNKNOWN)
    both = (parts["family_name"] > 0) & (parts["given_name"] > 0)
    together = np.where(both, -model.together, 0.0).astype(np.float32)
    parts = {"prior": np.full(len(a), model.prior, np.float32)} | _strongest_address(parts)
    parts |= {"together": together}
    given = records.given.codes
    # What is over the share of a name that hardly anyone holds comes from being counted.
    counted = np.maximum(shares["given_name"] - model.frequencies["given_name"].unseen, 0.0)
    common = np.append(counted, 0.0)[np.where(given[a] == given[b], given[a], MISSING)]
    common[records.first_of_two[a] & (given[a] == given[b])] = 1.0
    u = {name: model.published_u(name) for name in LEVELS}
    m = {name: np.exp2(table) * u[name] for name, table in model.tables.items()}
    household = households.relatives(
        levels,
        parts,
        m,
        u,
        against=model.household,
        given_share=common,
        days_apart=households.days_apart(records, a, b),
    )
    return parts | {"household": household}


def _of_day_unknown(
    records: Records, levels: Mapping[str, Level], a: Positions, b: Positions
) -> NDArray[np.int64]:
    """The places of pairs of which both are born on 1 January, and of which the year differs."""
    found = np.flatnonzero(is_level(levels, "birth_date", "close", "one_part"))
    one, other = records.birth[a[found]], records.birth[b[found]]
    first = (records.month[one] == 1) & (records.day[one] == 1)
    first &= (records.month[other] == 1) & (records.day[other] == 1)
    return np.asarray(found[first])


def most_adjusted(
    model: PatientModel, shares: Mapping[str, Shares], field: str
) -> NDArray[np.float64]:
    """The most bits by which the frequency of values can raise each level of a field."""
    most = np.zeros(len(LEVELS[field]))
    for at in range(len(most)):
        basis = model.basis.get((field, at))
        rarest = shares[column_of(field, at)] if basis == "frequency" else np.empty(0)
        if len(rarest):
            most[at] = np.log2(_usual(model, field, at) / rarest.min())
        elif basis in _ADJUSTED:
            most[at] = np.log2(LARGEST_SCALING)
    return most


def _usual(model: PatientModel, field: str, at: int) -> float:
    """How common is the value that a level is adjusted from?"""
    found = model.frequencies[column_of(field, at)]
    by_basis = {"near": found.expected, "misspelt": found.unseen}
    return by_basis.get(model.basis[field, at], model.average[field, at])


def _exact(average: float, shares: Shares, one: Codes, _other: Codes) -> Weights:
    """Bits by which the value that both records hold is rarer than average."""
    return np.log2(average / shares[one]).astype(np.float32)


def _near(expected: float, shares: Shares, one: Codes, other: Codes) -> Weights:
    """The same for two unlike values: the mean of their frequencies, held within bounds."""
    both = (shares[np.maximum(one, 0)] + shares[np.maximum(other, 0)]) / 2
    scaling = np.clip(expected / both, 1 / LARGEST_SCALING, LARGEST_SCALING)
    scaling[(one == MISSING) | (other == MISSING)] = 1
    return np.log2(scaling).astype(np.float32)


def _misspelt(unseen: float, shares: Shares, one: Codes, other: Codes) -> Weights:
    """Bits by which the rarer of two values is rarer than misspellings usually are.

    A slip makes a value that hardly anyone holds. Where both are held by many, as Laura and Lara
    are, they are two names: often of twins.
    """
    rarer = np.minimum(shares[np.maximum(one, 0)], shares[np.maximum(other, 0)])
    # What is over the share of a value that hardly anyone holds comes from being counted.
    others = np.maximum(rarer - unseen, RAREST / LARGEST_SCALING)
    scaling = np.clip(USUAL_MISSPELLING / others, 1 / MOST_ESTABLISHED, LARGEST_SCALING)
    return np.log2(scaling).astype(np.float32)


_ADJUSTED = {"frequency": _exact, "near": _near, "misspelt": _misspelt}
"""How a level's u follows the frequency of the values, by the basis in linkage_model.csv."""


def _strongest_address(parts: dict[str, Weights]) -> dict[str, Weights]:
    """Of the address-like parts keep the best if any is positive, else the worst; others are 0."""
    stacked = np.stack([parts[field] for field in ADDRESS_LIKE])
    best = stacked.argmax(axis=0)
    chosen = np.where(stacked.max(axis=0) > 0, best, stacked.argmin(axis=0))
    kept = {
        field: np.where(chosen == at, parts[field], np.float32(0)).astype(np.float32)
        for at, field in enumerate(ADDRESS_LIKE)
    }
    return parts | kept


def total(parts: Mapping[str, Weights]) -> NDArray[np.float64]:
    """The weight of each pair: the sum of its parts, in bits; added up in double precision."""
    every = iter(parts.values())
    found = next(every).astype(np.float64)
    for part in every:
        found += part
    return found
