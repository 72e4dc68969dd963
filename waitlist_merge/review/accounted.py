"""Of which entries that have left has their organisation said since what became of them?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from waitlist_merge.reasons import Departure
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.signed import author, letters
from waitlist_merge.review.snapshot import by_entry


def accounted(
    answers: Iterable[AnswerRow],
    last: pd.DataFrame,
    days_of_runs: Mapping[int, dt.date],
    *,
    retired: Collection[str] = (),
) -> frozenset[str]:
    """The entries of which their organisation has said what became of them, since they left.

    ``last`` are the entries of the last snapshot, ``days_of_runs`` the day of each run. Nobody
    answers for another's entry, unless that organisation is ``retired`` and nobody is left there:
    a need of two is accounted for once both have said so, each by another person. An answer
    accounts for the departure that it was given about: of an entry that came back and left again
    it says nothing. Who says anything else of it later takes it back.

    >>> said = AnswerRow("A-1", "Q-1", "unaccounted", ("E-1", "E-2"), (0, 1), "accounted for",
    ...                  organisation="RM3", run=2)
    >>> last = pd.DataFrame({"entry_id": ["E-1", "E-2"], "organisation": ["RM3", "RW3"],
    ...                      "departure": "unexplained", "left_date": pd.Timestamp("2026-11-23")})
    >>> days = {2: dt.date(2026, 11, 23)}
    >>> accounted([said], last, days), len(accounted([said], last, days, retired=["RW3"]))
    (frozenset({'E-1'}), 2)
    >>> accounted([said], last.assign(left_date=pd.Timestamp("2026-12-07")), days)
    frozenset()
    """
    told = of_one_voice(answers)
    some = last[last["entry_id"].isin({name for _, stands in told for name in stands})]
    names, left = some["entry_id"].astype(str), some["left_date"]
    whose = by_entry(some, "organisation")
    newest: dict[str, dt.date] = {}
    for row, stands in told:
        day = days_of_runs.get(row.run, row.answered_on)
        mine = {row.organisation, *retired}
        own = [name for name in stands if whose.get(name) in mine]
        newest |= {name: max(day, newest.get(name, day)) for name in own if day is not None}
    stays = some["departure"].eq(str(Departure.ANSWERED)).to_numpy() & left.isna().to_numpy()
    since = left.le(pd.to_datetime(names.map(newest))).to_numpy()
    return frozenset(names[(stays | since) & names.isin([*newest]).to_numpy()])


def of_one_voice(answers: Iterable[AnswerRow]) -> list[tuple[AnswerRow, list[str]]]:
    """The answers that account for entries, with these, each person's for one organisation.

    ``answers`` begin with the oldest. Of those of one person for several organisations their first
    counts; the last word of each person holds, as for ``kept_apart``: who has said anything else of
    an entry since accounts for it no longer.

    >>> said = [AnswerRow(f"A-{code}", "Q-1", "unaccounted", ("E-1",), (0,), "accounted for",
    ...                   reviewer="Ann", organisation=code) for code in ("RM3", "RW3")]
    >>> [row.organisation for row, _ in of_one_voice(said)]
    ['RM3']
    >>> from dataclasses import replace
    >>> again = replace(said[0], answer="ask again")
    >>> [row.organisation for row, _ in of_one_voice([*said, again])]
    ['RW3']
    """
    rows = list(answers)
    last = {(author(row), row.level, name): row.answer for row in rows for name in row.entry_ids}
    heard: dict[tuple[str, str], str] = {}
    found = []
    for row in rows:
        if row.answer != Answer.ACCOUNTED:
            continue
        stands = [
            name for name in row.entry_ids if last[author(row), row.level, name] == row.answer
        ]
        names = [(letters(row.reviewer), name) for name in stands]
        if {heard.setdefault(each, row.organisation) for each in names} == {row.organisation}:
            found.append((row, stands))
    return found
