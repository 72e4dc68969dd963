"""A death and a restricted record outlive the row that told of them."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import waitlist_merge as wm
from waitlist_merge.outputs import read_tables
from waitlist_merge.outputs.workbook.contact import DEAD_PERHAPS
from waitlist_merge.pathways.earlier import DIED, RESTRICTED
from waitlist_merge.review.marks import marks
from waitlist_merge.review.rows import AnswerRow, ContactRow

MONDAYS = [dt.date(2026, 11, 2) + week * dt.timedelta(7) for week in range(4)]
PERSON = {
    "NHS number": "9990000018",
    "NHS number status": "01",
    "Surname": "Okafor",
    "Forename": "Chidi",
    "DOB": "10/03/1950",
    "Postcode": "LS1 2AB",
    "Telephone": "01632960001",
    "Specialty": "110",
    "RTT start": "02/03/2026",
    "PPID": "RM3000012345",
    "PPID issuer": "RM3",
    "Restricted": "",
    "Date of death": "",
}
OTHER = PERSON | {"NHS number": "9990000026", "Surname": "Haddad", "Forename": "Maya"}
OTHER |= {"DOB": "09/01/1983", "Postcode": "LS6 2QT", "PPID": "", "PPID issuer": ""}
DEAD, HIDDEN = {"Date of death": "01/11/2026"}, {"Restricted": "Y"}


def row(code: str, *also: dict[str, str], **said: str) -> dict[str, str]:
    """The row of an organisation for one patient, who is the same at all of them."""
    told = PERSON | {"Hospital number": f"{code}1"} | said
    for each in also:
        told |= each
    return told


def run(
    register: wm.Register, week: int, *away: str, **lists: list[dict[str, str]] | None
) -> wm.MergeResult:
    """A run of these lists, in each of which stands another patient too; ``away`` send none."""
    sent = {code: lists.get(code, [row(code)]) for code in ("RM3", "RBK", "RW3")}
    extracts = [
        wm.Extract.from_frame(
            pd.DataFrame([*rows, OTHER | {"Hospital number": f"{code}2", "Specialty": service}]),
            organisation=code,
            census_date=MONDAYS[week],
        )
        for (code, rows), service in zip(sent.items(), ("130", "180", "330"), strict=True)
        if code not in away
    ]
    allowed = wm.Allowed(absent=away, fewer=tuple(sent))
    return wm.merge(extracts, register=register, allowed=allowed)


def of_patient(result: wm.MergeResult) -> pd.DataFrame:
    told = result.combined_list
    return told[(told["family_name"] == PERSON["Surname"]).to_numpy(dtype=bool)]


def in_view(result: wm.MergeResult, code: str, folder) -> dict[str, pd.DataFrame]:
    result.save_views(folder, [code], tables="csv", workbook=False)
    return read_tables(folder / code)


def others_in(view: dict[str, pd.DataFrame], code: str) -> list[str]:
    """The organisations of whose entries of the patient a view of ``code`` holds anything."""
    entries = view["entries"]
    other = (entries["organisation"] != code) & ~entries["local_patient_identifier"].fillna(
        ""
    ).str.endswith("2")
    return sorted(entries.loc[other, "organisation"])


def rung(result: wm.MergeResult, folder) -> list[str]:
    """What the sheet Contact says of ringing the patient."""
    result.save(folder, tables="csv", workbook=True)
    sheet = openpyxl.load_workbook(folder / "combined_list.xlsx")["Contact"]
    rows = [[str(cell) for cell in each] for each in sheet.iter_rows(values_only=True)]
    said = rows[0].index("Ring?")
    return [each[said] for each in rows if PERSON["Surname"] in each]


@pytest.mark.parametrize("how", ["left", "away"])
def test_who_has_died_is_not_rung_once_the_row_that_said_so_is_gone(register, tmp_path, how):
    first = run(register, 0, RW3=[row("RW3", DEAD)])
    assert of_patient(first)["deceased"].all()
    for week in (1, 2):
        lists = {"RW3": []} if how == "left" else {}
        later = run(register, week, *(["RW3"] if how == "away" else []), **lists)
        told = of_patient(later)
        assert len(told)
        assert told["death_in_doubt"].all()
        assert set(told["next_step"]) == {"check_death"}
        assert later.review_queue["deceased"].all()
    assert set(rung(later, tmp_path / "out")) == {DEAD_PERHAPS}
    view = in_view(later, "RM3", tmp_path / "views")
    mine = view["combined_list"].query("family_name == @PERSON['Surname']")
    assert mine["death_in_doubt"].all()
    assert "deceased_perhaps" in set(view["findings"]["reason"])
    assert view["review_queue"]["deceased"].all()


def test_who_is_listed_again_without_the_death_has_not_died(register):
    run(register, 0, RW3=[row("RW3", DEAD)])
    assert of_patient(run(register, 1, RW3=[]))["death_in_doubt"].all()
    back = of_patient(run(register, 2))
    assert not back["death_in_doubt"].any()
    assert not back["deceased"].any()


def test_who_was_spoken_to_since_has_not_died(register):
    run(register, 0, RW3=[row("RW3", DEAD)])
    gone = run(register, 1, RW3=[])
    listed = gone.entries.loc[(gone.entries["organisation"] == "RM3").to_numpy()]
    mine = listed.loc[(listed["family_name"] == PERSON["Surname"]).to_numpy()].iloc[0]
    spoken = {"organisation": "RM3", "reviewer": "A. Clerk", "entry_ids": (mine["entry_id"],)}
    before = ContactRow("C-1", mine["patient_id"], said_on=MONDAYS[0], **spoken)
    register.add_contacts([before])
    assert of_patient(run(register, 2, RW3=[]))["death_in_doubt"].all()
    register.add_contacts([ContactRow("C-2", mine["patient_id"], said_on=MONDAYS[2], **spoken)])
    assert not of_patient(run(register, 3, RW3=[]))["death_in_doubt"].any()


@pytest.mark.parametrize("how", ["left", "away", "empty cell", "no column"])
def test_a_restricted_record_is_in_no_other_view_whatever_became_of_its_row(
    register, tmp_path, how
):
    first = run(register, 0, RW3=[row("RW3", HIDDEN)])
    assert others_in(in_view(first, "RM3", tmp_path / "first"), "RM3") == []
    without = {name: value for name, value in row("RW3").items() if name != "Restricted"}
    rows = {"left": [], "empty cell": [row("RW3")], "no column": [without]}
    for week in (1, 2):
        lists = {"RW3": rows[how]} if how in rows else {}
        later = run(register, week, *(["RW3"] if how == "away" else []), **lists)
        assert of_patient(later)["restricted"].all()
        assert later.review_queue["restricted"].all()
        assert not later.entries["restricted"].fillna(value=False).any(), "as it was sent"
    for code in ("RM3", "RBK"):
        assert others_in(in_view(later, code, tmp_path / "views"), code) == []


@pytest.mark.parametrize("how", ["itself", "another row"])
def test_a_list_that_says_no_makes_a_record_restricted_no_longer(register, tmp_path, how):
    run(register, 0, RW3=[row("RW3", HIDDEN)])
    assert of_patient(run(register, 1, RW3=[]))["restricted"].all()
    no = row("RW3", {"Restricted": "N"})
    if how == "another row":
        no |= {"Hospital number": "RW39", "Specialty": "502", "PPID": "RW3000099999"}
        no |= {"RTT start": "01/06/2026", "PPID issuer": "RW3"}
    later = run(register, 2, RW3=[no])
    assert not of_patient(later)["restricted"].any()
    assert others_in(in_view(later, "RM3", tmp_path), "RM3")


def test_a_view_is_not_told_of_a_death_that_a_restricted_record_told(register, tmp_path):
    run(register, 0, RW3=[row("RW3", DEAD, HIDDEN)])
    later = run(register, 1, RW3=[])
    assert of_patient(later)["death_in_doubt"].all()
    view = in_view(later, "RM3", tmp_path)
    mine = view["combined_list"].query("family_name == @PERSON['Surname']")
    assert not mine["death_in_doubt"].any()
    assert not mine["restricted"].any(), "nor that another organisation's record is restricted"


def test_whom_people_keep_apart_has_nothing_of_the_other(register):
    first = run(register, 0, RW3=[row("RW3", DEAD)])
    mine = first.entries[(first.entries["family_name"] == PERSON["Surname"]).to_numpy()]
    ids = mine.set_index("organisation")["entry_id"].to_dict()
    said = [
        AnswerRow(
            f"A-{code}",
            f"Q-{code}",
            "patient",
            tuple(sorted((ids[code], ids["RW3"]))),
            (0, 1),
            "different people",
            reviewer="A. Clerk",
            organisation=code,
        )
        for code in ("RM3", "RBK")
    ]
    register.add_answers(said[:1])
    assert of_patient(run(register, 1, RW3=[]))["death_in_doubt"].any(), "RBK's may be the dead"
    register.add_answers(said[1:])
    assert not of_patient(run(register, 1, RW3=[]))["death_in_doubt"].any()


def test_a_start_of_who_may_be_another_person_is_in_no_other_view(register, tmp_path):
    """RW3's Chidi leaves while RM3 lists an Emeka under his number and identifier."""
    early = row("RW3", {"RTT start": "21/05/2025"})
    run(register, 0, RM3=[], RBK=[], RW3=[early])
    twin = row("RM3", {"Forename": "Emeka", "NHS number status": "03"})
    later = run(register, 1, RM3=[twin], RBK=[], RW3=[])
    assert (of_patient(later)["rtt_start_status"] == "of_closed_row").all(), "no wait is shorter"
    view = in_view(later, "RM3", tmp_path)
    assert not view["combined_list"]["rtt_start_note"].fillna("").str.contains("RW3").any()
    assert "RW3 1" not in {*view["provenance"]["organisation"]}
    same = row("RM3")
    sure = run(register, 1, RM3=[same], RBK=[], RW3=[])
    view = in_view(sure, "RM3", tmp_path)
    assert view["combined_list"]["rtt_start_note"].fillna("").str.contains("RW3").any()


