"""Who is the same patient: blocking, comparison, weights, vetoes, grouping.

``match_patients`` says which rows of a table are one person, with links, questions and the model;
``link_patients`` gives the ids alone; ``explain_patients`` and ``explain_missing`` say why.
"""

from __future__ import annotations

from waitlist_merge.patients.link import (
    link_patients as link_patients,
    match_patients as match_patients,
)
from waitlist_merge.patients.matched import PatientMatch as PatientMatch
from waitlist_merge.patients.model import PatientModel as PatientModel
from waitlist_merge.patients.why import (
    Explanation as Explanation,
    explain_missing as explain_missing,
    explain_patients as explain_patients,
)

__all__ = [
    "Explanation",
    "PatientMatch",
    "PatientModel",
    "explain_missing",
    "explain_patients",
    "link_patients",
    "match_patients",
]
