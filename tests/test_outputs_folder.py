"""The output is the old or the new whole at every instant, whatever happens on the way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from waitlist_merge.errors import OutputError
from waitlist_merge.outputs import exchange as exchange_module, folder as folder_module
from waitlist_merge.outputs.exchange import exchange
from waitlist_merge.outputs.folder import prepare, replacing
from waitlist_merge.outputs.views import prepare_views

FILES = '"files": ["manifest.json", "table.csv"]'
MANIFEST = '{"program": "waitlist_merge", ' + FILES + ', "run": "%s"}'

needs_exchange = pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's own")


def cannot_exchange(one: Path, other: Path) -> bool:
    return False


def write(out: Path, run: str) -> None:
    with replacing(out) as folder:
        (folder / "manifest.json").write_text(MANIFEST % run)
        (folder / "table.csv").write_text(run)


def content(out: Path) -> str:
    return (out / "table.csv").read_text()


@pytest.fixture(params=["exchange", "two renames"])
def out(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where to write, on a system that can exchange folders and on one that cannot."""
    if request.param == "exchange":
        if sys.platform != "linux":
            pytest.skip("renameat2 is Linux's own")
    else:
        monkeypatch.setattr(folder_module, "exchange", cannot_exchange)
    return tmp_path / "out"


def left_beside(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.iterdir() if path != out)


def test_the_new_output_takes_the_place_of_the_old(out: Path) -> None:
    write(out, "old")
    write(out, "new")
    assert content(out) == "new"
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "table.csv"]
    assert left_beside(out) == []


def test_folders_above_are_made_and_an_empty_one_is_taken(out: Path) -> None:
    write(out / "deep" / "down", "new")
    (out.parent / "empty").mkdir()
    write(out.parent / "empty", "new")
    assert content(out / "deep" / "down") == content(out.parent / "empty") == "new"


def test_a_link_to_a_folder_stays_a_link(out: Path) -> None:
    write(out.parent / "real", "old")
    out.symlink_to(out.parent / "real")
    write(out, "new")
    assert out.is_symlink()
    assert content(out) == "new"


def test_the_permissions_of_the_folder_stay(out: Path) -> None:
    write(out, "old")
    out.chmod(0o750)
    write(out, "new")
    assert out.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError, SystemExit])
def test_an_interrupted_run_leaves_all_as_it_was(out: Path, stop: type[BaseException]) -> None:
    write(out, "old")
    with pytest.raises(stop), replacing(out) as folder:  # noqa: PT012
        (folder / "table.csv").write_text("half")
        raise stop
    assert content(out) == "old"
    assert left_beside(out) == []


@pytest.mark.parametrize("before", ["nothing", "old"])
def test_a_full_disk_leaves_all_as_it_was(out: Path, before: str) -> None:
    if before == "old":
        write(out, "old")
    with (
        pytest.raises(OutputError, match=r"No space left on device.*is as it was"),
        replacing(out),
    ):
        raise OSError(errno.ENOSPC, "No space left on device", "name of a file")
    assert out.exists() == (before == "old")
    assert left_beside(out) == []


@pytest.mark.parametrize("ready", [prepare, prepare_views])
def test_a_folder_that_may_not_be_written_is_told_before_any_work(
    out: Path, monkeypatch: pytest.MonkeyPatch, ready: Callable[[Path], Path]
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("os.access", lambda path, _mode: asked.append(path))
    with pytest.raises(OutputError, match=r"cannot be written \(Permission denied\)"):
        ready(out / "none" / "yet")
    assert asked == [out.parent.resolve()]


def test_a_system_error_without_a_number_is_not_repeated(out: Path) -> None:
    with pytest.raises(OutputError, match=r"\(OSError\)"), replacing(out):
        raise OSError("text that could hold anything")


STEPS = ["_synchronise", "_put_in_place", "_synchronise_names"]


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_the_old_or_the_new(
    out: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write(out, "old")

    def crash(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(folder_module, step, crash)
    with pytest.raises(OutputError, match="Input/output error"):
        write(out, "new")
    assert content(out) in {"old", "new"}
    assert left_beside(out) == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), OSError(errno.EIO, "Input/output error")])
