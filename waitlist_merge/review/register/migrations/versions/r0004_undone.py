"""Steps of work that are taken back, as answers are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the column; nobody took back a step before."""
    op.add_column("work", sa.Column("undoes", sa.UnicodeText))
