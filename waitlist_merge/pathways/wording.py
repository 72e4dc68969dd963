"""What does a procedure's text say where neither its code nor a lay name explains it?

Two texts are one operation where the words that say what is done, and to what, are the same but for
a slip of the pen; a lay name of ``procedure_groups.csv`` with a slip in it is that name. Words that
name no operation ("see letter") are no agreement, however alike (``operation_words.csv``; domain
1.6: the side and often the operation live in free text).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from waitlist_merge.pathways.columns import Bools, Codes
from waitlist_merge.reference import load

ALIKE = 90.0
"""Similarity in percent from which two spellings are one: one slip in a word of ten letters."""
LONG_ENOUGH = 7
"""Letters of a name in which a slip still leaves it that name: below, other words are near."""

_WORD = re.compile(r"[a-z]+")


@cache
def _kind(name: str) -> frozenset[str]:
    table = load("operation_words")
    return frozenset(table.loc[table["kind"] == name, "word"])


def _is_operation(word: str) -> bool:
    endings = tuple(each[1:] for each in _kind("operation") if each.startswith("-"))
    return word in _kind("operation") or word.endswith(endings)


@cache
def form(text: str) -> str:
    """The words that say what is done and to what, sorted; empty where they name no operation.

    >>> form("R pilonidal sinus - excision of"), form("see clinic letter"), form("biopsy")
    ('excision pilonidal sinus', '', '')
    """
    said = sorted(set(_WORD.findall(text.casefold())) - _kind("noise"))
    named = len(said) > 1 and any(_is_operation(word) for word in said)
    return " ".join(said) if named else ""


def is_of_pair(words: str) -> bool:
    """Do the words name an organ of which a person has two, or a thing that has many places?

    >>> is_of_pair("arthrodesis ankle"), is_of_pair("excision pilonidal sinus")
    (True, False)
    """
    return any(
        word in _kind("paired") or word.rstrip("s") in _kind("paired") for word in words.split()
    )


def misspelt(text: str, names: Sequence[str]) -> frozenset[str]:
    """The names that stand in the text with a slip of the pen.

    >>> sorted(misspelt("laparoscopic cholecystectmy", ["cholecystectomy", "colectomy"]))
    ['cholecystectomy']
    """
    words = _WORD.findall(text.casefold())
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        places[word[0]].append(place)
    found = set()
    for name in names:
        if len(name) < LONG_ENOUGH or name[0] not in places:
            continue
        size, begins = name.count(" ") + 1, places[name[0]]
        runs = (" ".join(words[at : at + size]) for at in begins if at + size <= len(words))
        if any(fuzz.ratio(run, name, score_cutoff=ALIKE) for run in runs):
            found.add(name)
    return frozenset(found)


def alike(words: Codes, forms: Sequence[str], a: NDArray[np.int64], b: NDArray[np.int64]) -> Bools:
    """Pairs of entries whose words are one operation; codes into ``forms``, -1 says nothing.

    Each distinct pair of forms is compared once.
    """
    one, other = words[a].astype(np.int64), words[b].astype(np.int64)
    found = (one == other) & (one >= 0)
    unequal = np.flatnonzero((one != other) & (one >= 0) & (other >= 0))
    if not len(unequal):
        return np.asarray(found)
    wide = np.minimum(one, other)[unequal] * len(forms) + np.maximum(one, other)[unequal]
    pair, place = np.unique(wide, return_inverse=True)
    names = np.array(forms, dtype=object)
    score = process.cpdist(
        names[pair // len(forms)], names[pair % len(forms)], scorer=fuzz.ratio, dtype=np.float32
    )
    found[unequal] = score[place] >= ALIKE
    return np.asarray(found)
