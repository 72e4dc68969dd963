"""How are two entries of one patient compared: where, of what kind, by which identifiers?

A pair is two positions into the features; every array here is boolean with one element a pair.
Positive agreement, positive difference and *unknown* are three things: a name is true only where
both entries say it (principle 8).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, Codes, Days, known
from waitlist_merge.pathways.features import Features
from waitlist_merge.plan import Agreement


@dataclass(frozen=True, eq=False)
class Comparison:
    """Pairs ``a``, ``b`` (positions into the features ``of``), the run's date and agreements."""

    of: Features
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    run_date: dt.date
    agreements: Sequence[Agreement] = ()

    def same(self, code: Codes) -> Bools:
        """Both known and equal."""
        return np.asarray((code[self.a] == code[self.b]) & (code[self.a] >= 0))

    def differ(self, code: Codes) -> Bools:
        """Both known and not equal."""
        one, other = code[self.a], code[self.b]
        return np.asarray((one != other) & (one >= 0) & (other >= 0))

    def both(self, mask: Bools) -> Bools:
        """True of both entries."""
        return np.asarray(mask[self.a] & mask[self.b])

    def either(self, mask: Bools) -> Bools:
        """True of at least one of the two."""
        return np.asarray(mask[self.a] | mask[self.b])

    def one_of_each(self, mask: Bools, other: Bools) -> Bools:
        """One entry is the first thing, the other the second."""
        return np.asarray((mask[self.a] & other[self.b]) | (other[self.a] & mask[self.b]))

    def same_day(self, day: Days) -> Bools:
        """Both state this date and it is the same."""
        return np.asarray((day[self.a] == day[self.b]) & known(day[self.a]))

    @cached_property
    def same_organisation(self) -> Bools:
        """One organisation holds both."""
        return np.asarray(self.of.organisation[self.a] == self.of.organisation[self.b])

    @cached_property
    def both_pathways(self) -> Bools:
        """Both wait under referral to treatment, or did: no planned, test or follow-up entry."""
        return self.both(self.of.active | self.of.closed)

    @cached_property
    def both_active(self) -> Bools:
        """Both wait under referral to treatment."""
        return self.both(self.of.active)

    @cached_property
    def same_kind(self) -> Bools:
        """Both active, or planned, and so on; a closed entry may have been any."""
        of = self.of
        kinds = (of.active, of.planned, of.diagnostic, of.not_rtt)
        alike = np.logical_or.reduce([self.both(kind) for kind in kinds])
        return np.asarray(alike | self.either(of.closed))

    @cached_property
    def same_ppid(self) -> Bools:
        """Same pathway identifier and issuer; one organisation may leave its own issuer out."""
        ids = self.of.ids
        implied = self.same_organisation & ~self.differ(ids.issuer)
        return np.asarray(self.same(ids.ppid) & (self.same(ids.issuer) | implied))

    @cached_property
    def same_ppid_without_issuer(self) -> Bools:
        """Same identifier at two organisations of which one does not say who issued it."""
        ids = self.of.ids
        return np.asarray(self.same(ids.ppid) & ~self.same_ppid & ~self.differ(ids.issuer))

    @cached_property
    def same_print(self) -> Bools:
        """One is the first 15 characters of the other, as screens print it."""
        ids = self.of.ids
        cut = self.same(ids.shown) & (ids.is_print[self.a] != ids.is_print[self.b])
        return np.asarray(cut & ~self.differ(ids.issuer) & ~self.same(ids.ppid))

    @cached_property
    def same_ubrn(self) -> Bools:
        """One booking number, in its own column or inside the pathway identifier."""
        ids = self.of.ids
        crossed = (ids.ubrn[self.a] == ids.inner_ubrn[self.b]) & (ids.ubrn[self.a] >= 0)
        crossed |= (ids.inner_ubrn[self.a] == ids.ubrn[self.b]) & (ids.ubrn[self.b] >= 0)
        return np.asarray(self.same(ids.ubrn) | self.same(ids.inner_ubrn) | crossed)

    @cached_property
    def shared(self) -> Bools:
        """A shared identifier that can make a link certain."""
        return np.asarray(self.same_ppid | self.same_ubrn)

    @cached_property
    def weakly_shared(self) -> Bools:
        """An identifier without issuer, or cut short: never certain."""
        return np.asarray((self.same_ppid_without_issuer | self.same_print) & ~self.shared)

    @cached_property
    def same_entry(self) -> Bools:
        """One organisation's own number of the place on its list."""
        return np.asarray(self.same_organisation & self.same(self.of.ids.entry))

    @cached_property
    def identified(self) -> Bools:
        """Tied by an identifier: of the pathway, of the booking, or of the very list entry."""
        return np.asarray(self.shared | self.same_entry)

    @cached_property
    def different_identifiers(self) -> Bools:
        """Both have an identifier of one kind, and not the same."""
        ids = self.of.ids
        apart = self.differ(ids.ppid) | self.differ(ids.ubrn)
        return np.asarray(apart & ~self.shared & ~self.weakly_shared)

    @cached_property
    def same_referral(self) -> Bools:
        """One organisation's own number of the referral."""
        return np.asarray(self.same_organisation & self.same(self.of.ids.referral))
