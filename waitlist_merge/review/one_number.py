"""Are they two people whom two runs list under one number?

A number on a row is written there by hand, and may be another patient's. Two entries of one run
that share it are kept apart where given name and birth date both differ (``patients.vetoes``); of
two runs this holds as well, or whoever has left would be taken for the person who has the number
now. Names and dates that differ by a slip, and names of one person in another form, do not differ.

>>> one, other = (
...     pd.DataFrame(
...         {
...             "family_name": pd.Categorical([family]),
...             "given_name": pd.Categorical([given]),
...             "birth_date": pd.to_datetime([born]).as_unit("s"),
...         }
...     )
...     for family, given, born in (
...         ("Tremblay", "Luc", "1966-04-17"),
...         ("Marlowe", "Jane", "1988-11-22"),
...     )
... )
>>> two_people(one, other, np.array([0]), np.array([0])).tolist()
[True]
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.patients.levels import LEVELS, birth_levels, is_level
from waitlist_merge.patients.names import name_levels
from waitlist_merge.patients.records import prepare
from waitlist_merge.patients.vetoes import COMPATIBLE_GIVEN
from waitlist_merge.review.sameness import Positions, column_of, numbered

_NAMES = ("family_name", "given_name")
_NUMBER = "nhs_number"
_SAME_FAMILY = ("missing", "exact", "near", "part")


def two_people(now: pd.DataFrame, then: pd.DataFrame, rows: Positions, others: Positions) -> Bools:
    """Which of ``rows`` of ``now`` are of another person than their ``others`` of ``then``?

    The given names do not fit and the birth dates differ: by more than one of day, month and year,
    or at all where the family name is another one too. A common given name makes nobody of another
    family and another birth date the same. Nor are they one whose given names do not fit under two
    numbers, be they born on one day: twins. What is missing differs from nothing.
    """
    if not len(rows):
        return np.zeros(0, dtype=bool)
    parts = (now.iloc[rows], then.iloc[others])
    told = {
        name: pd.concat([part[name].astype(object) for part in parts]).astype("category")
        for name in _NAMES
    }
    born = np.concatenate([part["birth_date"].to_numpy("datetime64[s]") for part in parts])
    people = prepare(pd.DataFrame(told | {"birth_date": born}).reset_index(drop=True))
    a = np.arange(len(rows))
    b = a + len(rows)
    levels = name_levels(people, a, b, LEVELS) | {"birth_date": birth_levels(people, a, b)}
    in_order = is_level(levels, "name_order", "missing")
    named_otherwise = in_order & ~is_level(levels, "given_name", "missing", *COMPATIBLE_GIVEN)
    of_another_family = in_order & ~is_level(levels, "family_name", *_SAME_FAMILY)
    another_date = is_level(levels, "birth_date", "other")
    any_date = another_date | ~is_level(levels, "birth_date", "missing", "exact")
    of_another_family &= ~is_level(levels, "given_name", "missing")
    by_family = of_another_family & np.where(named_otherwise, any_date, another_date)
    one, other = numbered(*(column_of(part, _NUMBER) for part in parts))
    two_numbers = (one != other) & (one >= 0) & (other >= 0)
    return np.asarray(by_family | (named_otherwise & (another_date | two_numbers)), dtype=bool)


def surely_one(now: pd.DataFrame, then: pd.DataFrame, rows: Positions, others: Positions) -> Bools:
    """Which of ``rows`` of ``now`` say who they are just as their ``others`` of ``then`` do?

    By number, names and birth date, none of which is missing: certain enough to tell another
    organisation of it.
    """
    found = np.ones(len(rows), dtype=bool)
    for name in (_NUMBER, *_NAMES, "birth_date"):
        one, other = numbered(now[name].iloc[rows], then[name].iloc[others])
        found &= (one == other) & (one >= 0)
    return found
