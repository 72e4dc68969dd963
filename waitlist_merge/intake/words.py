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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, product

from waitlist_merge.intake.lexicon import abbreviated, lexicon, longest_phrase, misspelt
from waitlist_merge.intake.segments import Allowed, cut

__all__ = ["Word", "readings", "words"]

UNKNOWN_WEIGHT = 0.8
"""What an unknown word weighs: it may change the meaning ("Interpreter name")."""

UNKNOWN_SHORT_WEIGHT = 0.35
"""What an unknown word of up to three letters weighs: mostly the name of a system or table."""

SPLIT_QUALITY, ABBREVIATION_QUALITY = 0.97, 0.85
"""How much of its weight a word still carries that was found in a run-on word, or shortened."""

OTHER_QUALITY = 0.8
"""How much of its weight a word carries in its less likely reading."""

MOST_READINGS = 8
"""So many readings of one heading are followed; abbreviations seldom stand for over two words."""

_PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|#")
_PROVIDER = re.compile(r"r[a-z0-9]{2}")
"""The ODS code of an NHS trust: R and two more (domain 6)."""

_PREFIX = re.compile(r"([A-Za-z]+)_")
"""The name of a table or system before the heading itself."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a heading: ``concepts`` is empty where it says nothing, or is unknown.

    ``others`` is what else it could stand for.
    """

    text: str
    concepts: frozenset[str]
    weight: float
    quality: float = 1.0
    others: tuple[frozenset[str], ...] = ()


def _known(text: str, quality: float = 1.0) -> Word:
    listed = lexicon()[text]
    return Word(text, listed.concepts, listed.weight, quality, listed.others)


def _pieces(heading: str) -> list[str]:
    """Lower-case pieces of a heading, taken apart at its capitals where that gives known words."""
    found: list[str] = []
    for run in re.findall(r"[A-Za-z0-9]+|#", heading.replace("'", "").replace("’", "")):
        found += _pieces_of_run(run)
    return _join_letters(found)


def _pieces_of_run(run: str) -> list[str]:
    whole = run.lower()
    if whole in lexicon():
        return [whole]
    pieces = [each.lower() for each in _PIECES.findall(run)]
    if all(piece in lexicon() or piece.isdigit() for piece in pieces):
        return pieces
    found = cut(whole)
    return list(found.pieces) if found.pieces and found.quality == 1 else pieces


def _join_letters(pieces: Sequence[str]) -> list[str]:
    """``d o b`` and ``post code``-like runs of single letters become one word."""
    joined: list[str] = []
    run: list[str] = []
    for piece in [*pieces, ""]:
        if len(piece) == 1 and piece.isalpha():
            run.append(piece)
            continue
        word = "".join(run)
        joined += [word] if word in lexicon() and len(run) > 1 else run
        run = []
        joined += [piece] if piece else []
    return joined


def _unknown(text: str) -> tuple[Word, ...]:
    """Words for a piece that the lexicon has not, by the first way that gives any."""
    return (
        _simple(text)
        or _run_on(text)
        or _misspelt(text)
        or _shortened(text)
        or _run_on(text, "short")
        or _run_on(text, "any")
        or (_strange(text),)
    )


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
    return (_known(text[:-1]),) if text.endswith("s") and text[:-1] in lexicon() else ()


def _run_on(text: str, allow: Allowed = "words") -> tuple[Word, ...]:
    found = cut(text, allow=allow)
    if not found.pieces:
        return ()
    words = (_piece(each) for each in found.pieces)
    return tuple(replace(each, quality=each.quality * found.quality) for each in words)


def _piece(text: str) -> Word:
    if text in lexicon():
        return _known(text, SPLIT_QUALITY)
    return next(iter(_shortened(text)), None) or _nameless(text)


def _misspelt(text: str) -> tuple[Word, ...]:
    found = misspelt(text)
    return (_known(*found),) if found is not None else ()


def _shortened(text: str) -> tuple[Word, ...]:
    """The likeliest word that is shortened so, and what else it could be."""
    found = abbreviated(text)
    if not found:
        return ()
    first, *others = (lexicon()[word] for word in found)
    rest = tuple(each.concepts for each in others)
    return (Word(text, first.concepts, first.weight, ABBREVIATION_QUALITY, rest),)


def _strange(text: str) -> Word:
    """One letter and an ODS code mark a hospital's own numbers; the rest says nothing known."""
    if len(text) == 1:
        return Word(text, frozenset({"site_letter"}), UNKNOWN_SHORT_WEIGHT)
    if _PROVIDER.fullmatch(text):
        return Word(text, frozenset({"provider_code"}), UNKNOWN_SHORT_WEIGHT)
    return _nameless(text)


def _nameless(text: str) -> Word:
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
        phrase, length = _phrase(pieces, at)
        if phrase:
            found.append(_known(phrase))
        else:
            is_prefix = at == 0 and prefix is not None and prefix[1].lower() == pieces[0]
            found += _prefixed(pieces[0]) if is_prefix else _unknown(pieces[at])
        at += length
    return tuple(found)


def _phrase(pieces: Sequence[str], at: int) -> tuple[str, int]:
    """The longest phrase that begins at this piece and of how many it is; none: one piece."""
    for length in range(min(longest_phrase(), len(pieces) - at), 0, -1):
        run = pieces[at : at + length]
        for phrase in (" ".join(run), "".join(run)):
            if phrase in lexicon():
                return phrase, length
    return "", 1


@lru_cache(maxsize=8192)
def readings(heading: str) -> tuple[tuple[Word, ...], ...]:
    """The words of a heading in each way that its abbreviations can be read, likeliest first.

    >>> [[sorted(word.concepts) for word in each] for each in readings("Surg")]
    [[['consultant']], [['surgery']], [['surgical']]]
    """
    choices = [[each, *_otherwise(each)] for each in words(heading)]
    return tuple(islice(product(*choices), MOST_READINGS))


def _otherwise(word: Word) -> list[Word]:
    quality = word.quality * OTHER_QUALITY
    return [replace(word, concepts=concepts, quality=quality) for concepts in word.others]
