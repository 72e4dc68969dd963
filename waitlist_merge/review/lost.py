"""What did each entry of a need that nobody lists any longer last say, as one text for the need?

The tables of a run hold entries that are listed. Of those that have left, ``unaccounted`` carries
what an organisation's view is made of anew: whose entry it is, what it said, whether it is certain
that all are one patient's.
"""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.rules import PRIORITY_CODES
from waitlist_merge.combined.texts import joined_values
from waitlist_merge.pathways.columns import Bools, any_of, flag, is_in
from waitlist_merge.pathways.match import of_patient
from waitlist_merge.patients.records import VERIFIED_STATUS
from waitlist_merge.reasons import Confidence

SERVICES = ("treatment_function_code", "main_specialty_code")
"""What says of which service an entry is: one of them is enough to make it sensitive."""

_DATES = ("left_date", "birth_date", "rtt_start_date", "tci_date", "next_appointment_date")

_FLAGS = ("suspected_cancer", "restricted", "patient_restricted", "answered")

LAST_SAID = (
    "entry_id",
    "organisation",
    "patient_id",
    "pathway_id",
    "patient_confidence",
    "row_start_entry_id",
    "local_patient_identifier",
    "nhs_number",
    "nhs_number_status",
    "family_name",
    "given_name",
    "treatment_function_code",
    "main_specialty_code",
    "procedure_code",
    "priority_code",
    *_DATES,
    *_FLAGS,
)
"""What is carried of an entry of a snapshot. ``patient_restricted`` is true where any entry of the
patient is a restricted record, ``restricted`` where this one is; ``answered`` where its
organisation has said what became of the patient, and others of the need are still asked."""


URGENT_CODES = frozenset(PRIORITY_CODES[:3])
"""P1a, P1b, P2."""

_TAKEN = (
    "nhs_number",
    "family_name",
    "given_name",
    "birth_date",
    "treatment_function_code",
    "procedure_code",
)


def last_listed(
    entries: pd.DataFrame, number: NDArray[np.integer], size: int, *, run_date: dt.date
) -> pd.DataFrame:
    """What is known of each need from entries of a snapshot, as they were when last listed.

    ``number`` is the need of each entry, from 0. Who the patient is, the service and the procedure
    are those of the first entry that says them.
    """
    today = pd.Timestamp(run_date)
    who = entries["organisation"].astype(str)
    local = entries["local_patient_identifier"].astype(object).fillna("?").astype(str)
    start = entries["rtt_start_date"].groupby(number).min()
    first = {
        name: entries[name].astype(object).groupby(number).first()
        for name in ("pathway_id", "patient_id", *_TAKEN)
    }
    told = first["nhs_number"].reindex(number).fillna("").to_numpy()
    same = entries["nhs_number"].astype(object).fillna("").to_numpy() == told
    status = entries["nhs_number_status"].astype(object).where(same)
    return pd.DataFrame(
        {
            **first,
            "nhs_number_status": _surest(status, number),
            "organisations": joined_values(who, number, size),
            "entry_ids": joined_values(entries["entry_id"], number, size),
            "hospital_numbers": joined_values(who + " " + local, number, size),
            "rtt_start_date": start,
            "days_waiting": (today - start).dt.days.astype("Int32"),
            "suspected_cancer": any_of(flag(entries["suspected_cancer"]), number, size),
            "priority_code": _most_urgent(entries["priority_code"], number, size),
            **{
                name: entries[name].where(entries[name] >= today).groupby(number).min()
                for name in ("tci_date", "next_appointment_date")
            },
            "restricted": any_of(flag(entries["restricted"]), number, size),
        }
    )


def most_pressing(needs: pd.DataFrame, *first: Bools) -> pd.DataFrame:
    """The needs of ``last_listed`` in the order in which they are to be looked at, with ``order``.

    Urgent ones come first, then those of each of ``first``, then the longest waits.
    """
    waits = -needs["days_waiting"].fillna(-1).to_numpy(dtype=np.int64)
    before = [~each for each in (*first[::-1], urgent(needs))]
    place = np.lexsort((needs["pathway_id"].to_numpy(dtype=str), waits, *before))
    table = needs.iloc[place].reset_index(drop=True)
    return table.assign(order=np.arange(1, len(table) + 1, dtype=np.int32))


