"""Which needs wait on lists that did not come, and on no other?

An organisation sends no list. Its patients have not left: as far as anybody knows they wait. Those
whom another organisation lists too are on the combined list; of the others there is no entry in the
run, and each is told here as it was when last listed: not refreshed, never gone. An entry that is
first listed meanwhile is of another need until the list is back, whatever identifier it has.

>>> unsent((), None, pd.DataFrame(), run_date=dt.date(2026, 11, 15)).empty
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pandas as pd

from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.texts import joined_values
from waitlist_merge.review.departures import NOT_WAITING
from waitlist_merge.review.lost import last_listed, most_pressing
from waitlist_merge.review.snapshot import Snapshot, census_dates, listed
from waitlist_merge.schema import TABLES


def unsent(
    absent: Collection[str],
    last: Snapshot | None,
    entries: pd.DataFrame,
    *,
    run_date: dt.date,
) -> pd.DataFrame:
    """One row for each need that only these organisations list, with the columns of tables.csv.

    ``last`` is what the last run knew, ``entries`` are those of this run with ``pathway_id`` and
    ``outcome``. Suspected cancer and P1 and P2 come first, then the longest waits: days are counted
    from the clock start of its row in the last run, and where it was a referral-to-treatment wait.
    """
    columns = [column.name for column in TABLES["not_refreshed"]]
    mine = _alone(absent, last, entries)
    if last is None or mine.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    number, ids = pd.factorize(mine["pathway_id"].astype(object))
    table = last_listed(mine, number, len(ids), run_date=run_date)
    clocked = mine["list_state"].astype(object).isin([*map(str, RTT_STATES)])
    table["days_waiting"] = table["days_waiting"].where(clocked.groupby(number).any())
    table["list_state"] = joined_values(mine["list_state"].astype(str), number, len(ids))
    days = mine["organisation"].astype(str).map(census_dates(last))
    table["list_date"] = pd.to_datetime(days).groupby(number).min()
    return most_pressing(table)[columns]


def _alone(absent: Collection[str], last: Snapshot | None, entries: pd.DataFrame) -> pd.DataFrame:
    """The waiting entries of these organisations, of needs that no entry of this run waits for."""
    if last is None or not absent:
        return pd.DataFrame()
    then = listed(last.entries)
    waited = (then["outcome"] != NOT_WAITING).to_numpy()
    then = then[waited & then["organisation"].isin(list(absent)).to_numpy()]
    here = entries.loc[(entries["outcome"] != NOT_WAITING).to_numpy(), "pathway_id"]
    known = set(here.astype(object))
    alone = then[[each not in known for each in then["pathway_id"].astype(object)]]
    # What the combined list said: an entry's own start may be one that did not count.
    told = alone.assign(rtt_start_date=alone["row_start_date"])
    return told.sort_values(["pathway_id", "entry_id"]).reset_index(drop=True)
