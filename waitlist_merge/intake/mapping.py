"""Which column of the file is used for which field.

The configuration decides first. Then each column is judged on its own (``columns``), and of several
columns for one field the best is used and the others are reported, with three exceptions: address
lines are joined in their order, further given-name columns become middle names, and a consultant's
name is only used where there is no code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process

from waitlist_merge.errors import ConfigError
from waitlist_merge.intake.columns import SURE, VALID_NUMBERS, Judgement, judge
from waitlist_merge.intake.findings import Findings
from waitlist_merge.intake.header import clean_heading
from waitlist_merge.intake.probes import Sample
from waitlist_merge.intake.siblings import heed_siblings, ordinal
from waitlist_merge.intake.words import words
from waitlist_merge.reasons import Fault
from waitlist_merge.settings import IGNORE

__all__ = ["HeadingMatch", "Uses", "configured", "map_columns"]

JOINED = frozenset({"address"})
"""Fields that several columns make up together, in their order."""

BIRTH_PARTS = ("birth_day", "birth_month", "birth_year")

SET = Judgement("", 1.0, "set in the configuration")

IGNORED = Judgement(None, 1.0, "not to be used, as the configuration says")

Uses = Mapping[str, tuple[int, ...]]
"""Field -> positions of the columns that give it."""


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """What one heading of a file was taken for; ``score`` 0 to 1, ``reason`` in words."""

    file: str
    sheet: str
    heading: str
    field: str | None
    score: float
    reason: str


def configured(source: str, headings: Sequence[str], wanted: Mapping[str, str]) -> dict[int, str]:
    """Position -> field as the configuration sets it.

    ConfigError where it names a column that the file does not have, with the nearest that it has.
    """
    places = {_plain(heading): at for at, heading in reversed(list(enumerate(headings)))}
    found = {}
    for heading, field in wanted.items():
        place = places.get(_plain(heading))
        if place is None:
            near = process.extractOne(heading, headings)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            raise ConfigError(f"{source}: columns: there is no column {heading!r}{hint}")
        found[place] = field
    return found


def _plain(heading: str) -> str:
    return clean_heading(heading).casefold()


def map_columns(
    headings: Sequence[str],
    samples: Sequence[Sample],
    settings: Mapping[int, str],
    findings: Findings,
) -> tuple[list[Judgement], Uses]:
    """The judgement of each column, and which columns are used for which field.

    ``settings`` is what ``configured`` found; what is not used is added to ``findings``.
    """
    judged = [
        _set(settings[at]) if at in settings else judge(heading, values)
        for at, (heading, values) in enumerate(zip(headings, samples, strict=True))
    ]
    _local_numbers(headings, samples, judged)
    heed_siblings(headings, samples, judged, fixed=frozenset(settings))
    _later_given_names(headings, judged)
    _drop_settled(judged, set(settings.values()))
    uses = _choose(headings, judged)
    _report(headings, judged, findings)
    return judged, uses


def _set(field: str) -> Judgement:
    return IGNORED if field == IGNORE else replace(SET, field=field)


def _local_numbers(
    headings: Sequence[str], samples: Sequence[Sample], judged: list[Judgement]
) -> None:
    """Where a column says that it is the NHS number, others that hold it are what they say."""
    by_values = [at for at, each in enumerate(judged) if each.reason == VALID_NUMBERS]
    if sum(each.field == "nhs_number" for each in judged) > len(by_values):
        for at in by_values:
            judged[at] = judge(headings[at], samples[at], by_values=False)


def _later_given_names(headings: Sequence[str], judged: list[Judgement]) -> None:
    """A second column of given names holds middle names."""
    given = [at for at, each in enumerate(judged) if each.field == "given_name"]
    for at in sorted(given, key=lambda at: (ordinal(headings[at]), -judged[at].score, at))[1:]:
        if ordinal(headings[at]) > 1 and judged[at].reason != SET.reason:
            reason = f"{judged[at].reason}; a further given name"
            judged[at] = replace(judged[at], field="middle_name", reason=reason)


def _drop_settled(judged: list[Judgement], settled: set[str]) -> None:
    """What the configuration has set, or a better kind of column gives, is not looked for."""
    present = {each.field for each in judged}
    for at, each in enumerate(judged):
        if each.reason == SET.reason:
            continue
        if each.field in settled:
            judged[at] = _second(each, "the column set in the configuration")
        elif each.field == "consultant_name":
            used = None if "consultant_code" in present else "consultant_code"
            reason = f"{each.reason}{'' if used else '; there is a column of codes'}"
            judged[at] = replace(each, field=used, reason=reason)
        elif each.field in BIRTH_PARTS and (
            "birth_date" in present or not set(BIRTH_PARTS) <= present
        ):
            judged[at] = replace(each, field=None, reason=f"{each.reason}: a part of a date")


def _second(judgement: Judgement, used: str) -> Judgement:
    reason = f"a second column for {judgement.field}; {used} was used"
    return replace(judgement, field=None, reason=reason, second_of=judgement.field or "")


def _choose(headings: Sequence[str], judged: list[Judgement]) -> dict[str, tuple[int, ...]]:
    wanting: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(judged):
        if each.field is not None:
            wanting[each.field].append(at)
    uses: dict[str, tuple[int, ...]] = {}
    for field, places in wanting.items():
        chosen = (
            _address(headings, places) if field in JOINED else [_best(headings, judged, places)]
        )
        for at in places:
            if at not in chosen:
                judged[at] = _second(judged[at], repr(headings[chosen[0]]))
        uses[field] = tuple(chosen)
    return uses


def _best(headings: Sequence[str], judged: Sequence[Judgement], places: Sequence[int]) -> int:
    """The column with the highest score, then the first by number, plainness and place."""

    def rank(at: int) -> tuple[float, int, int, int]:
        return -judged[at].score, ordinal(headings[at]), len(words(headings[at])), at

    return min(places, key=rank)


def _address(headings: Sequence[str], places: Sequence[int]) -> list[int]:
    """A column of the whole address, else all lines in the order of the file."""
    whole = [at for at in places if _says(headings[at], "full")]
    return whole[:1] or list(places)


def _says(heading: str, concept: str) -> bool:
    return any(concept in word.concepts for word in words(heading))


def _report(headings: Sequence[str], judged: Sequence[Judgement], findings: Findings) -> None:
    for heading, each in zip(headings, judged, strict=True):
        if each == IGNORED:
            continue
        if each.field is None:
            findings.add(_fault(each), f"column {heading!r}: {each.reason}")
        elif each.score < SURE:
            message = (
                f"column {heading!r} was read as {each.field} ({each.reason}; score "
                f"{each.score:.2f}); to change it name it under [extracts.columns] in merge.toml"
            )
            findings.add(Fault.AMBIGUOUS_COLUMN, message, field=each.field)


def _fault(judgement: Judgement) -> Fault:
    """Why a column is not used."""
    if judgement.ambiguous:
        return Fault.AMBIGUOUS_COLUMN
    return Fault.DUPLICATE_COLUMN if judgement.second_of else Fault.UNMAPPED_COLUMN
