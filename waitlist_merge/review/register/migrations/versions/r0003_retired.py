"""Organisations that have closed for good, and the main specialty of each entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from waitlist_merge.review.register.migrations.added import only_ever_added

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table and the column; of entries of earlier runs it is not known."""
    op.add_column("entries", sa.Column("main_specialty_code", sa.UnicodeText))
    op.create_table(
        "retired",
        sa.Column("organisation", sa.Unicode(64), nullable=False),
        sa.Column(
            "run",
            sa.Integer,
            sa.ForeignKey("runs.run", name="fk_retired_run"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("reviewer", sa.UnicodeText, nullable=False),
        sa.Column("reason", sa.UnicodeText, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("recorded_by", sa.UnicodeText, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "run", name="pk_retired"),
    )
    only_ever_added("retired")
