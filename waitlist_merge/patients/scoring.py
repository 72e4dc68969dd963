"""All candidate pairs, weighed chunk by chunk; those that a person may want to see are kept.

A chunk is what is held at a time: it bounds the memory, changes no result, and is the work that
threads share. Chunks are put together in the order in which their pairs were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.patients.blocks import Key, forecast
from waitlist_merge.patients.ceiling import Ceiling
from waitlist_merge.patients.coding import Level
from waitlist_merge.patients.frequencies import Shares
from waitlist_merge.patients.levels import LEVELS, compare
from waitlist_merge.patients.model import PARTS, PatientModel
from waitlist_merge.patients.pairs import Pairs, Stretch, joined, made_in, stretches
from waitlist_merge.patients.progress import SILENT, Work
from waitlist_merge.patients.records import Records
from waitlist_merge.patients.weights import Weights, total, weigh
from waitlist_merge.threads import shared_by


@dataclass(frozen=True, eq=False, slots=True)
class Scored:
    """Pairs with everything that the decision and its explanation need; ``veto`` as in VETOES."""

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    levels: dict[str, Level]
    parts: dict[str, Weights]
    veto: NDArray[np.int8]

    def __getitem__(self, where: NDArray[np.bool_] | NDArray[np.integer]) -> Scored:
        return Scored(
            self.a[where],
            self.b[where],
            {name: found[where] for name, found in self.levels.items()},
            {name: part[where] for name, part in self.parts.items()},
            self.veto[where],
        )

    @property
    def weight(self) -> NDArray[np.float64]:
        """The sum of the parts of each pair, in bits."""
        return total(self.parts)


Judge = Callable[[Scored], Scored]
"""Names the veto of each pair and keeps those worth keeping."""


def score(
    records: Records,
    model: PatientModel,
    keys: Sequence[Key],
    judge: Judge,
    *,
    shares: Mapping[str, Shares],
    least: float,
    chunk: int,
    workers: int = 1,
    work: Work = SILENT,
) -> tuple[Scored, int]:
    """The pairs that ``judge`` keeps, in the order in which keys make them, and how many were made.

    Pairs that cannot weigh ``least`` are not compared. ``chunk`` bounds the pairs held by each of
    the ``workers`` (threads); neither changes the result. ``shares`` are ``model.on(records)``;
    ``work`` is told how far it is.
    """
    ceiling = Ceiling.of(model, shares)
    told = _told(work, keys)
    seen = 0

    def hopeful(stretch: Stretch) -> tuple[Pairs, int, int]:
        a, b = made_in(stretch, keys)
        reached = ceiling.reached(records, a, b, least=least)
        return (a[reached], b[reached]), len(a), stretch.size

    def counted(found: Iterable[tuple[Pairs, int, int]]) -> Iterator[Pairs]:
        nonlocal seen
        for some, fresh, every in found:
            seen += fresh
            told(every)
            yield some

    def weighed(some: Pairs) -> Scored:
        a, b = (each.astype(np.intp) for each in some)
        levels = compare(records, a, b)
        parts = weigh(model, shares, records, levels, a, b)
        return judge(Scored(*some, levels, parts, np.zeros(len(some[0]), dtype=np.int8)))

    with shared_by(workers) as in_order:
        made = counted(in_order(hopeful, stretches(keys, chunk=chunk)))
        kept = [_none(), *in_order(weighed, _filled(made, chunk))]
    return together(kept), seen


def _told(work: Work, keys: Sequence[Key]) -> Callable[[int], None]:
    """Adds up the pairs made, for a listener, beside those that were forecast."""
    total, done = int(forecast(keys)["pairs"].sum()) if work.watched else 0, 0

    def made(count: int) -> None:
        nonlocal done
        done += count
        if work.watched:
            work.did(done, total)

    return made


def _filled(parts: Iterator[Pairs], chunk: int) -> Iterator[Pairs]:
    """The same pairs in chunks that are full but for the last."""
    held: list[Pairs] = []
    size = 0
    for part in parts:
        if size and size + len(part[0]) > chunk:
            yield joined(held)
            held, size = [], 0
        held.append(part)
        size += len(part[0])
    if size:
        yield joined(held)


def _none() -> Scored:
    """No pairs at all, in the shape of some."""
    nobody = np.empty(0, dtype=np.int32)
    levels = {field: np.empty(0, dtype=np.int8) for field in LEVELS}
    parts = {name: np.empty(0, np.float32) for name in PARTS}
    return Scored(nobody, nobody, levels, parts, np.empty(0, dtype=np.int8))


def together(chunks: Sequence[Scored]) -> Scored:
    """Several chunks of pairs as one."""
    return Scored(
        np.concatenate([each.a for each in chunks]),
        np.concatenate([each.b for each in chunks]),
        {name: np.concatenate([each.levels[name] for each in chunks]) for name in LEVELS},
        {name: np.concatenate([each.parts[name] for each in chunks]) for name in chunks[0].parts},
        np.concatenate([each.veto for each in chunks]),
    )
