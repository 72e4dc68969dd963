"""What have people said that explains, or forbids to explain, that an entry no longer waits?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from waitlist_merge.review.answers import Answer
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.signed import author, spoken_of_since
from waitlist_merge.review.spoken import Pair, levels_of, levels_spoken_of


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """What people have said, as entry ids.

    ``answered`` for entries that have left, since they left (``accounted``), ``agreed`` for those
    that were to be closed because another organisation keeps the patient; ``apart`` are pairs that
    somebody keeps apart, with the organisations that say so; ``said`` are all answers that nobody
    took back, the oldest first.
    """

    answered: frozenset[str] = frozenset()
    agreed: frozenset[str] = frozenset()
    apart: Mapping[tuple[str, str], str] = field(default_factory=dict)
    said: Sequence[AnswerRow] = ()


NOBODY = People()


def kept_apart(answers: Iterable[AnswerRow]) -> dict[tuple[str, str], str]:
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
    rows = list(answers)
    about = [[*product(levels_spoken_of(row), _across(row))] for row in rows]
    since = spoken_of_since([*zip(map(author, rows), about, strict=True)])
    said: dict[Pair, set[str]] = {}
    for row, pairs, again in zip(rows, about, since, strict=True):
        for level, pair in pairs:
            if level in _parts(row) and (level, pair) not in again:
                said.setdefault(pair, set()).add(row.organisation)
    return {pair: ";".join(sorted(filter(None, said[pair]))) for pair in sorted(said)}


def _parts(row: AnswerRow) -> tuple[str, ...]:
    """The levels at which an answer keeps entries apart."""
    if row.answer not in (Answer.DIFFERENT_NEEDS, Answer.DIFFERENT_PEOPLE):
        return ()
    return levels_of(Answer(row.answer), row.level)


def _across(row: AnswerRow) -> list[Pair]:
    """The pairs of entries on two sides of an answer, the smaller id first."""
    ends = combinations(zip(row.entry_ids, row.sides, strict=True), 2)
    return [(min(a, b), max(a, b)) for (a, one), (b, other) in ends if one != other]
