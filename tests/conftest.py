"""What several tests need: typed entries from a few words."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pandas as pd
import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from waitlist_merge.identity import entry_ids
from waitlist_merge.schema import FIELDS, Kind

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Rows = Sequence[Mapping[str, object]]


def typed_frame(rows: Rows) -> pd.DataFrame:
    """Typed entries with ids; a field that a row does not name is missing."""
    columns = {}
    for field in FIELDS:
        values = [row.get(field.name) for row in rows]
        if field.kind is Kind.TEXT:
            columns[field.name] = pd.Series(pd.Categorical(values), dtype="category")
        elif field.kind is Kind.DATE:
            columns[field.name] = pd.Series(pd.to_datetime(values)).astype("datetime64[s]")
        elif field.kind is Kind.FLAG:
            columns[field.name] = pd.Series(pd.array(values, dtype="boolean"))
        else:
            columns[field.name] = pd.Series(values, dtype="float64")
    entries = pd.DataFrame(columns)
    return entries.assign(entry_id=entry_ids(entries))


@pytest.fixture(scope="session")
def typed() -> Callable[[Rows], pd.DataFrame]:
    return typed_frame


POSTGRESQL = "WAITLIST_MERGE_POSTGRESQL"
"""Names a PostgreSQL that tests may make schemas in: postgresql://user@host/database."""


@contextmanager
def empty_schema() -> Iterator[str]:
    """The URL of an empty schema of the PostgreSQL that the environment names."""
    url = os.environ.get(POSTGRESQL)
    if not url:
        pytest.skip(f"no PostgreSQL to test on: {POSTGRESQL} is not set")
    name = f"register_{secrets.token_hex(6)}"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def register_at(request, tmp_path) -> Iterator[str]:
    """Where a register may be made: a file, and a schema of a PostgreSQL."""
    if request.param == "sqlite":
        yield str(tmp_path / "register.db")
        return
    with empty_schema() as url:
        yield url
