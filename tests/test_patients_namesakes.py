"""Whether namesakes elsewhere are one person is told by those of the list that carry numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.normalise.nhs_numbers import with_check_digit

NUMBERED = 60
NAMES = ["Ashdown", "Birtwistle", "Clegg", "Dunmore", "Entwistle", "Fairclough", "Garside", "Hoyle"]
GIVEN = ["Alma", "Bertha", "Clement", "Dorcas", "Enoch", "Freda", "Gideon", "Hester", "Ira", "June"]


def namesakes(*, one_person):
    """Pairs of one name and birth date in two towns, all but the last with numbers."""
    stems = 411_000_000 + np.arange(2 * NUMBERED) * 97_003
    numbers = [str(number) for number in with_check_digit(stems)]
    rows = []
    for at in range(NUMBERED + 1):
        person = {
            "family_name": NAMES[at % 8],
            "given_name": GIVEN[at % 10],
            "birth_date": f"{1930 + at}-0{1 + at % 9}-1{at % 10}",
            "gender": "2",
        }
        for place, town in enumerate(("LS6", "PL1")):
            number = numbers[at if one_person else at + place * NUMBERED] if at < NUMBERED else None
            contact = {
                "postcode": f"{town} {at % 9}A{'BDEFGHJL'[at % 8]}",
                "phone": f"01632 96{place}{at:03d}",
            }
            rows.append(person | contact | {"nhs_number": number})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("one_person", [True, False])
def test_namesakes_without_numbers_are_judged_as_those_with_them(one_person):
    match = wm.match_patients(namesakes(one_person=one_person))
    links = match.links[match.links["a"] == 2 * NUMBERED]
    assert links["veto"].tolist() == ([""] if one_person else ["namesakes"])
    assert links["joins"].tolist() == (["yes"] if one_person else ["asked"])
    assert (match.model.namesakes is None) == (not one_person)


def test_too_few_tell_nothing():
    few = namesakes(one_person=True).tail(2 * 20 + 2)
    match = wm.match_patients(few)
    assert match.model.namesakes is None
    assert match.links["veto"].iloc[-1] == "namesakes"
