"""Which patients hold one pathway identifier, so that somebody is wrong about who they are?

One pathway is of one person (domain 1.3). An identifier never joins two patients by itself: it may
be mistyped, or a record may be mixed up, so a person is asked.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.identifiers import identifiers
from waitlist_merge.pathways.match import Patients
from waitlist_merge.pathways.services import services
from waitlist_merge.pathways.sharing import perhaps_shared
from waitlist_merge.reasons import Confidence, Joins, PatientRelation, Veto

AT_MOST = 4
"""Patients with one value; a value on more of them is a stand-in, not a pathway. Our own choice:
a mistyped identifier or a mixed-up record concerns two, seldom three."""

KEY = ["identifier", "issuer", "service"]

_COLUMNS = (
    "patient_pathway_identifier",
    "pathway_identifier_issuer",
    "unique_booking_reference_number",
    "waiting_list_entry_identifier",
    "referral_identifier",
    "treatment_function_code",
)
_PATHWAY, _BOOKING = "pathway identifier and issuer", "e-RS booking number"


def shared_identifiers(
    entries: pd.DataFrame, patients: Patients, order: NDArray[np.int64]
) -> pd.DataFrame:
    """Links between patients with one identifier and one service.

    A pathway identifier counts with its issuer, a booking number by itself; padding, prints of 15
    characters, booking numbers within pathway identifiers and codes of merged trusts are seen
    through (``identifiers``). Columns as in ``patients.links``: one link between each two
    neighbours by entry id; ``order`` are numbers in the order of ids.
    """
    perhaps, printed = perhaps_shared(entries, patients.group)
    rows = np.flatnonzero(perhaps)
    some = pd.DataFrame({name: entries[name].array.take(rows) for name in _COLUMNS}, copy=False)
    ids = identifiers(some)
    service = services(some["treatment_function_code"]).family
    anyone = np.zeros(len(rows), dtype=np.int32)
    place = pd.DataFrame({"entry": rows, "place": order[rows], "patient": patients.group[rows]})
    kinds = (
        (_PATHWAY, ids.ppid, ids.issuer),
        (_PATHWAY, np.where(printed[rows], ids.shown, -1), ids.issuer),
        (_BOOKING, np.where(ids.ubrn >= 0, ids.ubrn, ids.inner_ubrn), anyone),
    )
    links = [
        _neighbours(
            place.assign(identifier=identifier, issuer=issuer, service=service),
            f"Same {what}, same specialty, yet two patients",
        )
        for what, identifier, issuer in kinds
    ]
    return pd.concat(links).drop_duplicates(["a", "b"], ignore_index=True)


def _neighbours(told: pd.DataFrame, explanation: str) -> pd.DataFrame:
    """One link between each two neighbours of those who hold one value, an entry a patient."""
    stated = np.logical_and.reduce([told[name].to_numpy() >= 0 for name in KEY])
    found = told[stated].sort_values([*KEY, "place"])
    found = found.drop_duplicates([*KEY, "patient"])
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
        explanation=explanation,
    )
