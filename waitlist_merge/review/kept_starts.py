"""Which clock starts of the last run does a need keep, as their organisation sent no list?

Those of entries that waited, counted, and have not left: an organisation that says nothing has
shortened no wait. A start that did not count in the last run (it is earlier than that of its
row) does not count now, and one that a person has parted from the need is not its any longer.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.kept import COLUMNS, NOTHING_KEPT
from waitlist_merge.reasons import Confidence
from waitlist_merge.review.departures import NOT_WAITING, units
from waitlist_merge.review.lost import SERVICES, restricted_anywhere
from waitlist_merge.review.sameness import Positions
from waitlist_merge.review.snapshot import Snapshot, listed


def kept_starts(
    last: Snapshot | None,
    absent: Collection[str],
    position: Positions,
    now: pd.DataFrame,
    *,
    apart: Collection[tuple[str, str]] = (),
) -> pd.DataFrame:
    """The earliest start that each need keeps, with ``COLUMNS``, ``SERVICES`` and ``shared``.

    ``sure`` is true where its entry was certainly of one need with an entry that is listed now.

    ``position`` is the place in ``last`` of each entry of this run, ``now`` their ``entry_id`` and
    ``pathway_id``; ``apart`` are pairs of entries that people keep apart. ``shared`` is true where
    it is certain whose it is and no record of the patient is restricted.
    """
    if last is None or not absent:
        return NOTHING_KEPT
    then = last.entries.assign(shared=_shared(last.entries))
    unit = units(last.entries)
    found = _of_absent(listed(then.assign(unit=unit)), absent)
    here = position >= 0
    needs = pd.DataFrame(
        {
            "need": last.entries["pathway_id"].astype(object).to_numpy()[position[here]],
            "member": now["entry_id"].astype(object).to_numpy()[here],
            "beside": unit[position[here]],
            "pathway_id": now["pathway_id"].astype(object).to_numpy()[here],
        }
    )
    needs = needs[needs["need"].isin(found["need"])]
    both = found.merge(needs, on="need")
    pairs = zip(both["entry_id"], both["member"], strict=True)
    parted = np.array([pair in apart or pair[::-1] in apart for pair in pairs], dtype=bool)
    barred = set(both.loc[parted, ["entry_id", "pathway_id"]].itertuples(index=False, name=None))
    ends = zip(both["entry_id"], both["pathway_id"], strict=True)
    both = both[np.array([end not in barred for end in ends], dtype=bool)]
    both["sure"] = both["unit"] == both["beside"]
    nearest = both.sort_values("sure", ascending=False, kind="stable")
    first = nearest.sort_values(["start", "entry_id"], kind="stable").drop_duplicates("pathway_id")
    return first.sort_values("pathway_id", ignore_index=True)[[*COLUMNS, *SERVICES, "shared"]]


def _of_absent(then: pd.DataFrame, absent: Collection[str]) -> pd.DataFrame:
    """The starts of these organisations' entries, by the need that they were of.

    Those of entries that waited, and those that gave the start of a row in whatever way.
    """
    mine = then[then["organisation"].isin(list(absent)).to_numpy()]
    counts = (mine["outcome"] != NOT_WAITING) & mine["list_state"].isin([*map(str, RTT_STATES)])
    own = mine[(counts & (mine["rtt_start_date"] >= mine["row_start_date"])).to_numpy()]
    gave = then[then["row_start_entry_id"].isin(mine["entry_id"].astype(object)).to_numpy()]
    parts = [
        pd.DataFrame(
            {
                "need": some["pathway_id"].astype(object),
                "entry_id": some[entry].astype(object),
                "start": some[start],
            }
        )
        for some, entry, start in (
            (own, "entry_id", "rtt_start_date"),
            (gave, "row_start_entry_id", "row_start_date"),
        )
    ]
    found = pd.concat(parts, ignore_index=True).drop_duplicates()
    whose = mine[["entry_id", "organisation", "unit", *SERVICES, "shared"]].astype(
        {"entry_id": object}
    )
    return found.merge(whose, on="entry_id")


def _shared(entries: pd.DataFrame) -> pd.Series:
    """Entries of which the patient is certain, and no restricted record."""
    sure = (entries["patient_confidence"].astype(object) == str(Confidence.CERTAIN)).to_numpy(bool)
    return pd.Series(sure & ~restricted_anywhere(entries), index=entries.index)
