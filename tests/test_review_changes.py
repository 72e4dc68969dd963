"""What has changed since the last Monday is told once, the gravest first, with who did it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.outputs.columns import conform
from waitlist_merge.reasons import Change
from waitlist_merge.review import week
from waitlist_merge.review.changes import BY_ANOTHER
from waitlist_merge.review.decisions import decided, decisions
from waitlist_merge.review.holding import NO_LINKS, WHY, Groups, held
from waitlist_merge.review.people import People
from waitlist_merge.review.remembered import MEMORY
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.unaccounted import LEVEL, unaccounted

FIRST, SECOND = dt.date(2026, 11, 16), dt.date(2026, 11, 23)
HIP = {"procedure_code": "W371", "laterality": "left"}
LATER = {"referral_date": "2026-02-09", "rtt_start_date": "2026-02-09"}


def row(number: int, organisation: str = "RM3", **said: str | None) -> dict[str, object]:
    """One person's entry; the same number is the same person."""
    names = ("Okafor", "Nowak", "Haddad", "Tremblay", "Bianchi", "Mwangi", "Quigley", "Sato")
    given = {
        "organisation": organisation,
        "local_patient_identifier": f"H{number}",
        "nhs_number": f"99900{number:05}",
        "family_name": names[number % 8],
        "given_name": names[-number % 8],
        "birth_date": f"19{30 + number}-05-03",
        "treatment_function_code": "110",
        "referral_date": "2026-01-05",
        "rtt_start_date": "2026-01-05",
        "rtt_status": "20",
    }
    return given | said


def two_mondays(monday, before, after, **options):
    first = monday(before, FIRST)
    return first, monday(after, SECOND, first.ended.snapshot, **options)


def told(run, change: Change) -> pd.DataFrame:
    changes = run.ended.changes
    return changes[changes["change"] == str(change)].reset_index(drop=True)


def test_each_kind_of_change_is_told_with_who_did_it(monday):
    before = [row(at) for at in range(8)]
    after = [
        row(0, rtt_start_date="2026-03-05"),
        row(1, rtt_start_date="2025-12-01"),
        row(2, tci_date="2026-12-24"),
        row(3, rtt_status="30", rtt_end_date="2026-11-20"),
        row(4),
        row(5, rtt_start_date=None),
        row(9),
    ]
    _, run = two_mondays(monday, before, after)
    later = told(run, Change.START_LATER)
    assert later[["before", "after", "days"]].to_numpy().tolist() == [
        ["2026-01-05", "2026-03-05", 59],
        ["2026-01-05", None, None],
    ]
    assert later["explanation"][0] == "RM3 moved its clock start to a later day: a shorter wait"
    assert told(run, Change.START_EARLIER)["days"].tolist() == [-35]
    assert told(run, Change.TCI)["explanation"].tolist() == ["RM3 booked an admission"]
    assert told(run, Change.CLOSED)["after"].tolist() == ["clock_stopped"]
    assert len(told(run, Change.NEW)) == 1
    assert len(told(run, Change.UNACCOUNTED)) == 2
    kinds = run.ended.changes["change"].tolist()
    assert kinds == sorted(kinds, key=[str(each) for each in Change].index)
    assert run.ended.changes["order"].tolist() == list(range(1, len(kinds) + 1))
    assert len(kinds) == 8
    conform("changes", run.ended.changes)


def test_unchanged_lists_have_no_changes(monday):
    rows = [row(at) for at in range(3)]
    first, run = two_mondays(monday, rows, rows)
    assert first.ended.changes.empty
    assert run.ended.changes.empty
    assert run.ended.unaccounted.empty


