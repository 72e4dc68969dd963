"""How is an id written, and how does one see that it was written down wrong?

>>> check, = check_characters(["0123456789AB"])
>>> valid_id(f"P-0123456789AB{check}"), valid_id(f"P-0123456789AC{check}")
(True, False)
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from itertools import product
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.categories import whole
from waitlist_merge.threads import AT_A_TIME

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is read as a digit, none that makes words."""

LENGTH = 12
"""Characters of a hash in an id: 60 bits, so that 7.1 million ids share one by a chance of 1 in
45,000; where it happens the later one is hashed again."""


def spelt(prefix: str, hashes: NDArray[np.uint64]) -> pa.LargeStringArray:
    """Each hash as text behind the prefix, without a check character: an id that nobody types.

    >>> spelt("E-", np.array([0], dtype=np.uint64)).to_pylist()
    ['E-000000000000']
    """
    rows = _room(prefix, len(hashes))
    for at in range(0, len(hashes), AT_A_TIME):
        _spell(rows[at : at + AT_A_TIME], hashes[at : at + AT_A_TIME])
    return as_strings(_texts(rows))


def read(prefix: str, ids: NDArray[np.bytes_]) -> NDArray[np.int64] | None:
    """The hash that each id of ``spelt`` shows, in whose order they stand; None for other ids.

    >>> read("E-", np.array([b"E-000000000010", b"E-00000000000Z"])).tolist()
    [32, 31]
    >>> read("E-", np.array([b"E-1"])) is None
    True
    """
    if ids.itemsize != len(prefix) + LENGTH:
        return None
    rows = ids.view(_row(prefix))
    number = np.zeros(len(ids), dtype=np.int64)
    for at in range(0, len(ids), AT_A_TIME):
        part, found = rows[at : at + AT_A_TIME], number[at : at + AT_A_TIME]
        if (part["prefix"] != prefix.encode()).any():
            return None
        for pair in PAIRS:
            read_off = _NUMBER_OF_PAIR.take(part[pair])
            if read_off.min() < 0:
                return None
            found <<= 10
            found |= read_off
    return number


def written(prefix: str, hashes: NDArray[np.uint64], pool: Executor) -> NDArray[np.bytes_]:
    """The id of each hash, as text of one width."""
    rows = _room(f"{prefix}-", len(hashes), check=1)

    def write(at: int) -> None:
        part = rows[at : at + AT_A_TIME]
        sums = _spell(part, hashes[at : at + AT_A_TIME])
        part["check"] = _CHECK_OF_SUM.take(sums % len(ALPHABET))

    list(pool.map(write, range(0, len(hashes), AT_A_TIME)))
    return _texts(rows)


