"""Which code lists does the package carry, and how are they read?

Each list is a CSV file beside this module. Lines before the header that begin with ``#`` say what
it is, where it comes from and of which date.

>>> load("fields").columns.tolist()
['name', 'kind', 'group', 'element', 'meaning']
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import pandas as pd

__all__ = ["load"]


@lru_cache(maxsize=None)
def _cached(name: str) -> pd.DataFrame:
    path = resources.files(__name__) / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return pd.read_csv(lines, dtype=str, keep_default_na=False, comment="#")


def load(name: str) -> pd.DataFrame:
    """The packaged list of this name: a frame of text, one row a code; empty text is missing."""
    return _cached(name).copy()
