"""What of the tables that tell of earlier runs may an organisation hold: its findings and changes?

Here rows are picked out, not made anew: a row stays where it is of the organisation alone, and what
could tell of another organisation's entry is taken out of it.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.reasons import Fault

_KEPT_OF_SEVERAL = (
    "pathway_id",
    "order",
    "left_date",
    "weeks_unaccounted",
    "organisations",
    "entry_ids",
    "each_kept_by_other",
    "treatment_function_code",
    "rtt_start_date",
    "days_waiting",
    "tci_date",
    "next_appointment_date",
    "question_id",
)
"""What an organisation needs of a patient whom it and another have lost between them: the other's
name, numbers and priority it need not; its own hospital number is there beside these."""


def findings_of(
    organisation: str,
    findings: pd.DataFrame,
    *,
    dead: Collection[str],
    dead_perhaps: Collection[str],
    both_sides: Collection[str],
) -> pd.DataFrame:
    """Its own findings; what only another's entry tells is left out.

    ``dead``, ``dead_perhaps`` and ``both_sides`` are ids of entries of which the view itself says
    that a death is recorded, or is of who may be the patient, and that the other side waits.
    """
    own = _own(findings, organisation)
    told = np.ones(len(own), dtype=bool)
    for reason, ids in (
        (Fault.DECEASED, dead),
        (Fault.DECEASED_PERHAPS, dead_perhaps),
        (Fault.BOTH_SIDES_OPEN, both_sides),
    ):
        told &= ~(own["reason"] == str(reason)).to_numpy(dtype=bool) | _in(own["entry_id"], ids)
    return own.loc[told].reset_index(drop=True)


def changes_of(organisation: str, changes: pd.DataFrame) -> pd.DataFrame:
    """What has changed of its list and of nobody else's."""
    return _own(changes, organisation).reset_index(drop=True)


def unaccounted_of(
    organisation: str, unaccounted: pd.DataFrame, *, sensitive: frozenset[str]
) -> pd.DataFrame:
    """The needs that it listed last; of one that another listed too, what both need to look for it.

    Of services that are sensitive and of restricted records it has what is its own alone. Where the
    patient is listed now is left out: the coordinator knows.
    """
    listed = unaccounted["organisations"].astype(object).fillna("")
    alone = (listed == organisation).to_numpy(dtype=bool)
    shared = np.array([organisation in each.split(";") for each in listed], dtype=bool) & ~alone
    withheld = _in(unaccounted["treatment_function_code"], sensitive)
    withheld |= unaccounted["treatment_function_code"].isna().to_numpy()
    withheld |= unaccounted["restricted"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    kept = unaccounted.loc[alone | (shared & ~withheld)].reset_index(drop=True)
    one = (kept["organisations"].astype(object) == organisation).to_numpy(dtype=bool)
    cut = {name: kept[name] if name in _KEPT_OF_SEVERAL else kept[name].where(one) for name in kept}
    numbers = [
        "; ".join(each.strip() for each in said.split(";") if organisation in each.split())
        for said in kept["hospital_numbers"].astype(object).fillna("")
    ]
    nowhere = pd.Series(None, index=kept.index, dtype=object)
    return pd.DataFrame(
        cut | {"hospital_numbers": np.array(numbers, dtype=object), "now_listed": nowhere}
    )


def _own(table: pd.DataFrame, organisation: str) -> pd.DataFrame:
    return table.loc[(table["organisation"].astype(object) == organisation).to_numpy(dtype=bool)]


def _in(column: pd.Series, values: Collection[str]) -> Bools:
    return np.asarray(column.astype(object).isin(list(values)), dtype=bool)


def work_of(organisation: str, work: pd.DataFrame, shown: Collection[object]) -> pd.DataFrame:
    """The work that it has to do, or on what it lists: with the entries that the view holds alone.

    Who has to act at another organisation is that one's business. Of a group with an entry that the
    view does not hold, or that has left its list, no other organisation is named.
    """
    owner = work["owner"].astype(object).fillna("")
    named = work["organisations"].astype(object).fillna("").str.split(";")
    mine = (owner == organisation) | named.map(lambda codes: organisation in codes)
    kept = work.loc[mine.to_numpy(dtype=bool)].reset_index(drop=True)
    cut = [
        ";".join(each for each in ids.split(";") if each in shown)
        for ids in kept["entry_ids"].astype(object).fillna("")
    ]
    whole = np.array(cut, dtype=object) == kept["entry_ids"].astype(object).fillna("")
    own = {
        name: kept[name].where(whole | (kept[name].astype(object) == organisation))
        for name in ("keeps", "owner", "detail")
    }
    person = kept["person"].where((kept["owner"] == organisation).fillna(False).astype(bool))
    return kept.assign(
        **own,
        organisations=kept["organisations"].where(whole, organisation),
        state=kept["state"].where(whole),
        entry_ids=np.array(cut, dtype=object),
        person=person,
    )
