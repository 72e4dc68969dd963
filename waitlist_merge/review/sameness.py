"""Do two rows of one organisation, of this run and of the last, speak of one person and one need?

Fields of both runs get one numbering, so that comparing is comparing whole numbers. Case does not
count, nor does the padding of pathway identifiers and booking numbers; one that is too short to
mean anything is missing. A missing value neither agrees nor disagrees.

>>> now = pd.DataFrame({"family_name": pd.Categorical(["Okafor", None])})
>>> then = pd.DataFrame({"family_name": pd.Categorical(["Nowak", "OKAFOR"])})
>>> runs = two_runs(now, then, ("family_name",))
>>> runs.now["family_name"].tolist(), runs.then["family_name"].tolist()
([0, -1], [1, 0])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, days, known
from waitlist_merge.pathways.identifiers import stems_of

Codes = NDArray[np.int64]
Positions = NDArray[np.int64]

_PADDED = ("patient_pathway_identifier", "unique_booking_reference_number")

_OF_A_STRANGER = ("local_patient_identifier", "given_name")

NEAR_DAYS = 7
"""Days by which a corrected referral date may move and still be the same referral. Our own choice:
a second referral to one service within a week is the first one sent again."""


@dataclass(frozen=True, eq=False, slots=True)
class TwoRuns:
    """Fields of the entries of this run and of the last: equal numbers are equal values, -1 none.

    ``referred_now`` and ``referred_then`` are the days of referral, NO_DAY where missing.
    """

    now: Mapping[str, Codes]
    then: Mapping[str, Codes]
    referred_now: NDArray[np.int32]
    referred_then: NDArray[np.int32]

    def other_person(self, now: Positions, then: Positions) -> Bools:
        """Pairs of which number, birth date and names speak against one person, and none for it.

        Two of the three have to differ: one alone is a correction. Names agree where both do. An
        agreeing number is a slip where hospital number, given name and birth date all differ; and
        who has another hospital number, given name and number is a twin, though born on one day.
        """
        same_name = self._agree("family_name", now, then) & self._agree("given_name", now, then)
        other_name = self._differ("family_name", now, then) & self._differ("given_name", now, then)
        agree = self._agree("nhs_number", now, then) | self._agree("birth_date", now, then)
        differ = (
            self._differ("nhs_number", now, then).astype(np.int8)
            + self._differ("birth_date", now, then)
            + other_name
        )
        stranger = np.logical_and.reduce([self._differ(name, now, then) for name in _OF_A_STRANGER])
        stranger &= self._differ("birth_date", now, then) | self._differ("nhs_number", now, then)
        return np.asarray((~agree & ~same_name & (differ >= 2)) | stranger)

    def other_need(self, now: Positions, then: Positions) -> Bools:
        """Pairs of which service, referral and clock start speak against one need, none for it."""
        names = ("treatment_function_code", "referral_date", "rtt_start_date")
        agree = np.logical_or.reduce([self._agree(name, now, then) for name in names])
        differ = np.sum([self._differ(name, now, then) for name in names], axis=0)
        return np.asarray(~agree & (differ >= 2))

    def equal(self, names: Iterable[str], now: Positions, then: Positions) -> tuple[Codes, Codes]:
        """A number for each of these rows of both runs: equal in all named fields."""
        values = np.zeros(len(now) + len(then), dtype=np.int64)
        for name in names:
            more = np.concatenate([self.now[name][now], self.then[name][then]]) + 1
            packed = values * (more.max(initial=0) + 1) + more
            values = pd.factorize(packed)[0].astype(np.int64)
        return values[: len(now)], values[len(now) :]

    def near(self, now: Positions, then: Positions) -> Bools:
        """Pairs referred within a week of each other, or with day and month exchanged."""
        one, other = self.referred_now[now], self.referred_then[then]
        there = known(one) & known(other)
        apart = np.abs(one.astype(np.int64) - other)
        return np.asarray(there & ((apart <= NEAR_DAYS) | _exchanged(one, other, there)))

    def beside(self, more: Mapping[str, tuple[Codes, Codes]]) -> TwoRuns:
        """The same with more fields, numbered already."""
        now = {**self.now, **{name: pair[0] for name, pair in more.items()}}
        then = {**self.then, **{name: pair[1] for name, pair in more.items()}}
        return replace(self, now=now, then=then)

    def _agree(self, name: str, now: Positions, then: Positions) -> Bools:
        one, other = self.now[name][now], self.then[name][then]
        return np.asarray((one == other) & (one >= 0))

    def _differ(self, name: str, now: Positions, then: Positions) -> Bools:
        one, other = self.now[name][now], self.then[name][then]
        return np.asarray((one != other) & (one >= 0) & (other >= 0))


def _exchanged(one: NDArray[np.int32], other: NDArray[np.int32], there: Bools) -> Bools:
    """Days that are each other with day and month exchanged."""
    found = np.zeros(len(one), dtype=bool)
    first, second = (
        pd.DatetimeIndex(each[there].astype("datetime64[D]").astype("datetime64[s]"))
        for each in (one, other)
    )
    found[there] = (
        (first.year == second.year) & (first.month == second.day) & (first.day == second.month)
    )
    return found


def two_runs(now: pd.DataFrame, then: pd.DataFrame, names: Iterable[str]) -> TwoRuns:
    """The named columns of two frames in one numbering; a column that one lacks is missing."""
    both = {
        name: numbered(column_of(now, name), column_of(then, name), padded=name in _PADDED)
        for name in names
    }
    return TwoRuns(
        {name: pair[0] for name, pair in both.items()},
        {name: pair[1] for name, pair in both.items()},
        _referred(now),
        _referred(then),
    )


def _referred(entries: pd.DataFrame) -> NDArray[np.int32]:
    if "referral_date" in entries:
        return days(entries["referral_date"])
    return days(pd.Series(np.full(len(entries), np.datetime64("NaT", "s"))))


def places(position: Positions, size: int) -> Positions:
    """Where each entry of the last run is in this one, -1 where it is not."""
    at = np.full(size, -1, dtype=np.int64)
    there = np.flatnonzero(position >= 0)
    at[position[there]] = there
    return at


def few_among(some: NDArray[np.object_], names: NDArray[np.generic]) -> Positions:
    """Where each of these few ids is among many, -1 where it is not; those alone are indexed.

    >>> few_among(np.array(["E-2", "E-9"], object), np.array(["E-1", "E-2"]))
    array([ 1, -1])
    """
    rows = np.flatnonzero(pd.Series(names).isin(some).to_numpy())
    named = pd.Index(names[rows], dtype=object)
    at: Positions = np.append(rows, -1)[named.get_indexer(pd.Index(some, dtype=object))]
    return at


def column_of(entries: pd.DataFrame, name: str) -> pd.Series:
    """The column of a frame; one that is not there is missing in every row.

    >>> column_of(pd.DataFrame(index=[0]), "laterality").isna().tolist()
    [True]
    """
    if name in entries:
        return entries[name]
    return pd.Series(pd.Categorical([None] * len(entries)))


def numbered(now: pd.Series, then: pd.Series, *, padded: bool = False) -> tuple[Codes, Codes]:
    """Two columns of text, of dates or of flags in one numbering; -1 for missing.

    >>> one, other = numbered(pd.Series(["a", None]), pd.Series(["B", "A"]))
    >>> one.tolist(), other.tolist()
    ([0, -1], [1, 0])
    """
    if pd.api.types.is_datetime64_any_dtype(now.dtype):
        stamps = np.concatenate([each.to_numpy().astype("datetime64[s]") for each in (now, then)])
        codes = pd.factorize(stamps)[0].astype(np.int64)
        return codes[: len(now)], codes[len(now) :]
    parts = [each.astype("category") for each in (now, then)]
    words = [_words(part, padded=padded) for part in parts]
    code = pd.factorize(np.concatenate(words))[0].astype(np.int64)
    one, other = (
        np.append(numbers, -1)[part.cat.codes.to_numpy()]
        for numbers, part in zip(np.split(code, [len(words[0])]), parts, strict=True)
    )
    return one, other


def _words(column: pd.Series, *, padded: bool) -> NDArray[np.object_]:
    """The different values as they are compared; None for one that says nothing."""
    values = pa.array(column.cat.categories.astype(str), pa.string())
    if padded:
        return np.asarray(stems_of(values).to_pylist(), dtype=object)
    plain = [each.strip().upper() or None for each in values.to_pylist()]
    return np.asarray(plain, dtype=object)
