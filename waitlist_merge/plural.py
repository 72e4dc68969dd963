"""A number and what it counts, and several names, as people write them.

>>> many(1, "link"), many(2, "link"), many(2, "entry"), many(2, "day")
('1 link', '2 links', '2 entries', '2 days')
>>> several(["RM3"]), several(["RM3", "RW3"]), several(["RM3", "RW3", "RXL"])
('RM3', 'RM3 and RW3', 'RM3, RW3 and RXL')
"""

from __future__ import annotations

import re
from collections.abc import Sequence


def many(count: int, noun: str) -> str:
    """A number and what it counts."""
    return f"{count} {noun}" if count == 1 else f"{count} {_CONSONANT_Y.sub('ie', noun)}s"


_CONSONANT_Y = re.compile(r"(?<![aeiou])y$")


def several(names: Sequence[str]) -> str:
    """Names in one phrase; empty of none."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
