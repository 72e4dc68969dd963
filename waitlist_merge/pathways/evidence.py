"""What do two entries of one patient say of each other: need, clocks, hand-overs, what forbids?

Every array is boolean with one element a pair, true only where both entries say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, day_number, known
from waitlist_merge.pathways.operations import Operations
from waitlist_merge.pathways.services import family
from waitlist_merge.plan import Agreement

NEAR = 180
"""Days within which two clocks of one need may start: a repeated referral follows within months.

Our own choice (design says "clocks near"): about the longest usual wait for a first appointment,
after which people chase by a second referral."""

SAME_OPERATION = 365
"""Days within which the same procedure on the same side is taken for one need."""


@dataclass(frozen=True, eq=False)
class Evidence(Operations):
    """Pairs of entries and what they say of each other."""

    @cached_property
    def referrer_and_date(self) -> Bools:
        """One referral sent twice: same referrer and the same referral date."""
        dated = self.same_day(self.of.referral) | self.same_day(self.of.original)
        return np.asarray(self.same(self.of.referrer) & (dated | self.carried_date))

    @cached_property
    def carried_date(self) -> Bools:
        """One entry's first referral date is the other's own referral date."""
        original, referral = self.of.original, self.of.referral
        onward = (original[self.b] == referral[self.a]) & known(referral[self.a])
        back = (original[self.a] == referral[self.b]) & known(referral[self.b])
        return np.asarray(onward | back)

    @cached_property
    def same_start(self) -> Bools:
        """Both clocks started on one day."""
        return self.same_day(self.of.start)

    @cached_property
    def days_apart(self) -> NDArray[np.int64]:
        """Days between the two clocks, else between the referrals; -1 where not known."""
        apart = np.full(len(self.a), -1, dtype=np.int64)
        for day in (self.of.referral, self.of.start):
            stated = self.both(known(day))
            gap = np.abs(day[self.a].astype(np.int64) - day[self.b])
            apart = np.where(stated, gap, apart)
        return apart

    @cached_property
    def near(self) -> Bools:
        """Not known to have started far from each other."""
        return np.asarray(self.days_apart <= NEAR)

    @cached_property
    def a_ended_first(self) -> Bools:
        """The period of the first ended before the clock of the second started."""
        return self._ended_before(self.a, self.b)

    @cached_property
    def b_ended_first(self) -> Bools:
        """The period of the second ended before the clock of the first started."""
        return self._ended_before(self.b, self.a)

    def _ended_before(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> Bools:
        """One waiting period ended before the other's clock started."""
        of = self.of
        both_start = known(of.start[one]) & known(of.start[other])
        later = both_start & (of.start[other] > of.start[one])
        stop_known = known(of.stop[one])
        after_stop = (of.start[other] >= of.stop[one]) & known(of.start[other])
        later_if_known = later | ~known(of.start[one])
        dated = stop_known & after_stop & later_if_known
        undated = ~stop_known & of.stop_status[one] & later
        begun_anew = of.active[other] & of.restart[other] & ~known(of.start[other])
        restarted = stop_known & begun_anew
        return np.asarray(of.closed[one] & ~of.sent[one] & (dated | undated | restarted))

    @cached_property
    def ended_first(self) -> Bools:
        """One period ended before the other began."""
        return np.asarray(self.a_ended_first | self.b_ended_first)

    @cached_property
    def stopped_elsewhere(self) -> Bools:
        """One organisation stopped the clock after the other's had started, which still waits."""
        of = self.of

        def stopped(one: NDArray[np.int64], other: NDArray[np.int64]) -> Bools:
            overlap = ~known(of.start[other]) | ~known(of.stop[one])
            overlap |= of.stop[one] >= of.start[other]
            return np.asarray(of.closed[one] & ~of.sent[one] & of.active[other] & overlap)

        either_way = stopped(self.a, self.b) | stopped(self.b, self.a)
        return np.asarray(either_way & ~self.same_organisation & ~self.ended_first)

    @cached_property
    def still_movable(self) -> Bools:
        """Both wait, or one was closed only because its pathway was sent on."""
        return self.both(self.of.active | (self.of.closed & self.of.sent))

    @cached_property
    def offered(self) -> Bools:
        """Offered to another provider, and nothing says that one has accepted."""
        waiting = self.of.pending & ~self.of.taken & ~self.of.sent
        return np.asarray(self.either(waiting) & ~self.either(self.of.sent | self.of.taken))

    @cached_property
    def handed_over(self) -> Bools:
        """One says that it sent the pathway on: status 21, a transfer status, who accepted."""
        return np.asarray(self.either(self.of.sent | self.of.taken) | self.named_receiver)

    @cached_property
    def named_receiver(self) -> Bools:
        """One names the other's organisation as the one that accepted it."""
        of = self.of
        accepted = of.accepting[self.a] == of.organisation[self.b]
        accepted |= of.accepting[self.b] == of.organisation[self.a]
        return np.asarray(accepted)

    @cached_property
    def referred_by_other(self) -> Bools:
        """One names the other's organisation as the one that referred."""
        of = self.of
        onward = of.referring[self.b] == of.organisation[self.a]
        back = of.referring[self.a] == of.organisation[self.b]
        return np.asarray((onward | back) & ~self.same_organisation)

    @cached_property
    def test_asked_by_other(self) -> Bools:
        """A test elsewhere that names the other entry's organisation as the one that asked."""
        of = self.of

        def asked(test: NDArray[np.int64], asker: NDArray[np.int64]) -> Bools:
            by = of.referring[test] == of.organisation[asker]
            return np.asarray(of.diagnostic[test] & of.active[asker] & by)

        either_way = asked(self.a, self.b) | asked(self.b, self.a)
        return np.asarray(either_way & ~self.same_organisation)

    @cached_property
    def clock_travelled(self) -> Bools:
        """The second organisation holds a date that only the first could have given it."""
        return np.asarray((self.carried_date | self.same_start) & ~self.same_organisation)

    @cached_property
    def received_late(self) -> Bools:
        """One was received after its first referral elsewhere."""
        late = known(self.of.original) & known(self.of.referral)
        return self.either(np.asarray(late & (self.of.original < self.of.referral)))

    @cached_property
    def transfer_marked(self) -> Bools:
        """Any mark of a hand-over between two organisations."""
        marks = self.handed_over | self.referred_by_other | self.carried_date | self.received_late
        return np.asarray(marks & ~self.same_organisation)

    @cached_property
    def received_before_sent(self) -> Bools:
        """The would-be receiver had its referral before the would-be sender had one."""
        of = self.of

        def backwards(sender: NDArray[np.int64], receiver: NDArray[np.int64]) -> Bools:
            said = of.sent[sender] | (of.accepting[sender] == of.organisation[receiver])
            said |= of.referring[receiver] == of.organisation[sender]
            dated = known(of.referral[sender]) & known(of.referral[receiver])
            return np.asarray(said & dated & (of.referral[receiver] < of.referral[sender]))

        return backwards(self.a, self.b) | backwards(self.b, self.a)

    @cached_property
    def marked_twice(self) -> Bools:
        """Two independent marks of one hand-over, and nothing but the service against it."""
        sent = self.named_receiver | (self.handed_over & self.referred_by_other)
        travelled = self.clock_travelled & (self.referred_by_other | self.handed_over)
        against = self.other_procedure | self.mixed_sides | self.other_stage
        against |= self.received_before_sent
        return np.asarray((sent | travelled) & ~against)

    def agreed(self, kind: str) -> Bools:
        """An agreement of this kind covers organisations, service and day."""
        of = self.of
        number = {name: code for code, name in enumerate(of.organisations)}
        covered = np.zeros(len(self.a), dtype=bool)
        for each in self.agreements:
            if each.kind != kind or not each.holds_on(self.run_date):
                continue
            giver, taker = number.get(each.from_, -2), number.get(each.to, -2)
            pair = (of.organisation[self.a] == giver) & (of.organisation[self.b] == taker)
            pair |= (of.organisation[self.a] == taker) & (of.organisation[self.b] == giver)
            covered |= pair & self._served(each)
        return covered

    def _served(self, agreement: Agreement) -> Bools:
        if not agreement.services:
            return np.ones(len(self.a), dtype=bool)
        wanted = {family(code) for code in agreement.services} - {""}
        names = self.of.service.names
        served = np.array([name in wanted for name in names] + [False], dtype=bool)
        return self.either(served[self.of.service.family])

    @cached_property
    def asks_opinion(self) -> Bools:
        """One is a second opinion on the other: said so, or a consultant's referral from there."""
        by_consultant = self.referred_by_other & self.either(self.of.consultant_referral)
        return np.asarray(self.either(self.of.second_opinion) | by_consultant)

    @cached_property
    def cancer_with_routine(self) -> Bools:
        """Suspected cancer with routine, on less than a shared identifier."""
        return np.asarray(self.one_of_each(self.of.cancer, self.of.routine) & ~self.identified)

    @cached_property
    def planned_with_active(self) -> Bools:
        """Planned care with an active wait."""
        return self.one_of_each(self.of.planned, self.of.active)

    @cached_property
    def overdue(self) -> Bools:
        """One is planned care past its due date."""
        late = known(self.of.due) & (self.of.due < day_number(self.run_date))
        return self.either(np.asarray(self.of.planned & late))

    @cached_property
    def worth_a_row(self) -> Bools:
        """The two share a treatment function, a procedure or an identifier."""
        alike = self.same_service | self.same_procedure
        return np.asarray(alike | self.shared | self.weakly_shared | self.same_entry)
