"""What has a person to answer, in which order?

One row a question. Suspected cancer first, then P1 and P2, then a date within three weeks, then a
wait that passes a threshold within four; what is only proposed comes after what joined nothing,
since its entries are all shown anyway.
"""

from __future__ import annotations

import datetime as dt
import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.clocks import THRESHOLDS, joined_text
from waitlist_merge.combined.combine import Combined
from waitlist_merge.combined.survivorship import PRIORITY_CODES
from waitlist_merge.identity import ALPHABET, LENGTH
from waitlist_merge.pathways.columns import Bools, day_number, days, is_in, known
from waitlist_merge.pathways.features import suspected_cancer
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Joins, Veto
from waitlist_merge.review.wording import wording
from waitlist_merge.schema import TABLES

SOON = 21
"""Days within which a booked date makes a question urgent: the notice of a reasonable offer."""
NEAR_BREACH = 28
"""Days before a threshold within which there is still time to act."""

CANCER, FIRST, DATED, BREACHING, ORDINARY = range(5)


def questions(
    entries: pd.DataFrame,
    patients: Patients,  # noqa: ARG001 - part of the interface of a stage
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
    ids = _joined(entries["entry_id"], number, entry, size)
    rank = np.full(size, ORDINARY, dtype=np.int8)
    np.minimum.at(rank, number, _urgency(entries, columns, run_date)[entry])
    rank[(asked["veto"] == str(Veto.CANCER_WITH_ROUTINE)).to_numpy(dtype=bool)] = CANCER
    queue = asked.assign(
        question_id=[question_id(*told) for told in zip(asked["level"], ids, strict=True)],
        question=_worded(asked),
        why=asked["explanation"],
        organisations=_joined(entries["organisation"], number, entry, size),
        entry_ids=ids,
        patient_ids=_joined(columns["patient_id"], number, entry, size),
        pathway_ids=_joined(columns["pathway_id"], number, entry, size),
        urgent=rank <= DATED,
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


def question_id(level: str, entry_ids: str) -> str:
    """The id of a question about these entries: the same question has the same id in every run.

    >>> question_id("pathway", "E-1;E-2") == question_id("pathway", "E-1;E-2")
    True
    >>> question_id("pathway", "E-1;E-2")[:2], len(question_id("patient", "E-1;E-2"))
    ('Q-', 14)
    """
    digest = hashlib.sha256(f"{level}\x1f{entry_ids}".encode()).digest()
    number = int.from_bytes(digest[:8], "big") >> 4
    places = (number >> shift & 31 for shift in range(5 * (LENGTH - 1), -1, -5))
    return "Q-" + "".join(ALPHABET[place] for place in places)


def _joined(
    column: pd.Series, number: NDArray[np.int64], entry: NDArray[np.int64], size: int
) -> pd.Series:
    """The different values of the entries of each question, sorted and joined by ;."""
    texts = column.iloc[entry].astype("string").fillna("").to_numpy(dtype=object)
    return joined_text(texts, number, size, ";")


def _worded(asked: pd.DataFrame) -> NDArray[np.object_]:
    """What is asked: worded once for each kind of doubt."""
    kinds = asked[["level", "joins", "relation", "veto"]].fillna("").astype(str)
    different = kinds.drop_duplicates()
    words = {tuple(kind): wording(*kind) for kind in different.itertuples(index=False)}
    told = kinds.agg(tuple, axis=1) if len(kinds) else pd.Series(dtype=object)
    return told.map(words).to_numpy(dtype=object)


def _urgency(entries: pd.DataFrame, columns: pd.DataFrame, run_date: dt.date) -> NDArray[np.int8]:
    """How urgent a question about each entry is: CANCER to ORDINARY."""
    today = day_number(run_date)
    waiting = (columns["outcome"] != "not_waiting").to_numpy()
    lines = (
        (suspected_cancer(entries), CANCER),
        (is_in(entries["priority_code"], set(PRIORITY_CODES[:3])), FIRST),
        (_within(entries, ("tci_date", "next_appointment_date"), today), DATED),
        (_near_breach(entries, today), BREACHING),
    )
    return np.select(
        [mask & waiting for mask, _ in lines], [rank for _, rank in lines], ORDINARY
    ).astype(np.int8)


def _within(entries: pd.DataFrame, names: tuple[str, ...], today: int) -> Bools:
    found = np.zeros(len(entries), dtype=bool)
    for name in names:
        day = days(entries[name])
        found |= (day >= today) & (day <= today + SOON)
    return found


def _near_breach(entries: pd.DataFrame, today: int) -> Bools:
    """Entries whose own wait passes a threshold within four weeks."""
    start = days(entries["rtt_start_date"])
    waited = today - start.astype(np.int64)
    near = np.zeros(len(entries), dtype=bool)
    for weeks in THRESHOLDS:
        left = weeks * 7 + 1 - waited
        near |= (left > 0) & (left <= NEAR_BREACH)
    return near & known(start)
