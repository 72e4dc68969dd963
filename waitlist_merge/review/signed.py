"""Whose answer is it? One person signs in more than one way, and no two are told apart by dots."""

from __future__ import annotations

import unicodedata

from waitlist_merge.review.rows import AnswerRow


def letters(name: str) -> str:
    """The letters of a person's name: what tells two people apart who sign answers.

    >>> letters("A. Clerk") == letters("a clerk"), letters("Renée") == letters("Renee")
    (True, True)
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in plain if each.isalnum())


def author(row: AnswerRow) -> tuple[str, str]:
    """Who gave an answer: the person, and the organisation for which they spoke.

    >>> signed = AnswerRow("A-1", "Q-1", "patient", (), (), "", reviewer="A. Clerk")
    >>> author(signed)
    ('aclerk', '')
    """
    return letters(row.reviewer), row.organisation
