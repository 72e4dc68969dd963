"""What each organisation's staff may hold of a run, and no more.

>>> sorted(__all__)
['ALL', 'COORDINATOR', 'SHARED', 'made_ready', 'prepare_views', 'view', 'write_views']
"""

from __future__ import annotations

from waitlist_merge.outputs.views.folders import ALL, COORDINATOR, prepare_views, write_views
from waitlist_merge.outputs.views.held import SHARED
from waitlist_merge.outputs.views.view import made_ready, view

__all__ = [
    "ALL",
    "COORDINATOR",
    "SHARED",
    "made_ready",
    "prepare_views",
    "view",
    "write_views",
]
