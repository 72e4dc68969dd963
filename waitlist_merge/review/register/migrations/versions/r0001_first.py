"""The register as it began: runs, what came in, entries, models, ids, changes, answers, work."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from waitlist_merge.review.register.migrations.added import only_ever_added

revision = "0001"
down_revision = None

_TEXTS = (
    "own_id",
    "patient_id",
    "pathway_id",
    "list_state",
    "outcome",
    "patient_confidence",
    "pathway_confidence",
    "row_start_entry_id",
    "departure",
    "organisation",
    "nhs_number",
    "nhs_number_status",
    "local_patient_identifier",
    "family_name",
    "given_name",
    "patient_pathway_identifier",
    "pathway_identifier_issuer",
    "unique_booking_reference_number",
    "waiting_list_entry_identifier",
    "treatment_function_code",
    "procedure_code",
    "laterality",
    "priority_type",
    "priority_code",
    "rtt_status",
    "removal_reason",
)
_DATES = (
    "row_start_date",
    "left_date",
    "birth_date",
    "referral_date",
    "rtt_start_date",
    "rtt_end_date",
    "decision_to_admit_date",
    "tci_date",
    "next_appointment_date",
    "death_date",
    "removal_date",
)
_FLAGS = ("suspected_cancer", "restricted")
_NUMBERS = ("patient_since", "pathway_since")
_ANSWERS = {
    **dict.fromkeys(
        (
            "question_id",
            "level",
            "entry_ids",
            "sides",
            "answer",
            "relation",
            "veto",
            "reviewer",
            "organisation",
            "role",
            "note",
        ),
        sa.UnicodeText,
    ),
    "answered_on": sa.Date,
    **dict.fromkeys(("second_person", "reason", "facts", "unseen", "undoes"), sa.UnicodeText),
    "run": sa.Integer,
    "recorded_at": sa.DateTime,
}
_WORK = {
    **dict.fromkeys(
        ("question_id", "entry_ids", "state", "keeps", "owner", "person"), sa.UnicodeText
    ),
    "due": sa.Date,
    **dict.fromkeys(("note", "reviewer", "organisation"), sa.UnicodeText),
    "said_on": sa.Date,
    "run": sa.Integer,
    "recorded_at": sa.DateTime,
}


def upgrade() -> None:
    """Make every table, and let none of their rows be changed."""
    op.create_table(
        "meta",
        sa.Column("name", sa.Unicode(64), nullable=False),
        sa.Column("value", sa.UnicodeText, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "models",
        sa.Column("digest", sa.Unicode(64), nullable=False),
        sa.Column("contents", sa.UnicodeText, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_models"),
    )
    op.create_table(
        "runs",
        sa.Column("run", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("run_date", sa.Date, nullable=False),
        sa.Column("base", sa.Integer),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("recorded_by", sa.UnicodeText, nullable=False),
        sa.Column("library", sa.UnicodeText, nullable=False),
        sa.Column("plan_digest", sa.Unicode(64), nullable=False),
        sa.Column("model_digest", sa.Unicode(64), nullable=False),
        sa.Column("answers_seen", sa.Integer, nullable=False),
        sa.Column("accepted", sa.UnicodeText, nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_runs"),
        sa.ForeignKeyConstraint(["model_digest"], ["models.digest"], name="fk_runs_model_digest"),
    )
    op.create_table(
        "extracts",
        _run("extracts"),
        sa.Column("organisation", sa.Unicode(64), nullable=False),
        sa.Column("census_date", sa.Date, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("digest", sa.Unicode(64), nullable=False),
        sa.PrimaryKeyConstraint("run", "organisation", name="pk_extracts"),
    )
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.Unicode(64), nullable=False),
        _run("entries"),
        sa.Column("kept", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.UnicodeText) for name in _TEXTS),
        *(sa.Column(name, sa.Date) for name in _DATES),
        *(sa.Column(name, sa.Boolean) for name in _FLAGS),
        *(sa.Column(name, sa.Integer) for name in _NUMBERS),
        sa.PrimaryKeyConstraint("entry_id", "run", name="pk_entries"),
    )
    for name in ("changes", "id_log"):
        op.create_table(
            name,
            _run(name),
            sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
            sa.Column("contents", sa.UnicodeText, nullable=False),
            sa.PrimaryKeyConstraint("run", "place", name=f"pk_{name}"),
        )
    op.create_table(
        "findings",
        *(
            sa.Column(name, sa.Unicode(64), nullable=False)
            for name in ("organisation", "entry_id", "field", "reason")
        ),
        _run("findings"),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation", "entry_id", "field", "reason", "run", name="pk_findings"
        ),
    )
    _said("answers", "answer_id", _ANSWERS)
    _said("work", "work_id", _WORK)
    for name in _TABLES:
        only_ever_added(name)


_TABLES = (
    "meta",
    "models",
    "runs",
    "extracts",
    "entries",
    "changes",
    "id_log",
    "findings",
    "answers",
    "work",
)


def _run(table: str) -> sa.Column[int]:
    """Which run wrote the row."""
    of_a_run = sa.ForeignKey("runs.run", name=f"fk_{table}_run")
    return sa.Column("run", sa.Integer, of_a_run, nullable=False, autoincrement=False)


def _said(table: str, key: str, columns: Mapping[str, type[sa.types.TypeEngine[object]]]) -> None:
    """A table of what people say: numbered, and no row twice."""
    op.create_table(
        table,
        sa.Column("number", sa.Integer, nullable=False, autoincrement=True),
        sa.Column(key, sa.Unicode(64), nullable=False),
        *(sa.Column(name, kind) for name, kind in columns.items()),
        sa.Column("recorded_by", sa.UnicodeText, nullable=False),
        sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
        sa.UniqueConstraint(key, name=f"uq_{table}_{key}"),
    )
