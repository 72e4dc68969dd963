"""Are two given names forms of one name? Nicknames and spellings, from a packaged table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.reference import load


def are_variants(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.bool_]:
    """For each two names in comparison form: is one a nickname or spelling of the other?

    >>> are_variants(np.array(["ELIZABETH"], object), np.array(["LIZ"], object)).tolist()
    [True]
    """
    known = _pairs()
    return np.asarray(
        [(one, other) in known for one, other in zip(left, right, strict=True)], dtype=bool
    )


def spelling_keys(names: list[str]) -> list[str]:
    """What stays the same when a name is written another way? Equal keys are spellings of one name.

    Names that come from other scripts have no one spelling: E stands for A, O for U, EE and Y for
    I, and many letters are doubled or followed by an H. Vowels are kept apart in three classes,
    since Hassan and Hussain are brothers. A name whose key has fewer than three letters has none.

    >>> spelling_keys(["MOHAMMED", "MUHAMAD", "HASSAN", "HUSSAIN", "HUSSEIN"])
    ['MUHAMAD', 'MUHAMAD', 'HASAN', 'HUSAN', 'HUSAN']
    """
    fresh = list({*names}.difference(_KEYS))
    found = dict(zip(fresh, _rewritten(fresh), strict=True))
    if len(_KEYS) + len(found) <= _MOST_REMEMBERED:
        _KEYS.update(found)
    return [found[name] if name in found else _KEYS[name] for name in names]


_KEYS: dict[str, str] = {}
_MOST_REMEMBERED = 1 << 17
"""Names of which the key is remembered at most: more than England's list has."""


def _rewritten(names: list[str]) -> list[str]:
    """The keys of names, a line each, so that each pattern is looked for in all of them at once."""
    lines = "\n".join(names).replace(" ", "")
    for pattern, form in _SPELLINGS:
        lines = pattern.sub(form, lines)
    return [key if len(key) >= _SHORTEST_KEY else "" for key in lines.split("\n")][: len(names)]


_SHORTEST_KEY = 3
"""Letters of the shortest key: "Li" and "Lee", "Leah" and "Lia" stay apart."""

_SPELLINGS = tuple(
    (re.compile(pattern, re.MULTILINE), form)
    for pattern, form in (
        (r"^ABD[AEU](L|[RSNTZ](?=[RSNTZ]))?", "ABD"),
        (r"(SK|CK|ZK)A$", r"\1I"),
        (r"(O|E)VA$", r"\1V"),
        (r"PH", "F"),
        (r"C(?=[AOUKQLRT]|$)", "K"),
        (r"Q", "K"),
        (r"Z", "S"),
        (r"(?<=[BDGKT])H", ""),
        (r"(.)\1+", r"\1\1"),
        (r"(?<=.)(EE|EA|IE$)", "I"),
        (r"OO|OU|OW|AU", "U"),
        (r"^O", "U"),
        (r"(?<=.)O", "U"),
        (r"(?<=.)[AE]+[IY]+[AE]*", "A"),
        (r"^A[IY]+[AE]*", "A"),
        (r"(?<=.)E", "A"),
        (r"(?<=.)Y", "I"),
        (r"H$", ""),
        (r"(.)\1+", r"\1"),
    )
)
"""Rewritings of a name, in order: the article after "servant of" (Abdul Rahman, Abdelrahman,
Abdurrahman), endings by sex (Kowalska, Ivanova), consonants, then vowels."""


def beginnings(names: Sequence[str]) -> NDArray[np.int64]:
    """A number for how each name begins: equal wherever two names have one spelling key.

    >>> one, same, other = beginnings(["CATHERINE", "KATHERINE", "RUTH"]).tolist()
    >>> one == same != other
    True
    """
    first = (_FIRST.get(name[0], name[0]) for name in names)
    return np.fromiter(map(ord, first), np.int64, len(names))


_FIRST = {letter: letters[0] for letters in ("AOU", "CKQ", "SZ", "FP") for letter in letters}
"""The first letters that rewritings make of each other."""


@cache
def known_names() -> frozenset[str]:
    """Given names in comparison form that people are registered with, and their short forms.

    >>> "SANA" in known_names(), "SNAA" in known_names()
    (True, False)
    """
    nicknames = load("nicknames")
    return frozenset({*load("given_names")["name"], *nicknames["name"], *nicknames["form"]})


FIRST_OF_TWO = frozenset(
    (
        *("MOHAMMED", "MUHAMMAD", "MOHAMMAD", "MOHAMED", "MUHAMMED", "MOHAMAD", "MUHAMAD"),
        *("MOHD", "MD", "SYED", "SAYED", "SAYYID", "ABDUL", "ABDAL", "ABDEL", "ABD"),
    )
)
"""Names that brothers share, each being called by his second (domain 4.5: names of all groups)."""


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    listed = load("nicknames")
    pairs = set(zip(listed["name"], listed["form"], strict=True))
    return frozenset(pairs | {(form, name) for name, form in pairs})
