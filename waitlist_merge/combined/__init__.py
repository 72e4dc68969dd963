"""One combined list: survivorship, waiting times, order, what became of each entry."""

from __future__ import annotations

from waitlist_merge.combined.combine import Combined as Combined
from waitlist_merge.combined.combine import combine as combine
