"""Is no wait of the quarter shortened without a word: neither in a week, nor from week to week?"""

from __future__ import annotations

import pandas as pd

import waitlist_merge as wm
from benchmarks.quarter_state import Quarter
from waitlist_merge.reasons import StartReason

NAMED = [str(each) for each in StartReason if each is not StartReason.LATER]
"""Reasons for which an earlier start may be passed over; that it is later is none."""


def look_at_waits(quarter: Quarter, week: int, result: wm.MergeResult) -> None:
    """No row starts later than a member says, or than last week, unless something says why."""
    rows = result.combined_list[["pathway_id", "rtt_start_date", "rtt_start_note"]].astype(object)
    members = result.members[["pathway_id", "entry_id", "organisation", "rtt_start_date"]]
    both = members.astype(object).merge(rows, on="pathway_id", suffixes=("_own", ""))
    own, taken = (pd.to_datetime(both[f"rtt_start_date{each}"]) for each in ("_own", ""))
    note = both["rtt_start_note"].fillna("")
    for _, row in both[own.notna() & ~(taken <= own)].iterrows():
        day = pd.Timestamp(row["rtt_start_date_own"]).date()
        said = [f"{row['organisation']} {day}: {reason}" for reason in NAMED]
        named = any(each in note[row.name] for each in said)
        quarter.check(named, f"week {week}: a wait is shorter than a member's, and nothing says so")
    _week_to_week(quarter, week, result, both.assign(start=taken))


def _week_to_week(
    quarter: Quarter, week: int, result: wm.MergeResult, members: pd.DataFrame
) -> None:
    """The start of each entry's row; where it is later than it was, a change tells of it.

    An entry whose list did not come is looked at with the row that its need has meanwhile.
    """
    told = result.changes[result.changes["change"].isin(["start_later", "ids_merged", "id_split"])]
    named = {*told["entry_id"].dropna(), *told["pathway_id"].dropna(), *told["after"].dropna()}
    starts = dict(zip(members["entry_id"], members["start"], strict=True))
    need = dict(zip(members["entry_id"], members["pathway_id"], strict=True))
    row = dict(zip(members["pathway_id"], members["start"], strict=True))
    away = {entry: of for entry, _, of in quarter.ids.values() if entry not in starts and of in row}
    need |= away
    starts |= {entry: row[of] for entry, of in away.items()}
    for entry, start in starts.items():
        before = quarter.starts.get(entry, pd.NaT)
        if pd.isna(before) or start <= before:
            continue
        quarter.later += 1
        said = entry in named or need[entry] in named
        quarter.check(said, f"week {week}: a wait is shorter than last week, and nothing says so")
    quarter.starts |= starts