@pytest.mark.parametrize("joined", [[], [(0, 1)]], ids=["proposed", "joined"])
def test_a_wait_that_shortens_because_the_longest_waiter_left_is_told(monday, joined):
    """What people had joined keeps its start, and a row that was only proposed beside does not."""
    both = [row(0, **HIP), row(0, "RW3", **HIP | LATER)]
    filler = [row(5), row(6, "RW3")]
    first = monday([*both, *filler], FIRST, joined=joined)
    run = monday([both[1], *filler], SECOND, first.ended.snapshot)
    moved = told(run, Change.START_LATER)
    if joined:
        assert moved.empty
        assert told(run, Change.GONE)["after"].tolist() == ["still_listed"]
        return
    assert moved[["organisation", "days", "entry_id"]].to_numpy().tolist() == [["RM3", 35, None]]
    assert "no longer waits" in moved["explanation"][0]
    assert told(run, Change.UNACCOUNTED)["organisation"].tolist() == ["RM3"]


def test_a_wait_that_shortens_as_who_gave_the_start_parts_and_moves_its_own_is_told(monday):
    """The move of the entry that left the need is written on its own need alone."""
    both = [row(0), row(0, "RW3", **LATER)]
    filler = [row(5), row(6, "RW3")]
    first = monday([*both, *filler], FIRST, joined=[(0, 1)])
    moved = [row(0, rtt_start_date="2026-01-19"), both[1]]
    run = monday([*moved, *filler], SECOND, first.ended.snapshot)
    kept = run.entries["pathway_id"][1]
    assert kept == first.entries["pathway_id"][1] != run.entries["pathway_id"][0]
    later = told(run, Change.START_LATER).set_index("pathway_id")["days"]
    assert later.to_dict() == {kept: 35, run.entries["pathway_id"][0]: 14}


@pytest.mark.parametrize(("said_by", "words"), [("RW3", "RW3"), ("", "no organisation")])
def test_a_wait_that_shortens_as_people_part_two_is_their_decision(monday, said_by, words):
    """RM3, which gave the start, sends no list: it moved nothing."""
    both = [row(0), row(0, "RW3", **LATER)]
    first = monday([*both, row(6, "RW3")], FIRST, joined=[(0, 1)])
    pair = tuple(first.entries["entry_id"][:2])
    people = People(apart={pair[::-1]: said_by})
    run = monday([both[1], row(6, "RW3")], SECOND, first.ended.snapshot, people=people)
    moved = told(run, Change.START_LATER)
    assert moved[["organisation", "days", "entry_id"]].to_numpy().tolist() == [[None, 35, None]]
    said = f"By a decision of people ({words}) the entry of RM3 that gave the clock start"
    assert moved["explanation"][0].startswith(said)


def test_a_wait_that_shortens_by_more_than_the_move_of_who_stays_is_told(monday):
    both = [row(0, **HIP), row(0, "RW3", **HIP | LATER)]
    filler = [row(5), row(6, "RW3")]
    first = monday([*both, *filler], FIRST)
    moved = both[1] | {"rtt_start_date": "2026-02-16"}
    run = monday([moved, *filler], SECOND, first.ended.snapshot)
    assert told(run, Change.START_LATER)["days"].tolist() == [42, 7]


def test_a_duplicate_is_told_once_and_again_when_it_is_confirmed(monday):
    one = row(0, **HIP)
    both = [one, one | {"organisation": "RW3"}]
    _, second = two_mondays(monday, [one, row(6, "RW3")], [*both, row(6, "RW3")])
    assert told(second, Change.DUPLICATED)["after"].tolist() == ["proposed_duplicate"]
    third = monday([*both, row(6, "RW3")], SECOND, second.ended.snapshot, joined=[(0, 1)])
    again = told(third, Change.DUPLICATED)
    assert again[["before", "after"]].to_numpy().tolist() == [
        ["proposed_duplicate", "confirmed_duplicate"]
    ]


