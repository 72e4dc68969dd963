"""How often does each error and each relation occur in a region? Every rate is a setting.

Published rates (``linkage_error_rates`` and ``empirical_error_rates``: CRATE's comparison of two
NHS record systems, 126,904 people known by NHS number) are taken as they stand, per registration:
one person's record at one organisation, shared by all rows of that person there. Errors of typing
hit any registration; changes over time (a move, a new family name) only those after a person's
first, since a change needs two moments. Rates of relations are judgements of our own: no true
share of duplicates was ever published (domain 5.6).
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares between 0 and 1: of registrations, of people or of needs, as said by each group.

    ValueError, naming the field, where one is out of range.

    >>> Rates(moved=0).moved
    0
    >>> Rates(moved=2)
    Traceback (most recent call last):
    ValueError: moved is 2, not a share from 0 to 1
    """

    # Registrations: NHS number. Share without one as met in practice; wrong numbers are rare (3).
    nhs_number_missing: float = 0.018
    nhs_number_of_relative: float = 0.001
    """Of registrations of people with a relative on the list: carries the relative's number."""
    nhs_number_mistyped: float = 0.001
    nhs_number_placeholder: float = 0.0003
    nhs_number_unverified: float = 0.02
    """Number present but status is not 01."""

    # Registrations: forename. CRATE p_ep1, p_ep2np1, p_en and p_u; women, then men.
    forename_typo_female: float = 0.00894
    forename_typo_male: float = 0.00840
    forename_variant_female: float = 0.00881
    """First letters agree: a short form, another spelling or an initial."""
    forename_variant_male: float = 0.00688
    forename_other_female: float = 0.00572
    """No likeness: the middle name is used."""
    forename_other_male: float = 0.00625
    forename_order: float = 0.00191
    """Given and family name, or given and middle name, change places."""
    known_as: float = 0.004
    """'(known as ...)' is typed behind the given name."""
    middle_name_missing: float = 0.35

    # Registrations: family name. CRATE p_ep1, p_ep2np1; p_en is change over time.
    surname_typo_female: float = 0.00551
    surname_typo_male: float = 0.00471
    surname_shortened_female: float = 0.00378
    """First letters agree: a double-barrelled name cut, or an ending lost."""
    surname_shortened_male: float = 0.00247
    surname_changed_female: float = 0.0567
    surname_changed_male: float = 0.0134

    # Registrations: birth date; kinds of error by the empirical shares (births.py).
    birth_date_error: float = 0.00492
    birth_date_placeholder: float = 0.0002
    gender_error: float = 0.0033
    gender_missing: float = 0.004

    # Registrations: address. CRATE p_en is 0.30 for addresses not of one time; of one time less.
    moved: float = 0.20
    postcode_unit_error: float = 0.0097
    postcode_pseudo: float = 0.0020
    postcode_missing: float = 0.006
    address_missing: float = 0.03
    phone_missing: float = 0.15
    phone_other: float = 0.25
    """Another number of the same person is held."""
    gp_practice_unknown: float = 0.006
    ethnic_category_not_stated: float = 0.10
    ethnic_category_other: float = 0.03
    """Another code of the same person's ethnic group, or of a neighbouring one."""
    title_missing: float = 0.25

    # People.
    relative_listed: float = 0.10
    """Of people: shares a household with another person on the list."""
    relative_twin: float = 0.08
    relative_namesake: float = 0.06
    """Of relatives: a son (or father) with the father's full name."""
    relative_spouse: float = 0.45
    shared_name_and_birth: float = 0.0008
    """Of people: another person has the same name and birth date by chance."""
    second_need: float = 0.09
    third_need: float = 0.008
    restricted: float = 0.001
    died: float = 0.002
    communication_need: float = 0.03

    # Needs: a second row for the same need.
    resent: float = 0.005
    two_stages: float = 0.010
    unbooked: float = 0.008
    treated_elsewhere: float = 0.005
    transfer: float = 0.010
    transfer_new_identifier: float = 0.008
    mutual_aid: float = 0.004
    subcontracted: float = 0.005
    diagnostic_elsewhere: float = 0.005
    shared_identifier: float = 0.003
    interface_service: float = 0.004
    repeat_same: float = 0.006
    repeat_other_known: float = 0.012
    """With the procedure recorded on both."""
    repeat_other_unknown: float = 0.010
    patient_choice: float = 0.005

    # Needs: another need that looks like this one.
    later_period: float = 0.005
    planned: float = 0.010
    follow_up: float = 0.012
    other_side: float = 0.010
    other_procedure: float = 0.006
    staged: float = 0.003
    other_problem: float = 0.010
    """Same specialty, another problem, no procedure recorded on either."""
    second_opinion: float = 0.005

    closed: float = 0.020
    """Of needs: stopped or removed, with nothing else listed for it."""
    clock_start_missing: float = 0.003
    identifier_padding_lost: float = 0.06
    """Of identifiers issued elsewhere: printed without leading zeros (domain 1.6)."""
    identifier_cut: float = 0.02
    """Of identifiers issued elsewhere: only 15 of 20 characters are printed (domain 1.6)."""

    def __post_init__(self) -> None:
        """Refuse a rate that is no share."""
        for each in fields(self):
            value = getattr(self, each.name)
            if not 0 <= value <= 1:
                msg = f"{each.name} is {value}, not a share from 0 to 1"
                raise ValueError(msg)
