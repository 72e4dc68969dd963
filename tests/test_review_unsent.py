"""Needs that only lists which did not come have are told as they were, and nobody else's are."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from waitlist_merge.outputs.columns import conform
from waitlist_merge.review.people import NOBODY, People
from waitlist_merge.review.unsent import unsent

FIRST, SECOND, THIRD, FOURTH = (dt.date(2026, 11, 16) + week * dt.timedelta(7) for week in range(4))


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


IDENTIFIED = row(0, "RM3", patient_pathway_identifier="RM3000000000000077777", priority_code="P2")
HANDED_ON = IDENTIFIED | {
    "organisation": "RW3",
    "local_patient_identifier": "RW3-0",
    "referral_date": "2026-06-01",
    "rtt_start_date": "2026-06-01",
    "priority_code": "P4",
}


@pytest.mark.parametrize("service", ["110", "330"])
def test_a_need_keeps_its_id_and_is_told_though_its_identifier_is_listed_elsewhere(monday, service):
    other = HANDED_ON | {"treatment_function_code": service}
    first = monday([IDENTIFIED, ROWS[2]], FIRST)
    need, patient = first.entries[["pathway_id", "patient_id"]].iloc[0]
    run = first
    for day in (SECOND, THIRD):
        last = run.ended.snapshot
        run = monday([other, ROWS[2]], day, last)
        assert run.entries["patient_id"].iloc[0] == patient
        assert need not in run.entries["pathway_id"].tolist()
        assert not {"start_later", "id_split"} & set(run.ended.changes["change"])
        told = unsent(["RM3"], last, run.entries, run_date=day)
        assert told["pathway_id"].tolist() == [need]
        assert told["rtt_start_date"].tolist() == [pd.Timestamp("2026-01-05")]
        assert told["priority_code"].tolist() == ["P2"]
    back = monday([IDENTIFIED, other, ROWS[2]], FOURTH, run.ended.snapshot)
    assert back.entries["pathway_id"].iloc[0] == need
    assert {"start_later", "id_split", "unaccounted"}.isdisjoint(back.ended.changes["change"])
    merged = "ids_merged" in set(back.ended.changes["change"])
    assert merged == (back.entries["pathway_id"].iloc[1] == need) == (service == "110")


def test_a_need_that_its_absent_organisation_had_closed_goes_on_elsewhere(monday):
    closed = IDENTIFIED | {"rtt_status": "21", "removal_date": "2026-11-02"}
    first = monday([closed, ROWS[2]], FIRST)
    assert first.entries["outcome"].iloc[0] == "not_waiting"
    second = monday([HANDED_ON, ROWS[2]], SECOND, first.ended.snapshot)
    assert second.entries["pathway_id"].iloc[0] == first.entries["pathway_id"].iloc[0]


def test_who_was_handed_over_while_a_list_did_not_come_is_accounted_for(monday):
    first = monday([IDENTIFIED, ROWS[2], ROWS[8]], FIRST)
    second = monday([HANDED_ON, ROWS[2]], SECOND, first.ended.snapshot)
    run = second
    for day in (THIRD, FOURTH):
        run = monday([HANDED_ON, ROWS[2], ROWS[8]], day, run.ended.snapshot)
        assert run.ended.unaccounted.empty
        left = run.ended.snapshot.entries.set_index("entry_id")
        assert left.loc[first.entries["entry_id"].iloc[0], "departure"] == "moved"


def test_another_need_under_the_identifier_accounts_for_nobody_once_both_were_listed(monday):
    other = HANDED_ON | {"treatment_function_code": "330"}
    first = monday([IDENTIFIED, ROWS[2], ROWS[8]], FIRST)
    absent = monday([other, ROWS[2]], SECOND, first.ended.snapshot)
    both = monday([IDENTIFIED, other, ROWS[2], ROWS[8]], THIRD, absent.ended.snapshot)
    without = monday([other, ROWS[2], ROWS[8]], FOURTH, both.ended.snapshot)
    assert without.ended.unaccounted["pathway_id"].tolist() == [first.entries["pathway_id"].iloc[0]]


HIP = {"procedure_code": "W371", "laterality": "left", "patient_pathway_identifier": ""}
PROPOSED = [
    {name: value for name, value in (row(0, code) | HIP | {"rtt_start_date": start}).items()
     if value}
    for code, start in (("RM3", "2026-01-05"), ("RW3", "2026-02-09"))
]  # fmt: skip


def told_without(run, last, people: People = NOBODY) -> list[list[str]]:
    """What is told as not refreshed of RM3: the entry, and who perhaps lists its need."""
    told = unsent(["RM3"], last, run.entries, run_date=SECOND, people=people)
    return told[["entry_ids", "perhaps_listed_by"]].to_numpy().tolist()


@pytest.mark.parametrize("code", ["RW3", "RA1"])
def test_a_new_row_makes_nobody_surer_of_a_need_that_was_only_proposed(monday, code):
    first = monday([*PROPOSED, ROWS[2]], FIRST)
    assert first.entries["pathway_id"].iloc[0] == first.entries["pathway_id"].iloc[1]
    assert first.entries["outcome"].iloc[1] == "proposed_duplicate"
    mine = first.entries["entry_id"].iloc[0]
    last = first.ended.snapshot
    alone = monday([PROPOSED[1], ROWS[2]], SECOND, last)
    assert told_without(alone, last) == [[mine, "RW3"]]
    joined = People(joined=frozenset({tuple(sorted(first.entries["entry_id"].iloc[:2]))}))
    assert told_without(alone, last, joined) == [], "since both organisations said so it is listed"
    new = PROPOSED[1] | {"organisation": code, "local_patient_identifier": f"{code}-77"}
    with_new = monday([PROPOSED[1], new, ROWS[2]], SECOND, last)
    [[entry, perhaps]] = told_without(with_new, last)
    assert entry == mine
    assert "RW3" in perhaps.split(";")


def test_what_people_joined_is_listed_though_it_is_of_another_service(monday):
    mine, other = PROPOSED[0] | {"treatment_function_code": "130"}, PROPOSED[1]
    first = monday([mine, other, ROWS[2]], FIRST, joined=[(0, 1)])
    assert first.entries["pathway_id"].iloc[0] == first.entries["pathway_id"].iloc[1]
    last = first.ended.snapshot
    pair = tuple(sorted(first.entries["entry_id"].iloc[:2]))
    run = monday([other, ROWS[2]], SECOND, last)
    assert told_without(run, last, People(joined=frozenset({pair}))) == []
    assert told_without(run, last)[0][0] == first.entries["entry_id"].iloc[0]


def test_another_side_under_one_id_is_another_need_whatever_was_certain(monday):
    mine, other = (each | {"patient_pathway_identifier": "RM3000000000000077777",
                           "pathway_identifier_issuer": "RM3"} for each in PROPOSED)  # fmt: skip
    first = monday([mine, other, ROWS[2]], FIRST, joined=[(0, 1)])
    assert {*first.entries["outcome"][:2]} == {"confirmed_duplicate", "shown"}
    last = first.ended.snapshot
    as_before = monday([other, ROWS[2]], SECOND, last)
    assert told_without(as_before, last) == []
    turned = monday([other | {"laterality": "right"}, ROWS[2]], SECOND, last)
    assert told_without(turned, last) == [[first.entries["entry_id"].iloc[0], None]]
