"""For whom does nobody wait any longer, though nothing says what became of them?

A need whose last entry left without a clock stop, a death or a recorded decision. It stays, every
week, until a person answers. Both rows of a confirmed duplicate closed by two organisations, each
believing that the other kept it, is the case that it exists for.

>>> unaccounted(EMPTY, run_date=dt.date(2026, 11, 15)).empty
True
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from waitlist_merge.combined.rules import PRIORITY_CODES
from waitlist_merge.pathways.columns import flag
from waitlist_merge.review.departures import NOT_WAITING, UNEXPLAINED
from waitlist_merge.review.questions import question_ids
from waitlist_merge.review.snapshot import ENTRY_COLUMNS
from waitlist_merge.schema import TABLES

LEVEL = "unaccounted"
"""Level, and relation, of the questions about such a need."""

QUESTION = (
    "Nobody lists this patient for this need any longer, and no clock stop, death or decision is"
    " recorded. What became of the patient? Ask each organisation; put the patient back on a list"
    " if it is still needed."
)

EMPTY = pd.DataFrame({name: [] for name in ENTRY_COLUMNS}).astype({"left_date": "datetime64[s]"})

URGENT_CODES = frozenset(PRIORITY_CODES[:3])
"""P1a, P1b, P2."""


def unaccounted(entries: pd.DataFrame, *, run_date: dt.date) -> pd.DataFrame:
    """One row for each need that nobody lists and nothing explains, the gravest first.

    ``entries`` are those of a snapshot (``next_snapshot``). Columns are those of tables.csv.
    Suspected cancer and P1 and P2 come first, then needs that several organisations closed, then
    the longest waits.
    """
    columns = [column.name for column in TABLES["unaccounted"]]
    lost = entries[(entries["departure"] == UNEXPLAINED).to_numpy()]
    if lost.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    rows = [
        _row(str(need), members, run_date)
        for need, members in lost.groupby("pathway_id", sort=True, observed=True)
    ]
    table = pd.DataFrame(rows)
    table["now_listed"] = _now_listed(table, lost, entries)
    table["question_id"] = question_ids([LEVEL] * len(table), table["entry_ids"])
    urgent = table["suspected_cancer"] | table["priority_code"].isin(URGENT_CODES)
    order = np.lexsort(
        (
            table["pathway_id"].to_numpy(dtype=str),
            -table["days_waiting"].fillna(-1).to_numpy(dtype=np.int64),
            ~table["each_kept_by_other"].to_numpy(dtype=bool),
            ~urgent.to_numpy(dtype=bool),
        )
    )
    table = table.iloc[order].reset_index(drop=True)
    table["order"] = np.arange(1, len(table) + 1, dtype=np.int32)
    return table[columns]


def _row(need: str, members: pd.DataFrame, run_date: dt.date) -> dict[str, object]:
    """What is known of one need, from the entries that have left."""
    members = members.sort_values("entry_id")
    today = pd.Timestamp(run_date)
    left = members["left_date"].max()
    start = members["rtt_start_date"].min()
    organisations = _joined(members["organisation"])
    return {
        "pathway_id": need,
        "patient_id": str(members["patient_id"].iloc[0]),
        "left_date": left,
        "weeks_unaccounted": int((today - left).days // 7),
        "organisations": organisations,
        "entry_ids": _joined(members["entry_id"]),
        "hospital_numbers": _joined(
            members["organisation"].astype(str)
            + " "
            + members["local_patient_identifier"].astype(object).fillna("?").astype(str)
        ),
        "each_kept_by_other": ";" in organisations,
        **{name: _first(members[name]) for name in _TAKEN},
        "rtt_start_date": start,
        "days_waiting": None if pd.isna(start) else int((today - start).days),
        "suspected_cancer": bool(flag(members["suspected_cancer"]).any()),
        "priority_code": _most_urgent(members["priority_code"]),
        "tci_date": _to_come(members["tci_date"], today),
        "next_appointment_date": _to_come(members["next_appointment_date"], today),
        "restricted": bool(flag(members["restricted"]).any()),
        "why": _why(members),
    }


_TAKEN = (
    "nhs_number",
    "family_name",
    "given_name",
    "birth_date",
    "treatment_function_code",
    "procedure_code",
)


def _joined(values: pd.Series) -> str:
    return ";".join(sorted(set(values.dropna().astype(str))))


def _first(values: pd.Series) -> object:
    """The first that says anything."""
    told = values.dropna()
    return told.iloc[0] if len(told) else None


def _most_urgent(codes: pd.Series) -> str | None:
    told = set(codes.dropna().astype(str))
    return next((code for code in PRIORITY_CODES if code in told), None)


def _to_come(dates: pd.Series, today: pd.Timestamp) -> object:
    """The earliest that is not past."""
    ahead = dates[dates >= today]
    return ahead.min() if len(ahead) else None


def _why(members: pd.DataFrame) -> str:
    """How each entry left, in words."""
    told = [
        f"{organisation}: closed or no longer sent, first seen on {left.date()}"
        for organisation, left in sorted(
            set(zip(members["organisation"].astype(str), members["left_date"], strict=True))
        )
    ]
    several = len(set(members["organisation"])) > 1
    belief = ". Each may believe that the other keeps the patient" if several else ""
    return "; ".join(told) + ". No clock stop, no death and no decision is recorded" + belief


def _now_listed(table: pd.DataFrame, lost: pd.DataFrame, entries: pd.DataFrame) -> list[str | None]:
    """Where the same patient, by our id or the same NHS number, waits now."""
    waits = (entries["outcome"] != NOT_WAITING) & entries["left_date"].isna()
    patients, numbers = set(lost["patient_id"]), set(lost["nhs_number"].dropna())
    mine = entries["patient_id"].isin(patients) | entries["nhs_number"].isin(numbers)
    some = entries[(waits & mine).to_numpy(dtype=bool)]
    place = (
        some["organisation"].astype(str)
        + " "
        + some["treatment_function_code"].astype(object).fillna("?").astype(str)
    )
    found = []
    for patient, number in zip(table["patient_id"], table["nhs_number"], strict=True):
        same = (some["patient_id"] == patient) | (some["nhs_number"] == number)
        found.append(_joined(place[same.to_numpy(dtype=bool)]) or None)
    return found


def asked(table: pd.DataFrame) -> pd.DataFrame:
    """The questions about the needs of this table, with the columns of the review queue."""
    size = len(table)
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
            "patient_ids": table["patient_id"],
            "pathway_ids": table["pathway_id"],
            "urgent": True,
            "weight": 0.0,
            "deceased": False,
            "restricted": table["restricted"].astype(bool),
        }
    )
    return questions.reset_index(drop=True)


def first_asked(table: pd.DataFrame, queue: pd.DataFrame) -> pd.DataFrame:
    """The review queue with the questions of this table in front."""
    if table.empty:
        return queue
    questions = asked(table)
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
