"""In which order do ids stand, of millions too? It breaks every tie, whatever the order of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.id_letters import blocks, read
from waitlist_merge.threads import AT_A_TIME


def order_of(ids: pd.Series) -> NDArray[np.int64]:
    """The place of each id of ours when sorted, which breaks every tie whatever the row order.

    >>> order_of(pd.Series(["E-B", "E-C", "E-A"])).tolist()
    [1, 2, 0]
    """
    if not len(ids):
        return np.empty(0, dtype=np.int64)
    names = _fixed_width(pa.array(ids, pa.large_string()))
    place = np.empty(len(names), dtype=np.int64)
    place[_sorted_by(names)] = np.arange(len(names))
    return place


def in_order_of(ids: pd.Series) -> NDArray[np.int64]:
    """A number for each id of an entry, in their order: it breaks every tie, and nothing is sorted.

    >>> in_order_of(pd.Series(["E-00000000000B", "E-00000000000C", "E-00000000000A"])).tolist()
    [11, 12, 10]
    """
    if not len(ids):
        return np.empty(0, dtype=np.int64)
    shown = read("E-", _fixed_width(pa.array(ids, pa.large_string())))
    return order_of(ids) if shown is None else shown


def _sorted_by(names: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """The positions in order of the names.

    One whole number holds the first signs of a name that tell names apart and its position: such
    numbers are sorted many times as fast as text. The few names alike in these signs are sorted
    by all.
    """
    bits = len(names).bit_length()
    number = _of_first_signs(names, 1 << (64 - bits))
    number <<= np.uint64(bits)
    number |= np.arange(len(names), dtype=np.uint64)
    number.sort()
    order = (number & np.uint64((1 << bits) - 1)).view(np.int64)
    number >>= np.uint64(bits)
    alike = number[1:] == number[:-1]
    tied = np.flatnonzero(np.append(alike, False) | np.insert(alike, 0, False))
    order[tied] = order[tied[np.argsort(names[order[tied]], kind="stable")]]
    return order


def _of_first_signs(names: NDArray[np.bytes_], limit: int) -> NDArray[np.uint64]:
    """A number below the limit for each name, in their order, of as many signs as have room."""
    signs = np.ascontiguousarray(names).view(np.uint8).reshape(len(names), -1)
    width = signs.shape[1]
    begin = 0
    while begin < width - 1 and (signs[:, begin] == signs[0, begin]).all():
        begin += 1
    least = signs.min()
    base = int(signs.max()) - int(least) + 1
    end = begin
    while end < width and base ** (end + 1 - begin) <= limit:
        end += 1
    number = np.zeros(len(names), dtype=np.uint64)
    for low in range(0, len(names), AT_A_TIME):
        part = slice(low, low + AT_A_TIME)
        for place in range(begin, end):
            number[part] *= np.uint64(base)
            number[part] += signs[part, place] - least
    return number


def sorted_ids(ids: pd.Series) -> NDArray[np.bytes_]:
    """The ids as NumPy text, in order.

    >>> sorted_ids(pd.Series(["E-B", "E-A"])).tolist()
    [b'E-A', b'E-B']
    """
    if not len(ids):
        return np.empty(0, dtype="S1")
    names = _fixed_width(pa.array(ids, pa.large_string()))
    return names[_sorted_by(names)]


def repeats(in_order: NDArray[np.bytes_]) -> int:
    """How many of sorted texts are the same as the one before.

    >>> repeats(np.array([b"E-A", b"E-B", b"E-B"]))
    1
    """
    return int((in_order[1:] == in_order[:-1]).sum())


def count_different(ids: pd.Series) -> int:
    """How many different ids there are.

    >>> count_different(pd.Series(["E-B", "E-A", "E-B"]))
    2
    """
    return len(ids) - repeats(sorted_ids(ids))


def _fixed_width(ids: pa.Array) -> NDArray[np.bytes_]:
    """The ids as NumPy text; those of one length, as ours are, without looking at each."""
    alike = blocks(ids)
    return np.asarray(ids.to_pylist(), dtype="S") if alike is None else alike
