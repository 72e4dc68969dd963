"""The register when its program is killed, and when several people write at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.review.register import Register
from waitlist_merge.review.register.tables import METADATA
from waitlist_merge.review.rows import AnswerRow

KILLED = """
import datetime as dt, os, signal, sys
from dataclasses import replace
from sqlalchemy import event
import pandas as pd
from waitlist_merge.review.register import Register, Run, adding, writing

register = Register.open(sys.argv[1])
left = [int(sys.argv[2])]

def add(connection, table, rows):
    adding.add(connection, table, rows)
    left[0] -= bool(rows)
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

writing.add = add

last = register.last()
entries = last.entries.assign(patient_id=pd.Categorical(["P-9"] * len(last.entries)))
log = pd.DataFrame({"old_id": ["P-1"], "new_id": ["P-9"]})
register.record(
    Run(
        snapshot=replace(last, run=last.run + 1, entries=entries),
        last=last,
        model=register.model(),
        key=register.key(),
        plan_digest="0" * 64,
        thresholds=register.thresholds(),
        digests=register.digests(last.run),
        started_at=dt.datetime.now(dt.UTC),
        changes=log,
        id_log=log,
    )
)
"""

MANY = 3_000
"""Entries that do not fit the memory of a database: what is killed has reached the disk."""

STEPS = 4
"""Tables that such a run adds rows to beside its own: extracts, entries, changes, id log."""


def counts(register: Register) -> dict[str, int]:
    with register._engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar()
            for name, table in METADATA.tables.items()
        }


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in other ways")
def test_a_run_that_is_killed_in_mid_write_leaves_nothing(register_at, a_run, entries):
    names = [f"E-{number:012}" for number in range(MANY)]
    with Register.open(register_at) as register:
        register.record(a_run(register, entries(names, family_name=["Okafor" * 300] * MANY)))
        held = counts(register)
    for step in (2, STEPS):
        killed = subprocess.run([sys.executable, "-c", KILLED, register_at, str(step)], check=False)
        assert killed.returncode == -signal.SIGKILL
        with Register.open(register_at) as register:
            assert counts(register) == held
            assert register.last().entries["patient_id"].isna().all()
    done = subprocess.run([sys.executable, "-c", KILLED, register_at, "99"], check=False)
    assert done.returncode == 0
    with Register.open(register_at) as register:
        assert set(register.last().entries["patient_id"]) == {"P-9"}
        assert counts(register)["entries"] == 2 * MANY


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in other ways")
def test_a_register_that_was_killed_while_it_was_made_is_made_again(register_at):
    making = KILLED.replace(
        "register = Register.open(sys.argv[1])",
        """
from sqlalchemy.engine import Engine
left = [int(sys.argv[2])]

@event.listens_for(Engine, "after_cursor_execute")
def kill_at(connection, cursor, statement, *rest):
    if "CREATE TABLE" in statement:
        left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

register = Register.open(sys.argv[1])
""",
    )
    killed = subprocess.run([sys.executable, "-c", making, register_at, "5"], check=False)
    assert killed.returncode == -signal.SIGKILL
    with Register.open(register_at) as register:
        assert set(counts(register).values()) == {0}


def answer(name: str) -> AnswerRow:
    return AnswerRow(name, "Q-1", "patient", ("E-1", "E-2"), (0, 1), "same person")


def test_two_people_who_write_at_once_lose_nothing(register_at):
    Register.open(register_at).close()
    ready = Barrier(2)

    def write(person: str) -> int:
        with Register.open(register_at) as register:
            ready.wait()
            own = [register.add_answers([answer(f"{person}-{at}")]) for at in range(20)]
            return sum(own) + register.add_answers([answer(f"both-{at}") for at in range(20)])

    with ThreadPoolExecutor() as pool:
        new = list(pool.map(write, ("one", "other")))
    with Register.open(register_at) as register:
        said = [each.answer_id for each in register.answers()]
    assert len(said) == len(set(said)) == sum(new) == 60


def test_of_two_runs_at_once_one_is_recorded(register_at, a_run, entries):
    with Register.open(register_at) as register:
        register.record(a_run(register, entries(["E-1"])))
    ready = Barrier(2)

    def record(name: str) -> str:
        with Register.open(register_at) as register:
            run = a_run(register, entries([name]))
            ready.wait()
            try:
                register.record(run)
            except OutputError as refused:
                return str(refused)
            return ""

    with ThreadPoolExecutor() as pool:
        said = sorted(pool.map(record, ("E-2", "E-3")))
    assert said[0] == ""
    assert "recorded meanwhile" in said[1]
    with Register.open(register_at) as register:
        assert len(register.runs()) == 2


def test_a_new_register_that_two_open_at_once_is_made_once(register_at):
    ready = Barrier(4)

    def opened(_: int) -> bool:
        ready.wait()
        with Register.open(register_at) as register:
            return register.last() is None

    with ThreadPoolExecutor() as pool:
        assert all(pool.map(opened, range(4)))


def test_a_reader_sees_the_last_run_while_another_is_written(register_at, a_run, entries):
    with Register.open(register_at) as register, Register.open(register_at) as reader:
        register.record(a_run(register, entries(["E-1"])))
        with register._writing() as connection:
            connection.execute(
                METADATA.tables["meta"].insert(), {"name": "half", "value": "written"}
            )
            assert reader.last().entries["entry_id"].tolist() == ["E-1"]
            assert counts(reader)["meta"] == 1


def test_two_who_retire_an_organisation_at_once_are_told_apart(register_at, a_run, entries):
    with Register.open(register_at) as one, Register.open(register_at) as other:
        one.record(a_run(one, entries(["E-1"])))
        begin = one._writing

        def after_the_other():
            other.retire("RM3", reviewer="B. Lead", reason="Closed")
            return begin()

        one._writing = after_the_other
        with pytest.raises(InputError, match="RM3 is retired already"):
            one.retire("RM3", reviewer="C. Lead", reason="Closed")
        assert counts(one)["retired"] == 1
