"""For whom does nobody wait any longer, though nothing says what became of them?

A need whose last entry left without a clock stop, a death or a recorded decision. It stays, every
week, until a person answers. Both rows of a confirmed duplicate closed by two organisations, each
believing that the other kept it, is the case that it exists for.

>>> treated = pd.DataFrame({"departure": ["treated"]})
>>> unaccounted(treated, run_date=dt.date(2026, 11, 15)).empty
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.texts import joined_values
from waitlist_merge.pathways.columns import flag
from waitlist_merge.review.answers import UNACCOUNTED
from waitlist_merge.review.departures import ANSWERED, NOT_WAITING
from waitlist_merge.review.lost import as_text, last_listed, most_pressing, restricted_anywhere
from waitlist_merge.review.moved import UNEXPLAINED
from waitlist_merge.review.questions import question_ids
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.settling import effects, settling_fact, who_is_asked
from waitlist_merge.review.signed import author
from waitlist_merge.review.states import OPEN
from waitlist_merge.review.wording import said_in_words
from waitlist_merge.schema import TABLES

LEVEL = UNACCOUNTED
"""Level, and relation, of the questions about such a need."""

QUESTION = (
    "Nobody lists this patient for this need any longer, and no clock stop, death or decision is"
    " recorded. What became of the patient? Ask each organisation; put the patient back on a list"
    " if it is still needed."
)


def unaccounted(
    entries: pd.DataFrame, *, run_date: dt.date, retired: Collection[str] = ()
) -> pd.DataFrame:
    """One row for each need that nobody lists and nothing explains, the gravest first.

    ``entries`` are those of a snapshot (``next_snapshot``). Columns are those of tables.csv.
    Suspected cancer and P1 and P2 come first, then needs that several organisations closed, then
    the longest waits.
    """
    columns = [column.name for column in TABLES["unaccounted"]]
    unexplained = (entries["departure"] == UNEXPLAINED).to_numpy()
    if not unexplained.any():
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    answered = (entries["departure"] == ANSWERED).to_numpy()
    answered &= entries["pathway_id"].isin(entries.loc[unexplained, "pathway_id"]).to_numpy()
    told = entries.assign(patient_restricted=restricted_anywhere(entries), answered=answered)
    lost = told[unexplained | answered].sort_values(["pathway_id", "entry_id"])
    lost = lost.reset_index(drop=True)
    table = needs(lost, run_date=run_date, retired=retired)
    _tell_who_has_said(table, lost[lost["answered"]])
    table["now_listed"] = _now_listed(table, entries)
    table["question_id"] = question_ids([LEVEL] * len(table), table["entry_ids"])
    return most_pressing(table, table["each_kept_by_other"].to_numpy(dtype=bool))[columns]


def _tell_who_has_said(table: pd.DataFrame, answered: pd.DataFrame) -> None:
    """Of a need of which one has said what became of the patient: who, and who is still asked."""
    place = pd.Index(table["pathway_id"]).get_indexer(answered["pathway_id"].astype(object))
    who = answered["organisation"].astype(str)[place >= 0]
    said = joined_values(who, place[place >= 0], len(table), ", ")
    some = pd.notna(said)
    left = table["organisations"].to_numpy(dtype=object)
    table["each_kept_by_other"] |= some & (said != left)
    table.loc[some, "why"] += [
        f". {each} has said what became of the patient; still asked: {', '.join(others.split(';'))}"
        for each, others in zip(said[some], left[some], strict=True)
    ]


def needs(lost: pd.DataFrame, *, run_date: dt.date, retired: Collection[str] = ()) -> pd.DataFrame:
    """What is known of each need, from its entries that have left, in the order of ``lost``.

    ``lost`` has the columns ``lost.LAST_SAID``. Who the patient is, the service and the procedure
    are those of the first entry that says them. Who is asked are the organisations that have not
    answered; how long the patient has waited, and how urgent it is, all entries tell: an answer of
    one makes no wait shorter.
    """
    today = pd.Timestamp(run_date)
    every, ids = pd.factorize(lost["pathway_id"].astype(object))
    size = len(ids)
    still = ~flag(lost["answered"])
    asked, number = lost.loc[still].reset_index(drop=True), every[still]
    who = asked["organisation"].astype(str)
    left = asked["left_date"].groupby(number).max()
    several = who.groupby(number).nunique().to_numpy() > 1
    shut = who.isin([*retired]).to_numpy()
    how = np.where(shut, _OF_RETIRED, ": closed or no longer sent")
    told = who + how + ", first seen on " + asked["left_date"].dt.strftime(_DAY)
    why = (
        joined_values(told, number, size, "; ")
        + ". No clock stop, no death and no decision is recorded"
    )
    whole = last_listed(lost, every, size, run_date=run_date)
    return last_listed(asked, number, size, run_date=run_date).assign(
        **{name: whole[name] for name in _OF_THE_NEED},
        left_date=left,
        weeks_unaccounted=((today - left).dt.days // 7).astype(np.int32),
        each_kept_by_other=several,
        retired_organisations=joined_values(who[shut], number[shut], size),
        why=why + np.where(several, ". Each may believe that the other keeps the patient", ""),
        last_said=as_text(lost, every, size),
    )


_OF_THE_NEED = (
    "rtt_start_date",
    "days_waiting",
    "suspected_cancer",
    "priority_code",
    "tci_date",
    "next_appointment_date",
    "restricted",
)
"""What is told of the need whoever has answered already."""

_DAY = "%Y-%m-%d"
_OF_RETIRED = ": this organisation has closed for good and sends no list"


def _now_listed(table: pd.DataFrame, entries: pd.DataFrame) -> NDArray[np.object_]:
    """Where the same patient, by our id or the same NHS number, waits now."""
    waits = ((entries["outcome"] != NOT_WAITING) & entries["left_date"].isna()).to_numpy(dtype=bool)
    some = entries[waits]
    service = some["treatment_function_code"].astype(object).fillna("?").astype(str)
    place = some["organisation"].astype(str) + " " + service
    found = []
    for name in ("patient_id", "nhs_number"):
        ours = pd.DataFrame({"key": table[name].astype(object), "need": np.arange(len(table))})
        theirs = pd.DataFrame({"key": some[name].astype(object), "place": place}).dropna()
        found.append(ours.dropna().merge(theirs, on="key"))
    both = pd.concat(found, ignore_index=True)
    return joined_values(both["place"], both["need"].to_numpy(dtype=np.int64), len(table))


def asked(table: pd.DataFrame, answers: Iterable[AnswerRow] = ()) -> pd.DataFrame:
    """The questions about the needs of this table, with the columns of the review queue.

    ``answers`` are those that nobody took back, the oldest first.
    """
    size = len(table)
    organisations = _who_can_be_asked(table)
    questions = pd.DataFrame(
        {
            "question_id": table["question_id"],
            "order": np.arange(1, size + 1, dtype=np.int32),
            "level": LEVEL,
            "relation": LEVEL,
            "confidence": "",
            "veto": "",
            "question": QUESTION,
            "why": table["why"],
            "organisations": table["organisations"],
            "entry_ids": table["entry_ids"],
            "sides": table["entry_ids"],
            "patient_ids": table["patient_id"],
            "pathway_ids": table["pathway_id"],
            "urgent": True,
            "weight": 0.0,
            "deceased": False,
            "restricted": table["restricted"].astype(bool),
            "who_answers": [who_is_asked(LEVEL, LEVEL, "", each) for each in organisations],
            "settling_fact": settling_fact(LEVEL, LEVEL, ""),
            "answer_effects": [effects(LEVEL, each, vetoed=False) for each in organisations],
            "state": OPEN,
            "said": _said_so_far(table, answers),
            "this_week": True,
        }
    )
    return questions.reset_index(drop=True)


def _who_can_be_asked(table: pd.DataFrame) -> list[list[str]]:
    """Organisations that can answer for each need: none where all of them have closed for good."""
    shut = table["retired_organisations"].astype(object).fillna("")
    return [
        [code for code in listed.split(";") if code not in closed.split(";")]
        for listed, closed in zip(table["organisations"], shut, strict=True)
    ]


def _said_so_far(table: pd.DataFrame, answers: Iterable[AnswerRow]) -> list[str]:
    """The last word of each person on each need since it was lost."""
    about = [row for row in answers if row.level == LEVEL]
    told = []
    for named, lost in zip(table["entry_ids"], table["left_date"], strict=True):
        ids, day = {*str(named).split(";")}, lost.date()
        mine = [row for row in about if not ids.isdisjoint(row.entry_ids)]
        last = {author(row): row for row in mine if row.answered_on and row.answered_on >= day}
        told.append(
            "; ".join(
                said_in_words(row.organisation, row.answer, row.answered_on)
                for row in last.values()
            )
        )
    return told


def first_asked(
    table: pd.DataFrame, queue: pd.DataFrame, answers: Iterable[AnswerRow] = ()
) -> pd.DataFrame:
    """The review queue with the questions of this table in front."""
    if table.empty:
        return queue
    questions = asked(table, answers)
    later = queue.assign(order=queue["order"] + len(questions))
    columns = {
        name: pd.concat(
            [
                questions[name].astype(object) if name in questions else _nothing(len(questions)),
                later[name].astype(object),
            ],
            ignore_index=True,
        )
        for name in later.columns
    }
    return pd.DataFrame(columns).astype({"order": np.int32, "urgent": bool, "weight": np.float64})


def _nothing(size: int) -> pd.Series:
    return pd.Series([None] * size, dtype=object)
