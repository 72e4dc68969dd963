"""A demonstration replaces what a demonstration wrote, and nothing else."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from waitlist_merge import cli
from waitlist_merge.demo import extracts as extracts_module, write_demo
from waitlist_merge.errors import OutputError


def below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_of_the_user_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("mine")
    (tmp_path / "extracts").mkdir()
    (tmp_path / "extracts" / "RM3.csv").write_text("a real list")
    before = below(tmp_path)
    done = CliRunner().invoke(cli.app, ["demo", "--out", str(tmp_path), "--entries", "50"])
    assert done.exit_code == 3
    [line] = done.stderr.splitlines()
    assert "holds files that no demonstration wrote" in line
    assert below(tmp_path) == before


@pytest.mark.parametrize("below_it", ["", "deeper"])
def test_a_file_is_no_folder_to_write(tmp_path: Path, below_it: str) -> None:
    (tmp_path / "afile").write_text("mine")
    out = tmp_path / "afile" / below_it
    done = CliRunner().invoke(cli.app, ["demo", "--out", str(out), "--entries", "50"])
    assert done.exit_code == 3
    [line] = done.stderr.splitlines()
    assert line == f"waitlist-merge: {tmp_path / 'afile'}: is a file; name a new or an empty folder"
    assert (tmp_path / "afile").read_text() == "mine"


def test_a_smaller_demonstration_leaves_no_extract_of_a_larger_one(tmp_path: Path) -> None:
    write_demo(tmp_path, entries=400, seed=1)
    truth = write_demo(tmp_path, entries=2, seed=1)
    names = sorted(path.name for path in (tmp_path / "extracts").iterdir())
    assert names == sorted(truth["source_file"].unique())
    marker = json.loads((tmp_path / "demo.json").read_bytes())
    assert (marker["entries"], marker["seed"], marker["extracts"]) == (2, 1, names)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "demo.json",
        "extracts",
        "truth.csv",
    ]


def test_files_of_the_user_beside_a_demonstration_stay(tmp_path: Path) -> None:
    write_demo(tmp_path, entries=50, seed=1)
    (tmp_path / "my_notes.txt").write_text("mine")
    write_demo(tmp_path, entries=60, seed=1)
    assert (tmp_path / "my_notes.txt").read_text() == "mine"


def test_a_list_of_the_user_among_the_extracts_is_not_lost(tmp_path: Path) -> None:
    write_demo(tmp_path, entries=50, seed=1)
    (tmp_path / "extracts" / "my_list.csv").write_text("mine")
    before = below(tmp_path)
    with pytest.raises(OutputError, match="extracts: holds 1 file that"):
        write_demo(tmp_path, entries=60, seed=1)
    assert below(tmp_path) == before


@pytest.mark.parametrize("at", [1, 2])
def test_a_demonstration_that_failed_can_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    write_demo(tmp_path, entries=400, seed=1)
    mark, marked = extracts_module.mark, []

    def fails(*_: object, **__: object) -> None:
        marked.append(1)
        if len(marked) == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        mark(*_, **__)

    monkeypatch.setattr(extracts_module, "mark", fails)
    with pytest.raises(OutputError, match="No space left"):
        write_demo(tmp_path, entries=2, seed=1)
    truth = write_demo(tmp_path, entries=2, seed=1)
    names = sorted(path.name for path in (tmp_path / "extracts").iterdir())
    assert names == sorted(truth["source_file"].unique())
