"""What is proposed for a row: who treats, what is next, where the patient came from."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.combined import combine
from waitlist_merge.combined.steps import BY_RELATION, BY_VETO
from waitlist_merge.pathways import match_pathways
from waitlist_merge.plan import Agreement, MergePlan
from waitlist_merge.reasons import Event, Gain, NextStep, TreatingReason

RUN = dt.date(2026, 11, 15)
ONE = {
    "organisation": "RM3",
    "patient_pathway_identifier": "RM3000012345",
    "pathway_identifier_issuer": "RM3",
    "treatment_function_code": "110",
    "rtt_start_date": "2026-01-01",
}
THERE = ONE | {"organisation": "RW3"}
BOOKED = {"tci_date": "2026-12-01"}
DECIDED = {"decision_to_admit_date": "2026-06-01"}
SENT = {"rtt_status": "21"}
LATE = {"rtt_start_date": "2026-02-01", "rtt_status": "20"}
SUBCONTRACT = Agreement(from_="RM3", to="RW3", kind="subcontracted", reports="RM3")
DIAGNOSTIC = SUBCONTRACT.model_copy(update={"kind": "diagnostic"})
ENDED = SUBCONTRACT.model_copy(update={"end": dt.date(2026, 1, 1)})


def rows_of(typed, rows, *, agreements=(), confidence="certain", joins="yes"):
    """The combined rows of entries of one patient."""
    entries = typed([{"census_date": RUN.isoformat()} | row for row in rows])
    entries = entries.assign(
        extract_census_date=entries["census_date"],
        extract_age_days=np.zeros(len(rows), dtype=np.int64),
        entry_id=[f"E-{number:04}" for number in range(len(rows))],
    )
    pairs = [(a, b) for a in range(len(rows)) for b in range(a + 1, len(rows))]
    links = pd.DataFrame(pairs, columns=["a", "b"], dtype=np.int32)
    told = {"relation": "same_person", "veto": "", "weight": 9.0, "explanation": "same number"}
    links = links.assign(joins=joins, confidence=confidence, **told)
    group = (
        np.zeros(len(rows), np.int32) if joins == "yes" else np.arange(len(rows), dtype=np.int32)
    )
    people = SimpleNamespace(group=group, links=links)
    plan = MergePlan(agreements=agreements)
    match = match_pathways(entries, people, plan=plan, run_date=RUN)
    return combine(entries, people, match, run_date=RUN, agreements=agreements)


@pytest.mark.parametrize(
    ("here", "there", "organisation", "reason"),
    [
        ({}, {}, None, "not_told"),
        (BOOKED, {}, "RM3", "admission_booked"),
        ({}, BOOKED, "RW3", "admission_booked"),
        (BOOKED, BOOKED, None, "two_booked"),
        (DECIDED, {}, "RM3", "decision_to_admit"),
        (DECIDED, BOOKED, "RW3", "admission_booked"),
        (DECIDED, DECIDED, None, "not_told"),
        (DECIDED | {"rtt_status": "21"}, {"rtt_status": "20"}, "RW3", "sent_on"),
        (DECIDED | {"rtt_status": "21"}, DECIDED, "RW3", "decision_to_admit"),
        ({"rtt_status": "21"}, {"rtt_status": "20"}, "RW3", "sent_on"),
        ({"rtt_status": "21"}, {"rtt_status": "21"}, None, "not_told"),
        (
            {"transfer_status": "Accepted", "mutual_aid_provider": "RW3"},
            {},
            "RW3",
            "accepted",
        ),
        ({"mutual_aid_provider": "RW3"}, {}, "RW3", "accepted"),
        (
            {"transfer_status": "Requested", "mutual_aid_provider": "RW3"},
            {},
            None,
            "not_told",
        ),
        ({"tci_date": "2026-11-01"}, {}, None, "not_told"),
    ],
)
def test_who_treats_is_proposed_by_what_is_done_there(typed, here, there, organisation, reason):
    [row] = rows_of(typed, [ONE | here, THERE | there]).combined_list.to_dict("records")
    assert row["treating_reason"] == reason
    assert row["treating_organisation"] == organisation or (
        organisation is None and pd.isna(row["treating_organisation"])
    )


@pytest.mark.parametrize(
    ("agreement", "organisation", "reason"),
    [
        (SUBCONTRACT, "RW3", "agreement"),
        (SUBCONTRACT.model_copy(update={"services": ("110",)}), "RW3", "agreement"),
        (SUBCONTRACT.model_copy(update={"services": ("502",)}), None, "not_told"),
        (DIAGNOSTIC, "RM3", "agreement"),
        (ENDED, None, "not_told"),
    ],
)
def test_an_agreement_says_who_treats(typed, agreement, organisation, reason):
    combined = rows_of(typed, [ONE, THERE], agreements=(agreement,))
    [row] = combined.combined_list.to_dict("records")
    assert row["treating_reason"] == reason
    assert row["treating_organisation"] == organisation or (
        organisation is None and pd.isna(row["treating_organisation"])
    )


@pytest.mark.parametrize(
    ("rows", "agreement", "step"),
    [
        ([ONE, THERE | LATE], DIAGNOSTIC, "nothing_to_do"),
        ([ONE, THERE | {"rtt_start_date": None}], DIAGNOSTIC, "nothing_to_do"),
        ([ONE | {"rtt_start_date": "2026-03-01"}, THERE], DIAGNOSTIC, "nothing_to_do"),
        ([ONE | SENT, THERE | LATE], DIAGNOSTIC, "correct_start_date"),
        ([ONE, THERE | LATE], SUBCONTRACT, "correct_start_date"),
    ],
)
def test_a_test_elsewhere_has_no_clock_to_correct(typed, rows, agreement, step):
    combined = rows_of(typed, rows, agreements=(agreement,))
    assert combined.combined_list["next_step"].tolist() == [step]


def test_the_date_of_a_test_is_no_clock_start_of_the_need(typed):
    later = ONE | {"rtt_start_date": "2026-03-01"}
    tester = THERE | {"tci_date": "2026-12-01"}
    [row] = rows_of(typed, [later, tester], agreements=(DIAGNOSTIC,)).combined_list.to_dict(
        "records"
    )
    assert (str(row["rtt_start_date"])[:10], row["rtt_start_status"]) == ("2026-03-01", "agreed")
    assert row["rtt_start_note"] == "RW3 2026-01-01: outside referral to treatment"
    assert row["shown_organisation"] == "RM3"


def test_an_agreement_without_the_identifier_makes_no_clock_a_test(typed):
    hip = {"procedure_code": "W371", "laterality": "left", "patient_pathway_identifier": None}
    later = ONE | hip | {"rtt_start_date": "2026-03-01"}
    [row] = rows_of(typed, [later, THERE | hip], agreements=(DIAGNOSTIC,)).combined_list.to_dict(
        "records"
    )
    assert str(row["rtt_start_date"])[:10] == "2026-01-01"


def test_whose_closed_row_overlaps_the_wait_is_to_correct_a_date(typed):
    closed = ONE | {"rtt_status": "30", "rtt_end_date": "2026-07-01"}
    [row] = rows_of(typed, [closed, ONE | {"rtt_start_date": "2026-06-01"}]).combined_list.to_dict(
        "records"
    )
    assert (row["next_step"], row["next_step_organisations"]) == ("correct_start_date", "RM3")


def test_one_organisation_is_the_one_that_treats(typed):
    [row] = rows_of(typed, [ONE]).combined_list.to_dict("records")
    assert (row["treating_organisation"], row["treating_reason"]) == ("RM3", "only_listed")
    assert row["next_step"] == "nothing_to_do"
    assert pd.isna(row["next_step_organisations"])


HERE = {"organisation": "RM3"}
ALIKE = {"treatment_function_code": "110", "rtt_start_date": "2026-01-01"}
HIP = ALIKE | {"procedure_code": "W371"}


@pytest.mark.parametrize(
    ("rows", "step", "organisations"),
    [
        ([ONE | SENT, THERE | LATE], "correct_start_date", "RW3"),
        ([ONE | SENT, THERE | {"rtt_start_date": None}], "correct_start_date", "RW3"),
        ([ONE | SENT, THERE], "nothing_to_do", None),
        ([ONE, THERE], "confirm_who_treats", "RM3;RW3"),
        ([ONE | BOOKED, THERE | BOOKED], "release_one_tci", "RM3;RW3"),
        (
            [ONE | SENT | BOOKED, THERE | {"tci_date": "2026-12-05"}],
            "release_one_tci",
            "RM3;RW3",
        ),
        (
            [
                ONE | SENT | {"next_appointment_date": "2026-12-05"},
                THERE | {"next_appointment_date": "2026-12-05"},
            ],
            "release_one_appointment",
            "RM3;RW3",
        ),
        ([ONE | {"death_date": "2026-05-01"} | BOOKED, THERE | BOOKED], "check_death", "RM3;RW3"),
        (
            [{"organisation": "RM3"} | ALIKE, {"organisation": "RW3"} | ALIKE],
            "ask_patient",
            "RM3;RW3",
        ),
        ([{"organisation": "RM3"} | ALIKE] * 2, "confirm_one_need", "RM3"),
        (
            [
                {"organisation": "RM3", "laterality": "left"} | HIP,
                {"organisation": "RW3", "laterality": "right"} | HIP,
            ],
            "settle_side",
            "RM3;RW3",
        ),
        (
            [
                ONE | {"laterality": "left", "procedure_code": "W371"},
                THERE | {"laterality": "left", "procedure_code": "W371"},
                {"organisation": "RX1", "laterality": "right"} | HIP,
            ],
            "settle_side",
            "RM3;RW3;RX1",
        ),
        (
            [
                ONE | {"laterality": "left", "procedure_code": "W371"},
                THERE | SENT | {"laterality": "right", "procedure_code": "W371"},
            ],
            "settle_side",
            "RM3;RW3",
        ),
        (
            [
                {"organisation": "RM3", "priority_type": "3"} | HIP,
                {"organisation": "RW3", "priority_type": "1"} | HIP,
            ],
            "settle_urgency",
            "RM3;RW3",
        ),
        (
            [
                ONE | {"rtt_status": "30", "rtt_end_date": "2026-06-01"},
                THERE,
            ],
            "ask_whether_treated",
            "RM3;RW3",
        ),
        (
            [ONE | {"admission_method": "13", "planned_date": "2026-09-01"}],
            "move_to_active_list",
            "RM3",
        ),
    ],
)
def test_the_gravest_step_that_applies_is_next(typed, rows, step, organisations):
    by_place = rows_of(typed, rows).combined_list.sort_values("shown_organisation")
    row = by_place.to_dict("records")[-1]
    assert row["next_step"] == step
    assert row["next_step_organisations"] == organisations or (
        organisations is None and pd.isna(row["next_step_organisations"])
    )


def test_a_patient_in_doubt_is_checked_first(typed):
    combined = rows_of(typed, [ONE, ALIKE | {"organisation": "RW3"}], joins="asked")
    assert combined.combined_list["next_step"].tolist() == ["check_person"] * 2
    assert combined.combined_list["next_step_organisations"].tolist() == ["RM3;RW3"] * 2


def test_every_step_is_of_the_closed_set():
    assert set(BY_RELATION.values()) | set(BY_VETO.values()) <= set(NextStep)
    for word in (*NextStep, *TreatingReason, *Event, *Gain):
        assert word.meaning


def test_what_one_list_gains_is_counted_by_pair_of_organisations(typed):
    rows = [
        ONE | SENT | BOOKED,
        THERE | LATE | {"tci_date": "2026-12-08"},
        {"organisation": "RX1", "treatment_function_code": "502"},
    ]
    told = rows_of(typed, rows).gains.astype({"measure": str}).to_numpy().tolist()
    assert told == [
        ["duplicates", "transfer", "RM3;RW3", 1, 0],
        ["admission_slots", "", "RM3;RW3", 1, 0],
        ["people_in_two_places", "", "RM3;RW3", 1, 0],
        ["people_in_two_places", "", "RM3;RX1", 1, 0],
        ["people_in_two_places", "", "RW3;RX1", 1, 0],
        ["longer_waits", "", "RW3", 1, 0],
    ]
