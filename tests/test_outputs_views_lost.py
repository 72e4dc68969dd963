"""What a view tells of patients whom nobody lists: its own all, of others' what it may."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.errors import InputError
from waitlist_merge.outputs import read_tables
from waitlist_merge.outputs.views.held import sensitive_codes
from waitlist_merge.outputs.views.since import lost_of_services, unaccounted_of
from waitlist_merge.review.filing import read_workbooks
from waitlist_merge.review.snapshot import ENTRY_COLUMNS
from waitlist_merge.review.unaccounted import asked, unaccounted

with (Path(__file__).parent / "cases" / "lost_views.csv").open(encoding="utf-8") as _read:
    CASES = list(csv.DictReader(_read))
DAY = dt.date(2026, 11, 23)
OURS, THEIRS = "RM3", "RW3"


def lost(case: dict[str, str], *, retired: tuple[str, ...] = ()) -> pd.DataFrame:
    """The table of one need: an entry of each organisation, and one that is still listed."""
    rows = []
    for entry_id, code in (("E-2", OURS), ("E-1", THEIRS), ("E-3", "RBK")):
        said = dict(each.split("=") for each in case[code].split()) if case.get(code) else {}
        listed = code == "RBK"
        rows.append(
            {
                "entry_id": entry_id,
                "organisation": code,
                "patient_id": "P-1",
                "pathway_id": "W-2" if listed else "W-1",
                "patient_confidence": "certain",
                "outcome": "single",
                "departure": None if listed else "unexplained",
                "left_date": pd.NaT if listed else pd.Timestamp(DAY),
                "local_patient_identifier": f"{code}-77",
                "family_name": f"Okafor{code}",
                "nhs_number": "9990000018",
                "treatment_function_code": "110",
                "priority_code": "P2" if code == THEIRS else "P4",
                **said,
            }
        )
    frame = pd.DataFrame(rows)
    frame = pd.DataFrame({name: frame.get(name, pd.NA) for name in ENTRY_COLUMNS}).replace(
        {"": None}
    )
    dates = {
        name: pd.to_datetime(frame[name]).astype("datetime64[s]")
        for name in ("left_date", "birth_date", "rtt_start_date", "tci_date")
    }
    dates["next_appointment_date"] = dates["tci_date"]
    flags = {
        name: frame[name].astype("string").eq("yes").astype("boolean")
        for name in ("suspected_cancer", "restricted")
    }
    said = frame.astype(object).assign(**dates, **flags)
    return unaccounted(said, run_date=DAY, retired=retired)


@pytest.mark.parametrize("case", CASES, ids=[each["id"] for each in CASES])
def test_a_need_that_two_have_lost(case: dict[str, str]) -> None:
    table = lost(case)
    assert len(table) == 1
    sensitive = sensitive_codes(["700-730"])
    told = unaccounted_of(OURS, table, sensitive=sensitive, run_date=DAY)
    assert len(told) == 1, "its own patient is in its view, whatever the other's entry is"
    row = told.iloc[0]
    assert row["question_id"] == table["question_id"].iloc[0]
    assert row["family_name"] == f"Okafor{OURS}", "its own patient by its own name"
    shared = case["shared"] == "yes"
    assert row["organisations"] == (f"{OURS};{THEIRS}" if shared else OURS)
    assert row["entry_ids"] == ("E-1;E-2" if shared else "E-2")
    numbers = f"{OURS} {OURS}-77" + (f";{THEIRS} {THEIRS}-77" if shared else "")
    assert row["hospital_numbers"] == numbers
    assert bool(row["each_kept_by_other"]) == shared
    assert row["priority_code"] == "P4", "the other's priority is the other's"
    everything = json.dumps(row.to_dict(), default=str)
    assert f"Okafor{THEIRS}" not in everything
    assert "RBK" not in everything
    if not shared:
        assert THEIRS not in everything
        assert "E-1" not in everything


def test_every_case_says_why() -> None:
    assert all(case["why"] for case in CASES)


@pytest.mark.parametrize(
    ("ours", "theirs", "status", "in_view"),
    [
        ("01", "01", "01", "01"),
        ("04", "01", "01", "04"),  # the view's own entry alone says how sure its number is
        ("04", "", "04", "04"),
        ("01 nhs_number=9990000026", "", "", "01"),  # verified is another number than the one shown
    ],
)
def test_how_sure_the_number_is_goes_with_it(
    ours: str, theirs: str, status: str, in_view: str
) -> None:
    said = {OURS: f"nhs_number_status={ours}", THEIRS: f"nhs_number_status={theirs}"}
    table = lost(said)
    told = unaccounted_of(OURS, table, sensitive=frozenset(), run_date=DAY)
    assert table["nhs_number_status"].fillna("").tolist() == [status]
    assert told["nhs_number_status"].fillna("").tolist() == [in_view]


def test_what_others_have_lost_is_in_no_view_but_theirs() -> None:
    table = lost(CASES[0])
    sensitive = sensitive_codes([])
    assert unaccounted_of("RBK", table, sensitive=sensitive, run_date=DAY).empty
    assert unaccounted_of("RBK", table.iloc[:0], sensitive=sensitive, run_date=DAY).empty


@pytest.mark.parametrize(
    ("restricted", "retired", "who"),
    [
        ("", "", "Booking clerk at RM3 and RW3"),
        ("", THEIRS, "Booking clerk at RM3"),
        ("yes", THEIRS, "Booking clerk at RM3"),
        ("", OURS, "Booking clerk at RW3"),
        ("yes", OURS, "A coordinator"),
    ],
)
def test_who_has_closed_for_good_is_not_asked(restricted: str, retired: str, who: str) -> None:
    table = lost({THEIRS: f"restricted={restricted}"}, retired=(retired,))
    told = unaccounted_of(OURS, table, sensitive=frozenset(), run_date=DAY)
    assert asked(told)["who_answers"].tolist() == [who]
    assert retired not in asked(told)["answer_effects"].iloc[0] or not retired
    assert restricted == "" or THEIRS not in json.dumps(told.iloc[0].to_dict(), default=str)
    older = table.drop(columns="retired_organisations")
    assert len(unaccounted_of(OURS, older, sensitive=frozenset(), run_date=DAY)) == 1


def test_needs_that_are_lost_go_with_any_service_of_their_entries() -> None:
    table = lost({OURS: "treatment_function_code=130"})
    assert len(lost_of_services(table, ["130"])) == len(lost_of_services(table, ["110"])) == 1
    assert lost_of_services(table, ["120"]).empty


def test_a_folder_of_an_older_version_is_one_line_and_none_where_nobody_is_lost() -> None:
    older = lost(CASES[0]).drop(columns="last_said")
    asked = {"sensitive": sensitive_codes([]), "run_date": DAY}
    with pytest.raises(InputError, match=r"older version, .* merge the lists again"):
        unaccounted_of(OURS, older, **asked)
    assert unaccounted_of(OURS, older.iloc[:0], **asked).empty


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
IDS = ("question_id", "entry_ids", "sides", "patient_ids", "pathway_ids")
"""Letters by chance: now and then they spell the code of an organisation."""

STAYS = PERSON | {
    "NHS number": "9990000026",
    "Surname": "Nowak",
    "Forename": "Ewa",
    "DOB": "1948-11-21",
    "Hospital number": "H2",
    "Patient pathway identifier": "RM3000067890",
}


@pytest.mark.parametrize(
    ("theirs", "organisations"),
    [({}, "RM3;RW3"), ({"Restricted": "yes"}, "RM3"), ({"Treatment function code": ""}, "RM3")],
)
def test_the_views_of_a_run_ask_each_about_its_own_patient(
    tmp_path: Path, fill: Callable[..., Path], theirs: dict[str, str], organisations: str
) -> None:
    with wm.Register.open(tmp_path / "register.db") as register:
        for week in range(2):
            day = dt.date(2026, 11, 16) + dt.timedelta(weeks=week)
            rows = {
                code: [*([] if week else [PERSON | said]), STAYS | {"Hospital number": f"{code}2"}]
                for code, said in (("RM3", {}), ("RW3", {"Hospital number": "H9"} | theirs))
            }
            lists = [
                wm.Extract.from_frame(pd.DataFrame(each), organisation=code, census_date=day)
                for code, each in rows.items()
            ]
            result = wm.merge(lists, register=register)
        assert result.unaccounted["organisations"].tolist() == ["RM3;RW3"]
        result.save_views(tmp_path / "views", ["all"], tables="csv", workbook=True)
        for code in ("RM3", "RW3"):
            view = read_tables(tmp_path / "views" / code)
            whose = organisations if organisations == "RM3;RW3" else code
            assert view["unaccounted"]["organisations"].tolist() == [whose]
            assert view["unaccounted"]["family_name"].tolist() == ["Okafor"]
            [asked] = view["review_queue"].query("level == 'unaccounted'").to_dict("records")
            assert asked["organisations"] == whose
            assert asked["sides"] == asked["entry_ids"] == view["unaccounted"]["entry_ids"].iloc[0]
            if whose == code:
                other = {"RM3": "RW3", "RW3": "RM3"}[code]
                named = {name: each for name, each in asked.items() if name not in IDS}
                assert other not in json.dumps(named, default=str)
        answered = fill(tmp_path / "views" / "RM3" / "combined_list.xlsx", tmp_path / "said.xlsx")
        filed = read_workbooks([answered], register, today=day)
        assert filed.problems == []
        assert filed.new_answers == 1
        again = wm.merge(lists, register=register)
        first = again.review_queue.iloc[0]
        assert "RM3 has said what became of the patient" in first["why"]
        shown_both = organisations == "RM3;RW3"
        assert (
            first["said"] == "RM3 accounted for 23 Nov 2026"
            if shown_both
            else pd.isna(first["said"])
        )
        again.save_views(tmp_path / "after", ["RW3"], tables="csv", workbook=False)
        left = read_tables(tmp_path / "after" / "RW3")["review_queue"].iloc[0]
        assert (left["level"], pd.isna(left["said"])) == ("unaccounted", True)
