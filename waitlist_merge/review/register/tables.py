"""The tables of the register, as this version of the library knows them.

``migrations`` makes them, step by step, from every earlier version; a test holds the two together.
Text that is a key has a length, because SQL Server asks for one.

>>> sorted(METADATA.tables)[:3]
['answers', 'changes', 'contacts']
"""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Unicode,
    UnicodeText,
)

from waitlist_merge.review.rows import AnswerRow, ContactRow, WorkRow
from waitlist_merge.review.snapshot import ENTRY_COLUMNS
from waitlist_merge.schema import DATE_FIELDS, FLAG_FIELDS

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

SHORT = 64
"""Characters of a key: a SHA-256 in hexadecimal is the longest."""

ENTRY_DATES = frozenset({*DATE_FIELDS, "row_start_date", "left_date"}) & set(ENTRY_COLUMNS)
ENTRY_FLAGS = frozenset(FLAG_FIELDS) & set(ENTRY_COLUMNS)
ENTRY_NUMBERS = frozenset({"patient_since", "pathway_since", "waited_run"}) & set(ENTRY_COLUMNS)
"""What the columns of a snapshot are; all others are text."""

_KINDS: dict[str, type[Date | Boolean | Integer]] = {
    **dict.fromkeys(ENTRY_DATES, Date),
    **dict.fromkeys(ENTRY_FLAGS, Boolean),
    **dict.fromkeys(ENTRY_NUMBERS, Integer),
}

meta = Table(
    "meta",
    METADATA,
    Column("name", Unicode(SHORT), primary_key=True),
    Column("value", UnicodeText, nullable=False),
)
"""What is true of the whole register: the key of its entry ids."""

models = Table(
    "models",
    METADATA,
    Column("digest", Unicode(SHORT), primary_key=True),
    Column("contents", UnicodeText, nullable=False),
)
"""Patient models as JSON; each run names the one that it used."""

runs = Table(
    "runs",
    METADATA,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("run_date", Date, nullable=False),
    Column("base", Integer),
    Column("started_at", DateTime, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    Column("recorded_by", UnicodeText, nullable=False),
    Column("library", UnicodeText, nullable=False),
    Column("plan_digest", Unicode(SHORT), nullable=False),
    Column("model_digest", ForeignKey("models.digest"), nullable=False),
    Column("answers_seen", Integer, nullable=False),
    Column("accepted", UnicodeText, nullable=False),
    Column("thresholds", UnicodeText),
)
"""One row a run, times in UTC. ``base`` is the run that its changes are told against,
``answers_seen`` how many answers it knew, ``accepted`` the guards that somebody passed by,
``thresholds`` from which weight it joined and asked (JSON), missing where nobody wrote it down."""

extracts = Table(
    "extracts",
    METADATA,
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("organisation", Unicode(SHORT), primary_key=True),
    Column("census_date", Date, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("digest", Unicode(SHORT), nullable=False),
)
"""What each organisation sent to a run; ``digest`` is over the bytes of all its files."""

entries = Table(
    "entries",
    METADATA,
    Column("entry_id", Unicode(SHORT), primary_key=True),
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("kept", Boolean, nullable=False),
    *(Column(name, _KINDS.get(name, UnicodeText)) for name in ENTRY_COLUMNS if name != "entry_id"),
)
"""An entry as it was from ``run`` on, until a later row of it; not ``kept``: no longer known."""


def _rows_of_a_run(name: str) -> Table:
    """A table that keeps the rows of an output table of each run, each as one JSON object."""
    return Table(
        name,
        METADATA,
        Column("run", ForeignKey("runs.run"), primary_key=True),
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("contents", UnicodeText, nullable=False),
    )


OF_A_RUN = {name: _rows_of_a_run(name) for name in ("changes", "id_log")}
"""What changed since the base of a run, and which ids merged or split and why."""

findings = Table(
    "findings",
    METADATA,
    Column("organisation", Unicode(SHORT), primary_key=True),
    Column("entry_id", Unicode(SHORT), primary_key=True),
    Column("field", Unicode(SHORT), primary_key=True),
    Column("reason", Unicode(SHORT), primary_key=True),
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("kept", Boolean, nullable=False),
)
"""A fault that was there from ``run`` on, until a later row says that it is mended."""

questions = Table(
    "questions",
    METADATA,
    Column("question_id", Unicode(SHORT), primary_key=True),
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("kept", Boolean, nullable=False),
    Column("level", UnicodeText),
    Column("organisations", UnicodeText),
    Column("state", UnicodeText),
    Column("urgent", Boolean),
)
"""A question as it was asked from ``run`` on; not ``kept``: it is asked no longer."""


retired = Table(
    "retired",
    METADATA,
    Column("organisation", Unicode(SHORT), primary_key=True),
    Column("run", ForeignKey("runs.run"), primary_key=True),
    Column("reviewer", UnicodeText, nullable=False),
    Column("reason", UnicodeText, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    Column("recorded_by", UnicodeText, nullable=False),
)
"""An organisation that had closed for good when ``run`` was the newest; a list ends it."""


def _said(name: str, row: type[AnswerRow | WorkRow | ContactRow]) -> Table:
    """A table of what people say, a column for each field; the first is the key of a row."""
    told = [each.name for each in fields(row)]
    return Table(
        name,
        METADATA,
        Column("number", Integer, primary_key=True),
        Column(told[0], Unicode(SHORT), nullable=False, unique=True),
        *(Column(each, _KINDS_SAID.get(each, UnicodeText)) for each in told[1:]),
        Column("recorded_by", UnicodeText, nullable=False),
    )


_KINDS_SAID: dict[str, type[Date | DateTime | Integer]] = {
    "answered_on": Date,
    "said_on": Date,
    "due": Date,
    "recorded_at": DateTime,
    "run": Integer,
}

answers = _said("answers", AnswerRow)
work = _said("work", WorkRow)
contacts = _said("contacts", ContactRow)
"""Answers, the work that follows, who spoke to a patient; in the order of ``number``."""
