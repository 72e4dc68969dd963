"""Of whose patients did earlier lists record a death, or a restricted record, that still holds?

A row that was taken off its list, or whose list did not come, takes back nothing that it said: the
patient is still not to be rung, and the record in no other organisation's view. Of a row that is
listed its own word holds; only that a record is restricted holds until the row says that it is
not, for an empty cell, or a column that a list has lost, says nothing.

Who has died was recorded in a row that nobody can look at any longer, so that it is in doubt
whether it was this patient's; once somebody has spoken to the patient since, it holds no more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.categories import beside
from waitlist_merge.pathways.columns import Bools, flag
from waitlist_merge.pathways.deaths import records_death
from waitlist_merge.pathways.earlier import DIED, RESTRICTED
from waitlist_merge.review.lost import SERVICES, restricted_anywhere
from waitlist_merge.review.one_number import surely_one
from waitlist_merge.review.rows import ContactRow, day_of, not_undone
from waitlist_merge.review.sameness import Codes, Positions, numbered, places
from waitlist_merge.review.spoken import Pair
from waitlist_merge.review.units import are_pairs

COLUMNS = ("entry_id", "mark", "organisation", *SERVICES, "shared")
"""One row for each entry of this run and each organisation by whose list it has a mark: which
mark, the service of the entry that told of it, and whether others may know of that."""


NOTHING_MARKED = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
"""No entry has a mark: so it is in a run that knows of no list before."""


def marks(
    now: pd.DataFrame,
    then: pd.DataFrame,
    position: Positions,
    *,
    apart: Collection[Pair] = (),
    contacts: Sequence[ContactRow] = (),
) -> pd.DataFrame:
    """The marks of the entries of this run, with ``COLUMNS``.

    ``then`` are the entries of the last snapshot, ``position`` the place in it of each entry of
    ``now``, -1 where it is new. An entry has the mark of those that were of one patient with it, or
    that have its NHS number, but for those that people keep ``apart`` from it. ``contacts`` are
    those of the register.
    """
    at = places(position, len(then))
    died = records_death(then) & (at < 0) & ~_spoken_to(then, contacts)
    hidden = flag(then["restricted"])
    says = now["restricted"].notna().to_numpy(dtype=bool)
    hidden &= ~np.append(says, False)[at]
    if not (died | hidden).any():
        return NOTHING_MARKED
    row, left = _of_one_patient(now, then, position, np.flatnonzero(died | hidden))
    hidden &= (at >= 0) | ~_taken_back(now, then, row, left)
    names = (now["entry_id"].astype(object).to_numpy()[row], then["entry_id"].astype(object))
    kept = ~are_pairs(names[0], names[1].to_numpy()[left], apart)
    row, left = row[kept], left[kept]
    open_to_all = ~restricted_anywhere(then)[left] & surely_one(now, then, row, left)
    told = pd.DataFrame(
        {
            "entry_id": now["entry_id"].astype(object).to_numpy()[row],
            **{
                name: then[name].astype(object).to_numpy()[left]
                for name in ("organisation", *SERVICES)
            },
        }
    )
    parts = [
        told.assign(mark=mark, shared=shared)[which[left]]
        for mark, which, shared in ((DIED, died, open_to_all), (RESTRICTED, hidden, False))
    ]
    found = pd.concat(parts, ignore_index=True).drop_duplicates([*COLUMNS])
    return found[[*COLUMNS]]


def marked(entries: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The entries with a column for each mark, as the stages read them (``remembered``).

    >>> entries = pd.DataFrame({"entry_id": ["E-1", "E-2"]})
    >>> told = pd.DataFrame({"entry_id": ["E-2"], "mark": [DIED]})
    >>> marked(entries, told)[[DIED, RESTRICTED]].to_numpy().tolist()
    [[False, False], [True, False]]
    """
    if told.empty:
        return entries
    columns = {
        mark: entries["entry_id"].isin(told.loc[told["mark"] == mark, "entry_id"]).to_numpy()
        for mark in (DIED, RESTRICTED)
    }
    return beside(entries, pd.DataFrame(columns, index=entries.index))


def still_restricted(now: pd.Series, then: pd.DataFrame, position: Positions) -> pd.Series:
    """What a snapshot holds of restricted records: of one that says nothing, what it last said."""
    before = np.append(flag(then["restricted"]), False)[position]
    unsaid = now.isna().to_numpy(dtype=bool)
    told: pd.Series = now.astype("boolean").mask(unsaid & before, other=True)
    return told


def _spoken_to(then: pd.DataFrame, contacts: Sequence[ContactRow]) -> Bools:
    """Entries that have left, to whose patient somebody has spoken since."""
    spoken: dict[str, date] = {}
    for row in not_undone(contacts):
        for name in {row.patient_id, *row.entry_ids}:
            spoken[name] = max(day_of(row), spoken.get(name, date.min))
    if not spoken:
        return np.zeros(len(then), dtype=bool)
    patient = then["patient_id"].astype(object)
    day = pd.concat([patient, then["entry_id"].astype(object)], axis=1).apply(
        lambda ids: pd.to_datetime(ids.map(spoken))
    )
    latest = day.max(axis=1).groupby(patient).transform("max")
    return np.asarray(latest >= then["left_date"], dtype=bool)


def _taken_back(now: pd.DataFrame, then: pd.DataFrame, row: Positions, left: Positions) -> Bools:
    """Entries of whose patient their organisation now says, and only says, that nothing is hidden.

    ``row`` are entries of now, each beside one of its patient in ``left``.
    """
    one, other = numbered(now["organisation"], then["organisation"])
    own = one[row] == other[left]
    yes = flag(now["restricted"])[row]
    no = now["restricted"].notna().to_numpy(dtype=bool)[row] & ~yes
    told = np.zeros(len(then), dtype=bool)
    told[left[own & no]] = True
    told[left[own & yes]] = False
    return told


def _of_one_patient(
    now: pd.DataFrame, then: pd.DataFrame, position: Positions, left: NDArray[np.int64]
) -> tuple[Positions, Positions]:
    """Entries of now beside each of ``left`` that was of their patient, or has their number."""
    people: Codes = pd.factorize(then["patient_id"].astype(object))[0].astype(np.int64)
    of_now = np.append(people, -1)[position]
    pairs = [_alike(of_now, people, left)]
    pairs.append(_alike(*numbered(now["nhs_number"], then["nhs_number"]), left))
    both = pd.concat(pairs, ignore_index=True).drop_duplicates()
    return both["row"].to_numpy(dtype=np.int64), both["left"].to_numpy(dtype=np.int64)


def _alike(now: Codes, then: Codes, left: NDArray[np.int64]) -> pd.DataFrame:
    known = left[then[left] >= 0]
    rows = np.flatnonzero(np.isin(now, then[known]))
    one = pd.DataFrame({"row": rows, "of": now[rows]})
    return one.merge(pd.DataFrame({"left": known, "of": then[known]}), on="of")[["row", "left"]]
