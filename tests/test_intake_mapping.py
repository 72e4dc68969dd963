"""Which column is used for which field of an extract."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from waitlist_merge.errors import ConfigError, RefusedExtract
from waitlist_merge.intake import Extract, check_report, check_table, read_extract
from waitlist_merge.plan import ExtractPlan

PERSON = {"NHS No": ["9990000018"], "Surname": ["Smith"]}


def extract_of(table, /, **options) -> Extract:
    organisation = options.pop("organisation", "RM3")
    plan = ExtractPlan(path="*", **options) if options else None
    return Extract.from_frame(pd.DataFrame(table), organisation=organisation, options=plan)


def fields(extract: Extract) -> dict[str, str | None]:
    return {match.heading: match.field for match in extract.mapping}


def reasons(extract: Extract) -> list[str]:
    return extract.findings["reason"].tolist()


def test_the_best_of_two_columns_is_used_and_the_other_reported():
    columns = {**PERSON, "Referral Date Int": ["01/02/2026"], "Referral Date": ["03/02/2026"]}
    extract = extract_of(columns)
    assert fields(extract)["Referral Date"] == "referral_date"
    assert fields(extract)["Referral Date Int"] is None
    assert extract.text["referral_date"].tolist() == ["03/02/2026"]
    assert "duplicate_column" in reasons(extract)


def test_address_lines_are_joined_in_their_order():
    columns = {
        "NHS No": ["9990000018", "9990000026", "9990000034"],
        "Addr 1": ["1 High St", None, None],
        "Addr 2": [None, None, "Flat 2"],
        "Town": ["Leeds", None, "York"],
    }
    text = extract_of(columns).text
    assert text["address"].astype(object).where(text["address"].notna(), None).tolist() == [
        "1 High St, Leeds",
        None,
        "Flat 2, York",
    ]


def test_a_whole_address_wins_over_its_lines():
    columns = {**PERSON, "Address 1": ["1 High St"], "Full address": ["1 High St, Leeds"]}
    assert fields(extract_of(columns))["Address 1"] is None
    assert extract_of(columns).text["address"].tolist() == ["1 High St, Leeds"]


def test_a_second_given_name_is_a_middle_name():
    text = extract_of({**PERSON, "Forename 2": ["Jane"], "Forename 1": ["Ann"]}).text
    assert text["given_name"].tolist() == ["Ann"]
    assert text["middle_name"].tolist() == ["Jane"]


@pytest.mark.parametrize(("with_code", "used"), [(True, None), (False, "consultant_code")])
def test_a_consultants_name_stands_in_for_a_code_only(with_code, used):
    columns = {**PERSON, "Consultant Name": ["Mr A Patel"]}
    if with_code:
        columns["Consultant Code"] = ["C1234567"]
    assert fields(extract_of(columns))["Consultant Name"] == used


@pytest.mark.parametrize(
    ("month", "expected"), [("3", "1962-03-05"), ("March", "5 March 1962"), (None, None)]
)
def test_parts_of_a_birth_date_are_put_together(month, expected):
    columns = {
        "Surname": ["Smith", "Khan"],
        "Birth Day": ["5", "6"],
        "Birth Month": [month, "4"],
        "Birth Year": ["1962", "1970"],
    }
    text = extract_of(columns).text
    born = text["birth_date"].astype(object).where(text["birth_date"].notna(), None)
    assert born.tolist() == [expected, "1970-04-06"]


def test_parts_are_not_used_beside_a_whole_birth_date():
    columns = {**PERSON, "DOB": ["5/3/1962"], "Birth Day": ["5"], "Birth Month": ["3"]}
    extract = extract_of({**columns, "Birth Year": ["1962"]})
    assert extract.text["birth_date"].tolist() == ["5/3/1962"]
    assert fields(extract)["Birth Year"] is None


def test_the_configuration_decides_first():
    columns = {"PASREF": ["A1"], "Their number": ["9990000018"], "NHS No": ["9990000026"]}
    extract = extract_of(columns, columns={"their  NUMBER": "nhs_number", "PASREF": "comments"})
    assert extract.text["nhs_number"].tolist() == ["9990000018"]
    assert fields(extract) == {"PASREF": "comments", "Their number": "nhs_number", "NHS No": None}
    match = extract.mapping[1]
    assert (match.score, match.reason) == (1.0, "set in the configuration")


def test_a_configured_column_that_is_not_there_names_the_nearest():
    with pytest.raises(ConfigError, match="no column 'Surnam'; the nearest is 'Surname'"):
        extract_of(PERSON, columns={"Surnam": "family_name"})


def test_a_column_can_be_left_out():
    columns = {**PERSON, "Referral Date": ["03/02/2026"], "Ref Received": ["04/02/2026"]}
    extract = extract_of(columns, columns={"Referral Date": "ignore"})
    assert fields(extract)["Referral Date"] is None
    assert extract.text["referral_date"].tolist() == ["04/02/2026"]
    assert extract.mapping[2].reason == "not to be used, as the configuration says"
    assert extract.findings.empty


def test_constants_stand_in_every_row():
    text = extract_of({**PERSON, "TFC": ["110"]}, constants={"treatment_function_code": "130"}).text
    assert text["treatment_function_code"].tolist() == ["130"]


def test_dates_of_a_configured_format_become_iso():
    extract = extract_of({**PERSON, "DOB": ["62.03.02"]}, date_format="%y.%d.%m")
    assert extract.text["birth_date"].tolist() == ["2062-02-03"]


def test_a_configured_date_order_is_passed_on_for_every_date():
    extract = extract_of({**PERSON, "DOB": ["3/2/62"], "TCI": ["1/2/26"]}, date_order="mdy")
    assert extract.date_orders == {"birth_date": "mdy", "tci_date": "mdy"}


def test_unmapped_columns_are_kept_on_request_only():
    columns = {**PERSON, "Shoe size": ["44"]}
    assert extract_of(columns).unmapped.empty
    kept = extract_of(columns, keep_unmapped=True).unmapped
    assert kept["Shoe size"].tolist() == ["44"]
    assert "unmapped_column" in reasons(extract_of(columns))


def test_an_ambiguous_column_is_left_and_reported():
    extract = extract_of({**PERSON, "pcode": [None]})
    assert fields(extract)["pcode"] is None
    assert "ambiguous_column" in reasons(extract)


@pytest.mark.parametrize(
    ("heading", "values", "unit"),
    [
        ("Weeks Waiting", ["10"], "weeks"),
        ("Days Waiting", ["10"], "days"),
        ("Current Wait", ["10", "110"], "weeks"),
        ("Current Wait", ["10", "500"], "days"),
    ],
)
def test_the_unit_of_a_stated_wait(heading, values, unit):
    columns = {"NHS No": ["9990000018", "9990000026"][: len(values)], heading: values}
    assert extract_of(columns).wait_unit == unit


class TestOrganisation:
    def test_one_in_a_column(self):
        extract = extract_of({**PERSON, "Provider Code": ["rm3"]}, organisation=None)
        assert extract.organisation == "RM3"
        assert "organisation" not in extract.text

    def test_several_in_a_column(self):
        columns = {
            "NHS No": ["9990000018", "9990000026"],
            "Provider Code": ["RM3", "RW3"],
        }
        extract = extract_of(columns, organisation=None)
        assert extract.organisation is None
        assert extract.text["organisation"].tolist() == ["RM3", "RW3"]

    def test_given_beside_a_column_that_says_another(self):
        extract = extract_of({**PERSON, "Provider Code": ["RW3"]})
        assert extract.organisation == "RM3"
        assert "organisation" not in extract.text
        assert "ambiguous_column" in reasons(extract)

    def test_in_the_configuration(self):
        assert extract_of(PERSON, organisation=None, constants={"organisation": "RW3"}) is not None
        plan = ExtractPlan(path="*", organisation="rw3")
        found = Extract.from_frame(pd.DataFrame(PERSON), options=plan)
        assert found.organisation == "RW3"

    def test_nowhere(self):
        with pytest.raises(RefusedExtract, match="whose list"):
            extract_of(PERSON, organisation=None)


def test_a_list_of_nobody_can_be_looked_at(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("NHS No,Surname\n9990000018,Smith\n")
    extract = read_extract(path, need_organisation=False)
    assert extract.organisation is None
    [finding] = extract.findings.itertuples()
    assert finding.reason == "organisation_unknown"
    assert "ORG=path" in finding.message


def test_the_table_and_the_report_of_a_check():
    extract = Extract.from_frame(
        pd.DataFrame({**PERSON, "Shoe size": ["44"]}),
        organisation="RM3",
        census_date=date(2026, 11, 15),
    )
    table = check_table([extract])
    assert table.columns.tolist() == ["file", "sheet", "heading", "field", "score", "reason"]
    assert table["field"].tolist()[:2] == ["nhs_number", "family_name"]
    report = check_report([extract])
    assert sorted(report) == ["findings", "formats", "mapping"]
    assert report["formats"][0]["census_date"] == "2026-11-15"
    assert report["findings"][0]["reason"] == "unmapped_column"
    assert "44" not in str(report)


def test_an_extract_shows_no_patient():
    extract = extract_of(PERSON)
    assert "Smith" not in repr(extract)
    assert "entries=1" in repr(extract)


def test_a_hospital_number_that_is_the_nhs_number_stays_one_beside_it():
    numbers = ["9990000018", "9990000026", "9990000034"]
    extract = extract_of({"Hospital No": numbers, "NHS No": numbers})
    assert fields(extract) == {
        "Hospital No": "local_patient_identifier",
        "NHS No": "nhs_number",
    }


def test_a_provider_column_with_a_total_below_says_one_organisation():
    columns = {
        "Provider Code": ["RXR", None, "Total"],
        "NHS No": ["9990000018", "9990000026", "2"],
    }
    extract = extract_of(columns, organisation=None)
    assert extract.organisation == "RXR"
    assert len(extract.text) == 2


def test_a_header_of_configured_headings_is_found(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("made for you\nq1,q2\n9990000018,Smith\n")
    plan = ExtractPlan(path="*", columns={"Q1": "nhs_number", "q2": "family_name"})
    extract = read_extract(path, organisation="RM3", options=plan)
    assert extract.text["family_name"].tolist() == ["Smith"]
