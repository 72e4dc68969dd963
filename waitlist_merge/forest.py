"""Which of the groups that are being joined, one link after another, is an entry in?

Each entry points to another of its group, and the root of a group to itself.

>>> parent = {1: 1, 2: 1, 3: 2}
>>> root(parent, 3), parent[3]
(1, 1)
"""

from __future__ import annotations


def root(parent: dict[int, int], at: int) -> int:
    """The root of the group that an entry is in; the way there is made shorter for the next one."""
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at
