"""Which links of people would another patient model make, and which would it break?

>>> [column.name for column in RELINKED][:3]
['change', 'entry_id_a', 'entry_id_b']
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from waitlist_merge.id_order import order_of
from waitlist_merge.outputs.columns import batches
from waitlist_merge.outputs.spreadsheet import CsvWriter
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Joins
from waitlist_merge.review.holding import Groups
from waitlist_merge.review.week import Week
from waitlist_merge.schema import Column, Kind

RETRAINED = "retrain.csv"
"""The file that lists them."""

MADE, BROKEN = "made", "broken"

RELINKED = (
    Column("change", Kind.TEXT, "made: the new model takes the two for one person; broken: not"),
    Column("entry_id_a", Kind.TEXT, "The one entry"),
    Column("entry_id_b", Kind.TEXT, "The other entry"),
    Column("organisation_a", Kind.TEXT, "Organisation of the one"),
    Column("organisation_b", Kind.TEXT, "Organisation of the other"),
    Column("weight_before", Kind.NUMBER, "Bits by the register's model; empty: few, or not known"),
    Column("weight_after", Kind.NUMBER, "Bits by the new model; empty: too few to be seen"),
    Column("explanation", Kind.TEXT, "What speaks for and against, by the model that links them"),
)


def relinked(before: Patients, after: Patients, entries: pd.DataFrame) -> pd.DataFrame:
    """Every link that ``after`` has and ``before`` has not, or the other way round.

    Both are matches of ``entries``. A link is a pair that was joined by its own evidence; it is
    made, or broken, where the two end in one group by one model and in two by the other. The
    surest first, with the columns of ``RELINKED``.
    """
    parts = [
        _only_in(after, before, "_after").assign(change=MADE),
        _only_in(before, after, "_before").assign(change=BROKEN),
    ]
    found = pd.concat(parts, ignore_index=True)
    a, b = found["a"].to_numpy(np.int64), found["b"].to_numpy(np.int64)
    for name in ("entry_id", "organisation"):
        of = entries[name].to_numpy(dtype=object)
        found[f"{name}_a"], found[f"{name}_b"] = of[a], of[b]
    found["surest"] = -found[["weight_before", "weight_after"]].max(axis=1)
    found = found.sort_values(["change", "surest", "entry_id_a", "entry_id_b"], ignore_index=True)
    return found[[column.name for column in RELINKED]]


def _only_in(one: Patients, other: Patients, side: str) -> pd.DataFrame:
    """Joined pairs of one match that are two people in the other, with both weights."""
    links, known = one.links, other.links[["a", "b", "weight"]]
    joined = links[(links["joins"] == Joins.YES).to_numpy()]
    apart = other.group[joined["a"].to_numpy()] != other.group[joined["b"].to_numpy()]
    shown = joined.loc[apart, ["a", "b", "weight", "explanation"]]
    sides = (side, "_before" if side == "_after" else "_after")
    both = shown.merge(known, how="left", on=["a", "b"], suffixes=sides)
    weighed: pd.DataFrame = both.astype({"weight_before": float, "weight_after": float})
    return weighed


def recorded_patients(week: Week, now: Patients) -> Groups:
    """Who was who in the last run, of the entries of this one.

    A new entry is of the patient of whom it is ``now``, of the first by id where it makes two one:
    that alone is told of it. The links are pairs of neighbours, by id, among the recorded entries
    of each patient.
    """
    place = order_of(week.entries["entry_id"])
    then = None if week.last is None else week.last.entries["patient_id"].astype(object)
    ids = np.array([*(() if then is None else then), None], dtype=object)[week.carried.position]
    told = pd.DataFrame({"now": now.group, "was": ids, "place": place}).sort_values("place")
    first = told.groupby("now")["was"].transform("first").sort_index()
    anew = np.array([f"\x1f{each}" for each in now.group], dtype=object)
    was = told["was"].sort_index().fillna(first).to_numpy(dtype=object)
    group = pd.factorize(np.where(pd.isna(was), anew, was))[0].astype(np.int32)
    order = np.lexsort((place, group))
    order = order[~pd.isna(ids)[order]]
    next_to = group[order[1:]] == group[order[:-1]]
    one, other = order[:-1][next_to], order[1:][next_to]
    links = pd.DataFrame(
        {
            "a": np.minimum(one, other).astype(np.int32),
            "b": np.maximum(one, other).astype(np.int32),
            "joins": str(Joins.YES),
            "weight": np.nan,
            "explanation": "One patient in the run before",
        }
    )
    return Groups(group, links)


def write_relinked(path: Path, found: pd.DataFrame) -> None:
    """The links as a table for a spreadsheet."""
    with CsvWriter(path, RELINKED) as writer:
        for batch in batches(found, RELINKED):
            writer.write_batch(batch)
