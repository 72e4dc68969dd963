"""The field of one column, going by heading and values together.

The heading proposes meanings (``meanings``), the values contradict or prove them (``probes``). A
column is believed from ``CONFIDENT`` on; below that it stays unmapped and is reported, since a
wrong column does more harm than a missing one.

>>> found = judge("Hosp. No", sample(["A12345", "B23456"]))
>>> found.field, found.score, found.reason
('local_patient_identifier', 1.0, 'heading: hospital number')
>>> judge("pcode", sample(["LS1 4AP", "BD3 9QX"])).field, judge("pcode", sample(["P2", "P4"])).field
('postcode', 'priority_code')
>>> judge("Date of birth", sample(["orthopaedics"])).field is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from waitlist_merge.intake.meanings import NOT_USED, Meaning, meanings
from waitlist_merge.intake.probes import (
    IDENTIFIER_FIELDS,
    NAME_FIELDS,
    Sample,
    fits,
    proves,
    sample,
    share_of_dates,
    share_of_hashes,
    share_of_nhs_numbers,
)
from waitlist_merge.schema import DATE_FIELDS, FIELDS

__all__ = ["CONFIDENT", "SURE", "VALID_NUMBERS", "Judgement", "judge", "sample"]

CONFIDENT = 0.6
"""Score from which a column is mapped. Stated in the docs; below it the column is reported."""

NHS_SHARE = 0.9
"""A column with this share of valid NHS numbers is one, whatever its name; by chance 1 in 11 is."""

BY_VALUES, VALID_NUMBERS = 0.9, "values: valid NHS numbers"
"""Score and reason of a column that only its values show to be the NHS number."""

NHS_DISTINCT = 3
"""Fewer distinct values than this prove nothing."""

FITTING = 0.8
"""From this share of fitting values on, the others are taken for faults of single rows."""

CONTRADICTED = 0.3
"""Below this share the values contradict the heading."""

TYPED_DOUBT = 0.5
"""How much values that do not fit count where people type them: a small list may have many."""

_TYPED = frozenset(("nhs_number", *DATE_FIELDS, *IDENTIFIER_FIELDS, *NAME_FIELDS))

PROVEN, GAP_CLOSED = 0.6, 0.6
"""From this share on the values speak for a field, and close so much of the gap to certainty; less
where the heading speaks of something besides, for that may be whose value it is."""

DATED_SHARE, DATED_QUALITY = 0.9, 0.9
"""From this share of dates on a heading that names an event means its day; and its weight then."""

SURE = 0.8
"""From this score on a column that is used needs no finding; below, it is said what it was read
as and how to set it."""

CLOSE = 0.02
"""Two different fields within this of each other: not told apart."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a column is: ``field`` None where it is not used.

    ``ambiguous`` names the rivals; ``second_of`` the field that a better column gives.
    """

    field: str | None
    score: float
    reason: str
    ambiguous: tuple[str, ...] = ()
    second_of: str = ""


@cache
def _own_names() -> Mapping[str, str]:
    """Canonical names, and the element names of the NHS Data Dictionary, spelt plainly."""
    own = {_plain(each.element): each.name for each in FIELDS if each.element}
    return MappingProxyType(own | {_plain(each.name): each.name for each in FIELDS})


def _plain(heading: str) -> str:
    return "".join(letter for letter in heading.lower() if letter.isalnum())


def judge(heading: str, values: Sample, *, by_values: bool = True) -> Judgement:
    """The field of a column with this heading and these distinct values.

    With ``by_values`` values may overrule the heading: valid NHS numbers are NHS numbers.
    """
    found = _proposed(heading, values)
    known_as_other = bool(found) and found[0].field == NOT_USED
    says_so = bool(found) and found[0].field == "nhs_number" and found[0].score >= CONFIDENT
    if by_values and not known_as_other and not says_so and _is_nhs_number(values):
        return Judgement("nhs_number", BY_VALUES, VALID_NUMBERS)
    if _may_be_key(found) and share_of_hashes(values) >= FITTING:
        return Judgement("person_key", 0.9, "values: pseudonyms, equal for one person")
    weighed = sorted((_weighed(each, values) for each in found), key=_by_score)
    return _decided(weighed)


def _proposed(heading: str, values: Sample) -> tuple[Meaning, ...]:
    """What the heading may mean; the name of a field itself comes first, and then the rest."""
    dated = share_of_dates(values) >= DATED_SHARE
    found = _of_a_date(heading) if dated else meanings(heading)
    own = _own_names().get(_plain(heading))
    if own is None:
        return found
    others = (each for each in found if each.field not in {own, NOT_USED})
    return (Meaning(own, 1.0, "the name of the field itself"), *others)


def _of_a_date(heading: str) -> tuple[Meaning, ...]:
    """What a heading may mean over dates: one that names an event means its day."""
    best = {each.field: each for each in meanings(heading) if each.field != NOT_USED}
    for each in meanings(heading, dated=True):
        score = round(each.score * DATED_QUALITY, 4)
        if each.field not in best or best[each.field].score < score:
            why = f"{each.why}, since its values are dates"
            best[each.field] = replace(each, score=score, why=why)
    return tuple(sorted(best.values(), key=lambda each: -each.score))


def _is_nhs_number(values: Sample) -> bool:
    return len(values) >= NHS_DISTINCT and share_of_nhs_numbers(values) >= NHS_SHARE


def _may_be_key(found: tuple[Meaning, ...]) -> bool:
    """A hash under another heading may be a local one, which differs from trust to trust."""
    return bool(found) and found[0].field in {"nhs_number", "person_key"}


def _by_score(judgement: Judgement) -> float:
    return -judgement.score


def _weighed(meaning: Meaning, values: Sample) -> Judgement:
    """A meaning after its values are heard."""
    fitting = fits(meaning.field, values)
    proven = proves(meaning.field, values)
    heading = f"heading: {meaning.why}"
    if meaning.field == NOT_USED:
        return Judgement(NOT_USED, meaning.score, heading)
    if fitting < CONTRADICTED:
        reason = f"{heading}; but its values are not of this kind"
        return Judgement(meaning.field, 0.0, reason)
    doubt = max(0.0, 1 - fitting / FITTING) * (TYPED_DOUBT if meaning.field in _TYPED else 1)
    score = meaning.score * (1 - doubt)
    if proven >= PROVEN:
        score += (1 - score) * GAP_CLOSED * proven * meaning.explained
        heading += f"; values: {proven:.0%} have its form"
    return Judgement(meaning.field, round(score, 3), heading)


def _decided(weighed: list[Judgement]) -> Judgement:
    if not weighed:
        return Judgement(None, 0.0, "the heading is not recognised")
    best = weighed[0]
    if best.field == NOT_USED:
        return Judgement(None, best.score, f"{best.reason}: not a field that is used")
    rivals = [each for each in weighed if each.field != NOT_USED and each.score > 0]
    if best.score < CONFIDENT:
        return _unsure(best, rivals)
    close = [each for each in weighed[1:] if best.score - each.score < CLOSE]
    return _unsure(best, [best, *close]) if close else best


def _unsure(best: Judgement, rivals: list[Judgement]) -> Judgement:
    if best.score == 0:
        return Judgement(None, 0.0, best.reason)
    names = tuple(each.field for each in rivals if each.field and each.field != NOT_USED)
    listed = " or ".join(names[:3])
    reason = f"perhaps {listed}: not sure enough"
    return Judgement(None, best.score, reason, names if len(names) > 1 else ())
