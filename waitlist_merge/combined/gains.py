"""What does one list gain over several? Numbers that a region can act on.

Proposed and confirmed apart: what is only proposed is a number to be looked into, not a saving
(domain 5.6: no true duplicate rate was ever published, and none is assumed).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.clocks import Clocks, Starts
from waitlist_merge.combined.rules import Members
from waitlist_merge.pathways.columns import Bools, at_odds, categories, codes, known, worded
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.reasons import Gain, Joins, Relation

WORDS = tuple(Gain)
COLUMNS = ["measure", "relation", "organisations", "confirmed", "proposed"]


def gains(
    members: Members,
    links: pd.DataFrame,
    *,
    said: Starts,
    clock: Clocks,
    patient: Group,
    person: Group,
    pathway: Group,
) -> pd.DataFrame:
    """Counts by measure, relation and organisations, in that order; columns as in tables.csv.

    ``said`` and ``clock`` are what entries and rows say of their clocks. ``patient`` and
    ``pathway`` number patients and needs, ``person`` those who are certainly one, one element an
    entry.
    """
    names, place = _alphabetical(members.entries["organisation"])
    found = [
        _duplicates(members, links, said.sure, place),
        _slots(members, said.sure, "tci_date", Gain.ADMISSION_SLOTS, place),
        _slots(members, said.sure, "next_appointment_date", Gain.APPOINTMENT_SLOTS, place),
        _two_places(members, patient, person, place),
        _longer_waits(members, said, clock, place),
        _treated(members, links, pathway, place),
    ]
    told = pd.concat(found, ignore_index=True)
    by = ["measure", "relation", "low", "high"]
    counted = told.groupby(by, as_index=False)[["confirmed", "proposed"]].sum()
    low, high = (names[counted[end]] for end in ("low", "high"))
    counted["organisations"] = np.where(low == high, low, low + ";" + high)
    counted = counted.sort_values(["measure", "relation", "organisations"], ignore_index=True)
    counted["measure"] = worded(counted["measure"].to_numpy(), WORDS)
    return counted[COLUMNS]


Place = NDArray[np.int32]
"""Of each entry the place of its organisation among all, in order of names."""


def _alphabetical(organisation: pd.Series) -> tuple[NDArray[np.object_], Place]:
    """The names of organisations in order, one for those not said among them, and each entry's."""
    names = np.array([*categories(organisation), "unknown organisation"], dtype=object)
    by_name = np.argsort(names)
    return names[by_name], np.argsort(by_name).astype(np.int32)[codes(organisation)]


def _counted(
    gain: Gain,
    one: NDArray[np.integer],
    other: NDArray[np.integer],
    certain: Bools,
    relation: NDArray[np.object_] | str = "",
) -> pd.DataFrame:
    """One row for each thing to count, between two organisations (places; the same twice: one)."""
    return pd.DataFrame(
        {
            "measure": np.full(len(one), WORDS.index(gain), dtype=np.int8),
            "relation": relation,
            "low": np.minimum(one, other),
            "high": np.maximum(one, other),
            "confirmed": certain.astype(np.int64),
            "proposed": (~certain).astype(np.int64),
        }
    )


def _duplicates(members: Members, links: pd.DataFrame, sure: Group, place: Place) -> pd.DataFrame:
    """Each member that is not shown, once, with what it is to the entry shown.

    Where no link ties it to that one, what it is to another member, the first by its links.
    """
    row_of = np.full(len(members.entries), -1, dtype=np.int64)
    row_of[members.bundles.members] = members.bundles.owner
    shown = np.zeros(len(row_of), dtype=bool)
    shown[members.bundles.shown] = True
    a, b = links["a"].to_numpy(), links["b"].to_numpy()
    joined = (links["joins"] == str(Joins.YES)).to_numpy(dtype=bool)
    kept = np.flatnonzero(joined & (row_of[a] >= 0) & (row_of[a] == row_of[b]))
    other = np.concatenate([a[kept], b[kept]])
    near, told = np.concatenate([b[kept], a[kept]]), np.concatenate([kept, kept])
    hidden = ~shown[other]
    other, near, told = other[hidden], near[hidden], told[hidden]
    first = np.lexsort((told, ~shown[near], other))
    first = first[np.diff(other[first], prepend=-1) != 0]
    other, near, told = other[first], near[first], told[first]
    relation = links["relation"].iloc[told].astype(str).to_numpy(dtype=object)
    certain = sure[other] == sure[members.bundles.shown[row_of[other]]]
    return _counted(Gain.DUPLICATES, place[other], place[near], certain, relation)


