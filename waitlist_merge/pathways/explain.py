"""Why are two entries linked, asked about or held apart? One sentence a pair, with its dates.

The sentence says the parts of the weight (principle 6) in words that a booking clerk uses. It is
built column by column with Arrow, from distinct values; no pair is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import words_at
from waitlist_merge.pathways.columns import Bools, iso, known
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.pathways.vetoes import RELATIONS, VETOES, Decided
from waitlist_merge.pathways.weights import PARTS, words
from waitlist_merge.reasons import Relation, Veto

SIDE_WORDS = ("", "left", "right", "both sides")

RELATION_WORDS: dict[Relation, str] = {
    Relation.RESENT: "one row sent twice",
    Relation.TWO_STAGES: "one pathway's rows at one organisation",
    Relation.LATER_PERIOD: "the first waiting period ended before the second began",
    Relation.TREATED_ELSEWHERE: "one organisation stopped its clock and the other still waits",
    Relation.SUBCONTRACTED: "done by another provider under an agreement",
    Relation.DIAGNOSTIC_ELSEWHERE: "one is a test for the other",
    Relation.PLANNED: "planned care is outside referral to treatment",
    Relation.FOLLOW_UP_OR_PIFU: "a follow-up is outside referral to treatment",
    Relation.DIAGNOSTIC: "a test has a clock of its own",
    Relation.STAGED_PROCEDURE: "stages of one course of treatment",
    Relation.SECOND_OPINION: "one may be a second opinion on the other",
    Relation.PATIENT_CHOICE_SWITCH: "a later referral to another provider",
    Relation.UNRELATED: "nothing ties the two together",
}

VETO_WORDS: dict[Veto, str] = {
    Veto.CANCER_WITH_ROUTINE: "never joined without a shared identifier",
    Veto.PLANNED_WITH_ACTIVE: "never joined",
    Veto.PATIENT_NOT_CERTAIN: "that the two are one person is itself asked",
    Veto.GROUP_CONFLICT: "joining would put two entries together that are known to be apart",
    Veto.DECIDED_APART: "kept apart",
}

_Text: TypeAlias = pa.Array


def explanations(
    evidence: Evidence, decided: Decided, *, certain: Bools, through_others: Bools
) -> pa.Array:
    """One sentence for each pair, as an Arrow array of text.

    ``certain`` says that the two are certainly one person; ``through_others`` that the two share a
    pathway only because each is linked to a third entry.
    """
    first, second = _names(evidence)
    parts = [
        _either("Same patient", "Probably the same patient", certain),
        _when("joined through a third entry", through_others),
        _word(RELATIONS, RELATION_WORDS, decided.relation),
        *(_when(words()[part], PARTS[part](evidence)) for part in PARTS if words()[part]),
        _procedures(evidence, first, second),
        _sides(evidence, first, second),
        *_clocks(evidence, first, second),
        *_stops(evidence, first, second),
        *_decisions(evidence, first, second),
        _word(VETOES, VETO_WORDS, decided.veto),
    ]
    return pc.binary_join_element_wise(*parts, "; ", null_handling="skip")


def _when(text: str, where: Bools) -> _Text:
    """The text where the condition holds, else nothing."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(len(where), np.int8), mask=~where), pa.array([text])
    ).dictionary_decode()


def _either(text: str, otherwise: str, where: Bools) -> _Text:
    return pa.array([otherwise, text]).take(pa.array(where.astype(np.int8)))


def _word(
    names: Sequence[str], said: dict[Relation, str] | dict[Veto, str], code: NDArray[np.int8]
) -> _Text:
    spoken = {str(key): text for key, text in said.items()}
    return pa.array([spoken.get(name) for name in names], pa.string()).take(pa.array(code))


def _join(*pieces: _Text | str) -> _Text:
    """Pieces of one phrase; missing where any piece is."""
    return pc.binary_join_element_wise(*pieces, "")


def _only(phrase: _Text, where: Bools) -> _Text:
    return pc.if_else(pa.array(where), phrase, pa.scalar(None, pa.string()))


def _names(e: Evidence) -> tuple[_Text, _Text]:
    """How the two entries are called: by organisation; two of one are "one entry", "the other"."""
    first, second = (_organisation(e, at) for at in (e.a, e.b))
    alike = pa.array(e.same_organisation)
    one = pc.if_else(alike, _join("one entry of ", first), first)
    return one, pc.if_else(alike, "the other", second)


