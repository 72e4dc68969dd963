"""What did a run know? Its snapshot, put together from the rows that were newest by then."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, Subquery, Table, and_, func, select

from waitlist_merge.review.register.frames import AT_A_TIME, entries_of
from waitlist_merge.review.register.tables import (
    entries,
    extracts,
    findings,
    questions,
    retired,
    runs,
)
from waitlist_merge.review.snapshot import ENTRY_COLUMNS, EXTRACT_COLUMNS, Snapshot

QUESTION = ("question_id", "level", "organisations", "state", "urgent")
"""What is kept of a question."""

FINDING = ("organisation", "entry_id", "field", "reason")
"""What makes two findings one and the same, week after week."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run: its day, the run that its changes were told against, its model, what it knew.

    ``answers_seen`` is how many answers there were when it began, ``thresholds`` from which weight
    it joined and asked, empty where nobody wrote it down.
    """

    run: int
    run_date: dt.date
    base: int | None
    plan_digest: str
    model_digest: str
    answers_seen: int
    thresholds: Mapping[str, float]


def run_row(connection: Connection, run: int) -> RunRow | None:
    """What is known of a run apart from its entries; None where there was none."""
    columns = [runs.c[each.name] for each in fields(RunRow)]
    found = connection.execute(select(*columns).where(runs.c.run == run)).one_or_none()
    if found is None:
        return None
    told = found._asdict()
    return RunRow(**told | {"thresholds": json.loads(told["thresholds"] or "{}")})


def snapshot(connection: Connection, run: int) -> Snapshot:
    """What this run knew of every entry and of every organisation's newest list."""
    day = connection.execute(select(runs.c.run_date).where(runs.c.run == run)).scalar_one()
    rows = connection.execution_options(yield_per=AT_A_TIME).execute(_known(run))
    parts = (part for part in rows.partitions(AT_A_TIME))
    return Snapshot(run, day, entries_of(parts), _newest_extracts(connection, run))


def _as_of(
    run: int, table: Table, key: Sequence[str], columns: Sequence[str]
) -> tuple[Select[Any], Subquery]:
    """By this run, ``columns`` of the newest row of each key; and that row's ``run``.

    ``first_run`` beside it is the run of the oldest row of the key.
    """
    named = [table.c[name] for name in key]
    rows = (
        select(*named, func.max(table.c.run).label("run"), func.min(table.c.run).label("first_run"))
        .where(table.c.run <= run)
        .group_by(*named)
        .subquery()
    )
    same = and_(*(table.c[name] == rows.c[name] for name in (*key, "run")))
    return select(*(table.c[name] for name in columns)).join(rows, same), rows


def _known(run: int) -> Select[Any]:
    """The newest row of each entry by this run, where it is still known."""
    newest, _ = _as_of(run, entries, ["entry_id"], ENTRY_COLUMNS)
    return newest.where(entries.c.kept).order_by(entries.c.entry_id)


def _newest_extracts(connection: Connection, run: int) -> pd.DataFrame:
    newest, _ = _as_of(run, extracts, ["organisation"], EXTRACT_COLUMNS)
    rows = connection.execute(newest.order_by(extracts.c.organisation)).all()
    frame = pd.DataFrame(rows, columns=list(EXTRACT_COLUMNS))
    return frame.astype({"census_date": "datetime64[s]", "organisation": "category"})


def known_findings(connection: Connection, run: int) -> pd.DataFrame:
    """The faults of each organisation's newest list by this run, with the columns of FINDING."""
    newest, _ = _as_of(run, findings, FINDING, FINDING)
    query = newest.where(findings.c.kept).order_by(*(findings.c[name] for name in FINDING))
    return pd.DataFrame(connection.execute(query).all(), columns=list(FINDING), dtype=object)


def known_questions(connection: Connection, run: int) -> pd.DataFrame:
    """The questions that were open at this run, with the columns of QUESTION and ``first_run``."""
    newest, rows = _as_of(run, questions, ["question_id"], QUESTION)
    query = (
        newest.add_columns(rows.c.first_run)
        .where(questions.c.kept)
        .order_by(rows.c.first_run, questions.c.question_id)
    )
    found = pd.DataFrame(connection.execute(query).all(), columns=[*QUESTION, "first_run"])
    return found.astype({"first_run": "int32", "urgent": "boolean"})


def known_retired(connection: Connection) -> frozenset[str]:
    """The organisations that have closed for good: no list of them came since that was said."""
    newest = (
        select(extracts.c.organisation, func.max(extracts.c.run).label("run"))
        .group_by(extracts.c.organisation)
        .subquery()
    )
    query = select(newest.c.organisation).join(
        retired,
        and_(retired.c.organisation == newest.c.organisation, retired.c.run >= newest.c.run),
    )
    return frozenset(connection.scalars(query))
