"""Taking a duplicate off one of two lists shortens no wait: its start stays on the row of the need.

The first patient's need is on two lists. RM3 states the earlier start and takes its row off.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.outputs.workbook.contact import contact_page
from waitlist_merge.review.rows import AnswerRow

FIRST = dt.date(2026, 11, 1)
WEEK = dt.timedelta(days=7)
EARLY, LATE = "02/03/2026", "20/04/2026"
PEOPLE = pd.read_csv(Path(__file__).parent / "cases" / "four_people.csv", dtype=str)
STATED = {"RTT status": "20", **dict.fromkeys(("RTT end", "Removal date", "Removal reason"))}
RM3 = PEOPLE.assign(**STATED | {"RTT start": EARLY})
RW3 = RM3.assign(**{"RTT start": LATE})
WITHOUT = RM3.iloc[1:]


def first_row(rows: pd.DataFrame, **said: str) -> pd.DataFrame:
    """The list with this said in its first row."""
    changed = {name.replace("_", " "): value for name, value in said.items()}
    return pd.concat([rows.iloc[:1].assign(**changed), rows.iloc[1:]])


HANDED_ON = first_row(RM3, RTT_status="21")


def merged(register, weeks: float, absent: str | None = None, **lists: pd.DataFrame):
    day = FIRST + weeks * WEEK
    extracts = [
        wm.Extract.from_frame(rows, organisation=code, census_date=day)
        for code, rows in lists.items()
    ]
    allowed = wm.Allowed(absent=(absent,)) if absent else None
    return wm.merge(extracts, register=register, allowed=allowed)


def of_rw3(run: wm.MergeResult) -> pd.Series:
    """The row of the first patient's need, by the entry of RW3."""
    entries = run.entries
    mine = (entries["local_patient_identifier"] == "H0") & (entries["organisation"] == "RW3")
    return run.combined_list.set_index("pathway_id").loc[entries.loc[mine, "pathway_id"].iloc[0]]


def kept(run: wm.MergeResult) -> bool:
    row = of_rw3(run)
    told = row["rtt_start_status"] == "of_closed_row"
    assert told == (row["rtt_start_date"] == pd.Timestamp("2026-03-02"))
    assert told == ("RM3 2026-03-02: start taken, of a row taken" in str(row["rtt_start_note"]))
    return told


def say(register, run: wm.MergeResult, answer: str) -> None:
    """Both organisations answer for the first patient's need."""
    mine = (run.entries["local_patient_identifier"] == "H0").to_numpy()
    ids = tuple(sorted(run.entries.loc[mine, "entry_id"]))
    word = answer.removesuffix(" again") if answer.startswith("same") else answer
    more = {"entry_ids": ids, "sides": (0, 1), "answer": word, "answered_on": FIRST}
    register.add_answers(
        AnswerRow(f"A-{answer}-{code}", "Q-1", "pathway", **more, reviewer=name, organisation=code)
        for code, name in (("RM3", "A. Clerk"), ("RW3", "B. Ray"))
    )


@contextmanager
def beside(folder: Path) -> Iterator[wm.Register]:
    """A copy of the register of the test, so that what came before is merged once for all ends."""
    to = folder / "beside.db"
    to.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(folder / "register.db")) as one,
        closing(sqlite3.connect(to)) as other,
    ):
        one.backup(other)
    with wm.Register.open(to) as opened:
        yield opened


