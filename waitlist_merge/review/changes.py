"""What has changed since the run before, and who changed it?

One row for each change, the gravest first: patients whom nobody lists any longer, then clock starts
that moved to a later day, because such a patient now seems to have waited less.

>>> [str(each) for each in Change][:3]
['unaccounted', 'start_later', 'tci_changed']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.reasons import Change, Departure, Outcome
from waitlist_merge.review.arrivals import Arrivals
from waitlist_merge.review.clock_changes import moved_admissions, moved_rows, moved_starts
from waitlist_merge.review.decisions import Decision, decided
from waitlist_merge.review.departures import Departed
from waitlist_merge.review.moved import UNEXPLAINED
from waitlist_merge.review.paired import Paired, paired, rows_about, rows_of
from waitlist_merge.review.same_identifier import OWN
from waitlist_merge.review.sameness import Positions
from waitlist_merge.review.snapshot import Snapshot

DUPLICATE = (str(Outcome.PROPOSED_DUPLICATE), str(Outcome.CONFIRMED_DUPLICATE))
"""Outcomes of an entry that stands beside another of its need, the surer last."""

BY_ANOTHER = ": by the word of another entry of the patient"
"""Behind why an entry waits no longer, where its own row does not say so."""


def said_by_another(explanations: pd.Series) -> Bools:
    """Which rest on another's word: it may be a record that who reads of the change may not see."""
    told = explanations.astype("string").str.endswith(BY_ANOTHER).fillna(False)
    return np.asarray(told, dtype=np.bool_)


def changes(
    now: pd.DataFrame,
    combined_list: pd.DataFrame,
    base: Snapshot,
    position: Positions,
    departed: Departed,
    *,
    arrived: Arrivals,
    logs: Iterable[tuple[str, pd.DataFrame]] = (),
    said: Iterable[Decision] = (),
    apart: Mapping[tuple[str, str], str] | None = None,
    model_changed: bool = False,
) -> pd.DataFrame:
    """One row for each change since ``base``, with the columns of tables.csv.

    ``now`` are the entries of this run with ids, states and outcomes, ``position`` the place of
    each in ``base.entries``, ``departed`` what ``departures`` found of these. ``logs`` are the
    logs of ``stable_ids`` by level, ``said`` what people have decided since then, ``apart`` the
    pairs of entries that people keep apart and who says so.
    """
    then, departure = base.entries, departed.why
    pairs = paired(now, then, position)
    starts = moved_starts(pairs)
    parts = [
        _lost(then, departure),
        _gone(then, departed, position, arrived),
        _came(pairs),
        starts,
        moved_rows(pairs, combined_list, departure, starts, apart or {}),
        moved_admissions(pairs),
        _duplicated(pairs),
        _states(pairs, departed),
        *(_renamed(level, log, pairs) for level, log in logs),
        decided(said, now),
        _not_refreshed(arrived),
        _model() if model_changed else rows_of(Change.MODEL, 0),
    ]
    return _in_order(pd.concat([each for each in parts if len(each)] or [rows_of(Change.NEW, 0)]))


def _lost(then: pd.DataFrame, departure: NDArray[np.object_]) -> pd.DataFrame:
    """Entries that nothing explains since this run."""
    before = (then["departure"] == UNEXPLAINED).to_numpy()
    rows = np.flatnonzero((departure == UNEXPLAINED) & ~before)
    return rows_about(then, rows, Change.UNACCOUNTED, explanation=Departure.UNEXPLAINED.meaning)


def _gone(
    then: pd.DataFrame, departed: Departed, position: Positions, arrived: Arrivals
) -> pd.DataFrame:
    """Entries that are on no list now, and why: known since they left, or only now."""
    departure = departed.why
    here = np.zeros(len(then), dtype=bool)
    here[position[position >= 0]] = True
    held = then["organisation"].isin(list(arrived.absent)).to_numpy()
    asked = (then["departure"] == UNEXPLAINED).to_numpy()
    left = (then["left_date"].isna().to_numpy() & ~held) | (asked & ~pd.isna(departure))
    rows = np.flatnonzero(left & ~here & (departure != UNEXPLAINED))
    why = [told or "It did not wait any longer" for told in _meanings(departed, rows)]
    return rows_about(then, rows, Change.GONE, after=departure[rows], explanation=why)


def _meanings(departed: Departed, rows: Positions) -> list[str]:
    """How it is explained that each of these waits no longer, and by whose word; empty for none."""
    words = {
        (str(each), itself): f"{each.meaning}{'' if itself or each not in OWN else BY_ANOTHER}"
        for each in Departure
        for itself in (True, False)
    }
    told = zip(departed.why[rows].tolist(), departed.itself[rows].tolist(), strict=True)
    return [words.get((str(why), itself), "") for why, itself in told]


def _came(pairs: Paired) -> pd.DataFrame:
    """Entries that are new, or back."""
    new = np.flatnonzero(pairs.place < 0)
    back = np.flatnonzero((pairs.place >= 0) & ~pairs.there & pairs.waits)
    return pd.concat(
        [
            rows_about(pairs.now, new, Change.NEW, explanation=Change.NEW.meaning),
            rows_about(pairs.now, back, Change.RETURNED, explanation=Change.RETURNED.meaning),
        ]
    )


