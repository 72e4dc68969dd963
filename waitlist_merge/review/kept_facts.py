"""How urgent is a need, and what is booked for it, by entries of a list that did not come?

An organisation that sends no list has cancelled nothing and made nothing less urgent. Of each fact
the most pressing that its entries last said is kept: the most urgent priority, suspected cancer,
the earliest admission and appointment that are not past. Nothing of the kind is kept of an entry
that was taken off its list: whoever has closed it has released its dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from waitlist_merge.combined.kept import COLUMNS
from waitlist_merge.combined.rules import SCALES, urgency_in
from waitlist_merge.pathways.columns import Bools, days, flag, iso
from waitlist_merge.review.departures import NOT_WAITING
from waitlist_merge.review.lost import SERVICES
from waitlist_merge.review.spoken import Pair
from waitlist_merge.review.units import are_pairs

FACTS = ("suspected_cancer", "priority_type", "priority_code", "tci_date", "next_appointment_date")


def kept_facts(
    then: pd.DataFrame,
    members: pd.DataFrame,
    apart: Collection[Pair],
    *,
    run_date: dt.date,
) -> pd.DataFrame:
    """The facts that each need keeps, one row for each of a need, with ``COLUMNS``.

    ``then`` are the entries of absent lists as they were, ``members`` the entries of this run
    (``member``) with the need they were of and ``pathway_id``, ``apart`` pairs that people part.
    """
    mine = then[(then["outcome"] != NOT_WAITING).to_numpy()]
    told = pd.concat([_told(mine, name, run_date) for name in FACTS], ignore_index=True)
    both = told.merge(members[["need", "member", "pathway_id"]], on="need")
    first = both[~parted_from(both, apart)].sort_values(["rank", "entry_id"], kind="stable")
    first = first.drop_duplicates(["pathway_id", "field"])
    first = first.sort_values(["pathway_id", "field"], ignore_index=True)
    first = first.assign(start=None, sure=False, closed=False)
    return first[[*COLUMNS, *SERVICES, "shared"]]


def parted_from(both: pd.DataFrame, apart: Collection[Pair]) -> Bools:
    """Entries that people keep apart from any ``member`` of the need beside which they stand."""
    return beside_any(both, are_pairs(both["entry_id"], both["member"], apart))


def beside_any(both: pd.DataFrame, mask: Bools) -> Bools:
    """Of each entry and need, whether it is true beside any member of the need."""
    said = pd.Series(mask, index=both.index, dtype=bool)
    told = said.groupby([both["entry_id"], both["pathway_id"]]).transform("any")
    return told.to_numpy(dtype=bool)


def _told(mine: pd.DataFrame, name: str, run_date: dt.date) -> pd.DataFrame:
    """The entries that say something of this fact that still counts; the lowest rank presses."""
    column = mine[name]
    if name in SCALES:
        column = column.astype("category")
        rank, word = urgency_in(column, name), column.astype(object).to_numpy(dtype=object)
        there = rank < len(SCALES[name])
    elif name == "suspected_cancer":
        there, rank = flag(column), np.zeros(len(mine), dtype=np.int32)
        word = np.full(len(mine), "true", dtype=object)
    else:
        there = (column >= pd.Timestamp(run_date)).to_numpy()
        rank = days(column)
        word = np.array(iso(rank).to_pylist(), dtype=object)
    whose = {each: mine[each].astype(object) for each in ("entry_id", "organisation", *SERVICES)}
    need = mine["pathway_id"].astype(object)
    told = pd.DataFrame({"need": need, **whose, "shared": mine["shared"]})
    return told.assign(field=name, rank=rank, word=word)[there]
