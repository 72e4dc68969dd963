"""A run that is recorded and never reached anybody: it is said, and the next one knows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from waitlist_merge import cli, remember
from waitlist_merge.errors import OutputError
from waitlist_merge.held import WHOLE, runs_held
from waitlist_merge.result import MergeResult
from waitlist_merge.review.register import Register

FIRST, SECOND, THIRD = "2026-11-01", "2026-11-08", "2026-11-15"
PEOPLE = 6
BOTH = ("RM3", "RW3")


class Region:
    """Two lists in a folder, a register and an output beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.register = folder / "register.db"

    def merge(self, census: str, people: int, *more: str, of: Sequence[str] = BOTH) -> Any:
        for code in of:
            rows = [
                {
                    "NHS number": "",
                    "Surname": f"Okafor{chr(97 + at)}{code[1].lower()}",
                    "Forename": "Chidi",
                    "DOB": f"19{50 + at}-05-03",
                    "Hospital number": f"{code}{at:04}",
                    "Treatment function code": "110",
                    "RTT start": "2026-03-02",
                    "RTT status": "20",
                }
                for at in range(people)
            ]
            pd.DataFrame(rows).to_csv(self.folder / f"{code}.csv", index=False)
        lists = [f"{code}={self.folder / code}.csv" for code in of]
        to = ["--out", self.out, "--register", self.register, "--census-date", census]
        given = ["merge", *lists, *to, "--no-workbook", "--tables", "csv", *more]
        return CliRunner().invoke(cli.app, [str(each) for each in given])

    def told(self, of: str = ".") -> tuple[int, int]:
        manifest = json.loads((self.out / of / "manifest.json").read_bytes())
        return manifest["run"], manifest["told_against"]

    def new(self, of: str = ".") -> int:
        changes = pd.read_csv(self.out / of / "changes.csv", dtype=str)
        return int((changes["change"] == "new").sum())


@pytest.fixture
def region(tmp_path: Path) -> Region:
    return Region(tmp_path)


@contextmanager
def stopping(
    problem: BaseException, owner: object = MergeResult, name: str = "save"
) -> Iterator[None]:
    """Whatever calls this meanwhile is stopped by the problem."""

    def stop(*_: object, **__: object) -> None:
        raise problem

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, stop)
        yield


@pytest.mark.parametrize(
    ("problem", "line", "code"),
    [
        (KeyboardInterrupt(), "interrupted; {out} is as it was", 130),
        (OutputError("no room; make some"), "no room; make some", 3),
    ],
    ids=["interrupted", "disk full"],
)
def test_a_run_that_is_recorded_and_not_written_is_told(
    region: Region, problem: BaseException, line: str, code: int
) -> None:
    assert region.merge(FIRST, PEOPLE).exit_code == 0
    with stopping(problem):
        done = region.merge(SECOND, PEOPLE + 1)
    known = f"{region.register} has these lists as run 2 all the same: merge them again"
    assert done.stderr == f"waitlist-merge: {line.format(out=region.out)}; {known}\n"
    assert done.exit_code == code
    assert region.told() == (1, 0)
    assert region.merge(SECOND, PEOPLE + 1).exit_code == 0
    assert (region.told(), region.new()) == ((3, 1), 2)


def test_what_nobody_held_is_told_with_the_next_lists(region: Region) -> None:
    region.merge(FIRST, PEOPLE)
    with stopping(KeyboardInterrupt()):
        region.merge(SECOND, PEOPLE + 1)
    done = region.merge(THIRD, PEOPLE + 2)
    assert done.exit_code == 0
    assert (region.told(), region.new()) == ((3, 1), 4)
    assert f"since run 1 of {FIRST}" in done.stdout
    assert region.merge(THIRD, PEOPLE + 2).exit_code == 0
    assert (region.told(), region.new()) == ((4, 1), 4)


