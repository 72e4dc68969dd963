"""Whole names in one column, as family name and given names.

A comma settles which part is the family name. Without one, a title in front says that given names
come first, a title in brackets behind that they come last; so do capitals; what is left follows
the rest of the column, else given names come first.

>>> from waitlist_merge.normalise.reading import as_texts
>>> names = split_full_names(as_texts(["SMITH, John (Mr)", "Mrs Ann van der Berg", "KHAN Ayesha"]))
>>> names.family.tolist(), names.given.tolist()
(['SMITH', 'van der Berg', 'KHAN'], ['John', 'Ann', 'Ayesha'])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from waitlist_merge.normalise.name_noise import PARTICLES, SUFFIXES, TITLES
from waitlist_merge.normalise.reading import (
    Mask,
    Texts,
    extracted,
    is_blank_name,
    missing,
    replaced,
)


def _one_of(words: frozenset[str]) -> str:
    return "(?:" + "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True)) + ")"


_TITLE: Final = _one_of(frozenset(TITLES)) + r"\b\.?"
_BEFORE: Final = rf"(?i)^\s*(?P<title>{_TITLE})[\s,]+(?P<rest>\S.*)$"
_AFTER: Final = (
    rf"(?i)^(?P<rest>.*?\S)\s*,?\s*"
    rf"(?:[(\[]\s*(?P<title>{_TITLE})\s*[)\]]|,\s*(?P<bare>{_TITLE}))\s*$"
)
_SUFFIX: Final = rf"(?i)[\s,]+{_one_of(SUFFIXES)}\.?\s*$"

_COMMA: Final = r"^\s*(?P<family>[^,]*[^,\s])\s*,[\s,]*(?P<given>[^,].*)?$"
_PARTICLES: Final = rf"(?:\b{_one_of(PARTICLES)}\s+)*"
_NOTES: Final = r"(?:\s*[(\[][^)\]]*[)\]]?)*"
_FAMILY_LAST: Final = rf"(?i)^(?P<given>.*?)\s*(?P<family>{_PARTICLES}[^\s(\[]+{_NOTES})$"
_FAMILY_FIRST: Final = rf"(?i)^(?P<family>{_PARTICLES}[^\s(\[]+{_NOTES})\s*(?P<given>.*)$"
_CAPITALS: Final = r"[^\p{Ll}\s]{2,}"
_CAPITALS_FIRST: Final = (
    rf"^(?P<family>{_CAPITALS}(?:\s+{_CAPITALS})*)\s+(?P<given>\p{{Lu}}\p{{Ll}}.*)$"
)
_CAPITALS_LAST: Final = (
    rf"^(?P<given>\p{{Lu}}\p{{Ll}}.*?)\s+(?P<family>{_CAPITALS}(?:\s+{_CAPITALS})*)$"
)


@dataclass(frozen=True, eq=False)
class FullNames:
    """The parts of each text; None where there is none.

    ``family`` and ``given`` may still hold noise: ``name_noise`` cleans them.
    """

    family: Texts
    given: Texts
    title: Texts


class _Splitter:
    """Fills family and given names rule by rule: the first rule that fits a text has it."""

    def __init__(self, texts: Texts) -> None:
        self.rest = texts
        self.family, self.given = missing(len(texts)), missing(len(texts))
        self.open = ~is_blank_name(texts)

    def split(self, pattern: str, where: Mask | None = None) -> None:
        """Split the texts still open that fit the pattern."""
        rows = np.flatnonzero(self.open if where is None else self.open & where)
        parts = extracted(self.rest[rows], pattern)
        found = parts["family"] != None  # noqa: E711  (elementwise on an object array)
        self.family[rows[found]] = parts["family"][found]
        self.given[rows[found]] = parts["given"][found]
        self.open[rows[found]] = False


def split_full_names(texts: Texts) -> FullNames:
    """Family name, given names and title of each whole name."""
    if not len(texts):
        return FullNames(texts, texts, texts)
    before = extracted(texts, _BEFORE)
    leads = before["title"] != None  # noqa: E711  (elementwise on an object array)
    rest = np.where(leads, before["rest"], texts)
    after = extracted(rest, _AFTER)
    trails = after["rest"] != None  # noqa: E711
    rest = replaced(np.where(trails, after["rest"], rest), _SUFFIX)
    title = np.where(
        leads, before["title"], np.where(after["title"] == "", after["bare"], after["title"])
    )
    splitter = _Splitter(rest)
    splitter.split(_COMMA)
    splitter.split(_FAMILY_LAST, leads)
    splitter.split(_FAMILY_FIRST, trails)
    splitter.split(_CAPITALS_FIRST)
    splitter.split(_CAPITALS_LAST)
    family_first = trails.sum() > leads.sum()
    splitter.split(_FAMILY_FIRST if family_first else _FAMILY_LAST)
    given = splitter.given
    given[given == ""] = None
    return FullNames(splitter.family, given, title)
