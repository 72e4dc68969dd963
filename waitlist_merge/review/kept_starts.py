"""Which clock starts of earlier runs does a need keep, though no list of this week has them?

Those of entries that waited and counted, and that are off their list while the need waits on: an
organisation that says nothing has shortened no wait, nor has one that took a duplicate off its
list. A start that did not count in the last run (it is earlier than that of its row) does not
count now, and one that a person has parted from the need is not its any longer. That of a closed
entry is kept only where it was certainly the same need, and not once all who list the need say
that it began after that: a new period has a new clock (RTT guidance 3.4.3 to 3.4.5).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.kept import CLOCK, COLUMNS, NOTHING_KEPT
from waitlist_merge.pathways.columns import Bools, has_word
from waitlist_merge.reasons import Confidence
from waitlist_merge.review.departures import NOT_WAITING, SURE, units
from waitlist_merge.review.kept_facts import kept_facts
from waitlist_merge.review.lost import SERVICES, restricted_anywhere
from waitlist_merge.review.off_list import RELIED, OffList, off_list
from waitlist_merge.review.sameness import Positions
from waitlist_merge.review.snapshot import Snapshot, listed


def kept_starts(
    last: Snapshot | None,
    absent: Collection[str],
    position: Positions,
    now: pd.DataFrame,
    *,
    run_date: dt.date,
    apart: Collection[tuple[str, str]] = (),
) -> pd.DataFrame:
    """The earliest start that each need keeps, with ``COLUMNS``, ``SERVICES`` and ``shared``.

    Of lists that did not come there are their ``kept_facts`` too, one row for each field of a need.

    ``sure`` is true where its entry was certainly of one need with an entry that is listed now,
    ``closed`` where its organisation has closed it, false where that sent no list.

    ``position`` is the place in ``last`` of each entry of this run; ``now`` is what ``off_list``
    reads of them, with ``entry_id``, ``pathway_id`` and ``rtt_start_date``; ``apart`` are pairs of
    entries that people keep apart. ``shared`` is true where it is certain whose it is and no record
    of the patient is restricted.
    """
    off = None if last is None else off_list(last, absent, position, now, run_date=run_date)
    if off is None:
        return NOTHING_KEPT
    then = off.then.assign(shared=_shared(off.then), unit=units(off.then), closed=off.closed)
    found, members = _stated(then, off.unsent | off.closed), _members(off, then)
    both = _holding(found.merge(members, on="need"), apart)
    nearest = both.sort_values("sure", ascending=False, kind="stable")
    first = nearest.sort_values(["start", "entry_id"], kind="stable").drop_duplicates("pathway_id")
    first = first.assign(field=CLOCK, word=None).sort_values("pathway_id", ignore_index=True)
    starts = first[[*COLUMNS, *SERVICES, "shared"]]
    if not off.unsent.any():
        return starts
    facts = kept_facts(then[off.unsent], members, apart, run_date=run_date)
    both = pd.concat([starts.astype(object), facts.astype(object)], ignore_index=True)
    return both.astype(dict.fromkeys(("sure", "closed", "shared"), bool))


def _members(off: OffList, then: pd.DataFrame) -> pd.DataFrame:
    """The entries of this run that were of each need, with the need they are of now."""
    were = then.iloc[off.position]
    return pd.DataFrame(
        {
            "need": were["pathway_id"].astype(object).to_numpy(),
            "member": off.now["entry_id"].astype(object).to_numpy(),
            "beside": were["unit"].to_numpy(),
            "was_sure": were["outcome"].isin(SURE).to_numpy(),
            "pathway_id": off.now["pathway_id"].astype(object).to_numpy(),
            "waits": off.now["waits"].to_numpy(dtype=bool),
            "states": off.now["rtt_start_date"].to_numpy(),
        }
    )


def _holding(both: pd.DataFrame, apart: Collection[tuple[str, str]]) -> pd.DataFrame:
    """The starts that hold, each beside every member of its need; ``sure`` of which it is certain.

    ``apart`` are the pairs of entries that people keep apart.
    """
    pairs = zip(both["entry_id"], both["member"], strict=True)
    parted = np.array([pair in apart or pair[::-1] in apart for pair in pairs], dtype=bool)
    both["sure"] = (both["unit"] == both["beside"]) | (both["firm"] & both["was_sure"])
    both = both[~_any(both, parted) & (~both["closed"] | (both["sure"] & both["waits"]))]
    # One that leaves now has no such day yet: no start that counts is later than today.
    later = (both["states"] > both["ended"]).to_numpy()
    goes_on = both["states"].notna().to_numpy() & ~later
    return both[~both["closed"] | ~_any(both, later) | _any(both, goes_on)]


def _any(both: pd.DataFrame, mask: Bools) -> pd.Series:
    """Starts of needs of which it is true beside any member."""
    said = pd.Series(mask, index=both.index, dtype=bool)
    return said.groupby([both["entry_id"], both["pathway_id"]]).transform("any").astype(bool)


def _stated(then: pd.DataFrame, off: Bools) -> pd.DataFrame:
    """The starts of these entries, by the need that they were of.

    Those of entries that waited, and those that gave the start of a row in whatever way: ``firm``
    ones of a row that was certainly one need.
    """
    mine = then[off]
    counts = (mine["outcome"] != NOT_WAITING) & mine["list_state"].isin([*map(str, RTT_STATES)])
    own = mine[(counts & (mine["rtt_start_date"] >= mine["row_start_date"])).to_numpy()]
    rows = listed(then)
    gave = rows[rows["row_start_entry_id"].isin(mine["entry_id"].astype(object)).to_numpy()]
    firm = has_word(gave, "pathway_confidence", Confidence.CERTAIN)
    relied = mine.loc[has_word(mine, "departure", *RELIED), "entry_id"].astype(object)
    firm |= gave["row_start_entry_id"].isin(relied).to_numpy()
    parts = [
        pd.DataFrame(
            {
                "need": some["pathway_id"].astype(object),
                "entry_id": some[entry].astype(object),
                "start": some[start],
                "firm": sure,
            }
        )
        for some, entry, start, sure in (
            (own, "entry_id", "rtt_start_date", False),
            (gave, "row_start_entry_id", "row_start_date", firm),
        )
    ]
    found = pd.concat(parts, ignore_index=True).drop_duplicates()
    whose = ["entry_id", "organisation", "unit", "closed", "ended", *SERVICES, "shared"]
    ended = mine["left_date"].fillna(mine["removal_date"])
    told = mine.assign(ended=ended)[whose].astype({"entry_id": object})
    found = found.merge(told, on="entry_id")
    return found.assign(firm=found["firm"] & found["closed"])


def _shared(entries: pd.DataFrame) -> pd.Series:
    """Entries of which the patient is certain, and no restricted record."""
    sure = (entries["patient_confidence"].astype(object) == str(Confidence.CERTAIN)).to_numpy(bool)
    return pd.Series(sure & ~restricted_anywhere(entries), index=entries.index)
