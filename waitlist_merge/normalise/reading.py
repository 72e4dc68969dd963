"""What the distinct texts of one column mean, and what was wrong with them.

Every reader of this folder takes an array of *distinct* texts (a column's categories) and returns a
``Reading`` of the same length, so that a million rows cost as many steps as they have different
values. Patterns are RE2 patterns, run by Arrow over the whole array at once.

>>> matched(as_texts(["RM3", "ward 3"]), r"^[A-Z0-9]{3}$").tolist()
[True, False]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.reasons import Fault

Texts = NDArray[np.object_]
"""Array of str; a reader's values may hold None, which is missing."""

Mask = NDArray[np.bool_]

BLANK = (
    r"^(?i)(?:[\s\p{Z}\p{P}\p{C}]*|\\N|\*?\(?null\)?|<?nan>?|<na>|n[/.]?a\.?|none|nat|nil|#n/a|"
    r"#value!|#ref!|\*unspecified|\*not applicable)$"
)
"""Cells that hold nothing: blanks, lone punctuation, and the null words of databases and of Epic
(``*Unspecified``; messy_values). They are missing, not placeholders, so make no finding."""

PLACEHOLDER_WORDS = (
    r"(?i)^[\s\p{P}]*(?:unk|unknown|not ?(?:known|recorded|specified|given|stated|available|"
    r"supplied|obtained|provided|applicable|entered)|unable to obtain|unspecified|undefined|nsp|"
    r"refused|declined|missing|to be (?:advised|confirmed|arranged)|tb[ac]|nk|nfa|no fixed abode|"
    r"no (?:patient id|data|value|entry|information|date)|(?:please )?update|pending|dummy|"
    r"system generated|default)[\s\p{P}]*$"
)
"""Words that people and systems write for want of a value (messy_values): each is a finding."""

BLANK_NAME = (
    r"^(?:[\s\p{Z}\p{P}\p{C}]*|\\N|\(?(?:NULL|null|Null)\)?|<?(?:NaN|nan|<NA>)>?|NaT|#?N/A|n/a|NA|na|"
    r"NONE|None|none|NIL|nil|\*Unspecified|\*Not Applicable)$"
)
"""The same for names, by case: Na, Nan, Nat and Nil are names that people bear."""

_GROUP = re.compile(r"\(\?P<(\w+)>")

DIGITS_LOST = r"^[+-]?\d+(?:[.,]\d+[eE]\+?|[eE]\+)\d{1,3}$"
"""Scientific notation in a column of identifiers: the last digits are gone (domain 7). Spreadsheets
write a point or a sign; ``1E23`` without either may be a code."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What an array of distinct texts means, position by position.

    ``values`` has None, NaT or NaN where nothing could be read; ``faults`` has one mask for each
    kind of fault met; ``kept`` marks values whose source text must be kept whatever they say.
    """

    values: NDArray[Any]
    faults: Mapping[Fault, Mask] = field(default_factory=lambda: MappingProxyType({}))
    kept: Mask | None = None


def as_texts(values: Iterable[str | None]) -> Texts:
    """The texts as an array of str, in their order; None stays None."""
    if isinstance(values, np.ndarray) and values.dtype == object:
        return values
    listed = list(values)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def missing(length: int) -> Texts:
    """An array of that many missing texts, to be filled where something is read."""
    return np.full(length, None, dtype=object)


def only_where(mask: Mask, texts: Texts) -> Texts:
    """The texts where the mask holds; None elsewhere."""
    chosen = missing(len(texts))
    chosen[mask] = texts[mask]
    return chosen


def matched(texts: Texts | pa.Array, pattern: str) -> Mask:
    """Which texts match the RE2 pattern; a missing text does not."""
    held = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    return _matched(held, pattern, absent=False)


