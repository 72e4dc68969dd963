"""One combined list: survivorship, waiting times, order, what became of each entry."""

from __future__ import annotations

from waitlist_merge.combined.combine import Combined as Combined, combine as combine