def test_why_two_ids_are_one_is_told_by_what_people_said_against_an_older_run_too(monday):
    """The lists of the last run once more, with answers read in between."""
    rows = [row(0), row(0, "RW3", **LATER)]
    first = monday(rows, FIRST)
    second = monday(rows, SECOND, first.ended.snapshot)
    older = first.ended.snapshot
    joined = monday(rows, SECOND, second.ended.snapshot, base=older, joined=[(0, 1)])
    why = joined.ended.id_log["why"].tolist()
    assert [each.startswith("People have said: one need") for each in why] == [True]
    merged = told(joined, Change.MERGED)
    assert merged["explanation"].tolist() == why
    assert merged["organisation"].tolist() == ["RW3"]
    went = second.entries.set_index("entry_id").loc[joined.entries["entry_id"], "pathway_id"]
    changed = went.to_numpy() != joined.entries["pathway_id"].to_numpy()
    assert joined.entries["organisation"][changed].tolist() == ["RW3"]


def test_ids_that_change_are_told_with_all_whose_entries_went(monday):
    """The number that two lists have of a patient is corrected to that of a third."""
    codes = ("RM3", "RW3", "RA7")
    others = [row(at, code) for at, code in enumerate(codes, 4)]
    one = [row(0, code) for code in codes]
    wrong = [each | {"nhs_number": row(7)["nhs_number"]} for each in one[1:]]
    more = [row(0, treatment_function_code=each) for each in ("130", "330")]
    first, run = two_mondays(monday, [one[0], *wrong, *more, *others], [*one, *more, *others])
    was = first.entries.set_index("entry_id").astype(object)
    now = run.entries.set_index("entry_id").astype(object)
    both = now.index.intersection(was.index)
    rows = pd.concat([told(run, Change.MERGED), told(run, Change.SPLIT)])
    assert "RA7;RW3" in set(rows["organisation"])
    went = {(str(each["field"]), each["before"], each["after"]) for _, each in rows.iterrows()}
    for field in ("patient_id", "pathway_id"):
        moved = [(field, was[field][each], now[field][each]) for each in both]
        assert {each for each in moved if each[1] != each[2]} == {
            each for each in went if each[0] == field
        }
    for _, each in rows.iterrows():
        old, new = was[each["field"]], now[each["field"]]
        names = [name for name in both if (old[name], new[name]) == (each["before"], each["after"])]
        assert each["organisation"] == ";".join(sorted({now["organisation"][n] for n in names}))


def test_an_entry_that_comes_back_is_no_new_one(monday):
    rows = [row(at) for at in range(6)]
    first, second = two_mondays(monday, rows, rows[:5])
    assert len(second.ended.unaccounted) == 1
    third = monday(rows, SECOND, second.ended.snapshot)
    assert len(told(third, Change.RETURNED)) == 1
    assert told(third, Change.NEW).empty
    assert third.entries["entry_id"].tolist() == first.entries["entry_id"].tolist()
    assert third.ended.unaccounted.empty


def test_a_list_that_did_not_come_has_nothing_gone(monday):
    rows = [row(0), row(1), row(2, "RW3")]
    _, run = two_mondays(monday, rows, rows[:2])
    assert run.ended.changes["change"].tolist() == ["not_refreshed"]
    assert run.ended.changes["organisation"].tolist() == ["RW3"]
    assert sorted(run.ended.snapshot.extracts["rows"]) == [1, 2]
    listed = run.ended.snapshot.entries
    assert listed["left_date"].isna().all()
    assert len(listed) == 3


def test_why_an_entry_waits_no_longer_is_told_with_whose_word_it_is(monday):
    """Each in a way of its own: a view may repeat only what the row itself says."""
    died = {"death_date": "2026-11-12"}
    one = {"patient_pathway_identifier": "ABC12345", "pathway_identifier_issuer": "RM3"}
    stopped = {"rtt_status": "30", "rtt_end_date": "2026-11-12"}
    before = [
        *(row(0), row(0, "RW3", **died)),
        row(1, **died),
        *(row(2, **one), row(2, "RW3", **one)),
        row(3),
        row(4),
        row(5, "RW3"),
    ]
    after = [row(2, "RW3", **one, **stopped), row(3, **stopped), row(4), row(5, "RW3")]
    _, run = two_mondays(monday, before, after)
    rows = pd.concat([told(run, Change.GONE), told(run, Change.CLOSED)])
    place = {f"H{at}": at for at in range(6)}
    whose = run.week.last.entries.set_index("entry_id")["local_patient_identifier"]
    said = {
        (place[whose[each["entry_id"]]], each["organisation"]): (
            each["after"],
            each["explanation"].endswith(BY_ANOTHER),
        )
        for _, each in rows.iterrows()
    }
    assert said == {
        (0, "RM3"): ("died", True),
        (0, "RW3"): ("died", False),
        (1, "RM3"): ("died", False),
        (2, "RM3"): ("clock_stopped", True),
        (2, "RW3"): ("clock_stopped", False),
        (3, "RM3"): ("clock_stopped", False),
    }


