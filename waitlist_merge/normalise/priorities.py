"""Priority as three separate scales that are never mixed: type, procedure and diagnostic priority.

``P2`` in a column of priority types is a procedure priority and moves there; ``2WW`` is type 3 and
a suspected cancer. A bare digit is read by its column and by what else the column holds; where
that does not settle it, the more urgent reading is taken, with a finding.

>>> from waitlist_merge.normalise.reading import as_texts
>>> read = read_priorities(as_texts(["P2", "2WW", "Routine"]), heading="priority_type")
>>> read.type.tolist(), read.procedure.tolist(), read.cancer.tolist()
([None, '3', '1'], ['P2', None, None], [False, True, False])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.normalise.codes import folded_word
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Mask,
    Texts,
    as_texts,
    extracted,
    is_blank,
    matched,
    replaced,
    upper,
)
from waitlist_merge.normalise.suspected import says_suspected_cancer
from waitlist_merge.reference import load

PriorityHeading = Literal["priority_type", "priority_code", "diagnostic_priority"]

Counts = NDArray[np.int64]

_PROCEDURE = r"^P(?:RIORITY|ROCEDURE)? ?[-:]? ?(?P<level>[1-6]) ?(?P<part>[AB])?(?:\W.*)?$"
_DIAGNOSTIC = r"^D(?:IAGNOSTIC)? ?[-:]? ?(?P<level>[1-6]) ?[AB]?(?:\W.*)?$"
_LEVEL_ONE = r"^1 ?(?P<part>[AB])$"
_DIGIT = r"^0?(?P<digit>[1-6])(?:\.0+)?$"
_DIGIT_AND_WORD = r"^(?:0?(?P<digit>[1-3])|(?P<letter>[RU]))\s*[-:=.(]\s*(?P<words>[A-Z].*?)\)?$"

_TABLE = load("priority_words")
_TYPE: Final = dict(zip(_TABLE["words"], _TABLE["type"], strict=True))
_CANCER: Final = frozenset(_TABLE.loc[_TABLE["cancer"] == "yes", "words"])

_URGENT_READING: Final = {"1": "P1a", "2": "P2", "4": "P4", "5": "P5", "6": "P6"}
"""The more urgent reading of a digit that could be a priority type or a procedure priority: 1 is
emergency before routine, 2 within four weeks before urgent; 3, two week wait before three months,
is a type. 4 to 6 are on the procedure scale only."""


_WITHIN: Final = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\b(?:non|not) urgent\b", "routine"),
        (r"\burgent\b", "urgent"),
        (r"\broutine\b", "routine"),
    )
)
"""Words that settle a longer text that names no suspected cancer, the more urgent first."""


def _word_within(text: str) -> str:
    """The listed word that a longer text comes down to; empty where there is none."""
    if says_suspected_cancer(as_texts([text]), coded=True)[0]:
        return "suspected cancer"
    return next((word for pattern, word in _WITHIN if pattern.search(text)), "")


@dataclass(frozen=True, eq=False)
class PriorityReading:
    """What each text says on each scale; ``unclear`` marks digits that the column left open."""

    type: Texts
    procedure: Texts
    diagnostic: Texts
    cancer: Mask
    placeholder: Mask
    unclear: Mask
    not_understood: Mask


@dataclass(frozen=True, eq=False)
class _Words:
    """What each text says by itself, whatever else its column holds; ``digits`` stand alone."""

    type: Texts
    procedure: Texts
    diagnostic: Texts
    digits: Texts
    cancer: Mask
    blank: Mask
    placeholder: Mask


def _procedure_scale(capitals: Texts) -> Texts:
    """P1a to P6 where a text says so; P1 alone is the more urgent of its two halves."""
    parts = extracted(capitals, _PROCEDURE)
    halves = extracted(capitals, _LEVEL_ONE)["part"]
    scale = as_texts(
        [
            None if level is None else f"P1{(part or 'A').lower()}" if level == "1" else f"P{level}"
            for level, part in zip(parts["level"], parts["part"], strict=True)
        ]
    )
    only_half = halves != None  # noqa: E711  (elementwise on an object array)
    scale[only_half] = ["P1" + each.lower() for each in halves[only_half]]
    return scale


STRAY_SHARE: Final = 0.1
"""Share of a column's rows up to which values of another scale are strays that decide nothing."""


