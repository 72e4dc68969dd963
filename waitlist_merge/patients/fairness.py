"""Is everybody linked as often? Link and review rates by sex, age, ethnic group and organisation.

Missed links fall on some groups more than on others (domain 4.6): the table shows it for each run,
and where the truth is known also how many of each group's true links were found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.errors import InputError
from waitlist_merge.reasons import Joins

AGE_BANDS = (0, 18, 40, 65, 75, 85, 130)
"""Ages at which a band begins; the last ends them."""

SEXES = {"1": "male", "2": "female", "9": "indeterminate"}
"""PERSON STATED GENDER CODE; any other is not known."""

UNKNOWN = "not known"

COLUMNS = ("gender", "birth_date", "ethnic_category", "organisation", "nhs_number")
"""Columns of entries that tell what kind of person a row is about."""


def strata(entries: pd.DataFrame, *, on: date | None) -> pd.DataFrame:
    """What kind of person is each row about? One category column for each way to divide them.

    ``entries`` are typed; ``on`` is the day at which ages are counted, without one they are not.
    A division of which nothing is known is left out. Of an ethnic category only the first character
    counts: it is the national part.
    """
    nothing = pd.Series(pd.NaT, index=range(len(entries)))
    held = {name: entries.get(name, nothing) for name in COLUMNS}
    ways = {
        "sex": _grouped(held["gender"], lambda code: SEXES.get(code, UNKNOWN)),
        "age band": _ages(held["birth_date"], on),
        "ethnic group": _grouped(held["ethnic_category"], lambda code: code[:1]),
        "organisation": _grouped(held["organisation"], str),
    }
    known = {name: kinds for name, kinds in ways.items() if (kinds != UNKNOWN).any()}
    numbered = held["nhs_number"].notna().to_numpy().astype(np.int8)
    said = pd.Categorical.from_codes(numbered, pd.Index(["no", "yes"]))
    return pd.DataFrame(known | {"NHS number": said})


def _grouped(column: pd.Series, group: Callable[[str], str]) -> pd.Series:
    """A column of codes as groups, worked out on the distinct codes."""
    codes, values = pd.factorize(column)
    groups = [group(str(value)) for value in values] + [UNKNOWN]  # code -1 takes the last
    numbers, names = pd.factorize(np.asarray(groups, dtype=object), sort=True)
    return pd.Series(pd.Categorical.from_codes(numbers[codes], pd.Index(names, dtype="str")))


def _ages(births: pd.Series, on: date | None) -> pd.Series:
    """Age bands at a day."""
    bands = [f"{low}-{high - 1}" for low, high in pairwise(AGE_BANDS)]
    if on is None:
        return pd.Series(UNKNOWN, index=range(len(births)), dtype="category")
    years = (pd.Timestamp(on) - births.reset_index(drop=True)).dt.days / 365.25
    cut = pd.cut(years, AGE_BANDS, right=False, labels=bands)
    return pd.Series(cut.cat.add_categories(UNKNOWN).fillna(UNKNOWN))


def rates(
    group: NDArray[np.int32],
    links: pd.DataFrame,
    strata: pd.DataFrame,
    *,
    truth: Sequence[object] | pd.Series | None = None,
) -> pd.DataFrame:
    """Rows, share linked to another row and share asked about, for each kind of row.

    With ``truth``, the person of each row, also ``pairs``, the true pairs that rows of this kind
    are in (a pair counts for each of its two rows), and ``recall``, the share of them that was
    joined; missing where there is none. InputError where ``truth`` does not say of each row.

    >>> links = pd.DataFrame({"a": [0], "b": [2], "joins": ["asked"]})
    >>> kinds = pd.DataFrame({"sex": ["1", "1", "2"]})
    >>> rates(np.array([0, 0, 1]), links, kinds).to_numpy().tolist()
    [['sex', '1', 2, 1.0, 0.5], ['sex', '2', 1, 0.0, 1.0]]
    >>> rates(np.array([0, 0, 1]), links, kinds, truth=["Ann"] * 3)["recall"].tolist()
    [0.5, 0.0]
    """
    linked = np.bincount(group)[group] > 1 if len(group) else np.zeros(0, dtype=bool)
    asked = np.zeros(len(group), dtype=bool)
    doubtful = links[links["joins"] == Joins.ASKED]
    asked[doubtful["a"].to_numpy()] = asked[doubtful["b"].to_numpy()] = True
    told = {"rows": np.ones(len(group)), "linked": linked, "asked": asked}
    if truth is not None:
        told |= _found_and_true(group, _people(truth, len(group)))
    tables = [_by(strata[way], told).assign(by=way) for way in strata.columns]
    table = pd.concat(tables, ignore_index=True)
    shown = ["by", "value", "rows", "linked", "asked"]
    return table[shown if truth is None else [*shown, "pairs", "recall"]]


def _by(kinds: pd.Series, told: dict[str, NDArray[np.generic]]) -> pd.DataFrame:
    """The sums of each kind of row, as rates; rows of no kind are left out."""
    code, names = pd.factorize(kinds)
    index = pd.Index(names.astype("str"), name="value")
    summed = {
        name: np.bincount(code + 1, weights=each, minlength=len(index) + 1)[1:]
        for name, each in told.items()
    }
    sums = pd.DataFrame(summed, index=index).sort_index()
    rows = sums["rows"].astype(np.int64)
    table = sums.assign(rows=rows, linked=sums["linked"] / rows, asked=sums["asked"] / rows)
    if "found" in sums:
        pairs = sums["pairs"].astype(np.int64)
        table = table.assign(pairs=pairs, recall=sums["found"] / pairs.where(pairs > 0))
    return table.reset_index()


def _people(truth: Sequence[object] | pd.Series, count: int) -> NDArray[np.int64]:
    """The person of each row as a number."""
    people = pd.factorize(pd.Series(truth).to_numpy())[0]
    if len(people) != count:
        raise InputError(f"the truth has {len(people)} people for {count} rows; give one for each")
    nobody = int((people < 0).sum())
    if nobody:
        raise InputError(f"the truth has no person for {nobody} rows; give one for each")
    return people.astype(np.int64)


def _found_and_true(
    group: NDArray[np.int32], people: NDArray[np.int64]
) -> dict[str, NDArray[np.generic]]:
    """How many other rows of its person each row has, and how many of them are in its group."""
    together = people * (int(group.max(initial=0)) + 1) + group
    return {"pairs": _others(people), "found": _others(together)}


def _others(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    codes = pd.factorize(labels)[0]
    return (np.bincount(codes)[codes] - 1).astype(np.int64)
