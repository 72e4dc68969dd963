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

import numpy as np
import pandas as pd

from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.texts import joined_values
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.review.contradicts import another_need
from waitlist_merge.review.departures import NOT_WAITING
from waitlist_merge.review.lost import last_listed, most_pressing
from waitlist_merge.review.snapshot import Snapshot, census_dates, listed
from waitlist_merge.review.spoken import Pair
from waitlist_merge.review.units import are_pairs
from waitlist_merge.schema import TABLES


def unsent(
    absent: Collection[str],
    last: Snapshot | None,
    entries: pd.DataFrame,
    *,
    run_date: dt.date,
    apart: Collection[Pair] = (),
) -> pd.DataFrame:
    """One row for each need that only these organisations list, with the columns of tables.csv.

    ``last`` is what the last run knew, ``entries`` are those of this run with ``pathway_id`` and
    ``outcome``, ``apart`` are pairs of entries that people keep apart. Suspected cancer and P1 and
    P2 come first, then the longest waits: days are counted from the clock start of its row in the
    last run, and where it was a referral-to-treatment wait.
    """
    columns = [column.name for column in TABLES["not_refreshed"]]
    mine = _alone(absent, last, entries, apart)
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


def _alone(
    absent: Collection[str],
    last: Snapshot | None,
    entries: pd.DataFrame,
    apart: Collection[Pair],
) -> pd.DataFrame:
    """The waiting entries of these organisations, of needs that no entry of this run waits for."""
    if last is None or not absent:
        return pd.DataFrame()
    then = listed(last.entries)
    waited = (then["outcome"] != NOT_WAITING).to_numpy()
    then = then[waited & then["organisation"].isin(list(absent)).to_numpy()]
    alone = then[_nobody_else_lists(then, entries, apart)]
    # What the combined list said: an entry's own start may be one that did not count.
    told = alone.assign(rtt_start_date=alone["row_start_date"])
    return told.sort_values(["pathway_id", "entry_id"]).reset_index(drop=True)


def _nobody_else_lists(
    then: pd.DataFrame, entries: pd.DataFrame, apart: Collection[Pair] = ()
) -> Bools:
    """Entries of the last run of whose need none waits in this one.

    One that people keep ``apart`` from it, or that is for another side or service, is of another
    need, whichever of the two goes on with the id.
    """
    rows = np.flatnonzero((entries["outcome"] != NOT_WAITING).to_numpy())
    needs = entries["pathway_id"].iloc[rows].astype(object).to_numpy()
    mine = pd.DataFrame({"need": then["pathway_id"].astype(object).to_numpy()})
    mine["left"] = np.arange(len(then))
    both = mine.merge(pd.DataFrame({"need": needs, "row": rows}), on="need")
    left, row = (both[name].to_numpy(dtype=np.int64) for name in ("left", "row"))
    one, two = (run["entry_id"].astype(object) for run in (then, entries))
    other = are_pairs(one.iloc[left].to_numpy(), two.iloc[row].to_numpy(), apart)
    other |= another_need(entries, then, row, left)
    alone = np.ones(len(then), dtype=bool)
    alone[left[~other]] = False
    return alone
