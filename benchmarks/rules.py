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

MIDDLE = (("family_name", "postcode"), ("given_name", "postcode"), ("address",))
"""Two fields of which one is a place. recordlinkage's classifier, which sees only agreement and
disagreement, did best with these and worse with any looser rule."""

LOOSE = (("birth_date",), ("postcode",), ("address",), ("given_name", "family_name"))
"""For Splink on small sets; at 7 million records the first alone would make a thousand million
pairs."""


def usable(rules: tuple[tuple[str, ...], ...], has: set[str]) -> list[tuple[str, ...]]:
    """The rules whose fields all have values."""
    return [each for each in rules if set(each) <= has]
