"""Two rows that speak of two needs, by what both say: what is missing contradicts nothing."""

from __future__ import annotations

import numpy as np
import pytest

from waitlist_merge.review.contradicts import another_identifier, another_need, of_another, turned

PPID, UBRN = "patient_pathway_identifier", "unique_booking_reference_number"
OWN, OTHER = "RM3000000000000012345", "RM3000000000000054321"
BOOKED, REBOOKED = "012345678901", "012345678902"
ANNABEL = {"family_name": "Okafor", "given_name": "Annabel", "birth_date": "1930-05-03"}
TWIN = ANNABEL | {"given_name": "Beatrice", "nhs_number": "9990000026"}
ANNABEL |= {"nhs_number": "9990000018"}
AT = np.array([0])


def frame(typed, said: dict[str, str], organisation: str = "RW3"):
    return typed([{"organisation": organisation, **ANNABEL, **said}])


@pytest.mark.parametrize(
    ("then", "now", "organisation", "another"),
    [
        ({"laterality": "left"}, {"laterality": "right"}, "RM3", True),
        ({"laterality": "right"}, {"laterality": "left"}, "RW3", True),
        ({"laterality": "left"}, {"laterality": "left"}, "RW3", False),
        ({"laterality": "left"}, {"laterality": "both"}, "RW3", False),
        ({"laterality": "left"}, {}, "RW3", False),
        ({}, {"laterality": "left"}, "RW3", False),
        ({"treatment_function_code": "110"}, {"treatment_function_code": "330"}, "RW3", True),
        ({"treatment_function_code": "330"}, {"treatment_function_code": "110"}, "RW3", True),
        ({"treatment_function_code": "110"}, {"treatment_function_code": "330"}, "RM3", False),
        ({"treatment_function_code": "330"}, {"treatment_function_code": "160"}, "RW3", False),
        ({"treatment_function_code": "110"}, {"treatment_function_code": "110"}, "RW3", False),
        ({"treatment_function_code": "110"}, {}, "RW3", False),
        ({}, {"treatment_function_code": "110"}, "RW3", False),
    ],
)
def test_another_side_or_anothers_unlike_service_is_another_need(
    typed, then, now, organisation, another
):
    last, row = frame(typed, then, "RM3"), frame(typed, now, organisation)
    assert another_need(row, last, AT, AT).tolist() == [another]
    assert of_another(row, last, AT, AT).tolist() == [another]


def test_a_twins_row_is_of_another_though_of_no_other_need(typed):
    last, twin = frame(typed, {}), frame(typed, TWIN)
    assert another_need(twin, last, AT, AT).tolist() == [False]
    assert of_another(twin, last, AT, AT).tolist() == [True]


@pytest.mark.parametrize(
    ("then", "now", "another"),
    [
        ({PPID: OWN}, {PPID: OTHER}, True),
        ({PPID: OWN}, {PPID: OWN}, False),
        ({PPID: OWN}, {}, False),
        ({}, {PPID: OWN}, False),
        ({}, {}, False),
        ({UBRN: BOOKED}, {UBRN: REBOOKED}, True),
        ({PPID: OWN, UBRN: BOOKED}, {PPID: OTHER, UBRN: BOOKED}, False),
        ({PPID: OWN, UBRN: BOOKED}, {PPID: OWN, UBRN: REBOOKED}, False),
        ({PPID: OWN, UBRN: BOOKED}, {PPID: OTHER, UBRN: REBOOKED}, True),
        ({PPID: OWN, UBRN: BOOKED}, {PPID: OTHER}, True),
        ({PPID: OWN, UBRN: BOOKED}, {UBRN: REBOOKED}, True),
    ],
)
def test_one_identifier_that_agrees_outweighs_another_that_differs(typed, then, now, another):
    last, row = frame(typed, then), frame(typed, now)
    assert another_identifier(row, last, AT, AT).tolist() == [another]


@pytest.mark.parametrize(
    ("left", "before", "now", "joined", "told"),
    [
        ({"laterality": "left"}, {}, {"laterality": "right"}, False, True),
        ({"laterality": "left"}, {}, {"laterality": "right"}, True, True),
        ({"laterality": "left"}, {"laterality": "right"}, {"laterality": "right"}, False, False),
        ({PPID: OWN}, {PPID: OWN}, {PPID: OTHER}, False, True),
        ({PPID: OWN}, {PPID: OWN}, {PPID: OTHER}, True, False),
        ({PPID: OWN}, {}, {PPID: OTHER}, False, False),
        ({}, {}, {PPID: OTHER}, False, False),
        ({PPID: OWN}, {PPID: OWN}, {}, False, False),
        ({}, {}, TWIN, True, True),
        ({}, TWIN, TWIN, False, False),
    ],
)
def test_a_row_turns_where_it_says_so_now_and_did_not_before(
    typed, left, before, now, joined, told
):
    """Two rows of the last run, the one that left and the one that stays, which may turn."""
    last = typed([{"organisation": "RW3", **ANNABEL, **said} for said in (left, before)])
    row = frame(typed, now)
    found = turned(row, last, AT, np.array([1]), AT, joined=np.array([joined]))
    assert found.tolist() == [told]


def test_two_rows_that_changed_their_identifiers_each_say_another(typed):
    last, now = (
        typed([{"organisation": "RW3", PPID: name} for name in both])
        for both in ((OWN, OTHER), (OTHER, OWN))
    )
    both = np.array([0, 1])
    assert another_identifier(now, last, both, both).tolist() == [True, True]
