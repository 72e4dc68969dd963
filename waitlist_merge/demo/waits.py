"""What do people wait for, where and since when? One row for each need at its first organisation.

Shares of specialties, of decisions to admit and of weeks waited follow England's list of April
2026 (``demo_waits.csv``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.course import admit, attend, new_keys, prioritise, refer
from waitlist_merge.demo.draw import Days, Ints, Mask, choose, hit, later, missing_days
from waitlist_merge.demo.world import CODES, DATES, NO_SIDE, World
from waitlist_merge.reasons import Relation

FIRST_ROWS_ADMITTED = 0.87
"""Decisions to admit among first rows, to the published share: second rows are admitted more often
(other sides, contracts, repeats), and all rows together should have the share of the list."""


def base_rows(world: World) -> pd.DataFrame:
    """The first row of every need: people have one, some two or three."""
    rng, rates, size = world.rng, world.rates, len(world.people)
    second = np.flatnonzero(hit(rng, rates.second_need, size))
    third = second[hit(rng, rates.third_need / max(rates.second_need, 1e-9), len(second))]
    person = np.concatenate([np.arange(size), second, third])
    service = draw_service(world, person)
    # Another problem of one specialty has no procedure yet: a like one would make it a repeat.
    again = pd.DataFrame({"person": person, "family": lists.families()[service]}).duplicated()
    share = lists.services().admitted[service] * FIRST_ROWS_ADMITTED
    admitted = hit(rng, np.where(again, 0, share), len(person))
    rows = open_rows(world, person=person, service=service, admitted=admitted)
    rows.loc[again, ["procedure", "side"]] = -1, NO_SIDE
    later_need = np.where(again, Relation.UNRELATED.value, Relation.OTHER_SPECIALTY.value)
    rows["relation"] = np.where(np.arange(len(rows)) < size, "", later_need).astype(object)
    return rows


def draw_service(world: World, person: Ints) -> Ints:
    """A treatment function that suits each person's age and sex."""
    people = world.people
    return lists.services().by_person.draw(world.rng, people.age[person] * 2 + people.sex[person])


def draw_procedure(world: World, person: Ints, service: Ints) -> Ints:
    """A procedure that suits age and sex; -1 where the service lists none."""
    people = world.people
    row = (service * (lists.OLDEST + 1) + people.age[person]) * 2 + people.sex[person]
    return lists.services().by_patient.draw(world.rng, row)


def draw_side(world: World, procedure: Ints) -> Ints:
    """A side for procedures that have one."""
    sided = np.append((lists.services().procedures["sided"] == "Y").to_numpy(), False)
    side = choose(world.rng, [0, 48, 48, 4], len(procedure))
    return np.where(sided[procedure], side, NO_SIDE)


def open_rows(
    world: World,
    *,
    person: Ints,
    service: Ints,
    organisation: Ints | None = None,
    admitted: Mask,
) -> pd.DataFrame:
    """Open waits of these people for these services, each a need with its own identifiers."""
    rng, size = world.rng, len(person)
    if organisation is None:
        organisation = world.provider(person, service)
    start = _starts(
        world, person=person, service=service, organisation=organisation, admitted=admitted
    )
    procedure = draw_procedure(world, person, service)
    procedure = np.where(admitted | hit(rng, 0.03, size), procedure, -1)
    rows = pd.DataFrame(
        {
            "person": person,
            "need": np.arange(size),
            "organisation": organisation,
            "service": service,
            "procedure": procedure,
            "side": draw_side(world, procedure),
            "admitted": admitted,
            "suspected_cancer": False,
        }
    )
    for name in DATES:
        rows[name] = missing_days(size)
    for name in CODES:
        rows[name] = np.full(size, "", dtype=object)
    rows["rtt_start_date"] = start
    refer(world, rows)
    prioritise(world, rows)
    attend(world, rows)
    admit(world, rows)
    new_keys(world, rows)
    rows["truth_start"] = rows["rtt_start_date"]
    return rows


def _starts(
    world: World, *, person: Ints, service: Ints, organisation: Ints, admitted: Mask
) -> Days:
    """Clock starts by the published weeks waited; never before a week of life."""
    rng, size = world.rng, len(person)
    week = lists.services().weeks.draw(rng, service * 2 + admitted)
    days = np.where(week == 0, rng.integers(0, 8, size), 7 * week + rng.integers(1, 8, size))
    days = days + np.where(week == 104, rng.exponential(60, size).astype(np.int64), 0)
    start = later(world.census[organisation], -days)
    born = later(world.people.birth[person], 7)
    return np.maximum(start, np.minimum(born, world.census[organisation]))
