"""Who is the same patient: blocking, comparison, weights, vetoes, grouping.

``match_patients`` works on typed entries; ``link_patients`` on any frame with some of the
canonical columns.
"""

from __future__ import annotations

from waitlist_merge.patients.link import link_patients as link_patients
from waitlist_merge.patients.match import PatientMatch as PatientMatch
from waitlist_merge.patients.match import match_patients as match_patients
from waitlist_merge.patients.model import PatientModel as PatientModel

__all__ = ["PatientMatch", "PatientModel", "link_patients", "match_patients"]
