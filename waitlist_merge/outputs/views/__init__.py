"""What each organisation's staff may hold of a run, and no more.

>>> "view" in __all__, "rtt_start_date" in SHARED
(True, True)
"""

from __future__ import annotations

from waitlist_merge.outputs.views.folders import (
    ALL,
    COORDINATOR,
    asked_for,
    names_of,
    prepare_views,
    write_views,
)
from waitlist_merge.outputs.views.held import SHARED
from waitlist_merge.outputs.views.view import of_services, view
from waitlist_merge.outputs.views.whole import made_ready

__all__ = [
    "ALL",
    "COORDINATOR",
    "SHARED",
    "asked_for",
    "made_ready",
    "names_of",
    "of_services",
    "prepare_views",
    "view",
    "write_views",
]
