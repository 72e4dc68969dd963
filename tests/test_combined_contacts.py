"""Contact details: never chosen, a difference is a prompt, a restricted record's go nowhere."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.combined.contacts import DETAILS

HERE = {"organisation": "RM3", "treatment_function_code": "110", "rtt_start_date": "2026-01-01"}
THERE = HERE | {"organisation": "RW3", "treatment_function_code": "502"}
CHECK = "check_contact_details"


def row_of(told, organisation="RM3"):
    rows = told.combined.combined_list.set_index("shown_organisation")
    return rows.loc[organisation]


@pytest.mark.parametrize(
    ("here", "there", "differs"),
    [
        ({"phone": "07700900001"}, {"phone": "07700900002"}, "phone"),
        ({"phone": "07700900001"}, {"phone": "07700900001"}, None),
        ({"phone": "07700900001"}, {}, None),
        ({"postcode": "LS1 4DY"}, {"postcode": "LS2 9JT"}, "postcode"),
        ({"email": "a@example.org"}, {"email": "b@example.org"}, "email"),
        ({"address": "12 High Street, Leeds"}, {"address": "12 HIGH ST LEEDS"}, None),
        ({"address": "12 High Street, Leeds"}, {"address": "14 High Street, Leeds"}, "address"),
        (
            {"address": "1 Mill Lane", "phone": "07700900001", "postcode": "LS1 4DY"},
            {"address": "2 Mill Lane", "phone": "07700900002", "postcode": "LS1 4DY"},
            "address;phone",
        ),
    ],
)
def test_a_difference_is_named_and_to_be_checked_with_the_patient(
    here, there, differs, combined_of
):
    told = combined_of([HERE | here, THERE | there])
    for organisation in ("RM3", "RW3"):
        row = row_of(told, organisation)
        assert row["contact_differs"] == differs or (differs is None and pd.isna(differs))
        assert row["next_step"] == (CHECK if differs else "nothing_to_do")
        organisations = row["next_step_organisations"]
        assert organisations == "RM3;RW3" if differs else pd.isna(organisations)


def test_only_organisations_that_state_what_differs_are_concerned(combined_of):
    third = THERE | {"organisation": "RX1", "treatment_function_code": "301"}
    told = combined_of(
        [
            HERE | {"phone": "07700900001"},
            THERE | {"phone": "07700900002"},
            third | {"email": "a@example.org"},
        ]
    )
    assert row_of(told, "RX1")["contact_differs"] == "phone"
    assert row_of(told, "RX1")["next_step_organisations"] == "RM3;RW3"


@pytest.mark.parametrize(
    ("rows", "patient"),
    [
        ([HERE | {"phone": "07700900001"}, THERE | {"phone": "07700900002"}], [0, 1]),
        (
            [
                HERE | {"phone": "07700900001", "restricted": True},
                THERE | {"phone": "07700900002"},
            ],
            [0, 0],
        ),
        (
            [
                HERE | {"phone": "07700900001", "rtt_status": "30"},
                THERE | {"phone": "07700900002"},
            ],
            [0, 0],
        ),
        (
            [
                HERE
                | {
                    "phone": "07700900001",
                    "waiting_list_entry_identifier": "881",
                    "census_date": "2026-11-08",
                },
                HERE | {"phone": "07700900002", "waiting_list_entry_identifier": "881"},
            ],
            [0, 0],
        ),
    ],
    ids=["two people", "restricted", "closed", "sent again"],
)
def test_where_nothing_is_to_be_asked_nothing_is(rows, patient, combined_of):
    listed = combined_of(rows, patient=patient).combined.combined_list
    assert listed["contact_differs"].isna().all()
    assert (listed["next_step"] != CHECK).all()


def test_a_graver_step_comes_first(combined_of):
    told = combined_of(
        [
            HERE | {"phone": "07700900001", "death_date": "2026-05-01"},
            THERE | {"phone": "07700900002"},
        ]
    )
    assert row_of(told)["contact_differs"] == "phone"
    assert row_of(told)["next_step"] == "check_death"


SECRETS = {
    "Address": "7 Hidden Mews",
    "Postcode": "LS7 3QD",
    "Telephone": "07700900777",
    "E-mail": "hidden@example.org",
    "Comments": "lives with her sister at the mews",
}
OPEN = {
    "Address": "9 Plain Road",
    "Postcode": "LS9 8PP",
    "Telephone": "07700900999",
    "E-mail": "plain@example.org",
    "Comments": "prefers mornings",
}


@pytest.fixture(scope="module")
def merged(sent):
    need = {"PPID": "RM3000012345", "PPID issuer": "RM3", "RTT start": "2026-03-02"}
    lists = [
        sent("RM3", need | SECRETS | {"Restricted": "Y"}),
        sent("RW3", need | OPEN | {"Restricted": "N"}),
    ]
    return wm.merge(lists, census_date="2026-11-15")


def folded(text: object) -> str:
    return "".join(letter for letter in str(text).casefold() if letter.isalnum())


def test_details_of_a_restricted_record_are_in_no_table_but_beside_their_own_entry(merged):
    assert merged.combined_list["member_count"].tolist() == [2]
    own = merged.entries[merged.entries["organisation"] == "RM3"]
    for secret in SECRETS.values():
        seen = {
            name
            for name, table in merged.tables.items()
            for cell in table.astype(object).to_numpy().ravel()
            if folded(secret) in folded(cell)
        }
        assert seen == {"entries"}
        assert any(folded(secret) in folded(cell) for cell in own.astype(object).to_numpy().ravel())
    others = merged.entries[merged.entries["organisation"] != "RM3"]
    text = " ".join(map(folded, others.astype(object).to_numpy().ravel()))
    assert not [secret for secret in SECRETS.values() if folded(secret) in text]


def test_no_contact_detail_is_on_the_combined_list_or_chosen(merged):
    text = " ".join(map(folded, merged.combined_list.astype(object).to_numpy().ravel()))
    assert not [each for each in (*SECRETS.values(), *OPEN.values()) if folded(each) in text]
    assert not set(merged.combined_list) & {*DETAILS, "comments"}
    assert not set(merged.provenance["field"]) & {*DETAILS, "comments"}


def test_details_of_a_restricted_record_are_on_no_sheet(merged, tmp_path):
    merged.save(tmp_path / "out", tables="csv", workbook=True)
    book = openpyxl.load_workbook(tmp_path / "out" / "combined_list.xlsx", read_only=True)
    cells = [folded(each) for sheet in book for row in sheet.values for each in row if each]
    assert cells
    assert not [each for each in SECRETS.values() if any(folded(each) in cell for cell in cells)]
