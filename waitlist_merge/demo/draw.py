"""Values for a whole column at once: by weight, by chance, or each different.

Every function takes the generator first and draws arrays; nothing here keeps state, so a region is
a function of its seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Weighted choices by row: ``draw`` takes one column index for each given row of weights.

    One sorted array serves all rows: row r's cumulative weights lie between r and r + 1, so one
    search answers a million draws over hundreds of different distributions.

    >>> weights = Choices.of([[1, 0, 0], [0, 0, 5]])
    >>> weights.draw(np.random.default_rng(0), np.array([0, 1, 1])).tolist()
    [0, 2, 2]
    """

    ends: Floats
    width: int
    possible: Mask

    @classmethod
    def of(cls, weights: ArrayLike) -> Choices:
        """Choices from a matrix of weights; a row of zeros is not possible and draws nothing."""
        matrix = np.atleast_2d(np.asarray(weights, dtype=np.float64))
        totals = matrix.sum(axis=1)
        possible = totals > 0
        shares = matrix / np.where(possible, totals, 1)[:, None]
        ends = np.cumsum(shares, axis=1)
        last = matrix.shape[1] - 1 - np.argmax(matrix[:, ::-1] > 0, axis=1)
        ends[np.arange(matrix.shape[1]) >= last[:, None]] = 1.0
        return cls((ends + np.arange(len(matrix))[:, None]).ravel(), matrix.shape[1], possible)

    def draw(self, rng: np.random.Generator, rows: ArrayLike) -> Ints:
        """One column index for each row index; -1 where the row has no weight at all."""
        which = np.asarray(rows, dtype=np.int64)
        # Scaled a hair below 1: row + u must never round up into the next row.
        points = which + rng.random(len(which)) * (1 - 1e-9)
        found = np.searchsorted(self.ends, points, side="right") - which * self.width
        return np.where(self.possible[which], np.minimum(found, self.width - 1), -1)


def choose(rng: np.random.Generator, weights: ArrayLike, size: int) -> Ints:
    """Which of several, by weight: ``size`` indices."""
    return Choices.of(weights).draw(rng, np.zeros(size, dtype=np.int64))


def hit(rng: np.random.Generator, rate: ArrayLike, size: int) -> Mask:
    """Whom does it hit: True at the rate given (one for all, or one each)."""
    return np.asarray(rng.random(size) < np.asarray(rate))


def some_of(rng: np.random.Generator, among: Ints, count: int) -> Ints:
    """``count`` different members of ``among`` in random order; all where it holds fewer."""
    return rng.permutation(among)[: max(count, 0)]


def distinct(rng: np.random.Generator, low: int, high: int, size: int) -> Ints:
    """``size`` different whole numbers from ``low`` to below ``high``, in random order.

    >>> numbers = distinct(np.random.default_rng(1), 10, 20, 10)
    >>> sorted(numbers.tolist()) == list(range(10, 20))
    True
    """
    if high - low < size:
        raise ValueError(f"there are no {size} different numbers from {low} to {high - 1}")
    if high - low < 4 * size:
        return np.asarray(rng.permutation(np.arange(low, high))[:size])
    found = np.empty(0, dtype=np.int64)
    while len(found) < size:
        more = rng.integers(low, high, size + size // 8 + 8)
        found = np.sort(np.concatenate([found, more]))
        found = found[np.diff(found, prepend=low - 1) > 0]
    return np.asarray(rng.permutation(found)[:size], dtype=np.int64)


def between(rng: np.random.Generator, low: ArrayLike, high: ArrayLike, size: int) -> Ints:
    """Whole numbers from ``low`` to ``high``, both included; ``low`` where ``high`` is smaller."""
    floor = np.broadcast_to(np.asarray(low, dtype=np.int64), (size,))
    span = np.maximum(np.asarray(high, dtype=np.int64) - floor, 0) + 1
    return np.asarray(floor + (rng.random(size) * span).astype(np.int64))


def words(choices: Sequence[str], index: Ints) -> NDArray[np.object_]:
    """The words at these positions; -1 is missing."""
    listed = np.array([*choices, None], dtype=object)
    return np.asarray(listed[index])


def later(start: Days, days: ArrayLike) -> Days:
    """These days later (earlier where negative); no day stays no day."""
    return np.asarray(start + np.asarray(days).astype("timedelta64[D]"))


def missing_days(size: int) -> Days:
    """A column of no days."""
    return np.full(size, np.datetime64("NaT"), dtype="datetime64[D]")
