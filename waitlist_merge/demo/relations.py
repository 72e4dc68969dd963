"""Which needs get a second row, of which kind, and how many of each.

Every need takes part in at most one relation, so the truth of a row is one word: what it is to the
first row of its need, or, for a look-alike (another need), to the row that it resembles.

What shares a need is a judgement, and this is ours. A transfer, mutual aid, a contract, a test for
the pathway, a repeat and a switch of provider are one need, and so is a wait that was treated
elsewhere: the clock that still runs is for what is done. A second opinion, a later period, planned
care, a follow-up, the other side, another procedure and a further stage are needs of their own:
to close one of the two rows would take something from the patient (domain 5.3, 8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists, lookalikes, repeats, transfers
from waitlist_merge.demo.draw import Mask, some_of
from waitlist_merge.demo.repeats import Pair
from waitlist_merge.demo.waits import base_rows
from waitlist_merge.demo.world import CODES, DATES, LEFT, RIGHT, World, waited
from waitlist_merge.reasons import Relation

Eligible = Callable[[World, pd.DataFrame], Mask]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to stand on the lists twice: its rate, whom it can happen to, and what it makes."""

    rate: str
    relation: Relation
    same_need: bool
    eligible: Eligible
    make: Callable[[World, pd.DataFrame], Pair]


def _anyone(_: World, rows: pd.DataFrame) -> Mask:
    return np.ones(len(rows), dtype=bool)


def _held(days: int) -> Eligible:
    def check(world: World, rows: pd.DataFrame) -> Mask:
        return waited(world, rows) >= days

    return check


def _admitted(_: World, rows: pd.DataFrame) -> Mask:
    return np.asarray(rows["admitted"] & (rows["procedure"] >= 0))


def _not_admitted(_: World, rows: pd.DataFrame) -> Mask:
    return np.asarray(~rows["admitted"] & (rows["procedure"] < 0))


def _undecided(world: World, rows: pd.DataFrame) -> Mask:
    """An opinion is asked before an operation is decided; later it would be a repeat."""
    return np.asarray(_not_admitted(world, rows) & (waited(world, rows) >= 40))


def _booked(_: World, rows: pd.DataFrame) -> Mask:
    return np.asarray(~rows["admitted"] & (rows["booking_key"] != 0))


def _sided(_: World, rows: pd.DataFrame) -> Mask:
    return np.asarray(rows["admitted"] & rows["side"].isin([LEFT, RIGHT]))


def _staged(world: World, rows: pd.DataFrame) -> Mask:
    in_series = np.append((lists.services().procedures["staged"] == "Y").to_numpy(), False)
    return np.asarray(_admitted(world, rows) & in_series[rows["procedure"].to_numpy()])


def _contractable(world: World, rows: pd.DataFrame) -> Mask:
    taken = (lists.services().frame["independent"] == "Y").to_numpy()
    outside = lists.independent(world.organisations)
    at_trust = ~outside[rows["organisation"].to_numpy()]
    fits = _admitted(world, rows) & taken[rows["service"].to_numpy()] & at_trust
    return np.asarray(fits & (waited(world, rows) >= 40) & outside.any())


def _grown(world: World, rows: pd.DataFrame) -> Mask:
    return np.asarray(world.people.age[rows["person"].to_numpy()] >= 4)


