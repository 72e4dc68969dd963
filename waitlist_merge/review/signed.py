"""Whose answer is it? One person signs in more than one way, and no two are told apart by dots."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

from waitlist_merge.review.rows import AnswerRow, WorkRow

Topic = TypeVar("Topic", bound=Hashable)
"""What can be spoken of: two entries, at a level."""


def letters(name: str) -> str:
    """The letters of a person's name: what tells two people apart who sign answers.

    >>> letters("A. Clerk") == letters("a clerk"), letters("Renée") == letters("Renee")
    (True, True)
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in plain if each.isalnum())


def author(row: AnswerRow | WorkRow) -> tuple[str, str]:
    """Who gave an answer, or told the work: the person, and the organisation for which they spoke.

    >>> signed = AnswerRow("A-1", "Q-1", "patient", (), (), "", reviewer="A. Clerk")
    >>> author(signed)
    ('aclerk', '')
    """
    return letters(row.reviewer), row.organisation


def spoken_of_since(
    said: Sequence[tuple[tuple[str, str], Collection[Topic]]],
) -> list[frozenset[Topic]]:
    """Of what has the author of each answer spoken again since? Their last word holds.

    ``said`` has for each answer, the oldest first, its ``author`` and what it is about.

    >>> ann, bob = ("ann", "RM3"), ("bob", "RM3")
    >>> [sorted(each) for each in spoken_of_since([(ann, "xy"), (bob, "y"), (ann, "x")])]
    [['x'], [], []]
    """
    later: dict[tuple[str, str], set[Topic]] = {}
    found = []
    for who, about in reversed(said):
        known = later.setdefault(who, set())
        found.append(frozenset(known))
        known.update(about)
    return found[::-1]
