"""Where is each value of a combined row from, and what did the others say?

Told only where it is not plain: rows of several waiting entries that do not all say the same of a
field, a missing value being no saying. On every other row the shown entry says what the row says.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Positions
from waitlist_merge.combined.rules import Members
from waitlist_merge.combined.survivorship import Survivor
from waitlist_merge.combined.texts import arrow_text, framed, joined_text
from waitlist_merge.pathways.columns import NO_DAY, codes, dates, days, texts
from waitlist_merge.pathways.features import suspected_cancer
from waitlist_merge.schema import DATE_FIELDS

Told = tuple[NDArray[np.int32], pa.Array]
"""A number for each entry that is equal where its value is, and the value as text."""


def provenance(
    members: Members,
    given: Mapping[str, Survivor],
    pathway_id: pd.Series,
    place: NDArray[np.int64],
) -> pd.DataFrame:
    """One row for each field of a row on which its entries differ, in order of need and field.

    ``pathway_id`` is of every entry, ``place`` where each row stands by it. Columns as in
    tables.csv.
    """
    whole = pd.concat(
        [_field(members, name, each) for name, each in given.items()], ignore_index=True
    )
    bundle, giver = whole["bundle"].to_numpy(), whole["giver"].to_numpy()
    entries = members.entries
    columns = {
        "pathway_id": pathway_id.array.take(members.bundles.shown[bundle]),
        "field": whole["field"].array,
        "entry_id": entries["entry_id"].array.take(giver, allow_fill=True),
        "organisation": entries["organisation"].array.take(giver, allow_fill=True),
        "rule": whole["rule"].array,
        "value": whole["value"].array,
        "other_values": whole["other_values"].array,
    }
    order = np.argsort(place[bundle], kind="stable")
    return framed({name: column.take(order) for name, column in columns.items()})


def _field(members: Members, name: str, survivor: Survivor) -> pd.DataFrame:
    """The rows of which members differ on this field: bundle, giver, rule and the values."""
    bundles = members.bundles
    mine, _ = said(members.entries, name, bundles.members)
    differ = _differ(mine, bundles.begins)
    rows = bundles.many[differ]
    giver = survivor.giver[rows]
    value, text = said(members.entries, name, np.maximum(giver, 0))
    given = pa.array(giver >= 0)
    missing = NO_DAY if name in DATE_FIELDS else -1
    number = np.full(len(bundles.first), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    taken = np.full(len(bundles.first), NO_DAY, dtype=np.int32)
    taken[rows] = np.where(giver >= 0, value, missing)
    at = number[bundles.owner]
    others = np.flatnonzero((at >= 0) & (mine != taken[bundles.owner]))
    names = texts(members.entries["organisation"])
    where = codes(members.entries["organisation"])[bundles.members[others]]
    _, otherwise = said(members.entries, name, bundles.members[others])
    unsaid = pc.fill_null(otherwise, "nothing")
    told = pc.binary_join_element_wise(names.take(pa.array(where)), unsaid, " ")
    return pd.DataFrame(
        {
            "bundle": rows,
            "giver": giver,
            "field": np.full(len(rows), name, dtype=object),
            "rule": np.full(len(rows), str(survivor.rule), dtype=object),
            "value": arrow_text(pc.if_else(given, text, pa.scalar(None, pa.string()))),
            "other_values": arrow_text(joined_text(told, at[others], len(rows), "; ")),
        }
    )


def _differ(value: NDArray[np.int32], begins: Positions) -> NDArray[np.bool_]:
    """Which runs of values, each from one of ``begins`` to the next, are not all the same?"""
    if not len(begins):
        return np.empty(0, dtype=bool)
    low, high = np.minimum.reduceat(value, begins), np.maximum.reduceat(value, begins)
    return np.asarray(low != high)


def said(entries: pd.DataFrame, name: str, at: Positions) -> Told:
    """What the entries at these positions say of a field."""
    if name == "suspected_cancer":
        some = entries[["suspected_cancer", "priority_type"]].take(at)
        code = np.where(suspected_cancer(some), 1, np.where(some[name].isna(), -1, 0))
        return code.astype(np.int32), pa.array(["false", "true"]).take(_index(code))
    column = pd.Series(entries[name].array.take(at))
    if name in DATE_FIELDS:
        day = days(column)
        stamps = dates(day).astype("datetime64[D]")
        return day, pc.cast(pa.array(stamps), pa.string())
    code = codes(column)
    used, place = np.unique(code[code >= 0], return_inverse=True)
    words = pa.array(column.cat.categories.take(used).astype(object), pa.string())
    index = np.full(len(code), -1, dtype=np.int64)
    index[code >= 0] = place
    return code, words.take(_index(index))


def _index(code: NDArray[np.integer]) -> pa.Array:
    return pa.array(code, mask=code < 0)
