"""Which pairs may no score join, and why?

Vetoes beat scores (design; the facts are in domain 3 and 4).

A vetoed pair is asked where the rest of the evidence speaks for one person, and left apart where
it does not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.levels import LEVELS, Level, Positions
from waitlist_merge.patients.records import Records
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
    number, key = levels["nhs_number"], levels["person_key"]
    same_number = _is(levels, "nhs_number", "same", "same_verified")
    same_identifier = same_number | _is(levels, "person_key", "same")
    given_fits = _is(levels, "given_name", *_COMPATIBLE_GIVEN)
    born_far_apart = np.abs(records.birth[a] - records.birth[b]) >= (
        PARENT_AND_CHILD_YEARS * 365.25 - 1
    )
    both_born = levels["birth_date"] > 0
    found = np.select(
        [
            number == LEVELS["nhs_number"].index("other"),
            key == LEVELS["person_key"].index("other"),
            same_identifier & _is(levels, "birth_date", "other") & ~given_fits,
            both_born
            & born_far_apart
            & _is(levels, "family_name", "exact")
            & _is(levels, "given_name", "exact"),
            _twins(levels, same_identifier, given_fits),
        ],
        [1, 2, 3, 4, 5],
        0,
    )
    return found.astype(np.int8)


def _twins(
    levels: Mapping[str, Level], same_identifier: NDArray[np.bool_], given_fits: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Born on one day under one family name at one address, with given names that do not fit."""
    at_one_address = _is(levels, "postcode", "exact", "edit") | _is(levels, "address", "same")
    unknown_place = _is(levels, "postcode", "missing") & _is(levels, "address", "missing")
    return np.asarray(
        ~same_identifier
        & ~given_fits
        & _is(levels, "birth_date", "exact")
        & _is(levels, "family_name", "exact", "near", "part")
        & (at_one_address | unknown_place)
    )


def _is(levels: Mapping[str, Level], field: str, *names: str) -> NDArray[np.bool_]:
    return np.isin(levels[field], [LEVELS[field].index(name) for name in names])
