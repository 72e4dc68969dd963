"""The words that headings are made of, and which of them a shortened or misspelt one stands for.

Headings shorten words by cutting their end (``Gend``) or by leaving out vowels and more
(``Mgmt``): an abbreviation has the first letter of its word, and its letters in their order.

>>> abbreviated("mgmt"), abbreviated("cnsltnt"), abbreviated("cost")
(('management',), ('consultant',), ())
>>> misspelt("surnme")
('surname', 0.9)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from types import MappingProxyType

from rapidfuzz import fuzz, process

from waitlist_merge.reference import load

__all__ = ["Listed", "abbreviated", "lexicon", "longest_phrase", "misspelt"]

FUZZY_LENGTH = 5
"""Words of at least so many letters may be misspelt; shorter ones have too many neighbours."""

FUZZY_RATIO, FUZZY_SURE = 84, 90
"""rapidfuzz ratios (0 to 100): one letter in six may differ; over the second, one in ten."""

FUZZY_QUALITY, FUZZY_LOW = 0.9, 0.78
"""How much of its weight a misspelt word still carries, by ratio; the lower one is reported."""

SHORTEST, LONG_ENOUGH = 3, 5
"""Letters that an abbreviation has at least, and the word that it stands for."""

CUT_SHARE, CONSONANT_SHARE = 0.4, 0.5
"""Share of a word that its first letters must be, and share of its consonants that must be left:
with less, most strings of letters abbreviate something."""

_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class Listed:
    """A word or phrase as it is listed; ``others`` is what else it can mean."""

    concepts: frozenset[str]
    weight: float
    others: tuple[frozenset[str], ...]


@cache
def lexicon() -> Mapping[str, Listed]:
    """Each word or phrase that is listed."""
    rows = load("heading_words").itertuples(index=False, name=None)
    return MappingProxyType({word: _listed(concepts, weight) for word, concepts, weight in rows})


def _listed(concepts: str, weight: str) -> Listed:
    first, *others = (frozenset(each.split()) for each in concepts.split("|"))
    return Listed(first, float(weight or 1), tuple(others))


@cache
def longest_phrase() -> int:
    """How many words the longest phrase has."""
    return max(word.count(" ") + 1 for word in lexicon())


@cache
def _long_words() -> tuple[str, ...]:
    return tuple(word for word in lexicon() if len(word) >= FUZZY_LENGTH and " " not in word)


@cache
def _by_letter() -> Mapping[str, tuple[str, ...]]:
    """First letter -> the words that a shortened or misspelt one may stand for."""
    found: dict[str, list[str]] = {}
    for word in _long_words():
        if lexicon()[word].concepts:
            found.setdefault(word[0], []).append(word)
    return {letter: tuple(words) for letter, words in found.items()}


@lru_cache(maxsize=8192)
def misspelt(text: str) -> tuple[str, float] | None:
    """The word that the text is near to, and how much it still counts; None where there is none."""
    if len(text) < FUZZY_LENGTH:
        return None
    alike = _by_letter().get(text[0], ())
    near = process.extractOne(text, alike, scorer=fuzz.ratio, score_cutoff=FUZZY_RATIO)
    if near is None:
        return None
    return near[0], FUZZY_QUALITY if near[1] >= FUZZY_SURE else FUZZY_LOW


@lru_cache(maxsize=8192)
def abbreviated(text: str) -> tuple[str, ...]:
    """The words that the text may stand for, likeliest first, one for each meaning."""
    if len(text) < SHORTEST or not text.isalpha():
        return ()
    ranked = sorted(
        (-_likeness(text, word), at, word)
        for at, word in enumerate(_by_letter().get(text[0], ()))
        if len(word) > len(text) and _stands_for(text, word)
    )
    once: dict[frozenset[str], str] = {}
    for _, _, word in ranked:
        once.setdefault(lexicon()[word].concepts, word)
    return tuple(once.values())


def _stands_for(text: str, word: str) -> bool:
    """The beginning of the word as it is, then only consonants of the rest."""
    if word.startswith(text):
        return len(text) > SHORTEST and len(text) >= CUT_SHARE * len(word)
    tail = _tail(text, word)
    if _VOWELS & set(tail) or not _in_order(tail, word[len(text) - len(tail) :]):
        return False
    bones, kept = _consonants(word), _consonants(text)
    ends = text[-1] == word[-1] or bones.startswith(kept)
    return ends and len(kept) >= CONSONANT_SHARE * len(bones)


def _tail(text: str, word: str) -> str:
    """What is left of the text after the letters with which both begin."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(text, word, strict=False))
    return text[len(list(alike)) :]


def _in_order(text: str, word: str) -> bool:
    letters = iter(word)
    return all(letter in letters for letter in text)


def _consonants(word: str) -> str:
    return word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)


def _likeness(text: str, word: str) -> float:
    """Share of the consonants that are left, and of all letters."""
    return len(_consonants(text)) / len(_consonants(word)) + len(text) / len(word)
