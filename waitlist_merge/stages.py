"""How long does each stage of a run take, and who is told that it begins?

>>> watch = Stopwatch(print)
>>> with watch("patients"):
...     of_patients(print)("compare", 0.5)
patients
patients: compare, 50%
>>> [*watch.timings]
['patients']
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from waitlist_merge.heap import give_back

Progress = Callable[[str], None]
"""What is told each stage as it begins."""


def in_silence(_stage: str) -> None:
    """Nobody wants to hear of progress."""


def of_patients(progress: Progress) -> Callable[[str, float], None] | bool:
    """Says of the longest stage how much of it is done."""
    if progress is in_silence:
        return False
    return lambda stage, share: progress(f"patients: {stage}, {share:.0%}")


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """How long each stage took, in seconds; ``progress`` is told each as it begins.

    What a stage no longer needs is given back when it is over.
    """

    progress: Progress
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time what happens inside ``with watch("stage"):``."""
        self.progress(stage)
        start = time.perf_counter()
        yield
        give_back()
        self.timings[stage] = time.perf_counter() - start
