"""What is each level of each field called, in words that a booking clerk uses?

>>> WORDS["birth_date", "swapped"]
'birth dates with day and month exchanged'
"""

from __future__ import annotations

from waitlist_merge.reference import rows

WORDS = {(row["field"], row["level"]): row["words"] for row in rows("linkage_words")} | {
    ("prior", ""): "any two entries, before comparing",
    ("together", ""): "a given and a family name that often meet",
    ("household", ""): "two people of one home would look as like",
}
"""The words for each field and level, for the prior, and for what names that go together
and the chance of relatives take."""
