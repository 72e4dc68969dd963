"""Small sets of people unlike those of the demo region, each made to try one thing.

Nothing is shared with the generator of the demo (see ``town``). A set is records in canonical
columns and the number of each row's person.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.town import ORGANISATIONS, Person, Town, listed_names

Made = tuple[pd.DataFrame, NDArray[np.int32]]


def _set(
    town: Town, rows: list[tuple[int, Person]], *, columns: str, unnumbered: float = 0.0
) -> Made:
    """Rows in random order with only these columns; some registrations lack the NHS number."""
    town.chance.shuffle(rows)
    person = np.array([number for number, _ in rows], dtype=np.int32)
    frame = pd.DataFrame([record for _, record in rows]).replace("", None)
    frame["gender"] = frame["sex"].map({"M": "1", "F": "2"})
    frame["birth_date"] = pd.to_datetime(frame["birth_date"]).astype("datetime64[s]")
    missing = [town.chance.random() < unnumbered for _ in rows]
    frame["nhs_number"] = frame["nhs_number"].mask(np.array(missing))
    if "organisation" not in frame:
        frame["organisation"] = [town.chance.choice(ORGANISATIONS) for _ in rows]
    pair = frame["organisation"] + "/" + pd.Series(person).astype(str)
    numbers = pd.Series(town.chance.sample(range(10**6, 10**7), pair.nunique()))
    frame["local_patient_identifier"] = numbers.astype(str).iloc[pd.factorize(pair)[0]].to_numpy()
    return frame[columns.split()].reset_index(drop=True), person


BASIC = "organisation local_patient_identifier family_name given_name birth_date gender postcode"
FULL = f"nhs_number {BASIC} address phone"


def names_only(people: int = 6_000) -> Made:
    """Family name, given name and birth date, nothing else; three in ten people have two rows."""
    town = Town.of(11, "english", "polish", "muslim", "punjabi", size=people)
    rows = []
    for number in range(people):
        person = town.person()
        # Without frequent names nothing could be told apart: family names get a rare second half.
        person["family_name"] += _syllables(town.chance)
        rows += [(number, town.held(person)) for _ in range(1 + (town.chance.random() < 0.3))]
    return _set(town, rows, columns="family_name given_name birth_date")


def _syllables(chance: Random) -> str:
    """An ending that makes a name one of some five hundred."""
    return "".join(chance.choice(["ton", "ley", "by", "wick", "ham", "son", "er"]) for _ in "12")


def households(homes: int = 700) -> Made:
    """Households of three to seven of one surname at one address and number; a third unnumbered."""
    town = Town.of(12, "english", "muslim", "chinese", size=homes * 8)
    rows: list[tuple[int, Person]] = []
    number = 0
    for _ in range(homes):
        first = town.person()
        shared = {name: first[name] for name in ("pool", "family_name", "postcode", "address")}
        shared["phone"] = first["phone"]
        for _ in range(town.chance.randrange(3, 8)):
            person = town.person(**shared)
            rows += [(number, town.held(person)) for _ in range(town.chance.choice((1, 1, 2)))]
            number += 1
    return _set(town, rows, columns=FULL, unnumbered=0.33)


def ten_each(people: int = 600) -> Made:
    """Ten records a person, one at each of ten organisations; a fifth unnumbered."""
    town = Town.of(13, "english", "polish", "punjabi", "arabic", size=people)
    rows = []
    for number in range(people):
        person = town.person()
        rows += [(number, town.held(person) | {"organisation": each}) for each in ORGANISATIONS]
    return _set(town, rows, columns=FULL, unnumbered=0.2)


def south_asian(people: int = 8_000) -> Made:
    """Singh, Kaur, Begum and Khan; a tenth born on 1 January; a tenth without NHS number."""
    town = Town.of(14, "punjabi", "muslim", size=people, first_january=0.1)
    rows = []
    for number in range(people):
        person = town.person()
        rows += [(number, town.held(person)) for _ in range(town.chance.choice((1, 1, 1, 2)))]
    return _set(town, rows, columns=FULL, unnumbered=0.1)


def look_alikes(families: int = 1_200) -> Made:
    """Siblings, twins of like names, cousins of one name and birth date, fathers and sons."""
    town = Town.of(15, "english", "muslim", "punjabi", size=families * 3)
    rows: list[tuple[int, Person]] = []
    for family in range(families):
        first = town.person()
        other = (_sibling, _twin, _cousin, _father)[family % 4](town, first)
        for at, person in enumerate((first, other)):
            often = town.chance.choice((1, 1, 2))
            rows += [(family * 2 + at, town.held(person, moved=0.1)) for _ in range(often)]
    return _set(town, rows, columns=FULL, unnumbered=0.15)


HOME = ("pool", "family_name", "postcode", "address")


def _some(person: Person, *names: str) -> Person:
    return {name: person[name] for name in names}


def _sibling(town: Town, first: Person) -> Person:
    return town.person(**_some(first, *HOME, "phone"))


def _twin(town: Town, first: Person) -> Person:
    name = _like(first, town)
    return town.person(**_some(first, *HOME, "sex", "birth_date", "phone"), given_name=name)


def _cousin(town: Town, first: Person) -> Person:
    return town.person(**_some(first, "pool", "sex", "family_name", "given_name", "birth_date"))


def _father(town: Town, first: Person) -> Person:
    """A namesake at one address, 26 to 34 years older."""
    years = 26 * 365 + town.chance.randrange(3000)
    born = np.datetime64(first["birth_date"]) - np.timedelta64(years, "D")
    return town.person(**_some(first, *HOME, "sex", "given_name"), birth_date=str(born))


def _like(person: Person, town: Town) -> str:
    """A twin's name: that of the pool which shares most first letters, but another."""
    listed = listed_names(person["pool"], person["sex"])[0]
    others = [each for each in listed if each != person["given_name"]]
    first = [each for each in others if each[:2] == person["given_name"][:2]]
    return town.chance.choice(first or others)


