from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from waitlist_merge.config import load_config, parse, to_toml
from waitlist_merge.errors import ConfigError
from waitlist_merge.plan import (
    Agreement,
    ExtractPlan,
    MergeConfig,
    MergePlan,
    PatientPlan,
)
from waitlist_merge.schema import CANONICAL
from waitlist_merge.settings import TARGETS

CASES = Path(__file__).parent / "cases" / "config_faults.csv"


def cases() -> list[object]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return [
            pytest.param(row["toml"].replace("|", "\n"), row["message"], id=row["id"])
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize(("toml", "message"), cases())
def test_a_wrong_setting_is_named_with_its_cure(toml: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(toml, name="merge.toml")
    first = str(caught.value).splitlines()[0]
    assert first.startswith("merge.toml: ")
    assert message in first
    assert ("did you mean" in first) == ("did you mean" in message)
    assert caught.value.exit_code == 2


def test_all_faults_are_told_at_once_one_line_each() -> None:
    with pytest.raises(ConfigError) as caught:
        parse('stale_days = "x"\nzzz = 1\n[[extracts]]\n[[agreements]]\n', name="m.toml")
    lines = str(caught.value).splitlines()
    assert len(lines) == 7
    assert all(line.startswith("m.toml: ") for line in lines)


@pytest.mark.parametrize(
    "toml",
    ['superseded_numbers = [["9990000018", "999 00"]]', 'hmac_key = "s3cret"'],
)
def test_secrets_and_numbers_of_patients_are_in_no_message(toml: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(toml, name="m.toml")
    assert "999 00" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_long_value_is_cut() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f'census_date = "{"x" * 5000}"', name="m.toml")
    assert len(str(caught.value)) < 200


def test_a_file_is_read_whatever_editor_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "merge.toml"
    path.write_bytes(b"\xef\xbb\xbfstale_days = 3\r\n")
    assert load_config(path).plan.stale_days == 3


def test_paths_are_counted_from_the_folder_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "merge.toml"
    path.write_text('[[extracts]]\npath = "extracts/RM3*.csv"')
    config = load_config(path)
    assert config.folder == tmp_path
    assert config.options_for(tmp_path / "extracts" / "RM3_list.csv") is not None


def test_where_it_lies_is_no_setting() -> None:
    with pytest.raises(ConfigError, match="folder is an unknown key"):
        parse('folder = "x"', name="m.toml")


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read (No such file or directory)"), (b"\xff\xfe1", "is not UTF-8 text")],
)
def test_a_file_that_cannot_be_read_is_a_configuration_error(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "merge.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"merge\.toml: ") as caught:
        load_config(path)
    assert problem in str(caught.value)


def test_every_key_can_be_set() -> None:
    config = parse(
        """
        census_date = 2026-11-15
        model = "patients.json"
        stale_days = 3
        hmac_key = "a key of the region"
        keep_unmapped = true
        superseded_numbers = [["999 000 0018", "9990000026"]]
        [patients]
        match_weight = 7
        [[extracts]]
        path = "extracts/RM3*.csv"
        organisation = "rm3"
        sheet = "PTL"
        header_row = 4
        encoding = "cp1252"
        delimiter = "|"
        date_format = "%d.%m.%y"
        columns = { "Hosp No" = "local_patient_identifier", Name = "full_name" }
        constants = { site_code = "RM301" }
        census_date = "2026-11-14"
        keep_unmapped = true
        [[agreements]]
        from = "RM3"
        to = "NV323"
        services = ["110", "X02"]
        kind = "subcontracted"
        reports = "RM3"
        start = 2026-04-01
        """,
        name="merge.toml",
    )
    assert config.in_folder("weekly").model_file == Path("weekly/patients.json")
    [extract] = config.extracts
    assert extract.organisation == "RM3"
    assert extract.census_date == date(2026, 11, 14)
    assert extract.columns == {"Hosp No": "local_patient_identifier", "Name": "full_name"}
    assert config.plan.superseded_numbers == (("9990000018", "9990000026"),)
    assert config.plan.patients.match_weight == 7.0
    assert config.plan.agreements[0].services == ("110", "X02")
    assert parse(to_toml(config), name="merge.toml") == config


CODES = st.from_regex(r"[A-Z0-9]{3,9}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
EXTRACTS = st.builds(
    ExtractPlan,
    path=TEXT,
    organisation=st.none() | CODES,
    sheet=st.none() | TEXT,
    header_row=st.none() | st.integers(1, 10**6),
    delimiter=st.none() | st.characters(codec="utf-8"),
    date_order=st.none() | st.sampled_from(["dmy", "mdy", "ymd"]),
    columns=st.dictionaries(TEXT, st.sampled_from(TARGETS), max_size=3),
    constants=st.dictionaries(st.sampled_from(CANONICAL), TEXT, max_size=3),
    census_date=st.none() | st.dates(),
    keep_unmapped=st.booleans(),
)
AGREEMENTS = (
    st.tuples(CODES, CODES)
    .filter(lambda ends: ends[0] != ends[1])
    .flatmap(
        lambda ends: st.builds(
            Agreement,
            from_=st.just(ends[0]),
            to=st.just(ends[1]),
            reports=st.sampled_from(ends),
            kind=st.sampled_from(["subcontracted", "diagnostic"]),
            services=st.lists(st.sampled_from(["110", "X02"]), max_size=2).map(tuple),
            start=st.none() | st.dates(max_value=date(2020, 1, 1)),
            end=st.none() | st.dates(min_value=date(2020, 1, 1)),
        )
    )
)
CONFIGS = st.builds(
    MergeConfig,
    extracts=st.lists(EXTRACTS, max_size=2).map(tuple),
    census_date=st.none() | st.dates(),
    model=st.none() | TEXT,
    plan=st.builds(
        MergePlan,
        agreements=st.lists(AGREEMENTS, max_size=2).map(tuple),
        hmac_key=st.none() | st.text(st.characters(codec="utf-8"), min_size=8),
        stale_days=st.integers(0, 10**6),
        patients=st.builds(PatientPlan, match_weight=st.floats(5, 50)),
    ),
)


@given(CONFIGS)
def test_what_is_written_is_read_again(config: MergeConfig) -> None:
    again = parse(to_toml(config), name="merge.toml")
    assert again == config
    assert hash(again) == hash(config)
    assert again.digest() == config.digest()
