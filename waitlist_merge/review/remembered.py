"""What does the next run have to know of this one?

The entries of this run with their ids; those of organisations that sent nothing, as they were; and
those that have left, so that one that comes back has its ids again and one that nothing explains
is asked about until a person answers.

>>> MEMORY.days
365
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.reasons import Outcome
from waitlist_merge.review.continuity import Carried
from waitlist_merge.review.departures import NOT_WAITING, Departed
from waitlist_merge.review.marks import still_restricted
from waitlist_merge.review.moved import UNEXPLAINED
from waitlist_merge.review.snapshot import (
    ENTRY_COLUMNS,
    EXTRACT_COLUMNS,
    OF_THE_ENTRY,
    Snapshot,
)
from waitlist_merge.review.stable_ids import StableIds
from waitlist_merge.review.units import SURE, units

MEMORY = dt.timedelta(days=365)
"""How long an entry that has left is remembered; one that nothing explains, until it is answered,
and one whose clock start is kept, as long as that.
Our own choice: the longest time after which a patient is put back on a list under an old number."""

_DAY = ("row_start_date", "left_date")
_NUMBER = ("patient_since", "pathway_since", "waited_run")


def next_snapshot(
    entries: pd.DataFrame,
    combined_list: pd.DataFrame,
    *,
    run: int,
    run_date: dt.date,
    carried: Carried,
    patients: StableIds,
    pathways: StableIds,
    last: Snapshot | None,
    departed: Departed,
    absent: Collection[str] = (),
) -> Snapshot:
    """The snapshot of this run. ``entries`` have the ids, states and outcomes of this run.

    ``departed`` is what ``departures`` found of the last run's entries, ``absent`` the
    organisations whose list did not come.
    """
    now = _of_this_run(entries, combined_list, carried, patients, pathways)
    before, whither = (
        np.append(each, np.array([None], dtype=object))[carried.position]
        for each in (departed.why, departed.moved_to)
    )
    lost = before == UNEXPLAINED
    earlier = _earlier(last, len(entries), carried)
    left = np.where(lost, np.where(np.isnat(earlier), _day(run_date), earlier), _NEVER)
    now = now.assign(departure=before, left_date=left, moved_to=whither, waited_run=0)
    if last is not None:
        restricted = still_restricted(now["restricted"], last.entries, carried.position)
        now["restricted"] = restricted
        waits = (entries["outcome"] != NOT_WAITING).to_numpy()
        until = np.append(_waited_until(last.entries), 0)[carried.position]
        now["waited_run"] = np.where(waits, 0, until)
    parts = [now]
    if last is not None:
        gone = _not_sent(last.entries, departed, carried, absent, run_date, now)
        then = _doubted(gone, now, last)
        parts.insert(0, then)
    stacked = {name: _stacked(name, parts) for name in ENTRY_COLUMNS}
    return Snapshot(run, run_date, pd.DataFrame(stacked), _extracts(entries, last, run))


def _waited_until(then: pd.DataFrame) -> NDArray[np.int32]:
    """The run of the last list on which each entry of the last run waited, 0 for none."""
    waited = (then["outcome"] != NOT_WAITING).to_numpy() & then["left_date"].isna().to_numpy()
    known, newest = (then[name].to_numpy() for name in ("waited_run", "list_run"))
    return np.where(known > 0, known, np.where(waited, newest, 0)).astype(np.int32)


_NEVER = np.datetime64("NaT", "s")


def _day(day: dt.date) -> np.datetime64:
    return np.datetime64(day, "s")


def _earlier(last: Snapshot | None, size: int, carried: Carried) -> NDArray[np.datetime64]:
    """The day on which each entry had left, if it had."""
    if last is None:
        return np.full(size, _NEVER)
    left = last.entries["left_date"].to_numpy().astype("datetime64[s]")
    return np.append(left, _NEVER)[carried.position]


def _of_this_run(
    entries: pd.DataFrame,
    combined_list: pd.DataFrame,
    carried: Carried,
    patients: StableIds,
    pathways: StableIds,
) -> pd.DataFrame:
    """The entries of this run with what a snapshot knows of them."""
    waits = (entries["outcome"] != NOT_WAITING).to_numpy()
    rows = pd.Index(combined_list["pathway_id"].astype(object)).get_indexer(
        entries["pathway_id"].astype(object)
    )
    rows = np.where(waits, rows, -1)
    names = {
        "patient_confidence": "patient_confidence",
        "pathway_confidence": "pathway_confidence",
        "row_start_date": "rtt_start_date",
        "row_start_entry_id": "rtt_start_entry_id",
    }
    of_row = {
        name: pd.Series(combined_list[source].array.take(rows, allow_fill=True))
        for name, source in names.items()
    }
    columns = {
        name: entries[name].reset_index(drop=True)
        for name in ("entry_id", "patient_id", "pathway_id", "list_state", "outcome", *OF_THE_ENTRY)
    }
    since = {"patient_since": patients.since, "pathway_since": pathways.since}
    return pd.DataFrame({"own_id": carried.own_id} | columns | of_row | since)


def _not_sent(
    then: pd.DataFrame,
    departed: Departed,
    carried: Carried,
    absent: Collection[str],
    run_date: dt.date,
    now: pd.DataFrame,
) -> pd.DataFrame:
    """The last run's entries that this one did not get: not refreshed, or left.

    One whose clock start a row of ``now`` keeps is remembered as long as that.
    """
    gone = np.ones(len(then), dtype=bool)
    gone[carried.position[carried.position >= 0]] = False
    held = then["organisation"].isin(list(absent)).to_numpy()
    left = then["left_date"].to_numpy().astype("datetime64[s]")
    lost = departed.why == UNEXPLAINED
    newly = np.isnat(left) & (~held | lost)
    left = np.where(newly, _day(run_date), left)
    with np.errstate(invalid="ignore"):
        old = ~np.isnat(left) & (left < _day(run_date - MEMORY)) & ~lost
    gives = now["row_start_entry_id"].astype(object)
    old[old] = ~then.loc[old, "entry_id"].astype(object).isin(gives).to_numpy(dtype=bool)
    kept = gone & ~old
    until = np.where(np.isnat(left), 0, _waited_until(then))
    why, whither = departed.why, departed.moved_to
    known = then.assign(departure=why, left_date=left, moved_to=whither, waited_run=until)
    told: pd.DataFrame = known[kept]
    return told


def _doubted(then: pd.DataFrame, now: pd.DataFrame, last: Snapshot) -> pd.DataFrame:
    """The entries that did not come, less sure of their need where nobody sure of it now was so.

    A proposed duplicate whose other half sent no list stands alone in its need for a while: that
    nobody answered whether the two are one is no answer.
    """
    held = (then["left_date"].isna() & then["outcome"].isin(SURE)).to_numpy()
    if not held.any():
        return then
    unit = pd.Series(units(last.entries), index=last.entries["entry_id"].astype(object))
    sure = now[now["outcome"].isin(SURE).to_numpy()]
    needs = pd.Index(sure["pathway_id"].astype(object))
    were = pd.MultiIndex.from_arrays([needs, sure["entry_id"].astype(object).map(unit)])
    need, name = (then[column].astype(object) for column in ("pathway_id", "entry_id"))
    with_them = pd.MultiIndex.from_arrays([need, name.map(unit)]).isin(were)
    doubted = held & need.isin(needs).to_numpy() & ~with_them
    outcome = then["outcome"].astype(object)
    return then.assign(outcome=outcome.mask(doubted, str(Outcome.PROPOSED_DUPLICATE)))


def _stacked(name: str, parts: list[pd.DataFrame]) -> pd.Series:
    """One column of all parts: text as category, numbers of runs as int32, days as days."""
    columns = [part[name].reset_index(drop=True) for part in parts]
    if name in _NUMBER:
        return pd.concat(columns, ignore_index=True).astype(np.int32)
    if name in _DAY or pd.api.types.is_datetime64_any_dtype(parts[-1][name].dtype):
        days = [pd.to_datetime(each).astype("datetime64[s]") for each in columns]
        return pd.concat(days, ignore_index=True)
    if pd.api.types.is_bool_dtype(parts[-1][name].dtype):
        return pd.concat([each.astype("boolean") for each in columns], ignore_index=True)
    return pd.Series(_as_one([_coded(each) for each in columns]))


Coded = tuple[NDArray[np.int64], NDArray[np.object_]]
"""The code of each value, -1 for missing, and the values that the codes stand for."""


def _coded(column: pd.Series) -> Coded:
    if isinstance(column.dtype, pd.CategoricalDtype):
        texts = column.array
    else:
        numbers, words = pd.factorize(np.asarray(column.astype(object), dtype=object))
        texts = pd.Categorical.from_codes(numbers, pd.Index(words, dtype=object))
    codes = np.array(texts.codes, dtype=np.int64)
    return codes, np.array(texts.categories, dtype=object)


def _as_one(parts: list[Coded]) -> pd.Categorical[str]:
    """The values of all parts; nothing is sorted, so that ids of a whole region are quick."""
    number, words = pd.factorize(np.concatenate([words for _, words in parts]))
    ends = np.cumsum([len(words) for _, words in parts])[:-1]
    codes = [
        np.append(numbers, -1)[code]
        for numbers, (code, _) in zip(np.split(number, ends), parts, strict=True)
    ]
    return pd.Categorical.from_codes(np.concatenate(codes), pd.Index(words, dtype=object))


def _extracts(entries: pd.DataFrame, last: Snapshot | None, run: int) -> pd.DataFrame:
    """The newest list of each organisation."""
    organisation = entries["organisation"].astype(str).to_numpy()
    came = (
        pd.DataFrame({"organisation": organisation, "census_date": entries["extract_census_date"]})
        .groupby("organisation")["census_date"]
        .agg(["max", "size"])
        .reset_index()
        .assign(run=run)
        .set_axis(list(EXTRACT_COLUMNS), axis=1)
    )
    if last is None:
        return came
    others = last.extracts[~last.extracts["organisation"].isin(came["organisation"])]
    dated = others.assign(census_date=pd.to_datetime(others["census_date"]))
    return pd.concat([came, dated], ignore_index=True).sort_values(
        "organisation", ignore_index=True
    )
