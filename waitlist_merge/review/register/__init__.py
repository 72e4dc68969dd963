"""What is remembered from week to week: runs, entries with their ids, the model, what people said.

One file (SQLite), or a database of the hospital's own (PostgreSQL, SQL Server) under a URL. Rows
are only ever added: who, when, what, on which evidence; an answer taken back is another row.
"""

from __future__ import annotations

from waitlist_merge.review.register.register import Register as Register
from waitlist_merge.review.register.writing import Run as Run
