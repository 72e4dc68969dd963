"""How are the ids of groups made from what is in them?

The same grouping gives the same ids, in whatever order its rows come. An id has a check character,
so that nobody takes it for the number of a hospital system (``id_letters``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.categories import STR
from waitlist_merge.id_letters import HIDDEN, as_strings, check_characters, written
from waitlist_merge.identity import PUBLIC_KEY, SEPARATOR, keyed_hashes
from waitlist_merge.mixing import mixed
from waitlist_merge.ranks import hashed
from waitlist_merge.signs import again
from waitlist_merge.threads import AT_A_TIME


def group_ids(
    prefix: str, groups: NDArray[np.integer], entry_ids: Sequence[str], *, key: str | None = None
) -> NDArray[np.object_]:
    """The id of each entry's group: ``prefix``, 12 characters of hash and a check character.

    The hash is of the smallest entry id in the group: the same grouping gives the same ids.

    >>> from waitlist_merge.id_letters import valid_id
    >>> ids = group_ids("P", np.array([0, 1, 0]), ["E-2", "E-3", "E-1"])
    >>> ids[0] == ids[2] != ids[1], all(valid_id(each) for each in ids)
    (True, True)
    """
    if not len(groups):
        return np.empty(0, dtype=object)
    texts = np.asarray(entry_ids, dtype=str).astype("S")
    order = np.lexsort((texts, groups))
    first = np.flatnonzero(np.diff(groups[order], prepend=groups[order[0]] - 1))
    smallest = texts[order[first]].astype(str).tolist()
    hashes = keyed_hashes([f"{prefix}{SEPARATOR}{least}" for least in smallest], key=key)
    checks = check_characters(hashes)
    ids = np.asarray(
        [f"{prefix}-{text}{check}" for text, check in zip(hashes, checks, strict=True)],
        dtype=object,
    )
    return np.asarray(ids[np.searchsorted(groups[order[first]], groups)])


def entry_ranks(entry_ids: Iterable[str], key: str | None = None) -> NDArray[np.uint64]:
    """A number for each entry id, keyed: what the ids of its patient and need are made of.

    >>> entry_ranks(["E-1"]).tolist() == entry_ranks(["E-1"], key="a secret").tolist()
    False
    """
    secret = blake2b((key or PUBLIC_KEY).encode(), digest_size=8).hexdigest()
    return hashed(entry_ids, hash_key=secret)


def ids_by_rank(
    prefix: str, groups: NDArray[np.int32], ranks: NDArray[np.uint64], *, workers: int = 1
) -> pd.Series:
    """The id of each row's group, made from what its rows hold: for rows that have no entry id.

    ``groups`` are numbered 0 upwards, ``ranks`` from ``content_ranks``. The id is of the smallest
    rank in the group; groups that share it (rows alike held apart) are numbered by all their ranks.
    ``workers`` threads share the writing.

    >>> from waitlist_merge.id_letters import valid_id
    >>> ranks = np.array([7, 5, 9], dtype=np.uint64)
    >>> ids = ids_by_rank("P", np.array([0, 1, 0], dtype=np.int32), ranks)
    >>> ids[0] == ids[2] != ids[1], all(valid_id(each) for each in ids)
    (True, True)
    """
    size = int(groups.max(initial=-1)) + 1
    least = np.full(size, ~np.uint64(0))
    np.minimum.at(least, groups, ranks)
    seed = pd.util.hash_array(np.asarray([prefix + PUBLIC_KEY], dtype=object))[0]
    hashes = mixed(least ^ seed)
    with ThreadPoolExecutor(workers) as pool:
        alike = pool.submit(_some_alike, hashes)
        ids = written(prefix, hashes, pool)
        if alike.result():
            ids = written(prefix, _all_different(hashes, groups, ranks), pool)
        rows = np.empty(len(groups), dtype=ids.dtype)

        def copy(at: int) -> None:
            part = slice(at, at + AT_A_TIME)
            np.take(ids, groups[part], out=rows[part], mode="clip")

        list(pool.map(copy, range(0, len(rows), AT_A_TIME)))
    return pd.Series(pd.array(as_strings(rows), dtype=STR))


def _all_different(
    hashes: NDArray[np.uint64], groups: NDArray[np.int32], ranks: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """The hashes of groups; those alike in what an id shows are numbered by all their ranks."""
    whole = np.zeros(len(hashes), dtype=np.uint64)
    np.add.at(whole, groups, mixed(ranks))
    return _numbered(hashes, whole)


def _some_alike(hashes: NDArray[np.uint64]) -> bool:
    """Are two hashes alike in what an id shows? Only of those that begin alike is all looked at."""
    begin = np.maximum(hashes >> np.uint64(32), 1).astype(np.uint32)
    shown = np.sort(hashes[again(begin)] >> HIDDEN)
    return bool((shown[1:] == shown[:-1]).any())


def _numbered(hashes: NDArray[np.uint64], whole: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The hashes with those alike in what an id shows mixed with ``whole``, in its order."""
    if not _some_alike(hashes):
        return hashes
    shown = hashes >> HIDDEN
    alike = np.flatnonzero(pd.Series(shown).duplicated(keep=False).to_numpy())
    alike = alike[np.argsort(whole[alike], kind="stable")]
    number = pd.Series(shown[alike]).groupby(shown[alike]).cumcount().to_numpy(np.uint64)
    apart = hashes.copy()
    apart[alike] = np.where(number == 0, hashes[alike], mixed(np.add(hashes[alike], number)))
    return _numbered(apart, whole)