@pytest.mark.parametrize("tied_by", ["people", "link"])
def test_the_start_of_a_duplicate_that_was_taken_off_stays_week_after_week(
    register, tmp_path, tied_by
):
    rm3 = RM3 if tied_by == "people" else HANDED_ON
    run = merged(register, 0, RM3=rm3, RW3=RW3)
    if tied_by == "people":
        say(register, run, "same need")
        run = merged(register, 0, RM3=rm3, RW3=RW3)
    before = of_rw3(run)
    for week, absent in ((1, None), (2, None), (3, "RM3")):
        lists = {"RW3": RW3} if absent else {"RM3": WITHOUT, "RW3": RW3}
        run = merged(register, week, absent, **lists)
        assert kept(run)
        row = of_rw3(run)
        assert row["days_waiting"] == (FIRST + week * WEEK - dt.date(2026, 3, 2)).days
        assert (row["next_step"], row["next_step_organisations"]) == ("correct_start_date", "RW3")
        assert row["rtt_start_entry_id"] == before["rtt_start_entry_id"]
        whence = run.provenance[(run.provenance["pathway_id"] == before.name).to_numpy()]
        told = whence.loc[(whence["field"] == "rtt_start_date").to_numpy()]
        assert told[["rule", "organisation", "value", "other_values"]].to_numpy().tolist() == [
            ["of_closed_row", "RM3", "2026-03-02", "RW3 2026-04-20"]
        ]
        assert "start_later" not in set(run.changes["change"])
    run.save_views(tmp_path / "views", "RW3", tables="parquet", workbook=False)
    seen = pd.read_parquet(tmp_path / "views" / "RW3" / "combined_list.parquet")
    assert (seen["rtt_start_status"] == "of_closed_row").sum() == 1
    right = first_row(RW3, RTT_start=EARLY)
    corrected = of_rw3(merged(register, 4, RM3=WITHOUT, RW3=right))
    assert (corrected["rtt_start_status"], corrected["next_step"]) == ("agreed", "nothing_to_do")
    assert kept(merged(register, 5, RM3=WITHOUT, RW3=RW3))


@pytest.mark.parametrize(
    "said",
    [
        {"RTT_status": "30", "RTT_end": "05/11/2026"},
        {"Removal_date": "05/11/2026", "Removal_reason": "1", "RTT_status": ""},
    ],
    ids=["clock stop", "treated"],
)
def test_no_start_is_kept_of_an_entry_that_ended_by_its_own_word(register, said):
    merged(register, 0, RM3=HANDED_ON, RW3=RW3)
    assert not kept(merged(register, 1, RM3=first_row(RM3, **said), RW3=RW3))
    assert not kept(merged(register, 2, RM3=WITHOUT, RW3=RW3))


def test_the_start_of_a_row_closed_for_another_reason_is_kept_once_it_is_no_longer_sent(register):
    merged(register, 0, RM3=HANDED_ON, RW3=RW3)
    shut = {"Removal_date": "05/11/2026", "Removal_reason": "Duplicate", "RTT_status": ""}
    assert kept(merged(register, 1, RM3=first_row(RM3, **shut), RW3=RW3))
    assert kept(merged(register, 2, RM3=first_row(RM3, **shut), RW3=RW3))
    assert kept(merged(register, 3, RM3=WITHOUT, RW3=RW3))
    assert kept(merged(register, 4, RM3=WITHOUT, RW3=RW3))


def test_a_start_that_was_handed_on_outlives_the_row_of_the_sender(register):
    sent = first_row(RM3, RTT_status="21", Removal_date="28/10/2026")
    run = merged(register, 0, RM3=sent, RW3=RW3)
    assert of_rw3(run)["rtt_start_status"] == "from_other_organisation"
    for week in (1, 2):
        assert kept(merged(register, week, RM3=WITHOUT, RW3=RW3))


def test_a_start_is_not_kept_of_what_was_only_proposed(register):
    hip = {"Specialty": "110", "Procedure": "W371", "Side": "L"}
    rm3, rw3 = first_row(RM3, **hip), first_row(RW3, **hip, PPID="")
    first = merged(register, 0, RM3=rm3, RW3=rw3)
    assert of_rw3(first)["rtt_start_status"] == "proposed"
    for week in (1, 2):
        assert not kept(merged(register, week, RM3=WITHOUT, RW3=rw3))


