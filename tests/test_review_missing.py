"""A patient whom two trusts each believe the other has: asked in the workbook until answered."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.outputs import read_tables
from waitlist_merge.review.filing import read_workbooks, status_of

MONDAYS = [dt.date(2026, 11, 16) + dt.timedelta(weeks=week) for week in range(5)]
PERSON = {
    "NHS number": "9990000018",
    "Surname": "Okafor",
    "Forename": "Chidi",
    "DOB": "1971-05-03",
    "Postcode": "LS6 2AB",
    "Hospital number": "H1",
    "Treatment function code": "110",
    "RTT start": "2026-03-02",
    "RTT status": "20",
    "Patient pathway identifier": "RM3000012345",
    "Pathway identifier issuer": "RM3",
}
OTHER = PERSON | {
    "NHS number": "9990000026",
    "Surname": "Nowak",
    "Forename": "Ewa",
    "DOB": "1948-11-21",
    "Hospital number": "H2",
    "Patient pathway identifier": "RM3000067890",
}


def merged(register: wm.Register, day: dt.date, *people: dict[str, str]) -> wm.MergeResult:
    lists = [
        wm.Extract.from_frame(pd.DataFrame(rows), organisation=code, census_date=day)
        for code, rows in (("RM3", [*people, OTHER]), ("RW3", [*people, OTHER | STRANGER]))
    ]
    return wm.merge(lists, register=register)


STRANGER = {"NHS number": "9990000034", "Surname": "Sato", "Forename": "Kenji", "DOB": "2001-01-09"}


def test_who_vanished_at_both_is_asked_about_until_somebody_answers(register, tmp_path, fill):
    first = merged(register, MONDAYS[0], PERSON)
    need = first.entries.set_index("family_name")["pathway_id"]["Okafor"].unique()
    assert len(need) == 1
    assert first.unaccounted.empty
    second = merged(register, MONDAYS[1])
    assert second.unaccounted["pathway_id"].tolist() == need.tolist()
    assert second.unaccounted["each_kept_by_other"].tolist() == [True]
    assert "UNACCOUNTED" not in str(first.summary())
    said = str(second.summary()).splitlines()
    assert said[0].split()[:3] == ["UNACCOUNTED", "PATIENTS", "1"]
    [asked] = [line for line in said if line.startswith("questions")]
    assert "1 about unaccounted patients" in asked
    assert int(asked.split()[1].replace(",", "")) == len(second.review_queue)
    third = merged(register, MONDAYS[2])
    assert third.unaccounted["weeks_unaccounted"].tolist() == [1]
    assert third.review_queue["level"].iloc[0] == "unaccounted"
    third.save(tmp_path / "out", tables="csv", workbook=True)
    asked = tmp_path / "out" / "combined_list.xlsx"
    filed = read_workbooks([fill(asked, tmp_path / "rm3.xlsx")], register, today=MONDAYS[2])
    assert filed.problems == []
    assert filed.new_answers == 1
    half = merged(register, MONDAYS[2])
    assert half.unaccounted["pathway_id"].tolist() == need.tolist()
    assert half.unaccounted["organisations"].tolist() == ["RW3"]
    assert half.unaccounted["each_kept_by_other"].tolist() == [True]
    said = "RM3 has said what became of the patient; still asked: RW3"
    assert half.unaccounted["why"].iloc[0].endswith(said)
    assert half.review_queue["who_answers"].iloc[0] == "Booking clerk at RW3"
    same = fill(asked, tmp_path / "same.xlsx", "RW3", "CLERK OF RM3")
    assert read_workbooks([same], register, today=MONDAYS[2]).new_answers == 1
    assert merged(register, MONDAYS[2]).unaccounted["organisations"].tolist() == ["RW3"]
    told = status_of(register, today=MONDAYS[2]).unsettled
    assert told[["organisation", "standing"]].to_numpy().tolist() == [["RW3", "proposed"]]
    assert told["detail"].iloc[0].startswith("waits for another person")
    doubts = fill(asked, tmp_path / "doubts.xlsx", "RW3", answer="cannot tell")
    assert read_workbooks([doubts], register, today=MONDAYS[2]).new_answers == 1
    still = merged(register, MONDAYS[2]).review_queue.iloc[0]
    assert (still["level"], still["state"]) == ("unaccounted", "open"), "first until it is known"
    said = ("RM3 accounted for", "RW3 accounted for", "RW3 cannot tell")
    assert still["said"] == "; ".join(f"{each} 23 Nov 2026" for each in said)
    other = fill(asked, tmp_path / "rw3.xlsx", "RW3")
    assert read_workbooks([other], register, today=MONDAYS[2]).new_answers == 1
    again = merged(register, MONDAYS[2])
    assert again.unaccounted.empty
    assert "unaccounted" not in set(again.review_queue["level"])
    entries = register.last().entries.set_index("family_name")
    assert set(entries.loc["Okafor", "departure"]) == {"answered"}
    unsettled = status_of(register, today=MONDAYS[2]).unsettled["detail"]
    assert not unsettled.str.startswith("waits for another person").any()


@pytest.mark.parametrize("word", ["ask again", "cannot tell"])
def test_who_says_anything_else_later_accounts_for_nobody_any_longer(
    register, tmp_path, fill, word
):
    merged(register, MONDAYS[0], PERSON)
    merged(register, MONDAYS[1]).save(tmp_path / "out", tables="csv", workbook=True)
    asked = tmp_path / "out" / "combined_list.xlsx"

    def still_asked(code: str, answer: str = "accounted for", reviewer: str | None = None):
        book = fill(asked, tmp_path / f"{code}.xlsx", code, reviewer, answer=answer)
        assert read_workbooks([book], register, today=MONDAYS[2]).new_answers == 1
        return merged(register, MONDAYS[2]).unaccounted["organisations"].tolist()

    assert still_asked("RM3") == ["RW3"]
    assert still_asked("RM3", word) == ["RM3;RW3"]
    assert still_asked("RW3") == ["RM3"], "the patient stays until RM3 says it again"
    standing = status_of(register, today=MONDAYS[2]).counts
    told = standing["organisation"] + " " + standing["standing"]
    assert told.tolist() == [f"RM3 {word}", "RM3 replaced", "RW3 in force"]
    assert still_asked("RM3", reviewer="A. Colleague") == []
    assert still_asked("RW3", word) == ["RW3"], "also of who is asked about no longer"
    assert still_asked("RW3", reviewer="B. Colleague") == []
    assert still_asked("RM3", word, reviewer="B. Third") == [], "nobody takes back another's word"


def test_an_answer_accounts_for_one_departure_and_not_for_the_next(register, tmp_path, fill):
    merged(register, MONDAYS[0], PERSON)
    second = merged(register, MONDAYS[1])
    second.save(tmp_path / "out", tables="csv", workbook=True)
    asked = tmp_path / "out" / "combined_list.xlsx"
    answered = [fill(asked, tmp_path / f"{code}.xlsx", code) for code in ("RM3", "RW3")]
    assert read_workbooks(answered, register, today=MONDAYS[2]).new_answers == 2
    assert merged(register, MONDAYS[1]).unaccounted.empty
    assert merged(register, MONDAYS[2], PERSON).unaccounted.empty
    for day in MONDAYS[3:]:
        assert merged(register, day).unaccounted["patient_id"].size == 1
    assert merged(register, MONDAYS[4]).review_queue["level"].iloc[0] == "unaccounted"


def test_only_who_listed_the_patient_says_what_became_of_them(register, tmp_path, fill):
    def lists(day, *people):
        codes = {"RM3": [*people, OTHER], "RW3": [*people, OTHER | STRANGER], "RX1": [NEIGHBOUR]}
        return [
            wm.Extract.from_frame(pd.DataFrame(rows), organisation=code, census_date=day)
            for code, rows in codes.items()
        ]

    wm.merge(lists(MONDAYS[0], PERSON), register=register)
    second = wm.merge(lists(MONDAYS[1]), register=register)
    second.save(tmp_path / "out", tables="csv", workbook=True)
    asked = tmp_path / "out" / "combined_list.xlsx"
    strange = read_workbooks(
        [fill(asked, tmp_path / "rx1.xlsx", "RX1")], register, today=MONDAYS[2]
    )
    assert strange.new_answers == 0
    told = "rx1.xlsx, Questions, row 2: column Reviewer's organisation: has not listed this patient"
    assert strange.problems == [f"{told}; answered by RM3, RW3"]
    own = read_workbooks([fill(asked, tmp_path / "rw3.xlsx", "RW3")], register, today=MONDAYS[2])
    assert (own.new_answers, own.problems) == (1, [])
    effects = second.review_queue["answer_effects"].iloc[0]
    assert effects.endswith("nobody waits, once RM3 and RW3 have each said so")


NEIGHBOUR = OTHER | {
    "NHS number": "9990000042",
    "Surname": "Bianchi",
    "Forename": "Chiara",
    "DOB": "1966-02-17",
    "Patient pathway identifier": "RX1000067890",
}


def test_an_answer_of_one_makes_nobody_wait_shorter_or_less_urgently(register, tmp_path, fill):
    first = PERSON | {"RTT start": "2026-01-05", "Priority": "P2", "TCI date": "2026-12-21"}
    lists = [
        wm.Extract.from_frame(
            pd.DataFrame([row, OTHER | more]), organisation=code, census_date=MONDAYS[0]
        )
        for code, row, more in (("RM3", first, {}), ("RW3", PERSON, STRANGER))
    ]
    wm.merge(lists, register=register)
    before = merged(register, MONDAYS[1])
    before.save(tmp_path / "out", tables="csv", workbook=True)
    said = fill(tmp_path / "out" / "combined_list.xlsx", tmp_path / "rm3.xlsx")
    assert read_workbooks([said], register, today=MONDAYS[1]).new_answers == 1
    after = merged(register, MONDAYS[1])
    one, other = before.unaccounted.iloc[0], after.unaccounted.iloc[0]
    assert (one["organisations"], other["organisations"]) == ("RM3;RW3", "RW3")
    told = ["rtt_start_date", "days_waiting", "priority_code", "tci_date"]
    assert one[told].astype(str).tolist() == other[told].astype(str).tolist()
    assert [str(each) for each in other[["rtt_start_date", "priority_code"]]] == [
        "2026-01-05 00:00:00",
        "P2",
    ]
    after.save_views(tmp_path / "views", "all", tables="csv", workbook=False)
    rm3, rw3 = (read_tables(tmp_path / "views" / code)["unaccounted"] for code in ("RM3", "RW3"))
    assert rm3.empty, "it has answered"
    assert rw3["rtt_start_date"].astype(str).tolist() == ["2026-01-05"]


def test_who_was_only_proposed_as_one_need_stays_unaccounted_for(register):
    """The shown entry leaves; what was proposed beside it is sure of itself from then on."""
    alone = PERSON | {"Patient pathway identifier": "", "Pathway identifier issuer": ""}
    alone |= {"Procedure code": "W371", "Side": "right"}

    def lists(day, *ours):
        rows = {"RM3": [*ours, OTHER], "RW3": [alone | {"Hospital number": "W1"}, OTHER | STRANGER]}
        return [
            wm.Extract.from_frame(pd.DataFrame(each), organisation=code, census_date=day)
            for code, each in rows.items()
        ]

    first = wm.merge(lists(MONDAYS[0], alone | {"RTT start": "2026-01-05"}), register=register)
    row = first.combined_list.set_index("family_name").loc["Okafor"]
    assert (row["proposed_duplicates"], row["pathway_confidence"]) == (1, "probable")
    for day in MONDAYS[1:]:
        run = wm.merge(lists(day), register=register)
        assert run.unaccounted["organisations"].tolist() == ["RM3"]
        assert run.review_queue["level"].iloc[0] == "unaccounted"
        assert "of_closed_row" not in set(run.combined_list["rtt_start_status"])
