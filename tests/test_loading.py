"""Ctrl-C while the program loads is one line whatever is loaded; a library is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import waitlist_merge

MODULE = ["-m", "waitlist_merge"]
SCRIPT = [
    "-c",
    (
        "import sys; sys.argv = ['bin/waitlist-merge']; "
        "from waitlist_merge.__main__ import main; main()"
    ),
]
LIBRARY = ["-c", "import waitlist_merge"]


def loaded(arguments: list[str], folder: Path, stopped_at: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments, and with Ctrl-C at the import of one package."""
    (folder / f"{stopped_at}.py").write_text("raise KeyboardInterrupt")
    root = Path(waitlist_merge.__file__).parents[1]
    path = os.pathsep.join([str(folder), str(root)])
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
    )


@pytest.mark.parametrize("arguments", [MODULE, SCRIPT], ids=["module", "script"])
@pytest.mark.parametrize("stopped_at", ["pandas", "typer"])
def test_an_interrupt_while_loading_is_one_line(
    tmp_path: Path, arguments: list[str], stopped_at: str
) -> None:
    done = loaded(arguments, tmp_path, stopped_at)
    assert done.stderr == "waitlist-merge: interrupted; nothing was written\n"
    assert done.returncode == 130


def test_who_uses_the_library_gets_the_interrupt(tmp_path: Path) -> None:
    done = loaded(LIBRARY, tmp_path, "pandas")
    assert done.stderr.endswith("KeyboardInterrupt\n")
    assert "waitlist-merge:" not in done.stderr
