"""What is an entry's own id?

A keyed hash of what identifies the row at its own organisation, so that it survives reordering and
renamed files and shows no hospital number. Ids of groups are in ``group_ids``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import STR, text_of
from waitlist_merge.id_letters import HIDDEN, base32, spelt
from waitlist_merge.ranks import content_ranks
from waitlist_merge.signs import repeated

PUBLIC_KEY = "waitlist_merge public key 1"
"""Key of the hash where the plan gives none. The manifest says so: with a public key a person who
already holds a hospital number can work out its entry id, with a secret one nobody can."""

SEPARATOR = "\x1f"
"""Stands between the parts of a text that is hashed; in no value."""

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
    alike = np.flatnonzero(repeated(hashed))
    if len(alike):
        some = entries.iloc[alike].reset_index(drop=True)
        number = _occurrence(own_names(some), some).astype(str)
        hashed[alike] = _digests(own_names(some) + SEPARATOR + number, key)
    shown = hashed >> HIDDEN
    if repeated(shown).any():  # as good as never: 60 bits of two rows are the same
        hashed = _hashed_again(entries, hashed, pd.Series(shown).duplicated().to_numpy(), key)
    return pd.Series(pd.array(spelt("E-", hashed), dtype=STR))


def row_digests(entries: pd.DataFrame, *, key: str | None = None) -> NDArray[np.uint64]:
    """64 bits of what identifies each row at its own organisation; equal for rows alike in it."""
    return _digests(own_names(entries) + SEPARATOR + "0", key)


def _digests(names: pd.Series, key: str | None) -> NDArray[np.uint64]:
    digest = keyed_digest(key)
    messages = pa.array(names.array).cast(pa.large_binary())
    found = b"".join(map(digest, messages.to_pylist()))
    return np.frombuffer(found, dtype=">u8")[:: _DIGEST_BYTES // 8].astype(np.uint64)


def keyed_digest(key: str | None = None) -> Callable[[bytes], bytes]:
    """HMAC-SHA-256 by this key, made ready once: for short texts that is most of the work.

    The two hashes of RFC 2104 are taken here: ``hmac`` takes twice as long to copy what is ready.

    >>> import hmac
    >>> keyed_digest("secret")(b"text") == hmac.digest(b"secret", b"text", "sha256")
    True
    """
    block = (key or PUBLIC_KEY).encode()
    if len(block) > _BLOCK_BYTES:
        block = sha256(block).digest()
    block = block.ljust(_BLOCK_BYTES, b"\0")
    inside, outside = (sha256(block.translate(each)).copy for each in (_INNER, _OUTER))

    def digest(message: bytes) -> bytes:
        inner, outer = inside(), outside()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

    return digest


_BLOCK_BYTES, _DIGEST_BYTES = 64, 32
"""Of SHA-256 (FIPS 180-4)."""

_INNER, _OUTER = (bytes(each ^ pad for each in range(256)) for pad in (0x36, 0x5C))
"""What each byte of the key becomes in the two hashes (RFC 2104, 2)."""


def _hashed_again(
    entries: pd.DataFrame, hashed: NDArray[np.uint64], taken: NDArray[np.bool_], key: str | None
) -> NDArray[np.uint64]:
    """Digests of which those that are ``taken`` are of a longer text, until all ids differ."""
    names = own_names(entries)
    numbered = names + SEPARATOR + _occurrence(names, entries).astype(str)
    found = hashed.copy()
    while taken.any():
        numbered[taken] += SEPARATOR
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
            pc.binary_join_element_wise("s", service, ""), referral, SEPARATOR
        ),
    )
    own = pc.if_else(pc.not_equal(pathway, ""), pc.binary_join_element_wise("p", pathway, ""), own)
    whole = pc.binary_join_element_wise(organisation, patient, own, SEPARATOR)
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
        hashes[at] = keyed_hashes([texts[at] + SEPARATOR], key=key)[0]
    return hashes
