"""Opening a register, bringing it to the form of this version, reading and writing in one go each.

What is in it is known to ``register``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from waitlist_merge.errors import InputError
from waitlist_merge.review.register import migrate
from waitlist_merge.review.register.engine import (
    address,
    engine_of,
    need_file,
    one_line,
    only_readable,
    shown,
)


class Opened:
    """An open database that is a register; left as a context it is closed again."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self._url, self._engine = url, engine
        self.name = shown(url)

    @classmethod
    def open(cls, at: str | Path, *, create: bool = True, reads: bool = False) -> Self:
        """The register at a path (SQLite) or URL, brought to the form of this version.

        Where there is none it is made, unless not ``create``. One that is only read (``reads``)
        need not be one that this user may write. Raises InputError, OutputError, ConfigError or
        MissingExtra, one line with the cure.
        """
        url = address(at)
        readable = only_readable(url) if reads else None
        if url.get_backend_name() == "sqlite" and readable is None:
            need_file(url, create=create)
        opened = cls(url, engine_of(readable or url))
        try:
            opened._bring_up_to_date(create=create)
        except BaseException:
            opened.close()
            raise
        return opened

    def _bring_up_to_date(self, *, create: bool) -> None:
        with one_line(self._url):
            with self._engine.connect() as connection:
                migrate.refuse_other(connection, self.name)
                found = migrate.form(connection)
            if found is None and not create:
                raise InputError(f"{self.name}: is not a register; merge --register makes one")
            if found != migrate.steps()[-1]:
                self._write_ahead()
                with self._writing() as connection:
                    migrate.upgrade(connection)

    def _write_ahead(self) -> None:
        """WAL, where the disk can do it; the file remembers."""
        if self._engine.dialect.name == "sqlite":
            with suppress(DBAPIError), self._engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                raw.execute("PRAGMA journal_mode = WAL")  # type: ignore[union-attr]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with one_line(self._url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction of one writer: others wait, and an error leaves nothing of it."""
        with one_line(self._url), self._engine.connect() as opened:
            connection = opened.execution_options(writes=True)
            with connection.begin():
                yield connection
