"""What are two entries of one patient to each other? The relations table, in its order.

``RULES`` reads like the table of the design ("The two levels"): the first line whose evidence
fits wins, and says whether the two share a pathway and how sure that is. Then ``vetoes`` have their
say (domain 5.1-5.5, 8).

- ``certain`` needs a shared identifier and a certain patient;
- ``probable`` needs positive agreement on both sides;
- whatever rests on something unknown is at most ``possible`` and is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.evidence import SAME_OPERATION, Evidence
from waitlist_merge.pathways.vetoes import CONFIDENCES, JOINS, RELATIONS, Decided, Small, vetoed
from waitlist_merge.reasons import Confidence, Joins, Relation

Test = Callable[[Evidence], Bools]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: the relation, whether it joins, how sure, and where it fits."""

    relation: Relation
    joins: Joins
    confidence: Confidence | None
    fits: Test


def _repeated_row(e: Evidence) -> Bools:
    """One row twice, or an older submission of it (domain 1.3, key 3)."""
    against = e.other_service | e.opposite_sides | e.other_stage
    against |= e.differ(e.of.ids.ppid) | e.differ(e.of.ids.ubrn)
    corrected = e.same_entry & e.shared & e.differ(e.of.census)
    against |= e.other_procedure & ~corrected
    same_place = e.same_entry & ~against
    key = e.same_organisation & (e.shared | e.same_referral) & e.same(e.of.stage)
    key &= ~e.differ(e.of.list_type)
    start = (e.of.start[e.a] == e.of.start[e.b]) & (e.of.due[e.a] == e.of.due[e.b])
    same_key = key & start & e.same_service & ~against & ~e.differ(e.of.ids.entry)
    return np.asarray(e.same_kind & (same_place | same_key) & ~e.ended_first)


def _stages_of_one(e: Evidence) -> Bools:
    """Outpatient and admitted row, or a booking worklist's row and its pathway (domain 5.3)."""
    return np.asarray(e.same_organisation & e.shared & e.both_pathways & ~e.ended_first)


def _later_period(e: Evidence) -> Bools:
    """Same identifier, and the first period ended before the second began (domain 5.1)."""
    return np.asarray((e.shared | e.weakly_shared) & e.both_pathways & e.ended_first)


def _stopped_with_identifier(e: Evidence) -> Bools:
    return np.asarray(e.stopped_elsewhere & (e.shared | e.weakly_shared))


def _stopped_without_identifier(e: Evidence) -> Bools:
    """What may be the same need was closed at another organisation; nothing known against it."""
    against = e.opposite_sides | e.other_procedure | e.other_stage
    alike = e.neighbour_service & (e.same_operation | e.referrer_and_date)
    return np.asarray(e.stopped_elsewhere & ((e.same_service & e.near) | alike) & ~against)


def _elsewhere(e: Evidence) -> Bools:
    return np.asarray(~e.same_organisation & e.still_movable)


def _transfer_with_identifier(e: Evidence) -> Bools:
    identified = e.shared | (e.same_print & e.same(e.of.ids.issuer) & e.same_service)
    return np.asarray(_elsewhere(e) & identified & e.transfer_marked & ~e.offered)


def _transfer_without_identifier(e: Evidence) -> Bools:
    marked = e.marked_twice | (e.weakly_shared & e.transfer_marked)
    said = e.either(e.of.second_opinion)
    return np.asarray(_elsewhere(e) & marked & e.same_service & ~e.offered & ~said)


def _transfer_perhaps(e: Evidence) -> Bools:
    """The same marks between two services: a service may change, so it is no proof (domain 2)."""
    said = e.either(e.of.second_opinion | e.of.pending)
    handed = e.handed_over & e.referred_by_other
    return np.asarray(_elsewhere(e) & e.marked_twice & handed & ~e.same_service & ~said)


def _mutual_aid(e: Evidence) -> Bools:
    """On both lists until a provider has accepted (domain 5.5)."""
    tied = e.shared | e.weakly_shared | (e.referred_by_other & e.clock_travelled)
    return np.asarray(_elsewhere(e) & e.offered & tied & (e.same_service | e.shared))


def _subcontracted(e: Evidence) -> Bools:
    """Under an agreement, or on a list that says so; never guessed (domain 5.2)."""
    stated = e.agreed("subcontracted") | e.either(e.of.subcontracted)
    return np.asarray(_elsewhere(e) & stated & e.shared)