def test_what_happens_after_the_swap_is_no_failure(
    out: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    """Else the user would be told that the output is as it was."""
    write(out, "old")
    put_in_place = folder_module._put_in_place

    def then_stop(folder: Path, target: Path) -> None:
        put_in_place(folder, target)

        def stopped(*_: object, **__: object) -> None:
            raise stop

        monkeypatch.setattr(folder_module, "_synchronise_names", stopped)

    monkeypatch.setattr(folder_module, "_put_in_place", then_stop)
    write(out, "new")
    assert content(out) == "new"
    assert left_beside(out) == []


@pytest.mark.parametrize("failing", [1, 2])
def test_a_rename_that_fails_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    out = tmp_path / "out"
    write(out, "old")
    monkeypatch.setattr(folder_module, "exchange", cannot_exchange)
    renamed: list[Path] = []
    rename = Path.rename

    def sometimes(path: Path, target: Path) -> Path:
        renamed.append(path)
        if len(renamed) == failing:
            raise PermissionError(errno.EACCES, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", sometimes)
    with pytest.raises(OutputError, match="Permission denied"):
        write(out, "new")
    assert content(out) == "old"
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "table.csv"]
    assert left_beside(out) == []


KILLED = """
import os, sys
from pathlib import Path
from waitlist_merge.outputs import folder
out, when = Path(sys.argv[1]), int(sys.argv[2])
folder.exchange = lambda one, other: False
rename, done = Path.rename, []
def rename_then_die(path, target):
    done.append(path)
    if len(done) == when:
        os._exit(9)
    return rename(path, target)
Path.rename = rename_then_die
with folder.replacing(out) as made:
    (made / "manifest.json").write_text(sys.argv[3])
    (made / "table.csv").write_text("new")
    if when == 0:
        os._exit(9)
"""


@pytest.mark.parametrize(
    ("when", "found"),
    [
        pytest.param(0, "old", id="while writing"),
        pytest.param(1, "old", id="before the first rename"),
        pytest.param(2, None, id="between the renames"),
    ],
)
def test_what_a_killed_run_left_is_settled_by_the_next(
    tmp_path: Path, when: int, found: str | None
) -> None:
    out = tmp_path / "out"
    write(out, "old")
    root = Path(folder_module.__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(out), str(when), MANIFEST % "new"]
    killed = subprocess.run(command, check=False, cwd=root, capture_output=True)
    assert killed.returncode == 9
    assert left_beside(out), "the killed run could not tidy up"
    assert (content(out) if out.exists() else None) == found
    prepare(out)
    assert content(out) == "old"
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "table.csv"]
    assert left_beside(out) == []


def test_a_run_that_died_after_both_renames_leaves_no_old_copy(tmp_path: Path) -> None:
    out, previous = tmp_path / "out", tmp_path / "out.previous"
    write(out, "new")
    write(previous, "old")
    (previous / ".moved-aside").touch()
    prepare(out)
    assert content(out) == "new"
    assert left_beside(out) == []


def test_a_copy_that_a_person_made_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "exchange", cannot_exchange)
    out, copy = tmp_path / "out", tmp_path / "out.previous"
    write(out, "old")
    write(copy, "a copy")
    with pytest.raises(OutputError, match=r"out\.previous: is in the way"):
        write(out, "new")
    assert content(out) == "old"
    assert content(copy) == "a copy"


def test_the_folder_of_a_living_run_is_not_taken_for_abandoned(out: Path) -> None:
    with replacing(out) as folder:
        prepare(out)
        assert folder.exists()
        (folder / "manifest.json").write_text(MANIFEST % "new")
        (folder / "table.csv").write_text("new")
    assert content(out) == "new"


def test_a_folder_taken_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, tried = folder_module._lock, []

    def taken_once(folder: Path) -> int | None:
        tried.append(folder)
        if len(tried) == 1:
            folder.rmdir()
        return lock(folder)

    monkeypatch.setattr(folder_module, "_lock", taken_once)
    write(tmp_path / "out", "new")
    assert len(tried) == 2
    assert content(tmp_path / "out") == "new"


@pytest.mark.parametrize(("hours", "left"), [(1, True), (25, False)])
def test_where_folders_cannot_be_locked_their_age_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, left: bool
) -> None:
    monkeypatch.setattr(folder_module, "fcntl", None)
    unfinished = tmp_path / ".out.0a1b2c3d.partial"
    unfinished.mkdir()
    then = unfinished.stat().st_mtime - hours * 3600
    os.utime(unfinished, (then, then))
    prepare(tmp_path / "out")
    assert unfinished.exists() == left


def test_folders_of_other_outputs_are_not_removed(tmp_path: Path) -> None:
    others = [tmp_path / name for name in (".out2.0a1b2c3d.partial", ".out.conf", "out.partial")]
    for other in others:
        other.mkdir()
    prepare(tmp_path / "out")
    assert all(other.exists() for other in others)


