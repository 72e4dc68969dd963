"""The questions of each run, so that it can be told for how long one has been open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from waitlist_merge.review.register.migrations.added import only_ever_added

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table; questions of earlier runs were not kept."""
    op.create_table(
        "questions",
        sa.Column("question_id", sa.Unicode(64), nullable=False),
        sa.Column(
            "run",
            sa.Integer,
            sa.ForeignKey("runs.run", name="fk_questions_run"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("kept", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.UnicodeText) for name in ("level", "organisations", "state")),
        sa.Column("urgent", sa.Boolean),
        sa.PrimaryKeyConstraint("question_id", "run", name="pk_questions"),
    )
    only_ever_added("questions")
