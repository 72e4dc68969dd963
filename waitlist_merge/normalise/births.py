"""The century of a birth year written with two digits, told by the rest of the row.

Two centuries fit the young and the very old. A title, the service or an earlier date of the
pathway can tell them apart; where none does, the younger reading stands, with a finding, and
the kept source text says that the year is no evidence.

>>> day = np.array(["2014-05-04"], dtype="datetime64[D]")
>>> settled(day, older=np.array([True]), younger=np.array([False])).tolist()
[datetime.date(1914, 5, 4)]
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from waitlist_merge.normalise.dates import Days
from waitlist_merge.normalise.reading import Mask, as_texts, matched
from waitlist_merge.normalise.treatment_functions import GROUPS
from waitlist_merge.reference import load

_TITLES = load("titles")
_ADULT = frozenset(_TITLES.loc[_TITLES["adult"] == "yes", "title"])
_CHILD = frozenset(_TITLES.loc[_TITLES["adult"] == "no", "title"])

_CHILDREN_SERVICES = frozenset({"420"} | {code for code, group in GROUPS.items() if group == "X04"})
_ELDERLY_SERVICES = frozenset({"430", "431", "715"})

_TWO_DIGIT_YEAR = r"^\D*[0-9]{1,2}[-/. ]+(?:[0-9]{1,2}|[A-Za-z]+)[-/. ,']+[0-9]{2}(?:\D|$)"


def settled(days: Days, *, older: Mask, younger: Mask) -> Days:
    """The births moved a century back where the row says that the person is old."""
    move = older & ~younger
    return np.where(move, _century_before(days), days)


def _century_before(days: Days) -> Days:
    months = days.astype("datetime64[M]")
    earlier: Days = (months - 1200).astype("datetime64[D]") + (
        days - months.astype("datetime64[D]")
    )
    return earlier


def says_older(
    days: Days, *, title: pd.Categorical[str], service: pd.Categorical[str], dates: Iterable[Days]
) -> Mask:
    """True where title, service or a date before the younger birth say that the person is old."""
    older = title.isin(list(_ADULT)) | service.isin(list(_ELDERLY_SERVICES))
    for each in dates:
        older |= each < days
    mask: Mask = older
    return mask


def says_younger(*, title: pd.Categorical[str], service: pd.Categorical[str]) -> Mask:
    """True where title or service say that the person is a child."""
    mask: Mask = title.isin(list(_CHILD)) | service.isin(list(_CHILDREN_SERVICES))
    return mask


def year_is_no_evidence(birth_date_source: Iterable[str | None]) -> Mask:
    """True where the kept source text of a birth date has a two-digit year: compare no year.

    >>> year_is_no_evidence(["21-Nov-12", "1962-03-03", None]).tolist()
    [True, False, False]
    """
    return matched(as_texts(birth_date_source), _TWO_DIGIT_YEAR)