def test_the_start_stays_where_the_patient_waits_on_under_the_identifier_of_the_row(register):
    merged(register, 0, RM3=RM3, RW3=RW3)
    for week in (1, 2, 3):
        run = merged(register, week, RM3=WITHOUT, RW3=RW3)
        assert kept(run)
        assert set(run.changes["after"]).isdisjoint({"unexplained"})
    assert kept(merged(register, 4, "RM3", RW3=RW3))


def test_the_start_stays_where_the_receiver_lists_the_patient_only_now(register):
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    for week in (1, 2):
        assert kept(merged(register, week, RM3=WITHOUT, RW3=RW3))


@pytest.mark.parametrize("weeks_late", [1, 3])
def test_a_receiver_that_adds_the_identifier_late_is_the_receiver(register, weeks_late):
    """Its row came up when the other had left: the two were never listed side by side."""
    blank = first_row(RW3, PPID=None)
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    merged(register, 1, RM3=WITHOUT, RW3=RW3.iloc[1:])
    for week in range(2, 2 + weeks_late):
        run = merged(register, week, RM3=WITHOUT, RW3=blank)
        assert not kept(run)
        assert len(run.unaccounted) == 1
    for week in (6, 7):
        run = merged(register, week, RM3=WITHOUT, RW3=RW3)
        assert kept(run)
        assert run.unaccounted.empty


def test_the_start_comes_back_once_a_stop_is_taken_back(register):
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    assert kept(merged(register, 1, RM3=WITHOUT, RW3=RW3))
    stopped = first_row(RW3, RTT_status="30", RTT_end="12/11/2026")
    merged(register, 2, RM3=WITHOUT, RW3=stopped)
    for week in (3, 4):
        run = merged(register, week, RM3=WITHOUT, RW3=RW3)
        assert kept(run)
        assert run.unaccounted.empty
    assert len(merged(register, 5, RM3=WITHOUT, RW3=RW3.iloc[1:]).unaccounted) == 1


@pytest.mark.parametrize("number", [None, "another"])
def test_the_start_stays_though_the_receivers_list_comes_without_its_identifiers(register, number):
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    merged(register, 1, RM3=WITHOUT, RW3=RW3)
    unlike = first_row(RW3, PPID="RW300000000000123456" if number else None)
    for week in (2, 3, 4):
        run = merged(register, week, RM3=WITHOUT, RW3=unlike)
        assert kept(run) == (number is None)
        assert len(run.unaccounted) == (number is not None)
        assert ("start_later" in set(run.changes["change"])) == bool(number and week == 2)
    assert kept(merged(register, 5, RM3=WITHOUT, RW3=RW3))


def test_the_start_comes_back_with_a_receiver_that_lists_the_patient_a_week_late(register):
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    run = merged(register, 1, RM3=WITHOUT, RW3=RW3.iloc[1:])
    assert len(run.unaccounted) == 1
    for week in (2, 3):
        run = merged(register, week, RM3=WITHOUT, RW3=RW3)
        assert run.unaccounted.empty
        assert kept(run)


def test_what_only_an_identifier_ties_is_not_certain_a_week_later(register):
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    for week in (1, 2, 3):
        run = merged(register, week, RM3=WITHOUT, RW3=RW3)
        assert kept(run)
        assert of_rw3(run)["next_step"] == "confirm_who_treats"


def test_another_service_under_the_identifier_does_not_answer_for_the_one_that_left(register):
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    for week in (1, 2, 3):
        run = merged(register, week, RM3=WITHOUT, RW3=first_row(RW3, Specialty="330"))
        assert not kept(run)
        assert len(run.unaccounted) == 1


@pytest.mark.parametrize("status", ["20", "10", "12"])
def test_a_receiver_that_dates_by_receipt_begins_no_new_period(register, status):
    """Only a status that says so does: after active monitoring, or for another condition."""
    merged(register, 0, RM3=RM3, RW3=RW3.iloc[1:])
    merged(register, 1, RM3=WITHOUT, RW3=RW3.iloc[1:])
    received = first_row(RW3, RTT_start="10/11/2026", RTT_status=status)
    for week in (2, 3):
        assert kept(merged(register, week, RM3=WITHOUT, RW3=received)) == (status != "12")