def transliterations(people: int = 5_000) -> Made:
    """Polish, Chinese and Arabic names, each record in a spelling of its own; half unnumbered."""
    town = Town.of(16, "polish", "chinese", "arabic", size=people)
    rows = []
    for number in range(people):
        person = town.person()
        for _ in range(town.chance.choice((1, 2, 2))):
            record = town.held(person)
            for part in ("family_name", "given_name"):
                if town.chance.random() < 0.5:
                    record[part] = town.spelled(person, part)
            if person["pool"] == "chinese" and town.chance.random() < 0.2:
                family, given = record["family_name"], record["given_name"]
                record |= {"family_name": given, "given_name": family}
            rows.append((number, record))
    return _set(town, rows, columns=FULL, unnumbered=0.5)


def person_key(people: int = 8_000) -> Made:
    """A pseudonymised list: an opaque key, no name; a tenth of the rows lack the key."""
    town = Town.of(17, "english", "muslim", size=people)
    rows = []
    for number in range(people):
        person = town.person()
        person["person_key"] = f"{town.chance.getrandbits(128):032x}"
        for _ in range(town.chance.choice((1, 1, 2))):
            record = town.held(person)
            if town.chance.random() < 0.1:
                record["person_key"] = ""
            rows.append((number, record))
    columns = "person_key organisation local_patient_identifier birth_date gender postcode"
    return _set(town, rows, columns=columns)


def no_numbers(people: int = 6_000) -> Made:
    """Names, birth date, sex and postcode of several organisations; nobody has an NHS number."""
    town = Town.of(18, "english", "polish", "punjabi", "muslim", "chinese", "arabic", size=people)
    rows = []
    for number in range(people):
        person = town.person()
        rows += [(number, town.held(person)) for _ in range(town.chance.choice((1, 1, 2, 3)))]
    return _set(town, rows, columns=BASIC)


SHAPES: dict[str, Callable[..., Made]] = {
    "names-only": names_only,
    "households": households,
    "ten-each": ten_each,
    "south-asian": south_asian,
    "look-alikes": look_alikes,
    "transliterations": transliterations,
    "person-key": person_key,
    "no-numbers": no_numbers,
}
