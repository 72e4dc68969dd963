"""What settings are made of: their base, and what a value can be: a code, a day, a field.

>>> fault("a date as YYYY-MM-DD").message()
'a date as YYYY-MM-DD'
>>> pairs = Pairs({"DOB": "birth_date"})
>>> pairs["DOB"], hash(pairs) == hash(Pairs({"DOB": "birth_date"}))
('birth_date', True)
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from waitlist_merge.reasons import SurvivorRule
from waitlist_merge.reference import load
from waitlist_merge.schema import CANONICAL

FULL_NAME = "full_name"
"""The one target of a column that is no canonical field: "SURNAME, Forename (Mrs)" in one cell."""

IGNORE = "ignore"
"""The target of a column that is not to be used, whatever it is recognised as."""

TARGETS: tuple[str, ...] = (*CANONICAL, FULL_NAME, IGNORE)
"""What a column of an extract can be mapped to."""

ORGANISATION_CODE = re.compile(r"[A-Za-z0-9]{3,9}")
"""What looks like the code of an organisation: 3 to 9 letters and digits, as ODS codes are."""

SURVIVOR_FIELDS: tuple[str, ...] = (
    "family_name",
    "given_name",
    "birth_date",
    "gender",
    "treatment_function_code",
    "procedure_code",
    "procedure_text",
    "laterality",
    "source_of_referral",
    "referrer_code",
)
"""Fields of a combined row whose rule may be chosen. Not the NHS number, clocks, bookings and
priorities: there another rule would lose a date, or lower a priority."""

SURVIVOR_CHOICES: tuple[str, ...] = tuple(
    str(rule)
    for rule in (
        SurvivorRule.SHOWN,
        SurvivorRule.SHOWN_FIRST,
        SurvivorRule.VERIFIED_FIRST,
        SurvivorRule.MOST_FREQUENT,
        SurvivorRule.NEWEST,
        SurvivorRule.AGREED,
    )
)
"""Rules that suit any of these fields."""


class Settings(BaseModel):
    """Base of all settings: frozen; an unknown key, or a number that is none, is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False
    )

    def digest(self) -> str:
        """SHA-256 of the settings, as 64 hexadecimal characters; secrets do not enter it."""
        text = json.dumps(self.public(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def public(self) -> dict[str, object]:
        """The settings as plain values that a manifest may show: no secret, no patient's number."""
        return self.model_dump(mode="json", by_alias=True)


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


def fault(expected: str) -> PydanticCustomError:
    """The error that says what is allowed here, in words that finish "allowed is ..."."""
    return PydanticCustomError("setting", "{expected}", {"expected": expected})


def _one_of(
    names: tuple[str, ...], value: str, expected: str = "a field that docs/configuration.md lists"
) -> str:
    if value not in names:
        context = {"expected": expected, "names": names}
        raise PydanticCustomError("name", "{expected}", context)
    return value


def _target(value: str) -> str:
    return _one_of(TARGETS, value)


def _canonical(value: str) -> str:
    return _one_of(CANONICAL, value)


def _survivor_field(value: str) -> str:
    return _one_of(SURVIVOR_FIELDS, value, expected=f"one of {', '.join(SURVIVOR_FIELDS)}")


def _survivor_rule(value: str) -> str:
    return _one_of(SURVIVOR_CHOICES, value, expected=f"one of {', '.join(SURVIVOR_CHOICES)}")


def _organisation(value: str) -> str:
    if not ORGANISATION_CODE.fullmatch(value.strip()):
        raise fault("an organisation code of 3 to 9 letters and digits")
    return value.strip().upper()


def _service(value: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{3}", value):
        raise fault('a treatment function code of three characters, as text, such as "110"')
    if value not in set(load("treatment_functions")["code"]):
        raise fault('a national treatment function code, such as "110"')
    return value


def _services(value: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{3}(-[A-Z0-9]{3})?", value):
        raise fault('a code of three characters or two of them as a range, such as "700-730"')
    return value


def _day(value: object) -> object:
    """Only a TOML date or ISO text: a bare number would be taken for seconds since 1970."""
    if isinstance(value, date | str):
        return value
    raise fault("a date as YYYY-MM-DD")


def _encoding(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError:
        raise fault("an encoding such as utf-8, utf-16 or cp1252") from None


def _date_format(value: str) -> str:
    """A format must bring back the day, month and year that it wrote."""
    probe = date(2003, 2, 1)
    try:
        fits = datetime.strptime(probe.strftime(value), value).date() == probe  # noqa: DTZ007
    except ValueError:
        fits = False
    if not fits:
        raise fault("a format with day, month and year, such as %d/%m/%Y")
    return value


def _nhs_number(value: str) -> str:
    digits = value.replace(" ", "")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise fault("pairs of an old and a new number, each ten digits as text")
    return digits


Day = Annotated[date, BeforeValidator(_day)]
Organisation = Annotated[str, AfterValidator(_organisation)]
Service = Annotated[str, AfterValidator(_service)]
Services = Annotated[str, AfterValidator(_services)]
Filled = Annotated[str, StringConstraints(min_length=1)]
NhsNumber = Annotated[str, AfterValidator(_nhs_number)]
Target = Annotated[str, AfterValidator(_target)]
Canonical = Annotated[str, AfterValidator(_canonical)]
Encoding = Annotated[str, AfterValidator(_encoding)]
DateFormat = Annotated[str, AfterValidator(_date_format)]
Targets = Annotated[Mapping[str, Target], AfterValidator(Pairs), PlainSerializer(dict)]
Survivorship = Annotated[
    Mapping[
        Annotated[str, AfterValidator(_survivor_field)],
        Annotated[str, AfterValidator(_survivor_rule)],
    ],
    AfterValidator(Pairs),
    PlainSerializer(dict),
]
Constants = Annotated[Mapping[Canonical, str], AfterValidator(Pairs), PlainSerializer(dict)]
