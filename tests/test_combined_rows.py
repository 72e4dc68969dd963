"""What a combined row shows: which entry, which values, which clock, how it is told and ordered."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.combined import combine
from waitlist_merge.combined.clocks import waits
from waitlist_merge.combined.rules import BY_FIELD, RULES
from waitlist_merge.pathways import match_pathways
from waitlist_merge.plan import Agreement, MergePlan
from waitlist_merge.reasons import SurvivorRule
from waitlist_merge.review import questions
from waitlist_merge.settings import SURVIVOR_FIELDS

RUN = dt.date(2026, 11, 15)
ONE_NEED = {
    "patient_pathway_identifier": "RM3000012345",
    "pathway_identifier_issuer": "RM3",
    "treatment_function_code": "110",
}


def links_of(pairs) -> pd.DataFrame:
    """Patient links from (a, b, joins, confidence, veto)."""
    links = pd.DataFrame(pairs, columns=["a", "b", "joins", "confidence", "veto"])
    told = {"relation": "same_person", "weight": 9.0, "explanation": "same birth date"}
    return links.astype({"a": np.int32, "b": np.int32}).assign(**told)


def run(typed, rows, *, patient=None, links=None, plan=None):
    told = {"organisation": "RM3", "census_date": RUN.isoformat(), "local_patient_identifier": "1"}
    entries = typed([told | row for row in rows])
    census = entries["census_date"]
    entries = entries.assign(
        entry_id=[f"E-{number:04}" for number in range(len(rows))],
        extract_census_date=census,
        extract_age_days=(pd.Timestamp(RUN) - census).dt.days.astype("int64"),
    )
    group = np.array(patient or [0] * len(rows), dtype=np.int32)
    if links is None:
        chain = [
            (a, b, "yes", "certain", "")
            for a in range(len(rows))
            for b in range(a + 1, len(rows))
            if group[a] == group[b]
        ]
        links = links_of(chain)
    people = SimpleNamespace(group=group, links=links)
    match = match_pathways(entries, people, plan=plan or MergePlan(), run_date=RUN)
    combined = combine(
        entries,
        people,
        match,
        run_date=RUN,
        survivorship=(plan or MergePlan()).survivorship,
        agreements=(plan or MergePlan()).agreements,
    )
    return match, combined, questions(entries, people, match, combined, run_date=RUN)


@pytest.mark.parametrize(
    ("waited", "band", "threshold", "first_day_over"),
    [
        (0, 1, 18, 127),
        (7, 1, 18, 127),
        (8, 2, 18, 127),
        (126, 18, 18, 127),
        (127, 19, 26, 183),
        (364, 52, 52, 365),
        (365, 53, 65, 456),
        (728, 104, 104, 729),
        (729, 105, None, None),
    ],
)
def test_bands_and_thresholds_at_their_edges(waited, band, threshold, first_day_over):
    run_day = (RUN - dt.date(1970, 1, 1)).days
    told = waits(np.array([run_day - waited]), np.array([True]), RUN)
    assert told["days_waiting"].tolist() == [waited]
    assert told["week_band"].tolist() == [band]
    if threshold is None:
        assert told["next_threshold_weeks"].isna().all()
        assert np.isnat(told["next_threshold_date"]).all()
    else:
        assert told["next_threshold_weeks"].tolist() == [threshold]
        due = RUN + dt.timedelta(days=first_day_over - waited)
        assert str(told["next_threshold_date"][0])[:10] == due.isoformat()


def test_the_row_takes_each_value_by_its_rule(typed):
    old = {
        "organisation": "RM3",
        "rtt_status": "21",
        "rtt_start_date": "2026-01-01",
        "family_name": "Okafor",
        "given_name": "Chidi",
        "nhs_number_status": "02",
        "priority_type": "2",
        "priority_code": "P4",
        "restricted": True,
        "communication_needs": "interpreter",
        "last_attended_date": "2026-02-01",
        "procedure_code": "W37",
        "referral_date": "2025-12-30",
        "referrer_code": "G1",
    }
    new = {
        "organisation": "RW3",
        "rtt_status": "20",
        "rtt_start_date": "2026-03-01",
        "family_name": "Okafor-Bello",
        "given_name": "Chidi",
        "nhs_number_status": "01",
        "priority_type": "1",
        "priority_code": "P2",
        "communication_needs": "large print",
        "tci_date": "2026-12-01",
        "last_attended_date": "2026-05-01",
        "procedure_code": "W371",
        "laterality": "left",
        "referral_date": "2026-03-01",
        "referrer_code": "G2",
        "next_appointment_date": "2026-11-01",
    }
    _, combined, _ = run(typed, [ONE_NEED | old, ONE_NEED | new])
    [row] = combined.combined_list.to_dict("records")
    assert row["shown_organisation"] == "RW3"
    assert row["organisations"] == "RM3;RW3"
    assert (row["member_count"], row["confirmed_duplicates"], row["proposed_duplicates"]) == (
        2,
        1,
        0,
    )
    assert (row["family_name"], row["procedure_code"], row["laterality"]) == (
        "Okafor-Bello",
        "W371",
        "left",
    )
    assert (row["priority_type"], row["priority_code"]) == ("2", "P2")
    assert row["restricted"] is True or row["restricted"] == np.True_
    assert row["communication_needs"] == "interpreter; large print"
    assert row["tci_count"] == 1
    assert pd.isna(row["next_appointment_date"])
    assert row["last_attended_date"] == pd.Timestamp("2026-05-01")
    assert (row["referral_date"], row["referrer_code"]) == (pd.Timestamp("2025-12-30"), "G1")
    assert row["rtt_start_date"] == pd.Timestamp("2026-01-01")
    assert row["rtt_start_status"] == "from_other_organisation"
    assert row["rtt_start_note"] == "RW3 2026-03-01: later than the start taken"
    assert row["stage"] == "admitted"
    assert combined.entry_columns["outcome"].tolist() == ["confirmed_duplicate", "shown"]


TWO_NAMES = (
    {"family_name": "Okafor", "nhs_number_status": "01", "census_date": "2026-11-08"},
    {"organisation": "RW3", "family_name": "Bello", "nhs_number_status": "02"},
    {
        "organisation": "RX1",
        "family_name": "Bello",
        "nhs_number_status": "02",
        "census_date": "2026-11-01",
    },
)


@pytest.mark.parametrize(
    ("rule", "name", "giver"),
    [
        (None, "Okafor", "E-0000"),
        ("most_frequent", "Bello", "E-0001"),
        ("newest", "Bello", "E-0001"),
        ("shown_first", "Bello", "E-0001"),
        ("agreed", None, None),
    ],
)
def test_another_rule_may_be_named_for_a_field(typed, rule, name, giver):
    plan = MergePlan(survivorship={"family_name": rule} if rule else {})
    rows = [ONE_NEED | {"rtt_start_date": "2026-01-01"} | each for each in TWO_NAMES]
    _, combined, _ = run(typed, rows, plan=plan)
    [row] = combined.combined_list.to_dict("records")
    assert row["family_name"] == name or (name is None and pd.isna(row["family_name"]))
    told = combined.provenance.set_index("field").loc["family_name"]
    assert told["rule"] == (rule or "verified_first")
    assert told["entry_id"] == giver or (giver is None and pd.isna(told["entry_id"]))


def test_every_rule_is_in_the_registry_or_needs_no_keys():
    special = {
        SurvivorRule.SHOWN,
        SurvivorRule.WITH_PROCEDURE_CODE,
        SurvivorRule.EARLIEST_START,
        SurvivorRule.NOT_REFRESHED,
        SurvivorRule.OF_CLOSED_ROW,
    }
    assert set(RULES) | special == set(SurvivorRule)
    assert set(SURVIVOR_FIELDS) <= set(BY_FIELD)


def test_the_newest_submission_wins_every_field(typed):
    row = ONE_NEED | {"waiting_list_entry_identifier": "881", "rtt_start_date": "2026-01-01"}
    old = {
        "census_date": "2026-11-08",
        "nhs_number_status": "01",
        "family_name": "Okafor",
        "laterality": "bilateral",
        "priority_code": "P2",
        "tci_date": "2026-12-01",
        "procedure_code": "W371",
        "gender": "1",
    }
    new = {
        "nhs_number_status": "02",
        "family_name": "Bello",
        "laterality": "left",
        "priority_code": "P4",
        "procedure_code": "W37",
    }
    _, combined, _ = run(typed, [row | old, row | new])
    [shown] = combined.combined_list.to_dict("records")
    told = {name: shown[name] for name in ("family_name", "laterality", "procedure_code", "gender")}
    assert told == {
        "family_name": "Bello",
        "laterality": "left",
        "procedure_code": "W37",
        "gender": "1",
    }
    assert (shown["priority_code"], shown["tci_count"]) == ("P4", 0)
    assert pd.isna(shown["tci_date"])
    assert shown["next_step"] == "nothing_to_do"


def test_suspected_cancer_says_which_entry_said_so(typed):
    rows = [ONE_NEED | {"rtt_start_date": "2026-01-01"} | each for each in (
        {"rtt_status": "21"}, {"organisation": "RW3", "priority_type": "3"})]  # fmt: skip
    _, combined, _ = run(typed, rows)
    told = combined.provenance.set_index("field").loc["suspected_cancer"]
    assert told[["entry_id", "rule", "value"]].tolist() == ["E-0001", "any", "true"]
    assert told["other_values"] == "RM3 nothing"


def test_sides_that_differ_are_left_empty_and_frequent_names_win(typed):
    rows = [
        ONE_NEED | {"laterality": side, "family_name": name, "rtt_start_date": "2026-01-01"}
        for side, name in (("left", "Shah"), ("bilateral", "Shah"), ("left", "Sha"))
    ]
    _, combined, _ = run(typed, rows)
    [row] = combined.combined_list.to_dict("records")
    assert row["member_count"] == 3
    assert pd.isna(row["laterality"])
    assert row["family_name"] == "Shah"


def test_two_bookings_are_counted_one_shown_twice_is_not(typed):
    booked = ONE_NEED | {"rtt_start_date": "2026-01-01", "tci_date": "2026-12-01"}
    _, one, _ = run(typed, [booked | {"waiting_list_type": "ORTT"}, booked])
    _, two, _ = run(typed, [booked, booked | {"organisation": "RW3", "tci_date": "2026-12-09"}])
    assert one.combined_list["tci_count"].tolist() == [1]
    assert two.combined_list["tci_count"].tolist() == [2]
    assert two.combined_list["tci_date"].tolist() == [pd.Timestamp("2026-12-01")]


@pytest.mark.parametrize(
    ("census", "day", "shown"),
    [
        ("2026-11-09", "2026-11-12", True),
        ("2026-11-09", "2026-11-09", True),
        ("2026-11-09", "2026-11-08", False),
        ("2026-11-15", "2026-11-14", False),
    ],
)
def test_a_date_booked_after_its_own_extract_is_not_lost(typed, census, day, shown):
    row = {"rtt_start_date": "2026-01-01", "census_date": census}
    match, combined, _ = run(typed, [row | {"tci_date": day, "next_appointment_date": day}])
    [listed] = combined.combined_list.to_dict("records")
    expected = [pd.Timestamp(day)] * 2 if shown else [pd.NaT] * 2
    assert [listed["tci_date"], listed["next_appointment_date"]] == expected
    assert listed["tci_count"] == int(shown)
    assert listed["validation_due"] == (not shown)
    assert match.findings["reason"].tolist() == ([] if shown else ["tci_in_past"])


def test_the_earliest_of_what_each_extract_has_ahead_of_it_is_shown(typed):
    start = ONE_NEED | {"rtt_start_date": "2026-01-01"}
    rows = [
        start | {"census_date": "2026-11-09", "tci_date": "2026-11-12"},
        start | {"organisation": "RW3", "tci_date": "2026-11-14"},
        start | {"organisation": "RX1", "tci_date": "2026-12-01"},
    ]
    match, combined, _ = run(typed, rows)
    [listed] = combined.combined_list.to_dict("records")
    assert (listed["tci_date"], listed["tci_count"]) == (pd.Timestamp("2026-11-12"), 2)
    assert match.findings[["row", "reason"]].to_numpy().tolist() == [[1, "tci_in_past"]]


def test_a_booking_on_a_row_that_was_sent_again_does_not_outlive_the_newer_row(typed):
    key = ONE_NEED | {"waiting_list_entry_identifier": "7", "rtt_start_date": "2026-01-01"}
    rows = [
        key | {"census_date": "2026-11-09", "tci_date": "2026-11-12"},
        key | {"tci_date": "2026-12-20"},
    ]
    _, combined, _ = run(typed, rows)
    assert combined.combined_list["tci_date"].tolist() == [pd.Timestamp("2026-12-20")]
    assert combined.combined_list["tci_count"].tolist() == [1]


def test_a_superseded_start_is_not_taken_and_is_named(typed):
    key = ONE_NEED | {"waiting_list_entry_identifier": "7"}
    rows = [
        key | {"rtt_start_date": "2026-01-01", "census_date": "2026-11-09"},
        key | {"rtt_start_date": "2026-03-01"},
    ]
    _, combined, _ = run(typed, rows)
    [row] = combined.combined_list.to_dict("records")
    assert row["shown_entry_id"] == "E-0001"
    assert row["rtt_start_date"] == pd.Timestamp("2026-03-01")
    assert row["rtt_start_note"] == "RM3 2026-01-01: superseded submission"
    assert row["oldest_extract_age_days"] == 6


@pytest.mark.parametrize(
    ("older", "newer", "elsewhere", "shown"),
    [
        ("right", None, None, "right"),
        ("right", "bilateral", None, "bilateral"),
        ("right", None, "right", "right"),
        ("right", None, "bilateral", None),
    ],
)
def test_a_side_is_left_out_only_for_one_that_is_sent_since(typed, older, newer, elsewhere, shown):
    key = ONE_NEED | {"waiting_list_entry_identifier": "7", "rtt_start_date": "2026-01-01"}
    rows = [key | {"laterality": older, "census_date": "2026-11-09"}, key | {"laterality": newer}]
    if elsewhere:
        rows.append(key | {"organisation": "RW3", "laterality": elsewhere})
    _, combined, _ = run(typed, rows)
    of_the_resent = combined.entry_columns["pathway_id"].iloc[0]
    row = combined.combined_list.set_index("pathway_id").loc[of_the_resent]
    assert (None if pd.isna(row["laterality"]) else row["laterality"]) == shown


@pytest.mark.parametrize(
    ("sender", "receiver", "status", "asked"),
    [
        ({"rtt_status": "21"}, {"rtt_start_date": "2026-09-01"}, "proposed", True),
        ({"transfer_status": "Transferred"}, {"rtt_start_date": "2026-09-01"}, "proposed", True),
        (
            {"rtt_status": "21", "removal_date": "2026-09-01"},
            {"rtt_start_date": "2026-09-01"},
            "proposed",
            True,
        ),
        (
            {"rtt_status": "21", "rtt_start_date": "2026-12-01"},
            {"rtt_start_date": "2026-09-01"},
            "proposed",
            True,
        ),
        (
            {"rtt_status": "21", "rtt_start_date": "2026-01-01"},
            {},
            "from_other_organisation",
            True,
        ),
        (
            {"rtt_status": "21", "rtt_start_date": "2026-01-01"},
            {"rtt_start_date": "2026-01-01"},
            "agreed",
            False,
        ),
        ({"rtt_status": "21"}, {}, "unknown", False),
    ],
)
def test_a_start_that_one_organisation_alone_states_is_asked(
    typed, sender, receiver, status, asked
):
    rows = [ONE_NEED | sender, ONE_NEED | {"organisation": "RW3", "rtt_status": "20"} | receiver]
    match, combined, queue = run(typed, rows)
    assert match.links["confidence"].tolist() == ["certain"]
    assert combined.combined_list["rtt_start_status"].tolist() == [status]
    assert queue["relation"].tolist() == (["transfer"] if asked else [])


def test_an_organisation_that_states_a_start_on_one_of_its_rows_has_stated_it(typed):
    start = {"rtt_start_date": "2026-01-01"}
    rows = [
        ONE_NEED | {"waiting_list_type": "ORTT"},
        ONE_NEED | {"waiting_list_type": "IRTT"} | start,
        ONE_NEED | {"organisation": "RW3", "transfer_status": "Transferred"} | start,
    ]
    _, combined, queue = run(typed, rows)
    assert combined.combined_list["rtt_start_status"].tolist() == ["agreed"]
    assert queue.empty


def test_a_superseded_row_without_a_start_leaves_no_doubt(typed):
    key = ONE_NEED | {"waiting_list_entry_identifier": "7"}
    rows = [key | {"census_date": "2026-11-09"}, key | {"rtt_start_date": "2026-03-01"}]
    _, combined, queue = run(typed, rows)
    assert combined.combined_list["rtt_start_status"].tolist() == ["agreed"]
    assert queue.empty


def test_a_start_after_the_run_is_no_wait(typed):
    _, combined, _ = run(typed, [ONE_NEED | {"rtt_start_date": "2026-12-01"}])
    [row] = combined.combined_list.to_dict("records")
    assert row["rtt_start_status"] == "unknown"
    assert pd.isna(row["days_waiting"])
    assert row["rtt_start_note"] == "RM3 2026-12-01: after the run's date"


def test_planned_rows_have_days_past_due_and_no_wait(typed):
    planned = {
        "admission_method": "13",
        "planned_date": "2026-11-01",
        "rtt_start_date": "2026-01-01",
    }
    _, combined, _ = run(typed, [planned])
    [row] = combined.combined_list.to_dict("records")
    assert row["days_past_due"] == 14
    assert pd.isna(row["days_waiting"])
    assert pd.isna(row["week_band"])
    assert pd.isna(row["rtt_start_date"])
    assert pd.isna(row["rtt_start_entry_id"])
    assert row["rtt_start_status"] == "unknown"


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ({"rtt_start_date": "2026-08-23"}, True),
        ({"rtt_start_date": "2026-08-24"}, False),
        ({"rtt_start_date": "2026-01-01", "last_attended_date": "2026-10-01"}, False),
        ({"rtt_start_date": "2026-01-01", "decision_to_admit_date": "2026-10-01"}, False),
        ({"rtt_start_date": "2026-01-01", "tci_date": "2026-12-13"}, False),
        ({"rtt_start_date": "2026-01-01", "next_appointment_date": "2026-12-14"}, True),
        ({"rtt_start_date": "2026-01-01", "last_validated_date": "2026-10-01"}, False),
        ({"rtt_start_date": "2026-01-01", "last_validated_date": "2027-01-01"}, True),
        ({"admission_method": "13", "rtt_start_date": "2026-01-01"}, False),
    ],
)
def test_validation_is_due_by_the_national_rule(typed, said, due):
    _, combined, _ = run(typed, [said])
    assert combined.combined_list["validation_due"].tolist() == [due]


@pytest.mark.parametrize(
    "recorded",
    [
        {"rtt_status": "36", "rtt_end_date": "2026-05-01"},
        {"removal_reason": "Patient died", "removal_date": "2026-05-01"},
        {"removal_reason": "RIP", "removal_date": "2026-05-01"},
    ],
)
def test_a_death_on_any_entry_flags_every_row_of_the_patient(typed, recorded):
    rows = [
        {"treatment_function_code": "110", "rtt_start_date": "2026-01-01"},
        {"treatment_function_code": "502"} | recorded,
        {"treatment_function_code": "301", "rtt_start_date": "2026-01-01"},
    ]
    match, combined, _ = run(typed, rows)
    assert combined.combined_list["deceased"].tolist() == [True, True]
    assert (match.findings["reason"] == "deceased").sum() == 2
    assert combined.entry_columns["outcome"].tolist() == ["single", "not_waiting", "single"]


@pytest.mark.parametrize(
    ("links", "patient", "deceased", "in_doubt", "found", "steps"),
    [
        (
            [(0, 1, "yes", "certain", "")],
            [0, 0],
            [True, True],
            [False, False],
            ["deceased", "deceased"],
            ["check_death", "check_death"],
        ),
        (
            [(0, 1, "yes", "probable", "")],
            [0, 0],
            [True, False],
            [False, True],
            ["deceased", "deceased_perhaps"],
            ["check_death", "check_death"],
        ),
        (
            [(0, 1, "asked", "possible", "close_rival")],
            [0, 1],
            [True, False],
            [False, False],
            ["deceased"],
            ["check_death", "check_person"],
        ),
    ],
)
def test_a_death_is_told_of_those_who_are_certainly_that_person(
    typed, links, patient, deceased, in_doubt, found, steps
):
    rows = [
        {"treatment_function_code": "110", "death_date": "2026-05-01"},
        {"treatment_function_code": "502", "organisation": "RW3"},
    ]
    match, combined, queue = run(typed, rows, patient=patient, links=links_of(links))
    told = combined.combined_list.sort_values("shown_entry_id")
    assert told["deceased"].tolist() == deceased
    assert told["death_in_doubt"].tolist() == in_doubt
    assert told["next_step"].tolist() == steps
    assert match.findings.sort_values("row")["reason"].isin([*found, "clock_start_missing"]).all()
    assert [each for each in match.findings["reason"] if each.startswith("deceased")] == found
    if in_doubt[1]:
        assert told["next_step_organisations"].tolist() == ["RM3;RW3"] * 2
    assert (queue["question"].str.startswith(DEAD_PERHAPS)).all()
    assert len(queue) == (links[0][3] != "certain")


def test_a_row_of_one_who_died_and_one_who_is_only_probably_the_same_is_in_doubt(typed):
    rows = [
        ONE_NEED | {"death_date": "2026-05-01"},
        ONE_NEED | {"organisation": "RW3"},
    ]
    _, combined, _ = run(typed, rows, links=links_of([(0, 1, "yes", "probable", "")]))
    assert combined.combined_list["member_count"].tolist() == [2]
    told = combined.combined_list[["deceased", "death_in_doubt", "next_step"]]
    assert told.to_numpy().tolist() == [[False, True, "check_death"]]


def test_a_restriction_on_any_entry_restricts_every_row_of_the_patient(typed):
    rows = [
        {"treatment_function_code": "110", "rtt_start_date": "2026-01-01"},
        {"treatment_function_code": "502", "rtt_status": "30", "restricted": True},
        {"treatment_function_code": "301", "rtt_start_date": "2026-01-01", "restricted": False},
        {"treatment_function_code": "301", "rtt_start_date": "2026-01-01"},
    ]
    _, combined, _ = run(typed, rows, patient=[0, 0, 0, 1])
    shown = combined.combined_list.set_index("shown_entry_id")["restricted"]
    assert shown.to_dict() == {"E-0000": True, "E-0002": True, "E-0003": False}


def test_an_unreadable_row_has_a_row_of_its_own(typed):
    named = {"family_name": "Ng", "local_patient_identifier": None}
    rows = [named, named | {"birth_date": "1962-03-03"}]
    _, combined, _ = run(typed, rows, patient=[0, 1])
    assert combined.entry_columns["outcome"].tolist() == ["unreadable", "single"]
    shown = combined.combined_list.set_index("shown_entry_id")["incomplete"]
    assert shown.to_dict() == {"E-0000": True, "E-0001": False}


def test_the_order_to_work_from(typed):
    rows = [
        {"rtt_start_date": "2025-01-01", "priority_type": "1"},
        {"rtt_start_date": "2026-10-01", "priority_code": "P2"},
        {"rtt_start_date": "2026-11-01", "suspected_cancer": True},
        {"rtt_start_date": "2026-07-13"},
        {"rtt_start_date": "2026-07-13", "tci_date": "2026-11-20"},
        {"rtt_start_date": "2026-10-01", "priority_code": "P5"},
    ]
    _, combined, _ = run(typed, rows, patient=list(range(6)))
    order = [int(each[-1]) for each in combined.combined_list["shown_entry_id"]]
    assert order == [2, 1, 3, 0, 5, 4]


TWICE = "identifier_at_two_organisations"
AGREEMENT = {"from": "RM3", "to": "RW3", "reports": "RM3", "services": ["110"]}


@pytest.mark.parametrize(
    ("agreement", "relation"),
    [
        (AGREEMENT | {"kind": "subcontracted"}, "subcontracted"),
        (AGREEMENT | {"kind": "diagnostic"}, "diagnostic_elsewhere"),
        (AGREEMENT | {"kind": "subcontracted", "services": ["502"]}, TWICE),
        (AGREEMENT | {"kind": "subcontracted", "services": []}, "subcontracted"),
        (AGREEMENT | {"kind": "subcontracted", "end": "2026-01-01"}, TWICE),
        (AGREEMENT | {"kind": "subcontracted", "start": "2027-01-01"}, TWICE),
        (AGREEMENT | {"kind": "subcontracted", "to": "RX1"}, TWICE),
    ],
)
def test_agreements_say_who_works_for_whom(typed, agreement, relation):
    plan = MergePlan(agreements=(Agreement.model_validate(agreement),))
    rows = [ONE_NEED, ONE_NEED | {"organisation": "RW3", "treatment_function_code": "111"}]
    match, _, _ = run(typed, rows, plan=plan)
    certain = relation != TWICE
    assert match.links["relation"].tolist() == [relation]
    assert match.links["confidence"].tolist() == ["certain" if certain else "probable"]


def test_a_link_refused_for_a_veto_is_asked_and_named(typed):
    referral = {
        "treatment_function_code": "110",
        "referrer_code": "G1234567",
        "referral_date": "2026-01-01",
        "rtt_start_date": "2026-01-01",
    }
    rows = [
        referral,
        referral | {"organisation": "RW3", "procedure_code": "W371", "laterality": "left"},
        referral
        | {
            "organisation": "RX1",
            "procedure_code": "W371",
            "laterality": "right",
            "rtt_start_date": "2026-01-02",
        },
    ]
    match, combined, queue = run(typed, rows)
    refused = match.links[match.links["veto"] == "group_conflict"]
    assert refused[["a", "b", "joins", "confidence"]].to_numpy().tolist() == [
        [0, 2, "asked", "possible"]
    ]
    assert set(queue["veto"].fillna("")) == {"", "group_conflict"}
    assert combined.combined_list["open_questions"].tolist() == [2, 1]


def test_a_patient_link_that_is_itself_asked_forbids_the_need(typed):
    rows = [ONE_NEED, ONE_NEED | {"organisation": "RW3"}, ONE_NEED | {"organisation": "RX1"}]
    links = links_of(
        [
            (0, 1, "asked", "possible", ""),
            (0, 2, "yes", "probable", ""),
            (1, 2, "yes", "probable", ""),
        ]
    )
    match, _, _ = run(typed, rows, links=links)
    pair = match.links[(match.links["a"] == 0) & (match.links["b"] == 1)]
    assert pair["veto"].tolist() in (["patient_not_certain"], ["group_conflict"])
    assert match.group[0] != match.group[1]


def test_questions_come_in_order_with_cancer_first(typed):
    def pair(**said):
        service = {"treatment_function_code": "110", "rtt_start_date": "2026-05-20"} | said
        return [service, service | {"organisation": "RW3", **said}]

    rows = [
        *pair(),
        *pair(priority_code="P2"),
        *pair(tci_date="2026-11-20"),
        *pair(suspected_cancer=True),
        *pair(rtt_start_date="2026-07-20"),
    ]
    _, combined, queue = run(typed, rows, patient=[number // 2 for number in range(10)])
    first = [int(each.split(";")[0][-1]) // 2 for each in queue["entry_ids"]]
    assert first == [3, 1, 2, 4, 0]
    assert queue["urgent"].tolist() == [True, True, True, False, False]
    assert queue["order"].tolist() == [1, 2, 3, 4, 5]
    assert queue["question_id"].is_unique
    assert combined.combined_list["open_questions"].eq(1).all()
    assert queue["organisations"].eq("RM3;RW3").all()


def test_the_longest_waits_are_asked_before_those_about_to_breach(typed):
    waited = {0: 770, 1: 700, 2: 500, 3: 400, 4: 729, 5: 350, 6: 100, 7: 365, 8: 128}
    rows = []
    for days_waited in waited.values():
        start = (RUN - dt.timedelta(days=days_waited)).isoformat()
        service = {"treatment_function_code": "110", "rtt_start_date": start}
        rows += [service, service | {"organisation": "RW3"}]
    _, _, queue = run(typed, rows, patient=[number // 2 for number in range(len(rows))])
    asked = [waited[int(each.split(";")[0][2:]) // 2] for each in queue["entry_ids"]]
    ranks = [104, 104, 78, 65, 52, 52, 28, 28, 0]
    told = {770: 104, 729: 104, 700: 78, 500: 65, 400: 52, 365: 52, 350: 28, 100: 28, 128: 0}
    assert [told[each] for each in asked] == ranks
    assert not queue["urgent"].any()


def test_a_wait_that_is_no_rtt_wait_is_not_over_a_threshold(typed):
    long = {"rtt_start_date": "2020-01-01", "treatment_function_code": "502"}
    planned = long | {"admission_method": "13", "planned_date": "2026-11-01"}
    near = {"rtt_start_date": "2026-07-20", "treatment_function_code": "110"}
    rows = [
        planned | {"procedure_code": "Q184"},
        {"treatment_function_code": "502", "procedure_code": "Q184", "organisation": "RW3"},
        near,
        near | {"organisation": "RW3"},
    ]
    _, _, queue = run(typed, rows, patient=[0, 0, 1, 1])
    assert queue["entry_ids"].tolist() == ["E-0002;E-0003", "E-0000;E-0001"]


def test_a_date_booked_between_an_extract_and_the_run_is_urgent(typed):
    service = {"treatment_function_code": "110", "rtt_start_date": "2026-05-20"}
    older = {"census_date": "2026-11-09", "tci_date": "2026-11-12"}
    _, _, queue = run(typed, [service | older, service | {"organisation": "RW3"}])
    assert queue["urgent"].tolist() == [True]


REPEAT = {"treatment_function_code": "110", "rtt_start_date": "2026-05-20"}
DEAD = "A death is recorded for this patient: check before any contact. "
DEAD_PERHAPS = (
    "A death is recorded, but perhaps of another person: settle who has died before any contact. "
)
ONE_NEED_ASKED = "Do these organisations list the patient for one need?"


@pytest.mark.parametrize("death", [{"death_date": "2026-11-01"}, {"rtt_status": "36"}])
@pytest.mark.parametrize(
    "urgent",
    [
        {"tci_date": "2026-11-20"},
        {"suspected_cancer": True},
        {"priority_code": "P2"},
        {"next_appointment_date": "2026-11-20"},
    ],
)
def test_the_dead_are_not_to_be_contacted(typed, death, urgent):
    rows = [
        REPEAT | urgent,
        REPEAT | urgent | {"organisation": "RW3"},
        {"organisation": "RX1", "treatment_function_code": "502"} | death,
        REPEAT,
        REPEAT | {"organisation": "RW3"},
    ]
    _, _, queue = run(typed, rows, patient=[0, 0, 0, 1, 1])
    told = queue.set_index("entry_ids")[["question", "urgent", "deceased", "restricted"]]
    assert told.loc["E-0000;E-0001"].tolist() == [DEAD + ONE_NEED_ASKED, False, True, False]
    alive = ONE_NEED_ASKED + " Ask the patient where to be treated."
    assert told.loc["E-0003;E-0004"].tolist() == [alive, False, False, False]


def test_a_death_of_someone_who_is_only_probably_the_patient_leaves_the_question_urgent(typed):
    rows = [
        REPEAT | {"death_date": "2026-11-01"},
        REPEAT | {"organisation": "RW3", "tci_date": "2026-11-20"},
    ]
    links = links_of([(0, 1, "yes", "probable", "")])
    _, _, queue = run(typed, rows, links=links)
    assert queue["urgent"].all()
    assert queue["deceased"].all()
    assert queue["question"].str.startswith(DEAD_PERHAPS).all()


def test_suspected_cancer_with_routine_of_the_dead_is_not_urgent(typed):
    rows = [
        REPEAT | {"suspected_cancer": True, "death_date": "2026-11-01"},
        REPEAT | {"organisation": "RW3", "priority_type": "1"},
    ]
    _, _, queue = run(typed, rows)
    assert queue["veto"].tolist() == ["cancer_with_routine"]
    assert queue["urgent"].tolist() == [False]


GALLBLADDER = {
    "treatment_function_code": "100",
    "procedure_code": "J183",
    "rtt_start_date": "2026-05-20",
}
CANCER_ASKED = "One entry says suspected cancer, another routine."


@pytest.mark.parametrize("unknown", ["RA1", "RW3", "RY9"])
@pytest.mark.parametrize("strong", [True, False])
def test_cancer_and_routine_with_an_unknown_between_are_asked_first(typed, unknown, strong):
    urgent = {"organisation": "RX1", "treatment_function_code": "502", "priority_code": "P1a"}
    wait = {"rtt_start_date": "2026-01-01"} if strong else {}
    rows = [
        GALLBLADDER | {"organisation": "RM3", "priority_type": "3"} | wait,
        GALLBLADDER | {"organisation": unknown},
        GALLBLADDER | {"organisation": "RM5", "priority_type": "1"},
        urgent,
        urgent,
    ]
    match, combined, queue = run(typed, rows, patient=[0, 0, 0, 1, 1])
    first = queue.iloc[0]
    assert first["question"].startswith(CANCER_ASKED)
    assert first["veto"] == "cancer_with_routine"
    assert first["entry_ids"] == "E-0000;E-0001;E-0002"
    named = match.links[match.links["veto"] == "cancer_with_routine"]
    assert named[["a", "b", "joins"]].to_numpy().tolist() == [[0, 2, "asked"]]
    assert match.group[0] != match.group[2]
    assert match.group[1] in (match.group[0], match.group[2])
    steps = combined.combined_list.set_index("pathway_id")["next_step"]
    assert set(steps[combined.entry_columns["pathway_id"][:3].unique()]) == {"settle_urgency"}


def test_a_link_into_suspected_cancer_is_named_where_its_entries_were_never_compared(typed):
    one = {"patient_pathway_identifier": "RM3000012345", "pathway_identifier_issuer": "RM3"}
    rows = [
        one | {"organisation": "RM3", "priority_type": "3"},
        one | GALLBLADDER | {"organisation": "RW3"},
        GALLBLADDER | {"organisation": "RX1", "priority_type": "1"},
        *[{"treatment_function_code": "502"}] * 57,
    ]
    match, _, queue = run(typed, rows)
    named = match.links[match.links["veto"] == "cancer_with_routine"]
    assert named[["a", "b", "joins"]].to_numpy().tolist() == [[1, 2, "asked"]]
    assert queue["veto"].iloc[0] == "cancer_with_routine"


def test_a_question_about_a_restricted_record_says_so(typed):
    rows = [
        REPEAT,
        REPEAT | {"organisation": "RW3"},
        {"treatment_function_code": "502", "restricted": True},
    ]
    _, _, queue = run(typed, rows)
    assert queue[["deceased", "restricted"]].to_numpy().tolist() == [[False, True]]


SHARED = "identifier_of_two_patients"


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        ({}, True),
        ({"organisation": "RW3"}, True),
        ({"treatment_function_code": "502"}, False),
        ({"pathway_identifier_issuer": "RW3"}, False),
        ({"pathway_identifier_issuer": None}, False),
        ({"patient_pathway_identifier": "RM3000077777"}, False),
        ({"patient_pathway_identifier": "0000000000RM3000012345"}, True),
        ({"patient_pathway_identifier": "rm3-0000-12345"}, True),
        ({"treatment_function_code": "111"}, True),
        ({"treatment_function_code": None}, False),
    ],
)
def test_one_identifier_on_entries_of_two_patients_is_a_question_about_people(typed, other, asked):
    rows = [ONE_NEED, ONE_NEED, ONE_NEED | other]
    match, combined, queue = run(typed, rows, patient=[0, 0, 1])
    told = queue[["level", "veto", "entry_ids", "urgent"]].to_numpy().tolist()
    assert told == ([["patient", SHARED, "E-0000;E-0001;E-0002", True]] if asked else [])
    assert match.group[0] != match.group[2]
    assert combined.combined_list["open_questions"].tolist() == [int(asked)] * 2


FULL, UBRN = "RM312345678901234567", "123456789012"


@pytest.mark.parametrize(
    ("one", "other", "asked"),
    [
        (("AB12345678", "RBZ", None), ("AB12345678", "RH8", None), True),
        ((FULL, "RM3", None), (FULL[:15], "RM3", None), True),
        ((FULL, "RM3", None), (FULL[:15], "RW3", None), False),
        ((FULL, "RM3", None), (FULL[:14] + "999999", "RM3", None), False),
        ((None, None, UBRN), (None, None, UBRN), True),
        ((None, None, UBRN), ("0" * 8 + UBRN, "X09", None), True),
        ((UBRN + "0" * 8, "X09", None), ("0" * 8 + UBRN, "X09", None), True),
        ((UBRN + "0" * 8, None, None), (None, None, UBRN), True),
        ((None, None, "0" * 12), (None, None, "0" * 12), False),
        ((None, None, UBRN), (None, None, "210987654321"), False),
    ],
)
def test_an_identifier_of_two_patients_is_seen_through_its_forms(typed, one, other, asked):
    names = (*list(ONE_NEED)[:2], "unique_booking_reference_number")
    rows = [
        {"treatment_function_code": "110"} | dict(zip(names, each, strict=True))
        for each in (one, other)
    ]
    match, _, queue = run(typed, rows, patient=[0, 1])
    assert queue["veto"].fillna("").tolist() == [SHARED] * asked
    assert match.group[0] != match.group[1]
    if asked:
        assert ("booking number" in queue["why"][0]) == (one[0] in (None, UBRN + "0" * 8))


def test_a_shared_identifier_comes_before_long_waits_and_a_pair_in_doubt_is_asked_once(typed):
    long = {"treatment_function_code": "110", "rtt_start_date": "2020-05-20"}
    rows = [ONE_NEED, ONE_NEED, long, long | {"organisation": "RW3"}]
    links = links_of([(0, 1, "asked", "possible", "")])
    _, _, queue = run(typed, rows, patient=[0, 1, 2, 2], links=links)
    assert queue["entry_ids"].tolist() == ["E-0000;E-0001", "E-0002;E-0003"]
    assert queue["veto"].fillna("").tolist() == [SHARED, ""]


@pytest.mark.parametrize(
    ("value", "size", "asked"), [("RM3000012345", 4, 3), ("RM3000012345", 5, 0), ("000000", 2, 0)]
)
def test_a_value_on_many_patients_is_a_stand_in(typed, value, size, asked):
    rows = [ONE_NEED | {"patient_pathway_identifier": value}] * size
    _, _, queue = run(typed, rows, patient=list(range(size)))
    assert (queue["veto"] == SHARED).sum() == asked


def test_many_needs_in_doubt_are_one_question(typed):
    service = {"treatment_function_code": "110", "rtt_start_date": "2026-05-20"}
    rows = [service | {"organisation": name} for name in ("RM3", "RW3", "RX1", "RY1")]
    match, _, queue = run(typed, rows)
    assert match.links["joins"].tolist() == ["asked"] * 6
    assert queue["entry_ids"].tolist() == ["E-0000;E-0001;E-0002;E-0003"]


def test_patients_in_doubt_are_asked_of_only_where_someone_waits(typed):
    rows = [{"rtt_start_date": "2026-05-20"}, {}, {"rtt_status": "30"}, {"rtt_status": "30"}]
    links = links_of([(0, 1, "asked", "possible", "close_rival"), (2, 3, "asked", "possible", "")])
    _, combined, queue = run(typed, rows, patient=[0, 1, 2, 3], links=links)
    assert queue[["level", "veto", "entry_ids"]].to_numpy().tolist() == [
        ["patient", "close_rival", "E-0000;E-0001"]
    ]
    assert combined.combined_list["open_questions"].tolist() == [1, 1]


def test_a_row_sent_sixty_times_is_one_row_spanned_by_links(typed):
    row = ONE_NEED | {"rtt_start_date": "2026-05-20"}
    match, combined, _ = run(typed, [row] * 60)
    assert combined.combined_list["member_count"].tolist() == [60]
    assert 59 <= (match.links["joins"] == "yes").sum() < 60 * 59 / 2
    assert set(match.links["confidence"]) == {"certain"}


def test_one_entry_alone_and_no_entries_at_all(typed):
    match, combined, queue = run(typed, [{}])
    assert (len(match.links), len(queue), len(combined.combined_list)) == (0, 0, 1)
    match, combined, queue = run(typed, [])
    assert (len(match.links), len(queue), len(combined.combined_list)) == (0, 0, 0)
    assert len(combined.members) == len(combined.entry_columns) == 0