PAIRS = tuple(f"letters {2 * at}" for at in range(LENGTH // 2))
"""The parts of an id that are told by ten bits each: two letters."""


def _row(prefix: str, *, check: int = 0) -> np.dtype[np.void]:
    """Where the parts of an id lie: they are written and read one after the other, of many rows."""
    parts: list[tuple[str, str]] = [
        ("prefix", f"S{len(prefix)}"),
        *((each, "u2") for each in PAIRS),
    ]
    return np.dtype([*parts, *[("check", "u1")] * check])


def _room(prefix: str, size: int, *, check: int = 0) -> NDArray[np.void]:
    """Rows for so many ids, of which only the prefix is there."""
    rows = np.empty(size, dtype=_row(prefix, check=check))
    rows["prefix"] = prefix.encode()
    return rows


def _spell(rows: NDArray[np.void], hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Write the letters of the hashes, tell the sums that their check characters rest on.

    A sum that is over 255 begins at 0 again: as 256 is a multiple of 32, its check stays the same.
    """
    sums = np.zeros(len(hashes), dtype=np.uint8)
    pair = np.empty(len(hashes), dtype=np.uint16)
    for at, name in enumerate(PAIRS):
        np.right_shift(hashes, np.uint64(54 - 10 * at), out=pair, casting="unsafe")
        pair &= np.uint16(len(_TWO_LETTERS) - 1)
        rows[name] = _TWO_LETTERS.take(pair)
        sums += _SUMS.take(pair)
    return sums


def _texts(rows: NDArray[np.void]) -> NDArray[np.bytes_]:
    """Each row as one text."""
    return rows.view(f"S{rows.itemsize}")


def as_strings(
    rows: NDArray[np.bytes_] | NDArray[np.void], valid: pa.Buffer | None = None
) -> pa.LargeStringArray:
    """Texts of one width, one behind the other, as an Arrow array; they are not copied.

    ``valid`` has a bit for each, as Arrow holds them: it is missing where this is 0.

    >>> one, other = (as_strings(np.array(each)) for each in ([b"P-1", b"P-2"], [b"W-1", b"W-2"]))
    >>> one.to_pylist(), one.buffers()[1].address == other.buffers()[1].address
    (['P-1', 'P-2'], True)
    """
    ends = pa.py_buffer(_ends(len(rows), rows.itemsize))
    return pa.LargeStringArray.from_buffers(len(rows), ends, pa.py_buffer(rows), valid)


def blocks(ids: pa.Array | pa.ChunkedArray) -> NDArray[np.bytes_] | None:
    """Ids that all have one length, as ours have, as NumPy text; None for any other texts.

    >>> blocks(pa.array(["E-1", "E-2"])).tolist()
    [b'E-1', b'E-2']
    >>> blocks(pa.array(["E-1", None])) is None
    True
    """
    text = whole(ids).cast(pa.large_string())
    if not len(text) or text.null_count:
        return None
    _, ends, signs = text.buffers()
    end = np.frombuffer(ends, dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    begin, width = int(end[0]), int(end[-1] - end[0]) // len(text)
    if not width or not (_is_shared(end, width) or (np.diff(end) == width).all()):
        return None
    return np.frombuffer(signs, dtype=f"S{width}", count=len(text), offset=begin)


def _is_shared(end: NDArray[np.int64], width: int) -> bool:
    """Are these the ends of texts that ``as_strings`` made? Then nobody has to look at each."""
    shared = _ENDS.get((len(end) - 1, width))
    return shared is not None and shared.ctypes.data == end.ctypes.data


def _ends(size: int, width: int) -> NDArray[np.int64]:
    """Where texts of one width end: columns of so many rows share it while any of them is there."""
    found = _ENDS.get((size, width))
    if found is None:
        found = _ENDS[size, width] = np.arange(0, size * width + 1, width, dtype=np.int64)
    return found


_ENDS: WeakValueDictionary[tuple[int, int], NDArray[np.int64]] = WeakValueDictionary()


def base32(digests: Sequence[bytes]) -> list[str]:
    """The first 60 bits of each digest in Crockford's alphabet."""
    bits = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
    return [text[1:] for text in spelt("-", bits).to_pylist()]


_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_TWO_LETTERS = np.frombuffer("".join(map("".join, product(ALPHABET, repeat=2))).encode(), "u2")
_NUMBER_OF_PAIR = np.full(1 << 16, -1, dtype=np.int16)
_NUMBER_OF_PAIR[_TWO_LETTERS] = np.arange(len(_TWO_LETTERS))
HIDDEN = np.uint64(64 - 5 * LENGTH)
"""Bits of a number that its id does not show."""


def check_characters(texts: Sequence[str]) -> list[str]:
    """The character that makes each text pass Luhn's check to the base 32; all of one length.

    It finds any one wrong character and nearly all exchanges of neighbours.

    >>> check_characters(["0123456789AB", "0123456789AC"])
    ['T', 'R']
    """
    letters = np.frombuffer("".join(texts).encode(), dtype=np.uint8).reshape(len(texts), -1)
    values = _VALUES[letters]
    values[:, ::-2] = _DOUBLED[values[:, ::-2]]
    return [ALPHABET[-total % len(ALPHABET)] for total in values.sum(axis=1, dtype=np.int64)]


_VALUES = np.zeros(256, dtype=np.uint8)
_VALUES[_LETTERS] = np.arange(len(ALPHABET))
_DOUBLED = np.array([2 * at // 32 + 2 * at % 32 for at in range(32)], dtype=np.uint8)
"""Counted from the check character every other one, from its neighbour on, is doubled."""
_SUMS = np.add.outer(np.arange(32, dtype=np.uint8), _DOUBLED).ravel()
"""What two letters add to the sum of a text that has so many pairs of them."""
_CHECK_OF_SUM = _LETTERS[-np.arange(len(ALPHABET)) % len(ALPHABET)]


def valid_id(identifier: str) -> bool:
    """Is this a patient or pathway id of ours with nothing mistyped?"""
    body = identifier[2:]
    shaped = identifier[:2] in ("P-", "W-") and len(body) == LENGTH + 1
    return shaped and set(body) <= set(ALPHABET) and _luhn(body) == 0


def _luhn(text: str) -> int:
    """Luhn's sum to the base of the alphabet: 0 for a text that ends in its check character."""
    base = len(ALPHABET)
    total = 0
    for place, character in enumerate(reversed(text)):
        value = ALPHABET.index(character) * (1 + place % 2)
        total += value // base + value % base
    return total % base
