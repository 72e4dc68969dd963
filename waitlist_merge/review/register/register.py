"""Reading what the register knows, recording a run and what people said: nothing else changes it.

A run is recorded in one transaction at its end: one that was killed, or that fails, leaves nothing.
A run that began from an older state than the register has by then is not recorded.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import URL, Engine, Table, func, select

from waitlist_merge.errors import ConfigError, InputError, OutputError
from waitlist_merge.patients import PatientModel
from waitlist_merge.review.register.opened import Opened
from waitlist_merge.review.register.reading import (
    RunRow,
    known_findings,
    known_questions,
    known_retired,
    run_row,
    snapshot,
)
from waitlist_merge.review.register.tables import (
    OF_A_RUN,
    answers,
    contacts,
    extracts,
    meta,
    models,
    runs,
    work,
)
from waitlist_merge.review.register.writing import KEY, Run, add_retired, now, user, write
from waitlist_merge.review.rows import AnswerRow, ContactRow, WorkRow, need_said
from waitlist_merge.review.snapshot import Snapshot

KEY_BYTES = 32
"""Of a key that the register makes: as many as the hash that it keys."""


class Register(Opened):
    """An open register; ``with Register.open("register.db") as register:`` closes it again."""

    def __init__(self, url: URL, engine: Engine) -> None:
        super().__init__(url, engine)
        self._new_key: str | None = None
        self._begun = self._done = 0

    def key(self, planned: str | None = None) -> str:
        """The key of the entry ids: the register's, from its first run on.

        Before its first run it is ``planned`` (the plan's), or else made now and kept when the run
        is recorded. ConfigError where the plan's is another than the register's.
        """
        with self._reading() as connection:
            held = connection.scalar(select(meta.c.value).where(meta.c.name == KEY))
        if held is None:
            self._new_key = planned or self._new_key or secrets.token_hex(KEY_BYTES)
            return self._new_key
        if planned is not None and planned != held:
            raise ConfigError(
                f"{self.name}: was begun with another hmac_key than the plan's, and every id would "
                "change; leave hmac_key out of the plan"
            )
        return str(held)

    def runs(self) -> pd.DataFrame:
        """One row a run: number, day, who recorded it and when, plan, model, guards passed by."""
        with self._reading() as connection:
            rows = connection.execute(select(runs).order_by(runs.c.run)).all()
        return pd.DataFrame(rows, columns=[column.name for column in runs.columns])

    def days_of_runs(self) -> dict[int, dt.date]:
        """The day of each run."""
        told = self.runs()
        return dict(zip(told["run"], told["run_date"], strict=True))

    def run(self, run: int) -> RunRow:
        """What is known of a run apart from its entries; InputError where there was none."""
        with self._reading() as connection:
            found = run_row(connection, run)
        if found is None:
            raise InputError(f"{self.name}: has no run {run}; see its runs")
        return found

    def last(self) -> Snapshot | None:
        """What the newest run knew; None before the first."""
        with self._reading() as connection:
            run = connection.scalar(select(func.max(runs.c.run)))
            return None if run is None else snapshot(connection, run)

    def snapshot(self, run: int) -> Snapshot:
        """What this run knew; InputError where there was no such run."""
        self.run(run)
        with self._reading() as connection:
            return snapshot(connection, run)

    def newest(self) -> RunRow | None:
        """The newest run; None where there is none."""
        with self._reading() as connection:
            newest = connection.scalar(select(func.max(runs.c.run)))
            return None if newest is None else run_row(connection, newest)

    def thresholds(self) -> Mapping[str, float]:
        """From which weight the newest run joined and asked; empty where nobody wrote it down."""
        newest = self.newest()
        return newest.thresholds if newest else {}

    def model(self) -> PatientModel | None:
        """The patient model of the newest run, which the next one is to use."""
        newest = select(func.max(runs.c.run)).scalar_subquery()
        query = (
            select(models.c.contents)
            .join(runs, runs.c.model_digest == models.c.digest)
            .where(runs.c.run == newest)
        )
        with self._reading() as connection:
            contents = connection.scalar(query)
        return None if contents is None else PatientModel.from_json(contents, source=self.name)

    def told(self, name: str, run: int) -> pd.DataFrame:
        """The ``changes`` or the ``id_log`` of a run, as it was told."""
        table = OF_A_RUN[name]
        query = select(table.c.contents).where(table.c.run == run).order_by(table.c.place)
        with self._reading() as connection:
            return pd.DataFrame([json.loads(each) for each in connection.scalars(query)])

    def findings(self, run: int) -> pd.DataFrame:
        """The faults of each organisation's newest list by this run.

        Columns ``organisation``, ``entry_id`` (empty where it is of a whole file), ``field`` and
        ``reason``.
        """
        with self._reading() as connection:
            return known_findings(connection, run)

    def questions(self, run: int | None = None) -> pd.DataFrame:
        """The questions that were open at this run, by default the newest; the oldest first.

        Columns ``question_id``, ``level``, ``organisations``, ``state``, ``urgent``, and
        ``first_run`` with ``first_date``: since when it is asked.
        """
        with self._reading() as connection:
            if run is None:
                run = connection.scalar(select(func.max(runs.c.run))) or 0
            found = known_questions(connection, run)
            days = connection.execute(select(runs.c.run, runs.c.run_date))
            dates = {each.run: pd.Timestamp(each.run_date) for each in days}
        first = found["first_run"].map(dates).astype("datetime64[s]")
        return found.assign(first_date=first)

    def digests(self, run: int) -> dict[str, str]:
        """The digest of what each organisation sent to this run."""
        query = select(extracts.c.organisation, extracts.c.digest).where(extracts.c.run == run)
        with self._reading() as connection:
            return {row.organisation: row.digest for row in connection.execute(query)}

    def answers(self) -> list[AnswerRow]:
        """All answers ever recorded, the oldest first."""
        return [AnswerRow.from_record(row) for row in self._said(answers)]

    def add_answers(self, rows: Sequence[AnswerRow]) -> int:
        """Record answers, each once for ever; how many are new."""
        return self._say(answers, rows)

    def work(self) -> list[WorkRow]:
        """All steps of work ever recorded, the oldest first."""
        return [WorkRow.from_record(row) for row in self._said(work)]

    def add_work(self, rows: Sequence[WorkRow]) -> int:
        """Record steps of work, each once for ever; how many are new."""
        return self._say(work, rows)

    def contacts(self) -> list[ContactRow]:
        """Who has ever spoken to which patient, the oldest first."""
        return [ContactRow.from_record(row) for row in self._said(contacts)]

    def add_contacts(self, rows: Sequence[ContactRow]) -> int:
        """Record who spoke to a patient, each once for ever; how many are new."""
        return self._say(contacts, rows)

    def _said(self, table: Table) -> list[dict[str, Any]]:
        with self._reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.number)).mappings()
            return [dict(row) for row in rows]

    def _say(self, table: Table, rows: Sequence[AnswerRow | WorkRow | ContactRow]) -> int:
        key = table.columns[1]
        said = {str(record[key.name]): record for record in (each.to_record() for each in rows)}
        with self._writing() as connection:
            known = set(connection.scalars(select(key)))
            added = {"recorded_at": now(), "recorded_by": user()}
            new = [record | added for name, record in said.items() if name not in known]
            if new:
                connection.execute(table.insert(), new)
        return len(new)

    def retired(self) -> frozenset[str]:
        """The organisations that have closed for good: no list of them came since that was said."""
        with self._reading() as connection:
            return known_retired(connection)

    def retire(self, organisation: str, *, reviewer: str, reason: str) -> None:
        """Say that an organisation has closed for good: the next run expects no list of it.

        InputError where it never sent a list, where that was said already, or where nobody says
        so or not why.
        """
        need_said(self.name, reviewer=reviewer, reason=reason)
        code = organisation.strip().upper()
        with self._writing() as connection:
            if code in known_retired(connection):
                raise InputError(f"{self.name}: {code} is retired already")
            known = sorted(connection.scalars(select(extracts.c.organisation).distinct()))
            if code not in known:
                named = ", ".join(known) or "nobody: it has no run yet"
                raise InputError(f"{self.name}: {code} never sent a list; those who did: {named}")
            newest = connection.scalar(select(func.max(runs.c.run))) or 0
            add_retired(connection, newest, [code], reviewer=reviewer, reason=reason)

    def record(self, run: Run) -> int:
        """Write down a run: all of it or nothing; its number.

        OutputError where another run has been recorded since ``run.last`` was read.
        """
        with self._writing() as connection:
            newest = connection.scalar(select(func.max(runs.c.run)))
            if newest != (run.last.run if run.last else None):
                raise OutputError(
                    f"{self.name}: another run was recorded meanwhile; nothing was recorded: run "
                    "again"
                )
            number = self._begun = (newest or 0) + 1
            write(connection, run, number)
        self._done = number
        return number

    def recorded(self) -> int | None:
        """The run that was recorded since this register was opened, even if nobody was told so."""
        if self._begun and not self._done:
            with self._reading() as connection:
                newest = connection.scalar(select(func.max(runs.c.run))) or 0
            self._done = self._begun if self._begun <= newest else 0
        return self._done or None
