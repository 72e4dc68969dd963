"""A list of England's size and shape: 7.1 million entries of 528 providers, with truth.

People, their relatives and their names are drawn as for the demo region, errors at the published
rates of ``waitlist_merge.demo.Rates``, once for each registration (one person at one provider).
Providers have the sizes of April 2026 (``england_providers.csv``); a person's further entries are
at the same provider, at one of the same area, or anywhere. Everything is codes into categories, so
that the whole of England takes about two gigabytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.demo import births, lists, naming
from waitlist_merge.demo.draw import Ints, Mask, choose, distinct, hit
from waitlist_merge.demo.homes import LETTERS, make_homes
from waitlist_merge.demo.numbers import nhs_numbers
from waitlist_merge.demo.people import People, make_people
from waitlist_merge.demo.rates import Rates
from waitlist_merge.demo.world import World
from waitlist_merge.normalise import normalise_person
from waitlist_merge.reference import load

CENSUS = date(2026, 4, 30)
WHOLE = 7_123_980
"""Entries of the whole list: open pathways at the end of April 2026."""

FURTHER = (0.855, 0.118, 0.022, 0.005)
"""Share of people with one to four entries: 1.18 entries a person, as published for England
(some 6 million people on a list of 7.1 million pathways)."""

SAME_PROVIDER, SAME_AREA = 0.62, 0.93
"""Chance that a further entry is at the person's first provider; that, or one of its area."""

NOT_ENGLAND = re.compile(
    "AB|B[FT]|CF|D[DG]|EH|FK|GY?|HS|I[MV]|JE|K[AWY]|L[DL]|ML|NP|P[AH]|SA|TD|ZE"
)
"""Postcode areas of the other countries, the islands and the forces."""

CHUNK = 1_000_000
"""Registrations named at a time: bounds what the making itself needs."""


@dataclass(frozen=True, slots=True, eq=False)
class England:
    """Typed records, whose each is, and the person's ethnic category."""

    records: pd.DataFrame
    truth: NDArray[np.int32]
    ethnic: pd.Series


@dataclass(frozen=True, slots=True, eq=False)
class _Lists:
    """Who is where: for each registration its person and provider; for each entry which it is."""

    person: Ints
    provider: Ints
    repeated: Mask
    own: Ints


def make_england(*, entries: int = WHOLE, seed: int = 1, rates: Rates | None = None) -> England:
    """So many entries; with fewer than the whole, of the largest providers' share of 528.

    >>> some = make_england(entries=2_000, seed=3)
    >>> len(some.records), len(np.unique(some.truth)) < 2_000
    (2000, True)
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    mean = float(np.dot(FURTHER, range(1, len(FURTHER) + 1)))
    people = make_people(
        rng, int(entries / mean * 1.01) + 60, census=CENSUS, rates=rates or Rates()
    )
    # Names need a world for its people and chance alone; its homes are not those of England.
    world = World(
        rng=rng,
        rates=rates or Rates(),
        census=np.full(2, CENSUS, dtype="datetime64[D]"),
        people=people,
        homes=make_homes(rng, 8, organisations=2),
    )
    where = _lists(rng, people, entries)
    held = _registrations(world, where)
    records = held.take(where.own).reset_index(drop=True)
    truth = where.person[where.own].astype(np.int32)
    codes = lists.ethnic_codes()[0]
    ethnic = pd.Series(pd.Categorical.from_codes(people.ethnic[truth], list(codes)))
    return England(records, truth, ethnic)


def _providers(size: int) -> pd.DataFrame:
    """All providers, or, for small lists, so many of the largest that each has some entries."""
    table = pd.read_csv(Path(__file__).with_name("england_providers.csv"), comment="#")
    if size >= 200_000:
        return table
    kept = max(8, round(len(table) * size / 200_000))
    return table.nlargest(kept, "pathways").sort_index().reset_index(drop=True)


def _lists(rng: np.random.Generator, people: People, entries: int) -> _Lists:
    """How many entries each person has, and at which providers."""
    table = _providers(entries)
    size = table["pathways"].to_numpy()
    area = pd.factorize(table["area"])[0]
    first = choose(rng, size, int(people.home.max()) + 1)[people.home]
    person = np.repeat(np.arange(len(people)), 1 + choose(rng, FURTHER, len(people)))[:entries]
    person = person[rng.permutation(len(person))]
    later = pd.Series(person).duplicated().to_numpy()
    provider = first[person]
    chance = rng.random(len(person))
    near = later & (chance >= SAME_PROVIDER) & (chance < SAME_AREA)
    for each in np.unique(area):
        at = np.flatnonzero(near & (area[provider] == each))
        inside = np.flatnonzero(area == each)
        provider[at] = inside[choose(rng, size[inside], len(at))]
    away = np.flatnonzero(later & (chance >= SAME_AREA))
    provider[away] = choose(rng, size, len(away))
    known, own = np.unique(person * 1000 + provider, return_inverse=True)
    who, place = known // 1000, known % 1000
    return _Lists(who, place, repeated=place != first[who], own=own)


def _registrations(world: World, where: _Lists) -> pd.DataFrame:
    """What each provider holds of each of its people, typed."""
    rng, rates, size = world.rng, world.rates, len(where.person)
    sex = np.where(hit(rng, rates.gender_error, size), 1, 0) ^ world.people.sex[where.person]
    gender = np.where(hit(rng, rates.gender_missing, size), -1, sex).astype(np.int8)
    held = pd.DataFrame(
        {
            "organisation": _provider_codes(where),
            "local_patient_identifier": _local(rng, where.provider),
            "gender": pd.Categorical.from_codes(gender, ["1", "2"]),
            "birth_date": _births(world, where.person),
            "postcode": _postcodes(world, where),
        }
    )
    number, status = _numbers(world, where.person)
    held["nhs_number"], held["nhs_number_status"] = number, status
    named = [
        _names(world, where.person[start : start + CHUNK], where.repeated[start : start + CHUNK])
        for start in range(0, size, CHUNK)
    ]
    for name in named[0]:
        held[name] = pd.api.types.union_categoricals([each[name] for each in named])
    return held


def _provider_codes(where: _Lists) -> pd.Categorical:
    table = _providers(len(where.own))
    return pd.Categorical.from_codes(where.provider.astype(np.int16), table["provider"].tolist())


def _names(world: World, person: Ints, repeated: Mask) -> pd.DataFrame:
    """Names as typed, with what stands beside a name taken out of it (the engine's own typing)."""
    held = pd.DataFrame(index=pd.RangeIndex(len(person)))
    naming.fill(world, held, person, repeated)
    return normalise_person(held)[["family_name", "given_name", "middle_name"]]


def _births(world: World, person: Ints) -> NDArray[np.datetime64]:
    rng, rates = world.rng, world.rates
    typed = world.people.birth[person].copy()
    wrong = np.flatnonzero(hit(rng, rates.birth_date_error, len(person)))
    census = np.full(len(wrong), CENSUS, dtype="datetime64[D]")
    typed[wrong] = births.mistyped(rng, typed[wrong], no_later_than=census)
    typed[hit(rng, rates.birth_date_placeholder, len(person))] = np.datetime64("NaT")
    return typed.astype("datetime64[s]")


def _numbers(world: World, person: Ints) -> tuple[pd.Categorical, pd.Categorical]:
    """NHS numbers that pass their check; what does not is missing, as after typing."""
    rng, rates, people, size = world.rng, world.rates, world.people, len(person)
    owner = person.copy()
    relative = people.relative[person]
    owner = np.where(
        (relative >= 0) & hit(rng, rates.nhs_number_of_relative, size), relative, owner
    )
    never = hit(rng, rates.nhs_number_missing * 0.3, len(people))[person]
    lost = hit(rng, rates.nhs_number_missing * 0.7 + rates.nhs_number_mistyped, size)
    missing = never | lost
    numbers = nhs_numbers(rng, len(people)).astype(str).astype(object)
    unsure = hit(rng, rates.nhs_number_unverified, size)
    status = np.where(missing, 2, np.where(unsure, 1, 0)).astype(np.int8)
    return (
        pd.Categorical.from_codes(np.where(missing, -1, owner).astype(np.int32), numbers),
        pd.Categorical.from_codes(status, ["01", "02", "03"]),
    )


def _local(rng: np.random.Generator, provider: Ints) -> pd.Categorical:
    """Hospital numbers, different within a provider and alike between providers."""
    largest = int(np.bincount(provider).max())
    number = np.empty(len(provider), dtype=np.int32)
    order = np.argsort(provider, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(provider[order])) + 1):
        number[rows] = distinct(rng, 0, 8 * largest + 60_000, len(rows))
    codes, known = pd.factorize(number)
    return pd.Categorical.from_codes(codes, (known.astype(np.int64) + 1_000_000).astype(str))


