"""The treatment function that a code or a name means.

``110``, ``C_110`` (published RTT data), ``11000`` (iPM), ``110 - Trauma and Orthopaedic`` and
``T&O`` are one service. Names are compared with the national names and with what trusts call them;
a near spelling counts only where it is clearly nearer to one service than to any other.

>>> from waitlist_merge.normalise.reading import as_texts
>>> texts = as_texts(["C_110", "11000", "T&O", "Opthalmology", "Ward 7"])
>>> read_treatment_functions(texts).values.tolist()
['110', '110', '110', '130', None]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from rapidfuzz import fuzz, process

from waitlist_merge.normalise.codes import folded_word
from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
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

__all__ = [
    "CODES",
    "GROUPS",
    "NAMES",
    "name_of",
    "read_main_specialties",
    "read_treatment_functions",
]

_TABLE = load("treatment_functions")
CODES: Final = frozenset(_TABLE["code"])
NAMES: Final[Mapping[str, str]] = MappingProxyType(
    dict(zip(_TABLE["code"], _TABLE["name"], strict=True))
)
"""National name of each code, without the word Service."""
GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    dict(zip(_TABLE["code"], _TABLE["group"], strict=True))
)
"""Row of the RTT return that each code is reported in; empty where unknown."""

_LEADING = (
    r"^(?:C_?|IP|NP|AP|TFC?[ :_-]*)?(?P<code>[0-9]{3}|X0[1-6])(?:00)?(?:\.0)?(?:[^0-9A-Z].*)?$"
)
_TRAILING = r"^[^0-9]*[(\[ -](?P<code>[0-9]{3}|X0[1-6])[)\]]?$"
_FILLERS = r"\b(?:service|services|department|dept|clinic|specialty|speciality|outpatients?|the)\b"

_REMARK = re.compile(r"\s+-\s|[(\[:]")
"""Where a sub-specialty or a remark begins: ``Orthopaedics - knee``."""

NEAR: Final = 88.0
"""Similarity (rapidfuzz ratio, 0-100) below which a spelling is too far from any name: one slip in
a word of nine letters, two in one of eighteen."""

LEAD: Final = 5.0
"""Points by which the best name must beat every name of another service."""


def _folded_name(text: str) -> str:
    words = replaced(as_texts([folded_word(text.replace("&", " and "))]), _FILLERS)[0]
    return " ".join(str(words).split())


def _words() -> Mapping[str, str]:
    said = load("treatment_function_words")
    national = {_folded_name(name): code for code, name in NAMES.items()}
    trusts = dict(zip(map(_folded_name, said["words"]), said["code"], strict=True))
    return MappingProxyType(national | trusts)


_BY_NAME: Final = _words()
_KNOWN_NAMES: Final = tuple(_BY_NAME)


def _nearest(name: str) -> str | None:
    """The code whose name is clearly nearest; None where none is near or two services are."""
    found = process.extract(
        name, _KNOWN_NAMES, scorer=fuzz.ratio, score_cutoff=NEAR - LEAD, limit=8
    )
    if not found or found[0][1] < NEAR:
        return None
    code = _BY_NAME[found[0][0]]
    rivals = [score for other, score, _ in found if _BY_NAME[other] != code]
    return code if not rivals or found[0][1] - rivals[0] >= LEAD else None


def _by_code(capitals: Texts) -> Texts:
    leading = extracted(capitals, _LEADING)["code"]
    trailing = extracted(capitals, _TRAILING)["code"]
    return np.where(leading == None, trailing, leading)  # noqa: E711  (elementwise)


def read_treatment_functions(texts: Texts) -> Reading:
    """The three-character treatment function of each text; None with a finding where none fits."""
    blank = is_blank(texts)
    codes = _by_code(upper(texts))
    listed = np.fromiter((each in CODES for each in codes), bool, len(texts))
    values = missing(len(texts))
    values[listed] = codes[listed]
    repaired = np.zeros(len(texts), dtype=bool)
    placeholder = ~blank & matched(texts, PLACEHOLDER_WORDS)
    for position in np.flatnonzero(~(listed | blank | placeholder)):
        name = _folded_name(texts[position])
        exact = _BY_NAME.get(name) or _BY_NAME.get(_folded_name(_REMARK.split(texts[position])[0]))
        values[position] = exact or _nearest(name)
        repaired[position] = exact is None and values[position] is not None
    unread = ~blank & ~placeholder & (values == None)  # noqa: E711  (elementwise)
    coded = codes != None  # noqa: E711
    return Reading(
        values,
        {
            Fault.PLACEHOLDER: placeholder,
            Fault.REPAIRED: repaired,
            Fault.UNKNOWN_CODE: unread & coded,
            Fault.NOT_UNDERSTOOD: unread & ~coded,
        },
    )


def read_main_specialties(texts: Texts) -> Reading:
    """The three-digit main specialty of each text: its code, else the function of the same name.

    The two lists share most numbers but are different lists: never compare one with the other
    (domain 2).
    """
    by_name = read_treatment_functions(texts)
    codes = extracted(upper(texts), _LEADING)["code"]
    values = np.where(codes == None, by_name.values, codes)  # noqa: E711  (elementwise)
    understood = values != None  # noqa: E711
    faults = {
        fault: mask & ~understood if fault is not Fault.REPAIRED else mask
        for fault, mask in by_name.faults.items()
    }
    return Reading(values, faults)


def name_of(code: str) -> str:
    """The national name of a treatment function; KeyError for a code in no list.

    >>> name_of("110")
    'Trauma and Orthopaedic'
    """
    return NAMES[code]
