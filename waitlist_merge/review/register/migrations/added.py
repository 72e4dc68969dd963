"""How the database itself refuses to change or delete a row of the register."""

from __future__ import annotations

from alembic import op


def only_ever_added(table: str) -> None:
    """Let rows of a table only be added (SQLite and PostgreSQL; elsewhere by rights)."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'rows of the register are only ever added'); END"
            )
    elif dialect == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION register_only_ever_added() RETURNS trigger AS "
            "'BEGIN RAISE EXCEPTION ''rows of the register are only ever added''; END' "
            "LANGUAGE plpgsql"
        )
        op.execute(
            f"CREATE TRIGGER {table}_only_ever_added BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION register_only_ever_added()"
        )
