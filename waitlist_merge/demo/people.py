"""Who lives in the region? People in households, of the ages and sexes that wait.

Besides ordinary people there are those who make matching hard: spouses, parents and children, twins
with like names, a son with his father's full name at one address, and strangers who share a name
and a birth date. Ages and sexes follow the specialties' waits; names follow group, sex and birth
year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from waitlist_merge.demo import lists
from waitlist_merge.demo.draw import Days, Ints, Mask, between, choose, hit, some_of
from waitlist_merge.demo.lists import MALE
from waitlist_merge.demo.rates import Rates

TWIN_OLDEST = 75
"""Twins over this age rarely share a household, years."""

SAME_SEX_TWINS = 0.66
LIKE_NAMED_TWINS = 0.4
"""Share of same-sex twins whose names are most alike (Jamie and James)."""

HAS_MIDDLE_NAME = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """One value a person in each array; names are rows of ``lists.names()``."""

    sex: Ints
    age: Ints
    birth: Days
    group: Ints
    ethnic: Ints
    given: Ints
    middle: Ints
    family: Ints
    other_family: Ints
    """A former, or a married, family name: used where a registration holds another one."""
    home: Ints
    """Household; relatives share it."""
    relative: Ints
    """Another person of the household on the list; -1 for none."""

    def __len__(self) -> int:
        return len(self.sex)


@dataclass(slots=True, eq=False)
class _Draft:
    """Relatives while they are matched to the people whose households they join."""

    anchor: Ints
    sex: Ints
    age: Ints
    twin: Mask
    namesake: Mask
    spouse: Mask


def make_people(rng: np.random.Generator, size: int, *, census: date, rates: Rates) -> People:
    """``size`` people; the last are relatives of earlier ones and share their households.

    >>> from datetime import date
    >>> some = make_people(np.random.default_rng(1), 500, census=date(2026, 11, 15), rates=Rates())
    >>> len(some), int((some.relative >= 0).sum())
    (500, 50)
    """
    count = round(size * rates.relative_listed / 2)
    base = size - count
    age_sex = choose(rng, lists.services().joint.sum(axis=2).ravel(), base)
    age, sex = age_sex // 2, age_sex % 2
    draft = _relatives(rng, age=age, sex=sex, count=count, rates=rates)
    home = np.concatenate([np.arange(base), draft.anchor])
    relative = np.full(size, -1)
    relative[base:], relative[draft.anchor] = draft.anchor, np.arange(base, size)
    age, sex = np.concatenate([age, draft.age]), np.concatenate([sex, draft.sex])
    group = _groups(rng, age=age, census=census)
    group[base:] = group[draft.anchor]
    birth = _births(rng, age=age, group=group, census=census)
    birth[base:][draft.twin] = birth[draft.anchor[draft.twin]]
    given = _given(rng, group=group, sex=sex, birth=birth)
    people = People(
        sex=sex,
        age=age,
        birth=birth,
        group=group,
        ethnic=lists.ethnic_codes()[1].draw(rng, group),
        given=given,
        middle=_middle(rng, given, group=group, sex=sex, birth=birth),
        family=lists.names().family_choices.draw(rng, group),
        other_family=lists.names().family_choices.draw(rng, group),
        home=home,
        relative=relative,
    )
    _name_relatives(rng, people, draft, base=base)
    _share_name_and_birth(rng, people, count=round(size * rates.shared_name_and_birth))
    return people


def _relatives(
    rng: np.random.Generator, *, age: Ints, sex: Ints, count: int, rates: Rates
) -> _Draft:
    """Whose relatives are also listed, and of what age and sex they are."""
    free = np.arange(len(age))
    parts = []
    wanted = {
        "twin": (count * rates.relative_twin, age <= TWIN_OLDEST),
        "namesake": (count * rates.relative_namesake, (sex == MALE) & (age >= 24)),
        "spouse": (count * rates.relative_spouse, age >= 22),
        "child": (count, (age >= 20) & (age <= 85)),
    }
    missing = count
    for kind, (number, suits) in wanted.items():
        anchor = some_of(rng, free[suits[free]], min(missing, round(number)))
        free = np.setdiff1d(free, anchor, assume_unique=True)
        missing -= len(anchor)
        parts.append((kind, anchor))
    # A region of a handful of people may have no parent left: any other person then has a twin.
    parts.append(("twin", some_of(rng, free, missing)))
    anchor = np.concatenate([each for _, each in parts])
    kinds = np.repeat([kind for kind, _ in parts], [len(each) for _, each in parts])
    twin, namesake, spouse = kinds == "twin", kinds == "namesake", kinds == "spouse"
    size = len(anchor)
    same_sex = hit(rng, np.where(twin, SAME_SEX_TWINS, np.where(spouse, 0.02, 0.5)), size)
    own_sex = np.where(same_sex | namesake, sex[anchor], 1 - sex[anchor])
    gap = between(rng, 19, np.where(kinds == "child", 42, 38), size)
    as_child = np.maximum(age[anchor] - gap, 0)
    as_spouse = np.clip(age[anchor] + np.rint(rng.normal(0, 4, size)), 18, lists.OLDEST)
    own_age = np.select([twin, spouse], [age[anchor], as_spouse.astype(np.int64)], as_child)
    return _Draft(anchor, own_sex, own_age, twin, namesake, spouse)


def _groups(rng: np.random.Generator, *, age: Ints, census: date) -> Ints:
    return lists.group_shares().draw(rng, lists.cohort(census.year - age))


def _births(rng: np.random.Generator, *, age: Ints, group: Ints, census: date) -> Days:
    """Birth dates that give these ages at the census; some people have only a year: 1 January."""
    days = (age * 365.2425).astype(np.int64) + rng.integers(1, 365, len(age))
    birth = np.datetime64(census, "D") - np.maximum(days, 30).astype("timedelta64[D]")
    share = lists.groups()["first_january"].to_numpy()[group]
    known_by_year = hit(rng, np.where(age >= 16, share, 0), len(age))
    first = birth.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray(np.where(known_by_year, first, birth))


def _given(rng: np.random.Generator, *, group: Ints, sex: Ints, birth: Days) -> Ints:
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    row = (group * 2 + sex) * 5 + lists.cohort(year)
    return lists.names().given_choices.draw(rng, row)


def _middle(rng: np.random.Generator, given: Ints, *, group: Ints, sex: Ints, birth: Days) -> Ints:
    """Middle names; Sikh families give Singh and Kaur."""
    middle = _given(rng, group=group, sex=sex, birth=birth)
    listed = lists.names().given
    sikh = [listed.index[(listed["pool"] == "sikh") & (listed["sex"] == each)][0] for each in "MF"]
    punjabi = (lists.groups()["group"] == "punjabi").to_numpy()[group]
    middle = np.where(punjabi, np.array(sikh)[sex], middle)
    has = hit(rng, HAS_MIDDLE_NAME, len(sex)) & (middle != given)
    return np.where(has, middle, -1)


def _name_relatives(rng: np.random.Generator, people: People, draft: _Draft, *, base: int) -> None:
    """Relatives bear the household's family name, twins other names, namesakes the same."""
    names = lists.names()
    size = len(draft.anchor)
    keeps = hit(rng, lists.groups()["surname_kept"].to_numpy()[people.group[draft.anchor]], size)
    shares = ~(draft.spouse & keeps)
    family, given = people.family[base:], people.given[base:]
    family[shares] = people.family[draft.anchor[shares]]
    given[draft.namesake] = people.given[draft.anchor[draft.namesake]]
    like = draft.twin & (draft.sex == people.sex[draft.anchor])
    like &= hit(rng, LIKE_NAMED_TWINS, size) | (given == people.given[draft.anchor])
    given[like] = names.like[people.given[draft.anchor[like]]]
    # A child who was drawn the parent's name would be a namesake; the household has one already.
    chance = (given == people.given[draft.anchor]) & ~draft.namesake
    given[chance] = names.like[given[chance]]


def _share_name_and_birth(rng: np.random.Generator, people: People, *, count: int) -> None:
    """Strangers with one name and birth date: they take common names, so chance does so too."""
    alone = np.flatnonzero(people.relative < 0)
    weight = lists.names().family["weight"].to_numpy()[people.family[alone]]
    common = alone[weight >= np.quantile(weight, 0.8)] if len(alone) else alone
    first = some_of(rng, common, min(count, len(alone) // 4))
    second = some_of(rng, np.setdiff1d(alone, first), len(first))
    for column in (people.sex, people.age, people.birth, people.group, people.ethnic):
        column[second] = column[first]
    for column in (people.given, people.family):
        column[second] = column[first]
    people.middle[second] = -1
