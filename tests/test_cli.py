"""The command line: exit codes, one line for what goes wrong, and no value of a patient in it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from waitlist_merge import cli
from waitlist_merge.errors import ConservationError, InputError, RefusedExtract, RefusedExtracts
from waitlist_merge.intake.requests import FileRequest
from waitlist_merge.outputs import read_tables
from waitlist_merge.recalled import Retrain
from waitlist_merge.review.arrivals import Allowed

EMPTY = RefusedExtract("RW3.csv", "it is empty", "send the list again")


class Merged:
    """Stands for the result of a merge; ``saved`` says where it was saved, and how."""

    saved: list[tuple[Path, str, bool | None]]

    def __init__(self, refused: tuple[RefusedExtract, ...] = ()) -> None:
        self.accepted = SimpleNamespace(refused=refused)
        self.saved = []

    def retrained(self) -> str:
        return ""

    def summary(self) -> str:
        return "rows in  12"

    def save(self, out: Path, *, tables: str, workbook: bool | None) -> None:
        self.saved.append((out, tables, workbook))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What the command line asked the library for, instead of doing it."""
    calls: list[dict[str, object]] = []

    def merge_files(files: list[FileRequest], **options: object) -> Merged:
        calls.append({"files": files, **options, "result": Merged()})
        return calls[-1]["result"]

    monkeypatch.setattr(cli, "merge_files", merge_files)
    return calls


def failing(problem: BaseException) -> Callable[..., object]:
    def merge_files(*_: object, **__: object) -> object:
        raise problem

    return merge_files


def run(*arguments: object) -> Any:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments])


def test_what_a_register_is_asked_reaches_the_library(asked, tmp_path: Path) -> None:
    register = tmp_path / "register.db"
    done = run(
        *("merge", "rm3=a.csv", "--out", tmp_path / "out", "--register", register),
        *("--allow-absent", "rw3", "--allow-fewer", "rm3", "--allow-fewer", "ra1"),
        *("--allow-renumbered", "rb2", "--allow-older", "rc3"),
    )
    assert done.exit_code == 0
    assert asked[0]["register"].name == str(register)
    assert asked[0]["allowed"] == Allowed(("RW3",), ("RM3", "RA1"), ("RB2",), ("RC3",))
    assert asked[0]["retrain"] is None
    for switches, accepted in (
        (("--retrain",), None),
        (("--accept-model", "3f2a90bc"), "3f2a90bc"),
    ):
        run("merge", "rm3=a.csv", "--out", tmp_path / "out", "--register", register, *switches)
        assert asked[-1]["retrain"] == Retrain(accepted)
    run(
        *("merge", "rm3=a.csv", "--out", tmp_path / "out", "--register", register),
        *("--retrain", "--keep-weights"),
    )
    assert asked[-1]["retrain"] == Retrain(keep_weights=True)
    for switches in ((), ("--accept-model", "3f2a90bc")):
        done = run("merge", "rm3=a.csv", "--out", tmp_path / "out", "--keep-weights", *switches)
        assert done.exit_code == 2
        assert "--keep-weights goes with --retrain" in done.stderr


@pytest.mark.parametrize("beginning", ["", "3", "3f2a90b"])
def test_a_model_is_accepted_by_enough_of_its_digest(asked, tmp_path: Path, beginning: str) -> None:
    """None at all is no ordinary merge, and one letter is the beginning of a sixteenth of them."""
    done = run("merge", "rm3=a.csv", "--out", tmp_path / "out", "--accept-model", beginning)
    assert done.exit_code == 2
    [line] = done.stderr.splitlines()
    assert "--accept-model: give at least 8 characters" in line
    assert not asked


def test_a_model_is_fitted_anew_only_where_there_is_a_register(asked, tmp_path: Path) -> None:
    for switches in (("--retrain",), ("--accept-model", "3f2a90bc")):
        done = run(
            *("merge", "rm3=a.csv", "--out", tmp_path / "out", *switches),
            *("--register", tmp_path / "none.db"),
        )
        assert done.exit_code == 3
        assert "there is no register" in done.stderr
    assert not (tmp_path / "none.db").exists()
    done = run(
        *("merge", "rm3=a.csv", "--out", tmp_path / "out", "--retrain", "--view", "RM3"),
    )
    assert done.exit_code == 2


