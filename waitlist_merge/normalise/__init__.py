"""Canonical text to typed values, with the original kept where it was changed.

``normalise`` reads an extract, ``normalise_person`` the records of people; the modules beside them
read one kind of value each, over its distinct texts.
"""

from __future__ import annotations

from waitlist_merge.normalise.entries import Normalised, normalise
from waitlist_merge.normalise.people import normalise_person, person_columns

__all__ = ["Normalised", "normalise", "normalise_person", "person_columns"]
