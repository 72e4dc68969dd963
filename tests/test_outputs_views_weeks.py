"""What a view tells of the week before: nothing that rests on an entry which it may not hold."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.outputs import read_tables
from waitlist_merge.outputs.columns import conform
from waitlist_merge.outputs.views.changed import GONE, changes_of
from waitlist_merge.outputs.views.since import spoken_of
from waitlist_merge.review.changes import BY_ANOTHER

NUMBERS = {
    "leaves": "9990000018",
    "comes": "9990000026",
    "dies": "9990000034",
    "stays": "9990000050",
}
"""RM3 has all of them for an operation; what RW3 has of them is withheld, but for ``stays``.

RM3's entry of ``leaves`` goes in the second week, RW3's of ``comes`` is new in it, and RW3 knows
that ``dies`` has died.
"""

CENSUS = dt.date(2026, 11, 16)
THEIR_START = "2026-05-21"
THEIRS = {
    "leaves": {"RTT start": THEIR_START},
    "comes": {"RTT start": "2025-08-19"},
    "dies": {"Date of death": "2026-11-01"},
}


def row(kind: str, organisation: str, *, quiet: str) -> dict[str, str]:
    """An entry; at RW3 it is of a restricted record, or only the doctor's specialty is told."""
    place = list(NUMBERS).index(kind)
    hidden = quiet if organisation == "RW3" and kind != "stays" else ""
    return {
        "NHS number": NUMBERS[kind],
        "NHS number status": "01",
        "Surname": f"Bar{'abcd'[place]}nek",
        "Forename": "Ewa",
        "DOB": f"1962-02-0{place + 1}",
        "Hospital number": f"{organisation}{place}",
        "Treatment function code": "" if hidden == "specialty" else "110",
        "Main specialty code": "710" if hidden == "specialty" else "",
        "Restricted": "Y" if hidden == "restricted" else "",
        "Date of death": "",
        "RTT start": "2026-03-02",
        "RTT status": "20",
        "Patient pathway identifier": f"RM30000{place}2345",
        "PPI issuer": "RM3",
    } | (THEIRS.get(kind, {}) if organisation == "RW3" else {})