def test_options_reach_the_library(asked: list[dict[str, object]], tmp_path: Path) -> None:
    config = tmp_path / "merge.toml"
    config.write_text("stale_days = 3")
    out = tmp_path / "out"
    done = run(
        *("merge", "rm3=a b.csv", "x=y.csv", "--out", out, "--config", config),
        *("--census-date", "2026-11-15", "--tables", "csv", "--allow-stale", "--skip-refused"),
        "--no-workbook",
    )
    assert done.exit_code == 0
    [call] = asked
    assert call["files"] == [FileRequest("a b.csv", "RM3"), FileRequest("x=y.csv")]
    assert call["config"].plan.stale_days == 3
    assert call["census_date"] == "2026-11-15"
    assert call["allow_stale"] is call["skip_refused"] is True
    assert call["result"].saved == [(out, "csv", False)]
    assert done.stdout == f"rows in  12\nwritten to {out}\n"


def test_the_library_is_told_of_the_views_before_it_merges(asked, tmp_path: Path) -> None:
    run("merge", "rm3=a.csv", "--out", tmp_path / "out", "--view", "RM3", "--view", "RXX")
    assert asked[0]["views"] == ["RM3", "RXX"]


def test_what_is_not_said_has_its_default(asked: list[dict[str, object]], tmp_path: Path) -> None:
    run("merge", "a.csv", "--out", tmp_path / "out")
    [call] = asked
    assert call["config"] is call["census_date"] is None
    assert call["allow_stale"] is call["skip_refused"] is False
    assert call["result"].saved == [(tmp_path / "out", "both", None)]


@pytest.mark.usefixtures("asked")
def test_quiet_says_nothing(tmp_path: Path) -> None:
    done = run("merge", "a.csv", "--out", tmp_path / "out", "--quiet")
    assert done.exit_code == 0
    assert done.output == ""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["merge", "a.csv"], id="no folder to write"),
        pytest.param(["merge", "--out", "out"], id="no file"),
        pytest.param(["check"], id="nothing to check"),
        pytest.param(["merge", "a.csv", "--out", "out", "--tables", "xls"], id="unknown format"),
        pytest.param(["merge", "a.csv", "--out", "out", "--no-such-option"], id="unknown option"),
        pytest.param(["demo", "--out", "out", "--entries", "0"], id="a region of nobody"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_wrong_configuration_is_exit_code_2_with_every_fault(tmp_path: Path) -> None:
    config = tmp_path / "merge.toml"
    config.write_text('stale_day = 3\ncensus_date = "soon"')
    done = run("merge", "a.csv", "--out", tmp_path / "out", "--config", config)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2
    assert all(line.startswith("waitlist-merge: ") for line in done.stderr.splitlines())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("problem", "code", "lines"),
    [
        (InputError("no extract was given; give one file or more"), 3, 1),
        (RefusedExtracts([EMPTY, RefusedExtract("a.csv", "it has no header", "add one")]), 3, 2),
        (ConservationError("RM3.csv: 12 expected, 11 found"), 4, 1),
        (KeyboardInterrupt(), 130, 1),
    ],
)
def test_what_goes_wrong_is_one_line_each(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    problem: BaseException,
    code: int,
    lines: int,
) -> None:
    monkeypatch.setattr(cli, "merge_files", failing(problem))
    done = run("merge", "a.csv", "--out", tmp_path / "out")
    assert done.exit_code == code
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == lines
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_interrupted_run_says_that_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "merge_files", failing(KeyboardInterrupt()))
    done = run("merge", "a.csv", "--out", tmp_path / "out")
    assert done.stderr == f"waitlist-merge: interrupted; {tmp_path / 'out'} is as it was\n"


def test_an_unexpected_error_shows_kind_and_place_and_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_value(*_: object, **__: object) -> object:
        return int("OKAFOR, Chidi")

    monkeypatch.setattr(cli, "merge_files", read_value)
    done = run("merge", "a.csv", "--out", tmp_path / "out")
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("waitlist-merge: unexpected ValueError at cli.py line ")
    assert "OKAFOR" not in done.output
    assert "--debug" in line


def test_debug_shows_where_an_unexpected_error_arose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "merge_files", failing(ZeroDivisionError("a value")))
    done = run("merge", "a.csv", "--out", tmp_path / "out", "--debug")
    assert isinstance(done.exception, ZeroDivisionError)


