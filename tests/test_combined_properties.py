"""What must hold of every combined list, whatever the entries hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, example, given, settings, strategies as st

from waitlist_merge.combined import combine
from waitlist_merge.combined.events import PLAIN
from waitlist_merge.combined.rules import BY_FIELD, DIAGNOSTIC_PRIORITIES, PRIORITY_CODES
from waitlist_merge.combined.survivorship import OF_SENDERS
from waitlist_merge.id_letters import valid_id
from waitlist_merge.pathways import match_pathways, pairs
from waitlist_merge.plan import MergePlan, PatientPlan
from waitlist_merge.reasons import StartReason
from waitlist_merge.review import questions
from waitlist_merge.schema import TABLES

RUN = dt.date(2026, 11, 15)

DAYS = st.none() | st.sampled_from(
    [
        "2025-03-01",
        "2026-01-01",
        "2026-03-01",
        "2026-09-20",
        "2026-11-12",
        "2026-11-14",
        "2026-11-25",
        "2027-02-01",
    ]
)
ENTRY = st.fixed_dictionaries(
    {
        "person_key": st.sampled_from(["A", "A", "B"]),
        "organisation": st.sampled_from(["RM3", "RM3", "RW3", "RW3", "RX1", "RX1", "7A1"]),
        "patient_pathway_identifier": st.sampled_from([None, None, "RM3000012345", "RM3000077777"]),
        "pathway_identifier_issuer": st.sampled_from([None, "RM3", "RM3", "RW3"]),
        "unique_booking_reference_number": st.sampled_from([None, None, None, "123456789012"]),
        "waiting_list_entry_identifier": st.sampled_from([None, None, "881"]),
        "treatment_function_code": st.sampled_from([None, "110", "110", "111", "502"]),
        "procedure_code": st.sampled_from([None, None, "W371", "W381", "W401"]),
        "laterality": st.sampled_from([None, "left", "left", "right", "bilateral"]),
        "rtt_status": st.sampled_from(
            [None, "10", "11", "20", "20", "20", "21", "30", "31", "33", "34", "90"]
        ),
        "waiting_list_type": st.sampled_from([None, "IRTT", "ORTT", "ONON", "ASI", "DIAGNOSTIC"]),
        "admission_method": st.sampled_from([None, None, None, "11", "13"]),
        "rtt_start_date": DAYS,
        "rtt_end_date": st.none() | DAYS,
        "removal_date": st.none() | st.none() | DAYS,
        "referral_date": DAYS,
        "original_referral_date": DAYS,
        "referrer_code": st.sampled_from([None, "G1234567"]),
        "referring_organisation": st.sampled_from([None, None, "RM3"]),
        "tci_date": DAYS,
        "next_appointment_date": DAYS,
        "planned_date": DAYS,
        "last_dna_date": st.none() | DAYS,
        "comments": st.sampled_from([None, None, None, "for second opinion"]),
        "priority_type": st.sampled_from([None, "1", "1", "2", "3"]),
        "priority_code": st.sampled_from([None, *PRIORITY_CODES]),
        "diagnostic_priority": st.sampled_from([None, *DIAGNOSTIC_PRIORITIES]),
        "suspected_cancer": st.sampled_from([None, False, True]),
        "death_date": st.sampled_from([None, None, None, "2026-05-05"]),
        "census_date": st.sampled_from(["2026-11-15", "2026-11-15", "2026-11-09"]),
    }
)
LISTS = st.lists(ENTRY, min_size=1, max_size=7)


@dataclass
class People:
    group: np.ndarray
    links: pd.DataFrame


def patients_of(entries: pd.DataFrame, sure: list[bool]) -> People:
    """One patient a person key; entries linked one after the other by id, some not certainly."""
    keys = entries["person_key"].astype(str).to_numpy()
    group = np.unique(keys, return_inverse=True)[1].astype(np.int32)
    place = np.argsort(entries["entry_id"].to_numpy(dtype=str))
    pairs = [
        (min(one, other), max(one, other), "certain" if sure[at % len(sure)] else "probable")
        for at, (one, other) in enumerate(
            (one, other)
            for key in "AB"
            for mine in [[at for at in place if keys[at] == key]]
            for one, other in pairwise(mine)
        )
    ]
    links = pd.DataFrame(pairs, columns=["a", "b", "confidence"])
    links = links.astype({"a": np.int32, "b": np.int32, "confidence": "string"})
    told = {"relation": "same_person", "joins": "yes", "veto": "", "weight": 9.0}
    return People(group, links.assign(**told, explanation="Same key"))


def listed(typed, rows) -> pd.DataFrame:
    entries = typed(rows)
    census = entries["census_date"]
    return entries.assign(
        entry_id=[f"E-{number:04}" for number in range(len(entries))],
        source_file=pd.Categorical(["list.csv"] * len(entries)),
        source_row=np.arange(1, len(entries) + 1),
        extract_census_date=census,
        extract_age_days=(pd.Timestamp(RUN) - census).dt.days.astype("int64"),
    )


def run(entries: pd.DataFrame, sure: list[bool]):
    people = patients_of(entries, sure)
    match = match_pathways(entries, people, plan=MergePlan(), run_date=RUN)
    combined = combine(entries, people, match, run_date=RUN)
    return match, combined, questions(entries, people, match, combined, run_date=RUN)


MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SURE = st.lists(st.booleans(), min_size=1, max_size=3)


@MANY
@given(rows=LISTS, sure=SURE)
def test_every_entry_once_and_every_id_known_everywhere(typed, rows, sure):
    entries = listed(typed, rows)
    match, combined, queue = run(entries, sure)
    told = combined.entry_columns
    assert len(told) == len(entries)
    waiting = entries["entry_id"][told["outcome"] != "not_waiting"]
    assert sorted(combined.members["entry_id"]) == sorted(waiting)
    assert (told["outcome"] == "not_waiting").eq(match.list_state == "closed").all()
    assert set(combined.combined_list["pathway_id"]) == set(combined.members["pathway_id"])
    assert combined.combined_list["pathway_id"].is_unique
    assert set(combined.members["pathway_id"]) <= set(told["pathway_id"])
    assert set(combined.members["patient_id"]) <= set(told["patient_id"])
    assert all(valid_id(each) for each in [*told["patient_id"], *told["pathway_id"]])
    assert combined.combined_list["member_count"].sum() == len(waiting)
    assert len(told[["pathway_id", "patient_id"]].drop_duplicates()) == len(set(told["pathway_id"]))
    shown = combined.members[combined.members["is_shown"]]
    assert sorted(shown["entry_id"]) == sorted(combined.combined_list["shown_entry_id"])
    for name, known in (("entry_ids", entries["entry_id"]), ("pathway_ids", told["pathway_id"])):
        asked = {each for cell in queue[name] for each in cell.split(";")}
        assert asked <= set(known)
    for name, frame in (
        ("combined_list", combined.combined_list),
        ("members", combined.members),
        ("provenance", combined.provenance),
        ("pathway_history", combined.pathway_history),
        ("gains", combined.gains),
        ("review_queue", queue),
    ):
        assert frame.columns.tolist() == [column.name for column in TABLES[name]]


@MANY
@given(rows=LISTS, sure=SURE, random=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(typed, rows, sure, random):
    entries = listed(typed, rows)
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    other = entries.iloc[shuffled].reset_index(drop=True)
    one_match, one, one_queue = run(entries, sure)
    other_match, two, two_queue = run(other, sure)
    pd.testing.assert_frame_equal(one.combined_list, two.combined_list)
    pd.testing.assert_frame_equal(one.members, two.members)
    for name in ("provenance", "pathway_history", "gains"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    pd.testing.assert_frame_equal(one_queue, two_queue)
    by_id = one.entry_columns.set_index(entries["entry_id"]).sort_index()
    pd.testing.assert_frame_equal(
        by_id, two.entry_columns.set_index(other["entry_id"]).sort_index()
    )
    assert _named(one_match.links, entries) == _named(other_match.links, other)
    assert _found(one_match.findings, entries) == _found(other_match.findings, other)


def _named(links, entries):
    ids = entries["entry_id"].to_numpy()
    return sorted(
        (*sorted((ids[link.a], ids[link.b])), *map(str, link[3:])) for link in links.itertuples()
    )


def _found(findings, entries):
    ids = entries["entry_id"].to_numpy()
    return sorted((ids[each.row], each.field, each.reason) for each in findings.itertuples())


SHORTENING = {
    StartReason.SUPERSEDED,
    StartReason.NOT_YET,
    StartReason.NULLIFIED,
    StartReason.MONITORED,
    StartReason.DISCHARGED,
    StartReason.ABROAD,
    StartReason.OPINION,
}
"""Reasons for which the start of an open member may not be the one of its row."""


def reason_named(note: object, entry) -> str | None:
    """The reason by which a note leaves out the start of this entry."""
    begins = f"{entry.organisation} {entry.rtt_start_date.date()}: "
    told = [] if pd.isna(note) else str(note).split("; ")
    named = {line.removeprefix(begins) for line in told if line.startswith(begins)}
    return next(iter(named & SHORTENING), None)


@MANY
@given(rows=LISTS, sure=SURE, workers=st.integers(1, 4), chunk=st.integers(1, 3))
def test_how_many_threads_and_pairs_at_a_time_changes_nothing(typed, rows, sure, workers, chunk):
    entries = listed(typed, rows)
    people = patients_of(entries, sure)

    def told(workers: int, chunk: int) -> list[pd.DataFrame]:
        plan = MergePlan(patients=PatientPlan(workers=workers))
        whole, pairs.CHUNK = pairs.CHUNK, chunk
        try:
            match = match_pathways(entries, people, plan=plan, run_date=RUN)
        finally:
            pairs.CHUNK = whole
        made = combine(entries, people, match, run_date=RUN, workers=workers)
        lists = made.combined_list, made.members, made.provenance, made.entry_columns, made.gains
        return [match.links, match.findings, *lists, made.doubts.questions, made.doubts.entries]

    for one, other in zip(told(1, pairs.CHUNK), told(workers, chunk), strict=True):
        pd.testing.assert_frame_equal(one, other)


BOOKED = {"person_key": "A", "unique_booking_reference_number": "123456789012"}
HANDED_ON = {"organisation": "RM3", "rtt_status": "21", "rtt_start_date": "2025-03-01"}
TEST = {"organisation": "RW3", "waiting_list_type": "DIAGNOSTIC"}
TODAY = {"census_date": "2026-11-15"}


@MANY
@given(rows=LISTS, sure=SURE)
@example(rows=[TODAY | BOOKED | HANDED_ON, TODAY | BOOKED | TEST], sure=[True])
def test_no_wait_gets_shorter_no_priority_lower_no_date_lost(typed, rows, sure):
    entries = listed(typed, rows)
    _, combined, _ = run(entries, sure)
    told = pd.concat([entries, combined.entry_columns], axis=1)
    told = told[told["outcome"] != "not_waiting"]
    rows_of = combined.combined_list.set_index("pathway_id")
    for entry in told.itertuples():
        row = rows_of.loc[entry.pathway_id]
        if entry.list_state in ("open", "unclear") and not pd.isna(entry.rtt_start_date):
            own = (pd.Timestamp(RUN) - entry.rtt_start_date).days
            longer = not pd.isna(row["days_waiting"]) and row["days_waiting"] >= own
            assert longer or reason_named(row["rtt_start_note"], entry) in SHORTENING
        newer = (told["pathway_id"] == entry.pathway_id) & (
            told["organisation"] == entry.organisation
        )
        newer &= told["extract_census_date"] > entry.extract_census_date
        # A row that its organisation sent again says nothing any more: the newest wins every field.
        stands = not newer.any()
        ahead = entry.extract_census_date
        if stands and not pd.isna(entry.tci_date) and entry.tci_date >= ahead:
            assert row["tci_date"] <= entry.tci_date
            assert row["tci_count"] >= 1
        for scale, name in (
            (["3", "2", "1"], "priority_type"),
            (list(PRIORITY_CODES), "priority_code"),
            (list(DIAGNOSTIC_PRIORITIES), "diagnostic_priority"),
        ):
            value = getattr(entry, name)
            if stands and not pd.isna(value):
                assert scale.index(row[name]) <= scale.index(value)
        if entry.suspected_cancer is True or entry.priority_type == "3":
            assert row["suspected_cancer"]


def plainly(value: object) -> str | None:
    """A value as provenance writes it."""
    if pd.isna(value):
        return None
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)


@MANY
@given(rows=LISTS, sure=SURE)
def test_provenance_tells_of_each_field_on_which_entries_differ_and_of_no_other(typed, rows, sure):
    entries = listed(typed, rows)
    _, combined, _ = run(entries, sure)
    told = combined.provenance.set_index(["pathway_id", "field"])
    assert told.index.is_unique
    rows_of = combined.combined_list.set_index("pathway_id")
    every = entries.assign(pathway_id=combined.entry_columns["pathway_id"])
    waits = (combined.entry_columns["outcome"] != "not_waiting").to_numpy()
    sent = every["rtt_status"].eq("21").to_numpy() & ~waits
    seen = 0
    for pathway, some in every[waits].set_index("entry_id").groupby("pathway_id"):
        gave = every[sent & every["pathway_id"].eq(pathway)].set_index("entry_id")
        for field in set(BY_FIELD) - {"suspected_cancer"}:
            members = pd.concat([some, gave]) if field in OF_SENDERS else some
            values = {entry: plainly(value) for entry, value in members[field].items()}
            assert ((pathway, field) in told.index) == (len(set(values.values())) > 1)
            if len(set(values.values())) == 1:
                continue
            seen += 1
            row = told.loc[(pathway, field)]
            assert row["rule"] == BY_FIELD[field]
            taken = plainly(rows_of.loc[pathway, field])
            assert plainly(row["value"]) == taken
            if taken is not None:
                assert values[row["entry_id"]] == taken
                assert row["organisation"] == members.loc[row["entry_id"], "organisation"]
            others = {
                f"{members.loc[entry, 'organisation']} {value or 'nothing'}"
                for entry, value in values.items()
                if value != taken
            }
            assert row["other_values"] == "; ".join(sorted(others))
    derived = told.index.get_level_values("field").isin(["suspected_cancer", "rtt_start_date"])
    assert seen == (~derived).sum()


@MANY
@given(rows=LISTS, sure=SURE)
def test_gains_count_what_the_tables_show(typed, rows, sure):
    entries = listed(typed, rows)
    _, combined, _ = run(entries, sure)
    total = combined.gains.groupby("measure", observed=False)[["confirmed", "proposed"]].sum()
    by_need = combined.combined_list
    assert total.loc["duplicates"].sum() == (by_need["member_count"] - 1).sum()
    slots = (by_need["tci_count"] - 1).clip(lower=0).sum()
    assert total.loc["admission_slots"].sum() == slots
    slots = (by_need["appointment_count"] - 1).clip(lower=0).sum()
    assert total.loc["appointment_slots"].sum() == slots
    places = combined.members.groupby("patient_id")["organisation"].nunique()
    assert total.loc["people_in_two_places"].sum() == (places * (places - 1) // 2).sum()


DATED = [name for _, name in PLAIN] + [
    "referral_date",
    "original_referral_date",
    "rtt_end_date",
    "removal_date",
]


@MANY
@given(rows=LISTS, sure=SURE)
def test_the_history_has_every_date_of_every_need_and_no_other(typed, rows, sure):
    entries = listed(typed, rows)
    _, combined, _ = run(entries, sure)
    told = combined.pathway_history
    needs = combined.entry_columns["pathway_id"]
    stated = {
        (need, entry[name], entry["organisation"], name == "original_referral_date")
        for entry, need in zip(entries.to_dict("records"), needs, strict=True)
        for name in DATED
        if not pd.isna(entry[name])
    }
    found = list(zip(told["pathway_id"], told["event_date"], told["organisation"], strict=True))
    days = {(need, day) for need, day, _ in found}
    places = set(found)
    for need, day, organisation, first in stated:
        assert (need, day) in days if first else (need, day, organisation) in places
    assert {(need, day) for need, day, *_ in stated} == days
    of_organisation = ["pathway_id", "event_date", "event", "organisation"]
    assert not told.duplicated(of_organisation).any()
    firsts = told[told["event"] == "first_referral"]
    assert not firsts.duplicated(["pathway_id", "event_date"]).any()
    by_id = entries.assign(pathway_id=needs).set_index("entry_id")
    says = by_id.loc[told["entry_id"]]
    assert (says["organisation"].to_numpy() == told["organisation"].to_numpy()).all()
    assert (says["pathway_id"].to_numpy() == told["pathway_id"].to_numpy()).all()
    sent = (says["rtt_status"] == "21").to_numpy()
    assert not ((told["event"] == "transfer_out") & ~sent).any()
    other = told["other_organisation"].astype(object)
    assert not (other == told["organisation"].astype(object)).any()


@MANY
@given(rows=LISTS, sure=SURE)
def test_no_group_holds_what_a_veto_keeps_apart(typed, rows, sure):
    entries = listed(typed, rows)
    match, _, _ = run(entries, sure)
    told = entries.assign(group=match.group, state=match.list_state)
    for _, group in told.groupby("group"):
        assert not {"left", "right"} <= set(group["laterality"].dropna())
        active = group["state"].isin(["open", "unclear", "unbooked_referral"])
        assert not (active.any() and (group["state"] == "planned").any())
        assert len(set(group["person_key"])) == 1
    for link in match.links.itertuples():
        apart = match.group[link.a] != match.group[link.b]
        assert apart == (link.joins != "yes")
        assert (link.confidence == "") == (link.joins == "no")
        assert link.joins != "yes" or link.veto == ""
    cancer = entries["suspected_cancer"].fillna(False) | (entries["priority_type"] == "3")
    routine = (entries["priority_type"] == "1") & ~cancer
    tied = tied_by_identifiers(entries)
    for one in np.flatnonzero(cancer):
        for other in np.flatnonzero(routine & (match.group == match.group[one])):
            assert tied[one] == tied[other]


def tied_by_identifiers(entries: pd.DataFrame) -> list[int]:
    """The slow obvious way: spread numbers over entries that share any identifier, until still."""
    rows = entries.to_dict("records")

    def share(x, y):
        same = [
            name
            for name in ("patient_pathway_identifier", "unique_booking_reference_number")
            if isinstance(x[name], str) and x[name] == y[name]
        ]
        entry = x["waiting_list_entry_identifier"]
        here = x["organisation"] == y["organisation"]
        return bool(same) or (
            here and isinstance(entry, str) and entry == y["waiting_list_entry_identifier"]
        )

    number = list(range(len(rows)))
    for _ in rows:
        for at, x in enumerate(rows):
            number[at] = min(number[i] for i, y in enumerate(rows) if i == at or share(x, y))
    return number
