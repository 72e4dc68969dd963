"""Of which entries that have left has somebody said since what became of them?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from waitlist_merge.reasons import Departure
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.rows import AnswerRow


def accounted(
    answers: Iterable[AnswerRow], last: pd.DataFrame, days_of_runs: Mapping[int, dt.date]
) -> frozenset[str]:
    """The entries of which somebody has said what became of them, since they left.

    ``last`` are the entries of the last snapshot, ``days_of_runs`` the day of each run. An answer
    accounts for the departure that it was given about: of an entry that came back and left again
    it says nothing.

    >>> said = AnswerRow("A-1", "Q-1", "unaccounted", ("E-1",), (0,), "accounted for", run=2)
    >>> last = pd.DataFrame({"entry_id": ["E-1"], "departure": ["unexplained"],
    ...                      "left_date": [pd.Timestamp("2026-11-23")]})
    >>> days = {2: dt.date(2026, 11, 23)}
    >>> accounted([said], last, days)
    frozenset({'E-1'})
    >>> accounted([said], last.assign(left_date=pd.Timestamp("2026-12-07")), days)
    frozenset()
    """
    newest: dict[str, dt.date] = {}
    for row in answers:
        day = days_of_runs.get(row.run, row.answered_on)
        if row.answer == Answer.ACCOUNTED and day is not None:
            newest |= {name: max(day, newest.get(name, day)) for name in row.entry_ids}
    some = last[last["entry_id"].isin([*newest])]
    names, left = some["entry_id"].astype(str), some["left_date"]
    stays = some["departure"].eq(str(Departure.ANSWERED)).to_numpy() & left.isna().to_numpy()
    since = left.le(pd.to_datetime(names.map(newest))).to_numpy()
    return frozenset(names[stays | since])