def test_a_foreign_folder_is_refused_before_any_file_is_read(
    asked: list[dict[str, object]], tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    done = run("merge", "a.csv", "--out", tmp_path)
    assert done.exit_code == 3
    assert "did not write" in done.stderr
    assert asked == []


def test_refused_files_are_listed_where_the_rest_is_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "merge_files", lambda *_, **__: Merged((EMPTY,)))
    done = run("merge", "a.csv", "--out", tmp_path / "out", "--skip-refused", "--quiet")
    assert done.exit_code == 0
    assert done.stderr == f"waitlist-merge: refused: {EMPTY}\n"


LIST = "NHS No,Surname,DOB,Shoe size\n999 000 0018,Okafor,3/2/1962,44\n999 000 0026,Nowak,,39\n"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "RM3 PTL 20261115.csv"
    path.write_text(LIST)
    return path


def test_check_prints_what_was_recognised_as_plain_lines(listed: Path) -> None:
    done = run("check", f"RM3={listed}")
    assert done.exit_code == 0
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == ["mapping"]
    assert lines[1] == ["file", "sheet", "heading", "field", "score", "reason"]
    assert {line[2]: line[3] for line in lines[2:6]} == {
        "NHS No": "nhs_number",
        "Surname": "family_name",
        "DOB": "birth_date",
        "Shoe size": "",
    }
    assert "Okafor" not in done.stdout


@pytest.mark.parametrize("command", ["check", "merge"])
def test_settings_that_are_of_no_file_given_are_said(
    listed: Path, tmp_path: Path, command: str
) -> None:
    config = tmp_path / "merge.toml"
    config.write_text('[[extracts]]\npath = "RM3*.csv"\n[[extracts]]\npath = "RMM*.csv"\n')
    out = ["--out", tmp_path / "out"] if command == "merge" else []
    done = run(command, f"RM3={listed}", "--config", config, *out)
    assert done.exit_code == 0
    note = f"note: {config}: [[extracts]] (RMM*.csv) is of none of the files given"
    assert done.stderr == f"waitlist-merge: {note}\n"


