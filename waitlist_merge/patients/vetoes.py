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
"""Born this far apart or further under one name, or nearly: a parent and a child of one name."""

VETOES = (
    "",
    Veto.DIFFERENT_NHS_NUMBERS,
    Veto.NOT_TRACED,
    Veto.DIFFERENT_PERSON_KEYS,
    Veto.CONFUSION,
    Veto.AGE_GAP,
    Veto.TWINS,
)
"""Vetoes of a pair by their code; 0 is none. The first that applies names the pair."""

TWO_NUMBERS = tuple(
    VETOES.index(veto)
    for veto in (Veto.DIFFERENT_NHS_NUMBERS, Veto.NOT_TRACED, Veto.DIFFERENT_PERSON_KEYS)
)
"""Vetoes of two identifiers that differ: a question only where names and birth date agree."""

LOOK_ALIKES = tuple(VETOES.index(veto) for veto in (Veto.AGE_GAP, Veto.TWINS))
"""Vetoes of two people of one family: a question only where nothing else tells them apart."""

ALWAYS_ASKED = tuple(VETOES.index(veto) for veto in (Veto.CONFUSION, Veto.AGE_GAP))
"""Vetoes that are asked whatever the score where the two share an identifier."""

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
    other_number = is_level(levels, "nhs_number", "other")
    found = np.select(
        [
            other_number & (records.untraced[a] | records.untraced[b]),
            other_number,
            is_level(levels, "person_key", "other"),
            same_identifier & is_level(levels, "birth_date", "other") & ~given_fits,
            two_dates
            & born_far_apart
            & is_level(levels, "family_name", "exact", "near", "part")
            & is_level(levels, "given_name", "exact", "near", "part", "variant")
            & ~one_registration,
            _twins(levels, same_identifier | one_registration, given_fits),
        ],
        [2, 1, 3, 4, 5, 6],
        0,
    )
    return found.astype(np.int8)


def asked_whatever_the_score(
    levels: Mapping[str, Level], veto: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """Pairs that share an identifier and yet look like two people: never left unasked."""
    shared = is_level(levels, "nhs_number", "same", "same_verified") | is_level(
        levels, "person_key", "same"
    )
    return np.asarray(shared & np.isin(veto, ALWAYS_ASKED))


def _twins(
    levels: Mapping[str, Level], same_identifier: NDArray[np.bool_], given_fits: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Born on one day under one family name at one address, with given names that do not fit.

    The address tells where both have one, else the postcode.
    """
    address_known = ~is_level(levels, "address", "missing")
    one_home = np.where(
        address_known,
        is_level(levels, "address", "same", "near"),
        is_level(levels, "postcode", "exact", "edit"),
    )
    return np.asarray(
        ~same_identifier
        & ~given_fits
        & is_level(levels, "birth_date", "exact")
        & is_level(levels, "family_name", "exact", "near", "part")
        & one_home
    )
