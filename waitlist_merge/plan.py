"""The settings of a merge, apart from its files.

Settings are frozen pydantic models: they hold no data and can be compared, hashed and written
down. ``config`` reads them from ``merge.toml``; ``docs/configuration.md`` explains each key.

>>> agreement = {"from": "rm3", "to": "NV323", "kind": "subcontracted", "reports": "RM3"}
>>> plan = MergePlan(agreements=[agreement], hmac_key="a long secret")
>>> plan.agreements[0].from_, plan.agreements[0].reports, plan.stale_days
('RM3', 'RM3', 7)
>>> "secret" in repr(plan) or "secret" in str(plan.public())
False
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from waitlist_merge.schema import CANONICAL

FULL_NAME = "full_name"
"""The one target of a column that is no canonical field: "SURNAME, Forename (Mrs)" in one cell."""

TARGETS: tuple[str, ...] = (*CANONICAL, FULL_NAME)
"""What a column of an extract can be mapped to."""

ORGANISATION_CODE = re.compile(r"[A-Za-z0-9]{3,9}")
"""What looks like the code of an organisation: 3 to 9 letters and digits, as ODS codes are."""


class Pairs(Mapping[str, str]):
    """A mapping of text to text that cannot change and has a hash; order does not count."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping[str, str] | None = None) -> None:
        self._pairs = dict(pairs or {})

    def __getitem__(self, key: str) -> str:
        return self._pairs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs.items()))

    def __repr__(self) -> str:
        return repr(self._pairs)


