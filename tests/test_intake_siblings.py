"""What a column is, seen beside the other columns and by the values of closed lists."""

from __future__ import annotations

import pandas as pd
import pytest

from waitlist_merge.intake import Extract
from waitlist_merge.intake.columns import SURE
from waitlist_merge.plan import ExtractPlan

NUMBERS = ["9990000018", "9990000026", "9990000034", "9990000042", "9990000050"]
GIVEN = ["JOHN", "MARY", "DAVID", "SUSAN", "PETER"]
FAMILY = ["OKAFOR", "NOWAK", "SMYTHE", "PATEL", "O'NEILL"]
PRACTICES = ["B81001", "B82002", "C83003", "P84004", "Y00123"]
SERVICES = ["110", "130", "Urology", "ENT", "General Surgery"]


def extract_of(table: dict[str, list[str]], **options) -> Extract:
    plan = ExtractPlan(path="*", **options) if options else None
    frame = pd.DataFrame({"NHS No": NUMBERS, **table})
    return Extract.from_frame(frame, organisation="RM3", options=plan)


def fields(extract: Extract) -> dict[str, str | None]:
    return {match.heading: match.field for match in extract.mapping if match.heading != "NHS No"}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param(
            {"Surname": FAMILY, "name_1": GIVEN, "name_2": GIVEN},
            {"name_1": "given_name", "name_2": "middle_name"},
            id="given names beside a surname",
        ),
        pytest.param(
            {"Forename": GIVEN, "Name": FAMILY}, {"Name": "family_name"}, id="a surname beside"
        ),
        pytest.param(
            {"Surname": FAMILY, "Forename": GIVEN, "Name 3": GIVEN},
            {"Name 3": "middle_name"},
            id="both are there",
        ),
        pytest.param(
            {"name_1": GIVEN, "name_2": FAMILY},
            {"name_1": "given_name", "name_2": "family_name"},
            id="told by the names",
        ),
        pytest.param(
            {"name_1": FAMILY, "name_2": GIVEN, "name_3": GIVEN},
            {"name_1": "family_name", "name_2": "given_name", "name_3": "middle_name"},
            id="family name first",
        ),
        pytest.param({"Name": GIVEN}, {"Name": "given_name"}, id="one alone: given names"),
        pytest.param({"Name": FAMILY}, {"Name": "family_name"}, id="one alone: family names"),
        pytest.param(
            {"name_1": FAMILY, "name_2": FAMILY},
            {"name_1": None, "name_2": None},
            id="not to be told",
        ),
        pytest.param(
            {"Name": [f"{a}, {b}" for a, b in zip(FAMILY, GIVEN, strict=True)]},
            {"Name": "full_name"},
            id="two words are a whole name",
        ),
    ],
)
def test_columns_that_only_say_name(columns, expected):
    found = fields(extract_of(columns))
    assert {heading: found[heading] for heading in expected} == expected


def test_a_hospital_of_whole_trusts_is_the_provider_where_no_other_is():
    trusts = ["RM3", "RW3", "RXR", "RM3", "RW3"]
    assert fields(extract_of({"Hospital": trusts})) == {"Hospital": "organisation"}
    both = fields(extract_of({"Hospital": trusts, "Provider": ["RM3"] * 5}))
    assert both == {"Hospital": "site_code", "Provider": "organisation"}


def test_a_sub_specialty_of_treatment_functions_is_the_specialty_where_no_other_is():
    assert fields(extract_of({"Subspecialty": SERVICES})) == {
        "Subspecialty": "treatment_function_code"
    }
    both = fields(extract_of({"Subspecialty": SERVICES, "TFC": ["110"] * 5}))
    assert both["Subspecialty"] == "sub_specialty"
    hands = ["Hands", "Hips", "Knees", "Feet", "Spine clinic"]
    assert fields(extract_of({"Subspecialty": hands})) == {"Subspecialty": "sub_specialty"}


FOURS = ["0001 2345 6789", "0002 2345 6789", "0003 2345 6789", "0004 2345 6789", "0005 2345 6789"]
POSTCODES = ["LS1 4AP", "BD3 9QX", "M13 9WL", "YO1 7HH", "HU1 3DT"]


