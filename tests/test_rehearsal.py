"""``merge --dry-run``: counts of some services or all, nothing written, nobody named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import waitlist_merge as wm
from waitlist_merge.cli import app
from waitlist_merge.errors import InputError
from waitlist_merge.outputs.views import made_ready, of_services
from waitlist_merge.rehearsal import rehearse
from waitlist_merge.schema import TABLES

PEOPLE = pd.DataFrame(
    {
        "NHS number": ["9990000018", "9990000026", "9990000034"],
        "Surname": ["Okafor", "Nowak", "Adeyemi"],
        "DOB": ["1971-05-03", "1962-02-03", "1985-07-09"],
        "Hospital number": ["007", "0008", "0009"],
        "Treatment function code": ["130", "110", "130"],
        "RTT start": ["2026-03-02", "2026-03-02", "2026-03-02"],
        "RTT status": ["20", "20", "20"],
    }
)


@pytest.fixture(scope="module")
def merged() -> wm.MergeResult:
    lists = [
        wm.Extract.from_frame(PEOPLE, organisation="RM3", name="RM3.csv"),
        wm.Extract.from_frame(PEOPLE.head(2), organisation="RW3", name="RW3.csv"),
    ]
    return wm.merge(lists, census_date="2026-11-15")


def test_only_needs_of_the_service_are_counted(merged: wm.MergeResult) -> None:
    told = rehearse(merged, services=["130"])
    assert told["What came in"].set_index("organisation")["entries"].to_dict() == {
        "RM3": 2,
        "RW3": 1,
    }
    everything = rehearse(merged)
    assert everything["What came in"]["entries"].sum() == len(merged.entries)
    pairs = everything["Pairs that look like one need"]
    joined = merged.pathway_links.loc[merged.pathway_links["joins"] != "no"]
    assert pairs["count"].sum() == len(joined)


def test_tables_of_a_service_are_whole_and_have_the_ids_of_the_run(merged: wm.MergeResult) -> None:
    tables = of_services(made_ready(merged.tables, merged.manifest()), ["130"])
    assert set(tables) == set(TABLES)
    whole = merged.entries.set_index("entry_id")
    some = tables["entries"].set_index("entry_id")
    assert set(some["treatment_function_code"].astype(str)) == {"130"}
    assert some["pathway_id"].tolist() == whole.loc[some.index, "pathway_id"].tolist()
    assert some["family_name"].notna().all()
    needs = set(some["pathway_id"])
    assert set(tables["combined_list"]["pathway_id"]) == needs
    kept = merged.combined_list.loc[merged.combined_list["pathway_id"].isin(needs)]
    assert len(tables["combined_list"]) == len(kept)


def test_faults_of_a_file_or_a_column_are_of_every_service() -> None:
    """The page says to correct them first, and they belong to no entry."""
    more = PEOPLE.assign(**{"Favourite colour": "red"})
    total = pd.DataFrame({"Surname": ["Total: 3"]}, index=[3])
    one = wm.Extract.from_frame(pd.concat([more, total]), organisation="RM3", name="RM3.csv")
    merged = wm.merge([one], census_date="2026-11-15")
    of_none = merged.findings.loc[merged.findings["entry_id"].isna(), "reason"].astype(str)
    assert {"unmapped_column", "not_a_person_row"} <= set(of_none)
    told = rehearse(merged, services=["130"])["Faults of the lists"]
    assert set(of_none) <= set(told["reason"])
    assert told["count"].sum() < len(merged.findings)


def test_a_service_that_nobody_has_is_said(merged: wm.MergeResult) -> None:
    with pytest.raises(InputError, match="no entry is of service 999"):
        rehearse(merged, services=["999"])


def test_a_dry_run_writes_nothing_and_names_nobody(tmp_path: Path) -> None:
    PEOPLE.to_csv(tmp_path / "RM3_2026-11-15.csv", index=False)
    before = sorted(tmp_path.iterdir())
    command = ["merge", f"RM3={tmp_path / 'RM3_2026-11-15.csv'}", "--census-date", "2026-11-15"]
    told = CliRunner().invoke(app, [*command, "--dry-run", "--specialty", "130"])
    assert told.exit_code == 0, told.output
    assert "RM3\t2\t2" in told.output
    assert sorted(tmp_path.iterdir()) == before
    for value in ("Okafor", "9990000018", "0009"):
        assert value not in told.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dry-run", "--out", "x"], "writes nothing"),
        (["--dry-run", "--register", "x.db"], "writes nothing"),
        ([], "give --out"),
        (["--out", "x", "--specialty", "130"], "goes with --dry-run"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: list[str], said: str) -> None:
    told = CliRunner().invoke(app, ["merge", "RM3=list.csv", *options])
    assert told.exit_code == 2
    (line,) = told.output.splitlines()
    assert line.startswith("waitlist-merge: ")
    assert said in line
