"""How many pairs of one person does a list hold? What the prior of the model rests on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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


def alike(records: Records) -> NDArray[np.int32]:
    """How many records share the full name and birth date of each? 1 where any is missing."""
    sizes = np.ones(records.size, dtype=np.int32)
    rows, groups = shared((records.family.codes, records.given.codes, records.birth))
    found = np.bincount(groups, minlength=1)[groups].astype(np.int32)
    sizes[rows] = np.where(found > MOST_OF_A_PERSON, 1, found)
    return sizes


def true_pairs_per_record(records: Records, sizes: NDArray[np.int32]) -> float:
    """About how many true pairs has a record? By those that share full name and birth date.

    Nearly all true pairs agree on these or on an identifier, and few others do. ``sizes`` are those
    of ``alike``.
    """
    by_name = float((sizes - 1).sum(dtype=np.int64)) / 2
    found = max([by_name, *map(_pairs, records.identities)])
    expected = PAIRS_PER_RECORD * PSEUDO_RECORDS
    return (found + expected) / (records.size + PSEUDO_RECORDS)


def _pairs(codes: Codes) -> float:
    """Pairs of records that hold one value; none of a value that very many hold."""
    sizes = np.bincount(shared((codes,))[1]).astype(np.float64)
    sizes = sizes[sizes <= MOST_OF_A_PERSON]
    return float((sizes * (sizes - 1) / 2).sum())
