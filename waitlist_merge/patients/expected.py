"""How many pairs of one person does a list hold? What the prior of the model rests on."""

from __future__ import annotations

import numpy as np

from waitlist_merge.patients.blocks import shared
from waitlist_merge.patients.coding import Codes
from waitlist_merge.patients.records import Records

PAIRS_PER_RECORD = 0.5
"""Expected true pairs a record before any are counted. A list holds 1.19 pathways a patient (domain
5.6) and duplicates beside; a doubling moves the prior by one bit only."""

PSEUDO_RECORDS = 1_000
"""Weight of that rate against what is counted, in records."""

MOST_OF_A_PERSON = 100
"""Records of one full name and birth date beyond which they are test or placeholder records."""


def true_pairs_per_record(records: Records) -> float:
    """About how many true pairs has a record? By those that share full name and birth date.

    Nearly all true pairs agree on these or on an identifier, and few others do.
    """
    whole = (records.family.codes, records.given.codes, records.birth)
    found = max(_pairs(parts) for parts in (whole, *((each,) for each in records.identities)))
    expected = PAIRS_PER_RECORD * PSEUDO_RECORDS
    return (found + expected) / (records.size + PSEUDO_RECORDS)


def _pairs(parts: tuple[Codes, ...]) -> float:
    """Pairs of records that hold one value; none of a value that very many hold."""
    sizes = np.bincount(shared(parts)[1]).astype(np.float64)
    sizes = sizes[sizes <= MOST_OF_A_PERSON]
    return float((sizes * (sizes - 1) / 2).sum())
