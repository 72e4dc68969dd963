"""Which clock starts and admissions have moved, and who moved them?

An organisation moves the start of its own entry. The start of a whole need can move too, though no
entry's did: the entry that gave it has left, another one gives an earlier one, or people joined or
parted entries. Both are told, with the organisation; where people parted them, with their decision.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, Days, days, iso, known
from waitlist_merge.reasons import Change
from waitlist_merge.review.paired import Paired, rows_about, rows_of
from waitlist_merge.review.sameness import Positions


def moved_starts(pairs: Paired) -> pd.DataFrame:
    """Clock starts of entries that their organisation moved."""
    now, then = pairs.day("rtt_start_date")
    moved = (pairs.place >= 0) & pairs.waits & (now != then)
    later = _later(now, then)
    words = (
        (later, Change.START_LATER, "moved its clock start to a later day: a shorter wait"),
        (~later, Change.START_EARLIER, "moved its clock start to an earlier day"),
    )
    return pd.concat(
        [
            _dated(pairs, np.flatnonzero(moved & which), change, "rtt_start_date", word)
            for which, change, word in words
        ]
    )


def moved_admissions(pairs: Paired) -> pd.DataFrame:
    """Admissions booked, moved, or taken away without having passed."""
    now, then = pairs.day("tci_date")
    census = days(pairs.now["extract_census_date"])
    passed = known(then) & (then < census) & ~known(now)
    moved = (pairs.place >= 0) & pairs.waits & (now != then) & ~passed
    words = (
        (known(now) & ~known(then), "booked an admission"),
        (known(now) & known(then), "moved the admission"),
        (~known(now), "took the admission away"),
    )
    return pd.concat(
        [
            _dated(pairs, np.flatnonzero(moved & which), Change.TCI, "tci_date", word)
            for which, word in words
        ]
    )


def moved_rows(
    pairs: Paired,
    combined_list: pd.DataFrame,
    departure: NDArray[np.object_],
    starts: pd.DataFrame,
    apart: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """Clock starts of whole needs that moved, though the entry that gives it did not move its own.

    ``departure`` says why each earlier entry no longer waits, None where it does; ``starts`` are
    those of entries that moved (``moved_starts``); ``apart`` are pairs that people keep apart and
    who says so: of a start so parted no organisation is the mover.
    """
    then = pairs.then
    had = (then["left_date"].isna() & then["row_start_date"].notna()).to_numpy()
    before = then.loc[had, ["pathway_id", "row_start_date", "row_start_entry_id"]].astype(
        {"pathway_id": object, "row_start_entry_id": object}
    )
    names = ["pathway_id", "patient_id", "rtt_start_date", "rtt_start_entry_id"]
    after = combined_list[names].astype({"pathway_id": object, "rtt_start_entry_id": object})
    both = after.merge(before.drop_duplicates("pathway_id"), on="pathway_id")
    both = both[~_told_by_entries(both, starts)].reset_index(drop=True)
    one, other = days(both["rtt_start_date"]), days(both["row_start_date"])
    later = _later(one, other)
    gone = set(then["entry_id"].to_numpy(dtype=object)[~pd.isna(departure)].tolist())
    left = both["row_start_entry_id"].isin(gone).to_numpy()
    giver = both["row_start_entry_id"].where(left | later, both["rtt_start_entry_id"])
    who = giver.map(_organisations(pairs)).fillna("").to_numpy(dtype=object)
    decided = _parted_by(both, pairs, apart)
    decided[left] = None
    whose = who.copy()
    whose[~pd.isna(decided)] = None
    return pd.concat(
        [
            rows_of(
                change,
                int(which.sum()),
                organisation=whose[which],
                patient_id=both["patient_id"].to_numpy(dtype=object)[which],
                pathway_id=both["pathway_id"].to_numpy(dtype=object)[which],
                field="rtt_start_date",
                before=iso(other[which]).to_pylist(),
                after=iso(one[which]).to_pylist(),
                days=_days_between(other[which], one[which]),
                explanation=[*map(_explained, who[which], left[which], decided[which])],
            )
            for which, change in ((later, Change.START_LATER), (~later, Change.START_EARLIER))
        ]
    )


def _explained(organisation: str, left: bool, decided: str | None) -> str:
    """How the start of a need came to be another one."""
    gave = f"he entry of {organisation} that gave the clock start of the need"
    if left:
        return f"T{gave} no longer waits"
    if decided is not None:
        return (
            f"By a decision of people ({decided or 'no organisation'}) t{gave} is of another need"
        )
    return f"The clock start of the need is now another one ({organisation})"


def _parted_by(
    both: pd.DataFrame, pairs: Paired, apart: Mapping[tuple[str, str], str]
) -> NDArray[np.object_]:
    """Who keeps apart the entry that gave the start of a need and one in it; None where nobody."""
    ends = [(*pair, who) for one, who in apart.items() for pair in (one, one[::-1])]
    said = pd.DataFrame(ends, columns=["giver", "other", "who"], dtype=object)
    need = pairs.now.set_index(pairs.now["entry_id"].astype(object))["pathway_id"].astype(object)
    said["need"] = said["other"].map(need)
    said = said[said["need"].notna() & (said["giver"].map(need) != said["need"])]
    by = said.drop_duplicates(["need", "giver"]).set_index(["need", "giver"])["who"]
    named = pd.MultiIndex.from_frame(both[["pathway_id", "row_start_entry_id"]])
    told = np.array(by.reindex(named), dtype=object)
    told[pd.isna(told)] = None
    return told


def _told_by_entries(both: pd.DataFrame, moved: pd.DataFrame) -> Bools:
    """Needs whose start stayed, or is that of an entry which is told to have moved its own.

    An entry that gave the start and is of another need by now tells nothing of the one it left.
    """
    need = moved.set_index("entry_id")["pathway_id"]
    one, other = days(both["rtt_start_date"]), days(both["row_start_date"])
    gave = (both["row_start_entry_id"].map(need) == both["pathway_id"]).to_numpy()
    gives = both["rtt_start_entry_id"].isin(need.index).to_numpy() & ~_later(one, other)
    return np.asarray(gave | gives | (one == other), dtype=np.bool_)


def _later(now: Days, then: Days) -> Bools:
    """Starts by which a wait became shorter, or is not known any longer."""
    return known(then) & (~known(now) | (now > then))


def _organisations(pairs: Paired) -> dict[str, str]:
    """Whose each entry is, of both runs."""
    return {
        entry: organisation
        for frame in (pairs.then, pairs.now)
        for entry, organisation in zip(
            frame["entry_id"].astype(object), frame["organisation"].astype(str), strict=True
        )
    }


def _dated(pairs: Paired, at: Positions, change: Change, field: str, word: str) -> pd.DataFrame:
    now, then = (each[at] for each in pairs.day(field))
    who = pairs.now["organisation"].astype(object).to_numpy()[at]
    return rows_about(
        pairs.now,
        at,
        change,
        field=field,
        before=iso(then).to_pylist(),
        after=iso(now).to_pylist(),
        days=_days_between(then, now),
        explanation=[f"{each} {word}" for each in who],
    )


def _days_between(then: Days, now: Days) -> NDArray[np.object_]:
    """By how many days a date moved; None where one of the two is missing."""
    there = known(then) & known(now)
    moved = np.full(len(then), None, dtype=object)
    moved[there] = now[there].astype(np.int64) - then[there]
    return moved
