"""Who has the number of a patient that has left is that patient, unless it is another person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.review.one_number import two_people

CASES = pd.read_csv(Path(__file__).parent / "cases" / "one_number.csv", dtype=str)
DAYS = [dt.date(2026, 11, day) for day in (2, 9, 16, 23)]


def people(prefix: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "family_name": CASES[f"{prefix}family"].astype("category"),
            "given_name": CASES[f"{prefix}given"].astype("category"),
            "birth_date": pd.to_datetime(CASES[f"{prefix}born"]).astype("datetime64[s]"),
        }
    )


def test_each_case_both_ways():
    rows = np.arange(len(CASES))
    expected = (CASES["two_people"] == "yes").tolist()
    for now, then in ((people(""), people("other_")), (people("other_"), people(""))):
        found = two_people(now, then, rows, rows).tolist()
        assert dict(zip(CASES["id"], found, strict=True)) == dict(
            zip(CASES["id"], expected, strict=True)
        )


def row(organisation: str, local: str, **said: str) -> dict[str, object]:
    return {
        "organisation": organisation,
        "local_patient_identifier": local,
        "nhs_number": "9990000018",
        "family_name": "Tremblay",
        "given_name": "Luc",
        "birth_date": "1966-04-17",
        "treatment_function_code": "110",
        "referral_date": "2026-01-05",
        "rtt_start_date": "2026-01-05",
        "rtt_status": "20",
    } | said


STAYS = row("RM3", "A1", nhs_number="9990000026", family_name="Okafor", birth_date="1971-05-03")
LEFT = row("RM3", "A9")
STRANGER = row("RW3", "B9", family_name="Marlowe", given_name="Jane", birth_date="1988-11-22")
IDENTIFIER = {"patient_pathway_identifier": "RM3000000000000077777"}


@pytest.mark.parametrize("told", [{}, IDENTIFIER], ids=["number", "number_and_identifier"])
def test_who_has_left_is_unaccounted_though_another_person_has_the_number(monday, told):
    stranger = STRANGER | told
    dead = stranger | {"rtt_status": "36"}
    run = monday([LEFT | told, STAYS], DAYS[0])
    left = run.entries["patient_id"].iloc[0]
    for day, other in zip(DAYS[1:], (stranger, stranger, dead), strict=True):
        run = monday([other, STAYS], day, run.ended.snapshot)
        assert run.ended.unaccounted["patient_id"].tolist() == [left]
        assert left not in run.entries["patient_id"].tolist()


@pytest.mark.parametrize(
    "said", [{}, {"family_name": "Marlowe"}, {"birth_date": "1988-11-22"}], ids=lambda said: [*said]
)
def test_who_is_listed_elsewhere_under_the_same_number_goes_on(monday, said):
    first = monday([LEFT | IDENTIFIER, STAYS], DAYS[0])
    goes_on = row("RW3", "B9", **said, **IDENTIFIER)
    second = monday([goes_on, STAYS], DAYS[1], first.ended.snapshot)
    for name in ("patient_id", "pathway_id"):
        assert second.entries[name].tolist() == first.entries[name].tolist()
    assert second.ended.unaccounted.empty


@pytest.mark.parametrize("told", [{}, IDENTIFIER], ids=["number", "number_and_identifier"])
def test_a_stranger_on_the_same_list_is_another_entry(monday, told):
    first = monday([LEFT | told, STAYS], DAYS[0])
    stranger = STRANGER | {"organisation": "RM3"} | told
    second = monday([stranger, STAYS], DAYS[1], first.ended.snapshot)
    left, new = (run.entries["entry_id"].iloc[0] for run in (first, second))
    assert left != new
    assert second.ended.unaccounted["entry_ids"].tolist() == [left]


@pytest.mark.parametrize("said", ["local_patient_identifier", "given_name", "birth_date"])
def test_an_entry_of_which_one_thing_stays_is_the_same(monday, said):
    changed = STRANGER | {"organisation": "RM3", said: LEFT[said]}
    first = monday([LEFT, STAYS], DAYS[0])
    second = monday([changed, STAYS], DAYS[1], first.ended.snapshot)
    assert second.entries["entry_id"].tolist() == first.entries["entry_id"].tolist()
