"""From which weight a run joined and asked; of runs before it nobody wrote it down."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the column."""
    op.add_column("runs", sa.Column("thresholds", sa.UnicodeText))