@pytest.mark.parametrize("absent", [None, "RM3"])
def test_a_record_that_becomes_restricted_hides_what_is_kept_from_the_same_week_on(
    register, tmp_path, absent
):
    guarded, third = RW3.assign(Restricted=["Y"] + [""] * 11), RW3.assign(Ward="7")
    merged(register, 0, RM3=HANDED_ON, RW3=RW3, RR8=third)
    lists = {"RW3": guarded, "RR8": third}
    run = merged(register, 1, absent, **lists | ({} if absent else {"RM3": WITHOUT}))
    assert of_rw3(run)["rtt_start_date"] == pd.Timestamp("2026-03-02")
    run.save_views(tmp_path, "RR8", tables="parquet", workbook=False)
    seen = pd.read_parquet(tmp_path / "RR8" / "combined_list.parquet")
    mine = run.entries["local_patient_identifier"].eq("H0").to_numpy()
    needs = run.entries.loc[mine, "pathway_id"]
    told = seen.loc[seen["pathway_id"].isin(needs), "rtt_start_date"].astype(str)
    assert set(told) == {"2026-04-20"}


@pytest.mark.parametrize("since", [0, 1], ids=["as it leaves", "when it has left"])
def test_who_takes_back_that_two_are_one_need_takes_back_that_one_explains_the_other(
    register, tmp_path, since
):
    rw3 = RW3.assign(PPID=None)
    first = merged(register, 0, RM3=RM3, RW3=rw3)
    say(register, first, "same need")
    merged(register, 0, RM3=RM3, RW3=rw3)
    for week in range(1, 1 + since):
        assert kept(merged(register, week, RM3=WITHOUT, RW3=rw3))
    for answer in ("cannot tell", "ask again", "undone"):
        with beside(tmp_path) as branch:
            if answer == "undone":
                taken_back = {"undoes": "A-same need-RW3", "answered_on": FIRST}
                taken_back |= {"organisation": "RW3"}
                branch.add_answers(
                    [AnswerRow("A-back", "Q-1", "pathway", (), (), "", **taken_back)]
                )
            else:
                say(branch, first, answer)
            for week in range(1 + since, 4 + since):
                run = merged(branch, week, RM3=WITHOUT, RW3=rw3)
                assert not kept(run), answer
                [lost] = run.unaccounted.to_dict("records")
                told = (lost["organisations"], lost["rtt_start_date"])
                assert told == ("RM3", pd.Timestamp("2026-03-02")), answer
            say(branch, first, "same need again")
            assert kept(merged(branch, 5 + since, RM3=WITHOUT, RW3=rw3)), answer


@pytest.mark.parametrize("turned", [{"Side": "R"}, {"Specialty": "330", "Procedure": "S065"}])
def test_a_row_that_turns_to_another_need_no_longer_answers_for_what_people_had_joined(
    register, tmp_path, turned
):
    """Their "same need" rested on facts that have changed: the one that left is asked about."""
    hip = {"Specialty": "110", "Procedure": "W371", "Side": "L"}
    rm3, rw3 = first_row(RM3, **hip), first_row(RW3, **hip, PPID="")
    say(register, merged(register, 0, RM3=rm3, RW3=rw3), "same need")
    merged(register, 0, RM3=rm3, RW3=rw3)
    assert kept(merged(register, 1, RM3=WITHOUT, RW3=rw3))
    other = first_row(rw3, **turned)
    stopped = first_row(other, RTT_status="30", RTT_end="20/11/2026")
    for week in (2, 3):
        run = merged(register, week, RM3=WITHOUT, RW3=other)
        assert not kept(run)
        assert "RM3" in ";".join(run.unaccounted["organisations"])
    for fate, sent in {"waits": other, "stopped": stopped, "gone": RW3.iloc[1:]}.items():
        with beside(tmp_path) as branch:
            run = merged(branch, 4, RM3=WITHOUT, RW3=sent)
            assert "RM3" in ";".join(run.unaccounted["organisations"]), fate
            if fate == "waits":
                again = merged(branch, 5, RM3=WITHOUT, RW3=rw3)
                assert kept(again), "once it says so no longer"


