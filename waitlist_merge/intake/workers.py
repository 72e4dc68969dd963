"""Many files read by several processes at once.

To tell headings, dates and codes apart is Python's work, so threads do not share it. Each process
reads one file after another and sends back what a merge needs of it: typed values, in which a
distinct text is held once. They are started as plain interpreters, so that a script that merges
needs no ``if __name__ == "__main__"``.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, TypeAlias

from waitlist_merge.errors import RefusedExtract, WaitlistError
from waitlist_merge.intake.assemble import Typed, read_values
from waitlist_merge.intake.extract import Extract, read_extract
from waitlist_merge.plan import ExtractPlan

__all__ = ["WORTH_WORKERS", "Job", "read_each", "serve"]

WORTH_WORKERS = 48 << 20
"""Bytes of all files from which several processes are quicker: to start one takes a second, in
which another reads some 20 MB."""

Answer: TypeAlias = Extract | RefusedExtract

_START = """
import json, sys
from importlib.util import find_spec, module_from_spec
sys.path[:] = json.loads(sys.argv[1])
sys.modules["waitlist_merge"] = module_from_spec(find_spec("waitlist_merge"))
from waitlist_merge.intake.workers import serve
serve()
"""
"""What such a process runs. The package itself is named and not loaded: it would load all that a
merge needs, of which to read needs a third."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read. ``typed`` asks for its values too, ``census`` is the day where it has none.

    ``key`` keys the ids of its entries.
    """

    path: str
    organisation: str | None
    options: ExtractPlan | None
    need_organisation: bool = True
    typed: bool = False
    census: date | None = None
    key: str | None = None


def done(job: Job) -> Answer:
    """The extract, or why it is refused; its text goes once its values are typed."""
    try:
        extract = read_extract(
            job.path,
            organisation=job.organisation,
            options=job.options,
            need_organisation=job.need_organisation,
        )
    except RefusedExtract as problem:
        return problem
    day = extract.census_date or job.census
    values = read_values(extract, day, key=job.key) if job.typed and day else None
    if not isinstance(values, Typed):
        return extract
    return replace(extract, text=extract.text[[]], values=values.normalised, digests=values.digests)


def read_each(jobs: Sequence[Job], *, processes: int | None = None) -> list[Answer]:
    """The answer to each job, in their order; by several processes where that is quicker.

    ``processes`` says by how many, whatever the files' size.
    """
    count = min(processes or _worth(jobs), len(jobs))
    if count < 2 or not sys.executable:
        return [done(job) for job in jobs]
    # The largest first, so that no process is left with a long one at the end.
    order = iter(sorted(range(len(jobs)), key=lambda at: -_size(jobs[at])))
    answers: dict[int, Answer] = {}

    def work(_number: int) -> None:
        with _worker() as ask:
            for at in order:
                answers[at] = ask(jobs[at])

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, range(count)))
    return [answers[at] for at in range(len(jobs))]


def _worth(jobs: Sequence[Job]) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) if sum(map(_size, jobs)) >= WORTH_WORKERS else 1


def _size(job: Job) -> int:
    path = Path(job.path)
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def _worker() -> Iterator[Callable[[Job], Answer]]:
    """A process that answers jobs; what it cannot answer is done here."""
    command = [sys.executable, "-c", _START, json.dumps(sys.path)]
    process = subprocess.Popen(  # noqa: S603  (this very program)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    there, back = process.stdin, process.stdout

    def ask(job: Job) -> Answer:
        if there is None or back is None:
            return done(job)
        try:
            _send(there, job)
            answer = pickle.load(back)  # noqa: S301  (from a process of our own)
        except (EOFError, OSError, pickle.UnpicklingError):
            return done(job)
        if isinstance(answer, WaitlistError) and not isinstance(answer, RefusedExtract):
            raise answer
        return answer  # type: ignore[no-any-return]

    try:
        yield ask
    finally:
        for pipe in (there, back):
            with suppress(OSError):  # it is gone, and what was left to be sent to it too
                if pipe is not None:
                    pipe.close()
        process.wait()


def _send(pipe: IO[bytes], what: object) -> None:
    pickle.dump(what, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def serve() -> None:
    """Answer jobs from standard input until it ends; what is printed goes to standard error."""
    back = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)  # noqa: S301  (from the process that started this)
        except EOFError:
            return
        try:
            answer: object = done(job)
        except WaitlistError as problem:
            answer = problem
        _send(back, answer)
