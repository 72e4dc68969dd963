"""What did the last run know? The entries it listed, with the ids it gave them.

A snapshot is all that the next run needs of an earlier one to keep ids, to tell what changed and to
account for every entry that has left. It is a pair of frames: the register keeps it, pure functions
read it.

>>> "entry_id" in ENTRY_COLUMNS, set(ENTRY_COLUMNS) >= set(OF_THE_ENTRY)
(True, True)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

OF_THE_RUN = (
    "entry_id",
    "own_id",
    "patient_id",
    "pathway_id",
    "patient_since",
    "pathway_since",
    "list_state",
    "outcome",
    "patient_confidence",
    "pathway_confidence",
    "row_start_date",
    "row_start_entry_id",
    "left_date",
    "departure",
    "moved_to",
    "waited_run",
)
"""What the run decided of an entry.

``own_id`` is the id that the row's own content gives, ``entry_id`` the one it keeps. ``_since``
are the numbers of the runs since which the entry has these ids (int32). The confidences, and the
clock start with the entry that gives it, are of its combined row, empty where closed. ``left_date``
is the date of the run that found it gone, missing while it is listed; ``departure`` how that is
explained (``reasons.Departure``), ``moved_to`` the entry under which its patient was last found to
wait on. ``waited_run`` is the run of the last list on which one waited that waits no longer (int32,
else 0).
"""

OF_THE_ENTRY = (
    "organisation",
    "nhs_number",
    "nhs_number_status",
    "local_patient_identifier",
    "family_name",
    "given_name",
    "birth_date",
    "patient_pathway_identifier",
    "pathway_identifier_issuer",
    "unique_booking_reference_number",
    "waiting_list_entry_identifier",
    "referral_date",
    "treatment_function_code",
    "main_specialty_code",
    "procedure_code",
    "laterality",
    "priority_type",
    "priority_code",
    "suspected_cancer",
    "rtt_start_date",
    "rtt_end_date",
    "rtt_status",
    "decision_to_admit_date",
    "tci_date",
    "next_appointment_date",
    "death_date",
    "removal_date",
    "removal_reason",
    "restricted",
)
"""What the organisation said: enough to know the entry again and to tell what has changed."""

ENTRY_COLUMNS = (*OF_THE_RUN, *OF_THE_ENTRY)

EXTRACT_COLUMNS = ("organisation", "census_date", "rows", "run")
"""One row an organisation: its newest list so far, how many rows that had, and the run that had
it."""


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot:
    """The entries of the newest list of each organisation, with the ids of the run.

    ``entries`` has ``ENTRY_COLUMNS``: text as ``category`` or ``str``, dates as datetime64[s],
    flags as boolean. Those that have left are among them, with their ``left_date``: for a year, so
    that an entry that comes back has its ids again, and until a person answers where nothing
    explains why it left. ``extracts`` has ``EXTRACT_COLUMNS``. ``run`` numbers the run from 1
    and ``run_date`` is its date.
    """

    run: int
    run_date: date
    entries: pd.DataFrame
    extracts: pd.DataFrame


def listed(entries: pd.DataFrame) -> pd.DataFrame:
    """The entries of a snapshot that are on the newest list of their organisation.

    >>> left = pd.to_datetime(pd.Series([None, "2026-11-15"]))
    >>> listed(pd.DataFrame({"entry_id": ["E-1", "E-2"], "left_date": left}))["entry_id"].tolist()
    ['E-1']
    """
    return entries[entries["left_date"].isna()]


def with_newest_list(snapshot: Snapshot) -> Snapshot:
    """The snapshot with ``list_run`` of each entry: the run of its organisation's newest list."""
    runs = snapshot.extracts.set_index(snapshot.extracts["organisation"].astype(str))["run"]
    whose = snapshot.entries["organisation"].astype("category")
    told = whose.map(runs).astype("float64").fillna(0).astype("int32")
    return replace(snapshot, entries=snapshot.entries.assign(list_run=told))


def by_entry(entries: pd.DataFrame, column: str) -> dict[str, str]:
    """What a column says of each entry, by its id.

    >>> by_entry(pd.DataFrame({"entry_id": ["E-1"], "organisation": ["RM3"]}), "organisation")
    {'E-1': 'RM3'}
    """
    return dict(zip(entries["entry_id"].astype(str), entries[column].astype(str), strict=True))


def census_dates(snapshot: Snapshot) -> dict[str, date]:
    """The day of each organisation's newest list."""
    days = pd.to_datetime(snapshot.extracts["census_date"]).dt.date
    return dict(zip(snapshot.extracts["organisation"].astype(str), days, strict=True))
