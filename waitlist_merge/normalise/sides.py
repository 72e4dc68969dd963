"""Left, right or both: the side of the body that a text states.

Single letters count only where they stand alone and nothing beside them gives them another
meaning: L4/5 is a spine, L/A an anaesthetic, R/O a removal. The heart's own left and right are no
sides.

>>> from waitlist_merge.normalise.reading import as_texts
>>> sides_in_text(as_texts(["R THR", "left eye", "knee (L)", "L4/5 decompression", "upright MRI"]))
array([2, 1, 1, 0, 0], dtype=int8)
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Mask,
    Texts,
    is_blank,
    matched,
    replaced,
    rewritten,
    upper,
)

Sides = NDArray[np.int8]

UNKNOWN, LEFT, RIGHT, BOTH, CONFLICT = (np.int8(each) for each in range(5))
NAMES: Final = np.array([None, "left", "right", "bilateral", None], dtype=object)
"""The word of each side; unknown and conflicting sides are missing."""

_LEFT_AND_RIGHT = (
    r"(?:(?:LEFT|LT?) ?(?:AND|&|\+|/) ?(?:RIGHT|RT?)|(?:RIGHT|RT?) ?(?:AND|&|\+|/) ?(?:LEFT|LT?))"
)

_CODES: Final = (
    (BOTH, rf"^(?:B|BOTH|BILAT(?:ERAL)?\.?|B/L|BL|{_LEFT_AND_RIGHT}|Z94\.?1)$"),
    (RIGHT, r"^(?:R|RT\.?|RIGHT|RHS|Z94\.?2)$"),
    (LEFT, r"^(?:L|LT\.?|LEFT|LHS|Z94\.?3)$"),
)
"""What a column of its own holds; ``laterality`` codes of OPCS-4 among it (domain 1.6)."""

_NO_SIDE = (
    r"^(?:N/?A|NOT APPLICABLE|NONE|NO|U|UNI(?:LATERAL)?|Z94\.?[489]|MIDLINE|M|C|CENTRAL|X|0)$"
)

_NOT_SIDES = (
    r"\b(?:LEFT|RIGHT|L|R) (?:AND (?:LEFT|RIGHT) )?"
    r"(?:HEART|VENTRIC\w*|ATRI\w+|BUNDLE|COLON|HEMICOL\w+|ILIAC FOSSA|(?:UPPER|LOWER) QUADRANT)"
    r"|\b[LR] ?/ ?[OASVNITD]\b|\bL ?[1-5]\b(?: ?[-/] ?(?:L? ?[1-5]|S ?1)\b)?"
    r"|\bL[- ]?SP(?:INE)?\b|\b[TC] ?/ ?L\b|\bALL RIGHT\b|\bRIGHT TO LEFT\b|\bRT (?:PLANNING|DOSE)\b"
)
"""Words and letters that look like a side and are none: the heart's chambers, parts of the bowel,
L/A, R/O, spinal levels, radiotherapy."""

_BOTH_IN_TEXT = rf"\b(?:BILATERAL(?:LY)?|BILAT|BIL|BOTH|B/L|{_LEFT_AND_RIGHT})\b"
_EYE = r"\b(?:EYES?|CATARACT|PHACO\w*|IOL|LENS|VITR\w+|TRAB\w*|PTOSIS|SQUINT|RETINA\w*|YAG)\b"
_EYE_LETTERS = ((r"\bR/?E\b", "RIGHT"), (r"\bL/?E\b", "LEFT"), (r"\bB/?E\b", "BOTH"))
"""RE, LE and BE are eyes only where the text speaks of eyes."""

_RIGHT_IN_TEXT = r"(?:^|[^\w'/.&-])(?:RIGHT|RT|RHS|R)(?:$|[^\w'/&])|\bRIGHT[- ]SIDED?\b"
_LEFT_IN_TEXT = r"(?:^|[^\w'/.&-])(?:LEFT|LT|LHS|L)(?:$|[^\w'/&])|\bLEFT[- ]SIDED?\b"


def side_codes(texts: Texts) -> tuple[Sides, Mask]:
    """The side in each value of a side column, and which values are not understood."""
    capitals = replaced(upper(texts), r"^[(\[]+|[)\].]+$")
    sides = np.zeros(len(texts), dtype=np.int8)
    for side, pattern in _CODES:
        sides[matched(capitals, pattern)] = side
    none = is_blank(texts) | matched(capitals, _NO_SIDE) | matched(texts, PLACEHOLDER_WORDS)
    bare = sides == UNKNOWN
    sides[bare] = sides_in_text(texts[bare])
    return sides, (sides == UNKNOWN) & ~none


def sides_in_text(texts: Texts) -> Sides:
    """The side that each free text states; CONFLICT where it states two apart."""
    spaced = replaced(upper(texts), r"[\s\p{Z},;:]+", " ")
    eyes = matched(spaced, _EYE)
    spaced[eyes] = rewritten(spaced[eyes], *_EYE_LETTERS)
    words = replaced(spaced, _NOT_SIDES, " # ")
    both = matched(words, _BOTH_IN_TEXT)
    right, left = matched(words, _RIGHT_IN_TEXT), matched(words, _LEFT_IN_TEXT)
    sides = np.zeros(len(texts), dtype=np.int8)
    sides[right], sides[left] = RIGHT, LEFT
    sides[right & left] = CONFLICT
    sides[both] = BOTH
    return sides


def agreed(*stated: Sides) -> Sides:
    """Row by row the one side that all who state one agree on; CONFLICT where they do not.

    >>> agreed(np.array([1, 0, 1], np.int8), np.array([1, 2, 2], np.int8)).tolist()
    [1, 2, 4]
    """
    result = stated[0].copy()
    for sides in stated[1:]:
        fill = result == UNKNOWN
        differs = ~fill & (sides != UNKNOWN) & (sides != result)
        result[fill] = sides[fill]
        result[differs] = CONFLICT
    return result
