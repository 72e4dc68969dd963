"""Words that are run together, taken apart.

Of all ways to make up the text from known words the cheapest is taken: few words, long ones rather
than short ones, whole ones rather than abbreviations. Where another way that says something else is
hardly dearer, the answer is unsure and counts for less.

>>> cut("gppracticecd").pieces, cut("datereferralreceived").pieces
(('gp', 'practice', 'cd'), ('date', 'referral', 'received'))
>>> cut("strtdate").pieces, cut("strtdate", allow="short").pieces
((), ('strt', 'date'))
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from waitlist_merge.intake.lexicon import abbreviated, lexicon

__all__ = ["Allowed", "Cut", "cut"]

SHORT_COST = 1.5
"""What a piece costs over 1, divided by its length: of two letters 0.75, of eight 0.2."""

ABBREVIATION_COST, UNKNOWN_COST, UNKNOWN_LETTER_COST = 0.8, 3.0, 0.6
"""What a piece that is no known word costs more: abbreviations fit often, anything is unknown."""

LONGEST_ABBREVIATION = 7
"""Longer strings are words, not abbreviations of words."""

KNOWN_SHARE = 0.5
"""Share of the letters that known words must make up."""

LONG_WORD = 4
"""A shorter word is found by chance in many strings."""

CLOSE = 0.4
"""Two ways that cost so nearly the same are not told apart."""

UNSURE_QUALITY = 0.78
"""How much of their weight words carry that could be cut another way; such columns are reported."""

_SHORT_NOUNS = ("no", "id", "nm", "cd", "dt", "pt", "wl", "gp", "ip", "op", "wk", "wt", "pc")
_TWO_LETTERS = frozenset((*_SHORT_NOUNS, "of", "to", "in", "on", "by"))
"""Short words that a run-on word may be cut into; others of two letters would fit anywhere."""

Allowed = Literal["words", "short", "any"]

_KEEP = 3
"""So many ways to each place are followed."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces in order, none where there is no way; ``quality`` below 1 where it is unsure."""

    pieces: tuple[str, ...] = ()
    quality: float = 1.0


@lru_cache(maxsize=8192)
def cut(text: str, *, allow: Allowed = "words") -> Cut:
    """The pieces of a run-on word.

    ``allow`` says what they may be: known words, with one abbreviation (``short``), or with one
    unknown piece where most letters are known (``any``).
    """
    ways: list[list[tuple[float, tuple[str, ...]]]] = [[(0.0, ())]]
    for stop in range(1, len(text) + 1):
        found = [
            (cost + price, (*pieces, text[start:stop]))
            for start in range(stop)
            for price in [_price(text[start:stop], allow)]
            if price is not None
            for cost, pieces in ways[start]
        ]
        ways.append(sorted(found)[:_KEEP])
    whole = [way for way in ways[-1] if len(way[1]) > 1 and _mostly_known(way[1], len(text))]
    if not whole:
        return Cut()
    (cost, pieces), *others = whole
    shortest = min(map(len, pieces))
    near = (way for price, way in others if price - cost < CLOSE and min(map(len, way)) >= shortest)
    unsure = any(_says(way) != _says(pieces) for way in near)
    return Cut(pieces, UNSURE_QUALITY if unsure else 1.0)


def _price(piece: str, allow: Allowed) -> float | None:
    if piece in lexicon():
        allowed = len(piece) > 2 or piece in _TWO_LETTERS
        return 1 + SHORT_COST / len(piece) if allowed else None
    if allow == "words":
        return None
    if allow == "short" and len(piece) <= LONGEST_ABBREVIATION and abbreviated(piece):
        return 1 + SHORT_COST / len(piece) + ABBREVIATION_COST
    if allow == "any" and len(piece) > 1:
        return UNKNOWN_COST + UNKNOWN_LETTER_COST * len(piece)
    return None


def _mostly_known(pieces: tuple[str, ...], length: int) -> bool:
    """At most one piece is no listed word, and the others, one of them long, are most of it."""
    known = [len(piece) for piece in pieces if piece in lexicon()]
    if len(known) == len(pieces):
        return True
    enough = sum(known) >= KNOWN_SHARE * length and max(known, default=0) >= LONG_WORD
    return len(pieces) - len(known) == 1 and enough


def _says(pieces: tuple[str, ...]) -> frozenset[str]:
    """All concepts that are spoken of, however cut."""
    found = frozenset[str]()
    for piece in pieces:
        names = (piece,) if piece in lexicon() else abbreviated(piece)[:1]
        found = found.union(*(lexicon()[name].concepts for name in names))
    return found