def _test_elsewhere(e: Evidence) -> Bools:
    """The asking organisation keeps the clock; the test is no second wait (domain 5.2)."""
    listed = e.one_of_each(e.of.diagnostic, e.of.active)
    agreed = e.agreed("diagnostic") & e.both_active
    return np.asarray(~e.same_organisation & e.shared & (listed | agreed))


def _test_referred(e: Evidence) -> Bools:
    """Two marks that the test is for this need: who asked, and the date of the first referral."""
    return np.asarray(e.test_asked_by_other & e.carried_date)


def _test_perhaps(e: Evidence) -> Bools:
    """Who asked, and the same service: it may be for another need of the patient there."""
    return np.asarray(e.test_asked_by_other & e.same_service)


def _identifier_twice(e: Evidence) -> Bools:
    trusted = e.same_ppid | (e.weakly_shared & e.same_service & ~e.other_procedure)
    return np.asarray(_elsewhere(e) & trusted)


def _identifier_twice_unsure(e: Evidence) -> Bools:
    return np.asarray(_elsewhere(e) & e.weakly_shared)


def _interface(e: Evidence) -> Bools:
    """One booking number at two organisations, or two for one referral (domain 5.2)."""
    two_numbers = e.differ(e.of.ids.ubrn) & e.referrer_and_date & e.carried_date & e.same_service
    against = e.other_procedure | e.mixed_sides | e.other_stage | e.asks_opinion
    return np.asarray(_elsewhere(e) & (e.same_ubrn | (two_numbers & ~against)))


def _overdue_planned(e: Evidence) -> Bools:
    """Planned care that is overdue beside an active entry for the same procedure (domain 5.3)."""
    twice = e.same_operation | (e.same_procedure & ~e.opposite_sides)
    return np.asarray(e.planned_with_active & e.overdue & twice)


def _planned(e: Evidence) -> Bools:
    return e.either(e.of.planned)


def _follow_up(e: Evidence) -> Bools:
    return e.either(e.of.not_rtt)


def _diagnostic(e: Evidence) -> Bools:
    return e.either(e.of.diagnostic)


def _other_side(e: Evidence) -> Bools:
    """The second side has a clock of its own (domain 5.3, RTT guidance 3.4.1)."""
    same_problem = e.same_procedure | ((e.same_service | e.neighbour_service) & ~e.other_procedure)
    return np.asarray(e.opposite_sides & same_problem)


def _staged(e: Evidence) -> Bools:
    """Stages of one course of treatment are listed one by one (domain 5.3)."""
    course = (e.of.stage_of_series[e.a] | e.of.stage_of_series[e.b]) & e.same_service
    further = e.later_stage | (course & e.other_procedure & e.same_organisation)
    return np.asarray(e.other_stage | further)


def _other_procedure(e: Evidence) -> Bools:
    return e.other_procedure


def _other_specialty(e: Evidence) -> Bools:
    return e.other_service


def _repeat(e: Evidence) -> Bools:
    """Two open entries of services that may see the same problem."""
    unknown = ~e.same_service & ~e.other_service & (e.same_procedure | e.referrer_and_date)
    services = e.same_service | e.neighbour_service | unknown
    return np.asarray(e.both_active & services & ~e.asks_opinion)


def _repeat_probable(e: Evidence) -> Bools:
    """The same operation within a year, or the same referral sent twice.

    Two referral numbers of one organisation are two referrals, sent on one day or not (domain 5.1).
    """
    near = e.days_apart <= SAME_OPERATION
    operation = e.same_operation & near
    two_referrals = e.same_organisation & e.differ(e.of.ids.referral)
    one_referral = (e.referrer_and_date & ~two_referrals) | e.same_referral
    referral = one_referral & ~e.mixed_sides & ~e.paired_without_side
    return np.asarray(_repeat(e) & e.same_service & (operation | referral))


def _repeat_possible(e: Evidence) -> Bools:
    return np.asarray(_repeat(e) & (e.near | (e.same_procedure & e.same_service)))


def _here(test: Test) -> Test:
    return lambda e: np.asarray(test(e) & e.same_organisation)


def _there(test: Test) -> Test:
    return lambda e: np.asarray(test(e) & ~e.same_organisation)


def _opinion(e: Evidence) -> Bools:
    services = e.same_service | e.neighbour_service
    return np.asarray(~e.same_organisation & e.both_active & services & e.asks_opinion)


def _switch(e: Evidence) -> Bools:
    """A later referral to another provider in one service: always for people (domain 8)."""
    return np.asarray(~e.same_organisation & e.both_active & e.same_service)


YES, NO, ASKED = Joins.YES, Joins.NO, Joins.ASKED
CERTAIN, PROBABLE, POSSIBLE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE

