"""Which of several organisations is proposed as the one that treats, and why?

Proposed, never decided: the contract or the two organisations say who treats and who reports (RTT
guidance 11.1, 11.2; domain 5.2). What is done there counts before what is written: an admission
booked, a decision to admit where the pathway was not sent on, then status 20 against 21, an
acceptance, an agreement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.agreed import LOOKED_AT, givers
from waitlist_merge.combined.rules import Members
from waitlist_merge.normalise.organisations import successors
from waitlist_merge.pathways.columns import (
    Bools,
    Codes,
    categories,
    codes,
    codes_at,
    is_in,
    renumbered,
    sorted_distinct,
    worded,
)
from waitlist_merge.pathways.features import acceptance_stands
from waitlist_merge.pathways.state import TRANSFERRED_OUT
from waitlist_merge.plan import Agreement
from waitlist_merge.reasons import TreatingReason

REASONS = tuple(TreatingReason)


def treating(
    members: Members, agreements: Sequence[Agreement], run_date: dt.date
) -> dict[str, pd.Categorical[str]]:
    """The organisation proposed for each row, empty where none is, and the reason."""
    bundles = members.bundles
    column = members.entries["organisation"]
    whose = codes(column)[bundles.shown]
    why = np.full(len(whose), REASONS.index(TreatingReason.ONLY_LISTED), dtype=np.int8)
    whose[bundles.many], why[bundles.many] = _proposed(members, agreements, run_date)
    return {
        "treating_organisation": pd.Categorical.from_codes(whose, column.cat.categories),
        "treating_reason": worded(why, REASONS),
    }


def _proposed(
    members: Members, agreements: Sequence[Agreement], run_date: dt.date
) -> tuple[Codes, NDArray[np.int8]]:
    """The organisation proposed for each row with several entries, -1 for none, and the reason."""
    bundles = members.bundles
    chosen = codes_at(members.entries["organisation"], bundles.shown[bundles.many])
    reason = np.full(len(chosen), REASONS.index(TreatingReason.ONLY_LISTED), dtype=np.int8)
    holder = codes(members.column("organisation"))
    shared = _count(members, holder, np.ones(len(holder), dtype=bool))[0] > 1
    chosen[shared], reason[shared] = -1, REASONS.index(TreatingReason.NOT_TOLD)
    undecided = shared.copy()
    for why, mask, whose in _signs(members, holder, agreements, run_date):
        count, organisation = _count(members, whose, mask)
        told = undecided & (count == 1)
        chosen[told], reason[told] = organisation[told], REASONS.index(why)
        undecided &= ~told
        if why is TreatingReason.ADMISSION_BOOKED:
            reason[undecided & (count > 1)] = REASONS.index(TreatingReason.TWO_BOOKED)
            undecided &= count <= 1
    return chosen, reason


def _signs(
    members: Members, holder: Codes, agreements: Sequence[Agreement], run_date: dt.date
) -> list[tuple[TreatingReason, Bools, Codes]]:
    """What tells who treats, the surest first: the members that say so, and whom they name."""
    booked, _ = members.to_come("tci_date")
    decided, _ = members.said("decision_to_admit_date")
    kept = ~is_in(members.column("rtt_status"), {TRANSFERRED_OUT})
    accepted = acceptance_stands(members.column("transfer_status"))
    names = _names(members)
    provider = members.column("mutual_aid_provider")
    named = renumbered(provider, [names.get(each, -1) for each in successors(categories(provider))])
    said = {name: members.column(name) for name in LOOKED_AT}
    taken, tested = (
        givers(said, members.bundles.owner, kind, agreements, run_date)
        for kind in ("subcontracted", "diagnostic")
    )
    agreed = np.where(taken >= 0, holder, tested)
    return [
        (TreatingReason.ADMISSION_BOOKED, booked, holder),
        (TreatingReason.DECISION_TO_ADMIT, decided & kept, holder),
        (TreatingReason.SENT_ON, kept, holder),
        (TreatingReason.ACCEPTED, accepted & (named >= 0), named),
        (TreatingReason.AGREEMENT, agreed >= 0, agreed),
    ]


def _count(
    members: Members, whose: Codes, mask: Bools
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many organisations each row with several has of which it is true, and one of them."""
    bundles = members.bundles
    width = int(whose.max(initial=0)) + 1
    held = sorted_distinct(bundles.run[mask] * width + whose[mask])
    count = np.bincount(held // width, minlength=len(bundles.many))
    organisation = np.full(len(bundles.many), -1, dtype=np.int64)
    organisation[held // width] = held % width
    return count, organisation


def _names(members: Members) -> dict[str, int]:
    """The code of each organisation that lists anybody."""
    return {name: code for code, name in enumerate(categories(members.entries["organisation"]))}
