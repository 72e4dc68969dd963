"""How strong is the evidence of a pair of records? Fellegi-Sunter weights in log2 (bits).

The weight of a pair is the prior (how rare true pairs are among all pairs) plus one part for each
field; the parts of that sum are what explanations show. Agreement on a rare value weighs more
(term frequency), a near match is scaled in the same way, and of the fields that speak of one
address only the strongest counts, since they agree or change together.

>>> model = PatientModel.published(records=1_000)
>>> round(model.prior, 1)
-16.6
>>> round(float(model.tables["birth_date"][LEVELS["birth_date"].index("other")]), 1)
-11.6
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.coding import MISSING, Coded, Codes, Level, Positions
from waitlist_merge.patients.levels import LEVELS, level
from waitlist_merge.patients.records import Records
from waitlist_merge.reference import rows

Weights = NDArray[np.float32]
Rates = dict[str, NDArray[np.float64]]
Shares = NDArray[np.float64]

SMALLEST_POPULATION = 50_000
"""Records for which the prior is worked out at least: a small extract is a sample of the list of a
trust, and namesakes of one birth date are as many as that town has."""

PAIRS_PER_RECORD = 0.5
"""Expected true pairs a record, for the prior. A list holds 1.19 pathways a patient (domain 5.6)
and duplicates beside; a doubling moves the prior by one bit only."""

PSEUDO_RECORDS = 1_000
"""Weight of the published average against the frequencies counted in the data, in records."""

RAREST = 1e-5
"""No value counts as rarer than this: a household shares its rare family name and its postcode, so
rarity beyond that speaks of the household and not of the person."""

LARGEST_SCALING = 8.0
"""How much commoner or rarer than average a near match may count (3 bits either way)."""

USUAL_MISSPELLING = 5e-5
"""Share of records that hold a given misspelling, where the published u holds (judgement)."""

MOST_ESTABLISHED = 32.0
"""How much commoner than a usual misspelling a value may count (5 bits)."""

ADDRESS_LIKE = ("postcode", "address", "phone", "email", "gp_practice_code")
"""Fields that change together when a person moves: the strongest one speaks for all."""


@dataclass(frozen=True, eq=False, slots=True)
class PatientModel:
    """Everything that turns levels into weights: fitted once, it gives the same weights again.

    ``tables[field][level]`` is the weight in bits at average frequency, ``average`` and ``basis``
    the u of each level and how it is adjusted. ``shares`` has for each column the share of records
    that hold a value, on an index of values; a value not in it was never seen.
    """

    prior: float
    tables: Mapping[str, NDArray[np.float64]]
    average: Mapping[tuple[str, int], float]
    basis: Mapping[tuple[str, int], str]
    shares: Mapping[str, pd.Series]

    @classmethod
    def published(cls, *, records: int) -> PatientModel:
        """The model before it has seen data, for a list of so many records (linkage_model.csv)."""
        population = max(records, SMALLEST_POPULATION)
        tables = {field: np.zeros(len(names)) for field, names in LEVELS.items()}
        average: dict[tuple[str, int], float] = {}
        basis: dict[tuple[str, int], str] = {}
        for row in rows("linkage_model"):
            field, at = row["field"], level(row["field"], row["level"])
            u = float(row["u"]) / (population if row["basis"] == "population" else 1)
            tables[field][at] = np.log2(float(row["m"]) / u)
            average[field, at] = u
            basis[field, at] = row["basis"]
        prior = float(np.log2(2 * PAIRS_PER_RECORD / population)) - 1
        return cls(prior, tables, average, basis, shares={})

    @classmethod
    def fit(cls, records: Records) -> PatientModel:
        """The published model with the prior and the frequencies of these records."""
        model = cls.published(records=records.size)
        shares = {
            name: pd.Series(_shares(column.codes, model.average_of(name)), column.values)
            for name, column in _columns(records).items()
        }
        return replace(model, shares=shares)

    def rates(self) -> tuple[Rates, Rates]:
        """The m and u of each level of each field, u as frequent as these records' values are.

        Level 0, missing, is 1 in both: it says nothing.
        """
        u = {name: np.ones(len(names)) for name, names in LEVELS.items()}
        for (name, at), average in self.average.items():
            u[name][at] = average
            if self.basis[name, at] == "frequency":
                shares = self.shares[_place(name, at)]
                u[name][at] = max(float((shares**2).sum()), average) if len(shares) else average
        m = {name: np.exp2(table) * self._published_u(name) for name, table in self.tables.items()}
        return m, u

    def _published_u(self, name: str) -> NDArray[np.float64]:
        return np.asarray([self.average.get((name, at), 1.0) for at in range(len(LEVELS[name]))])

    def with_m(self, m: Rates) -> PatientModel:
        """The model with other rates of agreement among true pairs."""
        tables = {name: np.log2(rates / self._published_u(name)) for name, rates in m.items()}
        return replace(self, tables=tables)

    def average_of(self, name: str) -> float:
        """How common is a value of this column on average, as published?"""
        return self.average[_WIDTHS.get(name, (name, 1))]

    def on(self, records: Records) -> dict[str, NDArray[np.float64]]:
        """The share of each value of these records by its code; the rarest where never seen."""
        return {
            name: self.shares[name].reindex(column.values).fillna(RAREST).to_numpy()
            for name, column in _columns(records).items()
        }


_WIDTHS = {
    width: ("postcode", LEVELS["postcode"].index(width)) for width in ("sector", "district", "area")
}
"""Columns that are widths of a postcode, and the level that speaks of each."""


def _columns(records: Records) -> dict[str, Coded]:
    """The columns whose values' frequencies count."""
    return {
        "family_name": records.family,
        "given_name": records.given,
        "birth_date": records.birth_date,
        "postcode": records.postcode,
        "sector": records.sector,
        "district": records.district,
        "area": records.area,
        "address": records.address,
        "phone": records.phone,
        "email": records.email,
        "gp_practice_code": records.practice,
    }


