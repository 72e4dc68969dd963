"""What the linkage knows of each entry: its person fields as codes, worked out on unique values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.normalise.births import year_is_no_evidence
from waitlist_merge.normalise.nhs_numbers import nhs_number_kind
from waitlist_merge.normalise.postcodes import areas, districts, sectors
from waitlist_merge.patients.coding import (
    MISSING,
    NO_WORD,
    Coded,
    Codes,
    Names,
    addresses,
    coded,
    combine,
    names,
    sounds,
)
from waitlist_merge.patients.variants import known_names

MALE, FEMALE = 1, 2
VERIFIED_STATUS = "01"
"""NHS number status "present and verified": the only one of full weight (domain 1.6)."""

UNTRACED_STATUS = ("02", "03", "04", "05")
"""NHS number statuses of a number that was not traced, or not with these details (domain 1.6)."""


@dataclass(frozen=True, eq=False, slots=True)
class Records:
    """The person fields of all entries, coded; every array has one element a row."""

    size: int
    organisation: Codes
    nhs_number: Coded
    wrong_number: Coded
    verified: NDArray[np.bool_]
    untraced: NDArray[np.bool_]
    number_kind: Codes
    person_key: Coded
    local: Coded
    local_number: Coded
    family: Names
    given: Names
    middle: Names
    previous: Coded
    given_known: NDArray[np.bool_]
    family_sound: Codes
    given_sound: Codes
    birth: Codes
    birth_date: Coded
    century_open: NDArray[np.bool_]
    day: NDArray[np.int16]
    month: NDArray[np.int16]
    year: NDArray[np.int16]
    gender: NDArray[np.int8]
    postcode: Coded
    sector: Coded
    district: Coded
    area: Coded
    address: Names
    phone: Coded
    email: Coded
    practice: Coded

    @property
    def identities(self) -> list[Codes]:
        """Identifiers of which one person has one: the NHS number of each kind, the person key."""
        kinds = range(int(self.number_kind.max(initial=-1)) + 1)
        numbers = [
            np.where(self.number_kind == kind, self.nhs_number.codes, MISSING) for kind in kinds
        ]
        return [each.astype(np.int32) for each in (*numbers, self.person_key.codes)]

    @property
    def numbered(self) -> NDArray[np.bool_]:
        """Which records carry an identifier that tells two people apart?"""
        return self.nhs_number.known | self.person_key.known


def prepare(entries: pd.DataFrame) -> Records:
    """Which codes does the linkage work on? From typed person columns (see ``normalise``)."""
    organisation = coded(entries["organisation"])
    local = coded(entries["local_patient_identifier"])
    family = names(coded(entries["family_name"]))
    given = names(coded(entries["given_name"]))
    family_sound, given_sound = _sound_codes(family, given)
    postcode = coded(entries["postcode"])
    births = entries["birth_date"]
    days = births.to_numpy().astype("datetime64[D]").astype(np.int64)
    birth = np.where(births.isna(), MISSING, days - _FIRST_DAY).astype(np.int32)
    birth_codes, distinct_births = pd.factorize(births.to_numpy().astype("datetime64[D]"))
    status = entries["nhs_number_status"]
    number = coded(entries["nhs_number"])
    return Records(
        size=len(entries),
        organisation=organisation.codes,
        nhs_number=number,
        wrong_number=_wrong_numbers(entries),
        verified=(status == VERIFIED_STATUS).to_numpy(),
        untraced=status.isin(UNTRACED_STATUS).to_numpy(),
        number_kind=number.derive(lambda values: nhs_number_kind(values).tolist()).codes,
        person_key=coded(entries["person_key"]),
        local=Coded(combine(_one_if_missing(organisation.codes), local.codes), ()),
        local_number=local,
        family=family,
        given=given,
        middle=names(coded(entries["middle_name"])),
        previous=names(coded(entries["previous_family_name"])),
        given_known=_is_a_name(given),
        family_sound=family_sound,
        given_sound=given_sound,
        birth=birth,
        birth_date=Coded(birth_codes.astype(np.int32), tuple(distinct_births.astype(str).tolist())),
        century_open=_century_open(entries),
        day=births.dt.day.fillna(MISSING).to_numpy(dtype=np.int16),
        month=births.dt.month.fillna(MISSING).to_numpy(dtype=np.int16),
        year=births.dt.year.fillna(MISSING).to_numpy(dtype=np.int16),
        gender=pd.to_numeric(entries["gender"].astype(object), errors="coerce")
        .fillna(MISSING)
        .to_numpy(dtype=np.int8),
        postcode=postcode,
        sector=postcode.derive(sectors),
        district=postcode.derive(districts),
        area=postcode.derive(areas),
        address=addresses(coded(entries["address"])),
        phone=coded(entries["phone"]),
        email=coded(entries["email"]).derive(lambda each: [value.casefold() for value in each]),
        practice=coded(entries["gp_practice_code"]),
    )


_FIRST_DAY = int(np.datetime64("1850-01-01", "D").astype(np.int64))
"""Day zero of ``Records.birth``: before any birth date that ``normalise`` accepts."""


def _one_if_missing(codes: Codes) -> Codes:
    return np.maximum(codes, 0)


def _is_a_name(given: Names) -> NDArray[np.bool_]:
    """Given names that people are known to have, as against misspellings."""
    known = known_names()
    table = [value in known for value in given.values]
    return np.asarray([*table, False], dtype=bool)[given.codes]


def _sound_codes(family: Names, given: Names) -> tuple[Codes, Codes]:
    """How both names sound, in one coding, so that exchanged names can meet."""
    heard = np.asarray([sound or None for sound in sounds(family.words + given.words)], object)
    table = np.append(pd.factorize(heard)[0], MISSING).astype(np.int32)
    split = len(family.values)
    given_rows = np.where(given.known, given.codes + split, MISSING)
    return np.where(family.known, table[family.codes], MISSING).astype(np.int32), table[given_rows]


def _wrong_numbers(entries: pd.DataFrame) -> Coded:
    """Ten digits that were sent as an NHS number and are none: kept only to explain a slip."""
    if "nhs_number_source" not in entries:
        return Coded(np.full(len(entries), MISSING, dtype=np.int32), ())
    digits = coded(entries["nhs_number_source"]).derive(
        lambda values: [
            number if len(number) == _DIGITS and number.isdecimal() else ""
            for number in (NO_WORD.sub("", value) for value in values)
        ]
    )
    valid = entries["nhs_number"].notna().to_numpy()
    return Coded(np.where(valid, MISSING, digits.codes).astype(np.int32), digits.values)


_DIGITS = 10
"""Digits of an NHS number."""


def _century_open(entries: pd.DataFrame) -> NDArray[np.bool_]:
    """Births whose two-digit year fits two centuries: their century is no evidence."""
    if "birth_date_source" not in entries:
        return np.zeros(len(entries), dtype=bool)
    sources = coded(entries["birth_date_source"])
    open_ = np.asarray(year_is_no_evidence(np.asarray(sources.values, dtype=object)), dtype=bool)
    return np.append(open_, False)[sources.codes]
