"""The concepts that a column heading speaks of.

A heading is cut at case, digits and punctuation, abbreviations are replaced by concepts
(``reference/heading_words.csv``), run-on words are taken apart and misspelt ones are read as the
word they are near. What no rule knows stays an unknown word that weighs against any meaning.

>>> [(each.text, sorted(each.concepts)) for each in words("PatNHSNo")]
[('pat', ['patient']), ('nhs', ['nhs']), ('no', ['number'])]
>>> [sorted(each.concepts) for each in words("RTTPTHWYstartdt")]
[['rtt'], ['pathway'], ['start'], ['date']]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from rapidfuzz import fuzz, process

from waitlist_merge.reference import load

__all__ = ["Word", "words"]

UNKNOWN_WEIGHT = 0.8
"""What an unknown word weighs: it may change the meaning ("Interpreter name")."""

UNKNOWN_SHORT_WEIGHT = 0.35
"""What an unknown word of up to three letters weighs: mostly the name of a system or table."""

FUZZY_LENGTH = 5
"""Words of at least so many letters may be misspelt; shorter ones have too many neighbours."""

FUZZY_RATIO = 84
"""rapidfuzz ratio (0 to 100) from which a word counts as misspelt: one letter in six."""

FUZZY_QUALITY, SPLIT_QUALITY = 0.9, 0.97
"""How much of its weight a misspelt word, and one found in a run-on word, still carries."""

_PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|#")
_PROVIDER = re.compile(r"r[a-z0-9]{2}")
"""The ODS code of an NHS trust: R and two more (domain 6)."""

_PREFIX = re.compile(r"([A-Za-z]+)_")
"""The name of a table or system before the heading itself."""

_TWO_LETTERS = frozenset(
    ["no", "id", "nm", "cd", "dt", "pt", "wl", "gp", "of", "to", "on", "ip", "op", "wk"]
)
"""Short words that a run-on word may be cut into; others of two letters would fit anywhere."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a heading: ``concepts`` is empty where it says nothing, or is unknown."""

    text: str
    concepts: frozenset[str]
    weight: float
    quality: float = 1.0


@cache
def _lexicon() -> Mapping[str, tuple[frozenset[str], float]]:
    rows = load("heading_words").itertuples(index=False, name=None)
    return MappingProxyType(
        {word: (frozenset(concepts.split()), float(weight or 1)) for word, concepts, weight in rows}
    )


@cache
def _longest_phrase() -> int:
    return max(word.count(" ") + 1 for word in _lexicon())


@cache
def _fuzzy_words() -> tuple[str, ...]:
    return tuple(word for word in _lexicon() if len(word) >= FUZZY_LENGTH and " " not in word)


def _known(text: str, quality: float = 1.0) -> Word:
    concepts, weight = _lexicon()[text]
    return Word(text, concepts, weight, quality)


def _pieces(heading: str) -> list[str]:
    """Lower-case pieces of a heading, taken apart at its capitals where that gives known words."""
    found: list[str] = []
    for run in re.findall(r"[A-Za-z0-9]+|#", heading.replace("'", "").replace("’", "")):
        found += _pieces_of_run(run)
    return _join_letters(found)


def _pieces_of_run(run: str) -> list[str]:
    whole = run.lower()
    if whole in _lexicon():
        return [whole]
    pieces = [each.lower() for each in _PIECES.findall(run)]
    if all(piece in _lexicon() or piece.isdigit() for piece in pieces):
        return pieces
    return list(_cut(whole)) or pieces


def _join_letters(pieces: Sequence[str]) -> list[str]:
    """``d o b`` and ``post code``-like runs of single letters become one word."""
    joined: list[str] = []
    run: list[str] = []
    for piece in [*pieces, ""]:
        if len(piece) == 1 and piece.isalpha():
            run.append(piece)
            continue
        word = "".join(run)
        joined += [word] if word in _lexicon() and len(run) > 1 else run
        run = []
        joined += [piece] if piece else []
    return joined


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[str, ...]:
    """The fewest lexicon words that make up a run-on word exactly; empty where none do."""
    best: list[tuple[str, ...] | None] = [(), *[None] * len(text)]
    for stop in range(1, len(text) + 1):
        for start in range(stop):
            before, piece = best[start], text[start:stop]
            if before is None or not _may_be_piece(piece):
                continue
            candidate, current = (*before, piece), best[stop]
            if current is None or len(candidate) < len(current):
                best[stop] = candidate
    return best[-1] or ()


def _may_be_piece(piece: str) -> bool:
    return piece in _lexicon() and (len(piece) > 2 or piece in _TWO_LETTERS)


def _unknown(text: str) -> tuple[Word, ...]:
    """Words for a piece that the lexicon has not, by the first way that gives any."""
    return _simple(text) or _run_on(text) or _misspelt(text) or (_strange(text),)


def _prefixed(text: str) -> tuple[Word, ...]:
    """The first word of ``PAPER_Dob``: where it is not known it names a table, not a meaning."""
    found = _unknown(text)
    if any(word.concepts for word in found):
        return found
    return (Word(text, frozenset(), UNKNOWN_SHORT_WEIGHT),)


def _simple(text: str) -> tuple[Word, ...]:
    """Digits, a number sign, or the plural of a known word."""
    if text.isdigit():
        return (Word(text, frozenset(), 0.1),)
    if text == "#":
        return (_known("number"),)
    return (_known(text[:-1]),) if text.endswith("s") and text[:-1] in _lexicon() else ()


def _run_on(text: str) -> tuple[Word, ...]:
    return tuple(_known(piece, SPLIT_QUALITY) for piece in _cut(text))


def _misspelt(text: str) -> tuple[Word, ...]:
    if len(text) < FUZZY_LENGTH:
        return ()
    near = process.extractOne(text, _fuzzy_words(), scorer=fuzz.ratio, score_cutoff=FUZZY_RATIO)
    return (_known(near[0], FUZZY_QUALITY),) if near is not None else ()


def _strange(text: str) -> Word:
    """One letter and an ODS code mark a hospital's own numbers; the rest says nothing known."""
    if len(text) == 1:
        return Word(text, frozenset({"site_letter"}), UNKNOWN_SHORT_WEIGHT)
    if _PROVIDER.fullmatch(text):
        return Word(text, frozenset({"provider_code"}), UNKNOWN_SHORT_WEIGHT)
    weight = UNKNOWN_SHORT_WEIGHT if len(text) <= 3 else UNKNOWN_WEIGHT
    return Word(text, frozenset(), weight)


@lru_cache(maxsize=8192)
def words(heading: str) -> tuple[Word, ...]:
    """The words of a heading in order, longest known phrase first (``to come in`` is one word).

    >>> words("Idendifier")[0].concepts, words("Idendifier")[0].quality
    (frozenset({'number'}), 0.9)
    """
    pieces, found, at = _pieces(heading), list[Word](), 0
    prefix = _PREFIX.match(heading)
    while at < len(pieces):
        for length in range(min(_longest_phrase(), len(pieces) - at), 0, -1):
            run = pieces[at : at + length]
            phrase = next((p for p in (" ".join(run), "".join(run)) if p in _lexicon()), None)
            if phrase is not None and (length == 1 or min(map(len, run)) > 0):
                found.append(_known(phrase))
                break
        else:
            length = 1
            is_prefix = at == 0 and prefix is not None and prefix[1].lower() == pieces[0]
            found += _prefixed(pieces[0]) if is_prefix else _unknown(pieces[at])
        at += length
    return tuple(found)
