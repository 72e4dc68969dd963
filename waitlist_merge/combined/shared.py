"""Which patients hold one pathway identifier, so that somebody is wrong about who they are?

One pathway is of one person (domain 1.3). An identifier never joins two patients by itself: it may
be mistyped, or a record may be mixed up, so a person is asked.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.categories import words_of
from waitlist_merge.pathways.columns import codes
from waitlist_merge.pathways.identifiers import stems_of
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Confidence, Joins, PatientRelation, Veto

AT_MOST = 4
"""Patients with one value; a value on more of them is a stand-in, not a pathway. Our own choice:
a mistyped identifier or a mixed-up record concerns two, seldom three."""

KEY = ["identifier", "issuer", "service"]


def shared_identifiers(
    entries: pd.DataFrame, patients: Patients, order: NDArray[np.int64]
) -> pd.DataFrame:
    """Links between patients with one identifier, issuer and treatment function.

    Columns as in ``patients.links``: one link between each two neighbours by entry id, of which
    ``order`` is the place of each.
    """
    found = _one_of_each_patient(entries, patients, order)
    size = found.groupby(KEY)["patient"].transform("size")
    found = found[(size > 1) & (size <= AT_MOST)].reset_index(drop=True)
    same = (found[KEY] == found[KEY].shift(-1)).all(axis=1).to_numpy()
    at = np.flatnonzero(same)
    one, other = found["entry"].to_numpy()[at], found["entry"].to_numpy()[at + 1]
    return pd.DataFrame(
        {"a": np.minimum(one, other).astype(np.int32), "b": np.maximum(one, other).astype(np.int32)}
    ).assign(
        relation=str(PatientRelation.HELD_APART),
        joins=str(Joins.ASKED),
        confidence=str(Confidence.POSSIBLE),
        veto=str(Veto.IDENTIFIER_OF_TWO_PATIENTS),
        weight=0.0,
        explanation="Same pathway identifier and issuer, same specialty, yet two patients",
    )


def _one_of_each_patient(
    entries: pd.DataFrame, patients: Patients, order: NDArray[np.int64]
) -> pd.DataFrame:
    """The first entry by id of each patient with an identifier that is on several entries."""
    column = entries["patient_pathway_identifier"]
    identifier = codes(column)
    issuer = codes(entries["pathway_identifier_issuer"])
    service = codes(entries["treatment_function_code"])
    told = (identifier >= 0) & (issuer >= 0) & (service >= 0)
    often = np.bincount(identifier[told], minlength=len(column.cat.categories)) > 1
    several = np.flatnonzero(often)
    stems = stems_of(words_of(column).take(pa.array(several)))
    often[several[stems.is_null().to_numpy(zero_copy_only=False)]] = False
    told[told] = often[identifier[told]]
    rows = np.flatnonzero(told)
    found = pd.DataFrame(
        {
            "identifier": identifier[rows],
            "issuer": issuer[rows],
            "service": service[rows],
            "patient": patients.group[rows],
            "entry": rows,
            "place": order[rows],
        }
    )
    return found.sort_values([*KEY, "place"]).drop_duplicates([*KEY, "patient"])
