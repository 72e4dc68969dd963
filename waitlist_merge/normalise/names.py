"""Names as people bear them, each part in its own column, without the noise around them.

``comparison_form`` (in ``name_forms``) is the form in which matching compares them.

>>> from waitlist_merge.normalise.columns import as_words
>>> column = TextColumn(np.array([0]), as_words(["SMITH, Jane Ann (Mrs)"]))
>>> parts = read_names({"full_name": column})
>>> {field: part.column.rows().tolist() for field, part in parts.items()}  # doctest: +ELLIPSIS
{'family_name': ['SMITH'], 'given_name': ['Jane'], 'middle_name': ['Ann'], ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np

from waitlist_merge.normalise.columns import TextColumn, empty_column, first_of, regroup, take
from waitlist_merge.normalise.full_names import split_full_names
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.name_forms import comparison_form
from waitlist_merge.normalise.name_noise import (
    PLAIN,
    SUSPECT,
    TITLES,
    Cleaned,
    clean_family,
    clean_given,
    is_simple,
)
from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Mask,
    Texts,
    as_texts,
    extracted,
    is_blank,
    is_blank_name,
    matched,
    missing,
    replaced,
)
from waitlist_merge.reasons import Fault

__all__ = ["NAME_FIELDS", "NamePart", "comparison_form", "read_names"]

NAME_FIELDS: Final = (
    "family_name",
    "given_name",
    "middle_name",
    "previous_family_name",
    "title",
)

_COMMA_IN_FAMILY = r"^(?P<family>[^,(]*[^,\s(])\s*,\s*(?P<given>[^,\s].*)$"
_DIGITS = r"[0-9].*[0-9].*[0-9]"
"""Three digits or more in a name: another field's value, often the local identifier."""

_TEST = r"(?i)^(?:x{2,}|z{2,})[-_ ]?\w|\btest[-_ ]?(?:patient|record)|do ?not ?use|^testing?$"
"""Names of test patients (messy_values): kept, so that no row is lost, and reported."""


@dataclass(frozen=True, eq=False)
class NamePart:
    """One part of the names: its texts by row, what they were read from, and the faults by row."""

    column: TextColumn
    source: TextColumn
    faults: Mapping[Fault, Mask] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False)
class _CleanedTexts:
    """Each text cleaned, what was found beside it, and what was wrong."""

    names: Texts
    previous: Texts
    title: Texts
    faults: Mapping[Fault, Mask]


@dataclass(frozen=True, eq=False)
class _CleanedColumn:
    """The cleaned names of a column and what was found beside them."""

    names: TextColumn
    previous: TextColumn
    title: TextColumn
    faults: Mapping[Fault, Mask]


def _earlier(name: str | None) -> str | None:
    """A name that stood beside another one, as it would be read in a column of its own."""
    return clean_family(name).name if name else None


def _read_names(texts: Texts, *, clean: Callable[[str], Cleaned]) -> _CleanedTexts:
    wrong, test, stand_in, repaired = np.zeros((4, len(texts)), dtype=bool)
    names, previous, titles = texts.copy(), missing(len(texts)), missing(len(texts))
    odd = np.flatnonzero([not is_simple(text) for text in texts])
    some = texts[odd]
    wrong[odd] = matched(some, _DIGITS)
    usable = ~(wrong[odd] | is_blank_name(some))
    plain = usable & matched(some, PLAIN) & ~matched(some, SUSPECT)
    names[odd[~plain]] = None
    rest = odd[usable & ~plain]
    each = [clean(text) for text in texts[rest]]
    names[rest] = [one.name for one in each]
    previous[rest] = [_earlier(one.previous) for one in each]
    titles[rest] = [one.title for one in each]
    stand_in[rest] = [one.stand_in for one in each]
    repaired[rest] = [one.repaired for one in each]
    test[odd] = matched(names[odd], _TEST)
    faults = {
        Fault.PLACEHOLDER: stand_in,
        Fault.REPAIRED: repaired,
        Fault.NOT_UNDERSTOOD: wrong,
        Fault.TEST_PATIENT: test,
    }
    return _CleanedTexts(names, previous, titles, faults)


