"""How a register is reached: a path or a URL becomes an engine, and what fails becomes one line.

SQLite writes ahead to a log (WAL), so that readers and one writer do not wait for each other, takes
its lock when a writer begins, and waits for another writer to finish. Where the disk cannot do WAL
(a network drive) SQLite stays with its rollback journal: as safe, but one at a time.

>>> shown(address("reg.db")), shown(address("postgresql://ann:secret@db/lists"))
('reg.db', 'postgresql+psycopg://ann:***@db/lists')
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from waitlist_merge.errors import ConfigError, InputError, MissingExtra, OutputError, WaitlistError

PATIENCE = 30
"""Seconds that a writer waits for another one: a week's run is written in less."""

_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_EXTRAS = {"postgresql": "postgresql", "mssql": "sqlserver"}
"""The extra of this package that brings the driver of a database."""


def address(at: str | Path) -> URL:
    """The URL of a register: of a path, that of an SQLite file; ConfigError where it is none."""
    if "://" not in str(at):
        return URL.create("sqlite", database=str(at))
    try:
        url = make_url(str(at))
    except (ArgumentError, ValueError):
        raise ConfigError(
            "--register: is no URL of a database; write a path, or such as "
            "postgresql://user:password@host/database"
        ) from None
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def shown(url: URL) -> str:
    """The address as a message may show it, without its password."""
    if url.get_backend_name() == "sqlite" and not url.query:
        return str(url.database)
    return url.render_as_string(hide_password=True)


def engine_of(url: URL) -> Engine:
    """The engine of a register; nothing is opened yet."""
    name = shown(url)
    try:
        engine = create_engine(url, hide_parameters=True, connect_args=_waiting(url))
    except (NoSuchModuleError, ArgumentError, ImportError) as error:
        extra = _EXTRAS.get(url.get_backend_name())
        if extra is None or not isinstance(error, ImportError):
            raise ConfigError(
                f"{name}: no such kind of database; use a path, postgresql:// or mssql+pyodbc://"
            ) from None
        raise MissingExtra(
            f"{name}: needs a driver; pip install 'waitlist-merge[{extra}]'"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _one_writer)
    return engine


def need_file(url: URL, *, create: bool) -> None:
    """The file of an SQLite register is there, readable by its owner alone where it is new."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return
    path = Path(url.database)
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file in it")
    if not create and not path.exists():
        raise InputError(f"{path}: there is no register; merge --register makes one")
    try:
        path.touch(mode=0o600)
    except PermissionError:
        raise OutputError(f"{path}: may not be written; ask for the right to write it") from None
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be opened ({error.strerror}); name a file in a folder that is there"
        ) from None


def only_readable(url: URL) -> URL | None:
    """The URL by which an SQLite register is read that may not be written; None where it may be.

    Where no other program has it open there is no log beside it, and none can be made: SQLite is
    then told that nothing changes while it reads.
    """
    path = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or not path.is_file():
        return None
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return None
    alone = not path.with_name(f"{path.name}-wal").exists()
    how = {"mode": "ro", "uri": "true"} | ({"immutable": "1"} if alone else {})
    return URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query=how)


def _waiting(url: URL) -> dict[str, Any]:
    return {"timeout": PATIENCE} if url.get_backend_name() == "sqlite" else {}


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    """Every change is on the disk when it is said to be; the driver begins nothing by itself."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: it then never finds at the end that another was first."""
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def _one_writer(connection: Connection) -> None:
    """The same on PostgreSQL, until the transaction ends: readers are not held up."""
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


_LOCK = 0x7761_6974  # "wait"
"""Number of the lock that writers of a register take; any number that others do not."""


@contextmanager
def one_line(url: URL) -> Iterator[None]:
    """Turns what a database says into one line with the cure, without any value of a row."""
    try:
        yield
    except WaitlistError:
        raise
    except IntegrityError:
        raise OutputError(
            f"{shown(url)}: another run was recorded at the same time; nothing was recorded: run "
            "again"
        ) from None
    except DBAPIError as error:
        raise _told(shown(url), str(error.orig)) from None


def _told(name: str, said: str) -> WaitlistError:
    """What a database said, as an error of ours."""
    said = said.lower()
    for words, make, problem, cure in _SAYINGS:
        if any(each in said for each in words):
            return make(f"{name}: {problem}; {cure}")
    return OutputError(f"{name}: the database refused; look at its own log, or see --debug")


_SAYINGS: tuple[tuple[tuple[str, ...], type[WaitlistError], str, str], ...] = (
    (
        ("not a database", "file is encrypted"),
        InputError,
        "is not a register",
        "name a new file, or one that merge --register wrote",
    ),
    (
        ("malformed", "corrupt"),
        InputError,
        "is damaged",
        "put back its last copy",
    ),
    (
        ("readonly", "read-only", "permission denied", "insufficient privilege"),
        OutputError,
        "may not be written",
        "ask for the right to write it",
    ),
    (
        ("locked", "busy", "lock timeout", "deadlock"),
        OutputError,
        f"is in use by another program for over {PATIENCE} seconds",
        "run again when that has ended",
    ),
    (("disk is full", "no space", "disk full"), OutputError, "the disk is full", "make room on it"),
    (
        ("unable to open", "could not open"),
        OutputError,
        "cannot be opened",
        "name a file in a folder that is there",
    ),
    (
        # A user that PostgreSQL does not know is a role that "does not exist".
        (
            "password authentication",
            "authentication failed",
            "login failed",
            "no password",
            'role "',
        ),
        InputError,
        "does not let this user in",
        "check user and password in the URL",
    ),
    (
        ("does not exist", "cannot open database"),
        InputError,
        "there is no such database",
        "make it first: the register makes its own tables in it",
    ),
    (
        ("connection", "connect", "resolve", "server closed", "network"),
        InputError,
        "cannot be reached",
        "check host and port in the URL, and that the database runs",
    ),
)
"""What databases say (SQLite, PostgreSQL, SQL Server), what it means here and what cures it."""