def test_a_list_of_the_same_day_says_so(monday):
    rows = [row(0), row(1)]
    first = monday(rows, FIRST)
    run = monday(rows, FIRST, first.ended.snapshot)
    assert run.ended.changes["change"].tolist() == ["not_refreshed"]
    assert "same day" in run.ended.changes["explanation"][0]


def with_said(run, said: list[AnswerRow], **more: object) -> pd.DataFrame:
    """The changes of a run after which people have said this."""
    of = (run.week, run.ids, run.entries, run.combined_list, pd.DataFrame())
    return week.end(*of, said=decisions(said, since=0), **more).changes


def test_what_people_said_is_told(monday):
    rows = [row(0), row(1)]
    first = monday(rows, FIRST)
    names = tuple(sorted(first.entries["entry_id"]))
    said = AnswerRow("A-1", "Q-1", "patient", names, (0, 1), "different people", reviewer="A. C.")
    alone = replace(said, answer_id="A-2", entry_ids=names[:1], answer="cannot tell")
    told = with_said(first, [said], model_changed=True)
    assert told.empty, "the first run has nothing to compare with"
    again = monday(rows, SECOND, first.ended.snapshot)
    changes = with_said(again, [said, alone], model_changed=True)
    assert changes["change"].tolist() == ["decided", "decided", "model_changed"]
    assert changes["after"].tolist()[:2] == ["different people", "cannot tell"]
    told = changes["explanation"].tolist()[:2]
    assert told == ["A. C., of 2 entries: different people", "A. C., of 1 entry: cannot tell"]


def test_an_answer_that_is_taken_back_is_told_with_whom_it_was_about(monday):
    rows = [row(0), row(1)]
    first = monday(rows, FIRST)
    entries = first.entries
    said = AnswerRow(
        "A-1",
        "Q-1",
        "patient",
        (entries["entry_id"][1],),
        (0,),
        "different people",
        reviewer="A. C.",
        organisation="RM3",
    )
    back = AnswerRow("A-2", "Q-1", "patient", (), (), "", reviewer="B. L.", undoes="A-1")
    again = replace(back, answer_id="A-3", undoes="A-2", organisation="RW3")
    told = decided(decisions([said, back, again], since=1), entries)
    assert told["organisation"].tolist() == ["RM3", "RW3"]
    assert told["patient_id"].tolist() == [entries["patient_id"][1]] * 2
    assert told["pathway_id"].tolist() == [entries["pathway_id"][1]] * 2
    assert told["after"].tolist() == ["taken back", "different people"]
    assert told["explanation"].tolist() == [
        'B. L., of 1 entry: "different people" of A. C. (RM3) is taken back',
        'B. L. (RW3), of 1 entry: "different people" of A. C. (RM3) counts again',
    ]
    second = monday(rows, SECOND, first.ended.snapshot)
    given = with_said(second, [said, back, replace(again, organisation="RA1")])
    assert given["after"].tolist() == ["different people", "taken back", "different people"]