def _slots(members: Members, sure: Group, name: str, gain: Gain, place: Place) -> pd.DataFrame:
    """Dates to come of one need beyond the first, each once."""
    ahead, day = members.to_come(name)
    at = np.flatnonzero(ahead)
    slot = pd.DataFrame(
        {
            "row": members.bundles.owner[at],
            "place": place[members.bundles.members[at]],
            "day": day[at],
            "sure": sure[members.bundles.members[at]],
        }
    ).drop_duplicates(["row", "place", "day"])
    slot = slot.sort_values(["row", "day", "place"], ignore_index=True)
    first = slot.groupby("row")[["place", "sure"]].transform("first")
    more = slot["row"].duplicated().to_numpy()
    certain = (slot["sure"] == first["sure"]).to_numpy()[more]
    return _counted(gain, first["place"].to_numpy()[more], slot["place"].to_numpy()[more], certain)


def _two_places(members: Members, patient: Group, person: Group, place: Place) -> pd.DataFrame:
    """Patients who wait at more than one organisation, once for each two of them.

    Confirmed where an entry at each is certainly of one person.
    """
    rows = members.bundles.rows
    whose = patient[rows]
    rows = rows[at_odds(whose, place[rows], int(patient.max(initial=-1)) + 1)[whose]]
    where = pd.DataFrame({"patient": patient[rows], "place": place[rows], "person": person[rows]})
    where = where.drop_duplicates()
    pairs = where.merge(where, on="patient")
    pairs = pairs[pairs["place_x"] < pairs["place_y"]]
    pairs = pairs.assign(certain=pairs["person_x"] == pairs["person_y"])
    by = pairs.groupby(["patient", "place_x", "place_y"], as_index=False)
    both = by.agg(certain=("certain", "any"))
    one, other = both["place_x"].to_numpy(), both["place_y"].to_numpy()
    return _counted(Gain.PEOPLE_IN_TWO_PLACES, one, other, both["certain"].to_numpy(dtype=bool))


def _longer_waits(members: Members, said: Starts, clock: Clocks, place: Place) -> pd.DataFrame:
    """Organisations that state no start as early as that of the need, once for each row.

    Proposed where the entry that gives the earlier start is only probably of the same need.
    """
    rows, number = members.bundles.rows, members.bundles.number
    stated = said.counts[rows] & known(said.start[rows]) & (said.start[rows] <= members.run_day)
    at = np.flatnonzero(stated & (clock.giver[number] >= 0))
    late = np.zeros(len(members.bundles.first), dtype=bool)
    late[number[at[said.start[rows[at]] > clock.start[number[at]]]]] = True
    at = at[late[number[at]]]
    row, entry = number[at], rows[at]
    told = pd.DataFrame(
        {
            "row": row,
            "place": place[entry],
            "later": said.start[entry] > clock.start[row],
            "certain": said.sure[entry] == said.sure[clock.giver[row]],
        }
    )
    by = told.groupby(["row", "place"], as_index=False)
    own = by.agg(later=("later", "all"), certain=("certain", "any"))
    own = own[own["later"]]
    late_at = own["place"].to_numpy()
    return _counted(Gain.LONGER_WAITS, late_at, late_at, own["certain"].to_numpy(dtype=bool))


def _treated(members: Members, links: pd.DataFrame, pathway: Group, place: Place) -> pd.DataFrame:
    """Needs that wait though another organisation stopped the clock, once for each two of them.

    Asked, so never confirmed.
    """
    told = (links["relation"] == str(Relation.TREATED_ELSEWHERE)).to_numpy(dtype=bool)
    told &= (links["joins"] == str(Joins.ASKED)).to_numpy(dtype=bool)
    a, b = links["a"].to_numpy()[told], links["b"].to_numpy()[told]
    waits = np.zeros(len(pathway), dtype=bool)
    waits[members.bundles.rows] = True
    found = pd.DataFrame(
        {
            "need": np.where(waits[a], pathway[a], pathway[b]),
            "low": np.minimum(place[a], place[b]),
            "high": np.maximum(place[a], place[b]),
        }
    ).drop_duplicates()
    one, other = found["low"].to_numpy(), found["high"].to_numpy()
    return _counted(Gain.TREATED_ELSEWHERE, one, other, np.zeros(len(one), dtype=bool))