RULES: tuple[Rule, ...] = (
    Rule(Relation.RESENT, YES, CERTAIN, _repeated_row),
    Rule(Relation.TWO_STAGES, YES, CERTAIN, _stages_of_one),
    Rule(Relation.LATER_PERIOD, NO, None, _later_period),
    Rule(Relation.TREATED_ELSEWHERE, ASKED, PROBABLE, _stopped_with_identifier),
    Rule(Relation.TREATED_ELSEWHERE, ASKED, POSSIBLE, _stopped_without_identifier),
    Rule(Relation.TRANSFER, YES, CERTAIN, _transfer_with_identifier),
    Rule(Relation.TRANSFER, YES, PROBABLE, _transfer_without_identifier),
    Rule(Relation.TRANSFER, ASKED, POSSIBLE, _transfer_perhaps),
    Rule(Relation.MUTUAL_AID_IN_PROGRESS, YES, PROBABLE, _mutual_aid),
    Rule(Relation.SUBCONTRACTED, YES, CERTAIN, _subcontracted),
    Rule(Relation.DIAGNOSTIC_ELSEWHERE, YES, CERTAIN, _test_elsewhere),
    Rule(Relation.DIAGNOSTIC_ELSEWHERE, YES, PROBABLE, _test_referred),
    Rule(Relation.DIAGNOSTIC_ELSEWHERE, ASKED, POSSIBLE, _test_perhaps),
    Rule(Relation.IDENTIFIER_AT_TWO_ORGANISATIONS, YES, PROBABLE, _identifier_twice),
    Rule(Relation.INTERFACE_SERVICE, YES, PROBABLE, _interface),
    Rule(Relation.IDENTIFIER_AT_TWO_ORGANISATIONS, ASKED, POSSIBLE, _identifier_twice_unsure),
    Rule(Relation.PLANNED, ASKED, POSSIBLE, _overdue_planned),
    Rule(Relation.PLANNED, NO, None, _planned),
    Rule(Relation.FOLLOW_UP_OR_PIFU, NO, None, _follow_up),
    Rule(Relation.DIAGNOSTIC, NO, None, _diagnostic),
    Rule(Relation.OTHER_SIDE, NO, None, _other_side),
    Rule(Relation.STAGED_PROCEDURE, NO, None, _staged),
    Rule(Relation.OTHER_PROCEDURE, NO, None, _other_procedure),
    Rule(Relation.OTHER_SPECIALTY, NO, None, _other_specialty),
    Rule(Relation.REPEAT_SAME_ORGANISATION, YES, PROBABLE, _here(_repeat_probable)),
    Rule(Relation.REPEAT_OTHER_ORGANISATION, YES, PROBABLE, _there(_repeat_probable)),
    Rule(Relation.REPEAT_SAME_ORGANISATION, ASKED, POSSIBLE, _here(_repeat_possible)),
    Rule(Relation.REPEAT_OTHER_ORGANISATION, ASKED, POSSIBLE, _there(_repeat_possible)),
    Rule(Relation.SECOND_OPINION, ASKED, POSSIBLE, _opinion),
    Rule(Relation.PATIENT_CHOICE_SWITCH, ASKED, POSSIBLE, _switch),
    Rule(Relation.UNRELATED, NO, None, lambda e: np.ones(len(e.a), dtype=bool)),
)


def decide(evidence: Evidence, *, certain_patient: Bools, doubted_patient: Bools) -> Decided:
    """The relation of each pair: the first line that fits, then the vetoes.

    ``certain_patient`` says that the two are certainly one person; ``doubted_patient`` that the
    patient stage held exactly these two apart or asked about them.
    """
    rule = np.full(len(evidence.a), -1, dtype=np.int8)
    for number, each in enumerate(RULES):
        undecided = rule < 0
        if not undecided.any():
            break
        rule[undecided & each.fits(evidence)] = number
    decided = Decided(
        relation=_look_up(_relation)[rule],
        joins=_look_up(_joins)[rule],
        confidence=_look_up(_confidence)[rule],
        veto=np.zeros(len(rule), dtype=np.int8),
    )
    return vetoed(decided, evidence, certain=certain_patient, doubted=doubted_patient)


def _relation(rule: Rule) -> int:
    return RELATIONS.index(rule.relation)


def _joins(rule: Rule) -> int:
    return JOINS.index(rule.joins)


def _confidence(rule: Rule) -> int:
    return CONFIDENCES.index(rule.confidence or "")


def _look_up(part: Callable[[Rule], int]) -> Small:
    return np.array([part(each) for each in RULES], dtype=np.int8)