def test_the_unaccounted_are_asked_about_first_the_gravest_in_front(monday):
    wait = {"rtt_start_date": "2024-01-05", "referral_date": "2024-01-05"}
    rows = [
        row(0),
        row(1, **wait),
        row(2, suspected_cancer=True, tci_date="2026-12-24"),
        row(3, priority_code="P2", restricted=True),
        row(4),
        row(4, "RW3"),
        row(7, "RW3"),
    ]
    first = monday(rows, FIRST, joined=[(4, 5)])
    stays = [row(7, "RW3"), row(9)]
    run = monday(stays, SECOND, first.ended.snapshot)
    table = run.ended.unaccounted
    numbers = table["hospital_numbers"].tolist()
    assert sorted(numbers[:2]) == ["RM3 H2", "RM3 H3"], "suspected cancer and P2"
    assert numbers[2:] == ["RM3 H4;RW3 H4", "RM3 H1", "RM3 H0"]
    assert table["each_kept_by_other"].tolist() == [False, False, True, False, False]
    assert "other keeps the patient" in table["why"][2]
    assert table["restricted"].sum() == table["suspected_cancer"].sum() == 1
    assert table["tci_date"].notna().sum() == 1
    queue = run.ended.review_queue
    assert queue["level"].tolist()[:5] == [LEVEL] * 5
    assert queue["order"].tolist() == list(range(1, len(queue) + 1))
    assert queue["question_id"].tolist()[:5] == table["question_id"].tolist()
    assert queue["question_id"].is_unique
    conform("review_queue", queue)
    conform("unaccounted", table)


def test_an_answer_settles_what_it_was_shown_and_no_more(monday):
    rows = [row(at) for at in range(6)]
    _, second = two_mondays(monday, rows, rows[:4])
    table = second.ended.unaccounted
    answered = People(answered=frozenset(table["entry_ids"][:1]))
    third = monday(rows[:4], SECOND, second.ended.snapshot, people=answered)
    assert third.ended.unaccounted["entry_ids"].tolist() == table["entry_ids"].tolist()[1:]
    fourth = monday(rows[:4], SECOND, third.ended.snapshot, people=answered)
    assert len(fourth.ended.unaccounted) == 1, "said once is enough"
    fifth = monday(rows[:4], SECOND, fourth.ended.snapshot)
    assert len(fifth.ended.unaccounted) == 2, "the answer was taken back"


@pytest.mark.parametrize(("still_sent", "change"), [(False, Change.GONE), (True, Change.CLOSED)])
def test_who_is_accounted_for_later_than_they_left_is_told(monday, still_sent, change):
    """One closes its row while the other's list is late, which then comes and says: died."""
    removed = {"rtt_status": None, "removal_reason": "4", "removal_date": "2026-11-20"}
    sent = [row(0, **removed)] if still_sent else []
    rows = [row(0), row(0, "RW3"), row(1), row(2, "RW3")]
    _, second = two_mondays(monday, rows, [*sent, row(1)])
    assert len(told(second, Change.UNACCOUNTED)) == 1
    died = row(0, "RW3", death_date="2026-11-19")
    third = monday([*sent, row(1), died, row(2, "RW3")], SECOND, second.ended.snapshot)
    assert third.ended.unaccounted.empty
    explained = told(third, change)
    assert ["RM3", "died"] in explained[["organisation", "after"]].to_numpy().tolist()
    again = monday([*sent, row(1), died, row(2, "RW3")], SECOND, third.ended.snapshot)
    assert told(again, change).empty


def test_who_was_answered_for_is_asked_about_once_people_part_the_two(monday):
    """Confirmed as one need and closed here; then somebody finds that there were two."""
    both = [row(0), row(0, "RW3", **LATER)]
    filler = [row(5), row(6, "RW3")]
    first = monday([*both, *filler], FIRST, joined=[(0, 1)])
    stays = [both[1], *filler]
    apart = People(apart={tuple(first.entries["entry_id"][:2]): "RW3"})
    at_once = monday(stays, SECOND, first.ended.snapshot, people=apart)
    assert at_once.ended.unaccounted["organisations"].tolist() == ["RM3"]
    second = monday(stays, SECOND, first.ended.snapshot)
    assert second.ended.unaccounted.empty
    third = monday(stays, SECOND, second.ended.snapshot, people=apart)
    assert third.ended.unaccounted["organisations"].tolist() == ["RM3"]


