"""What have people said that explains, or forbids to explain, that an entry no longer waits?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from waitlist_merge.review.answers import Answer
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.signed import author


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """What people have said, as entry ids.

    ``answered`` for entries that have left, since they left (``accounted``), ``agreed`` for those
    that were to be closed because another organisation keeps the patient; ``apart`` are pairs that
    somebody keeps apart, with the organisations that say so.
    """

    answered: frozenset[str] = frozenset()
    agreed: frozenset[str] = frozenset()
    apart: Mapping[tuple[str, str], str] = field(default_factory=dict)


NOBODY = People()


def kept_apart(answers: Iterable[AnswerRow]) -> dict[tuple[str, str], str]:
    """The pairs of entries that answers keep apart, as people or as needs, and who says so.

    ``answers`` begin with the oldest; who says so are organisations, sorted and joined by ``;``.
    Who has said the opposite since keeps them apart no longer.

    >>> said = AnswerRow("A-1", "Q-1", "pathway", ("E-1", "E-2"), (0, 1), "different needs")
    >>> since = AnswerRow("A-2", "Q-1", "pathway", ("E-1", "E-2"), (0, 1), "same need")
    >>> from dataclasses import replace
    >>> sorted(kept_apart([said])), sorted(kept_apart([said, since]))
    ([('E-1', 'E-2')], [])
    >>> kept_apart([replace(said, organisation="RM3")])
    {('E-1', 'E-2'): 'RM3'}
    """
    held: set[tuple[tuple[str, str], str, tuple[str, str]]] = set()
    for row in answers:
        who = author(row)
        pairs = [
            (one, other)
            for one, first in zip(row.entry_ids, row.sides, strict=True)
            for other, second in zip(row.entry_ids, row.sides, strict=True)
            if first < second
        ]
        for opposite in _TAKES_BACK.get(row.answer, ()):
            held -= {(who, opposite, min(pair, pair[::-1])) for pair in pairs}
        if row.answer in (Answer.DIFFERENT_NEEDS, Answer.DIFFERENT_PEOPLE):
            held |= {(who, row.answer, min(pair, pair[::-1])) for pair in pairs}
    said: dict[tuple[str, str], set[str]] = {}
    for (_, organisation), _, pair in held:
        said.setdefault(pair, set()).add(organisation)
    return {pair: ";".join(sorted(filter(None, said[pair]))) for pair in sorted(said)}


_TAKES_BACK: dict[str, tuple[str, ...]] = {
    Answer.SAME_NEED: (Answer.DIFFERENT_NEEDS, Answer.DIFFERENT_PEOPLE),
    Answer.SAME_PERSON: (Answer.DIFFERENT_PEOPLE,),
}
"""What the same person said before that this answer is the opposite of."""