def _organisation(e: Evidence, at: NDArray[np.int64]) -> _Text:
    names = pa.array(e.of.organisations, pa.string())
    return pc.fill_null(words_at(names, e.of.organisation[at]), "unknown organisation")


def _each(e: Evidence, first: _Text, second: _Text, so: Bools) -> tuple[_Text, _Text]:
    """The names of those of which something is so; none is "the other" without the one."""
    named = pc.if_else(pa.array(e.same_organisation & ~so[e.a]), first, second)
    return _only(first, so[e.a]), _only(named, so[e.b])


def _procedures(e: Evidence, first: _Text, second: _Text) -> _Text:
    """What the two are listed for."""
    names = pa.array(e.of.procedure.names, pa.string())
    code = e.of.procedure.procedure
    mine, theirs = words_at(names, code[e.a]), words_at(names, code[e.b])
    silent = pc.coalesce(*_each(e, first, second, code < 0))
    lines = (
        (e.same(code), _join("both list ", mine)),
        (e.same_procedure, _when("both word one operation", e.same_procedure)),
        (e.other_procedure, _join(first, " lists ", mine, ", ", second, " ", theirs)),
        ((code[e.a] < 0) != (code[e.b] < 0), _join(silent, " names no procedure")),
        ((code[e.b] < 0) & (code[e.a] < 0), _when("neither names a procedure", code[e.a] < 0)),
    )
    return pc.coalesce(*(_only(phrase, where) for where, phrase in lines))


def _sides(e: Evidence, first: _Text, second: _Text) -> _Text:
    sides = pa.array(SIDE_WORDS)
    mine, theirs = sides.take(pa.array(e.of.side[e.a])), sides.take(pa.array(e.of.side[e.b]))
    lines = (
        (e.same_side, _join("both say ", mine)),
        (e.mixed_sides, _join(first, " says ", mine, ", ", second, " ", theirs)),
        (e.paired_without_side, _when("a side is missing", e.paired_without_side)),
    )
    return pc.coalesce(*(_only(phrase, where) for where, phrase in lines))


def _clocks(e: Evidence, first: _Text, second: _Text) -> list[_Text]:
    """How the clocks stand to each other, the earlier one first."""
    start = e.of.start
    one, other = start[e.a], start[e.b]
    both = known(one) & known(other)
    apart = np.abs(one.astype(np.int64) - other)
    number = pc.cast(pa.array(apart), pa.string())
    unit = _either(" day ", " days ", apart == 1)
    mine, theirs = iso(one), iso(other)
    whose = _join(_organisation(e, e.a), "'s two clocks started ", number, unit, "apart")

    def before(x: _Text, y: _Text, x_day: _Text, y_day: _Text) -> _Text:
        lead = _join(x, "'s clock started ", number, unit, "before ", y, "'s")
        told = pc.if_else(pa.array(e.same_organisation), whose, lead)
        return _join(told, " (", x_day, "; ", y_day, ")")

    lines = (
        (both & (one == other), _join("both clocks started on ", mine)),
        (both & (one < other), before(first, second, mine, theirs)),
        (both & (one > other), before(second, first, theirs, mine)),
    )
    silent = _each(e, first, second, ~known(start))
    return [
        pc.coalesce(*(_only(phrase, where) for where, phrase in lines)),
        *(_join(name, " states no clock start") for name in silent),
    ]


def _stops(e: Evidence, first: _Text, second: _Text) -> list[_Text]:
    """When a closed entry was stopped."""
    ended = _each(e, first, second, e.of.closed & known(e.of.stop))
    return [
        _join(name, " stopped on ", iso(e.of.stop[at]))
        for name, at in zip(ended, (e.a, e.b), strict=True)
    ]


def _decisions(e: Evidence, first: _Text, second: _Text) -> list[_Text]:
    """Who has not decided to admit, where the other has."""
    lacking = ~known(e.of.decision)
    uneven = lacking[e.a] != lacking[e.b]
    entry = pc.if_else(pa.array(e.same_organisation), "", "'s entry")
    return [
        _only(_join(name, entry, " has no decision to admit"), uneven)
        for name in _each(e, first, second, lacking)
    ]
