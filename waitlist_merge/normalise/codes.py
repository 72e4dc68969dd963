"""National codes from what extracts hold in their place: codes, padded or not, or words.

A text may be the code (``3`` for ``03``), the code with its meaning (``1 - Male``), a word
(``Female``) or a foreign code that a packaged list knows. What is in no list is missing, with a
finding; a stated "not known" is missing without one.

>>> from waitlist_merge.normalise.reading import as_texts
>>> read_codes("gender", as_texts(["Female", "M", "1 - Male", "X", "Q"])).values.tolist()
['2', '1', '1', None, None]
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Reading,
    Texts,
    extracted,
    is_blank,
    matched,
    missing,
    replaced,
    upper,
)
from waitlist_merge.reasons import Fault
from waitlist_merge.reference import load

_LEADING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gender": r"^0?(?P<code>[1-9])(?:\W|$)",
        "nhs_number_status": r"^(?P<code>0?[1-8])(?:\W|$)",
        "intended_management": r"^(?P<code>[1-9])(?:\W|$)",
        "admission_method": r"^(?P<code>[0-9]{2})(?:\W|$)",
        "source_of_referral": r"^(?P<code>[0-9]{1,2})(?:\W|$)",
        "rtt_status": r"^(?P<code>[0-9]{2})(?:\W|$)",
        "waiting_list_type": r"^(?P<code>[A-Z]{4})(?:\W|$)",
        "ethnic_category": r"^(?P<code>[A-Z]|99)[A-Z0-9]?(?:\W|$)",
    }
)
"""Where the code stands in a text in capitals; an ethnic category's second character is local."""

_PADDED: Final = frozenset({"nhs_number_status", "source_of_referral"})
"""Two-digit codes that spreadsheets strip of their leading zero (domain 1.6)."""

_KEPT_WHOLE: Final = frozenset({"waiting_list_type"})
"""Fields whose other values are kept as sent, in capitals: local lists have names of their own."""

_REMARK = r"\s*[(\[].*$|\s+-\s.*$"
"""What is said behind the code or word, in brackets or after a dash."""

_FLOAT = r"^(\d+)\.0+$"


def _listed(field: str) -> Mapping[str, str]:
    """Words of a field -> its code; the codes and names of the list itself among them."""
    codes, words = load("codes"), load("code_words")
    own = codes[codes["field"] == field]
    said = words[words["field"] == field]
    return MappingProxyType(
        {
            **dict(zip(map(folded_word, own["name"]), own["code"], strict=True)),
            **dict(zip(said["words"], said["code"], strict=True)),
            **dict(zip(map(folded_word, own["code"]), own["code"], strict=True)),
        }
    )


def folded_word(text: str) -> str:
    """A text in lower case with single spaces for whatever is no letter or digit.

    >>> folded_word("White - British ")
    'white british'
    """
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {field: _listed(field) for field in (*_LEADING, "restricted", "suspected_cancer")}
)
_NO_CODE = ""


def read_codes(field: str, texts: Texts) -> Reading:
    """The national code of each text of this field; KeyError for a field without a list."""
    blank = is_blank(texts)
    capitals = replaced(upper(texts), _FLOAT, r"\1")
    words = _WORDS[field]
    whole = [words.get(folded_word(each)) for each in capitals]
    leading = extracted(capitals, _LEADING[field])["code"]
    begun = [None if each is None else words.get(_padded(field, each)) for each in leading]
    before = [words.get(folded_word(each)) for each in replaced(capitals, _REMARK)]
    found = np.array(
        [
            next((each for each in readings if each is not None), None)
            for readings in zip(whole, begun, before, strict=True)
        ],
        dtype=object,
    )
    found[blank] = _NO_CODE
    unread = found == None  # noqa: E711  (elementwise on an object array)
    kept = unread & (field in _KEPT_WHOLE)
    values = missing(len(texts))
    read = ~unread & (found != _NO_CODE)
    values[read] = found[read]
    values[kept] = capitals[kept]
    placeholder = unread & matched(texts, PLACEHOLDER_WORDS) & ~kept
    short = matched(capitals, r"^\w{1,4}$")
    repaired = read & (field in _KEPT_WHOLE) & (values != capitals)
    stripped = read & (field in _PADDED) & matched(capitals, r"^[0-9](?:\W|$)")
    return Reading(
        values,
        {
            Fault.PLACEHOLDER: placeholder,
            Fault.UNKNOWN_CODE: unread & ~placeholder & (short | kept),
            Fault.NOT_UNDERSTOOD: unread & ~placeholder & ~short & ~kept,
            Fault.REPAIRED: repaired,
            Fault.LEADING_ZERO_LOST: stripped,
        },
    )


def _padded(field: str, code: str) -> str:
    return folded_word(code.zfill(2) if field in _PADDED else code)


def read_flags(field: str, texts: Texts) -> Reading:
    """True, False or None for each text of a flag: Y/N, 1/0, true/false or the field's own words.

    PDS confidentiality codes count for ``restricted``: R and S are True, U is False.

    >>> from waitlist_merge.normalise.reading import as_texts
    >>> read_flags("restricted", as_texts(["Y", "0", "S", "maybe"])).values.tolist()
    [True, False, True, None]
    """
    blank = is_blank(texts)
    capitals = replaced(upper(texts), _FLOAT, r"\1")
    said = [_WORDS[field].get(folded_word(each)) for each in capitals]
    values = np.array([None if each is None else each == "true" for each in said], dtype=object)
    unread = (values == None) & ~blank  # noqa: E711  (elementwise on an object array)
    placeholder = unread & matched(texts, PLACEHOLDER_WORDS)
    return Reading(
        values,
        {Fault.PLACEHOLDER: placeholder, Fault.NOT_UNDERSTOOD: unread & ~placeholder},
    )
