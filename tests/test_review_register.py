"""What the register keeps, and what it refuses."""

from __future__ import annotations

import datetime as dt
import errno
from contextlib import closing, contextmanager
from dataclasses import replace

import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.dialects import mssql
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.schema import CreateTable

from waitlist_merge.errors import ConfigError, InputError, MissingExtra, OutputError, WaitlistError
from waitlist_merge.patients import PatientModel
from waitlist_merge.review.register import Register, migrate
from waitlist_merge.review.register.engine import address, engine_of, one_line
from waitlist_merge.review.register.migrate import VERSION_TABLE, steps
from waitlist_merge.review.register.migrations import added
from waitlist_merge.review.register.tables import METADATA
from waitlist_merge.review.rows import AnswerRow, ContactRow, WorkRow
from waitlist_merge.review.snapshot import ENTRY_COLUMNS, Snapshot

MONDAY = dt.date(2026, 11, 16)
SAID = {"recorded_at": dt.datetime(2026, 11, 16), "recorded_by": "ann"}  # noqa: DTZ001
MODEL = PatientModel.published(records=1_000)


def count(register: Register, table: str) -> int:
    with register._engine.connect() as connection:
        rows = select(func.count()).select_from(METADATA.tables[table])
        return connection.execute(rows).scalar()


@pytest.fixture
def register(register_at):
    with Register.open(register_at) as opened:
        yield opened


@pytest.fixture(scope="session")
def two(entries):
    return entries(
        ["E-1", "E-2"],
        patient_id=["P-1", "P-2"],
        family_name=["Ó Brádaigh", None],
        birth_date=["1971-05-03", None],
        suspected_cancer=[True, None],
        patient_since=[1, 1],
    )


def test_a_new_register_knows_nothing(register):
    assert register.last() is None
    assert register.model() is None
    assert register.runs().empty
    assert register.answers() == [] == register.work()


def test_a_run_is_read_back_as_it_was_recorded(register, a_run, two):
    assert register.record(a_run(register, two)) == 1
    last = register.last()
    assert (last.run, last.run_date) == (1, MONDAY)
    for name in ENTRY_COLUMNS:
        missing = two[name].isna()
        assert last.entries[name].isna().equals(missing), name
        assert last.entries[name][~missing].tolist() == two[name][~missing].tolist(), name
    assert last.entries["birth_date"].dtype == "datetime64[s]"
    assert last.entries["suspected_cancer"].dtype == "boolean"
    assert last.extracts.iloc[0].tolist() == ["RM3", pd.Timestamp(MONDAY), 2, 1]
    assert register.model().digest == MODEL.digest
    assert register.digests(1) == {"RM3": "1" * 64}


def test_a_run_counts_as_recorded_once_it_is_there(register, a_run, two, monkeypatch):
    assert register.recorded() is None
    with monkeypatch.context() as patched:
        patched.setattr("waitlist_merge.review.register.register.write", stopped)
        with pytest.raises(KeyboardInterrupt):
            register.record(a_run(register, two))
    assert register.recorded() is None
    done = register._writing

    @contextmanager
    def interrupted_after():
        with done() as connection:
            yield connection
        raise KeyboardInterrupt

    register._writing = interrupted_after
    with pytest.raises(KeyboardInterrupt):
        register.record(a_run(register, two))
    assert register.recorded() == 1


def stopped(*_):
    raise KeyboardInterrupt


def test_an_unchanged_list_adds_nothing_but_the_run(register, a_run, two):
    register.record(a_run(register, two))
    held = {table: count(register, table) for table in METADATA.tables}
    register.record(a_run(register, two.iloc[::-1].reset_index(drop=True)))
    now = {table: count(register, table) for table in METADATA.tables}
    assert {name for name in now if now[name] != held[name]} == {"runs", "extracts"}


def test_only_what_changed_is_written_again_and_every_run_can_be_read(
    register, a_run, entries, two
):
    register.record(a_run(register, two))
    second = entries(["E-2", "E-3"], patient_id=["P-2", "P-9"], tci_date=["2026-12-01", None])
    register.record(a_run(register, second))
    assert count(register, "entries") == 5  # E-1 no longer known, E-2 changed, E-3 new
    assert register.last().entries["entry_id"].tolist() == ["E-2", "E-3"]
    assert register.snapshot(1).entries["entry_id"].tolist() == ["E-1", "E-2"]
    assert register.snapshot(1).entries["tci_date"].isna().all()
    with pytest.raises(InputError, match="has no run 3"):
        register.snapshot(3)


