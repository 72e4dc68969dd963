"""What is the same need: evidence between two entries of one patient, relations, grouping."""

from __future__ import annotations

from waitlist_merge.pathways.match import (
    PathwayMatch as PathwayMatch,
    Patients as Patients,
    match_pathways as match_pathways,
)
