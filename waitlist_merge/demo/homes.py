"""Where the people of a region live, and which organisations are near.

Every household has an address and a former one. Districts are real, everything below them is
invented; a postcode holds two or three of the region's households, as on a real list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waitlist_merge.demo import lists
from waitlist_merge.demo.draw import Choices, Ints, choose, distinct, hit
from waitlist_merge.reference import load

LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters that the inward part of a postcode may hold (none of C I K M O V)."""

INWARD = 10 * len(LETTERS) ** 2
"""Inward parts of one district: a sector digit and two letters."""

PRACTICES = 4
"""General practices in one district."""

HOME_PULL = 9.0
"""How much likelier a patient is to be referred to an organisation that serves the home area."""


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """Households first, then their former homes in the same order; one value a home."""

    households: int
    district: Ints
    inward: Ints
    number: Ints
    street: Ints
    practice: Ints
    phone: Ints
    """Six digits after the area code 01632, which no real area has (Ofcom)."""

    def former(self, home: Ints) -> Ints:
        """Where these households lived before."""
        return home + self.households


def make_homes(rng: np.random.Generator, households: int, *, organisations: int) -> Homes:
    """Homes and former homes of this many households, in the areas that organisations serve."""
    places = lists.places()
    units = _units(rng, max(200, households // 3), organisations=organisations)
    now = rng.integers(0, len(units), households)
    # Most moves are short: units are sorted, so a near one lies in the same or the next district.
    near = (now + rng.integers(-200, 201, households)) % len(units)
    far = rng.integers(0, len(units), households)
    unit = np.concatenate([now, np.where(hit(rng, 0.75, households), near, far)])
    size = 2 * households
    streets = rng.integers(0, len(load("demo_streets")), len(units))
    district = units[unit] // INWARD
    local_practice = rng.integers(0, PRACTICES, size)
    codes = 81000 + distinct(rng, 0, 11_999, len(places) * PRACTICES)
    return Homes(
        households=households,
        district=district,
        inward=units[unit] % INWARD,
        number=rng.integers(1, 160, size),
        street=streets[unit],
        practice=codes[district * PRACTICES + local_practice],
        phone=rng.integers(0, 1_000_000, size),
    )


def _units(rng: np.random.Generator, size: int, *, organisations: int) -> Ints:
    """Sorted postcode units of the areas served; districts of larger organisations have more."""
    places = lists.places()
    served = _served(organisations)
    weight = served.sum(axis=0) / places.groupby("area")["district"].transform("size")
    district = choose(rng, weight, size)
    return np.unique(district * INWARD + rng.integers(0, INWARD, size))


def _served(organisations: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Size of each organisation (rows) in each district (columns) whose area it serves."""
    listed = lists.organisations().iloc[:organisations]
    area = lists.places()["area"].to_numpy()
    return np.array(
        [
            size * np.isin(area, areas.split())
            for size, areas in zip(listed["size"], listed["areas"], strict=True)
        ],
        dtype=np.float64,
    )


def providers(organisations: int) -> Choices:
    """Who takes a referral; rows: district * 2 + (1 where independents take the service)."""
    served = _served(organisations)
    size = lists.organisations()["size"].to_numpy()[:organisations]
    weight = (size[:, None] + HOME_PULL * served).T
    trusts = weight * ~lists.independent(organisations)
    return Choices.of(np.stack([trusts, weight], axis=1).reshape(-1, organisations))
