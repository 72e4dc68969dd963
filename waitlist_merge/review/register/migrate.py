"""From any earlier form of the register to the one of this version, in one transaction.

The steps lie in ``migrations/versions``. Nothing goes back: an older version of the library refuses
a register that a newer one has written.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from waitlist_merge.errors import InputError

VERSION_TABLE = "register_version"
"""Says of a database that it is a register, and of which form."""

_STEPS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    return config


@cache
def steps() -> tuple[str, ...]:
    """The forms that a register has had, the first first."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([each.revision for each in found]))


def form(connection: Connection) -> str | None:
    """The form of the register in this database; None where there is none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


def refuse_other(connection: Connection, name: str) -> None:
    """InputError where the database holds tables of something else, or a newer register."""
    found = form(connection)
    if found is None and inspect(connection).get_table_names():
        raise InputError(
            f"{name}: is not a register but holds other tables; name a new file, or a database "
            "of its own"
        )
    if found is not None and found not in steps():
        raise InputError(
            f"{name}: was written by a newer version of waitlist_merge (form {found}, and this one "
            f"knows {steps()[-1]}); install the newer version"
        )


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Take every step that is missing; the caller's transaction holds them together."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
