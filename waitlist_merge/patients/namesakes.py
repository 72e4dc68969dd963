"""Two of one name and birth date, at other homes and telephones: from which weight are they one?

A person who has moved and has a new telephone looks like a namesake. Which of the two is ordinary
depends on the list: how common its names are, how far its organisations lie apart, how old its
addresses are. The records that carry NHS numbers tell: of such pairs with two numbers either these
are the same or they differ. The rest of the list is judged as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from waitlist_merge.patients.blocks import Key
from waitlist_merge.patients.expected import births_in_sample
from waitlist_merge.patients.frequencies import Shares
from waitlist_merge.patients.levels import compare
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.pairs import all_pairs
from waitlist_merge.patients.records import Records
from waitlist_merge.patients.vetoes import namesakes
from waitlist_merge.patients.weights import total, weigh

RIGHT = 32
"""Pairs of one person to each pair of two people at which such pairs are joined: at least 0.97 of
them are right, as of anything that is proposed."""

FEWEST = 32
"""Pairs that have to be seen; of fewer the list tells nothing, and its length decides."""

STEPS = (6.0, 11.0, 16.0)
"""Weights without the number that are tried, in bits: what joins two records, and what does so
beyond a rival of the usual margin, and of twice that."""


def namesakes_key(records: Records) -> Key:
    """Whom are namesakes told by? Records with a number, in a sample of a long list."""
    return Key(
        "one name and birth date",
        (records.first_alike,),
        makers=records.nhs_number.known & births_in_sample(records),
        further=(records.postcode.codes,),
    )


def one_person_from(
    records: Records, model: PatientModel, shares: Mapping[str, Shares], key: Key
) -> float | None:
    """The weight in bits from which namesakes of these records are one person; None: never.

    ``model.namesakes`` where too few of them carry numbers for the records to tell. ``shares`` are
    ``model.on(records)``, ``key`` is ``namesakes_key(records)``.
    """
    number, numbered = records.nhs_number.codes, key.makers
    a, b = all_pairs([key])
    both = numbered[a] & numbered[b]
    a, b = a[both], b[both]
    levels = compare(records, a, b)
    parts = weigh(model, shares, records, levels, a, b)
    levels["nhs_number"] = np.zeros(len(a), dtype=np.int8)
    found = namesakes(levels)
    weight = (total(parts) - parts["nhs_number"])[found]
    same = (number[a] == number[b])[found]
    if (weight >= STEPS[0]).sum() < FEWEST:
        return model.namesakes
    for step in STEPS:
        ones = int((same & (weight >= step)).sum())
        twos = int((~same & (weight >= step)).sum())
        if ones + 1 >= RIGHT * (twos + 1):
            return step
    return None
