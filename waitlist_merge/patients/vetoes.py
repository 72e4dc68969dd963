"""Which pairs may no score join, and why?

Vetoes beat scores (design; the facts are in domain 3 and 4).

A vetoed pair is asked where the rest of the evidence speaks for one person, and left apart where
it does not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients import households
from waitlist_merge.patients.coding import Level, Positions
from waitlist_merge.patients.levels import is_level
from waitlist_merge.patients.records import Records
from waitlist_merge.reasons import Veto

VETOES = (
    "",
    Veto.DIFFERENT_NHS_NUMBERS,
    Veto.NOT_TRACED,
    Veto.DIFFERENT_PERSON_KEYS,
    Veto.CONFUSION,
    Veto.AGE_GAP,
    Veto.TWINS,
    Veto.MIDDLE_NAMES,
    Veto.BIRTH_DATE_UNKNOWN,
    Veto.NAMESAKES,
)
"""Vetoes of a pair by their code; 0 is none. The first that applies names the pair."""

TWO_NUMBERS = tuple(
    VETOES.index(veto)
    for veto in (Veto.DIFFERENT_NHS_NUMBERS, Veto.NOT_TRACED, Veto.DIFFERENT_PERSON_KEYS)
)
"""Vetoes of two identifiers that differ: a question only where names and birth date agree."""

LOOK_ALIKES = tuple(
    VETOES.index(veto)
    for veto in (
        *(Veto.AGE_GAP, Veto.TWINS, Veto.MIDDLE_NAMES),
        *(Veto.BIRTH_DATE_UNKNOWN, Veto.NAMESAKES),
    )
)
"""Vetoes of people who look alike: other records of the two may outvote them (grouping)."""

COMPATIBLE_GIVEN = ("exact", "variant", "initial", "part", "middle", "near")
"""Levels of the given name that fit one person."""

_SAME_FAMILY = ("exact", "near", "part")


def find_vetoes(
    records: Records,
    levels: Mapping[str, Level],
    a: Positions,
    b: Positions,
    *,
    relatives: bool = True,
) -> NDArray[np.int8]:
    """The veto of each pair as a code into ``VETOES``; 0 where there is none.

    Without ``relatives`` (model.lists_relatives) the list holds hardly any, and an unknown name or
    birth date in one home does not raise the question.
    """
    identifier = share_a_number(levels)
    local = is_level(levels, "local_patient_identifier", "same")
    slip = is_level(levels, "local_patient_identifier", "near", "two_slips")
    # Of relatives who are registered together the numbers are near, and so may be mixed up.
    registration = identifier | local | (slip & (not relatives))
    one_record = (local | slip) & (not relatives)
    exchanged = ~is_level(levels, "name_order", "missing")
    given_fits = is_level(levels, "given_name", *COMPATIBLE_GIVEN) | exchanged
    one_family = is_level(levels, "family_name", *_SAME_FAMILY)
    other_number = is_level(levels, "nhs_number", "other")
    apart = households.days_apart(records, a, b)
    at_home = households.share_a_home(levels) | is_level(levels, "email", "same")
    second_name = (given_fits & is_level(levels, "middle_name", "other")) | (
        relatives & _brothers(records, levels, apart, a, b)
    )
    return _first_that_holds(
        {
            Veto.NOT_TRACED: other_number & (records.untraced[a] | records.untraced[b]),
            Veto.DIFFERENT_NHS_NUMBERS: other_number,
            Veto.DIFFERENT_PERSON_KEYS: is_level(levels, "person_key", "other"),
            Veto.CONFUSION: (identifier | (local & relatives))
            & is_level(levels, "birth_date", "other")
            & ~given_fits,
            Veto.AGE_GAP: ~one_record & one_family & given_fits & households.a_generation(apart),
            Veto.TWINS: ~registration & _twins(records, levels, a, b, relatives=relatives),
            Veto.MIDDLE_NAMES: ~registration & second_name,
            Veto.BIRTH_DATE_UNKNOWN: ~registration
            & is_level(levels, "birth_date", "missing")
            & (relatives | ~at_home),
            Veto.NAMESAKES: namesakes(levels),
        }
    )


def _first_that_holds(vetoes: Mapping[Veto, NDArray[np.bool_]]) -> NDArray[np.int8]:
    """The code of the first of these vetoes that holds for each pair; 0 where none does."""
    names = [VETOES.index(veto) for veto in vetoes]
    return np.select(list(vetoes.values()), names, 0).astype(np.int8)


def share_a_number(levels: Mapping[str, Level]) -> NDArray[np.bool_]:
    """Which pairs have a valid NHS number or a person key in common?"""
    return is_level(levels, "nhs_number", "same", "same_verified") | is_level(
        levels, "person_key", "same"
    )


def lifted(
    veto: NDArray[np.int8], weight: NDArray[np.float64], *, enough: float
) -> NDArray[np.int8]:
    """The vetoes without those of namesakes whose weight is ``enough``: their name is too rare."""
    namesakes = veto == VETOES.index(Veto.NAMESAKES)
    return np.where(namesakes & (weight >= enough), 0, veto).astype(np.int8)


def asked_whatever_the_score(
    levels: Mapping[str, Level], veto: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """Pairs that share a number and yet look like two people: one of them carries another's."""
    return np.asarray(share_a_number(levels) & ~np.isin(veto, TWO_NUMBERS))


