"""What several tests need: typed entries from a few words, all text of a folder."""

from __future__ import annotations

import datetime as dt
import html
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from waitlist_merge import review
from waitlist_merge.combined import combine
from waitlist_merge.decided import NONE, Decided
from waitlist_merge.identity import entry_ids
from waitlist_merge.intake import Extract
from waitlist_merge.pathways import match_pathways
from waitlist_merge.patients import PatientModel, match_patients
from waitlist_merge.plan import MergePlan
from waitlist_merge.review import week
from waitlist_merge.review.arrivals import Allowed
from waitlist_merge.review.people import NOBODY, People
from waitlist_merge.review.register import Register, Run
from waitlist_merge.review.register.tables import ENTRY_DATES, ENTRY_FLAGS, ENTRY_NUMBERS
from waitlist_merge.review.snapshot import ENTRY_COLUMNS, Snapshot
from waitlist_merge.schema import FIELDS, Kind

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Rows = Sequence[Mapping[str, object]]


def typed_frame(rows: Rows) -> pd.DataFrame:
    """Typed entries with ids; a field that a row does not name is missing."""
    columns = {}
    for field in FIELDS:
        values = [row.get(field.name) for row in rows]
        if field.kind is Kind.TEXT:
            columns[field.name] = pd.Series(pd.Categorical(values), dtype="category")
        elif field.kind is Kind.DATE:
            columns[field.name] = pd.Series(pd.to_datetime(values)).astype("datetime64[s]")
        elif field.kind is Kind.FLAG:
            columns[field.name] = pd.Series(pd.array(values, dtype="boolean"))
        else:
            columns[field.name] = pd.Series(values, dtype="float64")
    entries = pd.DataFrame(columns)
    return entries.assign(entry_id=entry_ids(entries))


@pytest.fixture(scope="session")
def typed() -> Callable[[Rows], pd.DataFrame]:
    return typed_frame


MONDAY = dt.date(2026, 11, 16)


def snapshot_entries(names: list[str], **columns: list[object]) -> pd.DataFrame:
    """Entries of these ids; a column that is not given is empty but for the organisation."""
    made = {}
    for name in ENTRY_COLUMNS:
        values = {"entry_id": names, "organisation": ["RM3"] * len(names)} | columns
        given = pd.Series(values.get(name, [None] * len(names)), dtype=object)
        if name in ENTRY_DATES:
            made[name] = pd.to_datetime(given).astype("datetime64[s]")
        elif name in ENTRY_FLAGS:
            made[name] = given.astype("boolean")
        elif name in ENTRY_NUMBERS:
            made[name] = given.astype("Int32").fillna(0).astype("int32")
        else:
            made[name] = given.astype("category")
    return pd.DataFrame(made)


def snapshot_extracts(**rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organisation": list(rows),
            "census_date": np.datetime64(MONDAY, "s"),
            "rows": list(rows.values()),
            "run": 1,
        }
    )


def next_run(register: Register, listed: pd.DataFrame, **more: object) -> Run:
    """The run that comes next in this register, with these entries."""
    last = register.last()
    number = last.run + 1 if last else 1
    snapshot = Snapshot(number, MONDAY, listed, snapshot_extracts(RM3=len(listed)))
    said = {
        "snapshot": snapshot,
        "last": last,
        "model": PatientModel.published(records=1_000),
        "key": register.key(),
        "plan_digest": "0" * 64,
        "thresholds": {},
        "digests": {"RM3": "1" * 64},
        "started_at": dt.datetime.now(dt.UTC),
    }
    return Run(**(said | more))


@pytest.fixture(scope="session")
def entries() -> Callable[..., pd.DataFrame]:
    return snapshot_entries


@pytest.fixture(scope="session")
def extracts() -> Callable[..., pd.DataFrame]:
    return snapshot_extracts


@pytest.fixture(scope="session")
def a_run() -> Callable[..., Run]:
    return next_run


POSTGRESQL = "WAITLIST_MERGE_POSTGRESQL"
"""Names a PostgreSQL that tests may make schemas in: postgresql://user@host/database."""


@contextmanager
def empty_schema() -> Iterator[str]:
    """The URL of an empty schema of the PostgreSQL that the environment names."""
    url = os.environ.get(POSTGRESQL)
    if not url:
        pytest.skip(f"no PostgreSQL to test on: {POSTGRESQL} is not set")
    name = f"register_{secrets.token_hex(6)}"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def register_at(request, tmp_path) -> Iterator[str]:
    """Where a register may be made: a file, and a schema of a PostgreSQL."""
    if request.param == "sqlite":
        yield str(tmp_path / "register.db")
        return
    with empty_schema() as url:
        yield url


