"""Columns that were not recognised are in the entries where that is asked for, and only there."""

from __future__ import annotations

import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.intake.requests import FileRequest

LIST = "NHS number,Surname,Shoe size,outcome\n9990000018,Okafor,9,happy\n9990000026,Lee,4,sad\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "RM3.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "RW3.csv").write_text("NHS number,Surname\n9990000018,Okafor\n", encoding="utf-8")
    return [FileRequest(str(tmp_path / f"{code}.csv"), code) for code in ("RM3", "RW3")]


def test_unmapped_columns_are_kept_on_request(files, tmp_path):
    config = wm.MergeConfig(plan=wm.MergePlan(keep_unmapped=True))
    result = wm.merge_files(files, config=config, census_date="2026-11-15")
    assert result.entries["Shoe size"].tolist()[:2] == ["9", "4"]
    assert result.entries["Shoe size"].isna().tolist() == [False, False, True]
    assert result.entries["outcome (as sent)"].tolist()[:2] == ["happy", "sad"]
    result.save(tmp_path / "out")
    for tables in (wm.read_tables(tmp_path / "out")["entries"], result.entries):
        assert tables["Shoe size"].iloc[1] == "4"


def test_unmapped_columns_are_left_out_otherwise(files):
    result = wm.merge_files(files, census_date="2026-11-15")
    assert "Shoe size" not in result.entries
    named = result.findings[result.findings["reason"] == "unmapped_column"]
    assert named["message"].str.contains("Shoe size").any()


def test_a_pathway_of_many_entries_is_told_in_the_manifest():
    rows = {
        "NHS number": ["9990000018"] * 60,
        "Surname": ["Okafor"] * 60,
        "DOB": ["3 May 1971"] * 60,
        "Pathway ID": ["RM3000000001"] * 60,
        "Specialty": ["110"] * 60,
        "RTT start": [f"2026-03-{1 + at % 28:02d}" for at in range(60)],
    }
    extract = wm.Extract.from_frame(pd.DataFrame(rows), organisation="RM3")
    result = wm.merge([extract], census_date="2026-11-15")
    assert len(set(result.entries["pathway_id"])) == 1
    linked = set(result.pathway_links["entry_id_a"]) | set(result.pathway_links["entry_id_b"])
    assert linked == set(result.entries["entry_id"])
    assert "1 pathway of more than 50" in result.manifest()["notes"][0]
