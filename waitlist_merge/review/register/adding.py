"""How are many rows added to a table of the register at once?

PostgreSQL takes them as one stream (``COPY``), in a third of the time that it takes row by row;
elsewhere they are inserted. Either way they are of the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

STREAMS = "psycopg"
"""The driver that has ``COPY`` with values as Python holds them."""


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add these rows, all with the same columns; DBAPIError as of any other statement."""
    if not rows:
        return
    if connection.dialect.driver == STREAMS:
        _stream(connection, table, rows)
    else:
        connection.execute(table.insert(), rows)


def _stream(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = [*rows[0]]
    quoted = connection.dialect.identifier_preparer
    columns = ", ".join(quoted.quote(name) for name in names)
    driver: Any = connection.connection.driver_connection
    error = connection.dialect.loaded_dbapi.Error
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN") as stream,
        ):
            for row in rows:
                stream.write_row([row[name] for name in names])
    except error as problem:
        raise DBAPIError.instance(None, None, problem, error, dialect=connection.dialect) from None
