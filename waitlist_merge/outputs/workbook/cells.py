r"""How are columns of a table made into what stands in the cells of a sheet?

>>> texts(pd.Series(["RM3", None])).tolist()
['RM3', '']
>>> stacked(np.array(["one", "three", "two"], dtype=object), np.array([0, 2, 0]), 3)
['one\ntwo', '', 'three']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Texts = NDArray[np.object_]
Bools = NDArray[np.bool_]


def texts(values: pd.Series) -> Texts:
    """Text of any dtype as an array of str; missing is empty."""
    plain = values.astype(object)
    return np.asarray(plain.where(plain.notna(), ""), dtype=object)


def truth(values: pd.Series) -> Bools:
    """Flags as an array of bool; missing is False."""
    return np.asarray(values.astype("boolean").fillna(False), dtype=bool)


def numbers(values: pd.Series) -> NDArray[np.float64]:
    """Numbers of any dtype as float64; missing is NaN."""
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def day_texts(values: pd.Series) -> Texts:
    """Dates as a person writes them, for cells with several; missing is empty.

    >>> day_texts(pd.Series(pd.to_datetime(["2026-03-02", None]))).tolist()
    ['02 Mar 2026', '']
    """
    return worded(values, lambda day: pd.Timestamp(day).strftime("%d %b %Y"))


def worded(values: pd.Series, word: Callable[[Any], str]) -> Texts:
    """Each value in words, made once for each different one; missing is empty."""
    codes, different = pd.factorize(values)
    words = np.array([*(word(each) for each in different), ""], dtype=object)
    return np.asarray(words[codes])


def stacked(lines: Texts, number: NDArray[np.integer], size: int, by: str = "\n") -> list[str]:
    """The lines of each number, one below the other, as they come."""
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange(size + 1))
    listed = lines[order].tolist()
    pairs = zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    return [by.join(listed[start:end]) for start, end in pairs]


def shortened(values: Texts, width: int) -> Texts:
    """Texts of no more characters than that, so that they stay on one line of a cell.

    >>> shortened(np.array(["a long text"], dtype=object), 7).tolist()
    ['a long…']
    """
    cut = (each if len(each) <= width else each[: width - 1] + "…" for each in values.tolist())
    return np.array([each.replace("\n", " ").replace("\r", " ") for each in cut], dtype=object)


def phrase(*parts: Texts | str, by: str = " ") -> Texts:
    """Texts of the same rows put together; what is empty leaves no gap.

    >>> phrase(np.array(["RM3", ""], dtype=object), np.array(["12", "7"], dtype=object)).tolist()
    ['RM3 12', '7']
    """
    size = next(len(part) for part in parts if not isinstance(part, str))
    columns = [[part] * size if isinstance(part, str) else part.tolist() for part in parts]
    joined = [by.join(filter(None, row)) for row in zip(*columns, strict=True)]
    return np.array(joined, dtype=object)


def labelled(label: Texts | str, said: Texts) -> Texts:
    """Each text behind a word for what it is; nothing where there is no text.

    >>> labelled("due", np.array(["02 Mar 2026", ""], dtype=object)).tolist()
    ['due 02 Mar 2026', '']
    """
    return np.where(said == "", "", phrase(label, said)).astype(object)


def heights(values: Iterable[str], width: int) -> NDArray[np.int64]:
    r"""Lines that each text takes in a column of that width, words being broken between.

    >>> heights(["one line", "two lines\nin a cell", ""], 12).tolist()
    [1, 2, 1]
    """
    words = round(width * _FILLED)
    return np.array(
        [sum(max(-(-len(line) // words), 1) for line in each.split("\n")) for each in values],
        dtype=np.int64,
    )


_FILLED = 0.9
"""Part of a line that is filled where words are not broken."""
