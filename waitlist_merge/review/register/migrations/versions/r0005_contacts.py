"""Who has spoken to which patient, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from waitlist_merge.review.register.migrations.added import only_ever_added

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table; nobody wrote it down before."""
    op.create_table(
        "contacts",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("contact_id", sa.Unicode(64), nullable=False),
        *(
            sa.Column(name, sa.UnicodeText)
            for name in ("patient_id", "entry_ids", "note", "reviewer", "organisation", "undoes")
        ),
        sa.Column("said_on", sa.Date),
        sa.Column("run", sa.Integer),
        sa.Column("recorded_at", sa.DateTime),
        sa.Column("recorded_by", sa.UnicodeText, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_contacts"),
        sa.UniqueConstraint("contact_id", name="uq_contacts_contact_id"),
    )
    only_ever_added("contacts")
