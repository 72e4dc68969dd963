"""Codes of organisations: the trust of a site, the successor of a merged trust, GP practices.

>>> read_organisations(as_texts(["rh802", "RM3", "nv701", "RBZ"]), trust_level=True).values.tolist()
['RH8', 'RM3', 'NV701', 'RH8']
>>> successors(["RBZ", "RM3"])
['RH8', 'RM3']
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Reading,
    Texts,
    as_texts,
    extracted,
    is_blank,
    matched,
    missing,
    only_where,
    replaced,
    upper,
)
from waitlist_merge.reasons import Fault
from waitlist_merge.reference import load

_CODE = r"^[A-Z0-9]{3,9}$"
_SITE_OF_TRUST = r"^(R[A-Z0-9]{2})(?:[A-Z0-9]{2}|[A-Z0-9]{3})$"
"""Codes of NHS trusts begin with R and their sites add to it; in other codes the tail tells
organisations apart (domain 6), so only these are cut."""

_TRUST: Final = 3
"""Characters of a trust's code; a site's are more."""

_NUMBER = r"^[0-9]+$"
_WORD = r"^[A-Z]{5,}$"
"""All letters and longer than a trust code: a name (ROYAL), not a site."""

_LEADING_CODE = r"^(?P<code>R[A-Z0-9]{2}(?:[A-Z0-9]{2})?|[A-Z]*[0-9][A-Z0-9]*) ?[-:,(|] ?\S"

_PRACTICE = r"^(?P<practice>[A-Z][0-9]{5})(?:[0-9]{3})?$"
_PRACTICE_SHORT = r"^(?P<letter>[A-Z])(?P<digits>[0-9]{4})$"
_SCOTTISH_PRACTICE = r"^[0-9]{4,5}$"
_NO_PRACTICE = r"^V8199[789]$"
"""Default codes: no registered GP, not applicable, not known."""

_ALIASES = load("trust_aliases")
_SUCCESSOR: Final = dict(zip(_ALIASES["code"], _ALIASES["successor"], strict=True))


def successors(codes: Iterable[str]) -> list[str]:
    """The organisation that each code stands for today, for comparing issuers.

    The issuer of a pathway identifier keeps the old trust's code for life (domain 6). Sites of
    trusts are cut to the trust; codes without a successor stay.
    """
    trusts = _trust_level(as_texts(codes))
    return [_SUCCESSOR.get(each, each) for each in trusts]


def _trust_level(codes: Texts) -> Texts:
    cut = replaced(codes, _SITE_OF_TRUST, r"\1")
    names = matched(codes, _WORD)
    cut[names] = codes[names]
    return cut


def read_organisations(texts: Texts, *, trust_level: bool = False) -> Reading:
    """The organisation code in each text, in capitals, with at least one letter.

    With ``trust_level`` sites are cut to trusts, and merged trusts read as their successor, which
    is reported. A text that is no code is kept in capitals (whose list an entry is on must not be
    lost) and reported as unknown.
    """
    blank = is_blank(texts)
    capitals = upper(texts)
    coded = extracted(capitals, _LEADING_CODE)["code"]
    described = coded != None  # noqa: E711  (elementwise on an object array)
    codes = capitals.copy()
    codes[described] = coded[described]
    good = matched(codes, _CODE) & ~blank & ~matched(codes, _WORD) & ~matched(codes, _NUMBER)
    placeholder = ~blank & ~good & matched(texts, PLACEHOLDER_WORDS)
    values = missing(len(texts))
    kept = ~blank & ~placeholder
    values[kept] = codes[kept]
    faults = {Fault.PLACEHOLDER: placeholder, Fault.UNKNOWN_CODE: kept & ~good}
    if trust_level:
        trusts = _trust_level(values)
        values = as_texts([_SUCCESSOR.get(each, each) for each in trusts])
        faults[Fault.ORGANISATION_ALIAS] = kept & (values != trusts)
    return Reading(values, faults)


def read_sites(texts: Texts) -> Texts:
    """The site of a trust in each text of a provider column; None where it names no site.

    >>> read_sites(as_texts(["RM301", "RM3", "NV701"])).tolist()
    ['RM301', None, None]
    """
    if all(len(text) <= _TRUST for text in texts):
        return missing(len(texts))
    codes = read_organisations(texts).values
    return only_where(np.asarray(codes != _trust_level(codes), dtype=bool), codes)


def read_practices(texts: Texts) -> Reading:
    """The code of the GP practice in each text: a letter and five digits, branches cut.

    Default codes (V81997 to V81999) are placeholders; four digits after the letter lost a zero.

    >>> read_practices(as_texts(["a81001", "A81001002", "V81999", "Y1234"])).values.tolist()
    ['A81001', 'A81001', None, 'Y01234']
    """
    blank = is_blank(texts)
    compact = replaced(replaced(upper(texts), r"^(\d+)\.0+$", r"\1"), r"[\s\p{P}]+")
    practice = extracted(compact, _PRACTICE)["practice"]
    short = extracted(compact, _PRACTICE_SHORT)
    stripped = short["letter"] != None  # noqa: E711  (elementwise on an object array)
    default = matched(practice, _NO_PRACTICE) | (~blank & matched(texts, PLACEHOLDER_WORDS))
    values = practice.copy()
    values[stripped] = short["letter"][stripped] + "0" + short["digits"][stripped]
    other = matched(compact, _SCOTTISH_PRACTICE)
    values[other] = compact[other]
    values[default] = None
    unread = (values == None) & ~blank & ~default  # noqa: E711
    return Reading(
        values,
        {
            Fault.PLACEHOLDER: default,
            Fault.LEADING_ZERO_LOST: stripped,
            Fault.UNKNOWN_CODE: unread & matched(compact, r"^\w{1,9}$"),
            Fault.NOT_UNDERSTOOD: unread & ~matched(compact, r"^\w{1,9}$"),
        },
    )
