"""Which pairs do the peers look at? Blocking rules that both take, chosen for their best recall."""

from __future__ import annotations

SMALL = 30_000
"""Records up to which rules on one field alone make no more pairs than a minute's work."""

RULES = (
    ("nhs_number",),
    ("person_key",),
    ("own",),
    ("family_name", "birth_date"),
    ("given_name", "birth_date"),
    ("birth_date", "postcode"),
    ("given_name", "family_name", "postcode"),
)
"""Identifiers (``own``: hospital number with its organisation), two or three other fields."""

LOOSE = (("birth_date",), ("postcode",), ("address",), ("given_name", "family_name"))
"""For small sets; at 7 million records the first alone would make a thousand million pairs."""


def blocks(has: set[str], size: int) -> list[tuple[str, ...]]:
    """The rules whose fields all have values."""
    wanted = RULES + LOOSE if size <= SMALL else RULES
    return [each for each in wanted if set(each) <= has]
