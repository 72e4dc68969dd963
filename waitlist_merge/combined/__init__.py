"""One combined list: survivorship, waiting times, order, what became of each entry."""

from __future__ import annotations

from waitlist_merge.combined.combine import Combined as Combined, combine as combine
from waitlist_merge.combined.own_rules import (
    SurvivorshipRule as SurvivorshipRule,
    checked as checked,
)
from waitlist_merge.combined.rules import Members as Members
