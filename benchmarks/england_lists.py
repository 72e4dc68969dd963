"""England's list as 528 files: what each provider would send of the set that ``england`` makes.

Every record of the canonical set gets a place on its provider's list: identifiers, service, dates,
priority, procedure. A person's second place is now and then a transfer (same pathway identifier and
clock) or a repeated referral (same service and procedure, other identifier); most are other needs.
Files are CSV in four header shapes, dates and codes as four systems write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from benchmarks.england import CENSUS

Ints = NDArray[np.int64]
Columns = dict[str, pa.Array]

SERVICES = (
    "110", "130", "120", "100", "502", "330", "320", "301", "101", "104", "340", "400",
    "420", "300", "107", "143", "160", "108", "170", "303", "410", "302", "150", "361",
)  # fmt: skip
"""Treatment functions, about in the order of their national lists; drawn with falling shares."""

PROCEDURES = (
    "W371", "W401", "C751", "J183", "T202", "E036", "W822", "A651", "M451", "Q074",
    "F341", "L851", "H229", "G459", "S065", "X361", "W903", "V544", "B281", "N303",
)  # fmt: skip

TRANSFERRED, REPEATED = 0.04, 0.05
"""Shares of people's further places that are a transfer, or a second referral for one need."""
ADMITTED, BOOKED = 0.17, 0.35
MEAN_WAIT = 140
"""Days; exponential, so that some 3 % have waited over a year, as published for 2026."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one system writes its list: headings by canonical field, dates, sex, NHS number."""

    headings: Mapping[str, str]
    dates: str
    sexes: tuple[str, str]
    spaced: bool = False
    delimiter: str = ","


_PLAIN = {
    "nhs_number": "NHS Number",
    "local_patient_identifier": "Hospital Number",
    "family_name": "Surname",
    "given_name": "Forename",
    "birth_date": "Date of Birth",
    "gender": "Sex",
    "postcode": "Postcode",
    "patient_pathway_identifier": "Patient Pathway Identifier",
    "pathway_identifier_issuer": "PPI Issuer",
    "treatment_function_code": "Treatment Function Code",
    "referral_date": "Referral Date",
    "rtt_start_date": "RTT Start Date",
    "rtt_status": "RTT Status",
    "waiting_list_type": "Waiting List Type",
    "priority_type": "Priority Type",
    "priority_code": "Clinical Priority",
    "procedure_code": "OPCS Code",
    "decision_to_admit_date": "Decision to Admit Date",
    "tci_date": "TCI Date",
    "next_appointment_date": "Next Appointment Date",
    "last_attended_date": "Last Attended Date",
    "gp_practice_code": "GP Practice Code",
}

_NATIONAL = {
    "nhs_number": "NHS_NUMBER",
    "nhs_number_status": "NHS_NUMBER_STATUS_INDICATOR_CODE",
    "local_patient_identifier": "LOCAL_PATIENT_IDENTIFIER",
    "family_name": "PERSON_FAMILY_NAME",
    "given_name": "PERSON_GIVEN_NAME",
    "birth_date": "PERSON_BIRTH_DATE",
    "gender": "PERSON_STATED_GENDER_CODE",
    "postcode": "POSTCODE_OF_USUAL_ADDRESS",
    "patient_pathway_identifier": "PATIENT_PATHWAY_IDENTIFIER",
    "pathway_identifier_issuer": "ORGANISATION_CODE_PATIENT_PATHWAY_IDENTIFIER_ISSUER",
    "unique_booking_reference_number": "UNIQUE_BOOKING_REFERENCE_NUMBER",
    "treatment_function_code": "ACTIVITY_TREATMENT_FUNCTION_CODE",
    "referral_date": "REFERRAL_REQUEST_RECEIVED_DATE",
    "rtt_start_date": "REFERRAL_TO_TREATMENT_PERIOD_START_DATE",
    "rtt_status": "REFERRAL_TO_TREATMENT_PERIOD_STATUS",
    "waiting_list_type": "WAITING_LIST_TYPE",
    "priority_type": "PRIORITY_TYPE_CODE",
    "priority_code": "PROCEDURE_PRIORITY_CODE",
    "procedure_code": "PROPOSED_PROCEDURE_OPCS_CODE",
    "decision_to_admit_date": "DECISION_TO_ADMIT_DATE",
    "tci_date": "TCI_DATE",
    "next_appointment_date": "OUTPATIENT_FUTURE_APPOINTMENT_DATE",
    "last_attended_date": "DATE_LAST_ATTENDED",
}

SHAPES = (
    Shape(_PLAIN, "%d/%m/%Y", ("M", "F"), spaced=True),
    Shape(_NATIONAL, "%Y-%m-%d", ("1", "2")),
    Shape(
        {**_PLAIN, "nhs_number": "NHS No", "birth_date": "DOB", "given_name": "First Name"},
        "%d-%b-%Y",
        ("Male", "Female"),
    ),
    Shape(
        {**_NATIONAL, "family_name": "SURNAME", "given_name": "FORENAME", "birth_date": "DOB"},
        "%Y%m%d",
        ("M", "F"),
        delimiter="|",
    ),
)


def write_lists(records: pd.DataFrame, person: Ints, folder: Path, *, seed: int = 1) -> list[str]:
    """One file for each provider into ``folder``; returns ``CODE=path`` of each, in order.

    ``records`` and ``person`` are the canonical set: who is listed where.
    """
    columns = {name: _arrow(records[name]) for name in records.columns}
    columns |= _places(records, person, np.random.Generator(np.random.PCG64(seed)))
    provider = records["organisation"].cat.codes.to_numpy()
    codes = records["organisation"].cat.categories
    order = np.argsort(provider, kind="stable")
    ends = np.searchsorted(provider[order], np.arange(len(codes) + 1))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, code in enumerate(codes):
        rows = order[ends[number] : ends[number + 1]]
        if len(rows):
            path = folder / f"{code} PTL {CENSUS:%Y%m%d}.csv"
            _write(columns, rows, SHAPES[number % len(SHAPES)], path)
            written.append(f"{code}={path}")
    return written


