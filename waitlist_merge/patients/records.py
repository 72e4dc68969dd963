"""What the linkage knows of each entry: its person fields as codes, worked out on unique values."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.normalise.births import year_is_no_evidence
from waitlist_merge.normalise.nhs_numbers import nhs_number_kinds
from waitlist_merge.normalise.postcodes import areas, districts, sectors
from waitlist_merge.patients.coding import (
    MISSING,
    NO_WORD,
    Coded,
    Codes,
    Names,
    absent,
    addresses,
    coded,
    combine,
    names,
    of_one_vocabulary,
    sounds,
)
from waitlist_merge.patients.letters import Held, letters_held
from waitlist_merge.patients.repeated import firsts
from waitlist_merge.patients.variants import FIRST_OF_TWO, beginnings, known_names

MALE, FEMALE = 1, 2
VERIFIED_STATUS = "01"
"""NHS number status "present and verified": the only one of full weight (domain 1.6)."""

UNTRACED_STATUS = ("02", "03", "04", "05")
"""NHS number statuses of a number that was not traced, or not with these details (domain 1.6)."""


@dataclass(frozen=True, eq=False, slots=True)
class Records:
    """The person fields of all entries, coded; every array has one element a row.

    ``first_alike`` is the first record of the same full name and birth date, -1 where one of the
    three is missing. ``day``, ``month`` and ``year`` have one element a day that ``birth`` counts,
    ``postcode_letters`` one a value of ``postcode``, ``given_begins`` one a value of ``given``.
    """

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
    previous: Names
    given_begins: NDArray[np.int64]
    given_known: NDArray[np.bool_]
    first_of_two: NDArray[np.bool_]
    family_sound: Codes
    given_sound: Codes
    birth: Codes
    birth_date: Coded
    first_alike: Codes
    century_open: NDArray[np.bool_]
    day: NDArray[np.int16]
    month: NDArray[np.int16]
    year: NDArray[np.int16]
    gender: NDArray[np.int8]
    postcode: Coded
    postcode_letters: Held
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
        kinds = int(self.number_kind.max(initial=-1)) + 1
        numbers = (
            [self.nhs_number.codes]
            if kinds == 1
            else [
                np.where(self.number_kind == kind, self.nhs_number.codes, np.int32(MISSING))
                for kind in range(kinds)
            ]
        )
        return [*numbers, *([self.person_key.codes] if self.person_key.values else [])]

    @property
    def numbered(self) -> NDArray[np.bool_]:
        """Which records carry an identifier that tells two people apart?"""
        return self.nhs_number.known | self.person_key.known


def prepare(entries: pd.DataFrame, *, workers: int = 1) -> Records:
    """Which codes does the linkage work on? From typed person columns (see ``normalise``).

    A column that is not there is missing in every row. ``workers`` threads share the columns.
    """
    size = len(entries)

    def column(name: str) -> Coded:
        return coded(entries[name]) if name in entries else absent(size)

    with ThreadPoolExecutor(workers) as pool:
        born, placed = pool.submit(_births, entries), pool.submit(_places, column("postcode"))
        kinds = pool.submit(_number_kinds, number := column("nhs_number"))
        locally = pool.submit(_unpadded, column("local_patient_identifier"))
        family, given, middle, previous = of_one_vocabulary(
            *(names(column(f"{each}_name")) for each in ("family", "given", "middle")),
            names(column("previous_family_name")),
        )
        births = born.result()
        alike = pool.submit(firsts, (family.codes, given.codes, births.since_first))
        family_sound, given_sound = _sound_codes(family, given)
        organisation, status = column("organisation"), column("nhs_number_status")
        local, (postcode, sector, district, area) = locally.result(), placed.result()
        return Records(
            size=size,
            organisation=organisation.codes,
            nhs_number=number,
            wrong_number=_wrong_numbers(entries),
            verified=_is_one_of(status, (VERIFIED_STATUS,)),
            untraced=_is_one_of(status, UNTRACED_STATUS),
            number_kind=kinds.result(),
            person_key=column("person_key"),
            local=_within(organisation, local),
            local_number=local,
            family=family,
            given=given,
            middle=middle,
            previous=previous,
            given_begins=beginnings(given.values),
            given_known=_is_one_of(given, known_names()),
            first_of_two=_is_one_of(given, FIRST_OF_TWO),
            family_sound=family_sound,
            given_sound=given_sound,
            birth=births.since_first,
            birth_date=births.date,
            century_open=_century_open(entries),
            day=births.day,
            month=births.month,
            year=births.year,
            gender=_genders(column("gender")),
            postcode=postcode,
            postcode_letters=letters_held(postcode.values),
            sector=sector,
            district=district,
            area=area,
            address=addresses(column("address")),
            phone=column("phone"),
            email=column("email").derive(lambda each: [value.casefold() for value in each]),
            practice=column("gp_practice_code"),
            first_alike=alike.result(),
        )


def _places(postcode: Coded) -> tuple[Coded, Coded, Coded, Coded]:
    """The postcode and its sector, district and area."""
    sector = postcode.derive(sectors)
    # District and area stand at the beginning of a sector; postcodes of other countries have none.
    wide = sector if (sector.known == postcode.known).all() else postcode
    return postcode, sector, wide.derive(districts), wide.derive(areas)


_FIRST_DAY = int(np.datetime64("1850-01-01", "D").astype(np.int64))
"""Day zero of ``Records.birth``: before any birth date that ``normalise`` accepts."""


def _within(organisation: Coded, local: Coded) -> Coded:
    """Local identifiers apart by organisation; an organisation not known counts as one."""
    if not local.values:
        return local
    if len(organisation.values) < 2:
        return Coded(local.codes, ())
    return Coded(combine(np.maximum(organisation.codes, 0), local.codes), ())


def _unpadded(local: Coded) -> Coded:
    """Local numbers without zeros in front, which a spreadsheet takes off and a system puts on."""
    if not any(value.startswith("0") for value in local.values):
        return local
    return local.derive(lambda values: [value.lstrip("0") or value for value in values])


def _is_one_of(column: Coded, values: Collection[str]) -> NDArray[np.bool_]:
    return column.told(np.asarray([value in values for value in column.values], dtype=bool), False)


def _genders(column: Coded) -> NDArray[np.int8]:
    known = [int(value) if value.isdecimal() else MISSING for value in column.values]
    return column.told(np.asarray(known, dtype=np.int8), MISSING)


def _number_kinds(number: Coded) -> Codes:
    """The scheme of each number as a code; MISSING where there is no number."""
    kinds = nhs_number_kinds(number.values)
    used = np.bincount(kinds + 1, minlength=1)[1:] > 0
    if used.sum() == 1 and kinds.min() >= 0:
        return np.minimum(number.codes, np.int32(0))
    table = np.append(np.cumsum(used) - 1, MISSING).astype(np.int32)
    return number.told(table[kinds], MISSING)


@dataclass(frozen=True, eq=False, slots=True)
class _Births:
    """Birth dates of all entries: days since the first, as codes, and the parts of those days."""

    since_first: Codes
    date: Coded
    day: NDArray[np.int16]
    month: NDArray[np.int16]
    year: NDArray[np.int16]


def _births(entries: pd.DataFrame) -> _Births:
    """Worked out on the distinct dates."""
    size = len(entries)
    if "birth_date" not in entries or not entries["birth_date"].notna().any():
        nobody = absent(size)
        return _Births(nobody.codes, nobody, *_calendar(0))
    days = entries["birth_date"].to_numpy().astype("datetime64[D]")
    known = ~np.isnat(days)
    numbers = days.view(np.int64)
    first = int(numbers.min(where=known, initial=np.iinfo(np.int64).max))
    # What is not known is counted last, behind all days.
    beyond = int(numbers.max(where=known, initial=first)) - first + 1
    offsets = np.where(known, numbers - first, beyond).astype(np.int32)
    used = np.bincount(offsets, minlength=beyond + 1)[:beyond] > 0
    distinct = np.flatnonzero(used) + first
    codes = np.append(np.where(used, np.cumsum(used) - 1, MISSING), MISSING).astype(np.int32)
    date = Coded(codes[offsets], tuple(distinct.astype("datetime64[D]").astype(str).tolist()))
    since_first = date.told((distinct - _FIRST_DAY).astype(np.int32), MISSING)
    return _Births(since_first, date, *_calendar(int(distinct[-1]) - _FIRST_DAY + 1))


def _calendar(size: int) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """Day, month and year of so many days, from the first."""
    days = np.arange(_FIRST_DAY, _FIRST_DAY + size).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day = (days - months).astype(np.int64) + 1
    month, year = months.astype(np.int64) % 12 + 1, months.astype(np.int64) // 12 + 1970
    return day.astype(np.int16), month.astype(np.int16), year.astype(np.int16)


def _sound_codes(family: Names, given: Names) -> tuple[Codes, Codes]:
    """How both names sound, in one coding, so that exchanged names can meet."""
    heard = np.asarray([sound or None for sound in sounds(family.words + given.words)], object)
    table = pd.factorize(heard)[0].astype(np.int32)
    split = len(family.values)
    return family.told(table[:split], MISSING), given.told(table[split:], MISSING)


def _wrong_numbers(entries: pd.DataFrame) -> Coded:
    """Ten digits that were sent as an NHS number and are none: kept only to explain a slip."""
    if "nhs_number_source" not in entries:
        return absent(len(entries))
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
        return np.broadcast_to(np.False_, len(entries))
    sources = coded(entries["birth_date_source"])
    return sources.told(year_is_no_evidence(np.asarray(sources.values, dtype=object)), False)
