"""How an output folder is replaced so that a reader never sees half of it.

The new folder is written beside the old one under a name of its own and put in its place whole:
in one exchange where the system has it (``renameat2`` on Linux), else by moving the old one to
``OUT.previous`` first, which the next run puts back if it finds OUT missing. A run that fails or is
interrupted takes its own folder with it; that of a run that was killed is removed by the next one.
The reasons are in ``docs/decisions/0001-output-swap.md``.

>>> import tempfile
>>> out = Path(tempfile.mkdtemp()) / "merged"
>>> with replacing(out) as folder:
...     _ = (folder / "table.csv").write_text("text")
>>> sorted(path.name for path in out.parent.rglob("*"))
['merged', 'table.csv']
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from waitlist_merge.errors import OutputError
from waitlist_merge.outputs.exchange import exchange
from waitlist_merge.plural import many
from waitlist_merge.schema import TABLES

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PROGRAM = "waitlist_merge"
MANIFEST = "manifest.json"
"""A folder is ours where its manifest names this program; its ``files`` say what in it is."""

SCHEMA = "schema.json"

PREVIOUS = ".previous"
PARTIAL = ".partial"
_MOVED = ".moved-aside"
"""Lies in a folder that a run moved to OUT.previous and that it should have removed."""

_ABANDONED_SECONDS = 24 * 3600
"""Age from which an unfinished folder is of a dead run, where folders cannot be locked."""


_FIRST_FILES = (
    SCHEMA,
    *(f"{table}.{suffix}" for table in TABLES for suffix in ("csv", "parquet")),
)
"""What is ours in an output whose manifest does not list its files: it is older than the list."""

_OF_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What a file manager leaves in a folder that it shows; nobody misses it."""


def is_ours(folder: Path) -> bool:
    """True where this program wrote the folder: its manifest says so."""
    return manifest_of(folder) is not None


def manifest_of(folder: Path) -> dict[str, object] | None:
    """The manifest of a folder that this program wrote; None of any other."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    ours = isinstance(manifest, dict) and manifest.get("program") == PROGRAM
    return manifest if ours else None


def count_foreign(folder: Path, ours: Iterable[str]) -> int:
    """How many files and folders there are not ours; what the system left is not counted."""
    known = {*ours, *_OF_THE_SYSTEM, _MOVED}
    return sum(path.name not in known for path in folder.iterdir())


def refuse_foreign(out: Path) -> None:
    """OutputError where ``out`` is a file, or holds anything that no merge has written there."""
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(f"{out}: is a file; name a new or an empty folder")
    manifest = manifest_of(out)
    if manifest is None and any(out.iterdir()):
        raise OutputError(
            f"{out}: holds files that this program did not write; name a new or an empty folder"
        )
    listed = (manifest or {}).get("files")
    ours = map(str, listed) if isinstance(listed, list) else _FIRST_FILES
    refuse_own(out, count_foreign(out, (MANIFEST, *ours)))


def refuse_own(folder: Path, count: int) -> None:
    """OutputError where a folder of ours holds so many files of the user: they would be lost."""
    if count:
        raise OutputError(
            f"{folder}: holds {many(count, 'file')} that this program did not write and that would "
            "be lost; move them elsewhere or name another folder"
        )


def prepare(out: str | Path, *, refuse: Callable[[Path], None] = refuse_foreign) -> Path:
    """Make ready for a new output and return its real path; to be called before any work is done.

    Puts back an output that an interrupted run had moved aside, and removes what killed runs left.
    ``refuse`` raises OutputError where what is there must stay: by default a file, a folder that
    this program did not write, and one in which anything else lies.
    """
    real = Path(os.path.realpath(out))
    with explained(real):
        if real.parent.is_dir():
            _settle_previous(real)
            _remove_abandoned(real)
        refuse(real)
        need_right(real)
    return real


def need_right(out: Path) -> None:
    """An error at once, and not after all the work, where nothing can be made there."""
    there = next(each for each in out.absolute().parents if each.exists())
    if not there.is_dir():
        raise OutputError(f"{there}: is a file; name a new or an empty folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def replacing(
    out: str | Path, *, refuse: Callable[[Path], None] = refuse_foreign
) -> Iterator[Path]:
    """A new, empty folder that takes the place of ``out`` when the block ends without an error.

    ``refuse`` as for ``prepare``. OutputError, with the previous output as it was, where anything
    cannot be written.
    """
    real = prepare(out, refuse=refuse)
    with explained(real):
        real.parent.mkdir(parents=True, exist_ok=True)
        folder, lock = _new_folder(real)
        try:
            yield folder
            _synchronise(folder)
            refuse(real)
            _put_in_place(folder, real)
        finally:
            _tidy_up(folder, lock)


def _tidy_up(folder: Path, lock: int | None) -> None:
    """Remove what is left under the other name: the old output, or an unfinished one.

    What happens here changes nothing of the outcome, so it must not be told as a failure.
    """
    with suppress(OSError, KeyboardInterrupt):
        _synchronise_names(folder.parent)
    with suppress(KeyboardInterrupt):
        shutil.rmtree(folder, ignore_errors=True)
    if lock is not None:
        os.close(lock)


@contextmanager
def explained(out: Path) -> Iterator[None]:
    """What the system says as one line; its own text may name files that nobody knows."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        problem = os.strerror(error.errno) if error.errno else type(error).__name__
        message = f"{out}: cannot be written ({problem}); what was there is as it was"
        raise OutputError(message) from error