said = st.fixed_dictionaries(
    {
        "patient_id": st.sampled_from(["P-1", "P-2", "P-3"]),
        "organisation": st.sampled_from(["RM3", "RW3"]),
        "nhs_number": st.sampled_from([None, "9990000018", "9990000026"]),
        "restricted": st.sampled_from([None, True, False]),
        "died": st.booleans(),
        "listed": st.booleans(),
        "now": st.sampled_from([None, True, False]),
    }
)


@settings(max_examples=60)
@given(st.lists(said, min_size=1, max_size=6))
def test_marks_are_those_of_one_row_after_another(rows):
    then = snapshot(rows)
    listed = [at for at, each in enumerate(rows) if each["listed"]]
    now = then.iloc[listed].reset_index(drop=True)
    now["restricted"] = pd.array([rows[at]["now"] for at in listed], dtype="boolean")
    found = marks(now, then, pd.Series(listed, dtype="int64").to_numpy())
    expected = set()
    for each in rows:
        of = [at for at in listed if one_patient(rows[at], each)]
        own = [rows[at]["now"] for at in of if rows[at]["organisation"] == each["organisation"]]
        silent = each["now"] is None if each["listed"] else True in own or False not in own
        if each["died"] and not each["listed"]:
            expected |= {(f"E-{at}", DIED) for at in of}
        if each["restricted"] and silent:
            expected |= {(f"E-{at}", RESTRICTED) for at in of}
    assert {*zip(found["entry_id"], found["mark"], strict=True)} == expected


def one_patient(one: dict[str, object], other: dict[str, object]) -> bool:
    same_number = one["nhs_number"] and one["nhs_number"] == other["nhs_number"]
    return bool(same_number) or one["patient_id"] == other["patient_id"]


def snapshot(rows: list[dict[str, object]]) -> pd.DataFrame:
    died = [dt.datetime(2026, 11, 1) if each["died"] else None for each in rows]  # noqa: DTZ001
    plain = ("family_name", "given_name", "treatment_function_code", "rtt_status", "removal_reason")
    return pd.DataFrame(
        {
            "entry_id": [f"E-{at}" for at in range(len(rows))],
            **{
                name: pd.Categorical([each[name] for each in rows])
                for name in ("patient_id", "organisation", "nhs_number")
            },
            **{
                name: pd.Categorical([None] * len(rows)) for name in (*plain, "main_specialty_code")
            },
            "birth_date": pd.to_datetime([None] * len(rows)),
            "death_date": pd.to_datetime(died),
            "left_date": pd.to_datetime([None] * len(rows)),
            "restricted": pd.array([each["restricted"] for each in rows], dtype="boolean"),
        }
    )
