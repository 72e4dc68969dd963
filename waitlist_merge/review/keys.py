"""Which group goes on with the id of one that has lost all its entries?

Another organisation lists the patient under the same number, or the need under the same identifier:
a key that one group alone has in each of both runs. A number that was written on the row of
another person hands nothing on, and what still holds its id gives it to nobody.

>>> key = Key(np.array([5, -1]), np.array([5]), "The same number")
>>> by_keys(np.array([-1, -1]), np.array([0, 1]), np.array([0]), np.array([False]), [key])
(array([ 0, -1]), [(0, 1, 'The same number')])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools

Int = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Key:
    """A value that tells a group of the last run again when none of its entries is left.

    ``now`` and ``then`` are codes of this run's and the last run's entries, -1 where there is none.
    ``are_two`` says of entries of both that share a code which of them speak of two all the same.
    """

    now: Int
    then: Int
    why: str
    are_two: Callable[[Int, Int], Bools] | None = None


def by_keys(
    of: Int, group: NDArray[np.integer], code: Int, holding: Bools, also: Sequence[Key]
) -> tuple[Int, list[tuple[int, int, str]]]:
    """The code of each group's id with those taken over, and each that was: group, entries, why.

    ``of`` has -1 for a group without an id, ``code`` is the id of each entry of the last run,
    ``holding`` are those of them whose id is not free. A key has to be of one group only in this
    run, and of one in the last.
    """
    of = of.copy()
    moved: list[tuple[int, int, str]] = []
    free_old = np.ones(int(code.max(initial=-1)) + 1, dtype=bool)
    free_old[of[of >= 0]] = False
    free_old[code[holding]] = False
    free_new = of < 0
    for key in also:
        of_new, of_old = _one_each(key.now, group), _one_each(key.then, code)
        both = of_new.merge(of_old, on="key", suffixes=("_new", "_old"))
        both = both[free_new[both["owner_new"]] & free_old[both["owner_old"]]]
        both = both[~both["key"].isin(_of_two(key, both["key"]))]
        both = both.sort_values(["owner_new", "owner_old"])
        alone = ~(
            both["owner_new"].duplicated(keep=False) | both["owner_old"].duplicated(keep=False)
        )
        for new, old, count in both.loc[alone, ["owner_new", "owner_old", "size_new"]].itertuples(
            index=False, name=None
        ):
            of[new] = old
            free_new[new] = free_old[old] = False
            moved.append((new, count, key.why))
    return of, moved


def _one_each(key: Int, owner: NDArray[np.integer]) -> pd.DataFrame:
    """The keys that one owner alone has, and how many of its entries have each (``size``)."""
    told = key >= 0
    pairs = pd.DataFrame({"key": key[told], "owner": owner[told].astype(np.int64)})
    pairs = pairs.groupby(["key", "owner"], as_index=False).size()
    return pairs[~pairs["key"].duplicated(keep=False)]


def _of_two(key: Key, some: pd.Series) -> pd.Series:
    """Those of ``some`` codes of a key under which any two entries of both runs speak of two."""
    if key.are_two is None or some.empty:
        return some.iloc[:0]
    sides = []
    for codes in (key.now, key.then):
        rows = np.flatnonzero(np.isin(codes, some))
        sides.append(pd.DataFrame({"key": codes[rows], "row": rows}))
    both = sides[0].merge(sides[1], on="key", suffixes=("_now", "_then"))
    return both.loc[key.are_two(both["row_now"].to_numpy(), both["row_then"].to_numpy()), "key"]