def test_an_entry_that_is_known_again_is_there_again(register, a_run, two):
    for listed in (two, two.iloc[:1], two):
        register.record(a_run(register, listed))
    assert register.last().entries["entry_id"].tolist() == ["E-1", "E-2"]


def test_an_empty_list_is_recorded(register, a_run, two):
    register.record(a_run(register, two.iloc[:0]))
    assert len(register.last().entries) == 0


def test_an_organisation_that_sent_nothing_keeps_its_newest_extract(register, a_run, extracts, two):
    register.record(a_run(register, two))
    late = Snapshot(2, MONDAY, two, extracts(RM3=2, RW3=7))
    register.record(a_run(register, two, snapshot=late, digests={"RW3": "2" * 64}))
    assert register.last().extracts["organisation"].tolist() == ["RM3", "RW3"]
    assert register.digests(2) == {"RW3": "2" * 64}


def test_the_key_is_made_once_and_kept(register, a_run, two):
    key = register.key()
    assert register.key() == key
    register.record(a_run(register, two))
    assert register.key() == key == register.key(planned=key)
    with pytest.raises(ConfigError, match="another hmac_key"):
        register.key(planned="another secret")


def test_the_key_of_the_plan_becomes_the_register_s(register, a_run, two):
    register.record(a_run(register, two, key=register.key(planned="a secret of ours")))
    assert register.key() == "a secret of ours"


def test_a_run_that_began_from_an_older_state_is_not_recorded(register, a_run, two):
    one, other = a_run(register, two), a_run(register, two.iloc[:1])
    register.record(one)
    with pytest.raises(OutputError, match="recorded meanwhile"):
        register.record(other)
    assert len(register.runs()) == 1


def test_a_run_that_fails_half_way_leaves_nothing(register, a_run, two):
    broken = a_run(register, two, digests={})
    broken = replace(broken, id_log=pd.DataFrame({"a": ["x"]}), changes=pd.DataFrame({"a": [{}]}))
    with pytest.raises(TypeError):
        register.record(replace(broken, accepted=[object()]))
    assert {name: count(register, name) for name in METADATA.tables} == dict.fromkeys(
        METADATA.tables, 0
    )


def test_what_a_run_told_is_kept_row_by_row(register, a_run, two):
    log = pd.DataFrame({"old_id": ["P-1"], "new_id": ["P-2"], "since": pd.to_datetime([MONDAY])})
    register.record(a_run(register, two, id_log=log))
    assert register.told("id_log", 1).to_dict("records") == [
        {"old_id": "P-1", "new_id": "P-2", "since": "2026-11-16"}
    ]
    assert register.told("changes", 1).empty


ANSWER = AnswerRow(
    "A-1",
    "Q-1",
    "patient",
    ("E-1", "E-2"),
    (0, 1),
    "different people",
    reviewer="Zoë Clerk",
    organisation="RM3",
    answered_on=MONDAY,
    facts={"birth_date": (0, 1)},
    run=1,
)


def test_an_answer_is_recorded_once(register):
    assert register.add_answers([ANSWER, ANSWER]) == 1
    taken_back = replace(ANSWER, answer_id="A-2", answer="", undoes="A-1")
    assert register.add_answers([ANSWER, taken_back]) == 1
    first, second = register.answers()
    assert replace(first, recorded_at=None) == ANSWER
    assert second.undoes == "A-1"
    assert second.recorded_at is not None


def test_work_is_recorded_once(register):
    step = WorkRow("K-1", "Q-1", ("E-1",), "with ORG", owner="RM3", due=MONDAY)
    assert [register.add_work([step]), register.add_work([step])] == [1, 0]
    assert replace(register.work()[0], recorded_at=None) == step


@pytest.mark.parametrize("act", ["UPDATE answers SET note = 'x'", "DELETE FROM answers"])
def test_the_database_itself_refuses_to_change_what_was_said(register, act):
    register.add_answers([ANSWER])
    with pytest.raises(DBAPIError, match="only ever added"), register._engine.begin() as connection:
        connection.execute(text(act))
    assert register.answers()[0].note == ""


def test_the_steps_lead_to_the_tables_of_this_version(register):
    with register._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_opening_again_changes_nothing(register_at, a_run, two):
    with Register.open(register_at) as register:
        register.record(a_run(register, two))
    with Register.open(register_at, create=False) as register:
        assert register.last().entries["entry_id"].tolist() == ["E-1", "E-2"]