@pytest.fixture(scope="module", params=["specialty", "restricted"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The view of RM3 and the whole list beside it, in the second week."""
    out = tmp_path_factory.mktemp(request.param)
    with wm.Register.open(out / "register.db") as register:
        for week in range(2):
            gone = {"RM3": {"leaves"} if week else set(), "RW3": set() if week else {"comes"}}
            lists = [
                wm.Extract.from_frame(
                    pd.DataFrame(
                        [
                            row(kind, code, quiet=request.param)
                            for kind in NUMBERS
                            if kind not in gone[code]
                        ]
                    ),
                    organisation=code,
                    census_date=CENSUS + dt.timedelta(weeks=week),
                )
                for code in ("RM3", "RW3")
            ]
            result = wm.merge(lists, register=register)
    result.save(out / "whole", tables="csv", workbook=False)
    result.save_views(out / "views", ["RM3"], tables="csv")
    return out / "views" / "RM3"


def changes(folder: Path) -> pd.DataFrame:
    return read_tables(folder)["changes"].set_index("change")


def test_the_whole_list_tells_what_the_view_must_not(folder: Path) -> None:
    """Without these the other tests would say nothing."""
    whole = read_tables(folder.parents[1] / "whole")
    told = changes(folder.parents[1] / "whole").query("organisation == 'RM3'")
    assert whole["combined_list"]["rtt_start_note"].str.contains(THEIR_START).any()
    assert told.loc["newly_duplicated", "after"] == "proposed_duplicate"
    assert told.loc["gone", "after"] in ("moved", "still_listed")
    dead = whole["findings"].query("reason == 'deceased' and organisation == 'RM3'")
    assert len(dead) == 1


def test_a_view_does_not_tell_by_its_changes_where_else_a_patient_waits(folder: Path) -> None:
    told = changes(folder)
    assert told.index.tolist() == ["gone"]
    [gone] = told.to_dict("records")
    assert gone["explanation"] == GONE
    assert gone["order"] == 1
    assert pd.isna(gone["after"])


def test_no_page_of_the_week_tells_of_a_death_that_the_view_does_not_hold(
    folder: Path, everything_in: Callable[[Path], str]
) -> None:
    rows = openpyxl.load_workbook(folder / "weekly_RM3.xlsx")["Findings"].iter_rows(
        values_only=True
    )
    assert "deceased" not in {row[2] for row in rows}
    assert "deceased" not in {*read_tables(folder)["findings"]["reason"]}
    assert THEIR_START not in everything_in(folder)


# Row by row: what stays, what is cut.

ENTRIES = pd.DataFrame(
    [
        ("E-1", "P-1", "W-1", "shown", "Fills the row"),
        ("E-2", "P-2", "W-2", "proposed_duplicate", "Probably the same"),
        ("E-3", "P-3", "W-3", "not_waiting", "Not waiting: the clock was stopped"),
    ],
    columns=["entry_id", "patient_id", "pathway_id", "outcome", "reason"],
)
UNSEEN = pd.DataFrame([("P-3", "W-3"), ("P-4", "W-4")], columns=["patient_id", "pathway_id"])
SECRET = UNSEEN[1:]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"change": "newly_duplicated", "entry_id": "E-1", "after": "proposed_duplicate"}, None),
        (
            {"change": "newly_duplicated", "entry_id": "E-2", "after": "proposed_duplicate"},
            {"after": "proposed_duplicate", "explanation": "Probably the same", "before": "was"},
        ),
        (
            {"change": "newly_duplicated", "entry_id": "E-2", "after": "confirmed_duplicate"},
            {"after": "proposed_duplicate", "explanation": "Probably the same", "before": None},
        ),
        ({"change": "start_later", "pathway_id": "W-4", "after": "2026-05-21"}, None),
        ({"change": "start_earlier", "pathway_id": "W-3", "before": "2026-05-21"}, None),
        ({"change": "start_later", "pathway_id": "W-2", "after": "2026-05-21"}, None),
        (
            {
                "change": "start_later",
                "entry_id": "E-3",
                "pathway_id": "W-3",
                "after": "2026-05-21",
            },
            {"after": "2026-05-21", "explanation": "why"},
        ),
        (
            {"change": "start_later", "pathway_id": "W-1", "after": "2026-05-21"},
            {"after": "2026-05-21", "before": "was"},
        ),
        (
            {"change": "gone", "entry_id": "E-9", "pathway_id": "W-1", "after": "still_listed"},
            {"after": "still_listed", "explanation": "why"},
        ),
        (
            {"change": "gone", "entry_id": "E-9", "pathway_id": "W-9", "after": "moved"},
            {"after": None, "explanation": GONE},
        ),
        (
            {"change": "gone", "entry_id": "E-9", "patient_id": "P-4", "after": "died"},
            {"after": None, "explanation": GONE},
        ),
        (
            {"change": "gone", "entry_id": "E-9", "patient_id": "P-9", "after": "died"},
            {"after": "died", "explanation": "why"},
        ),
        (
            {
                "change": "gone",
                "entry_id": "E-9",
                "patient_id": "P-9",
                "after": "died",
                "explanation": f"A death is recorded{BY_ANOTHER}",
            },
            {"after": None, "explanation": GONE},
        ),
        (
            {"change": "closed", "entry_id": "E-3", "patient_id": "P-3", "after": "still_listed"},
            {"after": None, "explanation": "Not waiting: the clock was stopped"},
        ),
        (
            {"change": "decided", "patient_id": "P-4", "pathway_id": "W-4", "after": "same need"},
            {"after": "same need", "patient_id": None, "pathway_id": None, "explanation": "why"},
        ),
        (
            {"change": "decided", "patient_id": "P-1", "pathway_id": "W-1"},
            {"patient_id": "P-1", "pathway_id": "W-1"},
        ),
        (
            {"change": "ids_merged", "organisation": "RM3;RW3", "before": "P-7", "after": "P-3"},
            {"organisation": "RM3", "before": "P-7", "explanation": "Two ids have become one"},
        ),
        ({"change": "ids_merged", "organisation": "RM30;RW3", "after": "P-3"}, None),
        ({"change": "ids_merged", "before": "W-7", "after": "W-4"}, None),
        ({"change": "id_split", "before": "P-4", "after": "P-1"}, None),
        (
            {"change": "id_split", "before": "P-3", "after": "P-1"},
            {"after": "P-1", "explanation": "One id has become two"},
        ),
        ({"change": "new", "entry_id": "E-1"}, {"explanation": "why"}),
        ({"change": "new", "entry_id": "E-1", "organisation": "RW3"}, None),
    ],
)
def test_each_kind_of_change(change: dict[str, str], told: dict[str, str | None] | None) -> None:
    row = {"organisation": "RM3", "before": "was", "explanation": "why"} | change
    made = changes_of(
        "RM3",
        conform("changes", pd.DataFrame([row])),
        entries=ENTRIES,
        unseen=UNSEEN,
        secret=SECRET,
        starts={"W-2"},
    )
    if told is None:
        assert made.empty
        return
    [found] = made.astype(object).where(made.notna(), None).to_dict("records")
    assert {name: found[name] for name in told} == told


# What a spreadsheet would run is text in every file.

DANGEROUS = ("=1+1", "+44 113", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "＝1")


def test_what_a_spreadsheet_would_run_is_text_in_every_file_of_a_view(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "NHS number": [*NUMBERS.values()] * 2,
            "Surname": [f"Bar{each}nek" for each in "abcdefgh"],
            "Hospital number": [f"=H{at}" for at in range(len(DANGEROUS))],
            "Treatment function code": "110",
            "RTT start": "2026-03-02",
            "Comments": DANGEROUS,
        }
    )
    extract = wm.Extract.from_frame(rows, organisation="RM3", name="=list.csv")
    result = wm.merge([extract], census_date=CENSUS)
    result.save_views(tmp_path, ["RM3"], tables="csv")
    folder = tmp_path / "RM3"
    for book in ("combined_list.xlsx", "weekly_RM3.xlsx"):
        with zipfile.ZipFile(folder / book) as parts:
            sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
        assert sheets
        assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]
        cells = {
            str(cell.value): cell.data_type
            for sheet in openpyxl.load_workbook(folder / book)
            for row in sheet.iter_rows()
            for cell in row
        }
        assert cells["=H0"] in ("s", "inlineStr")
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            fields = [field for line in csv.reader(file) for field in line]
        assert not [each for each in fields if each.startswith(tuple("=+@\t\r＝"))]
    again = read_tables(folder)["entries"]
    assert sorted(again["comments"].dropna()) == sorted(result.entries["comments"].dropna())
    assert set(again["local_patient_identifier"]) == {f"=H{at}" for at in range(len(DANGEROUS))}


def test_a_view_tells_of_contacts_that_are_its_own_or_about_what_it_holds() -> None:
    contacts = pd.DataFrame(
        {
            "contact_id": ["C-1", "C-2", "C-3", "C-4"],
            "entry_ids": ["E-1;E-2", "E-1;E-9", "E-1;E-9", "E-8;E-9"],
            "organisation": ["RW3", "RW3", "RM3", "RM3"],
        }
    )
    told = spoken_of("RM3", contacts, {"E-1", "E-2"})
    assert told["contact_id"].tolist() == ["C-1", "C-3"]
    assert spoken_of("RM3", pd.DataFrame(), {"E-1"}).empty