def test_an_identifier_of_its_own_that_the_other_gets_later_parts_nothing_that_people_joined(
    register,
):
    rw3 = RW3.assign(PPID=None)
    say(register, merged(register, 0, RM3=RM3, RW3=rw3), "same need")
    merged(register, 0, RM3=RM3, RW3=rw3)
    assert kept(merged(register, 1, RM3=WITHOUT, RW3=rw3))
    for week in (2, 3):
        run = merged(register, week, RM3=WITHOUT, RW3=first_row(RW3, PPID="RW300000000000123456"))
        assert kept(run)
        assert run.unaccounted.empty


def test_a_start_is_not_kept_once_people_part_the_two(register):
    first = merged(register, 0, RM3=HANDED_ON, RW3=RW3)
    assert kept(merged(register, 1, RM3=WITHOUT, RW3=RW3))
    say(register, first, "different needs")
    assert not kept(merged(register, 2, RM3=WITHOUT, RW3=RW3))


def test_a_new_period_that_began_since_has_its_own_start(register):
    merged(register, 0, RM3=HANDED_ON, RW3=RW3)
    assert kept(merged(register, 1, RM3=WITHOUT, RW3=RW3))
    anew = first_row(RW3, RTT_start="12/11/2026", RTT_status="10")
    assert not kept(merged(register, 2, RM3=WITHOUT, RW3=anew))


def test_a_kept_start_is_remembered_longer_than_entries_that_left(register):
    merged(register, 0, RM3=HANDED_ON, RW3=RW3)
    for weeks in (1, 40, 60, 61):
        assert kept(merged(register, weeks, RM3=WITHOUT, RW3=RW3))


def test_no_start_is_kept_from_where_no_clock_of_ours_ran(register):
    merged(register, 0, **{"7A3": first_row(RM3, RTT_status="21"), "RW3": RW3})
    run = merged(register, 1, **{"7A3": WITHOUT, "RW3": RW3})
    assert of_rw3(run)["rtt_start_status"] == "agreed"


PRESSING = {
    "Priority": "P2",
    "Priority type": "2",
    "Suspected cancer": "Y",
    "TCI": "20/11/2026",
    "Next appointment": "16/11/2026",
}
FACTS = ["priority_code", "priority_type", "suspected_cancer", "tci_date", "next_appointment_date"]


def pressing(rows: pd.DataFrame, **said: str | None) -> pd.DataFrame:
    """The list with an urgent first row, the others being routine with nothing booked."""
    plain = rows.assign(**dict.fromkeys(PRESSING) | {"Priority": "P4", "Priority type": "1"})
    urgent = {name.replace(" ", "_"): value for name, value in (PRESSING | said).items()}
    return first_row(plain, **urgent)


