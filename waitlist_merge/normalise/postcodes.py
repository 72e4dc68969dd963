"""Postcodes of places, with their sector, district and area.

The normal form is upper case with one space before the last three characters. Pseudo postcodes
(``ZZ99 3VZ``: no fixed abode) say nothing about a place and are missing, with a finding (domain 6).

>>> read_postcodes(as_texts(["ab12cd", "0X3 7LE", "ZZ99 3VZ"])).values.tolist()
['AB1 2CD', 'OX3 7LE', None]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from waitlist_merge.normalise.reading import (
    Mask,
    Reading,
    Texts,
    as_texts,
    extracted,
    is_blank,
    matched,
    missing,
    replaced,
    upper,
)
from waitlist_merge.reasons import Fault
from waitlist_merge.reference import load

_SHAPE = r"^(?:[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}|GIR0AA)$"
"""Normal form without its space: NHSE's pattern (domain 6) and the one postcode outside it."""

_LOOSE = r"^(?:[A-Z0]{1,2}[0-9OIL][A-Z0-9]?[0-9OIL][A-Z01]{2})$"
"""The same with letters and digits that are taken for each other: O and 0, I or L and 1."""

_IN_TEXT = r"(?:^|[\s,^])(?P<out>[A-Z]{1,2}[0-9][A-Z0-9]?) ?(?P<inward>[0-9][A-Z]{2})\W*$"
"""A postcode at the end of a longer text, such as an address line."""

_WORDS = (
    r"^(?:TB[AC]|NO(?:T)?[ _-]?(?:KNOWN|VALID|FIXED|GIVEN|APPLICABLE|POSTCODE).*|NO FIXED ABODE|"
    r"NFA|UNKNOWN|UNK|NO VALID.*|NOT? ?K(?:NOWN)?|OVERSEAS|ABROAD|FOREIGN|HOMELESS|X+|9+|0+)$"
)
"""Words that stand in for a postcode (null tokens of NHSE's library, domain 6)."""

_PSEUDO: Final = frozenset(each.replace(" ", "") for each in load("pseudo_postcodes")["postcode"])
_AREAS: Final = frozenset(load("postcode_areas")["area"])

_TO_DIGIT = str.maketrans("OIL", "011")
_TO_LETTER = str.maketrans("01", "OI")


def _repaired(compact: str) -> str | None:
    """The one postcode that a text with 0/O or 1/I mistaken can be; None where none or several."""
    outward, inward = compact[:-3], compact[-3:]
    tail = inward[0].translate(_TO_DIGIT) + inward[1:].translate(_TO_LETTER)
    found = set()
    for letters in (1, 2):
        area, rest = outward[:letters].translate(_TO_LETTER), outward[letters:]
        if area in _AREAS and rest:
            district = rest[0].translate(_TO_DIGIT) + rest[1:].replace("O", "0")
            if matched(as_texts([area + district + tail]), _SHAPE)[0]:
                found.add(area + district + tail)
    return found.pop() if len(found) == 1 else None


def _spaced(compact: Texts) -> Texts:
    return replaced(compact, r"(...)$", r" \1")


def is_pseudo(texts: Texts) -> Mask:
    """True where an upper-case text without spaces is a pseudo postcode or shaped like one."""
    listed = np.fromiter((each in _PSEUDO for each in texts), bool, len(texts))
    return listed | matched(texts, r"^Z?Z(?:99|Z|00|11|12)")


def read_postcodes(texts: Texts) -> Reading:
    """The postcode of a place in each text.

    Case, spaces and stray punctuation are no fault. A mistaken 0/O or 1/I and a postcode at the end
    of a longer text are read and reported as repaired; outward codes alone are not understood.
    """
    blank = is_blank(texts)
    capitals = upper(texts)
    compact = replaced(capitals, r"[^A-Z0-9]+")
    placeholder = (is_pseudo(compact) | matched(capitals, _WORDS)) & ~blank
    good = matched(compact, _SHAPE) & ~placeholder
    values = missing(len(texts))
    values[good] = _spaced(compact[good])
    repaired = np.zeros(len(texts), dtype=bool)
    rest = ~(blank | placeholder | good)
    for position in np.flatnonzero(rest & matched(compact, _LOOSE)):
        found = _repaired(compact[position])
        if found is not None:
            values[position], repaired[position] = f"{found[:-3]} {found[-3:]}", True
    inside = np.flatnonzero(rest & ~repaired & matched(capitals, _IN_TEXT))
    parts = extracted(capitals[inside], _IN_TEXT)
    values[inside] = parts["out"] + " " + parts["inward"]
    repaired[inside] = True
    pseudo_inside = inside[is_pseudo(parts["out"])]
    values[pseudo_inside] = None
    repaired[pseudo_inside] = False
    placeholder[pseudo_inside] = True
    return Reading(
        values,
        {
            Fault.PLACEHOLDER: placeholder,
            Fault.REPAIRED: repaired,
            Fault.NOT_UNDERSTOOD: rest & ~repaired & ~placeholder,
        },
    )


def _cut(postcodes: Iterable[str | None], pattern: str) -> list[str]:
    texts = as_texts(["" if each is None else each for each in postcodes])
    part = extracted(texts, pattern)["part"]
    return ["" if each is None else each for each in part]


def sectors(postcodes: Iterable[str | None]) -> list[str]:
    """The sector of each postcode in normal form; empty where there is none.

    >>> sectors(["AB1 2CD", None])
    ['AB1 2', '']
    """
    return _cut(postcodes, r"^(?P<part>\S+ [0-9])")


def districts(postcodes: Iterable[str | None]) -> list[str]:
    """The district (outward code) of each postcode in normal form; empty where there is none.

    >>> districts(["AB1 2CD", "SW1A 1AA"])
    ['AB1', 'SW1A']
    """
    return _cut(postcodes, r"^(?P<part>\S+) ")


def areas(postcodes: Iterable[str | None]) -> list[str]:
    """The area (leading letters) of each postcode in normal form; empty where there is none.

    >>> areas(["AB1 2CD", "B1 1AA"])
    ['AB', 'B']
    """
    return _cut(postcodes, r"^(?P<part>[A-Z]{1,2})[0-9]")
