"""Whose row is it, and who lists it?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.combined.bundles import Bundles
from waitlist_merge.combined.facts import FURTHEST_FIRST, Facts, Pathways, ranked
from waitlist_merge.combined.names import Later
from waitlist_merge.combined.survivorship import all_values
from waitlist_merge.pathways.columns import Bools, worded
from waitlist_merge.reasons import Confidence


def identity(
    entries: pd.DataFrame,
    entry_columns: pd.DataFrame,
    pathways: Pathways,
    facts: Facts,
    bundles: Bundles,
    unreadable: Bools,
) -> dict[str, object]:
    """The columns that say whose row it is, who lists it, and how sure that is.

    ``unreadable`` marks entries that are ``incomplete``.
    """
    shown = bundles.shown
    alike = bundles.size.copy()
    shown_of_member = shown[bundles.owner]
    strange = facts.sure[bundles.members] != facts.sure[shown_of_member]
    alike -= np.bincount(bundles.owner[strange], minlength=len(alike))
    others = np.zeros(len(facts.waits), dtype=bool)
    others[bundles.members] = facts.person[bundles.members] != facts.person[shown_of_member]
    sure = (Confidence.CERTAIN, Confidence.PROBABLE)
    return {
        "pathway_id": Later(entry_columns["pathway_id"].array, shown),
        "patient_id": Later(entry_columns["patient_id"].array, shown),
        "shown_entry_id": Later(entries["entry_id"].array, shown),
        "shown_organisation": entries["organisation"].array.take(shown),
        "organisations": all_values(entries["organisation"], bundles, ";"),
        "member_count": bundles.size.astype(np.int32),
        "proposed_duplicates": (bundles.size - alike).astype(np.int32),
        "confirmed_duplicates": (alike - 1).astype(np.int32),
        "patient_confidence": worded(bundles.any(others).astype(np.int8), sure),
        "pathway_confidence": worded((bundles.size > alike).astype(np.int8), sure),
        "list_state": pathways.list_state[shown],
        "stage": worded(bundles.lowest(ranked(pathways.stage, FURTHEST_FIRST)), FURTHEST_FIRST),
        "incomplete": bundles.any(unreadable),
        "oldest_extract_age_days": -bundles.lowest(-entries["extract_age_days"].to_numpy()).astype(
            np.int32
        ),
    }
