"""Do two services see the same problem, and are two procedures the same one?

Tables that a clinician can read and correct: ``treatment_families.csv``,
``neighbour_specialties.csv``, ``procedure_groups.csv``, ``paired_organs.csv``, ``body_parts.csv``
(design: the two levels; domain 2 and 5.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import (
    Bools,
    Codes,
    categories,
    renumbered,
    vocabulary,
)
from waitlist_merge.pathways.wording import form, is_of_pair, misspelt
from waitlist_merge.reference import load

SITE_CHAPTERS = frozenset("YZ")
"""OPCS-4 chapters that say how or where, never what: no procedure by themselves (domain 1.6)."""

STAGE_WORDS = re.compile(
    r"\b(?:stage\s*(?P<after>[1-4])|(?P<before>1st|2nd|3rd|4th|first|second|third)\s+stage)\b",
    re.IGNORECASE,
)
_ORDINALS = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4}


@cache
def _families() -> dict[str, str]:
    table = load("treatment_families")
    return dict(zip(table["code"], table["family"], strict=True))


def family(code: str) -> str:
    """The service that this code counts as; empty for the totals of a report.

    >>> family("111"), family("502"), family("X05"), family("C_999")
    ('110', '502', '', '')
    """
    return _families().get(code.removeprefix("C_"), code.removeprefix("C_"))


@cache
def _neighbours() -> frozenset[frozenset[str]]:
    """Pairs of families; two codes of one family are the same service, not neighbours."""
    table = load("neighbour_specialties")
    pairs = zip(table["one"].map(family), table["other"].map(family), strict=True)
    return frozenset(frozenset(pair) for pair in pairs)


@dataclass(frozen=True, eq=False, slots=True)
class Services:
    """The service of each entry: code into ``names`` (-1 says nothing), and who neighbours whom.

    Neighbours may see the same problem: enough to ask, never enough to join.
    """

    family: Codes
    names: tuple[str, ...]
    neighbour: NDArray[np.bool_]


def services(column: pd.Series) -> Services:
    """The services of the entries, with a square table of which families are neighbours."""
    names = [family(code) for code in categories(column)]
    number = vocabulary(names)
    table = np.zeros((len(number) + 1, len(number) + 1), dtype=bool)
    for pair in _neighbours():
        found = [number[name] for name in pair if name in number]
        if len(found) == 2:
            table[found[0], found[1]] = table[found[1], found[0]] = True
    codes_of = renumbered(column, [number.get(name, -1) for name in names])
    return Services(codes_of, tuple(number), table)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Procedure groups: of each root, of each lay name, and which are only related."""

    of_root: dict[str, str]
    of_words: dict[str, str]
    related: frozenset[str]
    pattern: re.Pattern[str]


@cache
def _groups() -> _Groups:
    of_root: dict[str, str] = {}
    of_words: dict[str, str] = {}
    table = load("procedure_groups")
    for row in table.itertuples(index=False):
        of_root |= dict.fromkeys(str(row.roots).split(), str(row.group))
        of_words |= dict.fromkeys(str(row.words).casefold().split("|"), str(row.group))
    longest = sorted(of_words, key=lambda word: (-len(word), word))
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b")
    related = frozenset(table.loc[table["kind"] == "related", "group"])
    return _Groups(of_root, of_words, related, pattern)


@cache
def _ranges() -> tuple[tuple[str, str], ...]:
    table = load("paired_organs")
    return tuple(zip(table["first"], table["last"], strict=True))


def procedure_of_code(code: str) -> str:
    """The procedure that a code means: a group's name, else its root; empty for site codes.

    >>> procedure_of_code("W371"), procedure_of_code("W93"), procedure_of_code("Z942")
    ('hip replacement', 'hip replacement', '')
    """
    root = code[:3].upper()
    if root[:1] in SITE_CHAPTERS:
        return ""
    group = _groups().of_root.get(root, root)
    return root if group in _groups().related else group


def kin_of(procedure: str) -> str:
    """What a procedure may be one with: its group; two of different kin are two procedures.

    >>> procedure_of_code("H221") == procedure_of_code("H201"), kin_of("H22") == kin_of("H20")
    (False, True)
    """
    return _groups().of_root.get(procedure, procedure)


