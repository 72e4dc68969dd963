"""What became of each entry, and why, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles
from waitlist_merge.pathways.columns import Bools, codes, is_in, worded
from waitlist_merge.pathways.state import STOP_STATUSES
from waitlist_merge.reasons import ListState, Outcome

REASONS: dict[str, str] = {
    "alone": "The only entry of this need that waits",
    "shown": "Fills the row of this need; other entries of it are listed beside it",
    "proposed": "Probably the same need as the entry shown; a person is asked",
    "confirmed": "The same need as the entry shown, by a shared identifier or as people said",
    "unreadable": "Too little of the row could be read to compare it; it has a row of its own",
    "stop_date": "Not waiting: the clock was stopped",
    "stop_status": "Not waiting: the status says that the clock was stopped",
    "removed": "Not waiting: removed from the list",
}
"""The reason of each outcome; the words of ``entries.reason``."""

_PLACE = {name: at for at, name in enumerate(REASONS)}
_OUTCOME_OF = {
    "alone": Outcome.SINGLE,
    "shown": Outcome.SHOWN,
    "proposed": Outcome.PROPOSED_DUPLICATE,
    "confirmed": Outcome.CONFIRMED_DUPLICATE,
    "unreadable": Outcome.UNREADABLE,
    "stop_date": Outcome.NOT_WAITING,
    "stop_status": Outcome.NOT_WAITING,
    "removed": Outcome.NOT_WAITING,
}


def incomplete(entries: pd.DataFrame) -> Bools:
    """Entries of which too little could be read to say who they are.

    No NHS number, person key or local number, and not a name together with a birth date.
    """
    numbered = np.zeros(len(entries), dtype=bool)
    for name in ("nhs_number", "person_key", "local_patient_identifier"):
        numbered |= codes(entries[name]) >= 0
    named = (codes(entries["family_name"]) >= 0) | (codes(entries["given_name"]) >= 0)
    return np.asarray(~numbered & ~(named & entries["birth_date"].notna()))


def outcomes(
    entries: pd.DataFrame,
    state: pd.Categorical[str],
    bundles: Bundles,
    sure: NDArray[np.int32],
    unreadable: Bools,
) -> tuple[pd.Categorical[str], pd.Categorical[str]]:
    """The outcome and the reason of every entry.

    ``sure`` numbers certain needs, ``unreadable`` marks entries that are ``incomplete``.
    """
    why = np.full(len(entries), _PLACE["removed"], dtype=np.int8)
    why[is_in(entries["rtt_status"], STOP_STATUSES)] = _PLACE["stop_status"]
    why[entries["rtt_end_date"].notna()] = _PLACE["stop_date"]
    why[bundles.shown] = _PLACE["alone"]
    rows, shown = bundles.members, bundles.shown[bundles.many]
    certain = sure[rows] == np.repeat(sure[shown], bundles.size[bundles.many])
    why[rows] = np.where(certain, _PLACE["confirmed"], _PLACE["proposed"])
    why[shown] = _PLACE["shown"]
    waits = np.asarray(state != str(ListState.CLOSED))
    why[waits & unreadable & (why == _PLACE["alone"])] = _PLACE["unreadable"]
    words = list(Outcome)
    outcome = np.array([words.index(_OUTCOME_OF[name]) for name in REASONS], np.int8)[why]
    return worded(outcome, words), worded(why, tuple(REASONS.values()))
