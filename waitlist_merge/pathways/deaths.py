"""Does a row record that the patient has died? By date, by status, or by why it was removed."""

from __future__ import annotations

import re

import pandas as pd

from waitlist_merge.pathways.columns import Bools, days, is_in, known, matches

DIED = frozenset({"36"})
"""RTT status: patient died before treatment (domain 2)."""

_REASON = re.compile(
    r"^\W*(?:36\b|(?:(?:patient|pt)\W+)?(?:has\W+)?"
    r"(?:died|deceased|dead|decd|r\.?i\.?p|death)\b(?!\W+(?:of|in)\b))",
    re.IGNORECASE,
)
"""A reason for removal that says so in words or by that status. The national code 3 of elective
admission lists is not among them: elsewhere 3 is any local reason, and who is wrongly taken for
dead is not rung."""


def records_death(entries: pd.DataFrame) -> Bools:
    """Which entries record a death? By ``death_date``, ``rtt_status`` or ``removal_reason``.

    >>> rows = pd.DataFrame({
    ...     "death_date": pd.to_datetime([None, None]),
    ...     "rtt_status": pd.Categorical(["36", None]),
    ...     "removal_reason": pd.Categorical([None, "Death of wife"]),
    ... })
    >>> records_death(rows).tolist()
    [True, False]
    """
    dated = known(days(entries["death_date"])) | is_in(entries["rtt_status"], DIED)
    return dated | matches(entries["removal_reason"], _REASON)
