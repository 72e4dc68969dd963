"""What does a list hold of pairs of one person, and of people of one name?

What the prior of the model rests on, and what is taken from two names that go together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.mixing import FACTORS
from waitlist_merge.patients.coding import MISSING
from waitlist_merge.patients.records import Records
from waitlist_merge.patients.repeated import count_pairs

PAIRS_PER_RECORD = 0.5
"""Expected true pairs a record before any are counted. A list holds 1.19 pathways a patient (domain
5.6) and duplicates beside; a doubling moves the prior by one bit only."""

PSEUDO_RECORDS = 1_000
"""Weight of that rate against what is counted, in records."""

MOST_OF_A_PERSON = 100
"""Records of one full name and birth date beyond which they are test or placeholder records."""


def alike(records: Records) -> NDArray[np.int32]:
    """How many records share the full name and birth date of each? 1 where any is missing."""
    first = records.first_alike
    found = np.zeros(records.size + 1, dtype=np.int32)
    np.add.at(found, first, np.int32(1))
    found[(found > MOST_OF_A_PERSON) | (found == 0)] = 1
    found[MISSING] = 1
    return found[first]


def true_pairs_per_record(records: Records, people: NDArray[np.int32]) -> float:
    """About how many true pairs has a record? By those that share full name and birth date.

    Nearly all true pairs agree on these or on an identifier, and few others do. ``people`` is
    what ``alike`` says.
    """
    by_name = float((people - 1).sum(dtype=np.int64)) / 2
    by_number = [count_pairs(codes, most=MOST_OF_A_PERSON) for codes in records.identities]
    found = max([by_name, *by_number])
    expected = PAIRS_PER_RECORD * PSEUDO_RECORDS
    return (found + expected) / (records.size + PSEUDO_RECORDS)


def names_together(records: Records) -> float:
    """By how many bits do people share their full name more often than chance would have it?

    Given and family names go together by origin and by sex: Mohammed is oftener Khan than Smith.
    0 or more; people are told apart by name and birth date.
    """
    family, given = records.family.codes, records.given.codes
    people = np.flatnonzero(records.first_alike == np.arange(records.size))
    people = people[births_in_sample(records)[people]]
    every = len(people) * (len(people) - 1) / 2
    if not every:
        return float(np.log2(USUALLY_TOGETHER))
    both = count_pairs(family[people], given[people])
    chance = count_pairs(family[people]) * count_pairs(given[people]) / every
    odds = (both + PSEUDO_PAIRS * USUALLY_TOGETHER) / (chance + PSEUDO_PAIRS)
    return max(float(np.log2(odds)), 0.0)


def births_in_sample(records: Records) -> NDArray[np.bool_]:
    """The records whose birth date is one of the sample; not those without one."""
    days = np.arange(records.birth.max(initial=0) + 1)
    return np.append(in_sample(days, of=records.size), False)[records.birth]


ENOUGH = 1_000_000
"""Records from which a rate is counted; of a longer list only a share is looked at."""


def in_sample(values: NDArray[np.integer], *, of: int) -> NDArray[np.bool_]:
    """A share of these values, so large that about ``ENOUGH`` ``of`` so many records hold one.

    A value is in or out whatever else the list holds and in whatever order; of few records all are.

    >>> in_sample(np.array([7, 8, 7]), of=3).tolist()
    [True, True, True]
    """
    every = np.uint64(of // ENOUGH + 1)
    spread = values.astype(np.uint64) * FACTORS[0]
    return np.asarray((spread >> np.uint64(32)) % every == 0)


USUALLY_TOGETHER = 3.0
"""How much oftener than by chance two people share a full name where it has not been counted: the
invented lists of England and of a region, whose names follow origin and sex, have 3.6."""

PSEUDO_PAIRS = 10.0
"""Weight of that against what is counted, in pairs by chance."""
