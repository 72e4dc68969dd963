"""What are patients and needs called, and how are names and dates taken in another order?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray, ExtensionDtype

from waitlist_merge.group_ids import entry_ranks, ids_by_rank
from waitlist_merge.id_letters import as_strings, blocks
from waitlist_merge.id_order import order_of
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.grouping import Group


def taken(values: ExtensionArray, at: NDArray[np.integer]) -> ExtensionArray:
    """The values at these positions, missing where one is below 0.

    Ids of one length, as ours are, are taken as blocks of memory, twice as fast as texts; dates
    as whole numbers, for which pandas has no fast way unless they are of nanoseconds.

    >>> taken(pd.array(["E-1", "E-2"], dtype="string[pyarrow]"), np.array([1, -1])).tolist()
    ['E-2', <NA>]
    >>> day = np.array(["2026-04-30"], dtype="datetime64[s]")
    >>> taken(pd.array(day), np.array([0, -1])).astype(str).tolist()
    ['2026-04-30', 'NaT']
    """
    return taking(values)(at)


Taking = Callable[[NDArray[np.integer]], ExtensionArray]


def taking(values: ExtensionArray) -> Taking:
    """What ``taken`` takes of these values, made ready for many positions one after the other."""
    if isinstance(values, pd.arrays.DatetimeArray):
        return partial(_days_at, np.asarray(values))
    held = ids_held(values)
    if held is None:
        return partial(values.take, allow_fill=True)
    return partial(_ids_at, held, values.dtype)


def _days_at(days: NDArray[np.datetime64], at: NDArray[np.integer]) -> ExtensionArray:
    found = days.take(at)
    found[at < 0] = np.datetime64("NaT")
    stamps: ExtensionArray = pd.array(found, copy=False)
    return stamps


def _ids_at(
    held: NDArray[np.void], dtype: ExtensionDtype, at: NDArray[np.integer]
) -> ExtensionArray:
    return ids_of(held.take(at), at >= 0, dtype)


def ids_held(ids: object) -> NDArray[np.void] | None:
    """Ids that all have one length, as blocks of memory; None for any other column.

    >>> ids_held(pd.array(["E-1", "E-2"], dtype="string[pyarrow]")).tolist()
    [b'E-1', b'E-2']
    >>> ids_held(pd.array(["E-1", None], dtype="string[pyarrow]")) is None
    True
    """
    if not isinstance(ids, pd.arrays.ArrowStringArray):
        return None
    held = blocks(pa.array(ids))
    return None if held is None else held.view(f"V{held.itemsize}")


def ids_of(held: NDArray[np.void], there: Bools, dtype: ExtensionDtype) -> ExtensionArray:
    """A column of these blocks of memory, missing where none is ``there``; they are not copied."""
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pd.array(as_strings(held, valid), dtype=dtype)


class Positions(Protocol):
    """Positions of which some that stand together are asked for."""

    def __getitem__(self, rows: slice, /) -> NDArray[np.integer]:
        """Those of these rows."""


@dataclass(frozen=True, eq=False, slots=True)
class Later:
    """Values that are taken once it is known in which order, not twice.

    ``at`` are the positions of those of each row, below 0 where it has none.
    """

    values: ExtensionArray
    at: Positions

    def take(self, order: NDArray[np.integer]) -> ExtensionArray:
        """The values of all rows in this order."""
        return taken(self.values, self.positions(slice(0, len(order)))[order])

    def positions(self, rows: slice) -> NDArray[np.integer]:
        """Where the values of these rows are."""
        return self.at[rows]


@dataclass(frozen=True, eq=False, slots=True)
class Names:
    """What the patient and the need of each entry are called; ``place`` is that of each need's."""

    patient_id: pd.Series
    pathway_id: pd.Series
    place: NDArray[np.int64]


def named(
    entry_id: pd.Series,
    patient: Group,
    pathway: Group,
    *,
    key: str | None,
    patient_id: pd.Series | None,
    pathway_id: pd.Series | None,
) -> Names:
    """The names of the groups, made from the ids of their entries where none are given.

    ``patient`` and ``pathway`` number them, ``key`` keys their ids.
    """
    if patient_id is None or pathway_id is None:
        ranks = entry_ranks(entry_id, key)
        patient_id = ids_by_rank("P", patient, ranks) if patient_id is None else patient_id
        pathway_id = ids_by_rank("W", pathway, ranks) if pathway_id is None else pathway_id
    return Names(patient_id, pathway_id, places_of_names(pathway_id, pathway))


def places_of_names(ids: pd.Series, group: Group) -> NDArray[np.int64]:
    """The place of the name of each group among all names; groups are numbered 0 upwards.

    ``ids`` says of every entry what its group is called, ``group`` which it is.

    >>> places_of_names(pd.Series(["B", "A", "B"]), np.array([0, 1, 0])).tolist()
    [1, 0]
    """
    first = np.empty(int(group.max(initial=-1)) + 1, dtype=np.int64)
    first[group[::-1]] = np.arange(len(group) - 1, -1, -1)
    return order_of(pd.Series(taken(ids.array, first), copy=False))
