"""How two entries of one organisation are told apart in words: nobody is called "other" twice."""

from __future__ import annotations

import pandas as pd
import pytest

import waitlist_merge as wm

PATIENT = {
    "NHS number": "9990000018",
    "Surname": "Okafor",
    "Forename": "Chidi",
    "DOB": "1971-05-03",
    "Hospital number": "H1",
    "Treatment function code": "110",
    "RTT status": "20",
}
HIP = {"Procedure code": "W371", "Decision to admit date": "2026-04-01"}


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (
            {"RTT start": "2026-05-01"} | HIP,
            {"RTT start": "2026-01-01", "Procedure code": "W401"},
            (
                "one entry of RM3 lists hip replacement, the other knee replacement; RM3's "
                "two clocks started 120 days apart (2026-01-01; 2026-05-01); "
                "one entry of RM3 has no decision to admit"
            ),
        ),
        (
            {"RTT start": "2026-05-01"} | HIP,
            {"RTT start": ""},
            (
                "one entry of RM3 names no procedure; one entry of RM3 states no clock start; "
                "one entry of RM3 has no decision to admit"
            ),
        ),
        (
            {"RTT start": ""},
            {"RTT start": "", "Waiting list entry ID": "W2"},
            "one entry of RM3 states no clock start; the other states no clock start",
        ),
    ],
    ids=["both-say", "one-says", "neither-says"],
)
def test_two_entries_of_one_organisation_read_naturally(
    first: dict[str, str], second: dict[str, str], told: str
) -> None:
    rows = pd.DataFrame([PATIENT | first, PATIENT | second]).fillna("")
    result = wm.merge([wm.Extract.from_frame(rows, organisation="RM3")], census_date="2026-11-15")
    assert told in result.pathway_links["explanation"].item()


def test_entries_of_two_organisations_are_called_by_their_organisations() -> None:
    lists = [
        wm.Extract.from_frame(pd.DataFrame([PATIENT | said]), organisation=code)
        for code, said in (
            ("RM3", {"RTT start": "2026-05-01"} | HIP),
            ("RW3", {"RTT start": "2026-05-02", "Procedure code": "W401"}),
        )
    ]
    result = wm.merge(lists, census_date="2026-11-15")
    said = result.pathway_links["explanation"].item()
    assert "RW3 lists knee replacement, RM3 hip replacement" in said
    assert "RM3's clock started 1 day before RW3's (2026-05-01; 2026-05-02)" in said
    assert "RW3's entry has no decision to admit" in said
