"""Which of the answers that people gave hold for this run, and what becomes of the others?

Keeping apart takes effect at once. Joining takes effect once someone of each organisation concerned
has said so, over a named veto only with a second person and a reason, and never with entries that
those people were not shown. Where people disagree, apart holds and both are told. An answer that
rested on a fact which has changed is asked again; until then what was kept apart stays apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.decided import NONE, Decided, contradicted
from waitlist_merge.plural import several
from waitlist_merge.reasons import Veto
from waitlist_merge.review.facts import said_by
from waitlist_merge.review.rows import AnswerRow, not_undone
from waitlist_merge.review.signed import author, letters, spoken_of_since
from waitlist_merge.review.spoken import (
    RULED,
    WITHOUT_FACT,
    Listed,
    Pair,
    Spoken,
    Standing,
    who,
    words,
)


@dataclass(frozen=True, eq=False, slots=True)
class Rulings:
    """What people have decided, for the engine, and what has become of each of their answers.

    ``answers`` has a row for each answer that was not taken back, the oldest first, with columns
    ``RULED``: ``organisations`` are those of the entries shown, ``standing`` is a ``Standing`` and
    ``detail`` says in words whom it waits for or what has changed.
    """

    patients: Decided = NONE
    pathways: Decided = NONE
    answers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*RULED]))

    @property
    def open(self) -> pd.DataFrame:
        """Answers that settle nothing yet."""
        settled = (Standing.IN_FORCE, Standing.REPLACED, Standing.DORMANT, Standing.SPENT)
        return self.answers[~self.answers["standing"].isin([str(each) for each in settled])]


def in_force(answers: Sequence[AnswerRow], entries: pd.DataFrame) -> Rulings:
    """What of all that people have answered holds for these entries?

    ``answers`` are those of the register, the oldest first; ``entries`` are the typed entries of
    the run with the ids that they keep. The order of rows changes nothing.
    """
    kept = not_undone(answers)
    if not kept:
        return Rulings()
    place, listed = _listed(kept, entries)
    spoken = [Spoken.of(row, listed) for row in kept]
    _renewed(spoken)
    decided = {level: _decide(level, spoken, place) for level in ("patient", "pathway")}
    table = pd.DataFrame([each.told() for each in spoken], columns=[*RULED])
    return Rulings(decided["patient"], decided["pathway"], table)


def _listed(answers: Iterable[AnswerRow], entries: pd.DataFrame) -> tuple[dict[str, int], Listed]:
    """Where the entries that were spoken of stand in the run, and what they say."""
    names = {name for row in answers for name in (*row.entry_ids, *row.unseen)}
    named = sorted(names)
    found = pd.Index(entries["entry_id"]).get_indexer(pd.Index(named, dtype=object))
    place = {name: int(at) for name, at in zip(named, found, strict=True) if at >= 0}
    some = entries.iloc[[*place.values()]]
    row = {name: at for at, name in enumerate(place)}
    return place, Listed(row, some["organisation"].astype(str).tolist(), said_by(some))


def _renewed(spoken: Sequence[Spoken]) -> None:
    """Mark of each answer the pairs of which the same person has said something since."""
    said = [(author(each.row), each.topics) for each in spoken]
    for each, since in zip(spoken, spoken_of_since(said), strict=True):
        each.renewed = since


def _decide(level: str, spoken: Sequence[Spoken], place: Mapping[str, int]) -> Decided:
    """What is decided at one level; says of each answer what has become of it."""
    said: dict[Pair, list[Spoken]] = {}
    vetoes: defaultdict[Pair, set[str]] = defaultdict(set)
    for each in spoken:
        for pair in each.about(level):
            said.setdefault(pair, []).append(each)
        for pair in each.pairs if level in each.levels else ():
            vetoes[pair].add(each.row.veto)
    keeping = {pair: _apart(level, said[pair]) for pair in sorted(said)}
    agreed = [
        (pair, joins)
        for pair, keeps in keeping.items()
        if (joins := _agreed(level, pair, said[pair], keeps, vetoes[pair]))
    ]
    apart = {pair: who(keeps) for pair, keeps in keeping.items() if keeps}
    return _without_contradictions(apart, _joinable(agreed, spoken), place)


def _apart(level: str, said: Sequence[Spoken]) -> list[Spoken]:
    """Those who keep the two apart; where others who would join them are told of the conflict."""
    keeps = [each for each in said if each.verdict(level) is False]
    joins = [each for each in said if each.verdict(level) and not each.changed[level]]
    for each in keeps:
        if each.changed[level]:
            each.settle(Standing.STALE, *each.changed[level])
        else:
            each.settle(Standing.IN_FORCE)
    if joins and any(not each.changed[level] for each in keeps):
        fresh = [each for each in keeps if not each.changed[level]]
        for mine, others in ((fresh, joins), (joins, fresh)):
            for each in mine:
                each.settle(Standing.CONFLICT, f"{who(others)} said {words(others)}")
    return keeps


def _anew(level: str, said: Sequence[Spoken], keeps: Sequence[Spoken]) -> Sequence[Spoken]:
    """Those who count beside those who keep the two apart: nobody, until all of that is stale.

    Then who has spoken since, with the facts as they are now: an older yes is no answer to what is
    asked again.
    """
    if not keeps:
        return said
    if not all(each.changed[level] for each in keeps):
        return ()
    rested = set().union(*(each.altered(level, joined=False) for each in keeps))
    since = said[said.index(keeps[-1]) + 1 :]
    return [each for each in since if rested.isdisjoint(each.altered(level, joined=None))]


def _agreed(
    level: str,
    pair: Pair,
    said: Sequence[Spoken],
    keeps: Sequence[Spoken],
    vetoes: Collection[str],
) -> list[Spoken]:
    """Those whose answers join the two, where everybody has said so who has to.

    ``vetoes`` are all that anybody was shown who has spoken of the two.
    """
    joins = [each for each in said if each.verdict(level)]
    for each in joins:
        if each.changed[level]:
            each.settle(Standing.STALE, *each.changed[level])
        elif each.unseen:
            each.settle(Standing.NOT_SHOWN, _UNSEEN)
    anew = _anew(level, said, keeps)
    sound = [each for each in joins if not each.changed[level] and not each.unseen]
    for each in sound:
        if each not in anew:
            each.settle(Standing.PROPOSED, _ANEW)
    valid = [each for each in sound if each in anew]
    if not valid:
        return []
    concerned = {valid[0].organisation_of[name] for name in pair}
    missing = sorted(concerned - {each.row.organisation for each in valid})
    vetoed = _vetoed({each.row.veto for each in valid}, vetoes)
    people = {letters(each.row.reviewer) for each in valid if each.row.organisation in concerned}
    one_for_all = not missing and len(people) < len(concerned)
    second = vetoed and not any(each.overrides for each in valid)
    waits = [_ONE_PERSON.format(several(sorted(concerned)))] if one_for_all else []
    waits += [f"waits for a second person and a reason to override {vetoed[0]}"] if second else []
    if not missing and not waits:
        return [each for each in valid if each.row.organisation in concerned]
    for each in valid:
        each.missing.update(missing)
        each.settle(Standing.PROPOSED, *waits)
    return []


def _vetoed(shown: Collection[str], known: Collection[str]) -> list[str]:
    """The facts against it: a question that names a decision names no fact that stood before it."""
    behind = known if str(Veto.DECIDED_APART) in shown else ()
    return sorted({*shown, *behind} - {*WITHOUT_FACT})


_ANEW = "waits for an answer with the facts as they are now"
_ONE_PERSON = "waits for another person: one alone cannot answer for {}"
_UNSEEN = "would join entries that were not shown"


def _joinable(
    agreed: Sequence[tuple[Pair, list[Spoken]]], spoken: Sequence[Spoken]
) -> dict[Pair, list[Spoken]]:
    """The agreed pairs that join nothing which those who agreed were not shown.

    What was agreed first comes first; a pair that would then bring in further entries is asked.
    """
    age = {id(each): place for place, each in enumerate(spoken)}
    together: dict[str, set[str]] = {}
    found: dict[Pair, list[Spoken]] = {}
    by_age = sorted(agreed, key=lambda each: (max(age[id(one)] for one in each[1]), each[0]))
    for pair, joins in by_age:
        one, other = (together.get(name, {name}) for name in pair)
        whole = one | other
        if not _all_shown(whole, pair, joins):
            for each in joins:
                each.settle(Standing.NOT_SHOWN, _UNSEEN)
            continue
        for name in whole:
            together[name] = whole
        found[pair] = joins
        for each in joins:
            each.joined |= {each.organisation_of[name] for name in pair}
            each.settle(Standing.IN_FORCE)
    return found


def _all_shown(whole: set[str], pair: Pair, joins: Sequence[Spoken]) -> bool:
    """Has someone of each organisation of the pair been shown all that would be one?"""
    concerned = {joins[0].organisation_of[name] for name in pair}
    saw = {each.row.organisation for each in joins if whole <= each.shown}
    return concerned <= saw


def _without_contradictions(
    apart: Mapping[Pair, str],
    joined: Mapping[Pair, list[Spoken]],
    place: Mapping[str, int],
) -> Decided:
    """The decisions as positions; joins that meet a pair kept apart are told as conflicts.

    A pair that is both was answered anew: it is kept apart again where the join comes to nothing.
    """
    pairs = [*joined, *(pair for pair in apart if pair not in joined)]
    ends = np.array([sorted(place[name] for name in pair) for pair in pairs], dtype=np.int32)
    ends = ends.reshape(-1, 2)
    yes = np.arange(len(pairs)) < len(joined)
    if not pairs:
        return NONE
    broken = contradicted(Decided(ends[:, 0], ends[:, 1], yes), int(ends.max()) + 1)
    for at in np.flatnonzero(broken):
        for each in joined[pairs[at]]:
            each.settle(Standing.CONFLICT, "other answers keep entries of this group apart")
    obeyed = yes & ~broken
    said = [
        who(joined[pair]) if join else apart.get(pair, "")
        for pair, join in zip(pairs, obeyed, strict=True)
    ]
    known = np.array([pair in apart for pair in pairs], dtype=bool)
    return _sorted(Decided(ends[:, 0], ends[:, 1], obeyed, said)[obeyed | known])


def _sorted(decided: Decided) -> Decided:
    """The same in the order of positions."""
    order: NDArray[np.intp] = np.lexsort((decided.b, decided.a))
    said = [decided.said[at] for at in order]
    return Decided(decided.a[order], decided.b[order], decided.joined[order], said)
