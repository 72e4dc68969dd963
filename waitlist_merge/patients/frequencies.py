"""How common is a value? Agreement on a common one says little (term frequency).

Counted once, when a model is fitted, and kept with it: in people, as far as full name and birth
date tell them apart, since ten records of one person do not make a name common. Only values that
many people hold are kept by name: the file of a model shall tell nothing of anybody. All others
have one share together, whether they were seen a few times or never, so that a model weighs the
same after it was saved.

>>> counted = np.array([0] * 500 + [1] * 498 + [2, 3], dtype=np.int32)
>>> names = Coded(counted, ("LEE", "KHAN", "QUILLFEATHER", "THORNBURY"))
>>> parts, before = parts_of_people(np.ones(1000, np.int32)), Frequencies.published(0.001)
>>> found = Frequencies.counted(names, parts, before=before, least=3)
>>> found.shares.index.tolist(), found.of(["LEE", "THORNBURY", "OKAFOR"]).round(4).tolist()
(['LEE', 'KHAN'], [0.2495, 0.0005, 0.0005])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.coding import Coded
from waitlist_merge.patients.records import Records
from waitlist_merge.reference import rows

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


NOBODY: Mapping[str, float] = MappingProxyType({})
"""No value is known to be common."""


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
    def published(cls, average: float, *, common: Mapping[str, float] = NOBODY) -> Frequencies:
        """Before any was counted: every value is as common as the published average, or more."""
        return cls(_named(common), unseen=average, expected=average, chance=0.0)

    @classmethod
    def counted(
        cls,
        column: Coded,
        parts: NDArray[np.float64],
        *,
        before: Frequencies,
        least: int,
    ) -> Frequencies:
        """Counted in a column; values that fewer than ``least`` people hold have one share.

        ``parts`` says how much of its person each record is (``parts_of_people``). ``before`` are
        the published shares, of values that are commoner than the average too: what a short list
        shows of them weighs little against it.
        """
        held = np.bincount(column.codes + 1, parts, len(column.values) + 1)[1:]
        # In whole hundredths: sums of them do not depend on the order of rows.
        counts = np.rint(held / _WHOLE * _FINENESS).astype(np.int64)
        people = int(counts.sum()) / _FINENESS
        if not people:
            return before
        average = before.unseen
        common = dict(zip(before.shares.index, before.shares.to_numpy(), strict=True))
        known = [at for at, value in enumerate(column.values) if value in common] if common else []
        kept = np.union1d(np.flatnonzero(counts >= least * _FINENESS), known).astype(np.int64)
        values = [column.values[at] for at in kept]
        expected = np.array([common.get(value, average) for value in values])
        shares = _shares(counts[kept] / _FINENESS, expected, of=people)
        absent = {name: share for name, share in common.items() if name not in {*values}}
        unheld = _shares(np.zeros(1), np.array([*absent.values()]), of=people)
        named = dict(zip((*values, *absent), np.append(shares, unheld).tolist(), strict=True))
        held_shares = np.sort(shares[counts[kept] > 0])
        counts[kept] = 0
        unseen, others = _of_few(counts, average, of=people)
        chance = float((held_shares**2).sum() + others * unseen**2)
        every = float(held_shares.sum() + others * unseen)
        return cls(_named(named), unseen, expected=chance / every, chance=chance)

    def of(self, values: Sequence[str]) -> Shares:
        """The share of each of these values."""
        known = dict(zip(self.shares.index, self.shares.to_numpy(), strict=True))
        shares = (known.get(value, self.unseen) for value in values)
        return np.fromiter(shares, np.float64, len(values))


def parts_of_people(sizes: NDArray[np.int32]) -> NDArray[np.float64]:
    """How much of its person is each record, whose person has so many? In parts of ``_WHOLE``."""
    return (_WHOLE // sizes).astype(np.float64)


_WHOLE = 5_040
"""A number that all small numbers divide: sums of its parts do not depend on their order."""

_FINENESS = 100
"""Parts of a person to which counts are rounded: a person of eleven records is one."""


def _named(shares: Mapping[str, float]) -> pd.Series:
    """The share of each value, the commonest first."""
    named = pd.Series([*shares.values()], pd.Index([*shares], dtype="str"), dtype=np.float64)
    return named.iloc[np.lexsort((named.index, -named))]


@cache
def common_names(column: str) -> Mapping[str, float]:
    """The names of this column that are common in the United Kingdom, and the share of each.

    >>> round(common_names("family_name")["SMITH"], 3), common_names("postcode")
    (0.013, {})
    """
    return {
        row["name"]: float(row["share"]) for row in rows("common_names") if row["field"] == column
    }


def _of_few(counts: NDArray[np.int64], average: float, *, of: float) -> tuple[float, int]:
    """The one share of all values that few hold, and how many of them any holds."""
    times = np.bincount(counts[counts > 0], minlength=1)
    held = np.flatnonzero(times)
    if not len(held):
        return float(_shares(np.zeros(1), average, of=of)[0]), 0
    # The mean over records, in bits, since a share is turned into bits.
    bits = np.log2(_shares(held / _FINENESS, average, of=of))
    mean = np.average(bits, weights=held * times[held])
    return float(np.exp2(mean)), int(times.sum())


def _shares(counts: Shares, average: float | Shares, *, of: float) -> Shares:
    """The share of values of these counts, of so many people.

    The pair itself is no evidence that a value is common, so two people are left out.
    """
    shares = (np.maximum(counts - 2, 0) + PSEUDO_RECORDS * average) / (of + PSEUDO_RECORDS)
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
