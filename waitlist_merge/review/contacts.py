"""Who has been spoken to in the last twelve weeks, and is not to be rung again?

>>> rang = ContactRow("C-1", "P-OLD", ("E-1",), organisation="RM3", said_on=date(2026, 11, 2))
>>> now = pd.DataFrame({"entry_id": ["E-1", "E-2"], "patient_id": ["P-1", "P-2"]})
>>> spoken_to([rang], now, run_date=date(2026, 11, 15))["patient_id"].tolist()
['P-1']
>>> len(spoken_to([rang], now, run_date=date(2027, 1, 25)))
0
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from waitlist_merge.combined.waiting import VALIDATE_EVERY
from waitlist_merge.review.rows import ContactRow, not_undone
from waitlist_merge.review.snapshot import by_entry

QUIET = timedelta(days=VALIDATE_EVERY)
"""Time after a contact or a validation in which nobody is rung again: validation is asked every 12
weeks."""

COLUMNS = ("contact_id", "patient_id", "entry_ids", "organisation", "spoken_by", "spoken_on")


def spoken_to(
    contacts: Sequence[ContactRow], entries: pd.DataFrame, *, run_date: date
) -> pd.DataFrame:
    """Each contact of the last twelve weeks that nobody took back, the oldest first; ``COLUMNS``.

    ``entries`` are those of a run, with their ``entry_id`` and ``patient_id``: the patient is who
    has these entries now, and has a row for each id where they are of several.
    """
    recent = [row for row in not_undone(contacts) if row.said_on and row.said_on > run_date - QUIET]
    wanted = entries["entry_id"].isin({name for row in recent for name in row.entry_ids})
    of = by_entry(entries[wanted], "patient_id")
    rows = [
        (row.contact_id, who, ";".join(row.entry_ids), row.organisation, row.reviewer, row.said_on)
        for row in recent
        for who in sorted({of[name] for name in row.entry_ids if name in of} or {row.patient_id})
    ]
    told = pd.DataFrame(rows, columns=[*COLUMNS])
    return told.astype({"spoken_on": "datetime64[s]"}).sort_values(
        ["spoken_on", "contact_id", "patient_id"], ignore_index=True
    )