def test_who_has_left_is_remembered_for_a_year_and_the_unaccounted_for_longer(monday):
    stopped = {"rtt_status": "30", "rtt_end_date": "2026-11-20"}
    rows = [row(at) for at in range(6)]
    ended = [*rows[:4], row(4, **stopped)]
    last = monday(ended, SECOND, monday(rows, FIRST).ended.snapshot)
    gone = monday(rows[:4], SECOND, last.ended.snapshot)
    assert len(gone.ended.snapshot.entries) == 6
    later = SECOND + MEMORY + dt.timedelta(days=1)
    kept = monday(rows[:4], later, gone.ended.snapshot).ended.snapshot.entries
    assert sorted(kept["departure"].dropna()) == ["unexplained"]
    assert len(kept) == 5
    assert unaccounted(kept, run_date=later)["weeks_unaccounted"].tolist() == [52]


@pytest.mark.parametrize(
    ("links", "together"),
    [
        ([], True),
        ([(0, 1, "no", "")], False),
        ([(0, 1, "asked", "twins")], False),
        ([(0, 1, "asked", "")], True),
        ([(0, 1, "asked", "close_rival")], True),
        ([(0, 1, "asked", "group_conflict")], False),
        ([(0, 1, "asked", "not_refreshed")], False),
    ],
)
def test_only_what_is_known_of_the_two_themselves_parts_what_an_absent_entry_tied(links, together):
    told = pd.DataFrame(links, columns=["a", "b", "joins", "veto"])
    told = pd.concat([NO_LINKS, told.astype(object)]).fillna({"relation": "", "explanation": ""})
    told = told.astype({"a": np.int32, "b": np.int32})
    match = Groups(np.array([0, 1, 2], np.int32), told if links else NO_LINKS)
    before = np.array(["P-1", "P-1", None], dtype=object)
    kept = held(match, before, {"P-1"}, place=np.arange(3), relation=lambda _a, _b: "same_person")
    assert (kept.group[0] == kept.group[1]) == together
    assert kept.group[2] not in kept.group[:2]
    assert kept.links["explanation"].str.startswith(WHY).sum() == together
    asked = kept.links[kept.links["joins"] == "asked"]
    assert not together or asked.empty, "nobody is asked whether two are one that are kept together"


def test_of_three_that_an_absent_entry_tied_none_joins_what_is_kept_from_one_of_them():
    barred = pd.DataFrame([(1, 2, "no", "")], columns=["a", "b", "joins", "veto"])
    told = pd.concat([NO_LINKS, barred.astype(object)]).fillna({"relation": "", "explanation": ""})
    match = Groups(np.arange(3, dtype=np.int32), told.astype({"a": np.int32, "b": np.int32}))
    before = np.array(["P-1"] * 3, dtype=object)
    kept = held(match, before, {"P-1"}, place=np.arange(3), relation=lambda _a, _b: "same_person")
    assert kept.group.tolist() == [0, 0, 1], "the third is kept from the second, who is of them"


def test_two_that_are_tied_only_through_a_list_that_is_late_stay_together(monday):
    """Two names, one birth date; the late list has the entry that bears both numbers."""
    tied = [row(0), row(1, "RW3"), row(2, "RM3")]
    others = [row(6), row(7, "RW3")]
    first = monday([*tied, *others], FIRST, joined=[(0, 1), (1, 2)])
    assert first.entries["patient_id"].nunique() == 3
    run = monday([tied[0], tied[2], others[0]], SECOND, first.ended.snapshot)
    ids = run.entries["patient_id"].tolist()
    assert ids[0] == ids[1] == first.entries["patient_id"].iloc[0]
    back = monday([*tied, *others], SECOND, run.ended.snapshot, joined=[(0, 1), (1, 2)])
    assert back.entries["patient_id"].tolist() == first.entries["patient_id"].tolist()
    assert back.ended.changes["change"].isin(["id_split", "ids_merged"]).sum() == 0
