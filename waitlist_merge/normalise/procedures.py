"""The proposed procedure and its side, from codes, words or both.

A procedure code is OPCS-4 without the dot (``W371``), or its root of three characters. The first
code that is no supplementary one (chapters Y and Z) is the procedure; Z941 to Z943 beside it are
its side. Where no code is given, a lay name in the text gives the root (``procedure_words.csv``).

>>> from waitlist_merge.normalise.reading import as_texts
>>> read = read_codes_and_text(as_texts(["W37.1 Z94.2", "W371 Total hip replacement", "R THR"]))
>>> read.code.tolist(), [NAMES[each] for each in read.side]
(['W371', 'W371', 'W37'], ['right', None, 'right'])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Mask,
    Texts,
    as_texts,
    is_blank,
    matched,
    missing,
    replaced,
    upper,
)
from waitlist_merge.normalise.sides import (
    BOTH,
    LEFT,
    NAMES,
    RIGHT,
    UNKNOWN,
    Sides,
    agreed,
    sides_in_text,
)
from waitlist_merge.reference import load

__all__ = ["NAMES", "ProcedureReading", "read_codes_and_text", "read_procedure_codes"]

_CODE = r"\b[A-HJ-Z][0-9]{2}(?:\.?[0-9])?(?:\.[-X0-9])?\b"
_ONLY_CODES = re.compile(rf"^[\s\W]*{_CODE}(?:[\s,;/|+&()-]+{_CODE})*[\s\W]*$", re.IGNORECASE)
_CODES = re.compile(_CODE, re.IGNORECASE)
_CODE_IN_TEXT = re.compile(
    r"^\W*(?P<first>[A-HJ-Z]\d{2}\.?\d)\b(?=\W*$|[\s:-]+[A-Za-z(])"
    r"|^\W*(?P<root>[A-HJ-Z]\d{2})(?:\s*[-:]\s+|\W*$)"
    r"|\b(?P<dotted>[A-HJ-Z]\d{2}\.\d)\b|[(\[]\s*(?P<bracketed>[A-HJ-Z]\d{2}\.?\d)\s*[)\]]"
    r"|\b(?P<whole>[A-HJ-Z]\d{3})\b",
    re.IGNORECASE,
)
"""A code among words: in front of them, dotted, in brackets or of four characters. T12 or C5 inside
a sentence is a vertebra."""

_LIKE_A_CODE = r"[A-Za-z][0-9]{2}"

_TABLE = load("procedure_words")
_ROOTS: Final = dict(zip(_TABLE["words"].str.upper(), _TABLE["root"], strict=True))
_LAY_NAMES: Final = rf"\b(?:{'|'.join(sorted(_ROOTS, key=len, reverse=True))})\b"
"""Longest first: the longest name that fits is the one meant."""

_SUPPLEMENTARY: Final = frozenset("YZ")
"""Chapters that say how and where an operation is done, never which (OPCS-4)."""

_SIDE_CODES: Final = {"Z941": BOTH, "Z942": RIGHT, "Z943": LEFT}


@dataclass(frozen=True, eq=False)
class ProcedureReading:
    """Of each text: the procedure code (None), the side, and whether it is words without a code.

    ``blank`` marks texts that hold nothing, ``stand_in`` words for want of a value.
    """

    code: Texts
    side: Sides
    words: Mask
    blank: Mask
    stand_in: Mask


def _codes_in(text: str) -> list[str]:
    if _ONLY_CODES.match(text):
        found = _CODES.findall(text)
    else:
        found = [next(filter(None, each.groups())) for each in _CODE_IN_TEXT.finditer(text)]
    return [each.upper().replace(".", "").rstrip("-X")[:4] for each in found]


def _side_of(codes: list[str]) -> int:
    """The side that supplementary codes give: left and right together are both."""
    side = int(UNKNOWN)
    for each in codes:
        side |= int(_SIDE_CODES.get(each, UNKNOWN))
    return side


def _lay_roots(texts: Texts) -> Texts:
    """The one root that each text's lay names give; None where they give none or several."""
    folded = replaced(upper(texts), r"[^A-Z0-9]+", " ")
    roots = missing(len(texts))
    for position in np.flatnonzero(matched(folded, _LAY_NAMES)):
        found = {_ROOTS[each] for each in re.findall(_LAY_NAMES, folded[position])}
        roots[position] = found.pop() if len(found) == 1 else None
    return roots


def read_codes_and_text(texts: Texts) -> ProcedureReading:
    """What each text says of procedure and side, by codes first, then by words."""
    return _remembered(texts)


def _read(texts: Texts) -> ProcedureReading:
    blank = is_blank(texts)
    coded = ~blank & matched(texts, _LIKE_A_CODE)
    codes = [_codes_in(text) if found else [] for text, found in zip(texts, coded, strict=True)]
    own = [[each for each in some if each[0] not in _SUPPLEMENTARY] for some in codes]
    wordy = np.fromiter((not some for some in codes), bool, len(texts)) & ~blank
    code = as_texts([some[0] if some else None for some in own])
    code[wordy] = _lay_roots(texts[wordy])
    side = np.array([_side_of(some) for some in codes], dtype=np.int8)
    return ProcedureReading(
        code,
        agreed(side, sides_in_text(texts)),
        wordy,
        blank=blank,
        stand_in=matched(texts, PLACEHOLDER_WORDS),
    )


_remembered: Final = Remembered(_read)


def read_procedure_codes(texts: Texts) -> Texts:
    """The procedure code in each text; None where there is none.

    >>> read_procedure_codes(as_texts(["w37.1", "Z94.2", "LOCAL9"])).tolist()
    ['W371', None, None]
    """
    return read_codes_and_text(texts).code
