"""Which code lists does the package carry, and how are they read?

Each list is a CSV file beside this module. Lines before the header that begin with ``#`` say what
it is, where it comes from and of which date.

>>> load("fields").columns.tolist()
['name', 'kind', 'group', 'element', 'meaning']
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import StringIO
from itertools import dropwhile

import pandas as pd

__all__ = ["load", "rows"]


@cache
def _cached(name: str) -> pd.DataFrame:
    path = resources.files(__name__) / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    table = StringIO("".join(dropwhile(lambda line: line.startswith("#"), lines)))
    return pd.read_csv(table, dtype=str, keep_default_na=False)


def load(name: str) -> pd.DataFrame:
    """The packaged list of this name: a frame of text, one row a code; empty text is missing."""
    return _cached(name).copy()


def rows(name: str) -> list[dict[str, str]]:
    """The same list as plain rows, each from column to text.

    >>> rows("fields")[0]["name"]
    'organisation'
    """
    return load(name).to_dict("records")  # type: ignore[return-value]
