"""Where a registration says that the patient lives, and how to reach them.

Households share an address and a landline; later registrations may still hold, or already hold, the
other of two homes. Restricted records have no address, telephone or practice (domain 3).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.columns import Text, category
from waitlist_merge.demo.draw import Ints, Mask, choose, hit, words
from waitlist_merge.demo.homes import INWARD, LETTERS
from waitlist_merge.demo.world import World
from waitlist_merge.reference import load

PSEUDO_POSTCODES = ("ZZ99 3VZ", "ZZ99 3WZ", "ZZ99 3CZ")
"""No fixed abode, not known, England not otherwise stated (domain 6)."""

NO_PRACTICE = ("V81999", "V81997", "V81998")

HAS_EMAIL = 0.22
_NEEDS = ("Large print", "BSL interpreter", "Hearing loop", "Carer to be contacted", "Easy read")
_LANGUAGES = {
    "polish": "Polish",
    "romanian": "Romanian",
    "gujarati": "Gujarati",
    "punjabi": "Punjabi",
    "pakistani": "Urdu",
    "bangladeshi": "Bengali",
    "somali": "Somali",
    "chinese": "Cantonese",
    "arabic": "Arabic",
}


def fill(world: World, held: pd.DataFrame, person: Ints, repeated: Mask) -> None:
    """Contact columns of these persons' registrations."""
    rng, rates, homes = world.rng, world.rates, world.homes
    size = len(person)
    moved = repeated & hit(rng, rates.moved, size)
    now = world.people.home[person]
    home = np.where(moved, homes.former(now), now)
    hidden = hit(rng, rates.restricted, len(world.people))[person] & hit(rng, 0.8, size)
    postcode = _postcodes(world, home)
    pseudo = hit(rng, rates.postcode_pseudo, size)
    abode = words(PSEUDO_POSTCODES, choose(rng, [55, 25, 20], size))
    postcode = np.where(pseudo, abode, postcode)
    postcode[hit(rng, rates.postcode_missing, size) | hidden] = ""
    roofless = pseudo & (abode == PSEUDO_POSTCODES[0])
    address = np.where(roofless, "No fixed abode", _addresses(world, home))
    address[hit(rng, rates.address_missing, size) | hidden] = ""
    local = ("M" + pd.Series(homes.practice[home]).astype(str)).to_numpy(dtype=object)
    none = words(NO_PRACTICE, choose(rng, [70, 20, 10], size))
    practice = np.where(hit(rng, rates.gp_practice_unknown, size), none, local)
    practice[hidden] = ""
    phone, email = _phones(world, person), _emails(world, person)
    phone[hidden], email[hidden] = "", ""
    held["postcode"] = category(postcode)
    held["address"] = category(address)
    held["phone"] = category(phone)
    held["email"] = category(email)
    held["gp_practice_code"] = category(practice)
    held["restricted"] = pd.arrays.BooleanArray(hidden, ~hidden)
    held["communication_needs"] = category(_needs(world, person))


def _postcodes(world: World, home: Ints) -> Text:
    """Postcodes of these homes; in some another unit of the sector was typed."""
    homes, size = world.homes, len(home)
    inward = homes.inward[home]
    letters = len(LETTERS) ** 2
    slip = hit(world.rng, world.rates.postcode_unit_error, size)
    other = world.rng.integers(1, letters, size)
    inward = np.where(slip, inward // letters * letters + (inward + other) % letters, inward)
    units = np.array(
        [f"{sector}{a}{b}" for sector in range(10) for a in LETTERS for b in LETTERS], dtype=object
    )
    known, at = np.unique(homes.district[home] * INWARD + inward, return_inverse=True)
    districts = lists.places()["district"].to_numpy(dtype=object)
    text: Text = districts[known // INWARD] + " " + units[known % INWARD]
    return text[at]


def _addresses(world: World, home: Ints) -> Text:
    homes = world.homes
    streets = load("demo_streets")["name"].to_numpy(dtype=object)
    towns = lists.places()["town"].to_numpy(dtype=object)
    number = pd.Series(homes.number[home]).astype(str).to_numpy(dtype=object)
    text: Text = number + " " + streets[homes.street[home]] + ", " + towns[homes.district[home]]
    return text


def _phones(world: World, person: Ints) -> Text:
    """The household's landline, at some another number of the person's; many have none."""
    rng, rates, size = world.rng, world.rates, len(person)
    own = rng.integers(0, 1_000_000, len(world.people))[person]
    shared = world.homes.phone[world.people.home[person]]
    number = np.where(hit(rng, rates.phone_other, size), own, shared)
    text: Text = ("01632 " + pd.Series(number).astype(str).str.zfill(6)).to_numpy(dtype=object)
    text[hit(rng, rates.phone_missing, size)] = ""
    return text


def _emails(world: World, person: Ints) -> Text:
    """Addresses at example.net (reserved: RFC 2606) for some people, at most of their hospitals."""
    rng, people = world.rng, world.people
    has = hit(rng, HAS_EMAIL, len(people))[person] & hit(rng, 0.8, len(person))
    text = np.full(len(person), "", dtype=object)
    at = np.flatnonzero(has)
    listed = lists.names()
    given, family = (_plain(each["name"]) for each in (listed.given, listed.family))
    digits = pd.Series(rng.integers(1, 9999, len(people))[person[at]]).astype(str)
    text[at] = (
        given[people.given[person[at]]]
        + "."
        + family[people.family[person[at]]]
        + digits.to_numpy(dtype=object)
        + "@example.net"
    )
    return text


def _plain(names: pd.Series) -> Text:
    """Names as they stand in an address: lower case, without accents and apostrophes."""
    letters = names.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    return np.asarray(letters.str.replace("'", "").str.lower().to_numpy(dtype=object))


def _needs(world: World, person: Ints) -> Text:
    """What the patient needs to be reached: print, an interpreter; not every hospital knows."""
    rng, people = world.rng, world.people
    groups = lists.groups()["group"]
    language = groups.map(_LANGUAGES).fillna("").to_numpy(dtype=object)[people.group]
    need = words(_NEEDS, rng.integers(0, len(_NEEDS), len(people)))
    speaks = (language != "") & hit(rng, 0.7, len(people))
    need = np.where(speaks, "Interpreter: " + language, need)
    has = hit(rng, world.rates.communication_need, len(people))[person]
    return np.where(has & hit(rng, 0.6, len(person)), need[person], "")