def _duplicated(pairs: Paired) -> pd.DataFrame:
    """Entries that are beside another of one need and were not, or are now more certainly so."""
    now = pairs.now
    beside = now["outcome"].isin(DUPLICATE).to_numpy()
    before, need = pairs.text("outcome"), pairs.text("pathway_id")
    leads = (now["outcome"] == str(Outcome.SHOWN)).to_numpy()
    shown = pd.DataFrame(
        {"pathway_id": now["pathway_id"].astype(object)[leads], "was": need[leads]}
    )
    first = shown.drop_duplicates("pathway_id").set_index("pathway_id")["was"]
    with_it = now["pathway_id"].astype(object).map(first).to_numpy(dtype=object)
    together = (need == with_it) & pairs.waited
    surer = (now["outcome"] == DUPLICATE[1]).to_numpy() & (before == DUPLICATE[0])
    rows = np.flatnonzero(beside & (~together | surer))
    return rows_about(
        now,
        rows,
        Change.DUPLICATED,
        before=[
            each if known else None
            for each, known in zip(before[rows], together[rows], strict=True)
        ],
        after=now["outcome"].astype(object).to_numpy()[rows],
        explanation=now["reason"].astype(object).to_numpy()[rows],
    )


def _states(pairs: Paired, departed: Departed) -> pd.DataFrame:
    """Entries still sent that stopped waiting, or wait again."""
    departure = departed.why
    kept = pairs.place >= 0
    told = np.array([*departure, None], dtype=object)[pairs.place]
    asked = pairs.waited | ((pairs.text("departure") == UNEXPLAINED) & ~pd.isna(told))
    closed = np.flatnonzero(kept & asked & ~pairs.waits & (told != UNEXPLAINED))
    opened = np.flatnonzero(kept & pairs.there & ~pairs.waited & pairs.waits)
    why = _meanings(departed, pairs.place[closed])
    return pd.concat(
        [
            rows_about(pairs.now, closed, Change.CLOSED, after=told[closed], explanation=why),
            rows_about(pairs.now, opened, Change.REOPENED, explanation=Change.REOPENED.meaning),
        ]
    )


def _renamed(level: str, log: pd.DataFrame, pairs: Paired) -> pd.DataFrame:
    """Ids that were merged or split, one row for each old id and new id, and whose entries went."""
    log = log.join(_whose(f"{level}_id", pairs), on=["old_id", "new_id"])
    parts = [
        rows_of(
            change,
            len(rows),
            organisation=rows["whose"].to_numpy(dtype=object),
            field=f"{level}_id",
            before=rows["old_id"].to_numpy(dtype=object),
            after=rows["new_id"].to_numpy(dtype=object),
            explanation=rows["why"].to_numpy(dtype=object),
            **{f"{level}_id": rows["new_id"].to_numpy(dtype=object)},
        )
        for change, event in ((Change.MERGED, "merged"), (Change.SPLIT, "split"))
        for rows in [log[log["event"] == event]]
    ]
    return pd.concat(parts)


def _whose(name: str, pairs: Paired) -> pd.Series:
    """Of which organisations are the entries that went from an old id to a new one?"""
    was, now = pairs.text(name), pairs.now[name].to_numpy(dtype=object)
    went = np.flatnonzero((pairs.place >= 0) & (was != now))
    whose = pairs.now["organisation"].iloc[went].astype(object).to_numpy()
    rows = pd.DataFrame({"old_id": was[went], "new_id": now[went], "whose": whose}, dtype=object)
    rows = rows.drop_duplicates().sort_values("whose")
    return rows.groupby(["old_id", "new_id"])["whose"].agg(";".join)


def _not_refreshed(arrived: Arrivals) -> pd.DataFrame:
    told = [
        (code, "sent no list: its entries are as they were, and none of them is gone")
        for code in arrived.absent
    ] + [(code, "sent a list of the same day as the last one") for code in arrived.same_day]
    return rows_of(
        Change.NOT_REFRESHED,
        len(told),
        organisation=[code for code, _ in told],
        explanation=[f"{code} {why}" for code, why in told],
    )


def _model() -> pd.DataFrame:
    return rows_of(Change.MODEL, 1, explanation=[Change.MODEL.meaning])


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The gravest first; starts that moved furthest first; then by ids, decisions as they came."""
    rank = {str(each): place for place, each in enumerate(Change)}
    decided_on = (rows["change"] == str(Change.DECIDED)).to_numpy()  # in the order of saying it
    texts = ("organisation", "entry_id", "pathway_id", "before", "after")
    keys = pd.DataFrame(
        {
            "rank": rows["change"].map(rank).to_numpy(),
            "days": -pd.to_numeric(rows["days"]).abs().fillna(0).to_numpy(),
            **{
                name: rows[name].fillna("").astype(str).mask(decided_on, "").to_numpy()
                for name in texts
            },
        }
    )
    order = keys.sort_values(keys.columns.tolist(), kind="stable").index.to_numpy()
    made: pd.DataFrame = rows.iloc[order].reset_index(drop=True)
    made["order"] = np.arange(1, len(made) + 1, dtype=np.int32)
    return made
