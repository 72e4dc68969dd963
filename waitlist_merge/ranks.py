"""What does a row hold, as one number? Equal rows have equal numbers, whatever their order.

Not secret: these numbers order rows and compare runs (ids that people see are keyed: ``identity``).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.categories import STR
from waitlist_merge.threads import AT_A_TIME

PANDAS_KEY = "0123456789123456"
"""With which pandas hashes where no key is given."""


def content_ranks(entries: pd.DataFrame) -> NDArray[np.uint64]:
    """A number for what each row holds, equal for equal rows, whatever the order of the rows.

    A column that is empty in a row, or not there, says nothing of it. Each distinct value is
    hashed once.

    >>> people = pd.DataFrame({"name": pd.Categorical(["Ann", None, "Ann"])})
    >>> ranks = content_ranks(people)
    >>> bool(ranks[0] == ranks[2] != ranks[1])
    True
    >>> bool(content_ranks(people.assign(age=np.nan))[0] == ranks[0])
    True
    """
    total = np.zeros(len(entries), dtype=np.uint64)
    for name, column in entries.items():
        seed = pd.util.hash_array(np.asarray([name], dtype=object))[0] | np.uint64(1)
        if isinstance(column.dtype, pd.CategoricalDtype):
            code, words = _occurring(column)
            hashes = _part_by_part(words, PANDAS_KEY) * seed
            _add_up(total, np.append(hashes, np.uint64(0)), code)
        else:
            hashes = pd.util.hash_pandas_object(column, index=False).to_numpy() * seed
            total += np.where(column.notna(), hashes, np.uint64(0))
    return total


def _occurring(column: pd.Series) -> tuple[NDArray[np.integer], pd.Index]:
    """Codes and categories; of few rows of a long list only the categories that they have."""
    code, words = column.cat.codes.to_numpy(), column.cat.categories
    if len(words) <= len(code):
        return code, words
    used, place = np.unique(code, return_inverse=True)
    absent = int(len(used) > 0 and used[0] < 0)
    return place - absent, words.take(used[absent:])


def _add_up(
    total: NDArray[np.uint64], table: NDArray[np.uint64], codes: NDArray[np.integer]
) -> None:
    """Adds to each row what the table says of its code; a part at a time, so that it stays near."""
    for at in range(0, len(total), AT_A_TIME):
        part = slice(at, at + AT_A_TIME)
        total[part] += table[codes[part]]


def hashed(texts: Iterable[str], *, hash_key: str = PANDAS_KEY) -> NDArray[np.uint64]:
    """What pandas hashes each text to.

    >>> hashed(["E-1"]).tolist() == pd.util.hash_array(np.array(["E-1"], dtype=object)).tolist()
    True
    """
    return _part_by_part(pd.Series(texts, dtype=STR, copy=False).array, hash_key)


def _part_by_part(held: ExtensionArray | pd.Index, hash_key: str) -> NDArray[np.uint64]:
    """The same a part at a time: Python's texts take much room, and hold up all other threads."""
    found = np.empty(len(held), dtype=np.uint64)
    for at in range(0, len(held), AT_A_TIME):
        part = np.asarray(held[at : at + AT_A_TIME], dtype=object)
        found[at : at + len(part)] = pd.util.hash_array(part, hash_key=hash_key, categorize=False)
    return found
