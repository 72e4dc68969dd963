"""How a pilot begins: a sample that people answer blind, and what their answers say of the engine.

>>> sorted(__all__)
['Scored', 'Stratum', 'draw', 'score']
"""

from __future__ import annotations

from waitlist_merge.review.pilot.sample import Stratum, draw
from waitlist_merge.review.pilot.score import Scored, score

__all__ = ["Scored", "Stratum", "draw", "score"]