def _fault(expected: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{expected}", {"expected": expected})


def _one_of(names: tuple[str, ...], value: str) -> str:
    if value not in names:
        context = {"expected": "a field that docs/configuration.md lists", "names": names}
        raise PydanticCustomError("name", "{expected}", context)
    return value


def _target(value: str) -> str:
    return _one_of(TARGETS, value)


def _canonical(value: str) -> str:
    return _one_of(CANONICAL, value)


def _organisation(value: str) -> str:
    if not ORGANISATION_CODE.fullmatch(value.strip()):
        raise _fault("an organisation code of 3 to 9 letters and digits")
    return value.strip().upper()


def _service(value: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{3}", value):
        raise _fault('a treatment function code of three characters, as text, such as "110"')
    return value


def _day(value: object) -> object:
    """Only a TOML date or ISO text: a bare number would be taken for seconds since 1970."""
    if isinstance(value, date | str):
        return value
    raise _fault("a date as YYYY-MM-DD")


def _encoding(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError:
        raise _fault("an encoding such as utf-8, utf-16 or cp1252") from None


def _date_format(value: str) -> str:
    """A format must bring back the day, month and year that it wrote."""
    probe = date(2003, 2, 1)
    try:
        fits = datetime.strptime(probe.strftime(value), value).date() == probe  # noqa: DTZ007
    except ValueError:
        fits = False
    if not fits:
        raise _fault("a format with day, month and year, such as %d/%m/%Y")
    return value


def _nhs_number(value: str) -> str:
    digits = value.replace(" ", "")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise _fault("pairs of an old and a new number, each ten digits as text")
    return digits


Day = Annotated[date, BeforeValidator(_day)]
Organisation = Annotated[str, AfterValidator(_organisation)]
Service = Annotated[str, AfterValidator(_service)]
Filled = Annotated[str, StringConstraints(min_length=1)]
NhsNumber = Annotated[str, AfterValidator(_nhs_number)]
Frozen = AfterValidator(Pairs), PlainSerializer(dict)


class Settings(BaseModel):
    """Base of all settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def digest(self) -> str:
        """SHA-256 of the settings, as 64 hexadecimal characters; secrets do not enter it."""
        text = json.dumps(self.public(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def public(self) -> dict[str, object]:
        """The settings as plain values that a manifest may show: no secret, no patient's number."""
        return self.model_dump(mode="json", by_alias=True)


class ExtractPlan(Settings):
    """How one extract, or all that a glob names, is read where it cannot be told from the file.

    Everything but ``path`` may be left out: intake then looks at the file itself. ``columns`` maps
    a heading of the file to a canonical field (or ``full_name``), ``constants`` a canonical field
    to the one value that it has in every row.

    >>> plan = ExtractPlan(path="extracts/RM3*.xlsx", columns={"Forename 1": "given_name"})
    >>> plan.covers("extracts/RM3_list.xlsx"), plan.columns["Forename 1"]
    (True, 'given_name')
    """

    path: Filled
    organisation: Organisation | None = None
    sheet: Filled | None = None
    header_row: Annotated[StrictInt, Field(ge=1)] | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    date_format: Annotated[str, AfterValidator(_date_format)] | None = None
    columns: Annotated[Mapping[str, Annotated[str, AfterValidator(_target)]], *Frozen] = Pairs()
    constants: Annotated[Mapping[Annotated[str, AfterValidator(_canonical)], str], *Frozen] = (
        Pairs()
    )
    census_date: Day | None = None
    keep_unmapped: StrictBool = False

    @model_validator(mode="after")
    def _one_way_to_read_dates(self) -> Self:
        if self.date_order and self.date_format:
            raise _fault("either date_order or date_format, not both")
        return self

    def covers(self, path: str | Path) -> bool:
        """True where this file is the one, or one of those, that ``path`` names.

        A pattern without a folder is compared with the file's name alone, one with a folder from
        where the program runs.
        """
        given, named = Path(path), Path(self.path)
        if len(named.parts) == 1:
            return given.name == named.name or fnmatch(given.name, named.name)
        given, named = given.absolute(), named.absolute()
        return given == named or fnmatch(given.as_posix(), named.as_posix())


class Agreement(Settings):
    """A standing arrangement: one organisation's patients are seen by another.

    ``services`` are treatment function codes, none for all; ``reports`` is the organisation that
    reports the wait, as the contract states it: the library never decides that (domain 5.2).
    ``start`` and ``end`` are the first and last day it holds, open where missing.

    >>> Agreement(from_="RM3", to="NV323", kind="diagnostic", reports="RM3").services
    ()
    """

    from_: Annotated[Organisation, Field(alias="from")]
    to: Organisation
    services: tuple[Service, ...] = ()
    kind: Literal["subcontracted", "diagnostic"]
    reports: Organisation
    start: Day | None = None
    end: Day | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.from_ == self.to:
            raise _fault("two different organisations in from and to")
        if self.reports not in {self.from_, self.to}:
            raise _fault(f"{self.from_} or {self.to} in reports")
        if self.start and self.end and self.end < self.start:
            raise _fault("an end on or after start")
        return self


class PatientPlan(Settings):
    """When two entries are taken for one person, and how much the search may use.

    Weights are log2 of a Bayes factor: 5 means that the evidence is 32 times as likely of one
    person as of two. Accepting at 5, and only where the next best candidate is 5 away, is what
    NHS England's linkage model does (domain 4.3); CRATE accepts at the like (domain 4.4).
    """

    match_weight: StrictFloat = 5.0
    possible_weight: StrictFloat = 0.0
    margin: Annotated[StrictFloat, Field(ge=0)] = 5.0
    memory_mb: Annotated[StrictInt, Field(ge=64)] = 4096
    workers: Annotated[StrictInt, Field(ge=1)] = 2
    chunk_pairs: Annotated[StrictInt, Field(ge=1000)] = 2_000_000

    @model_validator(mode="after")
    def _asks_below_accepting(self) -> Self:
        if self.possible_weight > self.match_weight:
            raise _fault("a possible_weight that is not over match_weight")
        return self


class MergePlan(Settings):
    """Everything that decides a merge, apart from its files.

    ``superseded_numbers`` are pairs of an old and a new NHS number of one person. ``stale_days`` is
    how much older than the run an extract may be. ``hmac_key`` keys ``entry_id``; without it a
    fixed public one is used, and the manifest says so. ``keep_unmapped`` keeps the columns that
    were not recognised, of every extract.

    >>> MergePlan().digest() == MergePlan(hmac_key="secret of the region").digest()
    False
    """

    patients: PatientPlan = PatientPlan()
    agreements: tuple[Agreement, ...] = ()
    superseded_numbers: tuple[tuple[NhsNumber, NhsNumber], ...] = Field(default=(), repr=False)
    stale_days: Annotated[StrictInt, Field(ge=0)] = 7
    hmac_key: Annotated[str, StringConstraints(min_length=8)] | None = Field(
        default=None, repr=False
    )
    keep_unmapped: StrictBool = False

    def public(self) -> dict[str, object]:
        """The plan for the manifest: that there is a key and how many numbers, never which."""
        shown = self.model_dump(
            mode="json", by_alias=True, exclude={"hmac_key", "superseded_numbers"}
        )
        key = "from the plan" if self.hmac_key else "fixed public"
        return shown | {"key": key, "superseded_numbers": len(self.superseded_numbers)}


class MergeConfig(Settings):
    """One ``merge.toml``: how each extract is read, the plan, and the run's date."""

    extracts: tuple[ExtractPlan, ...] = ()
    plan: MergePlan = MergePlan()
    census_date: Day | None = None

    def public(self) -> dict[str, object]:
        """How extracts are read, and the plan without what it keeps to itself."""
        extracts = [each.public() for each in self.extracts]
        day = self.census_date.isoformat() if self.census_date else None
        return {"extracts": extracts, "plan": self.plan.public(), "census_date": day}

    def options_for(self, path: str | Path) -> ExtractPlan | None:
        """How this file is to be read: the first extract that covers it, or None."""
        return next((each for each in self.extracts if each.covers(path)), None)
