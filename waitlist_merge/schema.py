"""What a field of an entry is called and means, and what is in each output table.

The lists themselves are ``reference/fields.csv`` and ``reference/tables.csv``: a domain person can
read and correct them; this module gives them types.

>>> field("birth_date").kind, field("birth_date").element
(<Kind.DATE: 'date'>, 'PERSON BIRTH DATE')
>>> [column.name for column in TABLES["patient_links"]][:3]
['entry_id_a', 'entry_id_b', 'relation']
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from waitlist_merge.reference import rows

SCHEMA_VERSION = "1.0"
"""Version of the output tables: the first part changes when a reader would have to change."""


class Kind(StrEnum):
    """What the values of a column are; the same words in schema.json and in every table."""

    TEXT = "text"
    DATE = "date"
    FLAG = "flag"
    INTEGER = "integer"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field of an entry; ``element`` is its NHS Data Dictionary name, or empty."""

    name: str
    kind: Kind
    group: str
    element: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an output table."""

    name: str
    kind: Kind
    meaning: str


def _fields() -> tuple[Field, ...]:
    return tuple(
        Field(row["name"], Kind(row["kind"]), row["group"], row["element"], row["meaning"])
        for row in rows("fields")
    )


FIELDS: tuple[Field, ...] = _fields()
CANONICAL: tuple[str, ...] = tuple(each.name for each in FIELDS)
PERSON_FIELDS: tuple[str, ...] = tuple(each.name for each in FIELDS if each.group == "person")
TEXT_FIELDS: tuple[str, ...] = tuple(each.name for each in FIELDS if each.kind is Kind.TEXT)
DATE_FIELDS: tuple[str, ...] = tuple(each.name for each in FIELDS if each.kind is Kind.DATE)
FLAG_FIELDS: tuple[str, ...] = tuple(each.name for each in FIELDS if each.kind is Kind.FLAG)

_BY_NAME: Mapping[str, Field] = MappingProxyType({each.name: each for each in FIELDS})


def field(name: str) -> Field:
    """The canonical field of this name; KeyError where there is none."""
    return _BY_NAME[name]


OLD_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "address_line": "address",
        "chi_number": "nhs_number",
        "clinical_priority": "priority_code",
        "consultant_name": "consultant_code",
        "date_of_birth": "birth_date",
        "date_of_death": "death_date",
        "date_on_list": "list_date",
        "days_waiting": "stated_wait",
        "ethnicity": "ethnic_category",
        "forename": "given_name",
        "full_address": "address",
        "hcn_number": "nhs_number",
        "local_patient_id": "local_patient_identifier",
        "pathway_id": "patient_pathway_identifier",
        "pathway_id_issuer": "pathway_identifier_issuer",
        "previous_surname": "previous_family_name",
        "priority": "priority_type",
        "provider_code": "organisation",
        "referral_id": "referral_identifier",
        "referring_org_code": "referring_organisation",
        "rtt_clock_start": "rtt_start_date",
        "rtt_clock_stop": "rtt_end_date",
        "sex": "gender",
        "specialty_code": "treatment_function_code",
        "specialty_name": "treatment_function_code",
        "surname": "family_name",
        "ubrn": "unique_booking_reference_number",
        "waiting_list_entry_id": "waiting_list_entry_identifier",
        "weeks_waiting": "stated_wait",
    }
)
"""Older and other public names of a field -> ours; a name that is ours already is not listed."""


def _tables() -> Mapping[str, tuple[Column, ...]]:
    tables: dict[str, tuple[Column, ...]] = {}
    for row in rows("tables"):
        column = Column(row["name"], Kind(row["kind"]), row["meaning"])
        tables[row["table"]] = (*tables.get(row["table"], ()), column)
    return MappingProxyType(tables | {"entries": _entries_columns(tables["entries"])})


def _entries_columns(own: tuple[Column, ...]) -> tuple[Column, ...]:
    """The entry's own columns, every canonical field, and the source text of each."""
    known = {column.name for column in own}
    fields = tuple(
        Column(each.name, each.kind, each.meaning) for each in FIELDS if each.name not in known
    )
    sources = tuple(
        Column(
            f"{each.name}_source",
            Kind.TEXT,
            f"Text of {each.name} as sent, where it was changed or not understood",
        )
        for each in FIELDS
    )
    return own + fields + sources


TABLES: Mapping[str, tuple[Column, ...]] = _tables()
