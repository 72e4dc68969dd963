"""Which records are about a person, and which are set aside.

A record with one name, identifier or date of its own is an entry, however little else can be read.
Blank lines, repeated headers, titles and totals are not: they are set aside and listed. In doubt a
record stays an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.intake.cells import Column, one_below_other
from waitlist_merge.intake.forms import DATE_LIKE
from waitlist_merge.intake.probes import IDENTIFIER_FIELDS, NAME_FIELDS
from waitlist_merge.schema import DATE_FIELDS

__all__ = [
    "BLANK",
    "FOOTER",
    "REPEATED_HEADER",
    "TITLE",
    "Told",
    "set_aside",
    "telling_texts",
    "told_by_texts",
]

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


@dataclass(frozen=True, eq=False, slots=True)
class Told:
    """What the distinct texts of each column are by themselves: a mask for each column.

    ``notes`` are totals and the like, ``headings`` the column's own heading again.
    """

    notes: Sequence[Mask]
    headings: Sequence[Mask]


def told_by_texts(headings: Sequence[str], columns: Sequence[Column]) -> Told:
    """Which distinct texts of each column are notes or its heading again.

    The texts of all columns are looked at together: to make a pattern ready takes as long as to
    look for it in some thousand texts.
    """
    texts = [column.dictionary for column in columns]
    whole = one_below_other(texts)
    plain = one_below_other([pc.utf8_lower(whole)])
    sizes = list(map(len, texts))
    wanted = pa.array([heading.lower() for heading in headings], plain.type)
    again = pc.equal(plain, wanted.take(pa.array(np.repeat(np.arange(len(sizes)), sizes))))
    return Told(_apart(pc.match_substring_regex(whole, _FOOTER), sizes), _apart(again, sizes))


def _apart(found: pa.Array, sizes: Sequence[int]) -> list[Mask]:
    """The answer for each of the columns that were looked at together."""
    mask: Mask = found.to_numpy(zero_copy_only=False)
    return np.split(mask, np.cumsum(sizes)[:-1])


def telling_texts(columns: Sequence[Column], told: Told, size: int) -> list[list[str]]:
    """Of each column the first distinct texts that are neither notes nor its heading again."""
    found = []
    for column, note, heading in zip(columns, told.notes, told.headings, strict=True):
        telling = np.flatnonzero(~(note | heading)[: 2 * size])[:size]
        found.append(column.dictionary.take(pa.array(telling)).to_pylist())
    return found


_FILLED, _SAME, _OWN_CELL, _NOTE = (np.int64(1) << np.int64(16 * at) for at in range(4))
"""Counts of up to 65,535 cells of four kinds, held in one number: rows have 2,000 cells at most."""


def set_aside(columns: Sequence[Column], told: Told, fields: Sequence[str]) -> Mapping[str, Mask]:
    """Reason -> mask of the records set aside for it; no record is in two of them.

    ``fields`` are what each column is, empty where that is not known.
    """
    total = np.zeros(len(columns[0]), dtype=np.int64)
    own_texts = _own([column.dictionary for column in columns], fields)
    for column, again, its_own, is_note in zip(
        columns, told.headings, own_texts, told.notes, strict=True
    ):
        of_text = _FILLED + again * _SAME + (its_own & ~is_note) * _OWN_CELL + is_note * _NOTE
        total += _per_record(column, of_text)
    filled, same, own, notes = (total >> np.int64(16 * at) & 0xFFFF for at in range(4))
    blank = filled == 0
    repeated = ~blank & (same == filled)
    note = ~blank & ~repeated & (notes > 0)
    if note.any():
        note[note] = (own[note] == 0) | (notes[note] + _counts(columns, note) == filled[note])
    title = ~(blank | repeated | note) & (own == 0) & (filled <= FEW_CELLS)
    return {BLANK: blank, REPEATED_HEADER: repeated, FOOTER: note, TITLE: title}


def _own(columns: Sequence[pa.Array], fields: Sequence[str]) -> list[Mask]:
    """Which distinct texts are a name, identifier or date, each in a column of this field."""
    found = [np.zeros(len(each), dtype=bool) for each in columns]
    alike: dict[str, list[int]] = {}
    for at, field in enumerate(fields):
        if field != "census_date":
            alike.setdefault(_pattern(field), []).append(at)
    for pattern, places in alike.items():
        texts = [columns[at] for at in places]
        matches = pc.match_substring_regex(one_below_other(texts), pattern)
        for at, mask in zip(places, _apart(matches, list(map(len, texts))), strict=True):
            found[at] = mask
    return found


def _pattern(field: str) -> str:
    return _OWN.get(field) or (DATE_LIKE if field in _OWN_DATES else _ANYWHERE)


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


def _per_record(column: Column, of_text: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number of each distinct text, for each record; 0 for blank cells."""
    codes = column.indices.fill_null(len(of_text)).to_numpy()
    found: NDArray[np.int64] = np.append(of_text, np.int64(0))[codes]
    return found
