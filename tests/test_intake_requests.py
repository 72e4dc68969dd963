"""Which files are read, and how: from the command line, from the configuration, or both."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitlist_merge.config import load_config
from waitlist_merge.intake.requests import FileRequest, read_all
from waitlist_merge.plan import MergeConfig

LIST = "NHS No,Surname\n9990000018,Okafor\n"

TOML = """
[[extracts]]
path = "extracts/RM3_*.csv"
organisation = "RM3"

[[extracts]]
path = "RW3.txt"
organisation = "RW3"
delimiter = "|"
"""


@pytest.fixture
def config(tmp_path: Path) -> MergeConfig:
    (tmp_path / "extracts").mkdir()
    for name in ("RM3_a.csv", "RM3_b.csv"):
        (tmp_path / "extracts" / name).write_text(LIST)
    (tmp_path / "RW3.txt").write_text(LIST.replace(",", "|"))
    (tmp_path / "merge.toml").write_text(TOML)
    return load_config(tmp_path / "merge.toml")


def test_files_of_the_configuration_are_found_from_its_folder(
    config: MergeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    extracts, refused = read_all([], config)
    assert not refused
    assert [(each.source_file, each.organisation) for each in extracts] == [
        ("RM3_a.csv", "RM3"),
        ("RM3_b.csv", "RM3"),
        ("RW3.txt", "RW3"),
    ]


def test_files_of_the_command_line_are_read_as_the_configuration_says(
    config: MergeConfig, tmp_path: Path
) -> None:
    copy = tmp_path / "RM3_copy.csv"
    copy.write_text(LIST)
    files = [FileRequest(str(copy)), FileRequest(str(tmp_path / "RW3.txt"), "RW4")]
    extracts, refused = read_all(files, config)
    assert not refused
    assert [(each.source_file, each.organisation) for each in extracts] == [
        ("RM3_copy.csv", "RM3"),
        ("RW3.txt", "RW4"),
    ]


def test_a_file_of_the_configuration_that_is_not_there_is_refused_by_name(
    config: MergeConfig, tmp_path: Path
) -> None:
    (tmp_path / "RW3.txt").unlink()
    for path in (tmp_path / "extracts").iterdir():
        path.unlink()
    extracts, refused = read_all([], config)
    assert not extracts
    assert [str(each) for each in refused] == [
        "RM3_*.csv: there is no such file; check the path",
        "RW3.txt: there is no such file; check the path",
    ]
