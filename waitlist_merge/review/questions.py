"""What has a person to answer, in which order?

One row a question, the most urgent first; what is only proposed comes after what joined nothing,
since its entries are all shown anyway.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.combined.combine import Combined
from waitlist_merge.combined.texts import arrow_text, joined_text
from waitlist_merge.identity import keyed_hashes
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.match import Patients, died, restricted
from waitlist_merge.reasons import Joins, Veto
from waitlist_merge.review.urgency import CANCER, DATED, ORDINARY, certainly_dead, urgency
from waitlist_merge.review.wording import DECEASED, DECEASED_PERHAPS, wording
from waitlist_merge.schema import TABLES


def questions(
    entries: pd.DataFrame,
    patients: Patients,
    pathways: Patients,  # noqa: ARG001 - part of the interface of a stage
    combined: Combined,
    *,
    run_date: dt.date,
) -> pd.DataFrame:
    """The review queue: one row a question, in order, with the columns of tables.csv.

    The order of rows of ``entries`` changes nothing.
    """
    asked, concerned = combined.doubts.questions, combined.doubts.entries
    number, entry = concerned["question"].to_numpy(), concerned["entry"].to_numpy()
    size = len(asked)
    columns = combined.entry_columns
    dead = certainly_dead(entries, patients)
    ids = _joined(entries["entry_id"], number, entry, size)
    rank = np.full(size, ORDINARY, dtype=np.int8)
    np.minimum.at(rank, number, urgency(entries, columns, dead, run_date=run_date)[entry])
    cancer = (asked["veto"] == str(Veto.CANCER_WITH_ROUTINE)).to_numpy(dtype=bool)
    rank[cancer & _any(~dead, number, entry, size)] = CANCER
    urgent = rank <= DATED
    mixed_up = (asked["veto"] == str(Veto.IDENTIFIER_OF_TWO_PATIENTS)).to_numpy(dtype=bool)
    rank[mixed_up] = np.minimum(rank[mixed_up], DATED)
    deceased = _any(died(entries, patients.group), number, entry, size)
    queue = asked.assign(
        question_id=question_ids(asked["level"], ids),
        question=_worded(asked, deceased, ~_any(~dead, number, entry, size)),
        why=asked["explanation"],
        organisations=_joined(entries["organisation"], number, entry, size),
        entry_ids=ids,
        patient_ids=_joined(columns["patient_id"], number, entry, size),
        pathway_ids=_joined(columns["pathway_id"], number, entry, size),
        urgent=urgent,
        deceased=deceased,
        restricted=_any(restricted(entries, patients.group), number, entry, size),
    )
    proposed = (asked["joins"] == str(Joins.YES)).to_numpy(dtype=bool)
    order = np.lexsort(
        (
            np.unique(queue["question_id"].to_numpy(dtype=str), return_inverse=True)[1],
            -asked["weight"].to_numpy(dtype=np.float64),
            proposed,
            rank,
        )
    )
    queue = queue.iloc[order].reset_index(drop=True)
    queue["order"] = np.arange(1, size + 1, dtype=np.int32)
    return queue[[column.name for column in TABLES["review_queue"]]]


def question_ids(level: Iterable[str], entry_ids: Iterable[str]) -> list[str]:
    """The ids of questions about these entries: the same question has the same id in every run.

    >>> question_ids(["pathway"], ["E-1;E-2"]) == question_ids(["pathway"], ["E-1;E-2"])
    True
    >>> [(each[:2], len(each)) for each in question_ids(["patient"], ["E-1;E-2"])]
    [('Q-', 14)]
    """
    about = zip(level, entry_ids, strict=True)
    hashes = keyed_hashes([f"{each}\x1f{entries}" for each, entries in about])
    return [f"Q-{text}" for text in hashes]


def _joined(
    column: pd.Series, number: NDArray[np.int64], entry: NDArray[np.int64], size: int
) -> pd.arrays.ArrowStringArray:
    """The different values of the entries of each question, sorted and joined by ;."""
    values = column.take(entry).astype(object)
    return arrow_text(
        joined_text(pa.array(values, pa.string(), from_pandas=True), number, size, ";")
    )


def _any(mask: Bools, number: NDArray[np.int64], entry: NDArray[np.int64], size: int) -> Bools:
    """Questions of which it is true of any entry."""
    return np.asarray(np.bincount(number[mask[entry]], minlength=size) > 0)


def _worded(asked: pd.DataFrame, deceased: Bools, certainly: Bools) -> NDArray[np.object_]:
    """What is asked: worded once for each kind of doubt."""
    kinds = asked[["level", "joins", "relation", "veto"]].fillna("").astype(str)
    said = np.array(["", DECEASED_PERHAPS, DECEASED], dtype=object)
    kinds = kinds.assign(death=said[deceased.astype(np.int8) + (deceased & certainly)])
    kind = kinds.groupby(list(kinds), sort=False).ngroup().to_numpy()
    different = kinds.drop_duplicates().itertuples(index=False, name=None)
    words = np.array([wording(*each) for each in different], dtype=object)
    return np.asarray(words[kind])