def test_an_absent_list_takes_no_urgency_and_no_booking_with_it(register, tmp_path):
    routine = RM3.assign(**dict.fromkeys(PRESSING) | {"Priority": "P4", "Priority type": "1"})
    handed = first_row(routine, RTT_status="21")
    before = of_rw3(merged(register, 0, RM3=pressing(HANDED_ON), RW3=routine))
    assert before[FACTS[:3]].tolist() == ["P2", "2", True]
    assert not before["validation_due"]
    run = merged(register, 1, "RM3", RW3=routine)
    row = of_rw3(run)
    assert row[FACTS].tolist() == before[FACTS].tolist()
    assert row["order"] == before["order"] == 1
    assert (row["urgency"], row["tci_count"], row["appointment_count"]) == (1, 1, 1)
    assert not row["validation_due"], "it is booked within four weeks"
    whence = run.provenance[(run.provenance["rule"] == "not_refreshed").to_numpy()]
    told = whence[(whence["pathway_id"] == row.name).to_numpy()].set_index("field")
    assert set(told["organisation"]) == {"RM3"}
    assert told.loc[FACTS, "value"].tolist() == ["P2", "2", "true", "2026-11-20", "2026-11-16"]
    assert told.loc["priority_code", "other_values"] == "RW3 P4"
    assert run.provenance["pathway_id"].is_monotonic_increasing
    asking = run.tables | {"combined_list": run.combined_list.assign(next_step="ask_patient")}
    page = contact_page(asking, run_date=FIRST + WEEK)
    [said] = [each for each in page.columns if each.heading == "What they can be told now"]
    unseen = "admission 20 Nov 2026, appointment 16 Nov 2026 (on a list that did not come)"
    assert sum(unseen in each for each in said.values) == 1, "who rings must not book it again"
    run.save_views(tmp_path / "views", "RW3", tables="parquet", workbook=False)
    seen = pd.read_parquet(tmp_path / "views" / "RW3" / "combined_list.parquet")
    assert seen["tci_date"].notna().sum() == 1
    assert not (seen["priority_code"] == "P2").any(), "how urgent others say it is, no view has"
    past = of_rw3(merged(register, 3, "RM3", RW3=routine))
    assert past[["tci_date", "next_appointment_date"]].isna().all()
    assert (past["priority_code"], past["tci_count"], past["validation_due"]) == ("P2", 0, True)
    back = of_rw3(merged(register, 4, RM3=handed, RW3=routine))
    assert (back["priority_code"], back["suspected_cancer"]) == ("P4", False)


def test_what_presses_more_on_the_list_that_came_is_the_rows_own(register):
    more = {"Priority": "P1a", "TCI": "17/11/2026"}
    lists = {"RM3": pressing(HANDED_ON), "RW3": pressing(RW3, **more)}
    before = of_rw3(merged(register, 0, **lists))
    run = merged(register, 1, "RM3", RW3=lists["RW3"])
    row = of_rw3(run)
    assert before["next_step"] == row["next_step"] == "release_one_tci"
    assert row["next_step_organisations"] == "RW3", "who sent no list is asked when it is back"
    assert (row["priority_code"], row["tci_date"]) == ("P1a", pd.Timestamp("2026-11-17"))
    assert row["tci_count"] == 2
    kept_of = run.provenance.loc[(run.provenance["rule"] == "not_refreshed").to_numpy(), "field"]
    assert {"priority_code", "tci_date", "suspected_cancer"}.isdisjoint(kept_of)


def test_what_the_list_that_came_leaves_empty_is_kept_and_nothing_is_said_for_it(register):
    """Half of all rows say no priority: the only row of its need says nothing, and nothing else."""
    silent = RW3.assign(**dict.fromkeys(PRESSING))
    lists = {"RM3": pressing(HANDED_ON), "RW3": silent}
    before = of_rw3(merged(register, 0, **lists))
    run = merged(register, 1, "RM3", RW3=silent)
    row = of_rw3(run)
    assert row[FACTS].tolist() == before[FACTS].tolist()
    whence = run.provenance[(run.provenance["rule"] == "not_refreshed").to_numpy()]
    told = whence[(whence["pathway_id"] == row.name).to_numpy()].set_index("field")
    stated = ["priority_code", "priority_type", "tci_date", "next_appointment_date"]
    assert told.loc[stated, "other_values"].isna().all()
    assert "None" not in set(run.provenance["other_values"].astype(str).str.split().str[-1])


def test_a_list_that_took_the_row_off_has_released_its_dates(register):
    routine = RW3.assign(**dict.fromkeys(PRESSING) | {"Priority": "P4", "Priority type": "1"})
    merged(register, 0, RM3=pressing(HANDED_ON), RW3=routine)
    run = merged(register, 1, RM3=pressing(RM3).iloc[1:], RW3=routine)
    assert kept(run)
    assert (of_rw3(run)["priority_code"], of_rw3(run)["tci_count"]) == ("P4", 0)


