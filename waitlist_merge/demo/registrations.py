"""What does each organisation hold of a person? The truth with the errors of one registration.

A registration is one person's record at one organisation; all rows of that person there share it.
Rates are those of ``Rates``; which registration of a person came first is known by its referral,
and only later ones can hold what has changed since: an address, a family name.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import births, contacts, lists, naming
from waitlist_merge.demo.columns import category
from waitlist_merge.demo.draw import Days, Ints, Mask, choose, hit, words
from waitlist_merge.demo.numbers import local_identifiers, nhs_numbers
from waitlist_merge.demo.world import World

PLACEHOLDERS = ("9999999999", "0000000000", "1111111111")
"""What is typed where a number must be given and none is known (domain 3)."""

NEVER_NUMBERED = 0.3
"""Share of missing NHS numbers that are a person's, not a registration's: nobody has one."""


def register(world: World, rows: pd.DataFrame, died: Days) -> tuple[pd.DataFrame, Ints]:
    """A frame of registrations and, for each row, which of them is its own.

    ``died`` has a day or no day for each person.
    """
    person, organisation = rows["person"].to_numpy(), rows["organisation"].to_numpy()
    known, own = np.unique(person * 1000 + organisation, return_inverse=True)
    person, organisation = known // 1000, known % 1000
    repeated = ~_first(rows, own)
    held = pd.DataFrame(
        {"local_patient_identifier": category(local_identifiers(world.rng, organisation))}
    )
    _number(world, held, person, organisation)
    naming.fill(world, held, person, repeated)
    _birth(world, held, person, rows, own)
    _sex(world, held, person)
    contacts.fill(world, held, person, repeated)
    death = np.where(hit(world.rng, 0.6, len(held)), died[person], np.datetime64("NaT"))
    held["death_date"] = death
    return held, own


def _first(rows: pd.DataFrame, own: Ints) -> Mask:
    """Which registrations were their person's first: those of the earliest referral."""
    person = rows["person"].to_numpy()
    order = np.lexsort((own, rows["referral_date"].to_numpy(), person))
    starts = np.flatnonzero(np.diff(person[order], prepend=-1))
    first = np.zeros(int(own.max()) + 1, dtype=bool)
    first[own[order[starts]]] = True
    return first


def _number(world: World, held: pd.DataFrame, person: Ints, organisation: Ints) -> None:
    """NHS numbers: a few missing, fewer wrong, and a status that mostly says verified."""
    rng, rates, size = world.rng, world.rates, len(held)
    of_person = nhs_numbers(rng, len(world.people))
    number = of_person[person]
    relative = world.people.relative[person]
    mixed_up = (relative >= 0) & hit(rng, rates.nhs_number_of_relative, size)
    number = np.where(mixed_up, of_person[relative], number)
    wrong = hit(rng, rates.nhs_number_mistyped, size)
    place = 10 ** rng.integers(0, 9, size)
    digit = number // place % 10
    number = np.where(wrong, number + ((digit + 3) % 10 - digit) * place, number)
    short = wrong & hit(rng, 0.2, size)
    text = pd.Series(np.where(short, number // 10, number)).astype(str).to_numpy(dtype=object)
    never = hit(rng, rates.nhs_number_missing * NEVER_NUMBERED, len(world.people))[person]
    # Errors cluster by organisation (domain 4.6): some miss twice as many as others.
    zeal = rng.uniform(0.4, 1.6, world.organisations)[organisation]
    zeal /= zeal.mean()
    lost = hit(rng, rates.nhs_number_missing * (1 - NEVER_NUMBERED) * zeal, size)
    missing = never | lost
    text[missing] = ""
    placeholder = hit(rng, rates.nhs_number_placeholder, size)
    text[placeholder] = words(PLACEHOLDERS, rng.integers(0, len(PLACEHOLDERS), size))[placeholder]
    unsure = words(("02", "03", "05", "06"), choose(rng, [70, 15, 10, 5], size))
    without = words(("03", "04", "07"), choose(rng, [30, 40, 30], size))
    status = np.where(hit(rng, rates.nhs_number_unverified, size) | wrong, unsure, "01")
    held["nhs_number"] = category(text)
    held["nhs_number_status"] = category(np.where(missing | placeholder, without, status))


def _birth(world: World, held: pd.DataFrame, person: Ints, rows: pd.DataFrame, own: Ints) -> None:
    """Birth dates: one in two hundred wrong, by the kinds met in practice."""
    rng, rates, size = world.rng, world.rates, len(held)
    born = world.people.birth[person]
    earliest = pd.Series(rows["referral_date"].to_numpy()).groupby(own).min().to_numpy()
    wrong = np.flatnonzero(hit(rng, rates.birth_date_error, size))
    typed = born.copy()
    typed[wrong] = births.mistyped(
        rng, born[wrong], no_later_than=earliest[wrong].astype("datetime64[D]")
    )
    typed[hit(rng, rates.birth_date_placeholder, size)] = np.datetime64("1900-01-01")
    held["birth_date"] = typed


def _sex(world: World, held: pd.DataFrame, person: Ints) -> None:
    """Gender and ethnic category as recorded."""
    rng, rates, size = world.rng, world.rates, len(held)
    sex = world.people.sex[person]
    recorded = np.where(hit(rng, rates.gender_error, size), 1 - sex, sex)
    gender = words(("1", "2"), recorded)
    gender[hit(rng, rates.gender_missing, size)] = ""
    held["gender"] = category(gender)
    codes, by_group = lists.ethnic_codes()
    ethnic = world.people.ethnic[person]
    other = hit(rng, rates.ethnic_category_other, size)
    ethnic = np.where(other, by_group.draw(rng, world.people.group[person]), ethnic)
    text = words(codes, ethnic)
    text[hit(rng, rates.ethnic_category_not_stated, size)] = "Z"
    held["ethnic_category"] = category(text)
