"""Do two who read the same pair say the same of it, where others read it and other pairs too?

Each trust has its own readers, and a pair of two trusts has those of both, so that no reader is the
first or the second of all pairs, and some pairs have more readers than others. Every pair counts
once, however many read it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def observed(same: Counts, readers: Counts) -> float:
    """What share of each two readers of a pair agree, in the mean of pairs? Missing without pairs.

    ``same`` of the ``readers`` of each pair, two or more, said that it is the same. Below both of
    the first pair agree, and of the six twos of the four of the second two do.

    >>> round(observed(np.array([2, 2]), np.array([2, 4])), 3)
    0.667
    """
    if not len(readers):
        return float("nan")
    other = readers - same
    twos = same * (same - 1) + other * (other - 1)
    return float((twos / (readers * (readers - 1))).mean())


def kappa(same: Counts, readers: Counts) -> float:
    """Agreement beyond what chance gives; missing where all say one thing, or nobody twice.

    Fleiss (1971, Psychological Bulletin 76), for readers who are not the same from pair to pair. As
    their number varies too, chance is worked out from the mean share of *same* of the pairs, each
    counting once as in ``observed`` (Gwet 2014, Handbook of Inter-Rater Reliability). Of two
    readers of every pair it is the pi of Scott (1955), that is Cohen's kappa where both say *same*
    equally often, and else less: it does not matter which of the two is called the first.

    >>> round(kappa(np.array([3, 0, 2, 1]), np.array([3, 2, 2, 3])), 3)
    0.657
    """
    if not len(readers):
        return float("nan")
    part = float((same / readers).mean())
    chance = part**2 + (1 - part) ** 2
    return float("nan") if chance == 1 else (observed(same, readers) - chance) / (1 - chance)
