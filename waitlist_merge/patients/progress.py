"""How far is the linkage, and how long will it take? A bar for work of more than a moment.

Stages take shares of the whole that were measured on a list of England's size; within the longest,
the comparison of pairs, the share is that of the pairs which were forecast. So the estimate is of
the work itself, not of the stages passed.

>>> heard = []
>>> work = Work(lambda stage, share: heard.append((stage, round(share, 2))))
>>> work.begins("pairs")
>>> work.did(50, 100)
>>> heard
[('pairs', 0.46), ('pairs', 0.68)]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from types import MappingProxyType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Told = Callable[[str, float], None]
"""Hears the stage at work and the share of the whole work that is done, 0 to 1."""

SHARES = MappingProxyType(
    {"columns": 0.16, "codes": 0.15, "model": 0.15, "pairs": 0.44, "groups": 0.10}
)
"""Share of the seconds that each stage takes of 7.1 million records, in their order."""

_STARTS = dict(zip(SHARES, accumulate(SHARES.values(), initial=0.0), strict=False))

BAR_STEPS = 1_000


class Work:
    """Tells a listener how far the work is; without one, nothing."""

    def __init__(self, told: Told | None) -> None:
        self._told = told
        self._stage = ""

    @property
    def watched(self) -> bool:
        """Does anybody want to hear of it?"""
        return self._told is not None

    def begins(self, stage: str) -> None:
        """A stage of ``SHARES`` begins."""
        self._stage = stage
        self.did(0, 1)

    def did(self, done: int, of: int) -> None:
        """So much of the stage is done."""
        if self._told is not None:
            part = min(done / of, 1.0) if of else 1.0
            self._told(self._stage, _STARTS[self._stage] + part * SHARES[self._stage])


SILENT = Work(None)
"""Nobody wants to hear of progress."""


@contextmanager
def watched(progress: bool | Told) -> Iterator[Work]:
    """The work told to ``progress``: a bar on the terminal for True, silence for False.

    Where standard error is no terminal there is no bar.
    """
    if callable(progress):
        yield Work(progress)
        return
    console = Console(stderr=True)
    if not progress or not console.is_terminal:
        yield SILENT
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("patients", total=BAR_STEPS)
        yield Work(
            lambda stage, share: bar.update(
                task, description=f"patients: {stage}", completed=share * BAR_STEPS
            )
        )