def test_a_register_of_a_newer_version_is_refused(register_at):
    with Register.open(register_at) as register, register._engine.begin() as connection:
        connection.execute(text("UPDATE register_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="newer version of waitlist_merge"):
        Register.open(register_at)


def test_a_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.db"
    with closing(create_engine(f"sqlite:///{path}").raw_connection()) as connection:
        connection.execute("CREATE TABLE lists (a)")
    with pytest.raises(InputError, match="is not a register but holds other tables"):
        Register.open(path)


def test_what_cannot_be_opened_is_said_in_one_line(tmp_path):
    text_file = tmp_path / "list.csv"
    text_file.write_text("NHS number\n" * 1000)
    said = (
        (text_file, True, InputError, "is not a register"),
        (tmp_path, True, OutputError, "is a folder"),
        (tmp_path / "none" / "reg.db", True, OutputError, "folder that is there"),
        (tmp_path / "reg.db", False, InputError, "there is no register"),
        ("oracle+nothing://host/db", True, ConfigError, "no such kind of database"),
        ("mysql://host/db", True, ConfigError, "no such kind of database"),
        ("://", True, ConfigError, "no URL"),
        ("postgresql://ann:secret@host:port/db", True, ConfigError, "no URL"),
        ("postgresql://ann:secret@127.0.0.1:1/none", True, InputError, "cannot be reached"),
    )
    for at, create, kind, words in said:
        with pytest.raises(kind, match=words) as caught:
            Register.open(at, create=create)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)
    assert text_file.read_text().startswith("NHS number")


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ('FATAL:  role "ann" does not exist', "user in; check user and password in the URL"),
        ('FATAL:  database "ann" does not exist', "no such database; make it first"),
        ('ERROR:  permission denied for role "ann"', "may not be written; ask for the right"),
    ],
)
def test_what_a_database_says_has_its_own_cure(told, line):
    url = address("postgresql://ann:secret@host/ann")
    with pytest.raises(WaitlistError, match=line), one_line(url):
        raise OperationalError("connect", None, Exception(told))


