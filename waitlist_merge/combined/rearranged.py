"""How are many columns of millions of rows put in another order? Several of them side by side.

To look at a row far away costs as much as the bytes that lie beside it there: what several columns
say of a row is laid together in one record, the records are put in order, and each column is read
from them again. That takes less than half the time of one column after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray, ExtensionDtype

from waitlist_merge.combined.names import Later, ids_held, ids_of
from waitlist_merge.combined.numbers import held
from waitlist_merge.heap import give_back
from waitlist_merge.threads import shared_by

Values = ExtensionArray | NDArray[Any] | Later

RECORD = 32
"""Bytes of a record, half of what a processor fetches at once; measured on two cores, 64 save
little more, and twice the memory is held meanwhile."""

LARGE = 1 << 17
"""Rows from which memory is given back after every few columns: what they leave is on the heap of
the thread that made them, where those in order, made by another, cannot go (at a million rows a
tenth of all that a run holds)."""

NEAR = 1 << 14
"""Rows whose records are written or read together: they fit the cache."""


@dataclass(frozen=True, eq=False, slots=True)
class _Plain:
    """A column as it is held: plain ``arrays`` of one length, of which ``made`` makes one again.

    Each stands for the rows as they are, or, where ``later`` says of which position each row is,
    has the value at this position; ``nothing`` is what stands for a missing value.
    """

    arrays: tuple[NDArray[Any], ...]
    made: Callable[..., Any]
    nothing: NDArray[Any] = field(default_factory=lambda: np.zeros(1))
    later: Later | None = None

    def near(self, rows: slice) -> Iterator[NDArray[Any]]:
        """What each array says of these rows."""
        if self.later is None:
            yield from (each[rows] for each in self.arrays)
            return
        at = self.later.positions(rows)
        missing = np.flatnonzero(at < 0)
        for each in self.arrays:
            found = each.take(at, mode="wrap")
            found[missing] = self.nothing
            yield found


def rearranged(
    columns: dict[str, Any], order: NDArray[np.integer], *, size: int, workers: int = 1
) -> dict[str, Any]:
    """The columns, of ``size`` rows, with some or all rows in this order, each as it is held.

    Those that lie in plain arrays go side by side. They are taken out of ``columns`` as ``workers``
    (threads) come to them, so that no two copies of all are held. A column that says the same
    everywhere is so in any order.

    >>> told = {"day": np.array([3, 5]), "word": pd.Categorical(["a", None])}
    >>> {name: each.tolist() for name, each in rearranged(told, np.array([1, 0]), size=2).items()}
    {'day': [5, 3], 'word': [nan, 'a']}
    """
    together = partial(_together, order=order, size=size, free=[])
    found: dict[str, Any] = {}
    with shared_by(workers) as in_turn:
        for part in in_turn(together, _side_by_side(columns, size)):
            found |= part
            if size >= LARGE:
                give_back()
    return found


Some = dict[str, tuple[Values, _Plain | None]]


def _side_by_side(columns: dict[str, Any], size: int) -> Iterator[Some]:
    """The columns, as many together as a record has room for."""
    some: Some = {}
    room = RECORD
    for name in tuple(columns):
        column = columns.pop(name)
        plain = _plain(column, size)
        width = sum(each.itemsize for each in plain.arrays) if plain else RECORD
        if some and width > room:
            yield some
            some, room = {}, RECORD
        some[name] = column, plain
        room -= width
    if some:
        yield some


Room = NDArray[np.uint8]
"""Memory for the records of all rows; fresh one takes the system longer than to fill it."""


def _together(
    some: Some, order: NDArray[np.integer], size: int, free: list[Room]
) -> dict[str, Any]:
    """These columns in the order, those that are plain in one go; ``free`` rooms are used again."""
    plain = {name: each for name, (_, each) in some.items() if each and each.arrays}
    found = {
        name: column.take(order) if each is None else each.made()[: len(order)]
        for name, (column, each) in some.items()
        if name not in plain
    }
    if not plain:
        return found
    room = free.pop() if free else np.empty(size * RECORD, dtype=np.uint8)
    records = _records(tuple(plain.values()), size, room)
    made = {name: (each.made, len(each.arrays)) for name, each in plain.items()}
    some.clear()
    plain.clear()  # the records hold it all: nobody else needs the columns as they were
    arrays = iter(_in_order(records, order))
    for name, (make, number) in made.items():
        found[name] = make(*(next(arrays) for _ in range(number)))
    free.append(room)
    return found


def _in_order(records: NDArray[np.void], order: NDArray[np.integer]) -> list[NDArray[Any]]:
    """Each array that the records hold, in the order."""
    names = records.dtype.names or ()
    found = [np.empty(len(order), dtype=records.dtype[name]) for name in names]
    for low in range(0, len(order), NEAR):
        some = records.take(order[low : low + NEAR])
        for name, each in zip(names, found, strict=True):
            each[low : low + NEAR] = some[name]
    return found


def _records(plain: Sequence[_Plain], size: int, room: Room) -> NDArray[np.void]:
    """One record a row of what these columns say of it, in this room where it is enough."""
    kind = _record([array.dtype for each in plain for array in each.arrays])
    names = kind.names or ()
    needed = size * kind.itemsize
    enough = room[:needed] if needed <= len(room) else np.empty(needed, dtype=np.uint8)
    records = enough.view(kind)
    for low in range(0, size, NEAR):
        rows = slice(low, min(low + NEAR, size))
        some = records[rows]
        near = (array for each in plain for array in each.near(rows))
        for name, array in zip(names, near, strict=True):
            some[name] = array
    return records


def _record(kinds: Sequence[np.dtype[Any]]) -> np.dtype[np.void]:
    """A record of such values, as long as the next power of two.

    NumPy takes what is that long in one go, else byte by byte, which takes twice as long.

    >>> _record([np.dtype("V15"), np.dtype(np.int32), np.dtype(bool)]).itemsize
    32
    """
    ends = np.cumsum([kind.itemsize for kind in kinds]).tolist()
    told = {
        "names": [str(number) for number in range(len(kinds))],
        "formats": kinds,
        "offsets": [0, *ends[:-1]],
        "itemsize": 1 << (sum(ends[-1:]) - 1).bit_length(),
    }
    return np.dtype(told)  # type: ignore[call-overload,no-any-return]


def _plain(column: Values, size: int) -> _Plain | None:
    """How a column of so many rows is held in plain arrays; None where it is not."""
    later = column if isinstance(column, Later) else None
    plain = _held(column.values if isinstance(column, Later) else column)
    if plain is None:
        return None
    if not later:
        same = all(_all_are(each, each[:1]) for each in plain.arrays)
        return _Plain((), lambda: column) if same else plain
    if all(_all_are(each, plain.nothing) for each in plain.arrays):
        nothing = (np.full(size, plain.nothing, dtype=each.dtype) for each in plain.arrays)
        return _Plain((), partial(plain.made, *nothing))
    return replace(plain, later=later)


def _held(values: ExtensionArray | NDArray[Any]) -> _Plain | None:
    """The plain arrays of a column whose values are there."""
    if isinstance(values, pd.Categorical):
        of_codes = partial(pd.Categorical.from_codes, dtype=values.dtype, validate=False)
        return _Plain((values.codes,), of_codes, np.array([-1], dtype=values.codes.dtype))
    if isinstance(values, pd.arrays.IntegerArray):
        return _Plain(held(values), pd.arrays.IntegerArray)
    if isinstance(values, pd.arrays.DatetimeArray):
        stamps = np.asarray(values)
        return _Plain((stamps,), partial(pd.array, copy=False), np.array(["NaT"], stamps.dtype))
    if isinstance(values, np.ndarray):
        return _Plain((values,), lambda found: found) if values.dtype.kind in "biufM" else None
    ids = ids_held(values)
    return (
        ids if ids is None else _Plain((ids,), partial(_ids, values.dtype), np.zeros(1, ids.dtype))
    )


def _ids(kind: ExtensionDtype, found: NDArray[np.void]) -> ExtensionArray:
    """Ids of these blocks of memory; a missing one is all zeros."""
    first = found.view(np.uint8).reshape(len(found), found.itemsize)[:, 0]
    return ids_of(found, first != 0, kind)


def _all_are(array: NDArray[Any], value: NDArray[Any]) -> bool:
    """Has each element this value? Mostly the first thousands tell that it has not."""
    if array.dtype.kind == "V":
        return False
    if array.dtype.kind == "M":  # nothing equals a missing time, not even another
        array, value = array.view(np.int64), value.view(np.int64)
    return bool((array[:NEAR] == value).all() and (array == value).all())
