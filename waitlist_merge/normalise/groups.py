"""Fields that several columns tell of together: names, priority, procedure and its side.

Each function takes the columns that are there, as ``TextColumn``, and returns the typed columns of
its group; at least one of its columns must be there.

>>> import pandas as pd
>>> from waitlist_merge.normalise.columns import encode
>>> columns = {"procedure_text": encode(pd.Series(["R THR", "left THR, right done"]))}
>>> typed = procedure_columns(columns)
>>> typed["procedure_code"].values.tolist(), typed["laterality"].values.tolist()
(['W37', 'W37'], ['right', nan])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from waitlist_merge.normalise.columns import (
    TextColumn,
    as_words,
    empty_column,
    first_of,
    regroup,
    take,
)
from waitlist_merge.normalise.fields import read_words
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.names import NAME_FIELDS, read_names
from waitlist_merge.normalise.priorities import PriorityHeading, PriorityReading, read_priorities
from waitlist_merge.normalise.procedures import read_codes_and_text
from waitlist_merge.normalise.reading import (
    Mask,
    only_where,
)
from waitlist_merge.normalise.sides import CONFLICT, NAMES, UNKNOWN, Sides, agreed, side_codes
from waitlist_merge.normalise.suspected import read_cancer_flags
from waitlist_merge.normalise.typed import TypedColumn, flag_column, flags, part_column
from waitlist_merge.reasons import Fault

Columns = Mapping[str, TextColumn]

NAME_COLUMNS: Final = frozenset({*NAME_FIELDS, "full_name"})
PRIORITY_COLUMNS: Final = frozenset(
    {"priority_type", "priority_code", "diagnostic_priority", "suspected_cancer"}
)
PROCEDURE_COLUMNS: Final = frozenset({"procedure_code", "procedure_text", "laterality"})

_SCALES: Final[Mapping[PriorityHeading, str]] = {
    "priority_type": "type",
    "priority_code": "procedure",
    "diagnostic_priority": "diagnostic",
}
_HEADINGS: Final = tuple(_SCALES)

_words: Final = Remembered(read_words)
_flags: Final = Remembered(read_cancer_flags)
_sides: Final = Remembered(side_codes)


def name_columns(columns: Columns) -> dict[str, TypedColumn]:
    """The parts of the names."""
    parts = read_names({name: columns[name] for name in NAME_COLUMNS & columns.keys()})
    return {
        name: part_column(part.column, part.source, part.faults) for name, part in parts.items()
    }


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def priority_columns(columns: Columns) -> dict[str, TypedColumn]:
    """Priority type, procedure and diagnostic priority, and suspected cancer.

    A value under the wrong heading moves to the field of its own scale; where two columns state a
    level of one scale the more urgent counts, so that no priority recorded is lost.
    """
    nothing = empty_column(_length(columns))
    stated = {name: columns.get(name, nothing) for name in _HEADINGS}
    read = {
        name: read_priorities(stated[name].texts, heading=name, counts=stated[name].counts)
        for name in _HEADINGS
    }
    typed: dict[str, TypedColumn] = {}
    for own, scale in _SCALES.items():
        levels = {name: getattr(read[name], scale) for name in _HEADINGS}
        sure = [
            regroup(
                levels[name] if name == own else only_where(~read[name].unclear, levels[name]),
                stated[name].codes,
            )
            for name in _HEADINGS
        ]
        unsure = [regroup(levels[name], stated[name].codes) for name in _HEADINGS]
        found = first_of(_most_urgent(sure, rising=scale == "type"), *unsure)
        typed[own] = part_column(found, stated[own], _priority_faults(read[own], stated[own]))
    cancer = np.logical_or.reduce(
        [take(read[name].cancer, stated[name].codes, False) for name in _HEADINGS]
    )
    typed["suspected_cancer"] = _cancer_column(columns.get("suspected_cancer", nothing), cancer)
    return typed


def _most_urgent(columns: Sequence[TextColumn], *, rising: bool) -> TextColumn:
    """Row by row the most urgent level; types rise with urgency, other levels fall."""
    levels = sorted({text for column in columns for text in column.texts}, reverse=not rising)
    place = {level: at for at, level in enumerate(levels)}
    ranks = [
        take(np.array([place[each] for each in column.texts], dtype=np.intp), column.codes, -1)
        for column in columns
    ]
    return TextColumn(np.maximum.reduce(ranks), as_words(levels))


def _priority_faults(read: PriorityReading, column: TextColumn) -> dict[Fault, Mask]:
    return {
        Fault.PRIORITY_UNCLEAR: take(read.unclear, column.codes, False),
        Fault.PLACEHOLDER: take(read.placeholder, column.codes, False),
        Fault.NOT_UNDERSTOOD: take(read.not_understood, column.codes, False),
    }


def _cancer_column(stated: TextColumn, from_priority: Mask) -> TypedColumn:
    """The flag as stated; True where it is missing and the priority says so."""
    reading = _flags(stated.texts)
    said = take(reading.values, stated.codes, None)
    said[from_priority & (said == None)] = True  # noqa: E711  (elementwise on an object array)
    column = flag_column(stated, reading)
    return TypedColumn(flags(said), column.source, column.faults)


def procedure_columns(columns: Columns) -> dict[str, TypedColumn]:
    """Procedure code, procedure text and side, each from wherever a row states it."""
    nothing = empty_column(_length(columns))
    code, text, side = (
        columns.get(name, nothing) for name in ("procedure_code", "procedure_text", "laterality")
    )
    in_code, in_text = read_codes_and_text(code.texts), read_codes_and_text(text.texts)
    words = _words(text.texts)
    codes = first_of(regroup(in_code.code, code.codes), regroup(in_text.code, text.codes))
    described = only_where(in_code.words & ~in_code.stand_in, code.texts)
    texts = first_of(regroup(words.values, text.codes), regroup(described, code.codes))
    unread = (in_code.code == None) & (in_code.side == UNKNOWN) & ~in_code.blank  # noqa: E711
    placeholder = unread & in_code.stand_in
    code_faults = {
        Fault.PLACEHOLDER: take(placeholder, code.codes, False),
        Fault.NOT_UNDERSTOOD: take(unread & ~placeholder, code.codes, False),
    }
    text_faults = {fault: take(mask, text.codes, False) for fault, mask in words.faults.items()}
    from_text = int((codes.present() & ~regroup(in_code.code, code.codes).present()).sum())
    own = part_column(codes, code, code_faults)
    counted = {Fault.CODE_FROM_TEXT: from_text} if from_text else {}
    return {
        "procedure_code": replace(own, column_faults=counted),
        "procedure_text": part_column(texts, text, text_faults),
        "laterality": _side_column(
            side,
            take(in_code.side, code.codes, UNKNOWN),
            take(in_text.side, text.codes, UNKNOWN),
        ),
    }


def _side_column(stated: TextColumn, in_code: Sides, in_text: Sides) -> TypedColumn:
    """The side that column, code and text agree on.

    A text that names both sides apart says nothing where column or code states one.
    """
    own, unread = _sides(stated.texts)
    certain = agreed(take(own, stated.codes, UNKNOWN), in_code)
    heard = np.where((in_text == CONFLICT) & (certain != UNKNOWN), UNKNOWN, in_text)
    side = agreed(certain, heard)
    faults = {
        Fault.SIDE_CONFLICT: side == CONFLICT,
        Fault.NOT_UNDERSTOOD: take(unread, stated.codes, False),
    }
    words = regroup(NAMES, side.astype(np.intp))
    return part_column(words, stated, faults)
