"""A region with truth: invented people, needs and lists in which every duplicate is known.

``generate_region`` makes it, ``write_extracts`` writes each organisation's list in its own shape,
``write_demo`` does both, ``score`` says how right a merge of it is. Every rate is a setting of
``Rates``.
"""

from __future__ import annotations

from waitlist_merge.demo.extracts import write_demo, write_extracts
from waitlist_merge.demo.rates import Rates
from waitlist_merge.demo.region import Region, generate_region
from waitlist_merge.demo.score import PairScore, Scores, score

__all__ = [
    "PairScore",
    "Rates",
    "Region",
    "Scores",
    "generate_region",
    "score",
    "write_demo",
    "write_extracts",
]
