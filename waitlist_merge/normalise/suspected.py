"""Where do the words of a row say suspected cancer, though no column of its own does?

A clerk writes 2WW, USC or 62 day into the list, the source of referral, the sub-specialty, the
procedure or the comments. What says that it is none, or is no longer (``not 2WW``, ``ex 2WW``,
``2WW downgraded``, ``62 day closed``), says nothing; in doubt it is suspected cancer, for that is
asked, and a cancer that nobody sees is not (domain 7). Names of people are never looked at.

>>> from waitlist_merge.normalise.reading import as_texts
>>> texts = as_texts(["2WW ref, see letter", "2WW downgraded 3/4", "waiting 62 days", "hernia"])
>>> says_suspected_cancer(texts).tolist()
[True, False, False, False]
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pandas as pd

from waitlist_merge.normalise.codes import read_flags
from waitlist_merge.normalise.columns import TextColumn, empty_column, take
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.reading import Mask, Reading, Texts, matched, missing
from waitlist_merge.normalise.typed import TypedColumn, flags
from waitlist_merge.reasons import Fault
from waitlist_merge.reference import load

if TYPE_CHECKING:
    from pandas.core.arrays.boolean import BooleanArray

CODED: Final = ("waiting_list_type", "source_of_referral")
"""Columns of few values that say what list and what referral it is: a bare ``cancer`` or ``fast
track`` is enough there, and outweighs a flag that says no, as a priority of two weeks does."""

WRITTEN: Final = ("sub_specialty", "treatment_function_code", "procedure_text", "comments")
"""Columns where a clerk may write it: counted where the flag itself is not stated."""


def says_suspected_cancer(texts: Texts, *, coded: bool = False) -> Mask:
    """Which texts say that this is suspected cancer; ``coded`` for columns of lists and referrals.

    The words are those of ``cancer_words.csv``.
    """
    return _SAYS[coded](texts)


def read_cancer_flags(texts: Texts) -> Reading:
    """True, False or None for each text of the column of its own: a flag, or the words for it.

    >>> from waitlist_merge.normalise.reading import as_texts
    >>> read_cancer_flags(as_texts(["Y", "62 day", "not 2WW", "No"])).values.tolist()
    [True, True, None, False]
    """
    reading = read_flags("suspected_cancer", texts)
    unread = reading.faults[Fault.NOT_UNDERSTOOD]
    said = unread & says_suspected_cancer(texts, coded=True)
    values = np.where(said, True, reading.values)
    return Reading(values, {**reading.faults, Fault.NOT_UNDERSTOOD: unread & ~said})


def _read_words(texts: Texts, *, coded: bool) -> Mask:
    said = _any_of("says", "says_coded") if coded else _any_of("says")
    found = matched(texts, said.pattern)
    said_so = np.flatnonzero(found)
    for at in said_so[matched(texts[said_so], _denying())]:
        found[at] = any(_stands(texts[at], each) for each in said.finditer(texts[at]))
    return found


_SAYS: Final = {coded: Remembered(partial(_read_words, coded=coded)) for coded in (False, True)}


@cache
def _denying() -> str:
    table = load("cancer_words")
    return "(?i)" + "|".join(table.loc[table["kind"].isin(["before", "after"]), "pattern"])


@cache
def _any_of(*kinds: str) -> re.Pattern[str]:
    """One pattern for all words of these kinds, whatever their case; RE2 reads it too."""
    table = load("cancer_words")
    words = "|".join(table.loc[table["kind"].isin(kinds), "pattern"])
    return re.compile(rf"(?i)(?:\b|_)(?:{words})(?:\b|_)")


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What denies a mention right before it and right after it, over words that say nothing."""
    table = load("cancer_words")
    words = table.groupby("kind")["pattern"].agg("|".join)
    gap = r"[\s_:=,;()/&+-]"
    between = rf"(?:{gap}+(?:{words['between']}))*{gap}*"
    return (
        re.compile(rf"(?i)\b(?:{words['before']})\b{between}$"),
        re.compile(rf"(?i)^{between}\b(?:{words['after']})"),
    )


def _stands(text: str, mention: re.Match[str]) -> bool:
    before, after = _denials()
    denied = before.search(text[: mention.start()]) or after.search(text[mention.end() :])
    return denied is None


def with_words(
    columns: Mapping[str, TextColumn], typed: Mapping[str, TypedColumn]
) -> dict[str, TypedColumn]:
    """The columns that change: the flag, and those in which it was read, with a finding each."""
    found = {name: _rows(columns[name], coded=name in CODED) for name in CODED if name in columns}
    told = {name: _rows(columns[name], coded=False) for name in WRITTEN if name in columns}
    said = {name: rows for name, rows in (found | told).items() if rows.any()}
    if not said:
        return {}
    size = len(next(iter(said.values())))
    own = typed.get("suspected_cancer")
    stated = flags(missing(size)) if own is None else cast("BooleanArray", own.values)
    unsaid = stated.isna()
    known = stated.to_numpy(dtype=bool, na_value=False)
    cancer = known.copy()
    for name, rows in said.items():
        cancer |= rows if name in CODED else rows & unsaid
    values = pd.arrays.BooleanArray(cancer, unsaid & ~cancer)
    column = TypedColumn(values, empty_column(size))
    return {
        "suspected_cancer": column if own is None else dataclasses.replace(own, values=values),
        **{name: _with_finding(name, typed[name], rows & ~known) for name, rows in said.items()},
    }


def _rows(column: TextColumn, *, coded: bool) -> Mask:
    return take(says_suspected_cancer(column.texts, coded=coded), column.codes, False)


def _with_finding(name: str, column: TypedColumn, rows: Mask) -> TypedColumn:
    """One finding for a column of codes, one for each row of what was written."""
    if not rows.any():
        return column
    if name in CODED:
        counts = {**column.column_faults, Fault.CANCER_IN_WORDS: int(rows.sum())}
        return dataclasses.replace(column, column_faults=counts)
    faults = {**column.faults, Fault.CANCER_IN_WORDS: np.flatnonzero(rows)}
    return dataclasses.replace(column, faults=faults)
