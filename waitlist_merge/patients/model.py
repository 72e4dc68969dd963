"""How strong is the evidence of a pair of records? Fellegi-Sunter weights in log2 (bits).

The weight of a pair is the prior (how rare true pairs are among all pairs) plus one part for each
field; the parts of that sum, which ``weights`` works out, are what explanations show.

>>> model = PatientModel.published(records=1_000)
>>> round(model.prior, 1)
-12.3
>>> round(float(model.tables["birth_date"][LEVELS["birth_date"].index("other")]), 1)
-11.6
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients import households, model_file
from waitlist_merge.patients.expected import (
    PAIRS_PER_RECORD,
    USUALLY_TOGETHER,
    alike,
    names_together,
    true_pairs_per_record,
)
from waitlist_merge.patients.frequencies import (
    Frequencies,
    Shares,
    columns,
    common_names,
    fewest,
    parts_of_people,
)
from waitlist_merge.patients.levels import LEVELS, level
from waitlist_merge.patients.records import Records
from waitlist_merge.patients.words import WORDS
from waitlist_merge.reference import rows

Rates = dict[str, NDArray[np.float64]]

RARITY_IS_KNOWN = 10_000
"""Records from which a list tells how rare a name is: in a smaller one John Smith may be alone."""

RARE_ENOUGH = 11.0
"""Weight, in bits, of namesakes of so rare a name that they are one person (namesakes.py)."""

SMALLEST_POPULATION = 5_000
"""Records for which the prior is worked out at least: a small extract is a sample of a longer list,
and too short to count how often chance makes two people alike."""

RELATIVES_ARE_RARE = 4.0
"""Bits by which pairs of one person outnumber those of two people of one home from which a list is
of single people: sixteen to one; a merged list of England has three to one (households.py)."""

PARTS = ("prior", *LEVELS, "together", "household")
"""The parts of the sum: one for each field, and three that belong to none."""


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class PatientModel:
    """Everything that turns levels into weights: fitted once, it gives the same weights again.

    ``prior`` is log2 of the odds that any two records are one person, ``household`` that of one
    person's pairs to those of two people of one home, ``together`` the bits by which given and
    family names go together. ``tables[field][level]`` is the weight in bits at average frequency,
    ``average`` and ``basis`` the u of each level and how it is adjusted, ``frequencies`` how common
    the values of each column are, in the ``records`` that it was fitted to; ``namesakes`` is the
    weight from which two of one name and birth date are one person though home and telephone differ
    (None: never). ``str(model)`` is its table; ``save`` and ``load`` keep it in a file of readable
    JSON that tells nothing of any person.
    """

    prior: float
    household: float
    together: float
    tables: Mapping[str, NDArray[np.float64]]
    average: Mapping[tuple[str, int], float]
    basis: Mapping[tuple[str, int], str]
    frequencies: Mapping[str, Frequencies]
    records: int
    namesakes: float | None

    @classmethod
    def published(
        cls,
        *,
        records: int,
        pairs_per_record: float = PAIRS_PER_RECORD,
        household_pairs_per_record: float = households.HOUSEHOLD_PAIRS_PER_RECORD,
    ) -> PatientModel:
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
        prior = float(np.log2(2 * pairs_per_record / population))
        household = float(np.log2(pairs_per_record / household_pairs_per_record))
        counted = {
            column_of(field, at): Frequencies.published(
                average[field, at], common=_common(column_of(field, at), average[field, at])
            )
            for (field, at), kind in basis.items()
            if kind == "frequency"
        }
        together = float(np.log2(USUALLY_TOGETHER))
        rare = RARE_ENOUGH if records >= RARITY_IS_KNOWN else None
        return cls(prior, household, together, tables, average, basis, counted, records, rare)

    @classmethod
    def fit(cls, records: Records) -> PatientModel:
        """The published model with the prior and the frequencies of these records."""
        sizes = alike(records)
        model = cls.published(
            records=records.size,
            pairs_per_record=true_pairs_per_record(records, sizes),
            household_pairs_per_record=households.pairs_per_record(records),
        )
        parts = parts_of_people(sizes)
        counted = {
            name: Frequencies.counted(
                column, parts, before=model.frequencies[name], least=fewest(name)
            )
            for name, column in columns(records).items()
        }
        return replace(model, frequencies=counted, together=names_together(records))

    @classmethod
    def load(cls, path: str | Path) -> PatientModel:
        """The model that ``save`` wrote to this file: the same weights, to the last digit.

        InputError, in one line, where it cannot be read, is no model, is damaged, or was written by
        a version of this library whose models this one does not know.
        """
        return cls(**model_file.read(Path(path)))

    @classmethod
    def from_json(cls, text: str, *, source: str) -> PatientModel:
        """The model that ``to_json`` wrote; ``source`` is what an InputError calls it.

        >>> model = PatientModel.published(records=1_000)
        >>> PatientModel.from_json(model.to_json(), source="memory").digest == model.digest
        True
        """
        return cls(**model_file.parse(text, source))

    def save(self, path: str | Path) -> None:
        """Write the model as readable JSON; the file is replaced whole or stays as it was.

        It holds rates, and how common those values are that many records hold (frequencies.py); no
        value of a few people and no date. OutputError where it cannot be written.
        """
        model_file.write(Path(path), self.to_json())

    def to_json(self) -> str:
        """What ``save`` writes, as text."""
        return model_file.titled(self._contents())

    def _contents(self) -> str:
        return model_file.contents(
            records=self.records,
            prior=self.prior,
            household=self.household,
            together=self.together,
            tables=self.tables,
            average=self.average,
            basis=self.basis,
            frequencies=self.frequencies,
            namesakes=self.namesakes,
        )

    @property
    def digest(self) -> str:
        """SHA-256 of what ``save`` writes, as 64 hexadecimal characters: a manifest names it."""
        return hashlib.sha256(self._contents().encode()).hexdigest()

    def table(self) -> pd.DataFrame:
        """What does agreement and disagreement of each field weigh?

        One row a level: ``field``, ``level`` in words, ``m`` and ``u`` (share of true pairs and of
        pairs of different people at this level), ``weight`` in bits and ``basis``, how the weight
        follows the frequency of the values (docs/recordlinkage.md).

        >>> table = PatientModel.published(records=1_000).table().set_index("level")
        >>> table.loc["different gender", ["m", "u", "weight"]].astype(float).round(4).tolist()
        [0.0033, 0.5, -7.2433]
        """
        said = [
            (field, WORDS[field, name], *self._rates_of(field, at), self.basis[field, at])
            for field, names in LEVELS.items()
            for at, name in enumerate(names)
            if (field, at) in self.basis
        ]
        return pd.DataFrame(said, columns=["field", "level", "m", "u", "weight", "basis"])

    def _rates_of(self, field: str, at: int) -> tuple[float, float, float]:
        u, weight = self.average[field, at], float(self.tables[field][at])
        return float(np.exp2(weight) * u), u, weight

    def __repr__(self) -> str:
        return f"PatientModel({self._title()})"

    def __str__(self) -> str:
        return f"Patient model: {self._title()}\n{self._rounded().to_string(index=False)}"

    def _repr_html_(self) -> str:
        """The table as a notebook shows it."""
        return f"<p>Patient model: {self._title()}</p>\n{self._rounded().to_html(index=False)}"

    def _rounded(self) -> pd.DataFrame:
        """The table as text, each number as far as it says something."""
        table = self.table()
        shares = {name: table[name].map("{:.3g}".format) for name in ("m", "u")}
        return table.assign(**shares, weight=table["weight"].map("{:+.1f}".format))

    def _title(self) -> str:
        return f"{self.records:,} records, prior {self.prior:+.1f} bits"

    def rates(self) -> tuple[Rates, Rates]:
        """The m and u of each level of each field, u as frequent as these records' values are.

        Level 0, missing, is 1 in both: it says nothing.
        """
        u = {name: np.ones(len(names)) for name, names in LEVELS.items()}
        for (name, at), average in self.average.items():
            u[name][at] = average
            if self.basis[name, at] == "frequency":
                u[name][at] = max(self.frequencies[column_of(name, at)].chance, average)
        m = {name: np.exp2(table) * self.published_u(name) for name, table in self.tables.items()}
        return m, u

    def published_u(self, name: str) -> NDArray[np.float64]:
        """The u of each level of a field at average frequency; 1 for missing."""
        return np.asarray([self.average.get((name, at), 1.0) for at in range(len(LEVELS[name]))])

    def with_m(self, m: Rates) -> PatientModel:
        """The model with other rates of agreement among true pairs."""
        tables = {name: np.log2(rates / self.published_u(name)) for name, rates in m.items()}
        return replace(self, tables=tables)

    @property
    def lists_relatives(self) -> bool:
        """Does the list hold relatives often enough for them to be asked about?"""
        return self.household < RELATIVES_ARE_RARE

    def expecting(self, times: float) -> PatientModel:
        """The model for a list that holds so many times the true pairs."""
        bits = float(np.log2(times))
        return replace(self, prior=self.prior + bits, household=self.household + bits)

    def on(self, records: Records) -> dict[str, Shares]:
        """The share of each value of these records, by its code."""
        found = columns(records)
        return {name: self.frequencies[name].of(column.values) for name, column in found.items()}


def _common(column: str, average: float) -> dict[str, float]:
    """The published shares of the names that are commoner than an average one."""
    return {name: share for name, share in common_names(column).items() if share > average}


def column_of(field: str, at: int) -> str:
    """The frequency column of a level: each width of postcode has its own."""
    width = LEVELS[field][at]
    return width if field == "postcode" and width in model_file.WIDTHS else field