_families: Final = Remembered(partial(_read_names, clean=clean_family))
_givens: Final = Remembered(partial(_read_names, clean=clean_given))


def _cleaned(column: TextColumn, read: Callable[[Texts], _CleanedTexts]) -> _CleanedColumn:
    said = read(column.texts)
    whole = bool((said.names == column.texts).all())
    faults = {fault: mask for fault, mask in said.faults.items() if mask.any()}
    return _CleanedColumn(
        column if whole else regroup(said.names, column.codes),
        regroup(said.previous, column.codes),
        regroup(said.title, column.codes),
        {fault: take(mask, column.codes, False) for fault, mask in faults.items()},
    )


def _comma_split(column: TextColumn) -> tuple[TextColumn, TextColumn]:
    """Family names with given names behind a comma, apart."""
    if not matched(column.words, ",").any():
        return column, empty_column(len(column))
    parts = extracted(column.texts, _COMMA_IN_FAMILY)
    whole = parts["family"] == None  # noqa: E711  (elementwise on an object array)
    family = np.where(whole, column.texts, parts["family"])
    return regroup(family, column.codes), regroup(parts["given"], column.codes)


def _first_and_rest(given: TextColumn, middle: TextColumn) -> tuple[TextColumn, TextColumn]:
    """The first given name, and the others where no middle name is stated."""
    if not matched(given.words, r"\s").any():
        return given, middle
    parts = extracted(given.texts, r"^(?P<first>\S+)(?:\s+(?P<rest>.+))?$")
    rest = parts["rest"]
    rest[rest == ""] = None
    stated = middle.present()
    alone = TextColumn(np.where(stated, -1, given.codes), given.words)
    first = first_of(
        regroup(parts["first"], alone.codes),
        TextColumn(np.where(stated, given.codes, -1), given.words),
    )
    return first, first_of(middle, regroup(rest, alone.codes))


def _titles(column: TextColumn) -> TextColumn:
    """Titles as they are written out; others as sent, words for none missing."""
    return regroup(_read_titles(column.texts), column.codes)


@Remembered
def _read_titles(texts: Texts) -> Texts:
    blank = is_blank(texts) | matched(texts, PLACEHOLDER_WORDS)
    bare = replaced(texts, r"^[\s\p{P}]+|[\s\p{P}]+$")
    return as_texts(
        [
            None if gone else TITLES.get(each.lower(), each)
            for each, gone in zip(bare, blank, strict=True)
        ]
    )


def read_names(columns: Mapping[str, TextColumn]) -> Mapping[str, NamePart]:
    """The parts of each row's name from whichever name columns there are.

    ``columns`` may hold the fields of ``NAME_FIELDS`` and ``full_name``; at least one. A part
    stated in its own column wins over one found in another.
    """
    nothing = empty_column(len(next(iter(columns.values()))))
    stated = {name: columns.get(name, nothing) for name in (*NAME_FIELDS, "full_name")}
    whole = stated["full_name"]
    split = split_full_names(whole.texts)
    family_source = first_of(stated["family_name"], whole)
    family_text, after_comma = _comma_split(stated["family_name"])
    given_text = first_of(stated["given_name"], regroup(split.given, whole.codes), after_comma)
    family = _cleaned(first_of(family_text, regroup(split.family, whole.codes)), _families)
    given = _cleaned(given_text, _givens)
    middle = _cleaned(stated["middle_name"], _givens)
    previous = _cleaned(stated["previous_family_name"], _families)
    first, others = _first_and_rest(given.names, middle.names)
    titles = first_of(
        _titles(stated["title"]),
        _titles(regroup(split.title, whole.codes)),
        given.title,
        family.title,
    )
    earlier = first_of(previous.names, previous.previous, family.previous, given.previous)
    return {
        "family_name": NamePart(family.names, family_source, family.faults),
        "given_name": NamePart(first, stated["given_name"], given.faults),
        "middle_name": NamePart(others, stated["middle_name"], middle.faults),
        "previous_family_name": NamePart(earlier, stated["previous_family_name"], previous.faults),
        "title": NamePart(titles, stated["title"]),
    }
