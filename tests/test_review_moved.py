"""Who waits on under another row is followed to that row, week after week, until that one ends.

RM3 hands its patient over under a pathway identifier and takes its row off; what becomes of the
patient is from then on what becomes of the row of RW3.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from waitlist_merge.review.moved import as_it_ended, without_those_who_relied
from waitlist_merge.review.people import NOBODY, People

FIRST = dt.date(2026, 11, 16)
WEEK = dt.timedelta(days=7)
SENT = {
    "organisation": "RM3",
    "local_patient_identifier": "RM3-0",
    "nhs_number": "9990000018",
    "family_name": "Okafor",
    "given_name": "Annabel",
    "birth_date": "1930-05-03",
    "treatment_function_code": "110",
    "referral_date": "2026-01-05",
    "rtt_start_date": "2026-01-05",
    "rtt_status": "20",
    "patient_pathway_identifier": "RM3000000000000077777",
    "laterality": "left",
}
RECEIVED = SENT | {
    "organisation": "RW3",
    "local_patient_identifier": "RW3-0",
    "referral_date": "2026-06-01",
    "rtt_start_date": "2026-06-01",
}
OTHER_NUMBER = "RW3000000000000088888"
BYSTANDERS = [
    {
        "organisation": code,
        "local_patient_identifier": f"{code}-7",
        "family_name": family,
        "given_name": "Leila",
        "birth_date": birth,
        "treatment_function_code": "502",
        "referral_date": "2026-05-05",
        "rtt_start_date": "2026-05-05",
        "rtt_status": "20",
    }
    for code, family, birth in (
        ("RM3", "Nowak", "1950-01-01"),
        ("RW3", "Haddad", "1961-02-02"),
        ("RA1", "Sato", "1972-03-03"),
    )
]


def weeks_of(monday, *lists: list[dict[str, str]], absent=(), people=()) -> list[SimpleNamespace]:
    """The runs of these rows and the bystanders; ``absent`` and ``people`` by week from 0."""
    runs: list[SimpleNamespace] = []
    for number, rows in enumerate(lists):
        missing = {code for week, code in absent if week == number}
        sent = [each for each in [*rows, *BYSTANDERS] if each["organisation"] not in missing]
        said = dict(people).get(number, lambda _: NOBODY)(runs)
        last = runs[-1].ended.snapshot if runs else None
        runs.append(monday(sent, FIRST + number * WEEK, last, people=said))
    return runs


def why(run: SimpleNamespace, of: SimpleNamespace, organisation: str = "RM3") -> str:
    """How it is explained that the row of this organisation in the run ``of`` has left."""
    names = of.entries.loc[of.entries["organisation"].eq(organisation), "entry_id"]
    left = run.ended.snapshot.entries.set_index("entry_id")["departure"]
    return str(left[names.iloc[0]])


UNREADABLE = {"patient_pathway_identifier": None}
OTHERWISE = pytest.mark.parametrize(
    "corrected",
    [
        {"patient_pathway_identifier": OTHER_NUMBER},
        {"laterality": "right"},
        {"treatment_function_code": "330"},
    ],
    ids=["number", "side", "service"],
)


def asked_of(runs: list[SimpleNamespace]) -> list[str]:
    return ["|".join(run.ended.unaccounted["organisations"]) for run in runs]


@pytest.mark.parametrize("first", [[SENT], [SENT, RECEIVED]], ids=["after it left", "beside it"])
@OTHERWISE
def test_a_row_that_says_it_is_another_need_answers_for_nobody_until_it_says_so_no_longer(
    monday, first, corrected
):
    right = RECEIVED | corrected
    runs = weeks_of(monday, first, [RECEIVED], [RECEIVED], [right], [right], [RECEIVED])
    told = [why(run, runs[0]) for run in runs[1:]]
    assert told == ["moved"] * 2 + ["unexplained"] * 2 + ["moved"]
    assert asked_of(runs) == ["", "", "", "RM3", "RM3", ""]
    assert ["unaccounted" in set(run.ended.changes["change"]) for run in runs[1:]] == [
        *(False, False, True, False, False)
    ]


def test_a_list_that_comes_without_identifiers_says_nothing_else(monday):
    blank = RECEIVED | UNREADABLE
    runs = weeks_of(monday, [SENT], [RECEIVED], [blank], [blank], [RECEIVED | {"laterality": None}])
    assert [why(run, runs[0]) for run in runs[1:]] == ["moved"] * 4
    other = RECEIVED | {"patient_pathway_identifier": OTHER_NUMBER}
    runs = weeks_of(monday, [SENT], [RECEIVED], [blank], [other])
    assert why(runs[-1], runs[0]) == "unexplained"


def test_another_row_under_the_identifier_answers_where_the_first_no_longer_does(monday):
    other = RECEIVED | {"patient_pathway_identifier": OTHER_NUMBER}
    third = RECEIVED | {"organisation": "RA1", "local_patient_identifier": "RA1-0"}
    runs = weeks_of(monday, [SENT], [RECEIVED], [other, third], [other, third], [other])
    assert [why(run, runs[0]) for run in runs[1:]] == ["moved"] * 3 + ["unexplained"]


def test_who_moved_waits_as_the_row_does_while_its_list_does_not_come(monday):
    lists = [SENT], [RECEIVED], [RECEIVED], [RECEIVED], [RECEIVED]
    runs = weeks_of(monday, *lists, absent=[(2, "RW3"), (3, "RW3")])
    assert [why(run, runs[0]) for run in runs[1:]] == ["moved"] * 4
    assert asked_of(runs) == [""] * 5


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"rtt_status": "30", "rtt_end_date": "2026-11-28"}, "clock_stopped"),
        ({"removal_date": "2026-11-28", "removal_reason": "1", "rtt_status": None}, "treated"),
        ({"removal_date": "2026-11-28", "death_date": "2026-11-28"}, "died"),
    ],
    ids=["clock stop", "treated", "died"],
)
@pytest.mark.parametrize("last_words", [{}, UNREADABLE], ids=["identified", "unidentified"])
def test_who_moved_has_ended_as_the_row_ended(monday, said, told, last_words):
    ended = RECEIVED | said | last_words
    runs = weeks_of(monday, [SENT], [RECEIVED], [ended], [ended], [], [])
    assert [why(run, runs[0]) for run in runs[1:]] == ["moved"] + [told] * 4
    assert asked_of(runs) == [""] * 6


@pytest.mark.parametrize("apart", [False, True], ids=["one need", "two needs"])
def test_who_moved_is_asked_about_where_the_row_leaves_without_a_word(monday, apart):
    """Its need may have an id of its own: it came up while RM3 sent no list."""
    away = [(1, "RM3")] if apart else []
    between = [RECEIVED] if apart else [SENT, RECEIVED]
    lists = [SENT], between, [RECEIVED], [RECEIVED], [], [], [RECEIVED]
    runs = weeks_of(monday, *lists, absent=away)
    needs = {run.entries["pathway_id"].iloc[0] for run in runs[:3]}
    assert len(needs) == 1 + apart
    told = [why(run, runs[0]) for run in runs[2:]]
    assert told == ["moved"] * 2 + ["unexplained"] * 2 + ["moved"]
    both = "RM3|RW3" if apart else "RM3;RW3"
    assert asked_of(runs) == ["", "", "", "", both, both, ""]


def test_who_moved_on_twice_is_followed_to_the_end(monday):
    booked = RECEIVED | {"unique_booking_reference_number": "012345678901"}
    third = booked | {"organisation": "RA1", "local_patient_identifier": "RA1-0"} | UNREADABLE
    treated = third | {"removal_date": "2026-12-10", "removal_reason": "1", "rtt_status": None}
    road = [SENT], [booked], [third], [third]
    runs = weeks_of(monday, *road, [], [third], [treated], [])
    told = [why(run, runs[0]) for run in runs[1:]]
    assert told == ["moved"] * 3 + ["unexplained", "moved", "treated", "treated"]
    assert asked_of(runs)[4] == "RM3;RW3;RA1" or asked_of(runs)[4].count("R") == 3
    assert why(runs[-1], runs[1], "RW3") == "treated"


def test_two_that_only_moved_to_each_other_are_unexplained():
    found = np.array(["unexplained", "unexplained", "moved"], dtype=object)
    rows = np.array([0, 1])
    assert as_it_ended(found, rows, np.array([1, 0])).tolist() == found.tolist()
    assert as_it_ended(found, rows, np.array([1, 2])).tolist() == ["moved"] * 3
    assert as_it_ended(found, rows, np.array([-1, -1])).tolist() == found.tolist()


@pytest.mark.parametrize(
    ("found", "to", "told"),
    [
        (["answered", "treated"], 1, "answered"),
        (["unexplained", "still_listed"], 1, "moved"),
        (["unexplained", "agreed"], 1, "moved"),
        (["unexplained", "died"], 1, "died"),
        (["unexplained", "treated"], -1, "unexplained"),
    ],
)
def test_one_that_nothing_explains_has_ended_as_the_one_that_it_moved_to(found, to, told):
    explained = as_it_ended(np.array(found, dtype=object), np.array([0]), np.array([to]))
    assert explained.tolist() == [told, found[1]]


@pytest.mark.parametrize(
    ("found", "unit", "to", "lost"),
    [
        (["unexplained", "moved"], [0, 1], 0, True),
        (["unexplained", "moved"], [0, 1], -1, False),
        (["unexplained", "answered"], [0, 1], 0, False),
        (["unexplained", "still_listed"], [0, 0], -1, True),
        (["unexplained", "agreed"], [0, 0], -1, True),
        (["unexplained", "agreed"], [0, 1], -1, False),
        (["unexplained", "answered"], [0, 0], -1, False),
    ],
)
def test_only_what_rests_on_one_that_is_lost_is_lost(found, unit, to, lost):
    """The third is what -1 would take."""
    words, units = np.array([*found, "unexplained"], dtype=object), np.array([*unit, 2])
    told = without_those_who_relied(words, units, np.array([1]), np.array([to]))
    assert told.tolist() == ["unexplained", "unexplained" if lost else found[1], "unexplained"]


def test_what_rests_on_one_that_is_lost_is_lost_with_it():
    """E-0 was still listed by E-1, which moved to E-2, which moved to E-3."""
    found = np.array(["still_listed", "moved", "moved", "unexplained"], dtype=object)
    unit, rows, to = np.array([0, 0, 1, 2]), np.array([1, 2]), np.array([2, 3])
    assert set(without_those_who_relied(found, unit, rows, to)) == {"unexplained"}
    found[3] = "treated"
    assert without_those_who_relied(found, unit, rows, to).tolist() == found.tolist()


def test_people_who_keep_the_two_apart_have_the_one_that_moved_asked_about(monday):
    def parted(runs: list[SimpleNamespace]) -> People:
        named = [run.entries["entry_id"].iloc[0] for run in runs[:2]]
        return People(apart={tuple(sorted(named)): "RM3"})

    said = [(week, parted) for week in (2, 3)]
    runs = weeks_of(monday, *[[SENT], [RECEIVED], [RECEIVED], [], [RECEIVED]], people=said)
    told = [why(run, runs[0]) for run in runs[1:]]
    assert told == ["moved", "unexplained", "unexplained", "moved"], "until they take it back"


@pytest.mark.parametrize("sent", [False, True], ids=["no longer sent", "sent as closed"])
def test_who_moved_goes_with_the_patient_whose_id_is_merged(monday, sent):
    """What RW3 and RA1 list is of one patient once RA1 has corrected the number."""
    wrong = {"nhs_number": "9990000026", "family_name": "Quigley"}
    known = RECEIVED | {"organisation": "RA1", "local_patient_identifier": "RA1-0"} | UNREADABLE
    right = [known | {"treatment_function_code": code} for code in ("330", "502", "130")]
    wrong = [each | wrong for each in right]
    shut = [SENT | {"removal_date": "2026-11-20", "rtt_status": None}] if sent else []
    later = [[RECEIVED, *shut, *rows] for rows in (wrong, right, right)]
    runs = weeks_of(monday, [SENT, *wrong], *later)
    assert "ids_merged" in set(runs[2].ended.changes["change"])
    assert len({run.entries["patient_id"].iloc[0] for run in runs[1:]}) == 2
    assert [why(run, runs[0]) for run in runs[1:]] == ["moved"] * 3
    assert asked_of(runs) == [""] * 4


@pytest.mark.parametrize("listed", ["since", "at once"])
def test_a_stop_that_is_taken_back_leaves_the_one_that_moved_waiting_with_its_row(monday, listed):
    """A treatment that the receiver takes back, of the very row; a later row is a new need."""
    stopped = RECEIVED | {"rtt_status": "30", "rtt_end_date": "2026-11-28"}
    road = [[SENT], [RECEIVED], [stopped]] if listed == "since" else [[SENT], [stopped], [stopped]]
    anew = RECEIVED | {"organisation": "RA1", "local_patient_identifier": "RA1-0"}
    runs = weeks_of(monday, *road, [stopped, anew], [RECEIVED, anew], [], [])
    told = [why(run, runs[0]) for run in runs[2:]]
    assert told == ["clock_stopped"] * 2 + ["moved"] + ["unexplained"] * 2


@pytest.mark.parametrize("said", [{}, {"laterality": "right"}], ids=["as it was", "other side"])
def test_a_row_that_turns_after_it_was_treated_has_treated_another_need(monday, said):
    treated = RECEIVED | {"removal_date": "2026-11-28", "removal_reason": "1", "rtt_status": None}
    runs = weeks_of(monday, [SENT], [RECEIVED], [treated], [treated | said], [])
    told = [why(run, runs[0]) for run in runs[2:]]
    assert told == ["treated"] + (["unexplained"] * 2 if said else ["treated"] * 2)


@pytest.mark.parametrize("sent_after", [True, False])
def test_a_death_that_is_taken_back_explains_nothing(monday, sent_after):
    """RW3 records for a week that the patient, who waits there for an eye, has died."""
    eye = RECEIVED | {"treatment_function_code": "130", "patient_pathway_identifier": OTHER_NUMBER}
    dead = eye | {"death_date": "2026-11-28"}
    third = eye | {"organisation": "RA1", "local_patient_identifier": "RA1-0"} | UNREADABLE
    runs = weeks_of(monday, [SENT, eye], [eye], [dead], [third] if sent_after else [eye], [third])
    told = [why(run, runs[0]) for run in runs[1:]]
    still = "died" if sent_after else "unexplained"
    assert told == ["unexplained", "died", still, still if sent_after else "unexplained"]
    assert asked_of(runs)[1:3] == ["RM3", ""]


def test_one_that_moved_before_it_was_kept_where_to_stays_explained(monday):
    """A register of an earlier version does not know it; while the row is listed it is learnt."""
    first, second = weeks_of(monday, [SENT], [RECEIVED])
    old = second.ended.snapshot
    forgotten = replace(old, entries=old.entries.assign(moved_to=None))
    gone = monday(BYSTANDERS, FIRST + 2 * WEEK, forgotten)
    assert (why(gone, first), asked_of([gone])) == ("moved", ["RW3"])
    learnt = monday([RECEIVED, *BYSTANDERS], FIRST + 2 * WEEK, forgotten)
    assert (why(learnt, first), asked_of([learnt])) == ("moved", [""])
    lost = monday(BYSTANDERS, FIRST + 3 * WEEK, learnt.ended.snapshot)
    assert why(lost, first) == "unexplained"


@OTHERWISE
@pytest.mark.parametrize("fate", ["stopped", "treated", "absent", "gone"])
def test_what_becomes_of_another_need_explains_nobody(monday, corrected, fate):
    right = RECEIVED | corrected
    stopped = {"rtt_status": "30", "rtt_end_date": "2026-12-05"}
    treated = {"removal_date": "2026-12-05", "removal_reason": "1", "rtt_status": None}
    fates = {"stopped": [right | stopped], "treated": [right | treated], "absent": [right]}
    away = [(4, "RW3")] if fate == "absent" else []
    lists = [SENT], [RECEIVED], [RECEIVED], [right], fates.get(fate, []), [right]
    runs = weeks_of(monday, *lists, absent=away)
    assert [why(run, runs[0]) for run in runs[1:]] == ["moved"] * 2 + ["unexplained"] * 3
    assert all("RM3" in asked for asked in asked_of(runs)[3:])
    assert why(runs[5], runs[0]) == "unexplained"


TWIN = {
    "nhs_number": "9990000026",
    "given_name": "Beatrice",
    "local_patient_identifier": "RW3-1",
}


@pytest.mark.parametrize("last_seen", [RECEIVED, RECEIVED | {"local_patient_identifier": None}])
def test_a_row_that_is_corrected_to_be_the_twins_is_of_nobody_else(monday, last_seen):
    """Another number, another given name, another hospital number; the same day and family."""
    twin = RECEIVED | TWIN
    stopped = twin | {"rtt_status": "30", "rtt_end_date": "2026-12-05"}
    runs = weeks_of(monday, [SENT], [last_seen], [twin], [twin], [stopped])
    assert [why(run, runs[0]) for run in runs[1:]] == ["moved"] + ["unexplained"] * 3
    annabel = runs[0].entries["patient_id"].iloc[0]
    assert asked_of(runs)[2].split(";")[0].startswith("RM3")
    assert set(runs[2].ended.unaccounted["patient_id"]) == {annabel}
    if last_seen == RECEIVED:
        assert runs[2].entries["patient_id"].iloc[0] != annabel


def test_an_identifier_typed_by_mistake_for_a_week_answers_for_nobody_afterwards(monday):
    """Two needs of one organisation; one is sent under the number of the other, which then goes."""
    own = SENT | {"treatment_function_code": "400", "patient_pathway_identifier": OTHER_NUMBER}
    own |= {"local_patient_identifier": "RM3-0", "rtt_start_date": "2026-04-15", "laterality": None}
    own |= {"referral_date": "2026-04-15"}
    other = SENT | {"treatment_function_code": "502", "laterality": None}
    mistyped = own | {"patient_pathway_identifier": SENT["patient_pathway_identifier"]}
    runs = weeks_of(monday, [other, own], [other, mistyped], [mistyped], [own], [own])
    told = [why(run, runs[0]) for run in runs[2:]]
    assert told == ["still_listed", "unexplained", "unexplained"]
    assert asked_of(runs)[3:] == ["RM3", "RM3"]