def _postcodes(world: World, where: _Lists) -> pd.Categorical:
    """Some five people of the list in one postcode; who moved keeps to the area in three of four.

    Areas of providers and of postcodes are laid side by side in one order, so that the people of a
    provider live in a few postcode areas.
    """
    rng, rates, size = world.rng, world.rates, len(where.person)
    homes = int(world.people.home.max()) + 1
    units = max(homes // 4, 50)
    place = np.sort(rng.integers(0, units, homes))
    by_provider = np.argsort(_home_provider(world, where, homes), kind="stable")
    now = np.empty(homes, dtype=np.int64)
    now[by_provider] = place
    near = (now + rng.integers(-2_000, 2_001, homes)) % units
    former = np.where(hit(rng, 0.75, homes), near, rng.integers(0, units, homes))
    home = world.people.home[where.person]
    moved = where.repeated & hit(rng, rates.moved, size)
    unit = np.where(moved, former[home], now[home])
    slip = hit(rng, rates.postcode_unit_error, size)
    unit = np.where(slip, (unit + rng.integers(1, 40, size)) % units, unit)
    unit[hit(rng, rates.postcode_missing + rates.postcode_pseudo, size)] = -1
    return pd.Categorical.from_codes(unit.astype(np.int32), _units(rng, units))


def _home_provider(world: World, where: _Lists, homes: int) -> Ints:
    """The provider of one of each home's people, 0 where none is listed."""
    found = np.zeros(homes, dtype=np.int64)
    home = world.people.home[where.person[~where.repeated]]
    found[home] = where.provider[~where.repeated]
    return found


def _units(rng: np.random.Generator, count: int) -> list[str]:
    """So many postcodes in the order of their areas; districts up to 29 of each area of England."""
    areas = [area for area in load("postcode_areas")["area"] if not NOT_ENGLAND.fullmatch(area)]
    letters = len(LETTERS)
    inward = 10 * letters * letters
    drawn = np.sort(distinct(rng, 0, len(areas) * 29 * inward, count))
    district, rest = drawn // inward, drawn % inward
    area = np.array(areas, dtype=object)[district // 29]
    outward = area + (district % 29 + 1).astype(str).astype(object)
    signs = np.array(list(LETTERS), dtype=object)
    last = signs[rest // letters % letters] + signs[rest % letters]
    sector = (rest // letters**2).astype(str).astype(object)
    return list(outward + " " + sector + last)
