"""What is an entry's own id, and how are ids of groups made from it?

An id is a keyed hash of what identifies the row at its own organisation, so that it survives
reordering and renamed files and shows no hospital number. Group ids are the same hash of the
smallest entry id in the group, with a check character, so that nobody takes one for a PAS
number (``id_letters``).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import STR, text_of
from waitlist_merge.id_letters import (
    AT_A_TIME,
    HIDDEN,
    as_strings,
    base32,
    check_characters,
    spelt,
    written,
)
from waitlist_merge.mixing import mixed

PUBLIC_KEY = "waitlist_merge public key 1"
"""Key of the hash where the plan gives none. The manifest says so: with a public key a person who
already holds a hospital number can work out its entry id, with a secret one nobody can."""

_PANDAS_KEY = "0123456789123456"
"""With which pandas hashes where no key is given."""

_SEPARATOR = "\x1f"
_DAY = "census_date"
_OWN = ("patient_pathway_identifier", "waiting_list_entry_identifier")

NAMED_BY = (
    "organisation",
    "local_patient_identifier",
    *_OWN,
    "treatment_function_code",
    "referral_date",
)
"""Fields that identify a row at its own organisation."""


def entry_ids(
    entries: pd.DataFrame,
    *,
    key: str | None = None,
    digests: NDArray[np.uint64] | None = None,
) -> pd.Series:
    """The id of each entry: "E-" and 12 characters; unique, whatever the order of the rows.

    ``entries`` are typed entries, without anything that says where a row was found. Hashed are
    organisation, local patient identifier and pathway identifier, or else entry identifier, or
    else treatment function and referral date; rows alike in these are numbered by the rest of
    their content. ``digests`` are their ``row_digests``, where these are known.
    """
    hashed = row_digests(entries, key=key) if digests is None else digests.copy()
    alike = np.flatnonzero(pd.Series(hashed).duplicated(keep=False).to_numpy())
    if len(alike):
        some = entries.iloc[alike].reset_index(drop=True)
        number = _occurrence(own_names(some), some).astype(str)
        hashed[alike] = _digests(own_names(some) + _SEPARATOR + number, key)
    shown = pd.Series(hashed >> HIDDEN).duplicated().to_numpy()
    if shown.any():  # as good as never: 60 bits of two rows are the same
        hashed = _hashed_again(entries, hashed, shown, key)
    return pd.Series(pd.array(spelt("E-", hashed), dtype=STR))


def row_digests(entries: pd.DataFrame, *, key: str | None = None) -> NDArray[np.uint64]:
    """64 bits of what identifies each row at its own organisation; equal for rows alike in it."""
    return _digests(own_names(entries) + _SEPARATOR + "0", key)


def _digests(names: pd.Series, key: str | None) -> NDArray[np.uint64]:
    digest = keyed_digest(key)
    found = [digest(name.encode())[:8] for name in names.tolist()]
    return np.frombuffer(b"".join(found), dtype=">u8").astype(np.uint64)


def keyed_digest(key: str | None = None) -> Callable[[bytes], bytes]:
    """HMAC-SHA-256 by this key, made ready once: for short texts that is most of the work.

    >>> keyed_digest("secret")(b"text") == hmac.digest(b"secret", b"text", "sha256")
    True
    """
    ready = hmac.new((key or PUBLIC_KEY).encode(), digestmod="sha256")

    def digest(message: bytes) -> bytes:
        text = ready.copy()
        text.update(message)
        return text.digest()

    return digest


def _hashed_again(
    entries: pd.DataFrame, hashed: NDArray[np.uint64], taken: NDArray[np.bool_], key: str | None
) -> NDArray[np.uint64]:
    """Digests of which those that are ``taken`` are of a longer text, until all ids differ."""
    names = own_names(entries)
    numbered = names + _SEPARATOR + _occurrence(names, entries).astype(str)
    found = hashed.copy()
    while taken.any():
        numbered[taken] += _SEPARATOR
        found[taken] = _digests(numbered[taken], key)
        taken = pd.Series(found >> HIDDEN).duplicated().to_numpy()
    return found


def own_names(entries: pd.DataFrame) -> pd.Series:
    """What identifies each row at its own organisation, as one text; ``entries`` as for ids.

    >>> rows = {"organisation": ["RM3"] * 2, "local_patient_identifier": ["7"] * 2}
    >>> rows |= dict.fromkeys(NAMED_BY[2:-1], [None] * 2)
    >>> frame = pd.DataFrame(rows, dtype="category").assign(referral_date=pd.NaT)
    >>> own_names(frame).nunique()
    1
    """
    organisation, patient, pathway, place, service = (
        pc.fill_null(text_of(entries[name]), "") for name in NAMED_BY[:-1]
    )
    days = pa.array(entries["referral_date"].to_numpy().astype("datetime64[D]"))
    referral = pc.fill_null(pc.cast(days, pa.string()), "")
    own = pc.if_else(
        pc.not_equal(place, ""),
        pc.binary_join_element_wise("e", place, ""),
        pc.binary_join_element_wise(
            pc.binary_join_element_wise("s", service, ""), referral, _SEPARATOR
        ),
    )
    own = pc.if_else(pc.not_equal(pathway, ""), pc.binary_join_element_wise("p", pathway, ""), own)
    whole = pc.binary_join_element_wise(organisation, patient, own, _SEPARATOR)
    return pd.Series(pd.array(whole, dtype=STR))


def _occurrence(names: pd.Series, entries: pd.DataFrame) -> pd.Series:
    """0, 1, 2 ... among the rows of one name, in the order of the rest of their content.

    The day that a row describes comes last: the same rows are sent again on other days.
    """
    number = pd.Series(0, index=names.index)
    alike = names.duplicated(keep=False)
    if alike.any():
        some = entries[alike]
        said = some[[name for name in some if name != _DAY]]
        parts = {"name": names[alike], "content": _content(said), "whole": _content(some)}
        order = pd.DataFrame(parts).sort_values(["content", "whole"])
        number[order.index] = order.groupby("name", sort=False).cumcount()
    return number


def _content(entries: pd.DataFrame) -> pd.Series:
    """A number for what each row holds; a column that is empty in a row says nothing of it."""
    return pd.Series(content_ranks(entries), index=entries.index)


def content_ranks(entries: pd.DataFrame) -> NDArray[np.uint64]:
    """A number for what each row holds, equal for equal rows, whatever the order of the rows.

    A column that is empty in a row, or not there, says nothing of it. Each distinct value is
    hashed once.

    >>> people = pd.DataFrame({"name": pd.Categorical(["Ann", None, "Ann"])})
    >>> ranks = content_ranks(people)
    >>> bool(ranks[0] == ranks[2] != ranks[1])
    True
    >>> bool(content_ranks(people.assign(age=np.nan))[0] == ranks[0])
    True
    """
    total = np.zeros(len(entries), dtype=np.uint64)
    for name, column in entries.items():
        seed = pd.util.hash_array(np.asarray([name], dtype=object))[0] | np.uint64(1)
        if isinstance(column.dtype, pd.CategoricalDtype):
            code, words = _occurring(column)
            hashes = pd.util.hash_array(words.to_numpy(dtype=object), categorize=False) * seed
            _add_up(total, np.append(hashes, np.uint64(0)), code)
        else:
            hashed = pd.util.hash_pandas_object(column, index=False).to_numpy() * seed
            total += np.where(column.notna(), hashed, np.uint64(0))
    return total


def _occurring(column: pd.Series) -> tuple[NDArray[np.integer], pd.Index]:
    """Codes and categories; of few rows of a long list only the categories that they have."""
    code, words = column.cat.codes.to_numpy(), column.cat.categories
    if len(words) <= len(code):
        return code, words
    used, place = np.unique(code, return_inverse=True)
    absent = int(len(used) > 0 and used[0] < 0)
    return place - absent, words.take(used[absent:])


def _add_up(
    total: NDArray[np.uint64], table: NDArray[np.uint64], codes: NDArray[np.integer]
) -> None:
    """Adds to each row what the table says of its code; a part at a time, so that it stays near."""
    for at in range(0, len(total), AT_A_TIME):
        part = slice(at, at + AT_A_TIME)
        total[part] += table[codes[part]]


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
    hashes = keyed_hashes([f"{prefix}{_SEPARATOR}{least}" for least in smallest], key=key)
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


def hashed(texts: Iterable[str], *, hash_key: str = _PANDAS_KEY) -> NDArray[np.uint64]:
    """What pandas hashes each text to; a part at a time, for Python's texts take much room.

    >>> hashed(["E-1"]).tolist() == pd.util.hash_array(np.array(["E-1"], dtype=object)).tolist()
    True
    """
    held = pd.Series(texts, dtype=STR, copy=False).array
    found = np.empty(len(held), dtype=np.uint64)
    for at in range(0, len(held), AT_A_TIME):
        part = np.asarray(held[at : at + AT_A_TIME], dtype=object)
        found[at : at + len(part)] = pd.util.hash_array(part, hash_key=hash_key, categorize=False)
    return found


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
    """Are two hashes alike in what an id shows?"""
    shown = np.sort(hashes >> HIDDEN)
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


def keyed_hashes(messages: Iterable[str], *, key: str | None = None) -> list[str]:
    """Twelve characters of HMAC-SHA-256 for each message, all different as the messages are.

    >>> keyed_hashes(["a", "b"]) == keyed_hashes(["a", "b"]) != keyed_hashes(["b", "a"])
    True
    """
    digest = keyed_digest(key)
    texts = list(messages)
    hashes = base32([digest(text.encode())[:8] for text in texts])
    taken = pd.Series(hashes).duplicated().to_numpy(dtype=bool)
    for at in np.flatnonzero(taken):
        hashes[at] = keyed_hashes([texts[at] + _SEPARATOR], key=key)[0]
    return hashes
