"""How do threads share work, so that neither its result nor its order depends on how many they are?

NumPy and Arrow leave the interpreter to other threads while they work on arrays of millions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

AT_A_TIME = 1 << 16
"""Elements of an array that are looked at together: they fit the cache."""

Given = TypeVar("Given")
Found = TypeVar("Found")


class InOrder(Protocol):
    """Does work on one after the other, as ``map`` does."""

    def __call__(
        self, work: Callable[[Given], Found], given: Iterable[Given], /
    ) -> Iterator[Found]:
        """The result of each, in the order of what is given."""


@contextmanager
def shared_by(workers: int) -> Iterator[InOrder]:
    """What does work on one after the other: by threads, no more under way than there are.

    >>> with shared_by(2) as in_order:
    ...     list(in_order(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    if workers == 1:
        yield map
        return

    def in_order(work: Callable[[Given], Found], given: Iterable[Given]) -> Iterator[Found]:
        under_way: deque[Future[Found]] = deque()
        for each in given:
            if len(under_way) >= workers:
                yield under_way.popleft().result()
            under_way.append(pool.submit(work, each))
        while under_way:
            yield under_way.popleft().result()

    with ThreadPoolExecutor(workers) as pool:
        yield in_order
