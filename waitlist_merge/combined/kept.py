"""Which clock starts does a list keep that nobody sent this week?

An organisation sends no list, or takes a duplicate off its list as agreed. Its entry gave the start
of a need that is still listed: without it the wait would seem shorter, though nobody has said so.
The start of the earlier run is kept, and the row says whose it is and why (principle: no wait gets
shorter by accident).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import whole
from waitlist_merge.combined.bundles import Bundles
from waitlist_merge.combined.texts import framed, joined_values
from waitlist_merge.pathways.columns import NO_DAY, Bools, Days, days, has_word, iso
from waitlist_merge.reasons import SurvivorRule

CLOCK = "rtt_start_date"
COLUMNS = (
    "pathway_id",
    "field",
    "entry_id",
    "organisation",
    "start",
    "word",
    "sure",
    "closed",
)
"""One row for each need and field that is kept: ``start`` of a clock, ``word`` of another fact."""

_RULES = (str(SurvivorRule.OF_CLOSED_ROW), str(SurvivorRule.NOT_REFRESHED))

NOTHING_KEPT = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
"""No start of an earlier run."""


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """Starts of entries of an earlier run, and which of them each bundle has: -1 for none."""

    starts: pd.DataFrame
    place: NDArray[np.int64]

    @property
    def day(self) -> Days:
        """The day that is kept for each bundle; NO_DAY where none is."""
        start = pd.to_datetime(self.starts["start"]).astype("datetime64[s]")
        return np.append(days(start), np.int32(NO_DAY))[self.place]

    @property
    def sure(self) -> Bools:
        """Bundles of which the entry with the kept start is certainly of one need with a member."""
        told: Bools = np.append(self.starts["sure"].to_numpy(dtype=bool), False)[self.place]
        return told

    @property
    def closed(self) -> Bools:
        """Bundles of which the entry with the kept start was taken off its list."""
        told: Bools = np.append(self.starts["closed"].to_numpy(dtype=bool), False)[self.place]
        return told


def kept_for(
    kept: pd.DataFrame, pathway_id: pd.Series, bundles: Bundles, *, field: str = CLOCK
) -> Kept:
    """Which of the starts, or of what is kept of another field, each bundle has.

    ``kept`` has ``COLUMNS``, one row for each need and field.
    """
    starts = kept[(kept["field"] == field).to_numpy()].reset_index(drop=True)
    if starts.empty:
        return Kept(starts, np.full(len(bundles.first), -1, dtype=np.int64))
    named = _text(pathway_id.iloc[bundles.shown])
    place = pc.fill_null(pc.index_in(named, value_set=_text(starts["pathway_id"])), -1)
    return Kept(starts, place.to_numpy().astype(np.int64))


def _text(column: pd.Series) -> pa.Array:
    """Ids as Arrow holds them: of millions no texts of Python are made."""
    return whole(pa.array(column.astype("string[pyarrow]").array, pa.large_string()))


def with_kept(
    provenance: pd.DataFrame, kept: Kept, used: Bools, entries: pd.DataFrame, bundles: Bundles
) -> pd.DataFrame:
    """The table ``provenance``, telling of the rows that have ``used`` theirs whose start it is."""
    rows = np.flatnonzero(used)
    if not len(rows):
        return provenance
    given = kept.starts.iloc[kept.place[rows]].reset_index(drop=True)
    number = np.full(len(used), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    members = used[bundles.number]
    at = bundles.rows[members]
    said = pc.fill_null(iso(days(entries["rtt_start_date"].take(at))), "nothing").to_pylist()
    whose = entries["organisation"].take(at).astype(str).reset_index(drop=True)
    told = whose.str.cat(said, sep=" ")
    others = joined_values(told, number[bundles.number[members]], len(rows), "; ")
    anew = pd.DataFrame(
        {
            "pathway_id": given["pathway_id"].astype(object),
            "field": CLOCK,
            "entry_id": given["entry_id"].astype(object),
            "organisation": given["organisation"].astype(object),
            "rule": np.where(given["closed"].to_numpy(dtype=bool), *_RULES),
            "value": iso(kept.day[rows]).to_pylist(),
            "other_values": others,
        }
    )
    return replaced(provenance, anew)


def replaced(provenance: pd.DataFrame, anew: pd.DataFrame) -> pd.DataFrame:
    """The table ``provenance`` with these lines of one field, instead of those that it had."""
    if anew.empty:
        return provenance
    again = pc.is_in(_text(provenance["pathway_id"]), value_set=_text(anew["pathway_id"]))
    again = again.to_numpy(zero_copy_only=False) & has_word(
        provenance, "field", str(anew["field"].iloc[0])
    )
    told = provenance[~again]
    both = framed({str(name): _below(told[name], anew[name]) for name in provenance})
    order = pc.sort_indices(_text(both["pathway_id"])).to_numpy()
    return both.take(order).reset_index(drop=True)


def _below(one: pd.Series, other: pd.Series) -> pd.Series:
    """One column below the other, coded where the first is."""
    if isinstance(one.dtype, pd.CategoricalDtype):
        words = one.cat.categories
        one = one.cat.add_categories(pd.Index(other.dropna().unique()).difference(words))
    return pd.concat([one, other.astype(one.dtype)], ignore_index=True)
