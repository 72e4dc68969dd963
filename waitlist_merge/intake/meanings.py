"""What a column heading can mean, and how sure that is.

Each line of ``reference/heading_patterns.csv`` says which concepts a meaning needs and which it may
have besides. A heading's score for it is the share of the heading's weight that the pattern
explains, so that a word which is left over ("previous", "GP") speaks against it.

>>> best = meanings("Hosp. No")[0]
>>> best.field, best.score
('local_patient_identifier', 1.0)
>>> meanings("Removal", dated=True)[0].field
'removal_date'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from waitlist_merge.intake.words import Word, readings
from waitlist_merge.reference import load
from waitlist_merge.schema import DATE_FIELDS

__all__ = ["NOT_USED", "Meaning", "concepts_of", "meanings"]

NOT_USED = "-"
"""The field of a meaning that is known but that no canonical field holds."""

LEFT_OVER_PENALTY = 1.5
"""A known word that a pattern does not explain counts this much: it names another thing."""

FLOOR = 0.3
"""Meanings below this score are not worth naming."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One reading of a heading: ``score`` 0 to 1 from the heading alone, ``why`` in words.

    ``explained`` is the share of the heading's weight that the reading accounts for.
    """

    field: str
    score: float
    why: str
    explained: float = 1.0


@dataclass(frozen=True, slots=True)
class _Pattern:
    field: str
    needs: tuple[frozenset[str], ...]
    explained: frozenset[str]
    ceiling: float
    why: str


@cache
def _patterns() -> Mapping[str, tuple[_Pattern, ...]]:
    """Concept -> the patterns whose first need it meets."""
    found: dict[str, list[_Pattern]] = {}
    rows = load("heading_patterns").itertuples(index=False, name=None)
    for field, needed, may, ceiling, why in rows:
        needs = tuple(frozenset(each.split("|")) for each in needed.split())
        explained = frozenset(may.split()).union(*needs)
        pattern = _Pattern(field, needs, explained, float(ceiling), why)
        for concept in needs[0]:
            found.setdefault(concept, []).append(pattern)
    return {concept: tuple(patterns) for concept, patterns in found.items()}


def _explained(pattern: _Pattern, heading: Sequence[Word], concepts: frozenset[str]) -> float:
    if not all(need & concepts for need in pattern.needs):
        return 0.0
    good = total = 0.0
    for word in heading:
        if word.concepts and word.concepts <= pattern.explained:
            good += word.weight * word.quality
            total += word.weight
        elif word.concepts:
            total += word.weight * LEFT_OVER_PENALTY
        else:
            total += word.weight
    return good / total if total else 0.0


def concepts_of(heading: str) -> frozenset[str]:
    """All concepts that a heading speaks of, in its likeliest reading."""
    return frozenset[str]().union(*(word.concepts for word in readings(heading)[0]))


@lru_cache(maxsize=8192)
def meanings(heading: str, *, dated: bool = False) -> tuple[Meaning, ...]:
    """The meanings of a heading, best first; of one field only the best, ties by more needs.

    With ``dated`` the values are known to be dates: the heading then names what they are of, and
    only meanings that are dates, or not used, are told.

    >>> meanings("GP name")[0].field, meanings("qwerty")
    ('-', ())
    """
    best: dict[str, tuple[float, int, Meaning]] = {}
    for found in _with_and_without_tag(readings(heading)):
        concepts = frozenset[str]({"date"} if dated else ()).union(
            *(each.concepts for each in found)
        )
        for pattern in _meant(concepts):
            if dated and not _of_dates(pattern):
                continue
            explained = _explained(pattern, found, concepts)
            score = round(pattern.ceiling * explained, 4)
            held = best.get(pattern.field)
            rank = (score, len(pattern.needs))
            if score >= FLOOR and (held is None or rank > held[:2]):
                best[pattern.field] = (*rank, Meaning(pattern.field, score, pattern.why, explained))
    ordered = sorted(best.values(), key=lambda each: each[:2], reverse=True)
    return tuple(meaning for _, _, meaning in ordered)


def _with_and_without_tag(found: Sequence[Sequence[Word]]) -> Iterator[Sequence[Word]]:
    """Every reading, and those that end in "NHS" without it: that names the code list."""
    for words in found:
        yield words
        if len(words) > 1 and words[-1].concepts == _TAG:
            yield words[:-1]


_TAG = frozenset({"nhs"})


def _of_dates(pattern: _Pattern) -> bool:
    return pattern.field in DATE_FIELDS or (
        pattern.field == NOT_USED and "date" in pattern.explained
    )


def _meant(concepts: frozenset[str]) -> Iterator[_Pattern]:
    """Patterns that may fit, those that need one of these concepts first."""
    index = _patterns()
    return (pattern for concept in sorted(concepts) for pattern in index.get(concept, ()))