def _shares(codes: Codes, average: float) -> NDArray[np.float64]:
    """The pair itself is no evidence that a value is common, so two records are left out."""
    known = codes[codes >= 0]
    others = np.maximum(np.bincount(known) - 2, 0)
    shares = (others + PSEUDO_RECORDS * average) / (len(known) + PSEUDO_RECORDS)
    return np.asarray(np.maximum(shares, RAREST))


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
    columns = _columns(records)
    for (field, at), basis in model.basis.items():
        if basis not in _ADJUSTED:
            continue
        where = np.flatnonzero(levels[field] == at)
        if not len(where):
            continue
        name = _place(field, at)
        codes = columns[name].codes
        one, other = codes[a[where]], codes[b[where]]
        parts[field][where] += _ADJUSTED[basis](model.average[field, at], shares[name], one, other)
    return {"prior": np.full(len(a), model.prior, np.float32)} | _strongest_address(parts)


def _place(field: str, at: int) -> str:
    """The frequency column of a level: each width of postcode has its own."""
    width = LEVELS[field][at]
    return width if field == "postcode" and width in ("sector", "district", "area") else field


def _exact(average: float, shares: Shares, one: Codes, _other: Codes) -> Weights:
    """Bits by which the value that both records hold is rarer than average."""
    return np.log2(average / shares[one]).astype(np.float32)


def _near(_average: float, shares: Shares, one: Codes, other: Codes) -> Weights:
    """The same for two unlike values: the mean of their frequencies, held within bounds."""
    both = (shares[np.maximum(one, 0)] + shares[np.maximum(other, 0)]) / 2
    expected = float((shares**2).sum() / shares.sum())
    scaling = np.clip(expected / both, 1 / LARGEST_SCALING, LARGEST_SCALING)
    scaling[(one == MISSING) | (other == MISSING)] = 1
    return np.log2(scaling).astype(np.float32)


def _misspelt(_average: float, shares: Shares, one: Codes, other: Codes) -> Weights:
    """Bits by which the rarer of two values is rarer than misspellings usually are.

    A slip makes a value that hardly anyone holds. Where both are held by many, as Laura and Lara
    are, they are two names: often of twins.
    """
    rarer = np.minimum(shares[np.maximum(one, 0)], shares[np.maximum(other, 0)])
    scaling = np.clip(USUAL_MISSPELLING / rarer, 1 / MOST_ESTABLISHED, LARGEST_SCALING)
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
    stacked = np.stack(list(parts.values()))
    return np.asarray(stacked.sum(axis=0, dtype=np.float64))
