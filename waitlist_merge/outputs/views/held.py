"""Which entries may the staff of one organisation hold, and what of each?

All of their own. Of another organisation's, those of a patient whom they certainly have too, and of
these only ``SHARED``: where, for what, how far, since when, and the numbers to ring about. Services
that the plan calls sensitive, entries of unknown service, and everything of a patient who is a
restricted record anywhere stay with the organisation whose entry it is (domain 7: need to know).

>>> "rtt_start_date" in SHARED, "phone" in SHARED, "family_name" in SHARED
(True, False, False)
>>> sorted(sensitive_codes(["360", "700-711"]))
['360', '700', '710', '711', 'X02', 'X03']
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, flag, is_in
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.reference import rows
from waitlist_merge.review.lost import of_withheld_service

SHARED: tuple[str, ...] = (
    # which entry it is, whose, and of which need
    "entry_id",
    "organisation",
    "patient_id",
    "pathway_id",
    "outcome",
    "reason",
    # service, stage and status
    "treatment_function_code",
    "list_state",
    "stage",
    "rtt_status",
    # numbers to ring about it
    "local_patient_identifier",
    "patient_pathway_identifier",
    "pathway_identifier_issuer",
    "unique_booking_reference_number",
    "referral_identifier",
    "waiting_list_entry_identifier",
    # dates; that of death because whoever rings has to know it first (domain 5.4)
    "extract_census_date",
    "extract_age_days",
    "census_date",
    "referral_date",
    "original_referral_date",
    "rtt_start_date",
    "rtt_end_date",
    "list_date",
    "decision_to_admit_date",
    "tci_date",
    "next_appointment_date",
    "last_attended_date",
    "planned_date",
    "removal_date",
    "last_validated_date",
    "death_date",
)
"""Columns of ``entries`` that others may hold; whatever is not listed here they may not.

Nothing in which an organisation writes as it likes is listed, such as the status of a transfer."""


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """What one organisation may hold, an element an entry.

    ``own`` are its entries, ``shared`` those of others that it may hold in part. ``secret`` are
    those of others that no view but their own has, be the patient certain or not.
    """

    own: Bools
    shared: Bools
    secret: Bools

    @property
    def rows(self) -> NDArray[np.intp]:
        """Positions of the entries of the view."""
        return np.flatnonzero(self.own | self.shared)


def held_by(organisation: str, entries: pd.DataFrame, *, person: Group, withheld: Bools) -> Held:
    """What this organisation may hold of the entries.

    ``person`` numbers certain persons; ``withheld`` are the entries that leave their organisation
    in no view.
    """
    own = is_in(entries["organisation"], {organisation})
    mine = np.zeros(int(person.max(initial=-1)) + 1, dtype=bool)
    mine[person[own]] = True
    return Held(own, mine[person] & ~own & ~withheld, withheld & ~own)


def sensitive_codes(listed: Iterable[str]) -> frozenset[str]:
    """The codes that these codes and ranges name, and the groups of functions that hold one.

    An extract that says only X03, say, may mean a mental health service.
    """
    functions = rows("treatment_functions")
    known = {row["code"] for row in functions}
    named: set[str] = set()
    for each in listed:
        first, _, last = each.partition("-")
        between = {code for code in known if len(code) == len(first) and first <= code <= last}
        named |= {first} | (between if last else set())
    return frozenset(named | {row["group"] for row in functions if row["code"] in named})


def redacted(entries: pd.DataFrame, own: Bools) -> pd.DataFrame:
    """The entries, with nothing but ``SHARED`` left of those that are not ``own``.

    Texts that no row has any more are no categories either: a category is a value, too.
    """
    return pd.DataFrame(
        {name: _without(entries[name], None if name in SHARED else own) for name in entries},
        index=entries.index,
    )


def _without(column: pd.Series, own: Bools | None) -> pd.Series:
    left = column if own is None else column.where(own)
    if isinstance(left.dtype, pd.CategoricalDtype):
        return left.cat.remove_unused_categories()
    return left


def marks_for(organisation: str, marks: pd.DataFrame, sensitive: frozenset[str]) -> pd.DataFrame:
    """Of what earlier lists said of patients, that which this organisation may know."""
    if marks.empty:
        return marks
    of_all = flag(marks["shared"]) & ~of_withheld_service(marks, sensitive)
    shown: pd.DataFrame = marks[of_all | (marks["organisation"] == organisation).to_numpy()]
    return shown


def to_be_shown(kept: pd.DataFrame, sensitive: frozenset[str]) -> pd.DataFrame:
    """Of what needs keep of entries off their lists, that which others than their own may see."""
    if kept.empty:
        return kept
    mine = flag(kept["shared"]) & kept["field"].isin(SHARED).to_numpy()
    shown: pd.DataFrame = kept[mine & ~of_withheld_service(kept, sensitive)]
    return shown