def procedure_of_text(text: str) -> str:
    """The one procedure that a text names, a slip of the pen forgiven; empty for none or several.

    >>> procedure_of_text("R THR"), procedure_of_text("Lap cholecystectmy")
    ('hip replacement', 'gallbladder removal')
    >>> procedure_of_text("see letter"), procedure_of_text("tonsillectomy and grommets")
    ('', '')
    """
    groups = _groups()
    named = groups.pattern.findall(" ".join(text.casefold().split()))
    found = {groups.of_words[each] for each in named or misspelt(text, tuple(groups.of_words))}
    return found.pop() if len(found) == 1 else ""


def is_paired(procedure: str) -> bool:
    """Does a person have two of the organ, so that a side belongs to the procedure?

    >>> is_paired("hip replacement"), is_paired("gallbladder removal"), is_paired("C79")
    (True, False, True)
    """
    of_group = [root for root, group in _groups().of_root.items() if group == procedure]
    roots = of_group or [procedure]
    return any(first <= root <= last for root in roots for first, last in _ranges())


@cache
def _parts() -> tuple[tuple[str, str, str], ...]:
    table = load("body_parts")
    return tuple(zip(table["first"], table["last"], table["part"], strict=True))


def part_of(procedure: str) -> str:
    """The part of the body that a procedure is done to; empty where its code does not tell one.

    >>> part_of("knee replacement"), part_of("W82"), part_of("hip replacement"), part_of("W28")
    ('knee', 'knee', 'hip', '')
    """
    roots = [root for root, group in _groups().of_root.items() if group == procedure]
    found = {
        next((part for first, last, part in _parts() if first <= root <= last), "")
        for root in roots or [procedure]
    }
    return found.pop() if len(found) == 1 else ""


def stage_number(text: str) -> int:
    """Which stage of a series a text names; 0 for none.

    >>> stage_number("Breast recon stage 2"), stage_number("1st stage ACL"), stage_number("THR")
    (2, 1, 0)
    """
    found = STAGE_WORDS.search(text)
    if found is None:
        return 0
    return int(found["after"]) if found["after"] else _ORDINALS[found["before"].casefold()]


@dataclass(frozen=True, eq=False, slots=True)
class Procedures:
    """The procedure of each entry: code into ``names`` (-1 unknown), kin, pairedness, stage.

    ``part`` is a code of the part of the body, -1 where the procedure does not tell it.
    ``words`` is a code into ``forms`` where only the words of the text say what is done.
    """

    procedure: Codes
    kin: Codes
    part: Codes
    paired: Bools
    stage: Codes
    names: tuple[str, ...]
    words: Codes
    forms: tuple[str, ...]


def procedures(code: pd.Series, text: pd.Series) -> Procedures:
    """What each entry is listed for: its code, else the lay name in its text, else its words."""
    by_code = [procedure_of_code(each) for each in categories(code)]
    by_text = [procedure_of_text(each) for each in categories(text)]
    number = vocabulary(by_code, by_text)
    coded = renumbered(code, [number.get(name, -1) for name in by_code])
    worded = renumbered(text, [number.get(name, -1) for name in by_text])
    procedure = np.where(coded >= 0, coded, worded)
    families = vocabulary(kin := [kin_of(name) for name in number])
    kin_code = np.array([*(families[name] for name in kin), -1], dtype=np.int32)
    place = vocabulary(parts := [part_of(name) for name in number])
    part_code = np.array([*(place.get(name, -1) for name in parts), -1], dtype=np.int32)
    paired = np.array([*(is_paired(name) for name in number), False], dtype=bool)
    stages = renumbered(text, [stage_number(each) for each in categories(text)])
    said = [
        "" if name else form(each) for name, each in zip(by_text, categories(text), strict=True)
    ]
    forms = vocabulary(said)
    words = renumbered(text, [forms.get(each, -1) for each in said])
    words = np.where(procedure >= 0, np.int32(-1), words)
    of_pair = np.array([*(is_of_pair(each) for each in forms), False], dtype=bool)
    return Procedures(
        procedure,
        kin_code[procedure],
        part_code[procedure],
        paired[procedure] | of_pair[words],
        np.maximum(stages, 0),
        tuple(number),
        words,
        tuple(forms),
    )