def _matched(texts: pa.Array, pattern: str, *, absent: bool) -> Mask:
    """Which texts match; ``absent`` of a missing one.

    To make ready a long pattern takes as long as to look for it in a thousand texts, so it is not
    made ready for none; and most columns of identifiers and dates have no text without a digit.
    """
    mask: Mask = np.zeros(len(texts), dtype=bool)
    at = _without_digits(texts) if pattern in _NO_DIGITS else np.arange(len(texts))
    if len(at):
        some = texts if len(at) == len(texts) else texts.take(pa.array(at))
        found = pc.match_substring_regex(some, pattern)
        mask[at] = pc.fill_null(found, absent).to_numpy(zero_copy_only=False)
    return mask


_NO_DIGITS = frozenset({BLANK, BLANK_NAME, PLACEHOLDER_WORDS})
"""Patterns that match no text with a digit from 0 to 9 in it."""


def _without_digits(texts: pa.Array) -> NDArray[np.int64]:
    """The positions of the texts that have no digit from 0 to 9, missing ones among them."""
    _, ends, letters = texts.buffers()
    if letters is None or not len(texts):
        return np.arange(len(texts))
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    is_digit = (np.frombuffer(letters, dtype=np.uint8) - np.uint8(ord("0"))) < 10
    before = np.append(0, np.cumsum(is_digit, dtype=np.int32))
    starts = np.frombuffer(ends, dtype=width)[texts.offset : texts.offset + len(texts) + 1]
    return np.flatnonzero(np.diff(before[starts]) == 0)


def replaced(texts: Texts, pattern: str, by: str = "") -> Texts:
    """The texts with every match of the RE2 pattern replaced."""
    return rewritten(texts, (pattern, by))


def rewritten(texts: Texts, *steps: tuple[str, str]) -> Texts:
    r"""The texts after each step in turn: every match of its RE2 pattern replaced.

    >>> rewritten(as_texts(["RM3 - 7.0"]), (r"\.0$", ""), (r"[ -]+", "/")).tolist()
    ['RM3/7']
    """
    changed = pa.array(texts, pa.string())
    for pattern, by in steps if len(texts) else ():
        changed = pc.replace_substring_regex(changed, pattern, by)
    array: Texts = changed.to_numpy(zero_copy_only=False)
    return array


def extracted(texts: Texts, pattern: str) -> dict[str, Texts]:
    """The named groups of the RE2 pattern, one array each; None where a text does not match."""
    names = _GROUP.findall(pattern)
    if not len(texts):
        return {name: missing(0) for name in names}
    found = pc.extract_regex(pa.array(texts, pa.string()), pattern)
    return {name: pc.struct_field(found, name).to_numpy(zero_copy_only=False) for name in names}


def upper(texts: Texts) -> Texts:
    """The texts in capitals, with the white space at both ends cut."""
    capitals = pc.utf8_upper(pc.utf8_trim_whitespace(pa.array(texts, pa.string())))
    array: Texts = capitals.to_numpy(zero_copy_only=False)
    return array


def is_blank(texts: Texts) -> Mask:
    """Which texts hold nothing at all (see ``BLANK``); a missing text is blank.

    >>> is_blank(as_texts([" ", "NULL", "-", "0", "Nunn"])).tolist()
    [True, True, True, False, False]
    """
    return _matched(pa.array(texts, pa.string()), BLANK, absent=True)


def is_blank_name(texts: Texts) -> Mask:
    """True where a name column holds nothing (see ``BLANK_NAME``); a missing text is blank.

    >>> is_blank_name(as_texts(["NULL", "Nil", "-"])).tolist()
    [True, False, True]
    """
    blank: Mask = matched(texts, BLANK_NAME) | np.asarray(texts == None, dtype=bool)  # noqa: E711
    return blank


def letters_and_digits(texts: Texts) -> Texts:
    """The letters and digits of each text in lower case: what two spellings have in common."""
    if not len(texts):
        return texts
    lower = pc.utf8_lower(pa.array(texts, pa.string()))
    bare = pc.replace_substring_regex(lower, r"[^\p{L}\p{M}\p{N}]+", "")
    array: Texts = bare.to_numpy(zero_copy_only=False)
    return array
