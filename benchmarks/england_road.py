"""The whole road: 528 CSV extracts of England's shape to Parquet tables. How long, how big, where?

    python -m benchmarks.england_road --entries 1000000
    python -m benchmarks.england_road --work DIR --peer         the whole of England, beside Splink

Seconds, processor seconds and the most memory (of this process and its workers) are printed for
each stage. ``--peer`` then runs Splink on the same people, for linking alone (``peers``).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.data import england, read_records
from benchmarks.england import CENSUS, WHOLE
from benchmarks.england_lists import write_lists
from benchmarks.measure import ROOT, run
from benchmarks.patients import as_markdown
from waitlist_merge.intake.requests import FileRequest
from waitlist_merge.merge import merge_files

GIGABYTE = 2**30
EVERY = 0.1
"""Seconds between two looks at the memory."""


def memory() -> int:
    """Bytes that this process and its children hold; pages that they share count for each."""
    own = os.getpid()
    children = Path(f"/proc/self/task/{own}/children").read_text().split()
    return sum(_resident(each) for each in (str(own), *children))


def _resident(process: str) -> int:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Watch:
    """Seconds, processor seconds and the most memory of each stage as it passes."""

    rows: list[dict[str, object]] = field(default_factory=list)
    _stage: str = ""
    _since: tuple[float, float] = (0.0, 0.0)
    _peak: int = 0
    _over: bool = False

    def begin(self, stage: str) -> None:
        """The stage before ends, this one begins; the share done of a stage is no new one."""
        stage = stage.split(":", maxsplit=1)[0]
        if stage == self._stage:
            return
        self.end()
        self._stage, self._since, self._peak = stage, self._now(), memory()

    def end(self) -> None:
        if self._stage:
            wall, cpu = (b - a for a, b in zip(self._since, self._now(), strict=True))
            row = {
                "stage": self._stage,
                "seconds": f"{wall:.1f}",
                "processor": f"{cpu:.1f}",
                "peak GB": f"{self._peak / GIGABYTE:.2f}",
            }
            self.rows.append(row)
            print(*row.values(), flush=True)
        self._stage = ""

    @staticmethod
    def _now() -> tuple[float, float]:
        used = os.times()
        return time.perf_counter(), sum(used[:4])

    @contextmanager
    def watching(self) -> Iterator[None]:
        def look() -> None:
            while not self._over:
                self._peak = max(self._peak, memory())
                time.sleep(EVERY)

        looker = threading.Thread(target=look, daemon=True)
        looker.start()
        try:
            yield
        finally:
            self._over = True
            looker.join()


def road(files: list[str], out: Path) -> None:
    """Files to Parquet tables, stage by stage; run in a process of its own."""
    watch = Watch()
    start = time.perf_counter()
    with watch.watching():
        requests = [FileRequest.parse(each) for each in files]
        result = merge_files(requests, census_date=CENSUS, progress=watch.begin)
        watch.begin("write")
        result.save(out, tables="parquet")
        watch.end()
    print(as_markdown(pd.DataFrame(watch.rows)))
    print(f"whole road {time.perf_counter() - start:.1f} s")
    print(result.summary())


def prepare(work: Path, entries: int) -> Path:
    """The set and its files, made in a process of their own where they are not there yet."""
    folder = work / f"england-{entries}"
    if not (folder / "files.json").exists():
        command = [sys.executable, "-m", "benchmarks.england_road", "--make", str(folder)]
        subprocess.run([*command, "--entries", str(entries)], check=True, cwd=ROOT)
    return folder


def make(folder: Path, entries: int) -> None:
    if not (folder / "truth.npy").exists():
        england(entries).save(folder)
    person = np.load(folder / "truth.npy").astype(np.int64)
    files = write_lists(read_records(folder), person, folder / "extracts")
    (folder / "files.json").write_text(json.dumps(files), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=WHOLE)
    parser.add_argument("--work", type=Path, help="where files are kept (else they are not)")
    parser.add_argument("--peer", action="store_true", help="run Splink on the same people too")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--road", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        make(given.make, given.entries)
        return
    if given.road:
        road(json.loads((given.road / "files.json").read_text()), given.road / "out")
        return
    with tempfile.TemporaryDirectory() as passing:
        folder = prepare(given.work or Path(passing), given.entries)
        command = [sys.executable, "-m", "benchmarks.england_road", "--road", str(folder)]
        subprocess.run(command, check=True, cwd=ROOT)
        if given.peer:
            said = run("splink", folder, 4.0)
            print(f"Splink, linking alone: {said['seconds']:.1f} s, {said['peak_gb']:.2f} GB")


if __name__ == "__main__":
    main()
