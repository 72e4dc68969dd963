"""Do two entries of one patient name one service, one operation, one side, one stage?

Every array is boolean with one element a pair, true only where both entries say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.comparison import Comparison
from waitlist_merge.pathways.wording import alike


@dataclass(frozen=True, eq=False)
class Operations(Comparison):
    """Pairs of entries and what they are listed for."""

    @cached_property
    def same_service(self) -> Bools:
        """Both in services that count as one."""
        return self.same(self.of.service.family)

    @cached_property
    def neighbour_service(self) -> Bools:
        """Two services that may see the same problem."""
        code = self.of.service.family
        return np.asarray(self.of.service.neighbour[code[self.a], code[self.b]])

    @cached_property
    def other_service(self) -> Bools:
        """Two services that are no neighbours."""
        return np.asarray(self.differ(self.of.service.family) & ~self.neighbour_service)

    @cached_property
    def same_procedure(self) -> Bools:
        """One operation, however it is coded or worded."""
        of = self.of.procedure
        return np.asarray(self.same(of.procedure) | alike(of.words, of.forms, self.a, self.b))

    @cached_property
    def other_procedure(self) -> Bools:
        """Two operations that are not even related."""
        return self.differ(self.of.procedure.kin)

    @cached_property
    def which_procedure(self) -> Bools:
        """Two entries that wait name operations that do not follow from each other.

        One organisation's later stage may change the operation on the same part of the body.
        """
        of = self.of
        next_stage = self.same_organisation & self.differ(of.stage)
        ordinary = next_stage & self.same(of.procedure.part)
        return np.asarray(self.other_procedure & self.both_active & ~ordinary)

    @cached_property
    def other_stage(self) -> Bools:
        """Two named stages of a series of treatments."""
        stage = self.of.procedure.stage
        one, other = stage[self.a], stage[self.b]
        return np.asarray((one > 0) & (other > 0) & (one != other))

    @cached_property
    def later_stage(self) -> Bools:
        """One names a later stage; the other, decided on too and of another pathway, names none."""
        stage = self.of.procedure.stage
        one, other = stage[self.a], stage[self.b]
        named = np.where(one == 0, other > 1, (other == 0) & (one > 1))
        apart = self.different_identifiers & ~self.same_referral & self.same_organisation
        return np.asarray(named & self.both(self.of.admitted) & self.same_service & apart)

    @cached_property
    def same_side(self) -> Bools:
        """Both name the same side."""
        side = self.of.side
        return np.asarray((side[self.a] == side[self.b]) & (side[self.a] > 0))

    @cached_property
    def opposite_sides(self) -> Bools:
        """Left and right: both sides of one person are never one need by themselves."""
        side = self.of.side
        return np.asarray(
            (side[self.a] != side[self.b])
            & (side[self.a] * side[self.b] == 2)  # left is 1, right is 2, bilateral is 3
        )

    @cached_property
    def same_operation(self) -> Bools:
        """The same procedure, and the same side where the organ is one of a pair."""
        one_sided = self.same_side | ~self.has_sides
        return np.asarray(self.same_procedure & one_sided & ~self.other_stage)

    @cached_property
    def has_sides(self) -> Bools:
        """The organ is one of a pair, or one of the two entries names a side."""
        return self.either(self.of.procedure.paired | (self.of.side > 0))

    @cached_property
    def mixed_sides(self) -> Bools:
        """Both name a side and not the same one."""
        side = self.of.side
        return np.asarray((side[self.a] > 0) & (side[self.b] > 0) & ~self.same_side)

    @cached_property
    def paired_without_side(self) -> Bools:
        """One procedure on an organ of a pair, and a side is missing."""
        return np.asarray(self.same_procedure & self.has_sides & self.either(self.of.side == 0))
