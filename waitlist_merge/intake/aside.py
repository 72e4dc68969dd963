"""Which records are about a person, and which are set aside.

A record with one name, identifier or date of its own is an entry, however little else can be read.
Blank lines, repeated headers, titles and totals are not: they are set aside and listed. In doubt a
record stays an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.intake.cells import Column
from waitlist_merge.intake.forms import DATE_LIKE
from waitlist_merge.intake.probes import IDENTIFIER_FIELDS, NAME_FIELDS
from waitlist_merge.schema import DATE_FIELDS

__all__ = ["BLANK", "FOOTER", "REPEATED_HEADER", "TITLE", "set_aside", "telling_texts"]

BLANK, REPEATED_HEADER = "a blank line", "the header again"
FOOTER, TITLE = "a total or a note about the report", "nothing of a person's own in it"

Mask = np.ndarray

FEW_CELLS = 2
"""A record without anything of a person's own and with so few cells is a title or a subtotal."""

_FOOTER = (
    r"(?i)^((grand |sub ?-?)?totals?\b.*|end of (the )?(report|file|list|data|extract)\b.*|"
    r"\*+.*\*+|[-=_*]+|(number of |no\.? of |count of )?(rows?|records?|patients?|entries|pathways)"
    r"( count)? ?(returned|affected|selected|in total|exported)? ?[:=(].*|"
    r"\(?\d[\d,]* (rows?|records?|patients?|entries)\b.*|(grand |overall )?count ?:? ?\d*|"
    r"page \d+.*|(report|extract|data|list|printed|produced|generated|created|run|source|notes?)"
    r"( \w+){0,3} ?[:=].*|(report|extract) (run|date|produced|generated|created|end)\b.*|"
    r"(nhs )?(official|confidential)\b.*)$"
)
"""What totals and notes at the foot of a report say."""

_COUNT = r"^\d{1,3}(,?\d{3})*$"
_IDENTIFIER, _NAME = r"\d", r"\pL"
_ANYWHERE = r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}([ T].*)?|\d{3}[ -]?\d{3}[ -]?\d{4})$"
"""A date or an NHS number by its form alone, in whatever column."""

_OWN: Mapping[str, str] = dict.fromkeys(
    ("nhs_number", "person_key", *IDENTIFIER_FIELDS), _IDENTIFIER
) | dict.fromkeys(NAME_FIELDS, _NAME)
_OWN_DATES = frozenset(DATE_FIELDS) - {"census_date"}


def telling_texts(headings: Sequence[str], columns: Sequence[Column], size: int) -> list[list[str]]:
    """Of each column the first distinct texts that are neither notes nor its heading again."""
    looked = [column.dictionary.slice(0, 2 * size) for column in columns]
    told = []
    for heading, texts, note in zip(headings, looked, _notes(looked), strict=True):
        junk = pc.or_(note, _is_heading(texts, heading))
        told.append(texts.filter(pc.invert(junk)).slice(0, size).to_pylist())
    return told


def _notes(columns: Sequence[pa.Array]) -> list[pa.Array]:
    """Which texts of each column are notes; the pattern is made ready once for all."""
    if not columns:
        return []
    found = pc.match_substring_regex(pa.concat_arrays(columns), _FOOTER)
    ends = np.cumsum([len(each) for each in columns])
    return [
        found.slice(end - len(each), len(each)) for each, end in zip(columns, ends, strict=True)
    ]


def _is_heading(texts: pa.Array, heading: str) -> pa.Array:
    return pc.equal(pc.utf8_lower(texts), heading.lower())


def set_aside(
    headings: Sequence[str], columns: Sequence[Column], fields: Sequence[str]
) -> Mapping[str, Mask]:
    """Reason -> mask of the records set aside for it; no record is in two of them.

    ``headings`` are those of the file itself; ``fields`` are what each column is, empty
    where that is not known.
    """
    length = len(columns[0])
    filled, same, own, notes = (np.zeros(length, dtype=np.int64) for _ in range(4))
    noted = _notes([column.dictionary for column in columns])
    for at, (column, note) in enumerate(zip(columns, noted, strict=True)):
        texts = column.dictionary
        filled += column.is_valid().to_numpy(zero_copy_only=False)
        same += _per_record(column, _is_heading(texts, headings[at]))
        own += _per_record(column, pc.and_not(_own(texts, fields[at]), note))
        notes += _per_record(column, note)
    blank = filled == 0
    repeated = ~blank & (same == filled)
    note = ~blank & ~repeated & (notes > 0)
    note[note] = (own[note] == 0) | (notes[note] + _counts(columns, note) == filled[note])
    title = ~(blank | repeated | note) & (own == 0) & (filled <= FEW_CELLS)
    return {BLANK: blank, REPEATED_HEADER: repeated, FOOTER: note, TITLE: title}


def _own(texts: pa.Array, field: str) -> pa.Array:
    """Which distinct texts are a name, identifier or date in a column of this field."""
    if field in _OWN:
        return pc.match_substring_regex(texts, _OWN[field])
    if field in _OWN_DATES:
        return pc.match_substring_regex(texts, DATE_LIKE)
    if field == "census_date":
        return pa.array(np.zeros(len(texts), dtype=bool))
    return pc.match_substring_regex(texts, _ANYWHERE)


def _counts(columns: Sequence[Column], chosen: Mask) -> Mask:
    """How many cells of the chosen records are numbers no larger than the number of records."""
    found = np.zeros(int(chosen.sum()), dtype=np.int64)
    for column in columns:
        texts = column.filter(pa.array(chosen)).cast(pa.string())
        numbers = pc.replace_substring(pc.if_else(_matches(texts, _COUNT), texts, None), ",", "")
        small = pc.less_equal(pc.utf8_length(numbers), 15)
        values = pc.if_else(small, numbers, None).cast(pa.int64())
        found += pc.less_equal(values, len(column)).fill_null(False).to_numpy(zero_copy_only=False)
    return found


def _matches(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(texts, pattern).fill_null(False)


def _per_record(column: Column, of_text: pa.Array) -> Mask:
    """A fact about each distinct text, for each record; blank cells have none."""
    return np.asarray(of_text.take(column.indices).fill_null(False))