KINDS: tuple[Kind, ...] = (
    Kind("other_side", Relation.OTHER_SIDE, False, _sided, lookalikes.other_side),
    Kind("staged", Relation.STAGED_PROCEDURE, False, _staged, lookalikes.staged),
    Kind("subcontracted", Relation.SUBCONTRACTED, True, _contractable, transfers.subcontracted),
    Kind("mutual_aid", Relation.MUTUAL_AID_IN_PROGRESS, True, _held(280), transfers.mutual_aid),
    Kind("two_stages", Relation.TWO_STAGES, True, _admitted, repeats.two_stages),
    Kind(
        "repeat_other_known",
        Relation.REPEAT_OTHER_ORGANISATION,
        True,
        _admitted,
        repeats.repeat_other,
    ),
    Kind("other_procedure", Relation.OTHER_PROCEDURE, False, _admitted, lookalikes.other_procedure),
    Kind(
        "treated_elsewhere", Relation.TREATED_ELSEWHERE, True, _held(100), repeats.treated_elsewhere
    ),
    Kind("transfer", Relation.TRANSFER, True, _held(60), transfers.transfer),
    Kind(
        "transfer_new_identifier",
        Relation.TRANSFER,
        True,
        _held(60),
        transfers.transfer_new_identifier,
    ),
    Kind("unbooked", Relation.TWO_STAGES, True, _booked, repeats.unbooked),
    Kind(
        "shared_identifier",
        Relation.IDENTIFIER_AT_TWO_ORGANISATIONS,
        True,
        _booked,
        repeats.shared_identifier,
    ),
    Kind("interface_service", Relation.INTERFACE_SERVICE, True, _booked, repeats.interface_service),
    Kind(
        "diagnostic_elsewhere",
        Relation.DIAGNOSTIC_ELSEWHERE,
        True,
        _held(20),
        transfers.diagnostic_elsewhere,
    ),
    Kind("repeat_same", Relation.REPEAT_SAME_ORGANISATION, True, _held(30), repeats.repeat_same),
    Kind(
        "repeat_other_unknown",
        Relation.REPEAT_OTHER_ORGANISATION,
        True,
        _not_admitted,
        repeats.repeat_other,
    ),
    Kind("patient_choice", Relation.PATIENT_CHOICE_SWITCH, True, _held(40), repeats.patient_choice),
    Kind("second_opinion", Relation.SECOND_OPINION, False, _undecided, lookalikes.second_opinion),
    Kind("later_period", Relation.LATER_PERIOD, False, _grown, lookalikes.later_period),
    Kind("planned", Relation.PLANNED, False, _anyone, lookalikes.planned),
    Kind("follow_up", Relation.FOLLOW_UP_OR_PIFU, False, _anyone, lookalikes.follow_up),
    Kind("other_problem", Relation.UNRELATED, False, _not_admitted, lookalikes.other_problem),
    Kind("resent", Relation.RESENT, True, _anyone, repeats.resent),
)
"""Scarce kinds choose first. A kind that finds too few needs that suit it takes all of them."""

SAME_NEED: frozenset[Relation] = frozenset(kind.relation for kind in KINDS if kind.same_need)
"""Relations whose two rows share a need_id in the truth."""


def rows_of(world: World) -> pd.DataFrame:
    """Every row of the region, first and second, with ``need`` and ``relation``."""
    base = base_rows(world)
    free = np.ones(len(base), dtype=bool)
    parts, next_need = [], len(base)
    for kind in KINDS:
        wanted = round(getattr(world.rates, kind.rate) * len(base))
        candidates = np.flatnonzero(free & kind.eligible(world, base))
        chosen = some_of(world.rng, candidates, wanted)
        if len(chosen) == 0:
            continue
        free[chosen] = False
        first, second = kind.make(world, base.iloc[chosen].reset_index(drop=True))
        if not kind.same_need:
            second = second.assign(need=np.arange(next_need, next_need + len(second)))
            next_need += len(second)
        parts += [first, second.assign(relation=kind.relation.value)]
    rest = np.flatnonzero(free)
    chosen = some_of(world.rng, rest, round(world.rates.closed * len(base)))
    free[chosen] = False
    parts.append(lookalikes.closed(world, base.iloc[chosen].reset_index(drop=True)))
    parts.append(base[free])
    # One unit of time and one kind of text in every part, or a join would guess them.
    kinds = dict.fromkeys((*DATES, "truth_start"), "datetime64[s]") | dict.fromkeys(CODES, object)
    return pd.concat([part.astype(kinds) for part in parts], ignore_index=True)
