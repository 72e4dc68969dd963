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

from collections.abc import Mapping, Sequence
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    PrivateAttr,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    model_validator,
)

from waitlist_merge.settings import (
    ORGANISATION_CODE,
    SURVIVOR_CHOICES,
    Constants,
    DateFormat,
    Day,
    Encoding,
    Filled,
    NhsNumber,
    Organisation,
    Pairs,
    Service,
    Services,
    Settings,
    Survivorship,
    Targets,
    fault,
)

__all__ = [
    "ORGANISATION_CODE",
    "Agreement",
    "ExtractPlan",
    "MergeConfig",
    "MergePlan",
    "PatientPlan",
]


class ExtractPlan(Settings):
    """How one extract, or all that a glob names, is read where it cannot be told from the file.

    Everything but ``path`` may be left out: intake then looks at the file itself. ``columns`` maps
    a heading of the file to a canonical field (or ``full_name``, or ``ignore``), ``constants`` a
    canonical field to the one value that it has in every row.

    >>> plan = ExtractPlan(path="extracts/RM3*.xlsx", columns={"Forename 1": "given_name"})
    >>> plan.covers("extracts/RM3_list.xlsx"), plan.columns["Forename 1"]
    (True, 'given_name')
    """

    path: Filled
    organisation: Organisation | None = None
    sheet: Filled | None = None
    header_row: Annotated[StrictInt, Field(ge=1)] | None = None
    encoding: Encoding | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    date_format: DateFormat | None = None
    columns: Targets = Pairs()
    constants: Constants = Pairs()
    census_date: Day | None = None
    keep_unmapped: StrictBool = False

    @model_validator(mode="after")
    def _one_way_to_read_dates(self) -> Self:
        if self.date_order and self.date_format:
            raise fault("either date_order or date_format, not both")
        return self

    def covers(self, path: str | Path, *, folder: str | Path = "") -> bool:
        """True where this file is the one, or one of those, that ``path`` names.

        A pattern without a folder is compared with the file's name alone, one with a folder from
        ``folder``, by default where the program runs.
        """
        if len(Path(self.path).parts) == 1:
            return self.is_named(path)
        given, named = _placed(Path(path)), _placed(Path(folder, self.path))
        return given == named or fnmatch(given.as_posix(), named.as_posix())

    def is_named(self, path: str | Path) -> bool:
        """True where the file's name is the one, or one of those, that ``path`` ends with."""
        given, named = Path(path).name, Path(self.path).name
        return given == named or fnmatch(given, named)


