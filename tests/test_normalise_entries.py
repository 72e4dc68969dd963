"""The contract of typed entries: columns and types, rows kept in place, sources, findings."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.normalise import names, normalise, normalise_person
from waitlist_merge.normalise.people import PERSON_COLUMNS
from waitlist_merge.normalise.reading import as_texts, is_blank
from waitlist_merge.reasons import Fault
from waitlist_merge.schema import CANONICAL, DATE_FIELDS, FLAG_FIELDS, TEXT_FIELDS

CENSUS = dt.date(2026, 11, 15)
PRIORITIES = ["priority_type", "priority_code"]
MESSY = st.sampled_from(
    [
        "",
        " ",
        "NULL",
        "UNKNOWN",
        "999 012 3462",
        "4000000012.0",
        "9999999999",
        "1.2E+10",
        "SMITH, John (Mr)",
        "O;BRIEN (NEE SMITH)",
        "BABY OF ANN",
        "Łucja",
        "李",
        "01/02/1962",
        "13-Nov-14",
        "31/12/9999",
        "32421",
        "F",
        "A1",
        "ab12cd",
        "ZZ99 3VZ",
        "a81001",
        "R",
        "+44 7700 900123",
        "a@b.org",
        "No",
        "RH802",
        "P2",
        "3",
        "R THR",
        "W37.1 Z942",
        "110 - Trauma and Orthopaedic",
        "18w 2d",
    ]
)
MESSY = MESSY | st.text(max_size=12)


def read(columns, **options):
    options = {"organisation": "RM3", "census_date": CENSUS} | options
    return normalise(pd.DataFrame(columns), **options)


def check_contract(result, rows):
    entries = result.entries
    assert list(entries.columns[: len(CANONICAL)]) == list(CANONICAL)
    assert all(name.endswith("_source") for name in entries.columns[len(CANONICAL) :])
    assert entries.index.equals(pd.RangeIndex(rows))
    for name in TEXT_FIELDS:
        assert isinstance(entries[name].dtype, pd.CategoricalDtype), name
        assert all(isinstance(each, str) and each for each in entries[name].cat.categories), name
    assert all(entries[name].dtype == "datetime64[s]" for name in DATE_FIELDS)
    assert all(entries[name].dtype == "boolean" for name in FLAG_FIELDS)
    assert entries["stated_wait"].dtype == "float64"
    assert list(result.findings.columns) == ["row", "field", "reason", "message", "count"]
    assert result.findings["row"].between(-1, rows - 1).all()
    assert set(result.findings["reason"]) <= {each.value for each in Fault}
    assert (result.findings["count"] > 0).all()


@settings(max_examples=60)
@given(
    st.integers(0, 6).flatmap(
        lambda rows: st.dictionaries(
            st.sampled_from([*CANONICAL, "full_name"]),
            st.lists(st.none() | MESSY, min_size=rows, max_size=rows),
            max_size=8,
        ).map(lambda columns: (rows, columns))
    )
)
def test_whatever_the_rows_contain_the_contract_holds(given_columns):
    rows, columns = given_columns
    text = pd.DataFrame(columns, index=pd.RangeIndex(rows), dtype=object)
    result = normalise(text, organisation="RM3", census_date=CENSUS)
    check_contract(result, rows)


@given(st.lists(MESSY, min_size=1, max_size=8), st.sampled_from([*CANONICAL]))
def test_nothing_is_coerced_in_silence(values, field):
    """A cell that is neither blank nor read is kept as source text, whatever the field."""
    result = read({field: values}, organisation=None)
    source = f"{field}_source"
    for row, text in enumerate(values):
        missing = pd.isna(result.entries.loc[row, field])
        if missing and not is_blank(as_texts([text]))[0]:
            kept = result.entries[source].iloc[row] if source in result.entries else None
            assert kept == text


def test_no_rows_and_no_columns():
    check_contract(read({}), 0)
    check_contract(read({"nhs_number": []}), 0)


def test_fields_that_are_not_canonical_are_not_used():
    result = read({"shoe_size": ["9"], "gender": ["F"]})
    assert "shoe_size" not in result.entries


def test_the_organisation_given_fills_the_column():
    result = read({"organisation": ["XXX", None]})
    assert result.entries["organisation"].tolist() == ["RM3", "RM3"]


def test_without_one_the_organisation_comes_from_the_rows():
    result = read({"organisation": ["RH802", "NV701", None]}, organisation=None)
    assert result.entries["organisation"].tolist()[:2] == ["RH8", "NV701"]
    assert pd.isna(result.entries.loc[2, "organisation"])


def test_a_site_in_the_provider_column_is_kept_as_the_site():
    columns = {"organisation": ["RM301", "RM302", "RM3"], "site_code": [None, "RM399", None]}
    entries = read(columns, organisation=None).entries
    assert entries["organisation"].tolist() == ["RM3"] * 3
    assert entries["site_code"].tolist()[:2] == ["RM301", "RM399"]
    assert pd.isna(entries.loc[2, "site_code"])
    alone = read({"gender": ["F"]}, organisation="RM301").entries
    assert alone.loc[0, ["organisation", "site_code"]].tolist() == ["RM3", "RM301"]


def test_a_blank_provider_is_found():
    findings = read({"organisation": ["RM3", None, " ", "RH8"]}, organisation=None).findings
    assert findings[["row", "field", "reason"]].to_numpy().tolist() == [
        [1, "organisation", "incomplete"],
        [2, "organisation", "incomplete"],
    ]


def test_codes_found_in_the_text_are_one_finding_with_a_count():
    columns = {"procedure_code": ["W401", None, None], "procedure_text": ["x", "TKR", "L TKR"]}
    found = read(columns).findings
    assert found[["row", "field", "reason", "count"]].to_numpy().tolist() == [
        [-1, "procedure_code", "code_from_text", 2]
    ]


def test_control_characters_are_removed_and_kept_in_the_source():
    columns = {
        "family_name": ["Sm\x00ith", "Jones"],
        "local_patient_identifier": ["H\x001", "H2\x1f"],
        "nhs_number": ["400000\x000012", None],
    }
    entries = read(columns).entries
    assert entries["family_name"].tolist() == ["Smith", "Jones"]
    assert entries["family_name_source"].tolist()[0] == "Sm\x00ith"
    assert entries["local_patient_identifier"].tolist() == ["H1", "H2"]
    assert entries["local_patient_identifier_source"].tolist() == ["H\x001", "H2\x1f"]
    assert entries.loc[0, ["nhs_number", "nhs_number_source"]].tolist() == [
        "4000000012",
        "400000\x000012",
    ]


def test_the_census_date_fills_rows_without_one():
    result = read({"census_date": ["01/11/2026", None]})
    assert result.entries["census_date"].dt.date.tolist() == [dt.date(2026, 11, 1), CENSUS]


def test_sources_are_kept_only_where_something_changed():
    result = read(
        {
            "nhs_number": ["999 012 3462", "9990123462"],
            "postcode": ["ab12cd", "AB1 2CD"],
            "gender": ["F", "2"],
            "birth_date": ["25/12/1962", "1962-12-25"],
            "local_patient_identifier": ["h1 ", "H2"],
            "restricted": ["Y", "N"],
            "stated_wait": ["18.0", "7"],
        }
    )
    sources = [name for name in result.entries if name.endswith("_source")]
    assert sources == ["gender_source"]
    assert result.entries["gender_source"].tolist()[0] == "F"
    assert pd.isna(result.entries.loc[1, "gender_source"])


def test_dates_read_in_doubt_keep_their_source():
    result = read({"referral_date": ["03/04/2026", "2026-01-01", "26/13/2026"]})
    assert result.entries["referral_date_source"].isna().tolist() == [False, True, False]


def test_an_assumed_order_is_one_finding_with_a_count():
    findings = read({"referral_date": ["03/04/2026"] * 5 + ["2026-01-01"]}).findings
    assert findings[["row", "field", "reason", "count"]].to_numpy().tolist() == [
        [-1, "referral_date", "date_order_assumed", 5]
    ]


def test_findings_point_at_rows_and_hold_no_value():
    result = read({"postcode": ["AB1 2CD", "QWERTYUIOP", None, "QWERTYUIOP"]})
    assert result.findings["row"].tolist() == [1, 3]
    assert not result.findings["message"].str.contains("QWERTY").any()


def test_a_local_list_of_codes_is_one_finding():
    result = read({"waiting_list_type": ["Endoscopy", "Surgery", "IRTT", "Endoscopy"]})
    assert result.entries["waiting_list_type"].tolist()[0] == "ENDOSCOPY"
    assert result.findings[["row", "reason", "count"]].to_numpy().tolist() == [
        [-1, "unknown_code", 3]
    ]


def test_weeks_become_days_and_the_unit_of_the_heading_counts():
    result = read({"stated_wait": ["10", "10 days"]}, wait_unit="weeks")
    assert result.entries["stated_wait"].tolist() == [70.0, 10.0]


def test_a_given_date_order_is_used_for_its_field_only():
    columns = {"referral_date": ["03/04/2026"], "list_date": ["03/04/2026"]}
    entries = read(columns, date_orders={"referral_date": "mdy"}).entries
    assert entries.loc[0, "referral_date"] == pd.Timestamp("2026-03-04")
    assert entries.loc[0, "list_date"] == pd.Timestamp("2026-04-03")


def test_stated_no_to_cancer_is_not_overruled_by_a_priority():
    entries = read({"priority_type": ["2WW", "2WW"], "suspected_cancer": ["N", None]}).entries
    assert entries["suspected_cancer"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("types", "codes", "expected"),
    [
        ("Routine", "P3", ("1", "P3")),
        ("Routine", "P2 - urgent", ("1", "P2")),
        ("Urgent", "2WW", ("3", None)),
        ("P2", "P4", (None, "P2")),
        ("P4", "P2", (None, "P2")),
        ("2WW", "Routine", ("3", None)),
    ],
)
def test_two_priority_columns_lose_no_urgency(types, codes, expected):
    entries = read({"priority_type": [types], "priority_code": [codes]}).entries
    found = [None if pd.isna(each) else each for each in entries.loc[0, PRIORITIES]]
    assert tuple(found) == expected


def test_an_unclear_digit_overrules_no_clear_level():
    """2 of a column that also has P-levels may be P2 or urgent: the stated P3 stays."""
    columns = {"priority_type": ["2", "P4"], "priority_code": ["P3", None]}
    assert read(columns).entries["priority_code"].tolist() == ["P3", "P4"]


def test_unused_categories_decide_nothing():
    """A slice of a larger extract: texts of other rows prove no order."""
    column = pd.Series(["03/04/2026", "04/25/2026"], dtype="category").iloc[:1]
    result = normalise(
        pd.DataFrame({"referral_date": column}), organisation="RM3", census_date=CENSUS
    )
    assert result.entries.loc[0, "referral_date"] == pd.Timestamp("2026-04-03")


RAW = {
    "nhs_number": [9990123462.0, np.nan, 4000000012.0],
    "local_patient_identifier": pd.array([12, None, 7], dtype="Int64"),
    "family_name": pd.array(["O;BRIEN", None, "Łucka (nee NOWAK)"], dtype="string[pyarrow]"),
    "given_name": pd.Categorical(["Mary Ann", "BABY", "Zoë"]),
    "birth_date": pd.to_datetime(["1962-03-04", None, "2014-05-06"]),
    "death_date": [dt.date(2026, 1, 2), None, pd.NaT],
    "gender": ["Female", pd.NA, 1],
    "restricted": [True, None, False],
    "postcode": ["ab12cd", None, "ZZ99 3VZ"],
    "organisation": ["RH802", None, "RM3"],
    "unrelated": [[1], [2], [3]],
}


def test_raw_values_of_every_type():
    person = normalise_person(pd.DataFrame(RAW, index=["x", "y", "x"]), census_date=CENSUS)
    assert list(person.columns) == list(PERSON_COLUMNS)
    assert person.index.equals(pd.RangeIndex(3))
    assert person["nhs_number"].tolist()[::2] == ["9990123462", "4000000012"]
    assert person["local_patient_identifier"].tolist()[::2] == ["12", "7"]
    assert person["family_name"].tolist()[::2] == ["O'BRIEN", "Łucka"]
    assert person.loc[2, "previous_family_name"] == "NOWAK"
    assert person.loc[0, ["given_name", "middle_name"]].tolist() == ["Mary", "Ann"]
    assert person["birth_date"].dt.year.tolist()[::2] == [1962, 2014]
    assert person.loc[0, "death_date"] == pd.Timestamp("2026-01-02")
    assert person["gender"].tolist()[::2] == ["2", "1"]
    assert person["restricted"].tolist()[::2] == [True, False]
    assert person["postcode"].tolist()[0] == "AB1 2CD"
    assert person["organisation"].tolist()[::2] == ["RH8", "RM3"]
    assert person.loc[1].isna().all()


@settings(max_examples=40)
@given(
    st.integers(1, 6).flatmap(
        lambda rows: st.dictionaries(
            st.sampled_from([*PERSON_COLUMNS, "full_name"]),
            st.lists(st.none() | MESSY, min_size=rows, max_size=rows),
            min_size=1,
            max_size=6,
        )
    )
)
def test_normalising_a_person_again_changes_nothing(columns):
    once = normalise_person(pd.DataFrame(columns, dtype=object), census_date=CENSUS)
    twice = normalise_person(once, census_date=CENSUS)
    assert list(once.columns) == list(twice.columns)
    for name in once:
        pd.testing.assert_series_equal(once[name].astype(object), twice[name].astype(object))


def test_an_open_century_is_carried_on():
    once = normalise_person(
        pd.DataFrame({"birth_date": ["21-Nov-14", "1962-01-02"]}), census_date=CENSUS
    )
    assert once["birth_date_source"].tolist()[0] == "21-Nov-14"
    again = normalise_person(once, census_date=CENSUS)
    assert again["birth_date_source"].tolist()[0] == "21-Nov-14"


def test_without_a_census_nobody_is_born_after_today():
    tomorrow = dt.date.today() + dt.timedelta(days=1)  # noqa: DTZ011
    person = normalise_person(pd.DataFrame({"birth_date": [tomorrow.isoformat()]}))
    assert person["birth_date"].isna().all()


@pytest.mark.parametrize("rows", [0, 1])
def test_records_without_a_person_column(rows):
    person = normalise_person(pd.DataFrame({"unrelated": ["x"] * rows}))
    assert len(person) == rows
    assert person.isna().all(axis=None)


def test_a_million_rows_are_read_once_per_text(monkeypatch):
    """The readers see distinct texts only."""
    seen = []
    read_names = names._families
    monkeypatch.setattr(names, "_families", lambda texts: seen.extend(texts) or read_names(texts))
    column = pd.Categorical.from_codes(np.arange(100_000) % 3, ["SMITH;", "JONES;", "KHAN;"])
    read({"family_name": column})
    assert len(seen) == 3
