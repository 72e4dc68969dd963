"""How right is a merge of the region? Pairwise precision and recall, of patients and of needs.

Pairs are counted from the sizes of groups, never listed: n rows of one group are n(n-1)/2 pairs, so
a million rows cost a sort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.demo.draw import Ints, Mask
from waitlist_merge.demo.relations import SAME_NEED
from waitlist_merge.errors import InputError
from waitlist_merge.reasons import ListState

_KEY = ["source_file", "source_row"]


@dataclass(frozen=True, slots=True)
class PairScore:
    """How many pairs of rows were found, are true, and are both."""

    found: int
    true: int
    both: int

    @property
    def precision(self) -> float:
        """Of the pairs found, what share is true? 1 where none was found."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Of the true pairs, what share was found? 1 where there is none."""
        return self.both / self.true if self.true else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Pairs at both levels, and what became of each relation of the truth.

    ``by_relation``: one row for each relation, with ``rows`` that have it; ``joined``, how many of
    them share a pathway with the first row of their need; ``asked``, how many do not but are a
    question; ``mixed``, how many stand in a pathway with another need. Look-alikes are first rows
    themselves: their ``joined`` is 0, and ``asked`` counts questions about another need.
    """

    patients: PairScore
    needs: PairScore
    by_relation: pd.DataFrame
    questions: int


def pair_score(found: Ints, true: Ints) -> PairScore:
    """Pairs of rows with one label in ``found``, in ``true`` and in both; labels from 0.

    >>> pair_score(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 6]))
    PairScore(found=3, true=2, both=1)
    """
    together = found.astype(np.int64) * (int(true.max(initial=0)) + 1) + true
    return PairScore(_pairs(found), _pairs(true), _pairs(together))


def _pairs(labels: Ints) -> int:
    count = np.unique(labels, return_counts=True)[1]
    return int((count * (count - 1) // 2).sum())


def score(found: pd.DataFrame, truth: pd.DataFrame, *, asked: pd.DataFrame | None = None) -> Scores:
    """How right a merge is, where the truth is known.

    ``found``: ``source_file``, ``source_row``, ``patient_id``, ``pathway_id``, one row an entry, as
    in the entries table; ``truth`` as ``write_extracts`` returns it. Every row counts at the level
    of patients. At the level of needs rows whose ``list_state`` is ``closed`` are left out where
    ``found`` has that column: they do not wait, and need not be joined to what does. Without it
    every row counts.

    ``asked``: pairs put to a person (``entry_id_a``, ``entry_id_b``, as in pathway_links where
    ``joins`` is ``asked``); needs ``entry_id`` in ``found``. A need counts as asked if any question
    lies between the pathways of its two rows. Questions never count as found pairs.

    InputError where a row of one is missing from the other or occurs twice.
    """
    both = _matched(found, truth)
    patient, person = _labels(both["patient_id"]), _labels(both["person_id"])
    waits = np.ones(len(both), dtype=bool)
    if "list_state" in both:
        waits = (both["list_state"].astype(str) != ListState.CLOSED.value).to_numpy()
    pathway, need = _labels(both["pathway_id"]), _labels(both["need_id"])
    return Scores(
        patients=pair_score(patient, person),
        needs=pair_score(pathway[waits], need[waits]),
        by_relation=_by_relation(both, pathway, need, _questions(both, pathway, asked)),
        questions=0 if asked is None else len(asked),
    )


def _matched(found: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Both tables side by side, one row an entry, or an error that counts what does not fit."""
    own = found.assign(source_file=found["source_file"].astype(str))
    for name, table in (("found", own), ("truth", truth)):
        twice = int(table.duplicated(_KEY).sum())
        if twice:
            msg = f"{name}: {twice} rows have the file and row of another; give each entry once"
            raise InputError(msg)
    columns = ["patient_id", "pathway_id", "entry_id", "list_state"]
    kept = own[[*_KEY, *(each for each in columns if each in own)]]
    both = truth.merge(kept, on=_KEY, how="outer", indicator=True)
    unmatched = both["_merge"].value_counts()
    if unmatched["left_only"] or unmatched["right_only"]:
        msg = (
            f"truth and found differ: {unmatched['left_only']} rows only in the truth and "
            f"{unmatched['right_only']} only in what was found; score a merge of all its extracts"
        )
        raise InputError(msg)
    return both


def _labels(column: pd.Series) -> Ints:
    """Group numbers of a column; a missing label is a group of its own row."""
    codes = pd.factorize(column)[0].astype(np.int64)
    alone = np.flatnonzero(codes < 0)
    codes[alone] = int(codes.max(initial=-1)) + 1 + np.arange(len(alone))
    return codes


def _questions(both: pd.DataFrame, pathway: Ints, asked: pd.DataFrame | None) -> Ints:
    """Sorted keys of the pairs of pathways between which a question lies."""
    if asked is None or len(asked) == 0:
        return np.empty(0, dtype=np.int64)
    of_entry = pd.Series(pathway, index=both["entry_id"].astype(str))
    a, b = (of_entry[asked[each].astype(str)].to_numpy() for each in ("entry_id_a", "entry_id_b"))
    return np.unique(_pair_key(a, b, len(pathway)))


def _pair_key(a: Ints, b: Ints, size: int) -> Ints:
    """One number for an unordered pair of labels below 2 * size."""
    return np.minimum(a, b) * (2 * size) + np.maximum(a, b)


def _ends(questions: Ints, size: int) -> Ints:
    """The pathways that a question is about, from the keys of their pairs."""
    return np.unique(np.concatenate([questions // (2 * size), questions % (2 * size)]))


def _by_relation(both: pd.DataFrame, pathway: Ints, need: Ints, questions: Ints) -> pd.DataFrame:
    relation = both["relation"].fillna("").astype(str).to_numpy()
    second = np.isin(relation, [each.value for each in SAME_NEED])
    first = _first_rows(need, second)
    joined = second & (pathway == pathway[first])
    key = _pair_key(pathway, pathway[first], len(both))
    of_its_own_need = second & ~joined & np.isin(key, questions)
    of_another_need = ~second & np.isin(pathway, _ends(questions, len(both)))
    asked = of_its_own_need | of_another_need
    table = pd.DataFrame(
        {
            "relation": relation,
            "rows": 1,
            "joined": joined.astype(np.int64),
            "asked": asked.astype(np.int64),
            "mixed": _mixed(pathway, need).astype(np.int64),
        }
    )
    counted: pd.DataFrame = table[relation != ""].groupby("relation", as_index=False).sum()
    return counted


def _first_rows(need: Ints, second: Mask) -> Ints:
    """For each row the position of its need's first row: the one that is no second row."""
    order = np.lexsort((second, need))
    starts = np.flatnonzero(np.diff(need[order], prepend=-1))
    size = np.diff(np.append(starts, len(need)))
    first = np.empty(len(need), dtype=np.int64)
    first[order] = np.repeat(order[starts], size)
    return first


def _mixed(pathway: Ints, need: Ints) -> Mask:
    """Rows whose pathway holds more than one need."""
    width = int(need.max(initial=0)) + 1
    held = np.unique(pathway.astype(np.int64) * width + need) // width
    return np.asarray(np.bincount(held)[pathway] > 1)
