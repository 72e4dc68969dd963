"""On which facts did an answer rest, and have they changed since?

What people compare is kept, not what they saw: for each fact, which of the entries said the same.
Such a pattern holds no value of a patient, and a typing error that is put right does not change it.

>>> then, now = {"birth date": (0, 1)}, {"birth date": (0, 0)}
>>> changes(then, now, [(0, 1)], joined=False)
['birth date: differed, now the same']
>>> changes(then, now, [(0, 1)], joined=True)
[]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA

from waitlist_merge.normalise.names import comparison_form

Pattern = tuple[int, ...]
"""The class of each entry, -1 where it does not say; equal numbers say the same."""

UNSAID = -1

ONE_SLIP = 1
"""Letters by which two names may differ and still be one: a typing error."""


Said = Mapping[str, Sequence[str]]
"""For each fact what each entry says, as text; empty where it does not say."""


def said_by(entries: pd.DataFrame) -> dict[str, list[str]]:
    """What each of the entries says of each fact; names without case and accents."""
    said = {name: _said(entries, columns) for name, columns in FACTS.items()}
    return said | {name: comparison_form(said[name]) for name in _NAMES}


def patterns(said: Said, rows: Sequence[int]) -> dict[str, Pattern]:
    """What the entries at these rows, in this order, say of each other."""
    return {
        name: _pattern([values[at] for at in rows], _alike if name in _NAMES else str.__eq__)
        for name, values in said.items()
    }


PERSON: Mapping[str, tuple[str, ...]] = {
    "NHS number": ("nhs_number",),
    "birth date": ("birth_date",),
    "family name": ("family_name",),
    "given name": ("given_name",),
}
"""What an answer on two people rests on, and the columns that say it."""

NEED: Mapping[str, tuple[str, ...]] = {
    "service": ("treatment_function_code",),
    "procedure": ("procedure_code",),
    "side": ("laterality",),
    "suspected cancer": ("suspected_cancer",),
    "pathway identifier": ("pathway_identifier_issuer", "patient_pathway_identifier"),
}
"""What an answer on two needs rests on."""

FACTS = {**PERSON, **NEED}
_NAMES = ("family name", "given name")

OF_LEVEL: Mapping[str, tuple[str, ...]] = {"patient": (*PERSON,), "pathway": (*NEED,)}
"""The facts that an answer at each level rests on."""


def changes(
    then: Mapping[str, Pattern],
    now: Mapping[str, Pattern],
    pairs: Iterable[tuple[int, int]],
    *,
    joined: bool | None,
) -> list[str]:
    """What has changed of the facts, in words, so that the answer may no longer hold.

    Of entries that were ``joined`` a fact differs that did not; of those kept apart a fact agrees
    that did not. Where nothing was decided (None) either counts.
    """
    told = []
    for name in then.keys() & now.keys():
        for a, b in pairs:
            before, after = _relation(then[name], a, b), _relation(now[name], a, b)
            against = after == _DIFFERS and joined is not False
            towards = after == _SAME and joined is not True
            if before != after and (against or towards):
                told.append(f"{name}: {_BEFORE[before]}, now {_NOW[after]}")
    return sorted({*told})


_SAME, _DIFFERS, _UNKNOWN = range(3)
_BEFORE = ("the same", "differed", "was not known")
_NOW = ("the same", "differs", "not known")


def _relation(pattern: Pattern, a: int, b: int) -> int:
    one, other = pattern[a], pattern[b]
    if UNSAID in (one, other):
        return _UNKNOWN
    return _SAME if one == other else _DIFFERS


def _said(entries: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """What each entry says, as one text; empty where the last of the columns is missing."""
    texts = [entries[name].astype(object).where(entries[name].notna(), "") for name in columns]
    named = [[_plain(value) for value in text] for text in texts]
    return ["" if not parts[-1] else " ".join(parts) for parts in zip(*named, strict=True)]


def _plain(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return str(value)


def _pattern(values: Sequence[str], same: Callable[[str, str], bool]) -> Pattern:
    """The class of each value: the place of the first that it is the same as."""
    found: list[int] = []
    for place, value in enumerate(values):
        first = next((at for at in range(place) if values[at] and same(values[at], value)), place)
        found.append(UNSAID if not value else found[first] if first < place else place)
    return tuple(found)


def _alike(one: str, other: str) -> bool:
    """Are two names one, but for a slip of the keyboard?"""
    return OSA.distance(one, other, score_cutoff=ONE_SLIP) <= ONE_SLIP
