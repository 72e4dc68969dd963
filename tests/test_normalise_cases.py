"""Hard values from tables: one case a line, with the reason; ``|`` separates the rows of a column.

Each case is a small extract put through ``normalise``; ``faults`` are its findings, as reasons or
as ``field reason``, joined by ``;``. Read with the census date below.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from waitlist_merge.normalise import normalise
from waitlist_merge.normalise.identifiers import nhs_number_kind
from waitlist_merge.normalise.names import NAME_FIELDS, comparison_form

CENSUS = dt.date(2026, 11, 15)
CASES = Path(__file__).parent / "cases"
PRIORITY = {
    "type": "priority_type",
    "code": "priority_code",
    "diagnostic": "diagnostic_priority",
    "cancer": "suspected_cancer",
}


def cases(name: str) -> list:
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [pytest.param(row, id=row["id"]) for row in csv.DictReader(lines)]


def read(columns: dict[str, list[str]], **options):
    return normalise(pd.DataFrame(columns), organisation=None, census_date=CENSUS, **options)


def shown(values: pd.Series) -> list[str]:
    """Values as the tables write them: empty for missing, ISO dates."""
    if values.dtype.kind == "M":
        return values.dt.strftime("%Y-%m-%d").fillna("").tolist()
    return ["" if pd.isna(value) else str(value) for value in values]


def reasons(findings: pd.DataFrame) -> list[str]:
    return sorted(set(findings["reason"]))


def named_reasons(findings: pd.DataFrame) -> list[str]:
    return sorted(set(findings["field"] + " " + findings["reason"]))


def listed(text: str) -> list[str]:
    return sorted(filter(None, text.split(";")))


@pytest.mark.parametrize("case", cases("values_numbers"))
def test_nhs_number(case):
    result = read({"nhs_number": [case["input"]]})
    assert shown(result.entries["nhs_number"]) == [case["expected"]], case["why"]
    assert reasons(result.findings) == listed(case["fault"])
    if case["kind"]:
        assert nhs_number_kind([case["expected"]]).tolist() == [case["kind"]]


@pytest.mark.parametrize("case", cases("values_postcodes"))
def test_postcode(case):
    result = read({"postcode": [case["input"]]})
    assert shown(result.entries["postcode"]) == [case["expected"]], case["why"]
    assert reasons(result.findings) == listed(case["fault"])


@pytest.mark.parametrize("case", cases("values_codes"))
def test_code(case):
    result = read({case["field"]: [case["input"]]})
    assert shown(result.entries[case["field"]]) == [case["expected"]], case["why"]
    assert reasons(result.findings) == listed(case["fault"])


@pytest.mark.parametrize("case", cases("values_dates"))
def test_date(case):
    result = read({case["field"]: case["values"].split("|")})
    assert shown(result.entries[case["field"]]) == case["expected"].split("|"), case["why"]
    assert reasons(result.findings) == listed(case["faults"])


@pytest.mark.parametrize("case", cases("values_priorities"))
def test_priority(case):
    values = case["values"].split("|")
    result = read({case["column"]: values})
    for short, field in PRIORITY.items():
        expected = case[short].split("|") if case[short] else [""] * len(values)
        assert shown(result.entries[field]) == expected, (field, case["why"])
    assert reasons(result.findings) == listed(case["faults"])


@pytest.mark.parametrize("case", cases("values_procedures"))
def test_procedure(case):
    fields = ("procedure_code", "procedure_text", "laterality")
    result = read({field: [case[field]] for field in fields})
    found = [shown(result.entries[field])[0] for field in fields]
    assert found == [case["code"], case["text"], case["side"]], case["why"]
    assert named_reasons(result.findings) == listed(case["faults"])


@pytest.mark.parametrize("case", cases("values_names"))
def test_name(case):
    given = {field: [case[field]] for field in ("full_name", *NAME_FIELDS) if case[field]}
    result = read(given)
    found = [shown(result.entries[field])[0] for field in NAME_FIELDS]
    expected = [case[each] for each in ("family", "given", "middle", "previous", "as_title")]
    assert found == expected, case["why"]
    assert named_reasons(result.findings) == listed(case["faults"])


@pytest.mark.parametrize("case", cases("name_forms"))
def test_comparison_form(case):
    assert comparison_form([case["name"]]) == [case["form"]], case["why"]
