"""What does a run leave for the next one, and which rows does that add?"""

from __future__ import annotations

import datetime as dt
import getpass
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, select

from waitlist_merge.patients import PatientModel
from waitlist_merge.review.register.adding import add
from waitlist_merge.review.register.frames import as_json, changed, plain, records
from waitlist_merge.review.register.reading import (
    FINDING,
    QUESTION,
    known_findings,
    known_questions,
)
from waitlist_merge.review.register.tables import (
    OF_A_RUN,
    entries,
    extracts,
    findings,
    meta,
    models,
    questions,
    retired,
    runs,
)
from waitlist_merge.review.snapshot import EXTRACT_COLUMNS, Snapshot
from waitlist_merge.versions import installed_version

KEY = "entry_id key"
"""Under which name ``meta`` holds the key of the entry ids."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Run:
    """What a run leaves for the next one.

    ``snapshot`` is what it knew of every entry, under its own number; ``last`` the snapshot that it
    began from, None in the first run; ``thresholds`` from which weight it joined and asked;
    ``digests`` one SHA-256 for each organisation that sent anything, over its files; ``base`` the
    run that ``changes`` are told against; ``answers_seen`` how many answers it knew; ``accepted``
    the guards that somebody passed by; ``retired`` the organisations of which the plan says, for
    the first time, that they have closed. ``changes`` and ``id_log`` are kept as they are, row by
    row; of ``findings`` what they are about (``FINDING``), of ``questions`` what tells how they
    stand (``QUESTION``).
    """

    snapshot: Snapshot
    last: Snapshot | None
    model: PatientModel
    key: str
    plan_digest: str
    thresholds: Mapping[str, float]
    digests: Mapping[str, str]
    started_at: dt.datetime
    base: int | None = None
    answers_seen: int = 0
    accepted: Sequence[str] = ()
    retired: Sequence[str] = ()
    changes: pd.DataFrame | None = None
    id_log: pd.DataFrame | None = None
    findings: pd.DataFrame | None = None
    questions: pd.DataFrame | None = None


def write(connection: Connection, run: Run, number: int) -> None:
    """Add every row of a run; the caller's transaction holds them together."""
    if run.last is None:
        connection.execute(meta.insert(), {"name": KEY, "value": run.key})
    _add_model(connection, run.model)
    connection.execute(runs.insert(), _of_run(run, number))
    _add_extracts(connection, run, number)
    add_retired(connection, number, run.retired, reviewer=user(), reason=BY_THE_PLAN)
    _add_entries(connection, run, number)
    for name, frame in (("changes", run.changes), ("id_log", run.id_log)):
        _add_rows(connection, name, frame, number)
    if run.findings is not None:
        _add_findings(connection, run.findings, sorted(run.digests), number)
    if run.questions is not None:
        _add_questions(connection, run.questions, number)


BY_THE_PLAN = "retired_organisations of the plan"
"""Why an organisation is retired that the plan names."""


def add_retired(
    connection: Connection, run: int, organisations: Sequence[str], *, reviewer: str, reason: str
) -> None:
    """Write down who has closed for good, as of this run, and who says so."""
    said = {"reviewer": reviewer, "reason": reason, "recorded_at": now(), "recorded_by": user()}
    add(connection, retired, [{"organisation": each, "run": run} | said for each in organisations])


def _add_model(connection: Connection, model: PatientModel) -> None:
    digest = model.digest
    if connection.scalar(select(models.c.digest).where(models.c.digest == digest)) is None:
        connection.execute(models.insert(), {"digest": digest, "contents": model.to_json()})


def _of_run(run: Run, number: int) -> dict[str, object]:
    return {
        "run": number,
        "run_date": run.snapshot.run_date,
        "base": run.base,
        "started_at": run.started_at.astimezone(dt.UTC).replace(tzinfo=None),
        "recorded_at": now(),
        "recorded_by": user(),
        "library": installed_version("waitlist-merge"),
        "plan_digest": run.plan_digest,
        "model_digest": run.model.digest,
        "answers_seen": run.answers_seen,
        "accepted": json.dumps(sorted(run.accepted)),
        "thresholds": json.dumps(run.thresholds, sort_keys=True),
    }


def now() -> dt.datetime:
    """The time in UTC, as every table keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def user() -> str:
    """Who runs the program; a service may have no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _add_extracts(connection: Connection, run: Run, number: int) -> None:
    held = run.snapshot.extracts
    rows = [
        {
            "run": number,
            "organisation": organisation,
            "census_date": pd.Timestamp(census_date).date(),
            "rows": int(count),
            "digest": run.digests[organisation],
        }
        for organisation, census_date, count, _ in held[list(EXTRACT_COLUMNS)].itertuples(
            index=False
        )
        if organisation in run.digests
    ]
    add(connection, extracts, rows)


def _add_entries(connection: Connection, run: Run, number: int) -> None:
    """Entries that are new or differ from what was known, and those that are no longer known."""
    new = plain(run.snapshot.entries)
    last = new.iloc[:0] if run.last is None else plain(run.last.entries)
    differs, forgotten = changed(new, last)
    for frame, kept in ((new[differs], True), (last[forgotten], False)):
        in_order = frame.sort_values("entry_id", key=lambda ids: ids.astype(object))
        for part in records(in_order, {"run": number, "kept": kept}):
            add(connection, entries, part)


def _add_rows(connection: Connection, name: str, frame: pd.DataFrame | None, number: int) -> None:
    if frame is None or frame.empty:
        return
    rows = [
        {"run": number, "place": place, "contents": contents}
        for place, contents in enumerate(as_json(frame), start=1)
    ]
    add(connection, OF_A_RUN[name], rows)


def _add_findings(
    connection: Connection, found: pd.DataFrame, refreshed: Sequence[str], number: int
) -> None:
    """Faults that are new, and those that are mended, of the organisations that sent a list."""
    known = known_findings(connection, number)
    known = known[known["organisation"].isin(refreshed)]
    found = found[list(FINDING)].astype(object)
    found = found.where(found.notna(), "").drop_duplicates()
    found = found[found["organisation"].isin(refreshed)]
    both = found.merge(known, how="outer", on=list(FINDING), indicator=True)
    for side, kept in (("left_only", True), ("right_only", False)):
        rows = both.loc[both["_merge"] == side, list(FINDING)]
        for part in records(rows, {"run": number, "kept": kept}):
            add(connection, findings, part)


def _add_questions(connection: Connection, asked: pd.DataFrame, number: int) -> None:
    """Questions that are new or stand otherwise than they stood, and those asked no longer."""
    known = known_questions(connection, number)[list(QUESTION)].astype(object)
    now = asked.reindex(columns=list(QUESTION)).astype(object)
    now, known = now.where(now.notna(), None), known.where(known.notna(), None)
    now = now.drop_duplicates("question_id")
    held = set(known.itertuples(index=False, name=None))
    new = [row for row in now.itertuples(index=False, name=None) if row not in held]
    gone = known[~known["question_id"].isin(now["question_id"])]
    rows = [dict(zip(QUESTION, row, strict=True), run=number, kept=True) for row in new]
    rows += [
        dict(zip(QUESTION, row, strict=True), run=number, kept=False)
        for row in gone.itertuples(index=False, name=None)
    ]
    add(connection, questions, rows)
