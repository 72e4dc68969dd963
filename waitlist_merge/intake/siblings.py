"""What a column is, seen beside the other columns.

Some columns only tell what they are by what else is there: single words under ``Name 1`` are given
names where a surname stands apart; a column of hospitals names the sender where no other does; the
values of a closed list are used where no heading gives that field. All of this is less than sure,
so every such reading is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from waitlist_merge.intake.closed import by_closed_list
from waitlist_merge.intake.columns import CONFIDENT, Judgement
from waitlist_merge.intake.meanings import concepts_of
from waitlist_merge.intake.probes import NAME_FIELDS, Sample, fits, proves
from waitlist_merge.intake.words import words
from waitlist_merge.reference import load

__all__ = ["heed_siblings", "ordinal"]

BY_SIBLINGS, BY_LIST = 0.7, 0.7
"""Scores of what other columns, or closed lists, show: used, and reported."""

SEVERAL_WORDS = 0.5
"""From this share of values with two words on, a name column holds whole names."""

ALL, MOST = 0.9, 0.8
"""Shares of values that must be of one kind before another field's reading is given up for it:
of codes, and of words, which local lists spell their own way."""

GIVEN_NAMES, FAMILY_NAMES = 0.5, 0.2
"""Shares of known given names from which, and up to which, a column holds given or family names.
Of English surnames one in ten is a given name too."""

_WHOLE = frozenset((None, "full_name", "procedure_text"))
"""What a column that only says ``name`` may have been taken for."""

_MANY = frozenset(("address", "phone", "email", *NAME_FIELDS))
"""Fields of which a later column is as good as the first, or is looked at apart."""

_TRUST = re.compile(r"[A-Z0-9]{3}")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def heed_siblings(
    headings: Sequence[str],
    samples: Sequence[Sample],
    judged: list[Judgement],
    *,
    fixed: frozenset[int],
) -> None:
    """Judgements made better by what the other columns are; ``fixed`` ones are left."""
    _names(headings, samples, judged, fixed)
    _provider(samples, judged, fixed)
    _specialty(samples, judged, fixed)
    _closed(headings, samples, judged, fixed)
    _later_alone(headings, judged, fixed)


def ordinal(heading: str) -> int:
    """Which of several like columns the heading says that it is; 1 where it does not.

    >>> ordinal("Forename 2"), ordinal("third name"), ordinal("Forename")
    (2, 3, 1)
    """
    texts = [each.text for each in words(heading)]
    digits = [int(each) for each in texts if each.isdigit()]
    spoken = [_ORDINALS[word] for text in texts for word in text.split() if word in _ORDINALS]
    return (digits or spoken or [1])[-1]


def _later_alone(headings: Sequence[str], judged: list[Judgement], fixed: frozenset[int]) -> None:
    """A second column of its kind without a first is used, but said."""
    places: dict[str, list[int]] = {}
    for at, each in enumerate(judged):
        if each.field is not None and each.field not in _MANY:
            places.setdefault(each.field, []).append(at)
    for field, alike in places.items():
        first = min(alike, key=lambda at: ordinal(headings[at]))
        if ordinal(headings[first]) > 1 and first not in fixed:
            why = f"{judged[first].reason}; a later one of several, of which there is no first"
            _settle(judged, first, field, why, min(judged[first].score, BY_SIBLINGS))


def _settle(judged: list[Judgement], at: int, field: str, why: str, score: float) -> None:
    judged[at] = replace(judged[at], field=field, score=score, reason=why, ambiguous=())


def _names(
    headings: Sequence[str],
    samples: Sequence[Sample],
    judged: list[Judgement],
    fixed: frozenset[int],
) -> None:
    """Columns that only say ``name``, over single words."""
    places = [
        at
        for at, heading in enumerate(headings)
        if at not in fixed
        and judged[at].field in _WHOLE
        and _says_name(heading)
        and _single_words(samples[at])
    ]
    places.sort(key=lambda at: (ordinal(headings[at]), at))
    fields = {each.field for each in judged}
    for at, field in zip(places, _name_fields([samples[at] for at in places], fields), strict=True):
        if field:
            _settle(judged, at, field, "single words of a name, beside other columns", BY_SIBLINGS)
        else:
            judged[at] = Judgement(None, 0.0, "single words of a name: of which is not said")


def _says_name(heading: str) -> bool:
    said = concepts_of(heading)
    return "name" in said and said <= {"name", "patient"} and _only_known(heading)


def _only_known(heading: str) -> bool:
    return all(word.concepts or word.text.isdigit() for word in words(heading))


def _single_words(values: Sample) -> bool:
    return (
        bool(values)
        and fits("family_name", values) >= ALL
        and fits("full_name", values) < SEVERAL_WORDS
        and proves("procedure_text", values) < SEVERAL_WORDS
    )


def _name_fields(samples: Sequence[Sample], fields: set[str | None]) -> list[str | None]:
    """The field of each of these name columns, in the order that they say of themselves."""
    if not samples:
        return []
    beside = fields & {"family_name", "given_name"}
    later: list[str | None] = ["middle_name"] * (len(samples) - 1)
    if beside == {"given_name"}:
        return [*later, "family_name"]
    if beside:
        return ["given_name" if len(beside) == 1 else "middle_name", *later]
    return _by_their_values([_share_of_given_names(each) for each in samples])


def _by_their_values(shares: Sequence[float]) -> list[str | None]:
    """Which columns hold given and family names, by their shares of known given names."""
    if len(shares) == 1:
        return [_one_name(shares[0])]
    middle: list[str | None] = ["middle_name"] * (len(shares) - 2)
    if shares[0] >= GIVEN_NAMES and min(shares) == shares[-1] <= FAMILY_NAMES:
        return ["given_name", *middle, "family_name"]
    if shares[0] <= FAMILY_NAMES and shares[1] >= GIVEN_NAMES:
        return ["family_name", "given_name", *middle]
    return [None] * len(shares)


def _one_name(share: float) -> str | None:
    if share >= GIVEN_NAMES:
        return "given_name"
    return "family_name" if share <= FAMILY_NAMES else None


@cache
def _given_names() -> frozenset[str]:
    listed = load("nicknames")
    return frozenset(listed["name"]) | frozenset(listed["form"])


def _share_of_given_names(values: Sample) -> float:
    return sum(value in _given_names() for value in values) / len(values)


def _provider(samples: Sequence[Sample], judged: list[Judgement], fixed: frozenset[int]) -> None:
    """Sites that are whole trusts name the sender where no other column does."""
    if any(each.field == "organisation" for each in judged):
        return
    for at, each in enumerate(judged):
        if each.field == "site_code" and at not in fixed and _all(samples[at], _TRUST):
            _settle(judged, at, "organisation", f"{each.reason}; codes of trusts", BY_SIBLINGS)


def _all(values: Sample, form: re.Pattern[str]) -> bool:
    found = sum(form.fullmatch(value) is not None for value in values)
    return bool(values) and found >= ALL * len(values)


def _specialty(samples: Sequence[Sample], judged: list[Judgement], fixed: frozenset[int]) -> None:
    """Sub-specialties that are treatment functions are the specialty where there is no other."""
    if any(each.field == "treatment_function_code" for each in judged):
        return
    for at, each in enumerate(judged):
        proven = proves("treatment_function_code", samples[at]) >= MOST
        if each.field == "sub_specialty" and at not in fixed and proven:
            why = f"{each.reason}; its values are treatment functions and no other column has them"
            _settle(judged, at, "treatment_function_code", why, BY_SIBLINGS)


def _closed(
    headings: Sequence[str],
    samples: Sequence[Sample],
    judged: list[Judgement],
    fixed: frozenset[int],
) -> None:
    """Columns that no heading explains, over the values of a closed list that no other gives."""
    present = {each.field for each in judged}
    for at, each in enumerate(judged):
        if each.field is not None or at in fixed or _is_other(headings[at], each):
            continue
        found = by_closed_list(headings[at], samples[at])
        if found is not None and found.field not in present:
            _settle(judged, at, found.field, f"values: {found.why}", BY_LIST)
            present.add(found.field)


def _is_other(heading: str, judgement: Judgement) -> bool:
    """The heading says clearly that it is something else; a GP's column may hold the practice."""
    known = judgement.score >= CONFIDENT and not judgement.ambiguous
    return known and "gp" not in concepts_of(heading)
