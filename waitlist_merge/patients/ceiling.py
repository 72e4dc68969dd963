"""How strong can a pair be at most? Told from codes, before any two texts are compared.

Most pairs that a key makes are of strangers, and most of those cannot reach the weight of a
question however alike their names may look. The ceiling of a pair is a sum like its weight, with
the best that each field can still say; a pair under it is left out, which changes no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Codes, Positions
from waitlist_merge.patients.levels import (
    birth_levels,
    equality,
    gender_levels,
    level,
    number_levels,
)
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.records import Records
from waitlist_merge.patients.weights import ADDRESS_LIKE, most_adjusted

Bits = NDArray[np.float32]

ROUNDING = 0.01
"""Bits by which a ceiling is raised: far more than sums of single precision lose."""


_FIELDS = (
    ("birth_date",),
    ("nhs_number", "local_patient_identifier", "person_key"),
    ("gender",),
    ADDRESS_LIKE,
)
"""The fields that are looked at one after the other, behind the names."""


@dataclass(frozen=True, eq=False, slots=True)
class Ceiling:
    """The most bits of each level of each field, whatever the value; level 0 says nothing."""

    prior: float
    most: Mapping[str, Bits]

    @classmethod
    def of(cls, model: PatientModel, shares: Mapping[str, NDArray[np.float64]]) -> Ceiling:
        """The ceiling of each level, with the adjustment for the rarest of its values."""
        most = {
            field: (table + most_adjusted(model, shares, field)).astype(np.float32)
            for field, table in model.tables.items()
        }
        return cls(model.prior + ROUNDING, most)

    def reached(
        self, records: Records, a: Positions, b: Positions, *, least: float
    ) -> NDArray[np.bool_]:
        """Which pairs may weigh ``least`` or more, or share an identifier?

        Field by field: a pair that the best of all later fields could not raise to ``least`` is
        given up.
        """
        a, b = a.astype(np.intp), b.astype(np.intp)
        found = equality(records.person_key.codes, a, b) == 1
        found |= number_levels(records, a, b) == 1
        at = np.flatnonzero(~found)
        bits = np.full(len(at), self.prior, dtype=np.float32)
        steps = (self._names, self._births, self._identifiers, self._genders, self._home)
        best = np.asarray([self._best_names(), *map(self._best_of, _FIELDS)], dtype=np.float32)
        for step, later in zip(steps, best.sum() - best.cumsum(), strict=True):
            bits += step(records, a[at], b[at])
            hopeful = bits + (later + np.float32(ROUNDING)) >= least
            at, bits = at[hopeful], bits[hopeful]
        found[at] = True
        return np.asarray(found)

    def _best_of(self, fields: tuple[str, ...]) -> float:
        """The most that these fields can say together; of the address-like ones the best counts."""
        best = [self._best(field, 1) for field in fields]
        return max(best) if fields == ADDRESS_LIKE else sum(best)

    def _best_names(self) -> float:
        apart = self._best("family_name", 1) + self._best("given_name", 1)
        return max(apart, self._best("name_order", 1)) + self._best("middle_name", 1)

    def _births(self, records: Records, a: Positions, b: Positions) -> Bits:
        return self.most["birth_date"][birth_levels(records, a, b)]

    def _genders(self, records: Records, a: Positions, b: Positions) -> Bits:
        return self.most["gender"][gender_levels(records, a, b)]

    def _identifiers(self, records: Records, a: Positions, b: Positions) -> Bits:
        bits = self._number(records, a, b) + self._local(records, a, b)
        return bits + self._plain("person_key", records.person_key.codes, a, b)

    def _number(self, records: Records, a: Positions, b: Positions) -> Bits:
        """What was sent at one side and is no number may be a slip of the other's."""
        found = number_levels(records, a, b)
        best, other = self._best("nhs_number", 1), self.most["nhs_number"][-1]
        bits = np.asarray([0.0, best, other], dtype=np.float32)[found]
        valid, wrong = records.nhs_number.codes, records.wrong_number
        if wrong.values:
            for one, another in ((a, b), (b, a)):
                bits[(valid[one] >= 0) & (wrong.codes[another] >= 0)] = best
        return bits

    def _best(self, field: str, first: int) -> float:
        """The best of the levels from this one on, or of saying nothing."""
        return float(max(self.most[field][first:].max(), 0.0))

    def _by_code(self, field: str, codes: Codes, a: Positions, b: Positions) -> Bits:
        """Nothing where missing, the best level where equal, the best but the first where not."""
        table = [0.0, self._best(field, 1), self._best(field, 2)]
        return np.asarray(table, dtype=np.float32)[equality(codes, a, b)]

    def _local(self, records: Records, a: Positions, b: Positions) -> Bits:
        bits = self._plain("local_patient_identifier", records.local.codes, a, b)
        bits[records.organisation[a] != records.organisation[b]] = 0
        return bits

    def _names(self, records: Records, a: Positions, b: Positions) -> Bits:
        """Names that both differ may stand in each other's column."""
        apart = self._by_code("family_name", records.family.codes, a, b)
        apart += self._by_code("given_name", records.given.codes, a, b)
        exchanged = np.maximum(apart, np.float32(self._best("name_order", 1)))
        return exchanged + self._by_code("middle_name", records.middle.codes, a, b)

    def _plain(self, field: str, codes: Codes, a: Positions, b: Positions) -> Bits:
        """The same of a field in which unequal values can only be at the other levels."""
        most = self.most[field]
        return np.asarray([0.0, most[1], most[2:].max()], np.float32)[equality(codes, a, b)]

    def _home(self, records: Records, a: Positions, b: Positions) -> Bits:
        """Of the address-like fields the best, if it speaks for one person, else the worst."""
        each = np.stack(
            [
                self._postcode(records, a, b),
                self._plain("address", records.address.codes, a, b),
                self._plain("phone", records.phone.codes, a, b),
                self._plain("email", records.email.codes, a, b),
                self._plain("gp_practice_code", records.practice.codes, a, b),
            ]
        )
        best = each.max(axis=0)
        return np.asarray(np.where(best > 0, best, each.min(axis=0)))

    def _postcode(self, records: Records, a: Positions, b: Positions) -> Bits:
        """Unequal postcodes are at the width that they share, or one edit apart."""
        found = equality(records.postcode.codes, a, b)
        unequal = np.flatnonzero(found == 2)
        one, other = a[unequal], b[unequal]
        at = np.full(len(unequal), level("postcode", "other"), dtype=np.int8)
        for width in ("area", "district", "sector"):
            codes = getattr(records, width).codes
            at[equality(codes, one, other) == 1] = level("postcode", width)
        bits = self.most["postcode"][found]
        edit = self.most["postcode"][level("postcode", "edit")]
        bits[unequal] = np.maximum(self.most["postcode"][at], edit)
        return bits
