"""How does a user's own rule say which of several entries gives a value?

A rule is a function over arrays, named, and given to ``merge`` for the fields it is for; the name
is what ``provenance`` tells. Rules that come with the library are chosen by name alone
(``[survivorship]`` of merge.toml).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from waitlist_merge.combined.bundles import Key
from waitlist_merge.combined.rules import Keys, Members
from waitlist_merge.errors import ConfigError, InputError
from waitlist_merge.reasons import SurvivorRule
from waitlist_merge.settings import SURVIVOR_FIELDS

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class SurvivorshipRule:
    """By which rule of your own does one of several entries give a value of a combined row?

    ``choose`` is called once for each field it is for, with the ``Members`` of all rows that
    several entries fill, and the field's name. It returns two things, each with one element a
    member: a boolean array of those that may give the value, and a tuple of arrays of whole numbers
    or booleans, the first of which counts most. Of each row the member with the lowest numbers
    gives the value, of several alike the one that stands first, the entry shown before the others;
    where none may, the field is empty. A member that its organisation has sent again is asked
    last. A row with one entry shows what that says. ``members.said(field)`` tells which members
    say anything, ``members.column(name)`` what they say of any field, ``members.age`` how old
    their extract is.

    ConfigError where the name is not lower case with underscores, or is one of the library's own.

    >>> import numpy as np
    >>> def longest(members, field):
    ...     may, _ = members.said(field)
    ...     letters = members.column(field).astype(str).str.len()
    ...     return may, (-letters.to_numpy(dtype=np.int64),)
    >>> SurvivorshipRule("longest_name", longest).name
    'longest_name'
    """

    name: str
    choose: Callable[[Members, str], Keys]

    def __post_init__(self) -> None:
        """The name is one that provenance can tell apart."""
        if not _NAME.fullmatch(self.name):
            raise ConfigError(
                f"survivorship rule {self.name!r}: a name is lower case letters, digits and _"
            )
        if self.name in set(SurvivorRule):
            raise ConfigError(
                f"survivorship rule {self.name!r}: the library has a rule of this name; "
                "choose another"
            )

    def __call__(self, members: Members, field: str) -> Keys:
        """Who may give the field, and in which order; InputError where it is not that."""
        try:
            told: Any = self.choose(members, field)
        except Exception as error:
            raise InputError(
                f"survivorship rule {self.name!r} for {field}: stopped with a "
                f"{type(error).__name__}; mend the rule"
            ) from error
        size = len(members.bundles.members)
        if not (isinstance(told, tuple) and len(told) == 2 and isinstance(told[1], tuple)):
            raise self._wrong(field, "an array and a tuple of arrays")
        may = np.asarray(told[0])
        keys: tuple[Key, ...] = tuple(np.asarray(key) for key in told[1])
        if may.dtype != np.bool_ or may.shape != (size,):
            raise self._wrong(field, f"first a boolean array of {size} elements, one a member")
        if any(key.shape != (size,) or key.dtype.kind not in "iub" for key in keys):
            raise self._wrong(field, f"then arrays of {size} whole numbers or booleans")
        return may, keys

    def _wrong(self, field: str, expected: str) -> InputError:
        return InputError(f"survivorship rule {self.name!r} for {field}: return {expected}")


def checked(rules: Mapping[str, SurvivorshipRule] | None) -> dict[str, SurvivorshipRule]:
    """The rules by field; ConfigError where a field has no choice or a rule is none.

    Clock starts, bookings, priorities and the NHS number have no choice: another rule would lose a
    date or lower a priority.
    """
    for field, rule in (rules or {}).items():
        if field not in SURVIVOR_FIELDS:
            allowed = ", ".join(SURVIVOR_FIELDS)
            raise ConfigError(f"survivorship of {field!r}: allowed is one of {allowed}")
        if not isinstance(rule, SurvivorshipRule):
            raise ConfigError(
                f"survivorship of {field!r}: a SurvivorshipRule is wanted; "
                "name a rule of the library in MergePlan(survivorship=...)"
            )
    return dict(rules or {})