def _surest(status: pd.Series, number: NDArray[np.integer]) -> pd.Series:
    """The status of each number: verified where any entry says so, else that of the first."""
    verified = status.where(status == VERIFIED_STATUS).groupby(number).first()
    return verified.fillna(status.groupby(number).first())


def urgent(needs: pd.DataFrame) -> Bools:
    """Needs of suspected cancer, P1 or P2: what ``last_listed`` says of them."""
    told = needs["suspected_cancer"] | needs["priority_code"].isin(URGENT_CODES)
    return told.to_numpy(dtype=bool)


def _most_urgent(codes: pd.Series, number: NDArray[np.integer], size: int) -> NDArray[np.object_]:
    """The most urgent code of each number, None where there is none."""
    place = pd.Index(PRIORITY_CODES).get_indexer(pd.Index(codes.astype(object)))
    first = np.full(size, len(PRIORITY_CODES), dtype=np.int64)
    np.minimum.at(first, number[place >= 0], place[place >= 0])
    return np.array([*PRIORITY_CODES, None], dtype=object)[first]


def as_text(lost: pd.DataFrame, number: NDArray[np.integer], size: int) -> NDArray[np.object_]:
    """The entries of each number as a JSON list; ``lost`` has the columns ``LAST_SAID``."""
    plain = lost[list(LAST_SAID)].astype(object)
    days = {
        name: pd.to_datetime(lost[name]).dt.strftime("%Y-%m-%d").astype(object) for name in _DATES
    }
    lines = plain.assign(**days).to_json(orient="records", lines=True, force_ascii=False)
    listed: list[list[str]] = [[] for _ in range(size)]
    for need, line in zip(number.tolist(), lines.rstrip("\n").split("\n"), strict=True):
        listed[need].append(line)
    return np.array([f"[{','.join(sorted(each))}]" for each in listed], dtype=object)


def from_text(last_said: pd.Series) -> pd.DataFrame:
    """The entries of these texts, with the columns ``LAST_SAID``: dates, flags and text as object.

    >>> from_text(pd.Series(['[{"entry_id": "E-1"}]'])).loc[0, ["entry_id", "nhs_number"]].tolist()
    ['E-1', None]
    """
    records = [each for text in last_said.dropna() for each in json.loads(text)]
    found = pd.DataFrame(
        [[each.get(name) for name in LAST_SAID] for each in records],
        columns=list(LAST_SAID),
        dtype=object,
    )
    days = {name: pd.to_datetime(found[name]).astype("datetime64[s]") for name in _DATES}
    flags = {name: found[name].astype("boolean") for name in _FLAGS}
    return found.assign(**days, **flags)


def certain_needs(entries: pd.DataFrame, need: NDArray[np.integer]) -> Bools:
    """Entries of needs of which it is certain that all entries are of one person.

    None was of a combined row of which it was doubted, and all have one NHS number or were of one
    combined row that was certain. Where that is not known, it is not certain.
    """
    sure = (entries["patient_confidence"].astype(object) == str(Confidence.CERTAIN)).to_numpy(bool)
    doubted = ~sure & entries["patient_confidence"].notna().to_numpy(dtype=bool)
    one_number, one_row = (
        ~of_patient(entries[name].isna().to_numpy(dtype=bool), need)
        & (_many(entries, name, need) == 1)
        for name in ("nhs_number", "row_start_entry_id")
    )
    told: Bools = ~of_patient(doubted, need) & (one_number | (one_row & ~of_patient(~sure, need)))
    return told


def _many(entries: pd.DataFrame, name: str, need: NDArray[np.integer]) -> NDArray[np.int64]:
    values = entries[name].astype(object)
    return values.groupby(need).transform("nunique").to_numpy(dtype=np.int64)


def restricted_anywhere(entries: pd.DataFrame) -> Bools:
    """Entries of a snapshot whose patient is a restricted record in any of them."""
    patient = pd.factorize(entries["patient_id"].astype(object))[0]
    return of_patient(flag(entries["restricted"]), patient)


def of_withheld_service(entries: pd.DataFrame, sensitive: frozenset[str]) -> Bools:
    """Entries of a sensitive service, or of one that is not told and so may be any."""
    found = np.zeros(len(entries), dtype=bool)
    told = np.zeros(len(entries), dtype=bool)
    for name in SERVICES:
        service = entries[name].astype("category")
        found |= is_in(service, sensitive)
        told |= service.notna().to_numpy(dtype=bool)
    return np.asarray(found | ~told)
