"""Needs that only lists which did not come have are told as they were, and nobody else's are."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from waitlist_merge.outputs.columns import conform
from waitlist_merge.review.unsent import unsent

FIRST, SECOND = dt.date(2026, 11, 16), dt.date(2026, 11, 23)


def row(number: int, organisation: str, **said: str | bool) -> dict[str, object]:
    names = ("Okafor", "Nowak", "Haddad", "Tremblay", "Bianchi", "Mwangi", "Quigley", "Sato")
    return {
        "organisation": organisation,
        "local_patient_identifier": f"{organisation}-{number}",
        "nhs_number": f"99900{number:05}",
        "family_name": names[number],
        "given_name": names[-number],
        "birth_date": f"19{30 + number}-05-03",
        "treatment_function_code": "110",
        "referral_date": "2026-01-05",
        "rtt_start_date": "2026-01-05",
        "rtt_status": "20",
    } | said


ROWS = [
    row(0, "RM3"),
    row(0, "RW3"),
    row(1, "RW3"),
    row(2, "RW3", rtt_start_date="2025-12-01", tci_date="2026-12-24"),
    row(3, "RW3", suspected_cancer=True, restricted=True),
    row(4, "RW3", rtt_status="30", rtt_end_date="2026-11-01"),
    row(5, "RW3", admission_method="13", rtt_status="98", planned_date="2027-02-01"),
    row(6, "RA1"),
    row(7, "RM3"),
]


def test_each_need_of_an_absent_list_alone_is_told_the_gravest_first(monday):
    first = monday(ROWS, FIRST, joined=[(0, 1)])
    rows = [ROWS[0], ROWS[7], ROWS[8]]
    second = monday(rows, SECOND, first.ended.snapshot, joined=[])
    last = first.ended.snapshot
    told = unsent(["RW3"], last, second.entries, run_date=SECOND)
    assert told["family_name"].tolist() == ["Tremblay", "Haddad", "Nowak", "Mwangi"]
    assert told["order"].tolist() == [1, 2, 3, 4]
    assert told["days_waiting"].tolist()[:3] == [322, 357, 322]
    assert told["days_waiting"].isna().tolist() == [False, False, False, True], "planned care"
    assert told["restricted"].tolist() == [True, False, False, False]
    assert told["tci_date"].notna().tolist() == [False, True, False, False]
    assert set(told["list_date"]) == {pd.Timestamp(FIRST)}
    before = first.entries.set_index("entry_id")
    assert told["pathway_id"].tolist() == before.loc[told["entry_ids"], "pathway_id"].tolist()
    conform("not_refreshed", told)
    again = unsent(["RW3"], second.ended.snapshot, second.entries, run_date=SECOND)
    pd.testing.assert_frame_equal(again, told), "week after week"


def test_a_need_of_two_absent_lists_is_one_row(monday):
    both = [row(0, "RM3"), row(0, "RW3"), row(1, "RA1")]
    first = monday(both, FIRST, joined=[(0, 1)])
    second = monday(both[2:], SECOND, first.ended.snapshot)
    last = first.ended.snapshot
    told = unsent(["RM3", "RW3"], last, second.entries, run_date=SECOND)
    assert told["organisations"].tolist() == ["RM3;RW3"]
    assert told["hospital_numbers"].tolist() == ["RM3 RM3-0;RW3 RW3-0"]
    assert unsent([], last, second.entries, run_date=SECOND).empty
    assert unsent(["RM3"], None, second.entries, run_date=SECOND).empty