def test_check_prints_tables_on_a_terminal(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    done = run("check", f"RM3={listed}")
    assert done.exit_code == 0
    assert "┃" in done.stdout
    assert "nhs_number" in done.stdout


def test_check_prints_one_json_object(listed: Path) -> None:
    done = run("check", f"RM3={listed}", "--json")
    report = json.loads(done.stdout)
    assert set(report) == {"mapping", "formats", "findings", "refused"}
    assert set(report["mapping"][0]) == {"file", "sheet", "heading", "field", "score", "reason"}
    [shoes] = [each for each in report["mapping"] if each["heading"] == "Shoe size"]
    assert shoes["field"] is None
    assert "NaN" not in done.stdout


def test_check_shows_a_list_that_does_not_say_whose_it_is(listed: Path) -> None:
    done = run("check", listed, "--json")
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert len(report["mapping"]) == 4
    assert report["formats"][0]["organisation"] is None
    [unknown] = [each for each in report["findings"] if each["reason"] == "organisation_unknown"]
    assert "a merge will refuse it" in unknown["message"]


def test_check_reads_every_file_and_says_which_are_refused(listed: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    done = run("check", f"RM3={listed}", tmp_path / "empty.csv", tmp_path / "missing.csv", "--json")
    assert done.exit_code == 3
    report = json.loads(done.stdout)
    assert [each["file"] for each in report["refused"]] == ["empty.csv", "missing.csv"]
    assert report["mapping"]
    assert len(done.stderr.splitlines()) == 2


def test_files_become_tables_and_no_identifier_leaves_them(listed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("merge", f"RM3={listed}", "--out", out)
    assert done.exit_code == 0, done.stderr
    tables = read_tables(out)
    assert tables["entries"]["family_name"].tolist() == ["Okafor", "Nowak"]
    assert len(tables["combined_list"]) == 2
    for text in (done.output, (out / "manifest.json").read_text(encoding="utf-8")):
        assert not re.search("okafor|nowak|9990000018|999 000 0018", text, re.IGNORECASE)


def test_a_weekly_job_uses_the_model_of_an_earlier_run(listed: Path, tmp_path: Path) -> None:
    model, out = tmp_path / "patients.json", tmp_path / "out"
    done = run("merge", f"RM3={listed}", "--out", out, "--save-model", model)
    assert done.exit_code == 0, done.stderr
    first = json.loads((out / "manifest.json").read_bytes())["patient_model"]
    assert first["fitted_to_records"] == 2
    more = tmp_path / "RW3_20261115.csv"
    more.write_text(listed.read_text(encoding="utf-8").replace("Okafor", "Adeyemi"))
    config = tmp_path / "merge.toml"
    config.write_text('model = "patients.json"')
    for named in (("--config", config), ("--model", model)):
        done = run("merge", f"RM3={listed}", f"RW3={more}", "--out", out, *named)
        assert done.exit_code == 0, done.stderr
        again = json.loads((out / "manifest.json").read_bytes())["patient_model"]
        assert again == first
    done = run("merge", f"RM3={listed}", f"RW3={more}", "--out", out)
    assert json.loads((out / "manifest.json").read_bytes())["patient_model"] != first


def test_a_model_that_cannot_be_read_or_written_stops_the_run(listed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "wrong.json").write_text("{}")
    done = run("merge", f"RM3={listed}", "--out", out, "--model", tmp_path / "wrong.json")
    assert done.exit_code == 3
    assert "wrong.json: is no patient model" in done.stderr
    for place in (tmp_path / "none" / "model.json", tmp_path):
        done = run("merge", f"RM3={listed}", "--out", out, "--save-model", place)
        assert done.exit_code == 3
        assert "name a file in a folder that is there" in done.stderr
    assert not out.exists()


def test_the_manifest_says_where_each_census_date_is_from(listed: Path, tmp_path: Path) -> None:
    undated = tmp_path / "list.csv"
    undated.write_text(LIST.replace("Okafor", "Adeyemi"))
    out = tmp_path / "out"
    done = run(
        "merge", f"RM3={listed}", f"RW3={undated}", "--out", out, "--census-date", "2026-11-16"
    )
    assert done.exit_code == 0, done.stderr
    inputs = json.loads((out / "manifest.json").read_bytes())["inputs"]
    source = {each["file"]: each["census_source"] for each in inputs}
    assert source == {listed.name: "file name", "list.csv": "run's date"}


def test_a_merge_that_is_refused_leaves_the_last_one(listed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("merge", f"RM3={listed}", "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (tmp_path / "empty.csv").touch()
    refused = run("merge", f"RM3={listed}", tmp_path / "empty.csv", "--out", out)
    assert refused.exit_code == 3
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    rest = run("merge", f"RM3={listed}", tmp_path / "empty.csv", "--out", out, "--skip-refused")
    assert rest.exit_code == 0
    [problem] = json.loads((out / "manifest.json").read_bytes())["refused"]
    assert problem.startswith("empty.csv: ")


def test_the_demonstration_says_how_right_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("demo", "--out", out, "--entries", "300", "--seed", "7")
    assert done.exit_code == 0, done.stderr
    assert re.search(r"rows in +300 +from 8 files", done.stdout)
    assert re.search(r"patients +1\.0000 +[01]\.\d{4}", done.stdout)
    assert len(list((out / "extracts").iterdir())) == 8
    assert len(read_tables(out / "merged")["entries"]) == 300


def test_a_demonstration_without_pairs_boasts_of_nothing(tmp_path: Path) -> None:
    done = run("demo", "--out", tmp_path / "out", "--entries", "1")
    assert done.exit_code == 0, done.stderr
    assert re.search(r"patients +- +- +0\n +pathways +- +- +0\n", done.stdout)


def test_help_names_every_command_and_the_version_is_ours() -> None:
    told = run("--help").stdout
    assert all(name in told for name in ("demo", "check", "merge"))
    assert "Combine the waiting lists of several organisations" in told
    assert run("--version").stdout.startswith("waitlist-merge ")


def test_the_package_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "waitlist_merge", "merge", "missing.csv", "--out", "never"]
    root = Path(cli.__file__).parents[1]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)
    assert done.returncode == 3
    assert "missing.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "never").exists()


def test_characters_that_a_terminal_cannot_show_are_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    monkeypatch.setattr(cli, "app", lambda **_: print("Łukasz.csv", file=sys.stdout))  # noqa: T201
    cli.main()
    narrow.flush()
    assert narrow.buffer.getvalue() == b"\\u0141ukasz.csv\n"
