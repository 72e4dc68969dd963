"""Which patients hold one pathway identifier, so that somebody is wrong about who they are?

One pathway is of one person (domain 1.3). An identifier never joins two patients by itself: it may
be mistyped, or a record may be mixed up, so a person is asked.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import changes
from waitlist_merge.pathways.columns import Codes
from waitlist_merge.pathways.identifiers import identifiers
from waitlist_merge.pathways.match import Patients
from waitlist_merge.pathways.services import services
from waitlist_merge.pathways.sharing import perhaps_shared
from waitlist_merge.reasons import Confidence, Joins, PatientRelation, Veto

AT_MOST = 4
"""Patients with one value; a value on more of them is a stand-in, not a pathway. Our own choice:
a mistyped identifier or a mixed-up record concerns two, seldom three."""

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
    kinds = (
        (_PATHWAY, ids.ppid, ids.issuer),
        (_PATHWAY, np.where(printed[rows], ids.shown, -1), ids.issuer),
        (_BOOKING, np.where(ids.ubrn >= 0, ids.ubrn, ids.inner_ubrn), anyone),
    )
    pairs = [
        _neighbours((identifier, issuer, service), order[rows], patients.group[rows])
        for _, identifier, issuer in kinds
    ]
    one, other = np.concatenate([rows[each] for each in pairs], axis=1)
    said = [f"Same {what}, same specialty, yet two patients" for what, _, _ in kinds]
    found = pd.DataFrame(
        {"a": np.minimum(one, other).astype(np.int32), "b": np.maximum(one, other).astype(np.int32)}
    ).assign(
        relation=str(PatientRelation.HELD_APART),
        joins=str(Joins.ASKED),
        confidence=str(Confidence.POSSIBLE),
        veto=str(Veto.IDENTIFIER_OF_TWO_PATIENTS),
        weight=0.0,
        explanation=np.array(said, dtype=object).repeat([each.shape[1] for each in pairs]),
    )
    return found.drop_duplicates(["a", "b"], ignore_index=True)


def _neighbours(
    key: tuple[Codes, ...], place: NDArray[np.int64], patient: NDArray[np.integer]
) -> NDArray[np.int64]:
    """The positions of each two neighbours of those who hold one value, a patient but once.

    ``key`` are the parts of a value, none of them below 0 where it is stated, ``place`` the order.
    """
    stated = np.flatnonzero(np.logical_and.reduce([each >= 0 for each in key]))
    by: list[NDArray[np.integer]] = [place[stated], *(each[stated] for each in reversed(key))]
    at = stated[np.lexsort(by)]
    value = np.cumsum(np.logical_or.reduce([changes(each[at]) for each in key]))
    first = ~pd.DataFrame({"value": value, "patient": patient[at]}).duplicated().to_numpy()
    at, value = at[first], value[first]
    holders = np.bincount(value)[value]
    some = (holders > 1) & (holders <= AT_MOST)
    at, value = at[some], value[some]
    same = np.flatnonzero(value[1:] == value[:-1])
    return np.stack([at[same], at[same + 1]])
