"""Where is each value of a combined row from, and what did the others say?

Told only where it is not plain: rows of several waiting entries that do not all say the same of a
field, a missing value being no saying. On every other row the shown entry says what the row says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import words_at
from waitlist_merge.combined.bundles import Givers, Positions
from waitlist_merge.combined.names import taken
from waitlist_merge.combined.rules import Members
from waitlist_merge.combined.survivorship import OF_SENDERS, Survivor
from waitlist_merge.combined.texts import arrow_text, framed, joined_text
from waitlist_merge.pathways.columns import NO_DAY, codes, codes_at, days, iso, said, texts
from waitlist_merge.pathways.features import suspected_cancer
from waitlist_merge.schema import DATE_FIELDS


def provenance(
    members: Members,
    senders: Members,
    given: Mapping[str, Survivor],
    pathway_id: pd.Series,
    place: NDArray[np.int64],
) -> pd.DataFrame:
    """One row for each field of a row on which its entries differ, in order of need and field.

    ``senders`` are the members with those that have handed the need on, who give some fields too.
    ``pathway_id`` is of every entry, ``place`` where each row stands by it. Columns as in
    tables.csv.
    """
    found = [
        _field(senders if name in _OF_SENDERS else members, name, each)
        for name, each in given.items()
    ]
    sizes = [len(each.rows) for each in found]
    fields = np.array(list(given), dtype=object).repeat(sizes)
    rules = np.array([str(each.rule) for each in given.values()], dtype=object).repeat(sizes)
    bundle = np.concatenate([each.rows for each in found])
    giver = np.concatenate([each.giver for each in found])
    value = arrow_text(pa.concat_arrays([each.value for each in found]))
    others = arrow_text(_others(members.entries["organisation"], found))
    order = np.argsort(place[bundle], kind="stable")
    entries, giver = members.entries, giver[order]
    return framed(
        {
            "pathway_id": taken(pathway_id.array, members.bundles.shown[bundle[order]]),
            "field": fields[order],
            "entry_id": taken(entries["entry_id"].array, giver),
            "organisation": entries["organisation"].array.take(giver, allow_fill=True),
            "rule": rules[order],
            "value": value.take(order),
            "other_values": others.take(order),
        }
    )


_OF_SENDERS = frozenset({*OF_SENDERS, "rtt_start_date"})


@dataclass(frozen=True, eq=False, slots=True)
class _Field:
    """The rows of which members differ on a field, who gives it to each, and what they say.

    ``others`` are the entries that say another thing, ``words`` what that is, and ``at`` the place
    of the row among ``rows``.
    """

    rows: NDArray[np.int32]
    giver: Givers
    value: pa.Array
    others: Positions
    words: pa.Array
    at: Positions


def _others(organisation: pd.Series, found: Sequence[_Field]) -> pa.Array:
    """What the others say of each row of each field, with who says it."""
    sizes = np.array([len(each.rows) for each in found])
    begins = np.cumsum(sizes) - sizes
    at = np.concatenate([each.at + begin for each, begin in zip(found, begins, strict=True)])
    who = codes_at(organisation, np.concatenate([each.others for each in found]))
    unsaid = pc.fill_null(pa.concat_arrays([each.words for each in found]), "nothing")
    told = pc.binary_join_element_wise(texts(organisation).take(pa.array(who)), unsaid, " ")
    return joined_text(told, at, int(sizes.sum()), "; ")


def _field(members: Members, name: str, survivor: Survivor) -> _Field:
    """Where members differ on this field."""
    bundles = members.bundles
    mine = number_of(members.entries, name, bundles.members)
    differ = _differ(mine, bundles.begins)
    rows = bundles.many[differ]
    giver = survivor.giver[differ]
    value = number_of(members.entries, name, np.maximum(giver, 0))
    text = text_of(members.entries, name, np.maximum(giver, 0))
    given = pa.array(giver >= 0)
    missing = NO_DAY if name in DATE_FIELDS else -1
    number = np.full(len(bundles.many), -1, dtype=np.int64)
    number[differ] = np.arange(len(rows))
    taken = np.full(len(bundles.many), NO_DAY, dtype=np.int32)
    taken[differ] = np.where(giver >= 0, value, missing)
    at = number[bundles.run]
    others = np.flatnonzero((at >= 0) & (mine != taken[bundles.run]))
    return _Field(
        rows,
        giver,
        pc.if_else(given, text, pa.scalar(None, pa.string())),
        bundles.members[others],
        text_of(members.entries, name, bundles.members[others]),
        at[others],
    )


def _differ(value: NDArray[np.int32], begins: Positions) -> NDArray[np.bool_]:
    """Which runs of values, each from one of ``begins`` to the next, are not all the same?"""
    if not len(begins):
        return np.empty(0, dtype=bool)
    low, high = np.minimum.reduceat(value, begins), np.maximum.reduceat(value, begins)
    return np.asarray(low != high)


def number_of(entries: pd.DataFrame, name: str, at: Positions) -> NDArray[np.int32]:
    """A number for each of these entries that is equal where they say the same of a field."""
    if name == "suspected_cancer":
        some = entries[["suspected_cancer", "priority_type"]].take(at)
        code = np.where(suspected_cancer(some), 1, np.where(some[name].isna(), -1, 0))
        return code.astype(np.int32)
    column = pd.Series(entries[name].array.take(at))
    return days(column) if name in DATE_FIELDS else codes(column)


def text_of(entries: pd.DataFrame, name: str, at: Positions) -> pa.Array:
    """What these entries say of a field, as text; missing where they say nothing."""
    if name == "suspected_cancer":
        return words_at(pa.array(["false", "true"]), number_of(entries, name, at))
    column = pd.Series(entries[name].array.take(at))
    if name in DATE_FIELDS:
        return iso(days(column))
    code, words = said(column)
    return words_at(words, code)
