"""What does one list gain over several? Numbers that a region can act on.

Proposed and confirmed apart: what is only proposed is a number to be looked into, not a saving
(domain 5.6: no true duplicate rate was ever published, and none is assumed).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.rules import Members
from waitlist_merge.pathways.columns import Bools, categories, codes, known, worded
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.reasons import Gain, Joins, Relation

WORDS = tuple(Gain)
COLUMNS = ["measure", "relation", "organisations", "confirmed", "proposed"]


def gains(
    members: Members, links: pd.DataFrame, *, sure: Group, patient: Group, start: NDArray[np.int32]
) -> pd.DataFrame:
    """Counts by measure, relation and organisations, in that order; columns as in tables.csv.

    ``sure`` numbers certain needs, ``patient`` patients, one element an entry; ``start`` is the
    clock start of each row.
    """
    found = [
        _duplicates(members, links, sure),
        _slots(members, sure, "tci_date", Gain.ADMISSION_SLOTS),
        _slots(members, sure, "next_appointment_date", Gain.APPOINTMENT_SLOTS),
        _two_places(members, patient),
        _longer_waits(members, sure, start),
        _treated(members, links),
    ]
    told = pd.concat(found, ignore_index=True)
    by = ["measure", "relation", "low", "high"]
    counted = told.groupby(by, as_index=False)[["confirmed", "proposed"]].sum()
    names = np.array(_names(members), dtype=object)
    low, high = names[counted["low"]], names[counted["high"]]
    counted["organisations"] = np.where(low == high, low, low + ";" + high)
    counted = counted.sort_values(["measure", "relation", "organisations"], ignore_index=True)
    counted["measure"] = worded(counted["measure"].to_numpy(), WORDS)
    return counted[COLUMNS]


def _names(members: Members) -> list[str]:
    """What organisations are called; the last stands for one that is not said."""
    return [*categories(members.entries["organisation"]), "unknown organisation"]


def _counted(
    members: Members,
    gain: Gain,
    one: NDArray[np.integer],
    other: NDArray[np.integer],
    certain: Bools,
    relation: NDArray[np.object_] | str = "",
) -> pd.DataFrame:
    """One row for each thing to count, between two organisations (codes; the same twice: one)."""
    place = np.argsort(np.argsort(_names(members)))
    swapped = place[one] > place[other]
    size = len(place)
    return pd.DataFrame(
        {
            "measure": np.full(len(one), WORDS.index(gain), dtype=np.int8),
            "relation": relation,
            "low": np.where(swapped, other, one) % size,
            "high": np.where(swapped, one, other) % size,
            "confirmed": certain.astype(np.int64),
            "proposed": (~certain).astype(np.int64),
        }
    )


def _duplicates(members: Members, links: pd.DataFrame, sure: Group) -> pd.DataFrame:
    """Each member that is not shown, once, with what it is to the shown entry."""
    shown = np.zeros(len(members.entries), dtype=bool)
    shown[members.bundles.shown] = True
    inside = np.zeros(len(members.entries), dtype=bool)
    inside[members.bundles.members] = True
    a, b = links["a"].to_numpy(), links["b"].to_numpy()
    kept = np.flatnonzero(
        (links["joins"] == str(Joins.YES)).to_numpy(dtype=bool) & inside[a] & inside[b]
    )
    other = np.concatenate([a[kept][~shown[a[kept]]], b[kept][~shown[b[kept]]]])
    near = np.concatenate([b[kept][~shown[a[kept]]], a[kept][~shown[b[kept]]]])
    told = np.concatenate([kept[~shown[a[kept]]], kept[~shown[b[kept]]]])
    first = np.lexsort((told, ~shown[near], other))
    first = first[np.diff(other[first], prepend=-1) != 0]
    other, near, told = other[first], near[first], told[first]
    held = codes(members.entries["organisation"])
    relation = links["relation"].iloc[told].astype(str).to_numpy(dtype=object)
    return _counted(
        members, Gain.DUPLICATES, held[other], held[near], sure[other] == sure[near], relation
    )


def _slots(members: Members, sure: Group, name: str, gain: Gain) -> pd.DataFrame:
    """Dates to come of one need beyond the first, each once."""
    there, day = members.said(name)
    at = np.flatnonzero(there & (day >= members.ahead_from[members.bundles.members]))
    slot = pd.DataFrame(
        {
            "row": members.bundles.owner[at],
            "place": codes(members.column("organisation"))[at],
            "day": day[at],
            "sure": sure[members.bundles.members[at]],
        }
    ).drop_duplicates(["row", "place", "day"])
    slot = slot.sort_values(["row", "day", "place"], ignore_index=True)
    first = slot.groupby("row")[["place", "sure"]].transform("first")
    more = slot["row"].duplicated().to_numpy()
    certain = (slot["sure"] == first["sure"]).to_numpy()[more]
    return _counted(
        members, gain, first["place"].to_numpy()[more], slot["place"].to_numpy()[more], certain
    )


def _two_places(members: Members, patient: Group) -> pd.DataFrame:
    """Patients who wait at more than one organisation, once for each two of them."""
    rows = members.bundles.rows
    place = codes(members.entries["organisation"])[rows]
    where = pd.DataFrame({"patient": patient[rows], "place": place}).drop_duplicates()
    where = where[where.duplicated("patient", keep=False)]
    pairs = where.merge(where, on="patient")
    pairs = pairs[pairs["place_x"] < pairs["place_y"]]
    one, other = pairs["place_x"].to_numpy(), pairs["place_y"].to_numpy()
    return _counted(members, Gain.PEOPLE_IN_TWO_PLACES, one, other, np.ones(len(one), dtype=bool))


def _longer_waits(members: Members, sure: Group, start: NDArray[np.int32]) -> pd.DataFrame:
    """Organisations whose own start is later than that of the need, once for each row."""
    bundles = members.bundles
    there, day = members.said("rtt_start_date")
    place = codes(members.column("organisation"))
    earliest = start[bundles.owner]
    at = np.flatnonzero(there & known(earliest) & (day > earliest))
    certain = sure[bundles.members] == sure[bundles.shown[bundles.owner]]
    told = pd.DataFrame({"row": bundles.owner[at], "place": place[at], "certain": certain[at]})
    told = told.drop_duplicates(["row", "place"])
    own = told["place"].to_numpy()
    return _counted(members, Gain.LONGER_WAITS, own, own, told["certain"].to_numpy(dtype=bool))


def _treated(members: Members, links: pd.DataFrame) -> pd.DataFrame:
    """Entries that wait though the need was stopped elsewhere: asked, so never confirmed."""
    told = (links["relation"] == str(Relation.TREATED_ELSEWHERE)).to_numpy(dtype=bool)
    told &= (links["joins"] == str(Joins.ASKED)).to_numpy(dtype=bool)
    held = codes(members.entries["organisation"])
    one, other = held[links["a"].to_numpy()[told]], held[links["b"].to_numpy()[told]]
    return _counted(members, Gain.TREATED_ELSEWHERE, one, other, np.zeros(len(one), dtype=bool))
