"""Which needs wait on lists that did not come, and certainly on no other?

An organisation sends no list. Its patients have not left: as far as anybody knows they wait. Those
whom another organisation certainly lists too are on the combined list; of the others there is no
entry in the run, and each is told here as it was when last listed: not refreshed, never gone. What
was only proposed to be one need with a row that is listed may be another: it is told too, with who
lists that row. An entry that is first listed meanwhile is of another need until the list is back,
whatever identifier it has.

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
from waitlist_merge.review.people import NOBODY, People
from waitlist_merge.review.sameness import Codes, Positions
from waitlist_merge.review.snapshot import Snapshot, census_dates, listed
from waitlist_merge.review.units import are_pairs, units
from waitlist_merge.schema import TABLES


def unsent(
    absent: Collection[str],
    last: Snapshot | None,
    entries: pd.DataFrame,
    *,
    run_date: dt.date,
    people: People = NOBODY,
) -> pd.DataFrame:
    """One row for each need that only these organisations certainly list (columns: tables.csv).

    ``last`` is what the last run knew, ``entries`` are those of this run with ``pathway_id`` and
    ``outcome``, ``people`` is what people say of which entries are one. Suspected cancer and P1 and
    P2 come first, then the longest waits: days are counted from the clock start of its row in the
    last run, and where it was a referral-to-treatment wait.
    """
    columns = [column.name for column in TABLES["not_refreshed"]]
    mine, perhaps = _alone(absent, last, entries, people)
    if last is None or mine.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    number, ids = pd.factorize(mine["pathway_id"].astype(object))
    table = last_listed(mine, number, len(ids), run_date=run_date)
    clocked = mine["list_state"].astype(object).isin([*map(str, RTT_STATES)])
    table["days_waiting"] = table["days_waiting"].where(clocked.groupby(number).any())
    table["list_state"] = joined_values(mine["list_state"].astype(str), number, len(ids))
    days = mine["organisation"].astype(str).map(census_dates(last))
    table["list_date"] = pd.to_datetime(days).groupby(number).min()
    place = pd.Index(ids).get_indexer(perhaps.index)
    table["perhaps_listed_by"] = joined_values(perhaps, place, len(ids))
    return most_pressing(table)[columns]


def _alone(
    absent: Collection[str], last: Snapshot | None, entries: pd.DataFrame, people: People
) -> tuple[pd.DataFrame, pd.Series]:
    """The waiting entries of these organisations, of needs that no entry of this run waits for.

    Beside them the organisations that list what was proposed to be of such a need, by need.
    """
    if last is None or not absent:
        return pd.DataFrame(), pd.Series(dtype=object)
    unit = units(last.entries, people.joined, people.released)
    there = listed(last.entries.assign(unit=unit))
    waited = (there["outcome"] != NOT_WAITING).to_numpy()
    then = there[waited & there["organisation"].isin(list(absent)).to_numpy()]
    mates = there[there["pathway_id"].isin(then["pathway_id"]).to_numpy()]
    were = pd.Series(mates["unit"].to_numpy(), index=mates["entry_id"].astype(object))
    alone, perhaps = _nobody_else_lists(then, entries, were, people)
    # What the combined list said: an entry's own start may be one that did not count.
    told = then.assign(rtt_start_date=then["row_start_date"])[alone]
    return told.sort_values(["pathway_id", "entry_id"]).reset_index(drop=True), perhaps


def _nobody_else_lists(
    then: pd.DataFrame, entries: pd.DataFrame, were: pd.Series, people: People
) -> tuple[Bools, pd.Series]:
    """Entries of the last run of whose need certainly none waits in this one, and who perhaps does.

    The latter are organisations, by need.

    One that people keep apart from it, or that is for another side or service though nobody joined
    the two, is of another need, whichever of the two goes on with the id. One that was only
    proposed to be of it, or was not of it in the last run, may be.
    ``were`` are the certain needs of the last run (``units``), by entry.
    """
    rows = np.flatnonzero((entries["outcome"] != NOT_WAITING).to_numpy())
    needs = entries["pathway_id"].iloc[rows].astype(object).to_numpy()
    mine = pd.DataFrame({"need": then["pathway_id"].astype(object).to_numpy()})
    mine["left"] = np.arange(len(then))
    both = mine.merge(pd.DataFrame({"need": needs, "row": rows}), on="need")
    left, row = (both[name].to_numpy(dtype=np.int64) for name in ("left", "row"))
    one = then["entry_id"].astype(object).iloc[left].to_numpy()
    two = entries["entry_id"].astype(object).iloc[row].to_numpy()
    unit = then["unit"].to_numpy()[left]
    joined = _of_each_unit(are_pairs(one, two, people.joined), unit, row)
    other = are_pairs(one, two, people.apart) | (another_need(entries, then, row, left) & ~joined)
    unsure = ~other & ~joined & (pd.Series(two).map(were).to_numpy(dtype=np.float64) != unit)
    alone = np.ones(len(then), dtype=bool)
    alone[left[~other & ~unsure]] = False
    unsure &= alone[left]
    who = entries["organisation"].iloc[row[unsure]].astype(object).to_numpy()
    return alone, pd.Series(who, index=both["need"].to_numpy()[unsure], dtype=object)


def _of_each_unit(told: Bools, unit: Codes, row: Positions) -> Bools:
    """What is told of one entry of a certain need and a row holds of all its entries and that row.

    >>> told = np.array([True, False, False])
    >>> _of_each_unit(told, np.array([4, 4, 5]), np.array([0, 0, 0])).tolist()
    [True, True, False]
    """
    pairs = unit * (int(row.max(initial=0)) + 1) + row
    return np.isin(pairs, pairs[told])
