"""How is a column of text held? As codes into its distinct texts, and these as Arrow holds them.

A distinct text then costs its letters and eight bytes, a fifth of a Python object: seven million
entries have forty million distinct identifiers, names and numbers. pandas 3 holds text so too.
"""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

STR = (
    pd.StringDtype("pyarrow", na_value=np.nan)
    if "na_value" in signature(pd.StringDtype).parameters
    else pd.StringDtype("pyarrow")
)
"""Text as pandas 3 holds it, where pandas 2.3 can."""


def category(codes: NDArray[np.integer], words: pa.Array) -> pd.Categorical[str]:
    """A category of these words, which are known to be different; code -1 is missing.

    >>> category(np.array([1, -1, 0]), pa.array(["a", "b"])).tolist()
    ['b', nan, 'a']
    """
    index: Any = pd.Index(STR.__from_arrow__(words), copy=False)  # type: ignore[attr-defined]
    # Else pandas asks whether the words differ, by a table of them that it then keeps: at millions
    # of words that takes longer than all the rest, and twice their memory.
    index._cache = {"is_unique": True, "hasnans": False}  # noqa: SLF001
    return pd.Categorical.from_codes(codes, categories=index, validate=False)


def words_of(column: pd.Series) -> pa.Array:
    """The distinct values of a text column as Arrow text, in the order of their codes.

    >>> words_of(pd.Series(["b", "a"], dtype="category")).to_pylist()
    ['a', 'b']
    """
    return whole(_as_arrow(column.cat.categories, pa.string()))


def _as_arrow(words: pd.Index, kind: pa.DataType | None) -> pa.Array | pa.ChunkedArray:
    """The words as Arrow text, of the kind that they are held in where none is asked for."""
    if isinstance(words.dtype, pd.StringDtype):
        return pa.array(words.array, kind)
    return pa.array(words.astype(object), kind or pa.large_string())


def whole(text: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The text as one piece of memory.

    >>> whole(pa.chunked_array([["a"], ["b"]])).to_pylist()
    ['a', 'b']
    """
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def text_of(column: pd.Series) -> pa.Array:
    """The text of each row of a text column as Arrow text, null where missing."""
    return words_at(words_of(column), column.cat.codes.to_numpy())


def words_at(words: pa.Array, code: NDArray[np.integer]) -> pa.Array:
    """The word of each code, null for -1.

    >>> words_at(pa.array(["a", "b"]), np.array([1, -1])).to_pylist()
    ['b', None]
    """
    return words.take(pa.array(code, mask=code < 0))


def python_texts(
    words: Sequence[str], code: NDArray[np.integer] | NDArray[np.bool_]
) -> NDArray[np.object_]:
    """The word of each code as text of Python, made but once however many rows say it.

    >>> python_texts(["no", "yes"], np.array([True, False])).tolist()
    ['yes', 'no']
    """
    return np.array([str(word) for word in words], dtype=object).take(code)


def lists_code(column: pd.Series, code: str) -> NDArray[np.bool_]:
    """Which of these texts, codes with ``;`` between, list this one?

    >>> lists_code(pd.Series(["RM3;RW3", None, "RW31"]), "RW3").tolist()
    [True, False, False]
    """
    held = column.astype("category").cat
    listed = [code in str(each).split(";") for each in held.categories]
    return np.array([*listed, False], dtype=np.bool_)[held.codes]


def stacked(columns: list[pd.Categorical[str]]) -> pd.Categorical[str]:
    """Text columns one below the other, each distinct text held once, in order of coming.

    >>> stacked([pd.Categorical(["b", None]), pd.Categorical(["a", "b"])]).tolist()
    ['b', nan, 'a', 'b']
    """
    length = sum(map(len, columns))
    parts = [_as_arrow(each.categories, None) for each in columns if len(each.categories)]
    if not parts:
        return unsaid(length)
    chunks = [
        chunk.cast(pa.large_string())
        for part in parts
        for chunk in (part.chunks if isinstance(part, pa.ChunkedArray) else (part,))
    ]
    words = whole(pa.chunked_array(chunks, pa.large_string()).dictionary_encode())
    number = words.indices.to_numpy()
    # The smallest whole numbers that pandas takes for codes of so many words.
    code = np.empty(length, dtype=np.min_scalar_type(-len(words.dictionary) - 2))
    row = word = 0
    # Part by part, so that nothing as long as the whole is made on the way.
    for each in columns:
        rows, size = row + len(each), word + len(each.categories)
        of_word = np.append(number[word:size], np.int32(-1))  # the last is that of no word
        code[row:rows] = of_word[each.codes]
        row, word = rows, size
    return category(code, words.dictionary)


def unsaid(size: int) -> pd.Categorical[str]:
    """A text column in which no row says anything: a byte a row.

    >>> unsaid(2).tolist()
    [nan, nan]
    """
    return category(np.full(size, -1, dtype=np.int8), pa.array([], pa.string()))


def beside(*frames: pd.DataFrame) -> pd.DataFrame:
    """The columns of frames of one index side by side, none of them copied.

    >>> one = pd.DataFrame({"a": [1]})
    >>> beside(one, pd.DataFrame({"b": [2]})).to_dict("records")
    [{'a': 1, 'b': 2}]
    """
    columns = {name: frame[name] for frame in frames for name in frame}
    return pd.DataFrame(columns, index=frames[0].index, copy=False)