def _placed(path: Path) -> Path:
    """The path from the root, its own name as given: it may be a pattern or a link."""
    return path.parent.resolve() / path.name


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
            raise fault("two different organisations in from and to")
        if self.reports not in {self.from_, self.to}:
            raise fault(f"{self.from_} or {self.to} in reports")
        if self.start and self.end and self.end < self.start:
            raise fault("an end on or after start")
        return self

    def holds_on(self, day: date) -> bool:
        """True from its first day to its last."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


THRESHOLDS = ("match_weight", "possible_weight", "margin")
"""The settings that a register keeps with its model: with others the same weights join others."""


class PatientPlan(Settings):
    """When two entries are taken for one person, and how many pairs are compared at once.

    Weights are log2 of the odds: 6 means that two entries are 64 times as likely of one person as
    of two, be these strangers or relatives of one home. NHS England's linkage model and CRATE
    accept at 5 and the like (domain 4.3, 4.4); a false merge costs more here, so what lies between
    0 and 6 is asked. A record is not joined where its next best candidate is within ``margin``
    (domain 4.3). ``chunk_pairs`` is how many pairs are compared at once, fewer where ``memory_gb``
    (of what the search holds at a time, beside records and links) says so; ``workers`` is the
    threads that share it and the stages after it. None of these changes a result.
    """

    match_weight: StrictFloat = 6.0
    possible_weight: StrictFloat = 0.0
    margin: Annotated[StrictFloat, Field(ge=0)] = 5.0
    chunk_pairs: Annotated[StrictInt, Field(ge=1000)] = 250_000
    memory_gb: Annotated[StrictFloat, Field(gt=0)] | None = None
    workers: Annotated[StrictInt, Field(ge=1, le=64)] = 2

    @property
    def thresholds(self) -> dict[str, float]:
        """What decides, of the weights of a model, who is joined and who is asked about."""
        return {name: getattr(self, name) for name in THRESHOLDS}

    @model_validator(mode="after")
    def _asks_below_accepting(self) -> Self:
        if self.possible_weight > self.match_weight:
            raise fault("a possible_weight that is not over match_weight")
        return self


class MergePlan(Settings):
    """Everything that decides a merge, apart from its files.

    ``superseded_numbers`` are pairs of an old and a new NHS number of one person. ``stale_days`` is
    how much older than the run an extract may be. ``hmac_key`` keys ``entry_id``; without it a
    fixed public one is used, and the manifest says so. ``keep_unmapped`` keeps the columns that
    were not recognised, of every extract. ``survivorship`` names, for some fields of a combined
    row, another rule by which one of several entries gives the value. ``sensitive_services`` are
    codes of services and ranges of them whose entries no other organisation's view shows: by
    default sexual health (360, 504), genetics (311), clinical psychology (656) and learning
    disability and mental health (700-730). A run stops where one of ``expected_organisations``
    sends no list; one of ``retired_organisations`` has closed for good, and none is expected.

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
    survivorship: Survivorship = Pairs()
    sensitive_services: tuple[Services, ...] = ("360", "504", "311", "656", "700-730")
    expected_organisations: tuple[Organisation, ...] = ()
    retired_organisations: tuple[Organisation, ...] = ()

    @classmethod
    def of_manifest(cls, public: Mapping[str, object]) -> Self:
        """The plan of an earlier run as its manifest tells it: without key and numbers.

        Nor has it rules of survivorship of a program's own: only that program knows them.
        """
        untold = ("key", "superseded_numbers")
        told = {name: value for name, value in public.items() if name not in untold}
        rules = told.get("survivorship")
        if isinstance(rules, Mapping):
            told["survivorship"] = {k: v for k, v in rules.items() if v in SURVIVOR_CHOICES}
        return cls.model_validate(told)

    def public(self) -> dict[str, object]:
        """The plan for the manifest: that there is a key and how many numbers, never which."""
        shown = self.model_dump(
            mode="json", by_alias=True, exclude={"hmac_key", "superseded_numbers"}
        )
        key = "from the plan" if self.hmac_key else "fixed public"
        return shown | {"key": key, "superseded_numbers": len(self.superseded_numbers)}


class MergeConfig(Settings):
    """One ``merge.toml``: how each extract is read, the plan, the run's date.

    ``model`` is the file of the patient model of an earlier run; without one it is fitted anew.
    """

    extracts: tuple[ExtractPlan, ...] = ()
    plan: MergePlan = MergePlan()
    census_date: Day | None = None
    model: Filled | None = None
    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """Where the paths of ``extracts`` are counted from: where the file of settings lies."""
        return self._folder

    def in_folder(self, folder: str | Path) -> Self:
        """The same settings with paths that are counted from this folder."""
        moved = self.model_copy()
        moved._folder = Path(folder)  # noqa: SLF001 - its own copy
        return moved

    def public(self) -> dict[str, object]:
        """How extracts are read, and the plan without what it keeps to itself."""
        extracts = [each.public() for each in self.extracts]
        day = self.census_date.isoformat() if self.census_date else None
        plan = self.plan.public()
        return {"extracts": extracts, "plan": plan, "census_date": day, "model": self.model}

    @property
    def model_file(self) -> Path | None:
        """Where the patient model of an earlier run lies."""
        return self.folder / self.model if self.model else None

    def options_for(self, path: str | Path) -> ExtractPlan | None:
        """How this file is to be read: the first extract that covers it, or None.

        Where none covers it at its place, one that names such a file elsewhere does.

        >>> config = MergeConfig(extracts=[ExtractPlan(path="extracts/RM3_*.csv", sheet="PTL")])
        >>> config.options_for("elsewhere/RM3_list.csv").sheet
        'PTL'
        """
        exact = (each for each in self.extracts if each.covers(path, folder=self.folder))
        alike = (each for each in self.extracts if each.is_named(path))
        return next(exact, None) or next(alike, None)

    def unused_by(self, paths: Sequence[str | Path]) -> tuple[ExtractPlan, ...]:
        """The extracts that say of none of these files how it is read.

        >>> config = MergeConfig(extracts=[ExtractPlan(path="RM3*.csv"), ExtractPlan(path="b.csv")])
        >>> [each.path for each in config.unused_by(["RM3_list.csv"])]
        ['b.csv']
        """
        used = [self.options_for(path) for path in paths]
        return tuple(each for each in self.extracts if not any(each is one for one in used))