@pytest.mark.parametrize(
    ("heading", "values", "field"),
    [
        ("Primary care provider", PRACTICES, "gp_practice_code"),
        ("GP", PRACTICES, "gp_practice_code"),
        ("x1", PRACTICES, "gp_practice_code"),
        ("Referring provider", PRACTICES, "referring_organisation"),
        ("GP", ["G1234567", "G2345678", "G3456789", "G4567890", "G5678901"], None),
        ("x1", ["A12345", "B23456", "C34567", "D45678", "E56789"], None),
        ("x1", POSTCODES, "postcode"),
        ("Practice location", POSTCODES, None),
        ("x1", FOURS, "unique_booking_reference_number"),
        ("x1", [text.replace(" ", "") for text in FOURS], None),
        ("Booked", [text.replace(" ", "") for text in FOURS], "unique_booking_reference_number"),
        ("Previous x1", POSTCODES, None),
        ("Clock", ["10", "20", "30", "90", "98"], "rtt_status"),
        ("x1", ["10", "20", "30", "90", "98"], None),
        ("Service line", SERVICES, "treatment_function_code"),
        ("x1", SERVICES, None),
        ("Elective kind", ["11", "12", "13", "11", "12"], "admission_method"),
        ("Lead organisation x1 y2", ["RM3", "RW3", "RXR", "RM3", "RW3"], "organisation"),
        ("Transfer organisation x1", ["RM3", "RW3", "RXR", "RM3", "RW3"], None),
    ],
)
def test_values_of_a_closed_list_are_used_where_no_heading_gives_the_field(heading, values, field):
    extract = extract_of({heading: values})
    assert fields(extract) == {heading: field}


def test_ethnic_categories_are_told_by_their_letters():
    letters = ["A", "B", "C", "F", "G", "H", "J", "K", "Z"]
    frame = pd.DataFrame({"Hosp No": [f"H{at}" for at in range(9)], "x1": letters})
    found = Extract.from_frame(frame, organisation="RM3")
    assert found.mapping[1].field == "ethnic_category"
    beyond = frame.assign(x1=[*"ABCDEIQUV"])
    assert Extract.from_frame(beyond, organisation="RM3").mapping[1].field is None


def test_a_column_with_its_own_heading_is_not_displaced_by_values():
    extract = extract_of({"Practice code": PRACTICES, "x1": PRACTICES})
    assert fields(extract) == {"Practice code": "gp_practice_code", "x1": None}


def test_what_is_used_but_not_sure_is_a_finding_that_says_how_to_change_it():
    extract = extract_of({"Hospital": ["RM301"] * 5, "Surname": FAMILY})
    [finding] = extract.findings.itertuples()
    assert finding.reason == "ambiguous_column"
    assert finding.field == "site_code"
    assert "'Hospital' was read as site_code" in finding.message
    assert "[extracts.columns] in merge.toml" in finding.message
    assert not any(value in finding.message for value in (*NUMBERS, *FAMILY, "RM301"))


def test_a_later_one_of_several_is_said_where_there_is_no_first():
    codes = ["W371", "C712", "T202", "W822", "W371"]
    alone = extract_of({"OPCS 2": codes})
    assert fields(alone) == {"OPCS 2": "procedure_code"}
    assert alone.findings["reason"].tolist() == ["ambiguous_column"]
    both = extract_of({"OPCS 2": codes, "OPCS 1": codes})
    assert fields(both) == {"OPCS 2": None, "OPCS 1": "procedure_code"}
    assert "ambiguous_column" not in both.findings["reason"].tolist()


def test_the_configuration_is_not_overruled_by_the_other_columns():
    columns = {"name_1": "family_name", "Hospital": "site_code", "OPCS 2": "procedure_code"}
    extract = extract_of(
        {"Forename": GIVEN, "name_1": GIVEN, "Hospital": ["RM3"] * 5, "OPCS 2": ["W371"] * 5},
        columns=columns,
    )
    assert {heading: fields(extract)[heading] for heading in columns} == columns
    assert extract.findings.empty


def test_every_column_that_is_used_is_sure_or_said():
    columns = {
        "Hospital": ["RM301"] * 5,
        "pcode": ["P2", "P3", "P2", "P4", "P3"],
        "Wait": ["9"] * 5,
    }
    extract = extract_of(columns)
    said = " ".join(extract.findings["message"])
    for match in extract.mapping:
        assert match.field is None or match.score >= SURE or repr(match.heading) in said
