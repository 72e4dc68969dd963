"""The signs of millions of texts as NumPy sees them: where texts begin, which seem to be equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.mixing import FACTORS, Numbers, stir
from waitlist_merge.threads import AT_A_TIME

Bools = NDArray[np.bool_]

WORD = 8
"""Signs that one whole number holds."""

_LOOKED_AT = 3
"""Words of each text that make its number."""

_FIRST = np.array([(1 << 8 * size) - 1 for size in range(WORD + 1)], dtype=np.uint64)
"""Keeps the first so many signs of a word."""

_HALF = 32
"""Bits of a number that tell whether it occurs again: few of millions do so by chance."""

_ROOM = 20
"""Bits of the table of numbers that occur again: of a million places few are taken by chance."""


@dataclass(frozen=True, eq=False, slots=True)
class Signs:
    """All bytes of some texts, and where among them each text begins and how long it is."""

    held: NDArray[np.uint8]
    begin: NDArray[np.int64]
    length: NDArray[np.int64]


def signs(texts: pa.Array) -> Signs:
    """The signs of these texts; a missing one has none.

    >>> signs(pa.array(["ab", None, "c"])).length.tolist()
    [2, 0, 1]
    """
    wide = texts.cast(pa.large_string())
    _, offsets, held = wide.buffers()
    if not len(wide) or held is None:
        nothing = np.zeros(len(wide), dtype=np.int64)
        return Signs(np.empty(0, dtype=np.uint8), nothing, nothing)
    ends = np.frombuffer(offsets, dtype=np.int64)[wide.offset : wide.offset + len(wide) + 1]
    length = np.diff(ends)
    if wide.null_count:
        length[wide.is_null().to_numpy(zero_copy_only=False)] = 0
    return Signs(np.frombuffer(held, dtype=np.uint8), ends[:-1], length)


def perhaps_again(texts: pa.Array) -> Bools:
    """Which texts does another one equal, or seem to? None that one equals is left out.

    Two seem to be equal by their length and first 24 signs. Of millions that is told many times as
    fast as by a table of them. What is missing equals nothing.

    >>> perhaps_again(pa.array(["a", "b", None, "a", None])).tolist()
    [True, False, False, True, False]
    """
    parts = (texts.slice(at, AT_A_TIME) for at in range(0, len(texts), AT_A_TIME))
    return again(np.concatenate([np.empty(0, dtype=np.uint32), *map(numbers, parts)]))


def numbers(texts: pa.Array) -> NDArray[np.uint32]:
    """A number for each text: equal where two are, and seldom else; 0 for one without signs."""
    told = signs(texts)
    number = np.zeros(len(texts), dtype=np.uint32)
    at = np.flatnonzero(told.length)
    if len(at):
        number[at] = np.maximum(_numbers(told, at) >> np.uint64(_HALF), 1)
    return number


def repeated(number: NDArray[np.uint64]) -> Bools:
    """Which numbers are there twice? Of millions that is told by sorting them, not by a table.

    >>> repeated(np.array([7, 5, 7], dtype=np.uint64)).tolist()
    [True, False, True]
    """
    ordered = np.sort(number)
    return pd.Series(number).isin(ordered[1:][ordered[1:] == ordered[:-1]]).to_numpy()


def again(number: NDArray[np.uint32]) -> Bools:
    """Which numbers are there twice, or seem to be? 0 never is."""
    ordered = np.sort(number)
    table = np.zeros(1 << _ROOM, dtype=bool)
    table[ordered[1:][ordered[1:] == ordered[:-1]] >> np.uint32(_HALF - _ROOM)] = True
    found = np.empty(len(number), dtype=bool)
    for low in range(0, len(number), AT_A_TIME):
        part = number[low : low + AT_A_TIME]
        found[low : low + AT_A_TIME] = table[part >> np.uint32(_HALF - _ROOM)] & (part > 0)
    return found


def _numbers(told: Signs, at: NDArray[np.int64]) -> Numbers:
    """A number for each of these texts by its length and first signs."""
    begin, length = told.begin[at], told.length[at]
    low, high = int(begin[0]), int(begin[-1] + length[-1])
    near = np.zeros(high - low + WORD, dtype=np.uint8)
    near[: high - low] = told.held[low:high]
    number = length.astype(np.uint64)
    for factor, word in zip(FACTORS, _words(near, begin - low, length), strict=False):
        number ^= word
        stir(number, factor)
    return number * FACTORS[0]


def _words(
    near: NDArray[np.uint8], begin: NDArray[np.int64], length: NDArray[np.int64]
) -> Iterator[Numbers]:
    """The first signs of each text, as many as a whole number holds, then the next of each."""
    size = len(near) - WORD
    width = int(length[0])
    # Where all texts are of one length, as identifiers mostly are, nobody has to look for them.
    alike = width * len(length) == size and (length == width).all()
    words = np.ndarray(size + 1, dtype="<u8", buffer=near, strides=(1,))
    for past in range(0, _LOOKED_AT * WORD, WORD):
        if not alike:
            whole = words[np.minimum(begin + past, size)]
            yield whole & _FIRST[np.clip(length - past, 0, WORD)]
        elif past < width:
            yield words[past::width][: len(length)] & _FIRST[min(width - past, WORD)]
        else:
            yield np.zeros(1, dtype=np.uint64)
