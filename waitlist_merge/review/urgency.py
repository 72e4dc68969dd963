"""How urgent is a question about an entry?

By the harm of an answer that comes late: suspected cancer, P1 and P2, a date within three weeks,
the longest waits, a wait that is about to pass a threshold.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.clocks import THRESHOLDS, WEEK
from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.rules import PRIORITY_CODES
from waitlist_merge.pathways.columns import Bools, day_number, days, is_in, known
from waitlist_merge.pathways.features import suspected_cancer
from waitlist_merge.reasons import Outcome

SOON = 21
"""Days within which a booked date makes a question urgent: the notice of a reasonable offer."""
NEAR_BREACH = 28
"""Days before a threshold within which there is still time to act."""
LONG_WAITS = (104, 78, 65, 52)
"""Weeks that long waiters are counted by (domain 8), the worst first."""

CANCER, FIRST, DATED = range(3)
LONG = DATED + 1
"""The first of the long waits; one place for each of ``LONG_WAITS``."""
BREACHING = LONG + len(LONG_WAITS)
ORDINARY = BREACHING + 1


def urgency(
    entries: pd.DataFrame, columns: pd.DataFrame, dead: Bools, *, run_date: dt.date
) -> NDArray[np.int8]:
    """How urgent a question about each entry is: CANCER to ORDINARY.

    ``columns`` says of each entry its ``outcome`` and ``list_state``. One that does not wait, or of
    a person who has died (``dead``), makes no question urgent.
    """
    today = day_number(run_date)
    waiting = (columns["outcome"] != str(Outcome.NOT_WAITING)).to_numpy() & ~dead
    clocked = is_in(columns["list_state"], {str(each) for each in RTT_STATES})
    start = days(entries["rtt_start_date"])
    waited = np.where(clocked & known(start), today - start.astype(np.int64), -1)
    lines = (
        (suspected_cancer(entries), CANCER),
        (is_in(entries["priority_code"], set(PRIORITY_CODES[:3])), FIRST),
        (_booked_soon(entries, today), DATED),
        *((waited > weeks * WEEK, LONG + place) for place, weeks in enumerate(LONG_WAITS)),
        (_near_breach(waited), BREACHING),
    )
    return np.select(
        [mask & waiting for mask, _ in lines], [rank for _, rank in lines], ORDINARY
    ).astype(np.int8)


def _booked_soon(entries: pd.DataFrame, today: int) -> Bools:
    """Entries with a date that was to come on the day of their extract, within three weeks."""
    census = days(entries["extract_census_date"])
    found = np.zeros(len(entries), dtype=bool)
    for name in ("tci_date", "next_appointment_date"):
        day = days(entries[name])
        found |= (day >= census) & (day <= today + SOON)
    return found


def _near_breach(waited: NDArray[np.int64]) -> Bools:
    """Waits that pass a threshold within four weeks; -1 is no wait."""
    near = np.zeros(len(waited), dtype=bool)
    for weeks in THRESHOLDS:
        left = weeks * WEEK + 1 - waited
        near |= (left > 0) & (left <= NEAR_BREACH)
    return near & (waited >= 0)
