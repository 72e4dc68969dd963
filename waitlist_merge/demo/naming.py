"""Which name does a registration hold? Typed names: short forms, slips, changes, titles.

Kinds of error are those that CRATE measured (``linkage_error_rates.csv``); at most one befalls the
forename and one the family name of a registration.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.columns import Text, category
from waitlist_merge.demo.draw import Choices, Floats, Ints, Mask, choose, hit, words
from waitlist_merge.demo.lists import FEMALE, MALE
from waitlist_merge.demo.rates import Rates
from waitlist_merge.demo.spelling import misspell
from waitlist_merge.demo.world import World

DOUBLE_BARRELLED = 0.012
"""Share of households with two family names joined by a hyphen."""

_NONE, _TYPO, _VARIANT, _OTHER, _ORDER, _KNOWN_AS = range(6)


def fill(world: World, held: pd.DataFrame, person: Ints, repeated: Mask) -> None:
    """Name columns of these persons' registrations; ``repeated``: not the person's first."""
    rng, rates, people = world.rng, world.rates, world.people
    size, sex = len(person), people.sex[person]
    spelled = np.append(lists.names().given["name"].to_numpy(dtype=object), "")
    given, middle = spelled[people.given[person]], spelled[people.middle[person]]
    family, other = _family_names(world, person)
    changed = repeated & hit(rng, _by_sex(rates, "surname_changed")[sex], size)
    joined = changed & hit(rng, 0.2, size)
    now = np.where(joined, family + "-" + other, np.where(changed, other, family))
    told = hit(rng, np.where(changed, 0.35, 0.02), size)
    previous = np.where(told, np.where(changed, family, other), "")
    given, middle, now = _typed(world, person, given, middle, _typed_family(world, now, sex))
    middle[hit(rng, rates.middle_name_missing, size)] = ""
    held["family_name"] = category(now)
    held["given_name"] = category(given)
    held["middle_name"] = category(middle)
    held["previous_family_name"] = category(previous)
    held["title"] = category(_titles(world, person))


def _by_sex(rates: Rates, name: str) -> Floats:
    """A rate given apart for men and women, in the order of the sex codes."""
    return np.array([getattr(rates, f"{name}_male"), getattr(rates, f"{name}_female")])


def _family_names(world: World, person: Ints) -> tuple[Text, Text]:
    """Each person's family name in the form of the sex, and the name it may change to."""
    people, listed = world.people, lists.names().family
    forms = np.stack([listed["name"], listed["female"]]).astype(object)
    sex = people.sex[person]
    family, other = forms[sex, people.family[person]], forms[sex, people.other_family[person]]
    homes = int(people.home.max()) + 1
    partner = choose(world.rng, (listed["pool"] == "english") * listed["weight"], homes)
    english = (listed["pool"] == "english").to_numpy()[people.family[person]]
    double = hit(world.rng, DOUBLE_BARRELLED, homes)[people.home[person]] & english
    second = forms[MALE, partner[people.home[person]]]
    double &= second != family
    return np.where(double, family + "-" + second, family), other


def _typed_family(world: World, family: Text, sex: Ints) -> Text:
    """Slips of typing, and endings or second halves lost."""
    rng, size = world.rng, len(family)
    text = family.copy()
    slip = np.flatnonzero(hit(rng, _by_sex(world.rates, "surname_typo")[sex], size))
    text[slip] = misspell(rng, text[slip])
    cut = np.flatnonzero(hit(rng, _by_sex(world.rates, "surname_shortened")[sex], size))
    short = pd.Series(text[cut], dtype=object)
    half = short.str.split("-").str[0]
    text[cut] = half.where(half != short, short.str[:-1].where(short.str.len() > 3, short + "s"))
    return text


def _typed(
    world: World, person: Ints, given: Text, middle: Text, family: Text
) -> tuple[Text, Text, Text]:
    """Forenames with their errors: given, middle and family name as typed."""
    rng, rates = world.rng, world.rates
    events = [
        [_by_sex(rates, f"forename_{each}")[sex] for each in ("typo", "variant", "other")]
        + [rates.forename_order, rates.known_as]
        for sex in (MALE, FEMALE)
    ]
    kind = Choices.of([[max(1 - sum(each), 0), *each] for each in events]).draw(
        rng, world.people.sex[person]
    )
    given, middle, family = given.copy(), middle.copy(), family.copy()
    slip = np.flatnonzero(kind == _TYPO)
    given[slip] = misspell(rng, given[slip])
    for each in (_VARIANT, _KNOWN_AS):
        at = np.flatnonzero(kind == each)
        variant = _variants(rng, world.people.given[person[at]])
        if each == _VARIANT:
            given[at] = variant
        else:
            given[at] = given[at] + " (known as " + variant + ")"
    at = np.flatnonzero(kind == _OTHER)
    unlike = (
        lists.names()
        .given["name"]
        .to_numpy(dtype=object)[rng.permutation(world.people.given[person[at]])]
    )
    given[at] = np.where(middle[at] != "", middle[at], unlike)
    at = np.flatnonzero(kind == _ORDER)
    with_middle = at[(middle[at] != "") & hit(rng, 0.4, len(at))]
    with_family = np.setdiff1d(at, with_middle)
    given[with_middle], middle[with_middle] = middle[with_middle], given[with_middle]
    given[with_family], family[with_family] = family[with_family], given[with_family]
    return given, middle, family


def _variants(rng: np.random.Generator, given: Ints) -> Text:
    """A short form or another spelling; an initial or the first letters where none is listed."""
    listed = lists.names().given
    many = listed["variants"].str.split(";").tolist()
    width = max(len(each) for each in many)
    table = np.array([[*each, *[each[0]] * (width - len(each))] for each in many], dtype=object)
    found = table[given, rng.integers(0, width, len(given))]
    name = listed["name"].to_numpy(dtype=object)[given]
    whole = pd.Series(name, dtype=object)
    cut = whole.str[:4].where((whole.str.len() > 4) & hit(rng, 0.5, len(given)), whole.str[:1])
    initial = hit(rng, 0.15, len(given)) | (found == "") | (found == name)
    return np.asarray(np.where(initial, cut, found), dtype=object)


def _titles(world: World, person: Ints) -> Text:
    """Titles by sex and age; many are not recorded."""
    rng, size = world.rng, len(person)
    sex, age = world.people.sex[person], world.people.age[person]
    woman = np.where(age < 25, 0, choose(rng, [25, 55, 20], size))
    women = words(("Miss", "Mrs", "Ms"), woman)
    men = np.where(age < 14, "Master", "Mr").astype(object)
    title = np.where(sex == FEMALE, women, men)
    title = np.where(hit(rng, 0.012, size) & (age > 24), "Dr", title)
    return np.where(hit(rng, world.rates.title_missing, size), "", title)
