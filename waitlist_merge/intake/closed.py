"""Columns whose values alone show what they are: nearly all are of one closed national list.

A heading that says nothing known, or little, does not hide such a column; one that speaks of
another person, place or time does. Lists that other columns share (two digits, say) are only looked
for where the heading hints at them.

>>> from waitlist_merge.intake.probes import sample
>>> practices = ["B81001", "B82002", "C83003", "P84004", "Y00123"]
>>> found = by_closed_list("Care provider", sample(practices))
>>> found.field, found.why
('gp_practice_code', 'GP practice codes')
>>> by_closed_list("Referring provider", sample(practices)) is None
True
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from waitlist_merge.intake.forms import PRACTICE
from waitlist_merge.intake.meanings import concepts_of
from waitlist_merge.intake.probes import Sample, proves
from waitlist_merge.reference import load

__all__ = ["ClosedList", "by_closed_list"]

SHARE = 0.9
"""Share of the distinct values that must be of the list: the rest are faults of single rows."""

_OTHERS = frozenset(("relative", "previous", "referring", "referrer", "commissioner", "temporary"))
"""Concepts of a heading that speak of somebody or something else."""

_PLACES = frozenset(("gp", "practice", "hospital", "site", "provider", "organisation"))


@dataclass(frozen=True, slots=True)
class ClosedList:
    """A list of ``field``: so many of its values must be seen, under a heading that hints at it."""

    field: str
    why: str
    share: Callable[[Sample], float]
    least: int
    hints: frozenset[str] = frozenset()
    contrary: frozenset[str] = frozenset()


def _form(pattern: str) -> Callable[[Sample], float]:
    compiled = re.compile(pattern)
    return lambda values: sum(map(bool, map(compiled.fullmatch, values))) / len(values)


@cache
def _national(field: str) -> frozenset[str]:
    codes = load("codes")
    return frozenset(codes.loc[codes["field"] == field, "code"])


def _codes_of(field: str) -> Callable[[Sample], float]:
    return lambda values: sum(text in _national(field) for text in values) / len(values)


_LISTS = (
    ClosedList(
        "gp_practice_code", "GP practice codes", _form(PRACTICE), 4, contrary=frozenset(("site",))
    ),
    ClosedList("postcode", "postcodes", partial(proves, "postcode"), 4, contrary=_PLACES),
    ClosedList(
        "unique_booking_reference_number",
        "12 digits in fours, as e-RS writes them",
        _form(r"\d{4}[ -]\d{4}[ -]\d{4}"),
        3,
    ),
    ClosedList(
        "unique_booking_reference_number",
        "12 digits",
        _form(r"\d{12}"),
        3,
        hints=frozenset(("booked", "ers")),
    ),
    ClosedList("ethnic_category", "ethnic category codes", _codes_of("ethnic_category"), 8),
    ClosedList(
        "rtt_status",
        "RTT status codes",
        _codes_of("rtt_status"),
        4,
        hints=frozenset(("rtt", "clock", "pathway", "status", "period")),
    ),
    ClosedList(
        "treatment_function_code",
        "treatment functions",
        partial(proves, "treatment_function_code"),
        4,
        hints=frozenset(("specialty", "function", "service", "activity")),
        contrary=frozenset(("main", "sub", "consultant")),
    ),
    ClosedList(
        "admission_method",
        "elective admission methods",
        _codes_of("admission_method"),
        3,
        hints=frozenset(("admission", "method", "elective", "admitted")),
    ),
    ClosedList(
        "organisation",
        "codes of NHS trusts",
        _form(r"R[A-Z0-9]{2}"),
        1,
        hints=frozenset(("provider", "organisation", "hospital")),
        contrary=frozenset(("pathway", "issuer", "mutualaid", "parent", "transfer", "accepting")),
    ),
)


def by_closed_list(heading: str, values: Sample) -> ClosedList | None:
    """The list that the distinct values of a column are of, where its heading allows that."""
    said = concepts_of(heading)
    for each in _LISTS:
        if len(values) < each.least or said & (_OTHERS | each.contrary):
            continue
        if each.hints and not said & each.hints:
            continue
        if each.share(values) >= SHARE:
            return each
    return None
