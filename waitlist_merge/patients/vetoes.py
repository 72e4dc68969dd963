"""Which pairs may no score join, and why?

Vetoes beat scores (design; the facts are in domain 3 and 4).

A vetoed pair is asked where the rest of the evidence speaks for one person, and left apart where
it does not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.levels import is_level
from waitlist_merge.patients.records import Level, Positions, Records
from waitlist_merge.reasons import Veto

PARENT_AND_CHILD_YEARS = 15
"""Same full name, born this far apart or further: a parent and a child of one name."""

VETOES = (
    "",
    Veto.DIFFERENT_NHS_NUMBERS,
    Veto.DIFFERENT_PERSON_KEYS,
    Veto.CONFUSION,
    Veto.AGE_GAP,
    Veto.TWINS,
)
"""Vetoes of a pair by their code; 0 is none. The first that applies names the pair."""

_COMPATIBLE_GIVEN = ("missing", "exact", "variant", "initial", "part", "middle", "near")


def find_vetoes(
    records: Records, levels: Mapping[str, Level], a: Positions, b: Positions
) -> NDArray[np.int8]:
    """The veto of each pair as a code into ``VETOES``; 0 where there is none."""
    same_number = is_level(levels, "nhs_number", "same", "same_verified")
    same_identifier = same_number | is_level(levels, "person_key", "same")
    one_registration = is_level(levels, "local_patient_identifier", "same", "near")
    given_fits = is_level(levels, "given_name", *_COMPATIBLE_GIVEN)
    born_far_apart = np.abs(records.birth[a] - records.birth[b]) >= (
        PARENT_AND_CHILD_YEARS * 365.25 - 1
    )
    two_dates = (levels["birth_date"] > 0) & ~(records.century_open[a] | records.century_open[b])
    found = np.select(
        [
            is_level(levels, "nhs_number", "other"),
            is_level(levels, "person_key", "other"),
            same_identifier & is_level(levels, "birth_date", "other") & ~given_fits,
            two_dates
            & born_far_apart
            & is_level(levels, "family_name", "exact")
            & is_level(levels, "given_name", "exact")
            & ~one_registration,
            _twins(levels, same_identifier | one_registration, given_fits),
        ],
        [1, 2, 3, 4, 5],
        0,
    )
    return found.astype(np.int8)


def _twins(
    levels: Mapping[str, Level], same_identifier: NDArray[np.bool_], given_fits: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Born on one day under one family name at one address, with given names that do not fit."""
    at_one_address = is_level(levels, "postcode", "exact", "edit") | is_level(
        levels, "address", "same"
    )
    unknown_place = is_level(levels, "postcode", "missing") & is_level(levels, "address", "missing")
    return np.asarray(
        ~same_identifier
        & ~given_fits
        & is_level(levels, "birth_date", "exact")
        & is_level(levels, "family_name", "exact", "near", "part")
        & (at_one_address | unknown_place)
    )
