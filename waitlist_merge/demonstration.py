"""The whole road on a region that we made ourselves: extracts, merge, and how right it was.

>>> import tempfile
>>> out = Path(tempfile.mkdtemp())
>>> shown = demonstrate(out, entries=300, seed=7)
>>> shown.summary.rows, sorted(path.name for path in out.iterdir())
(300, ['extracts', 'merged', 'truth.csv'])
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from waitlist_merge.demo.extracts import write_demo
from waitlist_merge.demo.region import DEFAULT_CENSUS
from waitlist_merge.intake.requests import FileRequest
from waitlist_merge.merge import merge_files
from waitlist_merge.outputs import prepare
from waitlist_merge.plan import ORGANISATION_CODE
from waitlist_merge.result import Summary

MERGED = "merged"
"""Folder of the merge within the folder of a demonstration."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the merge found; ``str()`` gives the lines that the command line prints."""

    summary: Summary

    def __str__(self) -> str:
        return str(self.summary)


def _in_silence(_stage: str) -> None:
    """Nobody wants to hear of progress."""


def demonstrate(
    out: Path,
    *,
    entries: int = 25_000,
    seed: int = 1,
    progress: Callable[[str], None] = _in_silence,
) -> Demonstration:
    """Write a region to ``out/extracts`` and its truth to ``out/truth.csv``; merge it.

    The merge is in ``out/merged``. The same ``entries`` and ``seed`` give the same files.
    OutputError where a folder cannot be written.
    """
    merged = prepare(out / MERGED)
    progress("make a region")
    truth = write_demo(out, entries=entries, seed=seed)
    files = [_request(out / "extracts" / name) for name in sorted(truth["source_file"].unique())]
    result = merge_files(files, census_date=DEFAULT_CENSUS, progress=progress)
    progress("write")
    result.save(merged)
    return Demonstration(result.summary())


def _request(path: Path) -> FileRequest:
    """Names of extracts begin with the code of their organisation."""
    code = re.match(ORGANISATION_CODE, path.name)
    return FileRequest(str(path), code.group() if code else None)
