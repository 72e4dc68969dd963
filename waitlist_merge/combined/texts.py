"""How are several texts of a row made one, without looking at each row?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import words_at
from waitlist_merge.pathways.columns import sorted_distinct


def joined_text(values: pa.Array, number: NDArray[np.integer], size: int, by: str) -> pa.Array:
    """The different texts of each number, sorted and joined; missing where there are none.

    >>> joined_text(pa.array(["b", "a", "a"]), np.array([1, 1, 1]), 2, ";").to_pylist()
    [None, 'a;b']
    """
    coded = values.dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    words = coded.dictionary.take(pa.array(order))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    width = max(len(order), 1)
    wide = number.astype(np.int64) * width + place[coded.indices.to_numpy()]
    wide = sorted_distinct(wide)
    # Of millions of numbers few have a text: only those are looked at.
    holder = wide // width
    begins = np.flatnonzero(np.diff(holder, prepend=-1))
    ends = np.append(begins, len(wide)).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(ends), words.take(pa.array(wide % width)))
    told = pc.binary_join(lists, by)
    told = pc.if_else(pc.equal(told, ""), pa.scalar(None, pa.string()), told)
    place = np.full(size, -1, dtype=np.int32)
    place[holder[begins]] = np.arange(len(begins))
    return words_at(told, place)


def joined_values(
    values: pd.Series, number: NDArray[np.integer], size: int, by: str = ";"
) -> NDArray[np.object_]:
    """The different values of each number, sorted and joined; None where there are none.

    >>> joined_values(pd.Series(["b", "a", None]), np.array([1, 1, 0]), 2).tolist()
    [None, 'a;b']
    """
    said = values.notna().to_numpy()
    texts = pa.array(values[said].astype(object), pa.string(), from_pandas=True)
    return np.asarray(joined_text(texts, number[said], size, by).to_pylist(), dtype=object)


def arrow_text(values: pa.Array) -> pd.arrays.ArrowStringArray:
    """Arrow text as a column of a frame, without a copy."""
    return pd.arrays.ArrowStringArray(pa.chunked_array([values]))


def framed(columns: Mapping[str, Any]) -> pd.DataFrame:
    """The columns as a frame, none of them copied, nor objects looked at to guess their type."""
    plain = {
        name: np.asarray(each) if isinstance(each, pd.arrays.NumpyExtensionArray) else each
        for name, each in columns.items()
    }
    kept = {name: pd.Series(each, dtype=each.dtype, copy=False) for name, each in plain.items()}
    return pd.DataFrame(kept, copy=False)