def _arrow(column: pd.Series) -> pa.Array:
    """Categories as an Arrow dictionary, dates as days."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        code = column.cat.codes.to_numpy()
        words = pa.array(column.cat.categories.astype(object), pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(code, mask=code < 0), words)
    return pa.array(column.to_numpy().astype("datetime64[D]"))


def _write(columns: Columns, rows: Ints, shape: Shape, path: Path) -> None:
    at = pa.array(rows)
    table = {
        heading: _written(columns[name].take(at), name, shape)
        for name, heading in shape.headings.items()
    }
    options = csv.WriteOptions(delimiter=shape.delimiter, quoting_style="needed")
    csv.write_csv(pa.table(table), path, options)


def _written(values: pa.Array, name: str, shape: Shape) -> pa.Array:
    """The values as this system writes them."""
    if pa.types.is_date32(values.type):
        return pc.strftime(pc.cast(values, pa.timestamp("s")), shape.dates)
    text = pc.cast(values, pa.string())
    if name == "gender":
        return pc.replace_substring(
            pc.replace_substring(text, "1", shape.sexes[0]), "2", shape.sexes[1]
        )
    if name == "nhs_number" and shape.spaced:
        return pc.replace_substring_regex(text, r"^(\d{3})(\d{3})(\d{4})$", r"\1 \2 \3")
    return text


def _places(records: pd.DataFrame, person: Ints, rng: np.random.Generator) -> Columns:
    """What each record waits for, and since when."""
    size = len(records)
    same, again = _further(person, rng)
    holder = same.copy()
    holder[again >= 0] = again[again >= 0]
    census = np.datetime64(CENSUS, "D").astype(np.int64)
    wait = np.minimum(rng.exponential(MEAN_WAIT, size).astype(np.int64), 900)
    referral = (census - wait)[same]
    start = np.where(rng.random(size) < 0.05, referral + rng.integers(1, 40, size), referral)
    start = np.minimum(start, census)[same]
    admitted = rng.random(size) < ADMITTED
    decided = np.minimum(start + wait // 2, census)
    ahead = census + rng.integers(1, 60, size)
    booked = rng.random(size) < BOOKED
    share = 1 / (np.arange(len(SERVICES)) + 4)
    service = rng.choice(len(SERVICES), size, p=share / share.sum())[holder]
    procedure = np.where(admitted, rng.integers(0, len(PROCEDURES), size), -1)
    issuer = records["organisation"].cat.codes.to_numpy()[same]
    priority = np.where(admitted, rng.choice(5, size, p=[0.01, 0.12, 0.25, 0.57, 0.05]), -1)
    providers = records["organisation"].cat.categories.tolist()
    return {
        "patient_pathway_identifier": _numbers(same, "0000", 1_000_000_000_000_000),
        "pathway_identifier_issuer": _words(issuer, providers),
        "unique_booking_reference_number": _numbers(same, "", 400_000_000_000),
        "treatment_function_code": _words(service, SERVICES),
        "referral_date": _days(referral, np.ones(size, dtype=bool)),
        "rtt_start_date": _days(start, rng.random(size) < 0.995),
        "rtt_status": _words(np.where(rng.random(size) < 0.4, 1, 0), ("10", "20")),
        "waiting_list_type": _words(admitted.astype(np.int8), ("ORTT", "IRTT")),
        "priority_type": _words(rng.choice(3, size, p=[0.82, 0.15, 0.03]), ("1", "2", "3")),
        "priority_code": _words(priority, ("P1a", "P2", "P3", "P4", "P5")),
        "procedure_code": _words(procedure, PROCEDURES),
        "decision_to_admit_date": _days(decided, admitted),
        "tci_date": _days(ahead, admitted & booked),
        "next_appointment_date": _days(ahead, ~admitted & booked),
        "last_attended_date": _days(np.maximum(start, census - wait // 3), rng.random(size) < 0.5),
        "gp_practice_code": _practices(rng, size),
    }


def _further(person: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """For each record whose pathway it is (its own, or that of the person's first, transferred);
    and the record whose need it repeats, -1 for none."""
    first = pd.Series(np.arange(len(person))).groupby(person).transform("first").to_numpy()
    own = np.arange(len(person))
    chance = rng.random(len(person))
    same = np.where(chance < TRANSFERRED, first, own)
    repeats = (chance >= TRANSFERRED) & (chance < TRANSFERRED + REPEATED) & (first != own)
    return same, np.where(repeats, first, -1)


def _words(code: NDArray[np.integer], words: tuple[str, ...] | list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(code.astype(np.int32), mask=code < 0), pa.array(list(words), pa.string())
    )


def _days(day: Ints, where: NDArray[np.bool_]) -> pa.Array:
    return pa.array(day.astype(np.int32), mask=~where).view(pa.date32())


def _numbers(of: Ints, before: str, least: int) -> pa.Array:
    """A number of as many digits as ``least`` for each pathway, with what stands before it."""
    step = 7_919  # a prime: neighbours on the list have no neighbouring numbers
    number = pc.cast(pa.array(least + (of * step) % (9 * least // 10)), pa.string())
    return pc.binary_join_element_wise(before, number, "")


def _practices(rng: np.random.Generator, size: int) -> pa.Array:
    letters = "ABCDEFGHJKLMNPVWY"
    names = [f"{letter}{number:05d}" for letter in letters for number in range(81_001, 81_381)]
    return _words(rng.integers(0, len(names), size), names)