def test_a_file_that_may_not_be_written_says_so(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pathlib.Path.touch", denied)
    with pytest.raises(OutputError, match="may not be written; ask for the right to write it"):
        Register.open(tmp_path / "reg.db")


@pytest.mark.parametrize("in_use", [False, True])
def test_a_file_that_may_not_be_written_is_read_all_the_same(tmp_path, monkeypatch, in_use):
    path = tmp_path / "Ann's register.db"
    writer = Register.open(path)
    writer.add_answers([ANSWER])
    if not in_use:
        writer.close()
    before, there = path.read_bytes(), sorted(tmp_path.iterdir())
    assert len(there) == (3 if in_use else 1), "its log lies beside it"
    monkeypatch.setattr("os.access", lambda *_: False)
    with Register.open(path, create=False, reads=True) as register:
        assert [each.answer_id for each in register.answers()] == [ANSWER.answer_id]
        assert register.name == str(path)
        with pytest.raises(OutputError, match="may not be written"):
            register.add_answers([replace(ANSWER, answer_id="A-2")])
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == (before, there)
    writer.close()


def test_a_missing_driver_names_its_extra():
    with pytest.raises(MissingExtra, match=r"waitlist-merge\[sqlserver\]"):
        Register.open("mssql+pyodbc://host/db")


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "reg.db"
    Register.open(path).close()
    assert path.stat().st_mode & 0o077 == 0


def test_sqlite_writes_ahead(tmp_path):
    with Register.open(tmp_path / "reg.db") as register, register._engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_the_tables_can_be_made_on_sql_server():
    for table in METADATA.sorted_tables:
        made = str(CreateTable(table).compile(dialect=mssql.dialect()))
        keys = [column for column in table.columns if column.primary_key or column.unique]
        assert all("max" not in str(each.type.compile(mssql.dialect())) for each in keys), made


def test_steps_follow_one_another():
    assert list(steps()) == sorted(steps())


def findings(*rows: tuple[str, str | None, str, str]) -> pd.DataFrame:
    columns = ["organisation", "entry_id", "field", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(message="not kept")


def test_findings_are_kept_from_list_to_list_and_mended_ones_go(register, a_run, two):
    first = findings(
        ("RM3", "E-1", "postcode", "placeholder"),
        ("RM3", None, "title", "unmapped"),
        ("RM3", "E-1", "postcode", "placeholder"),
    )
    second = findings(
        ("RM3", "E-2", "nhs_number", "check_digit"), ("RM3", None, "title", "unmapped")
    )
    register.record(a_run(register, two, findings=first))
    register.record(a_run(register, two, findings=second))
    assert register.findings(1)["entry_id"].tolist() == ["", "E-1"]
    assert register.findings(2)["entry_id"].tolist() == ["", "E-2"]
    assert count(register, "findings") == 4
    register.record(a_run(register, two, findings=second))
    assert count(register, "findings") == 4


def test_findings_of_an_organisation_that_sent_nothing_stay(register, a_run, two):
    first = findings(("RM3", "E-1", "postcode", "placeholder"))
    register.record(a_run(register, two, findings=first))
    register.record(a_run(register, two, findings=first.iloc[:0], digests={"RW3": "2" * 64}))
    assert register.findings(2)["entry_id"].tolist() == ["E-1"]


QUEUE = pd.DataFrame(
    {
        "question_id": ["Q-1", "Q-2"],
        "level": ["patient", "pathway"],
        "organisations": ["RM3;RW3", "RM3"],
        "state": ["open", "open"],
        "urgent": [True, False],
        "why": ["not kept", "not kept"],
    }
)


def test_questions_are_known_since_they_were_first_asked(register, a_run, two):
    assert register.questions().empty
    answered = QUEUE.assign(state=["waiting for RW3", "open"])
    for queue in (QUEUE, answered, answered.iloc[:1], answered):
        register.record(a_run(register, two, questions=queue))
    assert register.questions(1)["state"].tolist() == ["open", "open"]
    assert register.questions(3)["question_id"].tolist() == ["Q-1"]
    now = register.questions()
    assert now["state"].tolist() == ["waiting for RW3", "open"]
    assert now["first_run"].tolist() == [1, 1]
    assert now["first_date"].tolist() == [pd.Timestamp(2026, 11, 16)] * 2
    assert count(register, "questions") == 5  # two asked, one changed, one gone, one back
    register.record(a_run(register, two, questions=answered))
    assert count(register, "questions") == 5


@pytest.fixture
def old_register(register_at):
    """A register of the first form, with an answer in it."""
    url = address(register_at)
    engine = engine_of(url)
    with engine.begin() as connection:
        migrate.upgrade(connection, to="0001")
        connection.execute(METADATA.tables["answers"].insert(), ANSWER.to_record() | SAID)
        told = {"work_id": "K-1", "question_id": "Q-1", "entry_ids": "E-1", "state": "with RM3"}
        connection.execute(METADATA.tables["work"].insert(), told | SAID)
    engine.dispose()
    return register_at


def test_a_register_of_an_older_version_is_brought_up_to_date(old_register, a_run, two):
    with Register.open(old_register) as register:
        assert [each.answer_id for each in register.answers()] == ["A-1"]
        assert [(each.work_id, each.undoes) for each in register.work()] == [("K-1", "")]
        register.record(a_run(register, two, questions=QUEUE))
        assert len(register.questions()) == 2
        spoken = ContactRow("C-1", "P-1", ("E-1",), reviewer="Zoë Clerk", said_on=MONDAY)
        assert [register.add_contacts([spoken]), register.add_contacts([spoken])] == [1, 0]
        assert [replace(each, recorded_at=None) for each in register.contacts()] == [spoken]
        with pytest.raises(DBAPIError, match="only ever added"), register._engine.begin() as made:
            made.execute(text("DELETE FROM questions"))


def test_a_step_that_fails_leaves_the_register_as_it_was(old_register, monkeypatch):
    def failing(_table):
        raise ZeroDivisionError

    monkeypatch.setattr(added, "only_ever_added", failing)
    with pytest.raises(ZeroDivisionError):
        Register.open(old_register)
    engine = engine_of(address(old_register))
    with engine.connect() as connection:
        assert migrate.form(connection) == "0001"
        assert not inspect(connection).has_table("questions")
    engine.dispose()
    monkeypatch.undo()
    with Register.open(old_register) as register:
        assert len(register.answers()) == 1


def test_a_name_that_a_stream_of_rows_could_mistake_is_kept_as_it_is(register, a_run, entries):
    names = ["O\tBrien\n\\N", "\\.", '"x",', ""]
    listed = entries([f"E-{at}" for at in range(4)], family_name=names)
    register.record(a_run(register, listed))
    assert register.last().entries["family_name"].tolist() == names


def test_two_rows_of_one_entry_are_one_line_and_record_nothing(register, a_run, entries):
    with pytest.raises(OutputError, match="at the same time; nothing was recorded"):
        register.record(a_run(register, entries(["E-1", "E-1"])))
    assert register.last() is None
    assert register.runs().empty