@pytest.fixture
def register(tmp_path) -> Iterator[Register]:
    with Register.open(tmp_path / "register.db") as opened:
        yield opened


PERSON = {
    "NHS number": "9990000018",
    "DOB": "3 May 1971",
    "Surname": "Okafor",
    "Forename": "Chidi",
    "Specialty": "110",
}


def list_of(organisation: str, *rows: Mapping[str, object]) -> Extract:
    """The list of an organisation, all rows of one person, with what each says beside."""
    return Extract.from_frame(
        pd.DataFrame([PERSON | row for row in rows]), organisation=organisation
    )


@pytest.fixture(scope="session")
def sent() -> Callable[..., Extract]:
    return list_of


RUN = dt.date(2026, 11, 15)
SHORT = {
    "ppid": "patient_pathway_identifier",
    "issuer": "pathway_identifier_issuer",
    "ubrn": "unique_booking_reference_number",
    "entry": "waiting_list_entry_identifier",
    "referral_id": "referral_identifier",
    "tf": "treatment_function_code",
    "proc": "procedure_code",
    "text": "procedure_text",
    "side": "laterality",
    "status": "rtt_status",
    "list": "waiting_list_type",
    "method": "admission_method",
    "manage": "intended_management",
    "start": "rtt_start_date",
    "stop": "rtt_end_date",
    "removed": "removal_date",
    "due": "planned_date",
    "dta": "decision_to_admit_date",
    "tci": "tci_date",
    "appointment": "next_appointment_date",
    "attended": "last_attended_date",
    "dna": "last_dna_date",
    "cancelled": "last_cancelled_date",
    "ref": "referral_date",
    "original": "original_referral_date",
    "referrer": "referrer_code",
    "referring": "referring_organisation",
    "source": "source_of_referral",
    "mutual": "mutual_aid_provider",
    "transfer": "transfer_status",
    "ptype": "priority_type",
    "pcode": "priority_code",
    "cancer": "suspected_cancer",
    "census": "census_date",
}
"""Short names of fields in tables of cases."""


def rows_of(text: str) -> list[dict[str, object]]:
    """Entries in a line of a table of cases: the organisation, then name=value, ``|`` between."""
    found = []
    for entry in text.split("|"):
        organisation, *said = entry.split()
        row: dict[str, object] = {"organisation": organisation}
        for pair in said:
            name, value = pair.split("=")
            row[SHORT.get(name, name)] = True if name == "cancer" else value.replace("_", " ")
        found.append(row)
    return found


def combined_rows(
    rows: Rows, *, patient: Sequence[int] | None = None, confidence: str = "certain"
) -> SimpleNamespace:
    """The entries of one patient (or of those that ``patient`` numbers), matched and combined."""
    entries = typed_frame(rows)
    census = entries["census_date"].fillna(pd.Timestamp(RUN)).astype("datetime64[s]")
    entries = entries.assign(
        entry_id=[f"E-{number:04}" for number in range(len(rows))],
        extract_census_date=census,
        extract_age_days=(pd.Timestamp(RUN) - census).dt.days.astype("int64"),
    )
    group = np.array(patient or [0] * len(rows), dtype=np.int32)
    pairs = [(a, b) for b in range(len(rows)) for a in range(b) if group[a] == group[b]]
    links = pd.DataFrame(pairs, columns=["a", "b"], dtype=np.int32).assign(
        relation="same_person",
        joins="yes",
        confidence=confidence,
        veto="",
        weight=20.0,
        explanation="Same number",
    )
    people = SimpleNamespace(group=group, links=links)
    match = match_pathways(entries, people, plan=MergePlan(), run_date=RUN)
    combined = combine(entries, people, match, run_date=RUN)
    return SimpleNamespace(entries=entries, people=people, match=match, combined=combined)


@pytest.fixture(scope="session")
def combined_of() -> Callable[..., SimpleNamespace]:
    return combined_rows


@pytest.fixture(scope="session")
def entries_of() -> Callable[[str], list[dict[str, object]]]:
    return rows_of


def accounted_for(
    asked: Path,
    to: Path,
    organisation: str = "RM3",
    reviewer: str | None = None,
    *,
    answer: str = "accounted for",
) -> Path:
    """The workbook with an answer to its first question, which is about who is missing."""
    book = openpyxl.load_workbook(asked)
    sheet = book["Questions"]
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert cells["Level"].value == "unaccounted"
    for heading, value in {
        "Answer": answer,
        "Reviewer": reviewer or f"Clerk of {organisation}",
        "Reviewer's organisation": organisation,
        "Date": dt.datetime(2026, 11, 23),  # noqa: DTZ001
        "Note": "Rang: treated abroad",
    }.items():
        cells[heading].value = value
    book.save(to)
    return to


