"""A number and what it counts, as people write it.

>>> many(1, "link"), many(2, "link")
('1 link', '2 links')
"""

from __future__ import annotations


def many(count: int, noun: str) -> str:
    """A number and what it counts."""
    return f"{count} {noun}" + ("" if count == 1 else "s")
