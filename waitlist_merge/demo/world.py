"""What every row of a region is made from: its people, homes, organisations and chance.

Rows are a frame of dates and codes under their canonical names beside whole-number columns (person,
need, organisation, service, procedure, side, keys of identifiers) that become text at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.draw import Days, Ints, Mask
from waitlist_merge.demo.homes import Homes, providers
from waitlist_merge.demo.people import People
from waitlist_merge.demo.rates import Rates

NO_SIDE, LEFT, RIGHT, BOTH = 0, 1, 2, 3

DATES = (
    "referral_date",
    "original_referral_date",
    "rtt_start_date",
    "rtt_end_date",
    "list_date",
    "decision_to_admit_date",
    "tci_date",
    "next_appointment_date",
    "last_attended_date",
    "last_dna_date",
    "last_cancelled_date",
    "removal_date",
    "planned_date",
    "last_validated_date",
)
"""Date columns of rows."""

CODES = (
    "source_of_referral",
    "referring_organisation",
    "priority_type",
    "priority_code",
    "diagnostic_priority",
    "rtt_status",
    "waiting_list_type",
    "admission_method",
    "intended_management",
    "removal_reason",
    "transfer_status",
    "mutual_aid_provider",
    "comments",
    "own_text",
    "relation",
)
"""Text columns of rows; empty text is missing."""


@dataclass(slots=True, eq=False)
class World:
    """All that rows are made from; ``census`` is the day each organisation's list describes."""

    rng: np.random.Generator
    rates: Rates
    census: Days
    people: People
    homes: Homes

    @property
    def organisations(self) -> int:
        """How many organisations there are."""
        return len(self.census)

    def provider(self, person: Ints, service: Ints, *, other_than: Ints | None = None) -> Ints:
        """Where these people are referred for these services; not to ``other_than``."""
        district = self.homes.district[self.people.home[person]]
        takes = (lists.services().frame["independent"] == "Y").to_numpy()[service]
        choices = providers(self.organisations)
        found = choices.draw(self.rng, district * 2 + takes)
        if other_than is None:
            return found
        trusts = np.flatnonzero(~lists.independent(self.organisations))
        for _ in range(4):
            again = np.flatnonzero(found == other_than)
            found[again] = choices.draw(self.rng, district[again] * 2 + takes[again])
        stuck = found == other_than
        next_trust = trusts[(np.searchsorted(trusts, found, side="right")) % len(trusts)]
        return np.where(stuck, next_trust, found)


def waited(world: World, rows: pd.DataFrame) -> Ints:
    """Days from the clock start to the organisation's census."""
    census = world.census[rows["organisation"].to_numpy()]
    start = rows["rtt_start_date"].to_numpy().astype("datetime64[D]")
    return np.asarray((census - start).astype(np.int64))


def held(world: World, rows: pd.DataFrame) -> Ints:
    """Days that the organisation has held the patient: from the referral or the clock start."""
    census = world.census[rows["organisation"].to_numpy()]
    since = np.fmax(rows["referral_date"].to_numpy(), rows["rtt_start_date"].to_numpy())
    days = (census - since.astype("datetime64[D]")).astype(np.int64)
    return np.asarray(days)


def day_where(mask: Mask, day: Days) -> Days:
    """These days where the mask holds, else no day."""
    return np.where(mask, day, np.datetime64("NaT"))
