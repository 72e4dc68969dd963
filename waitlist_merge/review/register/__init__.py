"""What is remembered from week to week: runs, entries with their ids, the model, what people said.

One file (SQLite), or a database of the hospital's own (PostgreSQL, SQL Server) under a URL. Rows
are only ever added: who, when, what, on which evidence; an answer taken back is another row.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waitlist_merge.review.register.register import Register as Register
    from waitlist_merge.review.register.writing import Run as Run
else:
    _MODULES = {"Register": "register", "Run": "writing"}

    def __getattr__(name: str) -> type:
        """Most runs have no register: the libraries of databases are loaded for one that has."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
