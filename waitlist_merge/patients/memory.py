"""How many pairs may be held at a time? As many as the memory that the plan allows has room for."""

from __future__ import annotations

from collections.abc import Sequence

from waitlist_merge.errors import ConfigError
from waitlist_merge.patients.blocks import Key
from waitlist_merge.plan import PatientPlan

BYTES_PER_PAIR = 1_000
"""What a pair takes while it is made, compared and weighed, at most: 14 levels of a byte, 18 parts
of 4 bytes, what they are worked out from, and the texts of names and addresses that differ
(measured with tracemalloc: 300 to 700 bytes)."""

GIGABYTE = 1_000_000_000


def pairs_at_a_time(keys: Sequence[Key], plan: PatientPlan) -> int:
    """The pairs of a chunk: ``plan.chunk_pairs``, or fewer where ``plan.memory_gb`` is less.

    Each worker holds a chunk, and one more is being made. Raises ConfigError where the pairs that
    one record makes under one key do not fit.
    """
    if plan.memory_gb is None:
        return plan.chunk_pairs
    each = BYTES_PER_PAIR * (plan.workers + 1)
    room = int(plan.memory_gb * GIGABYTE / each)
    most = max((int(key.blocks.partners.max(initial=0)) for key in keys), default=0)
    if room < max(most, FEWEST):
        least = max(most, FEWEST) * each / GIGABYTE
        raise ConfigError(
            f"patients.memory_gb = {plan.memory_gb:g} is too little for this list with "
            f"{plan.workers} workers; give at least {least + 0.0005:.3f}"
        )
    return min(plan.chunk_pairs, room)


FEWEST = 1_000
"""Pairs of the smallest chunk: with fewer the work is nearly all overhead."""