def test_views_are_told_against_the_oldest_that_people_hold(region: Region) -> None:
    region.merge(FIRST, PEOPLE, "--view", "all")
    assert "note:" not in region.merge(SECOND, PEOPLE + 1, "--view", "RM3").stdout
    region.merge(THIRD, PEOPLE + 2, "--view", "all")
    assert region.told("RM3") == region.told("RW3") == (3, 1)
    with stopping(KeyboardInterrupt(), name="save_views"):
        done = region.merge(THIRD, PEOPLE + 3, "--view", "all")
    assert f"what is in {region.out} is whole, as it was or new; " in done.stderr


def test_a_view_that_is_not_written_again_holds_up_no_other(region: Region) -> None:
    region.merge(FIRST, PEOPLE, "--view", "all")
    for run, census in ((2, SECOND), (3, THIRD)):
        more = ("--view", "all", "--allow-absent", "RW3")
        done = region.merge(census, PEOPLE + run, *more, of=["RM3"])
        assert region.told("RM3") == (run, run - 1)
        left = f"note: {region.out / 'RW3'} is still the view of {FIRST}: RW3 sent no list"
        assert left in done.stdout
    assert region.told("RW3") == (1, 0)


def test_a_view_that_was_moved_aside_counts_where_no_other_took_its_place(region: Region) -> None:
    region.merge(FIRST, PEOPLE, "--view", "all")
    shutil.copytree(region.out / "RM3", region.out / "RM3.previous")
    (region.out / "RW3").rename(region.out / "RW3.previous")
    region.merge(SECOND, PEOPLE, "--view", "RM3", "--view", "coordinator")
    with Register.open(region.register) as register:
        assert runs_held(region.out, register) == {"RM3": 2, "RW3": 1, "coordinator": 2}


def test_a_list_that_is_absent_while_nobody_held_its_first_keeps_its_entries(
    region: Region,
) -> None:
    region.merge(FIRST, PEOPLE)
    with stopping(KeyboardInterrupt()):
        region.merge(SECOND, PEOPLE)
    lists = [f"RM3={region.folder / 'RM3.csv'}", "--allow-absent", "RW3"]
    more = ["--out", region.out, "--register", region.register, "--census-date", THIRD]
    done = CliRunner().invoke(cli.app, ["merge", *map(str, [*lists, *more])])
    assert done.exit_code == 0, done.stderr
    changes = pd.read_csv(region.out / "changes.csv", dtype=str)
    assert set(changes["change"]) == {"not_refreshed"}
    with Register.open(region.register) as register:
        assert register.last().entries["left_date"].isna().all()


OTHERS = (
    {"run": 2},
    {"run": "1"},
    {"run_date": "2026-11-02"},
    {"plan_digest": "0"},
    {"patient_model": {"sha256": "0"}},
    {"patient_model": None},
    {"program": "other"},
)


def test_a_folder_of_another_register_is_no_run_of_this_one(region: Region) -> None:
    region.merge(FIRST, PEOPLE)
    manifest = region.out / "manifest.json"
    own = json.loads(manifest.read_bytes())
    with Register.open(region.register) as register:
        assert runs_held(region.out, register) == {WHOLE: 1}
        for each in OTHERS:
            manifest.write_text(json.dumps(own | each))
            assert runs_held(region.out, register) == {}, each
        assert runs_held(region.folder / "none", register) == {}
        assert runs_held(None, register) == {}
    assert runs_held(region.out, None) == {}


def test_nothing_is_said_of_a_register_that_recorded_nothing(region: Region) -> None:
    region.merge(FIRST, PEOPLE)
    with stopping(KeyboardInterrupt(), remember, "end"):
        done = region.merge(SECOND, PEOPLE)
    assert done.stderr == f"waitlist-merge: interrupted; {region.out} is as it was\n"


def test_a_run_is_known_to_be_recorded_though_nobody_was_told(region: Region) -> None:
    region.merge(FIRST, PEOPLE)
    with stopping(KeyboardInterrupt(), Register, "questions"):
        done = region.merge(SECOND, PEOPLE)
    assert "has these lists as run 2 all the same" in done.stderr
