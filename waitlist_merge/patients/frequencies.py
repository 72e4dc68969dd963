"""How common is a value? Agreement on a common one says little (term frequency).

Counted once, when a model is fitted, and kept with it: in people, as far as full name and birth
date tell them apart, since ten records of one person do not make a name common. Only values that
many people hold are kept by name: the file of a model shall tell nothing of anybody. All others
have one share together, whether they were seen a few times or never, so that a model weighs the
same after it was saved.

>>> counted = np.array([0] * 500 + [1] * 498 + [2, 3], dtype=np.int32)
>>> names = Coded(counted, ("LEE", "KHAN", "QUILLFEATHER", "THORNBURY"))
>>> found = Frequencies.counted(names, np.ones(1000, np.int32), average=0.001, least=3)
>>> found.shares.index.tolist(), found.of(["LEE", "THORNBURY", "OKAFOR"]).round(4).tolist()
(['LEE', 'KHAN'], [0.2495, 0.0005, 0.0005])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Coded
from waitlist_merge.patients.records import Records

Shares = NDArray[np.float64]

PSEUDO_RECORDS = 1_000
"""Weight of the published average against the frequencies counted in the data, in records."""

RAREST = 1e-5
"""No value counts as rarer than this: a household shares its rare family name and its postcode, so
rarity beyond that speaks of the household and not of the person."""

FEWEST_OF_A_NAME = 3
"""Records that hold a value from which it is kept: the Office for National Statistics suppresses
baby names given fewer than three times, as personal information (Baby names, England and Wales)."""

FEWEST_OF_A_HOME = 50
"""The same of what locates a household: over this a postcode or a telephone number is of a hostel,
a surgery or a switchboard, and of nobody (judgement; most postcodes hold 15 households)."""

HOME = ("postcode", "address", "phone", "email")
"""Columns that locate a household."""


@dataclass(frozen=True, eq=False, slots=True)
class Frequencies:
    """How common each value of one column is.

    ``shares`` is the share of records that hold a value, float64 on an index of values (str), the
    commonest first; ``unseen`` the share of any value that is not in it. ``expected`` is the share
    of the value that a record holds on average, ``chance`` the probability that two records agree.
    """

    shares: pd.Series
    unseen: float
    expected: float
    chance: float

    @classmethod
    def published(cls, average: float) -> Frequencies:
        """Before any was counted: every value is as common as the published average."""
        none = pd.Series([], index=pd.Index([], dtype="str"), dtype=np.float64)
        return cls(none, unseen=average, expected=average, chance=0.0)

    @classmethod
    def counted(
        cls, column: Coded, sizes: NDArray[np.int32], *, average: float, least: int
    ) -> Frequencies:
        """Counted in a column; values that fewer than ``least`` people hold have one share.

        ``sizes`` has for each record how many records its person has: each counts for so much less.
        """
        known = column.known
        parts = np.bincount(
            column.codes[known], _WHOLE // sizes[known], minlength=len(column.values)
        )
        counts = np.rint(parts / _WHOLE * _FINENESS) / _FINENESS
        if not counts.sum():
            return cls.published(average)
        order = np.argsort(counts, kind="stable")  # sums then do not depend on the order of rows
        counts, values = counts[order], np.asarray(column.values, dtype=object)[order]
        shares, never = _shares(counts, average), np.zeros(1)
        kept, few = counts >= least, (counts > 0) & (counts < least)
        unseen = _shares(never, average, of=int(counts.sum()))[0]
        if few.any():
            # The mean over records, in bits, since a share is turned into bits.
            unseen = np.exp2(np.average(np.log2(shares[few]), weights=counts[few]))
        every = np.where(few, unseen, shares)[counts > 0]
        chance = float((every**2).sum())
        named = pd.Series(shares[kept], pd.Index(values[kept], dtype="str"))
        named = named.iloc[np.lexsort((named.index, -named))]
        return cls(named, float(unseen), expected=chance / float(every.sum()), chance=chance)

    def of(self, values: Sequence[str]) -> Shares:
        """The share of each of these values."""
        known = dict(zip(self.shares.index, self.shares.to_numpy(), strict=True))
        shares = (known.get(value, self.unseen) for value in values)
        return np.fromiter(shares, np.float64, len(values))


_WHOLE = 5_040
"""A number that all small numbers divide: sums of its parts do not depend on their order."""

_FINENESS = 100
"""Parts of a person to which counts are rounded: a person of eleven records is one."""


def _shares(counts: Shares, average: float, *, of: int | None = None) -> Shares:
    """The share of values of these counts; ``of`` so many records, by default the sum of counts.

    The pair itself is no evidence that a value is common, so two people are left out.
    """
    people = counts.sum() if of is None else of
    shares = (np.maximum(counts - 2, 0) + PSEUDO_RECORDS * average) / (people + PSEUDO_RECORDS)
    return np.asarray(np.maximum(shares, RAREST))


def fewest(column: str) -> int:
    """How many records must hold a value of this column for it to be kept?"""
    return FEWEST_OF_A_HOME if column in HOME else FEWEST_OF_A_NAME


def columns(records: Records) -> dict[str, Coded]:
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
