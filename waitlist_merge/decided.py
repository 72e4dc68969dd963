"""What have people said of pairs of entries, in the form that the engine obeys?

A person's decision beats the engine: a pair that people have joined is joined whatever the weight
or veto, and a pair that they have kept apart is kept apart. Where the two contradict each other
within one group, apart wins: a false merge hides a patient.

>>> NONE.a.size
0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Decided:
    """Pairs of entries that people have decided on, as positions of the run's entries.

    ``a`` < ``b`` are int32 positions, ``joined`` is True where people said that the two are one,
    False where they are kept apart; no pair is listed twice.
    """

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    joined: NDArray[np.bool_]


NONE = Decided(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.bool_))
"""Nobody has said anything."""
