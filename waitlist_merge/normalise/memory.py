"""What was read once need not be read again: files of one kind hold the same codes, names, days.

A reader looks at each text by itself, so what it said of a text holds in the next file too. To make
its patterns ready takes longer than to read the few codes of a column: hundreds of small files
would spend most of their time so.

>>> read = Remembered(len_of_each := lambda texts: np.array([len(each) for each in texts]))
>>> read(np.array(["F", "Male"], dtype=object)).tolist()
[1, 4]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from threading import Lock
from typing import Any, Final, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.normalise.reading import Texts

R = TypeVar("R")

MANY: Final = 1 << 12
"""Texts of one column from which it is read whole: a column of so many is hardly of codes, and the
patterns made ready for it are shared by them all."""

MOST: Final = 1 << 16
"""Texts remembered at most; then all are forgotten, so that a long run holds no more."""


class Remembered(Generic[R]):
    """A reader that reads each text but once.

    ``read`` takes texts and returns one array, or a tuple, mapping or
    dataclass of arrays, of their length; what it says of a text must not depend on the others.
    """

    def __init__(self, read: Callable[[Texts], R]) -> None:
        self._read = read
        self._place: dict[str, int] = {}
        self._said: R | None = None
        self._lock = Lock()

    def __call__(self, texts: Texts) -> R:
        """What the reader says of these texts."""
        if len(texts) > MANY:
            return self._read(texts)
        with self._lock:
            if len(self._place) + len(texts) > MOST:
                self._place, self._said = {}, None
            fresh = list(dict.fromkeys(text for text in texts if text not in self._place))
            if fresh or self._said is None:
                self._learn(fresh)
            at = np.array([self._place[text] for text in texts], dtype=np.intp)
            return cast("R", _each(lambda held: held[at], self._said))

    def _learn(self, fresh: list[str]) -> None:
        texts = np.empty(len(fresh), dtype=object)
        texts[:] = fresh
        said = self._read(texts)
        start = len(self._place)
        self._place.update(zip(fresh, range(start, start + len(fresh)), strict=True))
        self._said = said if self._said is None else _each(_joined, self._said, said)


def _joined(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([first, second])


def _each(change: Callable[..., NDArray[Any]], *readings: Any) -> Any:  # noqa: ANN401
    """The arrays of readings of one kind changed together, as a reading of that kind."""
    first = readings[0]
    if first is None:
        return None
    if isinstance(first, np.ndarray):
        return change(*readings)
    if isinstance(first, tuple):
        return tuple(_each(change, *parts) for parts in zip(*readings, strict=True))
    if isinstance(first, Mapping):
        return {name: _each(change, *(each[name] for each in readings)) for name in first}
    changed = {
        name.name: _each(change, *(getattr(each, name.name) for each in readings))
        for name in fields(first)
    }
    return replace(first, **changed)
