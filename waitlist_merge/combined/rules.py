"""By which named rule is a value taken from one of several entries?

A rule says of each member of a row whether it may give the value, and in which order members are
asked: the one with the lowest keys gives it, then the one that stands first. ``RULES`` finds a rule
by its name; ``BY_FIELD`` names the rule of each field, and ``[survivorship]`` of merge.toml another
one for the fields that leave a choice.

- who: verified first, then what most members say, then the newest census (domain 3, 4.1);
- what: the shown entry's service; the most specific procedure; a side only where members agree;
- dates: earliest decision and next booking, latest attendance, cancellation and validation;
- priority: the most urgent of each scale, each scale apart (domain 1.7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles, Key
from waitlist_merge.combined.facts import stated_since
from waitlist_merge.pathways.columns import NO_DAY, Bools, Days, codes, days, is_in, known, numbered
from waitlist_merge.pathways.features import suspected_cancer
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.patients.records import VERIFIED_STATUS
from waitlist_merge.reasons import SurvivorRule
from waitlist_merge.schema import DATE_FIELDS

PRIORITY_TYPES = ("3", "2", "1")
PRIORITY_CODES = ("P1a", "P1b", "P2", "P3", "P4", "P5", "P6")
"""P5 and P6 are postponements that the patient chose: less urgent than any (domain 1.7)."""
DIAGNOSTIC_PRIORITIES = ("D1", "D2", "D3", "D4", "D5", "D6")
SCALES: Mapping[str, tuple[str, ...]] = {
    "priority_type": PRIORITY_TYPES,
    "priority_code": PRIORITY_CODES,
    "diagnostic_priority": DIAGNOSTIC_PRIORITIES,
}
"""The words of each priority, the most urgent first."""

Keys = tuple[Bools, tuple[Key, ...]]


@dataclass(frozen=True, eq=False)
class Members:
    """The entries of rows with several, as a rule sees them; arrays have one element a member.

    ``ahead_from`` is the day, for every entry, from which what it has booked is still to come;
    ``superseded`` says of every entry that its organisation has sent it again since, and
    ``submission`` numbers what is one row sent again.
    """

    entries: pd.DataFrame
    bundles: Bundles
    ahead_from: Days
    superseded: Bools
    submission: Group
    run_day: int

    def column(self, name: str) -> pd.Series:
        """What each member says of this field."""
        return pd.Series(self.entries[name].array.take(self.bundles.members))

    def said(self, name: str) -> tuple[Bools, NDArray[np.int32]]:
        """Whether a member says anything of this field, and a number that is equal where it is."""
        if name in DATE_FIELDS:
            day = days(self.column(name))
            return np.asarray(day != NO_DAY), day
        code = codes(self.column(name))
        return np.asarray(code >= 0), code

    def ahead(self, name: str) -> tuple[Bools, Days]:
        """Whether each entry, a member or not, has this date still to come, and the day."""
        if name not in self._ahead:
            day = days(self.entries[name])
            self._ahead[name] = known(day) & (day >= self.ahead_from), day
        return self._ahead[name]

    def to_come(self, name: str) -> tuple[Bools, NDArray[np.int32]]:
        """Whether a member has this date still to come, and the day, as ``said`` gives it."""
        there, day = self.said(name)
        return there & (day >= self.ahead_from[self.bundles.members]), day

    def replaced(self, there: Bools) -> Bools:
        """Members sent again since with a value; ``there`` says which members have one."""
        rows = self.bundles.members
        census = days(self.column("extract_census_date"))
        return self.superseded[rows] & stated_since(there, self.submission[rows], census)

    @cached_property
    def _ahead(self) -> dict[str, tuple[Bools, Days]]:
        return {}

    @cached_property
    def unverified(self) -> Bools:
        """Members whose NHS number is not verified."""
        return ~is_in(self.column("nhs_number_status"), {VERIFIED_STATUS})

    @cached_property
    def age(self) -> NDArray[np.int64]:
        """The newest extract first."""
        return -days(self.column("extract_census_date")).astype(np.int64)


Rule = Callable[[Members, str], Keys]


def _shown_first(members: Members, name: str) -> Keys:
    return members.said(name)[0], ()


def _verified_first(members: Members, name: str) -> Keys:
    there, value = members.said(name)
    return there, (members.unverified, -_frequency(members, value), members.age)


def _most_frequent(members: Members, name: str) -> Keys:
    there, value = members.said(name)
    return there, (-_frequency(members, value), members.age)


def _frequency(members: Members, value: NDArray[np.int32]) -> NDArray[np.int64]:
    return members.bundles.frequency(np.unique(value, return_inverse=True)[1])


def _newest(members: Members, name: str) -> Keys:
    return members.said(name)[0], (members.age,)


def _most_specific(members: Members, name: str) -> Keys:
    """The longest: a code of four characters says more than its root of three."""
    return members.said(name)[0], (-numbered(members.column(name), len),)


def _agreed(members: Members, name: str) -> Keys:
    there, value = members.said(name)
    there = there & ~members.replaced(there)
    begins = members.bundles.begins
    if not len(begins):
        return there, ()
    lowest = np.minimum.reduceat(np.where(there, value, np.iinfo(np.int32).max), begins)
    highest = np.maximum.reduceat(np.where(there, value, NO_DAY), begins)
    size = np.diff(np.append(begins, len(there)))
    return there & np.repeat(lowest == highest, size), ()


def _earliest(members: Members, name: str) -> Keys:
    there, day = members.said(name)
    return there, (day,)


def _latest(members: Members, name: str) -> Keys:
    there, day = members.said(name)
    return there, (-day.astype(np.int64),)


def _to_come(members: Members, name: str) -> Keys:
    ahead, day = members.to_come(name)
    return ahead, (day,)


def _so_far(members: Members, name: str) -> Keys:
    there, day = members.said(name)
    return there & (day <= members.run_day), (-day.astype(np.int64),)


def _of_earliest_referral(members: Members, name: str) -> Keys:
    dated, day = members.said("referral_date")
    return members.said(name)[0], (np.where(dated, day, np.iinfo(np.int32).max),)


def _most_urgent(members: Members, name: str) -> Keys:
    rank = urgency_in(members.column(name), name)
    return rank < len(SCALES[name]), (rank,)


def urgency_in(column: pd.Series, name: str) -> NDArray[np.int32]:
    """The place of each value in the scale of this field; its length where it is not in it."""
    scale = SCALES[name]
    rank = numbered(column, lambda word: scale.index(word) if word in scale else len(scale))
    return np.where(rank < 0, len(scale), rank).astype(np.int32)


def _any(members: Members, _name: str) -> Keys:
    return suspected_cancer(members.entries)[members.bundles.members], ()


RULES: Mapping[SurvivorRule, Rule] = {
    SurvivorRule.SHOWN_FIRST: _shown_first,
    SurvivorRule.VERIFIED_FIRST: _verified_first,
    SurvivorRule.MOST_FREQUENT: _most_frequent,
    SurvivorRule.NEWEST: _newest,
    SurvivorRule.MOST_SPECIFIC: _most_specific,
    SurvivorRule.AGREED: _agreed,
    SurvivorRule.EARLIEST: _earliest,
    SurvivorRule.LATEST: _latest,
    SurvivorRule.EARLIEST_TO_COME: _to_come,
    SurvivorRule.LATEST_SO_FAR: _so_far,
    SurvivorRule.OF_EARLIEST_REFERRAL: _of_earliest_referral,
    SurvivorRule.MOST_URGENT: _most_urgent,
    SurvivorRule.ANY: _any,
}
"""Each rule by its name."""

BY_FIELD: Mapping[str, SurvivorRule] = {
    "nhs_number": SurvivorRule.VERIFIED_FIRST,
    "family_name": SurvivorRule.VERIFIED_FIRST,
    "given_name": SurvivorRule.VERIFIED_FIRST,
    "birth_date": SurvivorRule.VERIFIED_FIRST,
    "gender": SurvivorRule.VERIFIED_FIRST,
    "treatment_function_code": SurvivorRule.SHOWN,
    "procedure_code": SurvivorRule.MOST_SPECIFIC,
    "procedure_text": SurvivorRule.WITH_PROCEDURE_CODE,
    "laterality": SurvivorRule.AGREED,
    "referral_date": SurvivorRule.EARLIEST,
    "source_of_referral": SurvivorRule.OF_EARLIEST_REFERRAL,
    "referrer_code": SurvivorRule.OF_EARLIEST_REFERRAL,
    "decision_to_admit_date": SurvivorRule.EARLIEST,
    "tci_date": SurvivorRule.EARLIEST_TO_COME,
    "next_appointment_date": SurvivorRule.EARLIEST_TO_COME,
    "last_attended_date": SurvivorRule.LATEST,
    "last_dna_date": SurvivorRule.LATEST,
    "last_cancelled_date": SurvivorRule.LATEST,
    "last_validated_date": SurvivorRule.LATEST_SO_FAR,
    "planned_date": SurvivorRule.EARLIEST,
    "priority_type": SurvivorRule.MOST_URGENT,
    "priority_code": SurvivorRule.MOST_URGENT,
    "diagnostic_priority": SurvivorRule.MOST_URGENT,
    "suspected_cancer": SurvivorRule.ANY,
}
"""The rule of each field of a row that one entry gives."""