def test_nothing_pressing_is_kept_of_a_need_that_people_have_parted(register):
    routine = RW3.assign(**dict.fromkeys(PRESSING) | {"Priority": "P4", "Priority type": "1"})
    first = merged(register, 0, RM3=pressing(HANDED_ON), RW3=routine)
    say(register, first, "different needs")
    run = merged(register, 1, "RM3", RW3=routine)
    assert (of_rw3(run)["priority_code"], of_rw3(run)["tci_count"]) == ("P4", 0)


def test_a_need_that_people_have_parted_is_told_of_while_its_list_does_not_come(register):
    hip = {"Specialty": "110", "Procedure": "W371", "Side": "L"}
    rm3, rw3 = first_row(RM3, **hip, PPID=""), first_row(RW3, **hip, PPID="")
    first = merged(register, 0, RM3=rm3, RW3=rw3)
    mine = first.entries.loc[lambda rows: rows["organisation"] == "RM3", "entry_id"].iloc[0]
    proposed = merged(register, 1, "RM3", RW3=rw3).not_refreshed.set_index("entry_ids")
    assert proposed.loc[mine, "perhaps_listed_by"] == "RW3", "unanswered is never treated as yes"
    say(register, first, "different needs")
    for week in (2, 3):
        run = merged(register, week, "RM3", RW3=rw3)
        told = run.not_refreshed.set_index("entry_ids").loc[mine]
        assert pd.isna(told["perhaps_listed_by"])
        assert of_rw3(run)["rtt_start_date"] == pd.Timestamp("2026-04-20")


def test_another_side_under_its_identifier_does_not_go_on_with_the_id_of_a_need(register):
    first = merged(register, 0, RM3=first_row(RM3, Side="R"), RW3=RW3.iloc[1:])
    left = first_row(RW3, Side="L")
    for week, rw3 in ((1, left), (2, RW3.iloc[1:]), (3, left)):
        run = merged(register, week, RM3=WITHOUT, RW3=rw3)
        assert "RM3" in set(run.unaccounted["organisations"])
        assert not set(first.combined_list["pathway_id"]) & {
            of_rw3(run).name if rw3 is left else None
        }


@pytest.mark.parametrize("left_before", [True, False])
def test_a_death_by_another_rows_word_shortens_no_wait(register, left_before):
    """Nor where it is taken back; its own organisation has not said that the clock stopped."""
    others = RM3.assign(**{"Specialty": "320", "RTT start": "01/06/2026", "PPID": None})
    dead = first_row(others, Date_of_death="02/11/2026")
    merged(register, 0, RM3=HANDED_ON, RW3=RW3, RXX=others)
    runs = [
        merged(register, week, RM3=WITHOUT, RW3=RW3, RXX=rxx)
        for week, rxx in (
            (1, others if left_before else dead),
            (1, dead),
            (2, dead),
            (3, others),
            (3, others),
        )
    ]
    for run in runs:
        assert kept(run)
        assert run.unaccounted.empty
        assert not {"start_later", "start_earlier", "unaccounted"} & set(run.changes["change"])
    dying = [of_rw3(run)["next_step"] == "check_death" for run in runs]
    assert dying[1:] == [True, True, False, False]
    assert of_rw3(runs[-1])["next_step"] == "correct_start_date"
    assert register.last().entries["departure"].dropna().tolist() == ["still_listed"]
    gone = RW3.assign(PPID=None)
    assert kept(merged(register, 4, RM3=WITHOUT, RW3=gone, RXX=others))


def test_a_row_whose_own_organisation_says_that_its_patient_died_keeps_no_start(register):
    merged(register, 0, RM3=HANDED_ON, RW3=RW3)
    dead = first_row(RM3, RTT_status="36", RTT_end="02/11/2026")
    for week, rm3 in ((1, dead), (1, dead), (2, WITHOUT), (2, WITHOUT)):
        assert not kept(merged(register, week, RM3=rm3, RW3=RW3))
