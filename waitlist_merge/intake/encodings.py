r"""The encoding of a text, and what it says.

A byte-order mark decides; else UTF-16 shows by its zero bytes; else text that is valid UTF-8 is
UTF-8; else it is Windows-1252, as NHS systems write, unless that would set signs amid letters and
another code page does not (``GUESSED``). A UTF-8 file with a few stray Windows-1252 bytes (two
sources pasted together) is read as UTF-8, and those bytes as Windows-1252.

>>> to_utf8("x.csv", "Siân".encode("cp1252"))
(b'Si\xc3\xa2n', 'cp1252')
>>> to_utf8("x.csv", "Zoë, José".encode("cp850"))[1]
'cp850'
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

import numpy as np
import pyarrow as pa

from waitlist_merge.errors import RefusedExtract

__all__ = ["GUESSED", "MIXED", "is_rather_utf8", "to_utf8"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
"""Control bytes that text does not hold; 0x1A ends old DOS files, 0x1B is left by terminals."""

_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
"""A letter outside ASCII as UTF-8 writes it."""

_APOSTROPHES = frozenset("’‘´'-–")
"""Signs that stand amid the letters of names."""

_STRAY = re.compile("[\udc80-\udcff]")
"""A byte that is no UTF-8, as ``surrogateescape`` marks it."""

CONTROL_SHARE, CONTROL_FEW = 0.03, 8
"""More control bytes than this share of the first 64 kB, and than a few: it is no text. Of random
bytes one in ten is one."""

SAMPLE, MORE = 65_536, 1 << 20
WINDOWS, MIXED = "cp1252", "utf-8 with cp1252 bytes"

GUESSED = ("cp850", "cp1250", "mac_roman")
"""Code pages tried where Windows-1252 would set signs amid letters, likeliest first: what SQL
Server's bulk copy writes by default, Windows in central Europe, and Macs. General detectors were
tried: on names they take Windows-1252 for its neighbours."""

GUESS_FACTOR = 4
"""Another code page must leave so many times fewer odd words than Windows-1252, of two or more."""

_FOREIGN = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
"""A word with letters outside ASCII."""


def to_utf8(source: str, data: bytes, encoding: str | None = None) -> tuple[bytes, str]:
    """The text as UTF-8 bytes without mark, and the encoding it was in.

    ``encoding`` is what the configuration says; RefusedExtract where it does not fit, or where the
    bytes are no text.
    """
    if encoding is not None:
        return _given(source, data, encoding), encoding
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(source, data[len(mark) :], name.removesuffix("-sig")), name
    zeros = _zero_side(data[:SAMPLE])
    if zeros:
        return _decoded(source, data, zeros), zeros
    controls = len(_CONTROL.findall(data[:SAMPLE]))
    if controls > max(CONTROL_FEW, CONTROL_SHARE * len(data[:SAMPLE])):
        raise RefusedExtract(source, "it is not text", "send the list as .csv, .xlsx or .parquet")
    return (data, "utf-8") if _is_utf8(data) else _windows(source, data)


def is_rather_utf8(data: bytes, encoding: str) -> bool:
    """True where the bytes are valid UTF-8 beyond ASCII, though this other encoding is set."""
    return not encoding.startswith("utf") and not data.isascii() and _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    """As Arrow sees it, which makes no text of it, so that a large file is not held twice."""
    ends = np.array([0, len(data)], dtype=np.int64)
    whole = pa.LargeStringArray.from_buffers(1, pa.py_buffer(ends), pa.py_buffer(data))
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _given(source: str, data: bytes, encoding: str) -> bytes:
    cure = "leave encoding out of the configuration, or set the right one"
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise RefusedExtract(source, f"it is not in the encoding {encoding}", cure) from None
    plain = re.search("[A-Za-z]", text[:SAMPLE])
    zeros = _zero_side(data[:SAMPLE]) and not encoding.startswith("utf-16")
    if plain is None or zeros or "\x00" in text[:SAMPLE]:
        raise RefusedExtract(source, f"it is not in the encoding {encoding}", cure)
    return text.removeprefix("\ufeff").encode("utf-8")


def _decoded(source: str, data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).encode("utf-8")
    except UnicodeError:
        problem = f"it begins as {encoding} text but does not stay so"
        raise RefusedExtract(source, problem, "save it again as UTF-8") from None


def _zero_side(sample: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte of plain text is zero."""
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if odd > 0.6 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * pairs and odd < 0.1 * pairs else ""


def _windows(source: str, data: bytes) -> tuple[bytes, str]:
    """Windows-1252, or UTF-8 where its sequences outnumber the bytes that do not fit it."""
    text = data.decode("utf-8", "surrogateescape")
    strays = len(_STRAY.findall(text))
    if len(_SEQUENCE.findall(data)) > strays:
        mended = _STRAY.sub(_as_windows, text)
        return mended.encode("utf-8"), MIXED
    likely = _likely(data)
    try:
        return data.decode(likely).encode("utf-8"), likely
    except UnicodeDecodeError:
        problem = "it is neither UTF-8 nor Windows-1252"
        raise RefusedExtract(source, problem, "save it as UTF-8 or set its encoding") from None


def _as_windows(stray: re.Match[str]) -> str:
    return bytes([ord(stray.group()) - 0xDC00]).decode(WINDOWS, "replace")


def _likely(data: bytes) -> str:
    """The code page that leaves the fewest words that nobody would write."""
    found = b" ".join(_FOREIGN.findall(data[:MORE]))
    odd = {encoding: _odd(found.decode(encoding, "replace")) for encoding in (WINDOWS, *GUESSED)}
    best = min(odd, key=lambda encoding: odd[encoding])
    return best if odd[best] * GUESS_FACTOR + 1 < odd[WINDOWS] else WINDOWS


def _odd(text: str) -> int:
    """How many words hold signs amid letters, or capitals after small letters, outside ASCII."""
    return sum(_is_odd(word) for word in text.split())


def _is_odd(word: str) -> bool:
    return any(
        (first.isalpha() and not second.isalpha() and second not in _APOSTROPHES)
        or (not first.isalpha() and first not in _APOSTROPHES and second.isalpha())
        or (first.islower() and second.isupper() and not (first.isascii() and second.isascii()))
        for first, second in pairwise(word)
    )