@pytest.fixture(scope="session")
def fill() -> Callable[..., Path]:
    return accounted_for


def one_monday(
    rows: Rows,
    day: dt.date,
    last: Snapshot | None = None,
    *,
    people: People = NOBODY,
    joined: Sequence[tuple[int, int]] = (),
    model: PatientModel | None = None,
    **options: object,
) -> SimpleNamespace:
    """A run of these entries after ``last``: what ``merge`` does, without files or a register.

    ``joined`` are positions that people have said to be one patient and one need; ``model`` is that
    of the first run, which a register keeps: a weight that moves by itself moves patients. A list
    may be as it likes: the guards are tried in test_review_arrivals.
    """
    entries = typed_frame(rows).assign(
        source_file="list.csv",
        source_row=range(1, len(rows) + 1),
        extract_census_date=np.datetime64(day, "s"),
        extract_age_days=0,
    )
    decided = NONE
    if joined:
        a, b = (np.array(ends, dtype=np.int32) for ends in zip(*sorted(joined), strict=True))
        decided = Decided(a, b, np.ones(len(a), dtype=bool))
    plan = MergePlan()
    codes = {row["organisation"] for row in rows}
    codes |= set() if last is None else set(last.extracts["organisation"])
    allowed = Allowed(*[tuple(sorted(codes))] * 4)
    begun = week.begin(entries, last=last, run_date=day, allowed=allowed, **options)
    match = match_patients(begun.entries, plan.patients, decided=decided, model=model)
    who = week.hold_patients(begun, match, decided)
    needs = match_pathways(begun.entries, who, plan=plan, run_date=day, decided=decided)
    needs = week.hold_pathways(begun, who, needs, decided)
    ids = week.name(begun, who, needs)
    listed = combine(
        begun.entries,
        who,
        needs,
        run_date=day,
        patient_id=pd.Series(ids.patients.ids),
        pathway_id=pd.Series(ids.pathways.ids),
        kept=week.kept_starts_of(begun, ids, needs, people),
        person=needs.person,
    )
    queue = review.questions(begun.entries, who, needs, listed, run_date=day)
    whole = pd.concat([begun.entries, listed.entry_columns], axis=1)
    ended = week.end(begun, ids, whole, listed.combined_list, queue, people=people)
    return SimpleNamespace(
        entries=whole,
        combined_list=listed.combined_list,
        ids=ids,
        week=begun,
        ended=ended,
        model=match.model,
    )


MONDAYS_HELD = 200
"""So many fit into memory, and tests that begin alike are near each other."""


def monday_once() -> Callable[..., SimpleNamespace]:
    """``one_monday``, where a run that nobody said anything of is computed once.

    Many tests begin with the same weeks; what they only read they share.
    """
    held: dict[tuple[object, ...], tuple[Snapshot | None, SimpleNamespace]] = {}

    def monday(
        rows: Rows, day: dt.date, last: Snapshot | None = None, **said: object
    ) -> SimpleNamespace:
        if said.get("people", NOBODY) is not NOBODY or said.keys() - {"people"}:
            return one_monday(rows, day, last, **said)
        # The last run is known by identity, for which it has to live as long as what is held.
        key = (day, id(last), *(tuple(sorted(row.items())) for row in rows))
        if key not in held:
            if len(held) == MONDAYS_HELD:
                del held[next(iter(held))]
            held[key] = last, one_monday(rows, day, last)
        return held[key][1]

    return monday


@pytest.fixture(scope="session")
def monday() -> Callable[..., SimpleNamespace]:
    return monday_once()


def all_text_in(folder: Path) -> str:
    """All text of all files of a folder and their names, in lower case, wherever it hides.

    Of a workbook every part is read as it lies in the file: cells, shared texts, comments, names,
    links, headers and the properties of the document; of Parquet the dictionaries, statistics and
    metadata too.
    """
    said = []
    for path in sorted(folder.iterdir()):
        said.append(path.name)
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                for name in parts.namelist():
                    said += [name, html.unescape(parts.read(name).decode("utf-8", "replace"))]
        elif path.suffix == ".parquet":
            file = pq.ParquetFile(path)
            said += [str(file.metadata.metadata), str(file.schema_arrow)]
            groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
            said += [str(group.column(at)) for group in groups for at in range(group.num_columns)]
            said += [str(each) for column in file.read().columns for each in column.to_pylist()]
        else:
            said.append(path.read_text(encoding="utf-8-sig"))
    return "\n".join(said).lower()


@pytest.fixture(scope="session")
def everything_in() -> Callable[[Path], str]:
    return all_text_in