def _digits_mean(
    heading: PriorityHeading, *, digits: Texts, types: Texts, procedure: Texts, counts: Counts
) -> PriorityHeading | None:
    """The scale of a column's bare digits; None where heading and content disagree.

    Digits over 3 and values such as P2 speak for the procedure scale, words such as Routine for
    the type. The heading of a procedure priority settles its digits unless words outnumber both.
    "Priority" alone says less: there the other scale need but outnumber the words, and a column of
    nothing but 3, a two week wait or three months, stays open.
    """
    if heading == "diagnostic_priority":
        return heading
    bare = digits != None  # noqa: E711  (elementwise on an object array)
    over_three = np.isin(digits, ("4", "5", "6"))
    in_procedure = int(counts[(procedure != None) | over_three].sum())  # noqa: E711
    in_types = int(counts[types != None].sum())  # noqa: E711
    if heading == "priority_code":
        return heading if in_types <= in_procedure + counts[bare & ~over_three].sum() else None
    stray = in_procedure <= max(in_types, STRAY_SHARE * counts.sum())
    only_threes = not in_types and set(digits[bare]) == {"3"}
    return heading if stray and not only_threes else None


def read_priorities(
    texts: Texts, *, heading: PriorityHeading, counts: Counts | None = None
) -> PriorityReading:
    """What each distinct text of one priority column says; ``heading`` is the column's field.

    ``counts`` is the number of rows of each text. A word beside a level (``P2 - urgent``) says no
    type, unless it speaks of cancer.
    """
    counts = np.ones(len(texts), dtype=np.int64) if counts is None else counts
    said = _by_itself(texts)
    types, procedure, diagnostic = said.type, said.procedure, said.diagnostic
    digits, cancer = said.digits, said.cancer
    bare = digits != None  # noqa: E711  (elementwise on an object array)
    meaning = _digits_mean(heading, digits=digits, types=types, procedure=procedure, counts=counts)
    for position in np.flatnonzero(bare):
        digit = digits[position]
        if meaning == "diagnostic_priority":
            diagnostic[position] = f"D{digit}"
        elif (meaning == "priority_type" and digit in "123") or (meaning is None and digit == "3"):
            types[position] = digit
        else:
            procedure[position] = _URGENT_READING.get(digit, f"P{digit}")
    cancer |= bare & (types == "3") & (meaning == "priority_type")
    found = (types != None) | (procedure != None) | (diagnostic != None)  # noqa: E711
    placeholder = ~found & said.placeholder
    return PriorityReading(
        types,
        procedure,
        diagnostic,
        cancer,
        placeholder=placeholder,
        unclear=bare & (meaning is None),
        not_understood=~(found | said.blank | placeholder),
    )


def _read_by_itself(texts: Texts) -> _Words:
    blank = is_blank(texts)
    capitals = replaced(upper(texts), r"[\s_]+", " ")
    described = extracted(capitals, _DIGIT_AND_WORD)["words"]
    words = [
        folded_word(whole if inner is None else inner)
        for whole, inner in zip(capitals, described, strict=True)
    ]
    meant = [each if each in _TYPE else _word_within(each) for each in words]
    types = as_texts([_TYPE.get(each) for each in meant])
    cancer = np.fromiter((each in _CANCER for each in meant), bool, len(texts))
    procedure = _procedure_scale(capitals)
    level = extracted(capitals, _DIAGNOSTIC)["level"]
    diagnostic = as_texts([None if each is None else f"D{each}" for each in level])
    levelled = (procedure != None) | (diagnostic != None)  # noqa: E711
    types[levelled & ~cancer] = None
    return _Words(
        type=types,
        procedure=procedure,
        diagnostic=diagnostic,
        digits=extracted(capitals, _DIGIT)["digit"],
        cancer=cancer,
        blank=blank,
        placeholder=~blank & matched(texts, PLACEHOLDER_WORDS),
    )


_by_itself: Final = Remembered(_read_by_itself)