def _twins(
    records: Records,
    levels: Mapping[str, Level],
    a: Positions,
    b: Positions,
    *,
    relatives: bool,
) -> NDArray[np.bool_]:
    """Born on one day at one address, with given names that do not fit, or one not known.

    Names one slip apart do not fit where both are names that people have, as Sara and Sana, nor
    does a form of the other sex, as Daniel and Danielle. The address tells where both records have
    one, else the postcode. Where neither name can be compared nothing tells two people who were
    born on one day from one person: at one home, or where no address ties them.
    """
    unknown = () if relatives else ("missing",)
    fits = is_level(levels, "given_name", *unknown, *COMPATIBLE_GIVEN)
    exact = is_level(levels, "given_name", "exact")
    two_names = (
        is_level(levels, "given_name", "near") & records.given_known[a] & records.given_known[b]
    )
    two_sexes = is_level(levels, "gender", "other") & ~exact
    exchanged = ~is_level(levels, "name_order", "missing")
    postcode = is_level(levels, "postcode", "exact")
    families: tuple[str, ...] = ("exact",)
    if relatives:
        families = ("missing", "exact", "near", "part")
        told = ~is_level(levels, "address", "missing") | ~is_level(levels, "postcode", "missing")
        one_home = postcode | is_level(levels, "address", "same", "near") | ~told
    else:
        unknown_home = is_level(levels, "address", "missing")
        one_home = np.where(unknown_home, postcode, is_level(levels, "address", "same"))
    one_family = is_level(levels, "family_name", *families)
    unlike = ~fits | two_names | two_sexes
    nameless = is_level(levels, "family_name", "missing") & is_level(
        levels, "given_name", "missing"
    )
    born = is_level(levels, "birth_date", "exact")
    no_address = is_level(levels, "address", "missing", "other")
    doubted = (one_home & ((one_family & unlike) | nameless)) | (no_address & nameless)
    return np.asarray(born & ~exchanged & doubted)


def _brothers(
    records: Records,
    levels: Mapping[str, Level],
    apart: NDArray[np.int32],
    a: Positions,
    b: Positions,
) -> NDArray[np.bool_]:
    """Of one home and one first name that brothers share, no second name told, born apart.

    Born a pregnancy apart, that is: two dates that are nearer to each other are one, mistyped.
    """
    first = records.first_of_two[a] & records.first_of_two[b]
    untold = is_level(levels, "middle_name", "missing")
    born_apart = is_level(levels, "birth_date", "close", "one_part", "other")
    born_apart &= (apart < 0) | (apart >= households.SIBLINGS_APART)
    return np.asarray(first & untold & born_apart & households.share_a_home(levels))


def namesakes(levels: Mapping[str, Level]) -> NDArray[np.bool_]:
    """Nothing but name and birth date agrees, though home and telephone or e-mail are known.

    A person who moves keeps one of them as a rule; two people of one name keep none.
    """
    contact = is_level(levels, "phone", "other") | is_level(levels, "email", "other")
    identified = (
        share_a_number(levels)
        | is_level(levels, "nhs_number", "near")
        | is_level(levels, "local_patient_identifier", "same", "near", "two_slips")
    )
    return lives_elsewhere(levels) & contact & ~identified


def lives_elsewhere(levels: Mapping[str, Level]) -> NDArray[np.bool_]:
    """Are both homes known and far apart, and does nothing else tie the two together?"""
    elsewhere = is_level(levels, "postcode", "district", "area", "other") | (
        is_level(levels, "postcode", "missing") & is_level(levels, "address", "other")
    )
    ties = [
        is_level(levels, field, *same)
        for field, same in (
            ("local_patient_identifier", ("same", "near", "two_slips")),
            ("middle_name", ("same",)),
            ("family_name", ("previous",)),
            ("address", ("same", "near")),
            ("phone", ("same",)),
            ("email", ("same",)),
            ("gp_practice_code", ("same",)),
        )
    ]
    return np.asarray(elsewhere & ~np.any(ties, axis=0))


def with_borrowed_numbers(
    levels: Mapping[str, Level], veto: NDArray[np.int8], a: Positions, b: Positions
) -> NDArray[np.int8]:
    """The vetoes, and confusion where a record seems to carry the number of another person.

    Two given names under one number are ordinary by themselves. Where a further record has name and
    birth date of one of the two, but a number of its own, the shared one was written on the wrong
    record: a twin's, as a rule. ``a`` and ``b`` are the rows of each pair.
    """
    two_numbers = np.isin(veto, TWO_NUMBERS) & is_level(levels, "given_name", "exact", "variant")
    doubted = np.unique(np.concatenate([a[two_numbers], b[two_numbers]]))
    shared = is_level(levels, "nhs_number", "same", "same_verified") & (veto == 0)
    unlike = shared & is_level(levels, "given_name", "other")
    borrowed = unlike & (np.isin(a, doubted) | np.isin(b, doubted))
    return np.where(borrowed, VETOES.index(Veto.CONFUSION), veto).astype(np.int8)
