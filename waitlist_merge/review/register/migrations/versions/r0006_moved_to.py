"""Under which entry a patient waits on whose own has left, and in which run that one waited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the columns; of those that moved before it is found anew while they wait."""
    op.add_column("entries", sa.Column("moved_to", sa.UnicodeText))
    op.add_column("entries", sa.Column("waited_run", sa.Integer))
