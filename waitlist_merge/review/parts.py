"""Whom does a question show, and what stands against what in it?

A question is about whole groups: all entries of the patients or needs concerned, so that nobody
answers for an entry that was not shown. What is one already stands on one side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.categories import text_of, whole
from waitlist_merge.combined.texts import arrow_text, joined_text
from waitlist_merge.pathways.columns import Bools, any_of
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.pathways.match import Patients, certain_people

Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """The entries of questions: ``question``, ``entry`` and ``side`` (0 upwards in each question).

    Rows are in the order of questions, sides and entry ids; ``size`` is the number of questions.
    """

    question: Positions
    entry: Positions
    side: Positions
    size: int

    def any(self, mask: Bools) -> Bools:
        """Questions of which it is true of any entry."""
        return any_of(mask[self.entry], self.question, self.size)

    def joined(self, column: pd.Series) -> pd.arrays.ArrowStringArray:
        """The different values of the entries of each question, sorted and joined by ;."""
        values = column.take(self.entry)
        coded = isinstance(values.dtype, pd.CategoricalDtype)
        text = text_of(values) if coded else whole(pa.array(values, pa.string(), from_pandas=True))
        return arrow_text(joined_text(text, self.question, self.size, ";"))

    def sides(self, entry_ids: pd.Series) -> list[str]:
        """The entry ids of each question, those of one side joined by ; and the sides by |."""
        names = entry_ids.take(self.entry).tolist()
        told = [""] * self.size
        before = -1
        for question, side, name in zip(
            self.question.tolist(), self.side.tolist(), names, strict=True
        ):
            if not told[question]:
                told[question] = name
            else:
                told[question] += ("|" if side != before else ";") + name
            before = side
        return told


def whole_groups(
    asked: pd.DataFrame,
    concerned: pd.DataFrame,
    levels: Mapping[str, Patients],
    organisation: pd.Series,
    order: NDArray[np.integer],
) -> Parts:
    """All entries of the groups that questions concern, with the side of each.

    ``asked`` has ``level`` and ``joins`` of each question, ``concerned`` its ``question`` and
    ``entry``; ``levels`` are who is who and what is one need; ``order`` is the place of entries by
    id. Where a group as a whole is asked about, what is certain in it makes the sides; where all of
    it is (only its clock is asked about), organisations do.
    """
    found = [
        _of_level(asked, concerned, level, match, organisation) for level, match in levels.items()
    ]
    told = pd.concat(found, ignore_index=True)
    told["place"] = order[told["entry"]]
    least = told.groupby(["question", "side"])["place"].transform("min")
    told = told.assign(least=least).sort_values(["question", "least", "place"], ignore_index=True)
    question = told["question"].to_numpy(dtype=np.int64)
    begins = told["least"].ne(told["least"].shift()) | told["question"].ne(told["question"].shift())
    count = np.cumsum(begins.to_numpy(dtype=bool)).astype(np.int64)
    first = pd.Series(count).groupby(question).transform("min").to_numpy(dtype=np.int64)
    entry = told["entry"].to_numpy(dtype=np.int64)
    return Parts(question, entry, count - first, len(asked))


def _of_level(
    asked: pd.DataFrame,
    concerned: pd.DataFrame,
    level: str,
    match: Patients,
    organisation: pd.Series,
) -> pd.DataFrame:
    """The entries of the questions of one level; ``side`` is any number for each side."""
    mine = (asked["level"] == level).to_numpy(dtype=bool)
    some = concerned[mine[concerned["question"]]]
    groups = pd.DataFrame(
        {"question": some["question"], "group": match.group[some["entry"].to_numpy()]}
    ).drop_duplicates()
    told = groups.merge(_members(match.group, groups["group"]), on="group")
    certain = certain_people(match.links, len(match.group))
    entry = told["entry"].to_numpy(dtype=np.int64)
    whole = told.groupby("question")["group"].transform("nunique").to_numpy() == 1
    side = np.where(whole, certain[entry], told["group"].to_numpy())
    told = told.assign(side=side)
    lone = told.groupby("question")["side"].transform("nunique").to_numpy() == 1
    codes = pd.factorize(organisation)[0]
    told["side"] = np.where(lone, codes[entry], side)
    lone = told.groupby("question")["side"].transform("nunique").to_numpy() == 1
    told["side"] = np.where(lone, entry, told["side"])
    return told[["question", "entry", "side"]]


def _members(group: Group, wanted: pd.Series) -> pd.DataFrame:
    """The entries of the wanted groups: ``group`` and ``entry``."""
    is_wanted = np.zeros(int(group.max(initial=-1)) + 1, dtype=bool)
    is_wanted[wanted] = True
    entry = np.flatnonzero(is_wanted[group])
    return pd.DataFrame({"group": group[entry], "entry": entry})