def _file(out: Path) -> None:
    out.write_text("a letter")


def _folder(out: Path) -> None:
    out.mkdir()
    (out / "letter.txt").write_text("a letter")


def _like_ours(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_text('{"program": "another"}')


def _broken(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_bytes(b"\xff[")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(_file, "is a file", id="file"),
        pytest.param(_folder, "holds files that this program did not write", id="folder"),
        pytest.param(
            _like_ours, "holds files that this program did not write", id="other manifest"
        ),
        pytest.param(_broken, "holds files that this program did not write", id="broken manifest"),
    ],
)
def test_what_this_program_did_not_write_is_refused(
    out: Path, make: Callable[[Path], None], problem: str
) -> None:
    make(out)
    for attempt in (lambda: prepare(out), lambda: write(out, "new")):
        with pytest.raises(OutputError, match=problem) as caught:
            attempt()
        assert caught.value.exit_code == 3
    assert not (out / "table.csv").exists()
    assert left_beside(out) == []


@pytest.mark.parametrize(
    ("own", "told"), [(["my_notes.txt"], "1 file"), (["my_notes.txt", "letters"], "2 files")]
)
def test_files_of_the_user_in_an_output_are_not_lost(out: Path, own: list[str], told: str) -> None:
    write(out, "old")
    for name in own:
        (out / name).mkdir() if name == "letters" else (out / name).write_text("mine")
    problem = f"out: holds {told} that this program did not write.*move them elsewhere"
    for attempt in (lambda: prepare(out), lambda: write(out, "new")):
        with pytest.raises(OutputError, match=problem):
            attempt()
    assert content(out) == "old"
    assert (out / "my_notes.txt").read_text() == "mine"
    assert left_beside(out) == []


def test_what_a_file_manager_left_is_nobodys(out: Path) -> None:
    write(out, "old")
    (out / ".DS_Store").touch()
    write(out, "new")
    assert content(out) == "new"


@pytest.mark.parametrize(("name", "refused"), [("entries.csv", False), ("notes.csv", True)])
def test_an_output_older_than_the_list_of_files_holds_only_tables(
    out: Path, name: str, refused: bool
) -> None:
    out.mkdir()
    (out / "manifest.json").write_text('{"program": "waitlist_merge"}')
    (out / "schema.json").write_text("{}")
    (out / name).write_text("old")
    if refused:
        with pytest.raises(OutputError, match="holds 1 file that"):
            write(out, "new")
    else:
        write(out, "new")
    assert (out / "table.csv").exists() != refused


def test_a_folder_that_became_another_programs_meanwhile_is_refused(out: Path) -> None:
    with pytest.raises(OutputError, match="did not write"), replacing(out):
        _folder(out)
    assert (out / "letter.txt").exists()
    assert left_beside(out) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        write(tmp_path / "out", "new")


def test_a_refusal_of_the_system_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=r"out: cannot be written \(Permission denied\)"):
        write(tmp_path / "out", "new")


@needs_exchange
def test_a_reader_never_sees_half_an_output(tmp_path: Path) -> None:
    """A reader that looks all the time finds a whole output, while twenty runs replace it."""
    out = tmp_path / "out"
    write(out, "0" * 1000)
    stop, missing, sizes, looks = threading.Event(), [], set(), []

    def look() -> None:
        while not stop.is_set():
            looks.append(out.exists())
            try:
                sizes.add(len(content(out)))
            except FileNotFoundError:  # of the old one, opened just before it was replaced
                missing.append(not out.exists())

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for run in range(20):
            write(out, str(run % 10) * 1000)
    finally:
        stop.set()
        reader.join()
    assert all(looks)
    assert not any(missing)
    assert sizes == {1000}


@needs_exchange
def test_two_names_are_swapped(tmp_path: Path) -> None:
    write(tmp_path / "one", "1")
    write(tmp_path / "other", "2")
    assert exchange(tmp_path / "one", tmp_path / "other")
    assert content(tmp_path / "one") == "2"
    assert content(tmp_path / "other") == "1"


@needs_exchange
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOSYS])
def test_a_file_system_that_cannot_exchange_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(exchange_module.ctypes, "get_errno", lambda: code)
    assert not exchange(tmp_path / "missing", tmp_path / "too")


def test_a_system_without_the_call_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_module.ctypes, "CDLL", lambda *_, **__: object())
    assert not exchange(tmp_path, tmp_path)
