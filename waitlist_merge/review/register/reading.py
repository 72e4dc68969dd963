"""What did a run know? Its snapshot, put together from the rows that were newest by then."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, and_, func, select

from waitlist_merge.review.register.frames import AT_A_TIME, entries_of
from waitlist_merge.review.register.tables import entries, extracts, findings, questions, runs
from waitlist_merge.review.snapshot import ENTRY_COLUMNS, EXTRACT_COLUMNS, Snapshot

QUESTION = ("question_id", "level", "organisations", "state", "urgent")
"""What is kept of a question."""

FINDING = ("organisation", "entry_id", "field", "reason")
"""What makes two findings one and the same, week after week."""


def snapshot(connection: Connection, run: int) -> Snapshot:
    """What this run knew of every entry and of every organisation's newest list."""
    day = connection.execute(select(runs.c.run_date).where(runs.c.run == run)).scalar_one()
    rows = connection.execution_options(yield_per=AT_A_TIME).execute(_known(run))
    parts = (part for part in rows.partitions(AT_A_TIME))
    return Snapshot(run, day, entries_of(parts), _newest_extracts(connection, run))


def _known(run: int) -> Select[Any]:
    """The newest row of each entry by this run, where it is still known."""
    newest = (
        select(entries.c.entry_id, func.max(entries.c.run).label("run"))
        .where(entries.c.run <= run)
        .group_by(entries.c.entry_id)
        .subquery()
    )
    same = and_(entries.c.entry_id == newest.c.entry_id, entries.c.run == newest.c.run)
    return (
        select(*(entries.c[name] for name in ENTRY_COLUMNS))
        .join(newest, same)
        .where(entries.c.kept)
        .order_by(entries.c.entry_id)
    )


def _newest_extracts(connection: Connection, run: int) -> pd.DataFrame:
    newest = (
        select(extracts.c.organisation, func.max(extracts.c.run).label("run"))
        .where(extracts.c.run <= run)
        .group_by(extracts.c.organisation)
        .subquery()
    )
    same = and_(extracts.c.organisation == newest.c.organisation, extracts.c.run == newest.c.run)
    query = select(*(extracts.c[name] for name in EXTRACT_COLUMNS)).join(newest, same)
    rows = connection.execute(query.order_by(extracts.c.organisation)).all()
    frame = pd.DataFrame(rows, columns=list(EXTRACT_COLUMNS))
    return frame.astype({"census_date": "datetime64[s]", "organisation": "category"})


def known_findings(connection: Connection, run: int) -> pd.DataFrame:
    """The faults of each organisation's newest list by this run, with the columns of FINDING."""
    key = [findings.c[name] for name in FINDING]
    newest = (
        select(*key, func.max(findings.c.run).label("run"))
        .where(findings.c.run <= run)
        .group_by(*key)
        .subquery()
    )
    same = and_(
        findings.c.run == newest.c.run,
        *(findings.c[name] == newest.c[name] for name in FINDING),
    )
    query = select(*key).join(newest, same).where(findings.c.kept).order_by(*key)
    return pd.DataFrame(connection.execute(query).all(), columns=list(FINDING), dtype=object)


def known_questions(connection: Connection, run: int) -> pd.DataFrame:
    """The questions that were open at this run, with the columns of QUESTION and ``first_run``."""
    newest = (
        select(
            questions.c.question_id,
            func.max(questions.c.run).label("run"),
            func.min(questions.c.run).label("first_run"),
        )
        .where(questions.c.run <= run)
        .group_by(questions.c.question_id)
        .subquery()
    )
    same = and_(questions.c.question_id == newest.c.question_id, questions.c.run == newest.c.run)
    query = (
        select(*(questions.c[name] for name in QUESTION), newest.c.first_run)
        .join(newest, same)
        .where(questions.c.kept)
        .order_by(newest.c.first_run, questions.c.question_id)
    )
    found = pd.DataFrame(connection.execute(query).all(), columns=[*QUESTION, "first_run"])
    return found.astype({"first_run": "int32", "urgent": "boolean"})