def _previous(out: Path) -> Path:
    return out.with_name(out.name + PREVIOUS)


def _settle_previous(out: Path) -> None:
    """Finish what a run that died between two renames had begun."""
    previous = _previous(out)
    if not out.exists() and is_ours(previous):
        previous.rename(out)
    elif out.exists() and (previous / _MOVED).exists():
        shutil.rmtree(previous)
    if (out / _MOVED).exists():
        (out / _MOVED).unlink()


def _new_folder(out: Path) -> tuple[Path, int | None]:
    """A folder beside ``out``, locked for as long as this run lives.

    Another run that starts just now may take it for abandoned before it is locked: then another.
    """
    while True:
        folder = out.with_name(f".{out.name}.{secrets.token_hex(4)}{PARTIAL}")
        folder.mkdir()
        with suppress(FileNotFoundError, BlockingIOError):
            lock = _lock(folder)
            shutil.copymode(out if out.is_dir() else folder, folder)
            return folder, lock


def _lock(folder: Path) -> int | None:
    """A lock that ends with this process, however it ends; None where folders have no locks.

    BlockingIOError where another run holds it.
    """
    if fcntl is None:
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle


def _remove_abandoned(out: Path) -> None:
    """Remove the unfinished folders of dead runs; those of living runs are locked."""
    for folder in out.parent.iterdir():
        if not (folder.name.startswith(f".{out.name}.") and folder.name.endswith(PARTIAL)):
            continue
        with suppress(OSError):
            lock = _lock(folder)
            if lock is not None or time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
            if lock is not None:
                os.close(lock)


def _put_in_place(folder: Path, out: Path) -> None:
    """Give ``folder`` the name ``out``; what had that name is then under the other one, or gone."""
    if not out.exists() or not any(out.iterdir()):
        if os.name != "posix" and out.exists():
            out.rmdir()  # there a rename does not replace an empty folder
        folder.rename(out)
    elif not exchange(folder, out):
        _move_aside(folder, out)


def _move_aside(folder: Path, out: Path) -> None:
    """Two renames: between them OUT is missing, and OUT.previous is what the next run restores."""
    previous = _previous(out)
    if previous.exists():
        raise OutputError(f"{previous}: is in the way of {out}; move it elsewhere")
    (out / _MOVED).touch()
    try:
        out.rename(previous)
        folder.rename(out)
    except BaseException:
        if not out.exists():
            previous.rename(out)
        (out / _MOVED).unlink(missing_ok=True)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _synchronise(folder: Path) -> None:
    """Bring the new output to the disk before its name says that it is whole."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    _synchronise_names(folder)


def _synchronise_names(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
