"""What have people said that explains, or forbids to explain, that an entry no longer waits?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import pandas as pd

from waitlist_merge.review.answers import Answer
from waitlist_merge.review.rows import AnswerRow, not_undone
from waitlist_merge.review.signed import author, spoken_of_since
from waitlist_merge.review.snapshot import Snapshot, by_entry
from waitlist_merge.review.spoken import Pair, joins, levels_of, levels_spoken_of, pair_of


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """What people have said, as entry ids.

    ``answered`` for entries that have left, since they left (``accounted``), ``agreed`` for those
    that were to be closed because another organisation keeps the patient; ``apart`` are pairs that
    somebody keeps apart, with the organisations that say so; ``joined`` are pairs that people say
    are one need, ``released`` those that they had joined and no longer do; ``said`` are all answers
    that nobody took back, the oldest first.
    """

    answered: frozenset[str] = frozenset()
    agreed: frozenset[str] = frozenset()
    apart: Mapping[Pair, str] = field(default_factory=dict)
    joined: Collection[Pair] = ()
    released: Collection[Pair] = ()
    said: Sequence[AnswerRow] = ()


NOBODY = People()

Told = frozenset[tuple[str, Pair]]
"""Pairs of entries, each with the level at which something is said of it."""

_Said = dict[tuple[str, Pair], set[str]]
"""Which organisations say something of a pair at a level."""


def tied(answers: Sequence[AnswerRow], last: Snapshot | None) -> People:
    """What people say of which entries are one, and have said; ``answers`` are the register's."""
    stands = not_undone(answers)
    if last is None:
        return People(apart=kept_apart(stands), said=stands)
    joined, released = joined_by_people(answers, last.entries)
    return People(apart=kept_apart(stands), joined=joined, released=released, said=stands)


def kept_apart(answers: Iterable[AnswerRow]) -> dict[Pair, str]:
    """The pairs of entries that answers keep apart, as people or as needs, and who says so.

    ``answers`` begin with the oldest; who says so are organisations, sorted and joined by ``;``.
    The last word of each person holds, as for ``in_force``: who has said anything else since, be it
    that they cannot tell, keeps the two apart no longer.

    >>> from dataclasses import replace
    >>> said = AnswerRow("A-1", "Q-1", "pathway", ("E-1", "E-2"), (0, 1), "different needs",
    ...                  organisation="RM3")
    >>> kept_apart([said]), kept_apart([said, replace(said, answer="cannot tell")])
    ({('E-1', 'E-2'): 'RM3'}, {})
    """
    said: dict[Pair, set[str]] = {}
    for (_, pair), who in _voices(answers, joined=False).items():
        said.setdefault(pair, set()).update(who)
    return {pair: ";".join(sorted(filter(None, said[pair]))) for pair in sorted(said)}


def joined_by_people(
    answers: Iterable[AnswerRow], last: pd.DataFrame
) -> tuple[frozenset[Pair], frozenset[Pair]]:
    """Which pairs of entries does each of their organisations join as one need, and which no more?

    The second are those that each had joined, as needs or as people, and one no longer does.
    ``answers`` are those of the register, the oldest first, with those that were taken back;
    ``last`` are the entries of the last snapshot, pairs that it does not know are left aside.

    >>> said = AnswerRow("A-1", "Q-1", "pathway", ("E-1", "E-2"), (0, 1), "same need",
    ...                  organisation="RM3")
    >>> undone = AnswerRow("A-2", "Q-1", "pathway", (), (), "", undoes="A-1")
    >>> last = pd.DataFrame({"entry_id": ["E-1", "E-2"], "organisation": "RM3"})
    >>> joined_by_people([said], last), joined_by_people([said, undone], last)[1]
    ((frozenset({('E-1', 'E-2')}), frozenset()), frozenset({('E-1', 'E-2')}))
    """
    rows = list(answers)
    once: _Said = {}
    for row in rows:
        for about in _decides(row, joined=True):
            once.setdefault(about, set()).add(row.organisation)
    now = _agreed(_voices(not_undone(rows), joined=True), last)
    joined = frozenset(pair for level, pair in now if level == "pathway")
    return joined, frozenset(pair for _, pair in _agreed(once, last) - now)


def let_go(answers: Sequence[AnswerRow], seen: int, last: pd.DataFrame) -> Told:
    """Which pairs had people joined by the first ``seen`` answers, at which level, and now no more?

    ``answers`` are those of the register, the oldest first, with those that were taken back;
    ``last`` are the entries of the last snapshot.

    >>> said = AnswerRow("A-1", "Q-1", "patient", ("E-1", "E-2"), (0, 1), "same person",
    ...                  organisation="RM3")
    >>> undone = AnswerRow("A-2", "Q-1", "patient", (), (), "", undoes="A-1")
    >>> last = pd.DataFrame({"entry_id": ["E-1", "E-2"], "organisation": "RM3"})
    >>> let_go([said, undone], 1, last), let_go([said, undone], 2, last)
    (frozenset({('patient', ('E-1', 'E-2'))}), frozenset())
    """
    then, now = (
        _agreed(_voices(not_undone(known), joined=True), last)
        for known in (answers[:seen], answers)
    )
    return then - now


def _agreed(said: _Said, last: pd.DataFrame) -> Told:
    """What each organisation says that lists either of the two, as ``last`` has them."""
    named = {name for _, pair in said for name in pair}
    whose = by_entry(last[last["entry_id"].isin(named)], "organisation") if named else {}
    return frozenset(
        (level, pair)
        for (level, pair), who in said.items()
        if {whose.get(name, "") for name in pair} <= who
    )


def _voices(answers: Iterable[AnswerRow], *, joined: bool) -> _Said:
    """Who joins, or keeps apart, which entries at which level; the last word of each person."""
    rows = list(answers)
    about = [[*product(levels_spoken_of(row), _across(row))] for row in rows]
    since = spoken_of_since([*zip(map(author, rows), about, strict=True)])
    said: _Said = {}
    for row, again in zip(rows, since, strict=True):
        for each in _decides(row, joined=joined):
            if each not in again:
                said.setdefault(each, set()).add(row.organisation)
    return said


def _decides(row: AnswerRow, *, joined: bool) -> list[tuple[str, Pair]]:
    """What an answer joins, or keeps apart, at each level."""
    if joins(row.answer) is not joined:
        return []
    return [*product(levels_of(Answer(row.answer), row.level), _across(row))]


def _across(row: AnswerRow) -> list[Pair]:
    """The pairs of entries on two sides of an answer."""
    return [pair_of(row.entry_ids[one], row.entry_ids[other]) for one, other in row.across]
