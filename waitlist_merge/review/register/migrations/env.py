"""Alembic runs this: every step in one transaction, on the connection that the register opened."""

from __future__ import annotations

from alembic import context

from waitlist_merge.review.register.migrate import VERSION_TABLE
from waitlist_merge.review.register.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
