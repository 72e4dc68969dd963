"""Has who says it in a workbook said something else of it, there or in the register?

The last word of each person counts, by the day on which they said it: a workbook that is read late
undoes nothing. Whoever filled it in is told, lest they think that it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from waitlist_merge.review.rows import AnswerRow, WorkRow, day_of, not_undone
from waitlist_merge.review.signed import author
from waitlist_merge.review.work import groups_of

TWO_WAYS = "one person has answered this question in two ways; the one of the latest day counts"
OLDER = "is older than what this person said of it on {:%d/%m/%Y}, which counts"


def answers_replaced(read: Sequence[AnswerRow], said: Sequence[AnswerRow]) -> frozenset[str]:
    """The answers read that were said before, and after which their author said something else.

    ``said`` are those of the register. Of what one person answers to a question in these workbooks
    the last counts: nothing of it is lost where that is also the last in the register.
    """
    known = {row.answer_id for row in said}
    latest = {_about(row): row.answer_id for row in not_undone(said)}
    meant = {_about(row): row.answer_id for row in not_undone(read)}
    return frozenset(
        name for who, name in meant.items() if name in known and latest.get(who) != name
    )


def steps_replaced(read: Sequence[WorkRow], said: Sequence[WorkRow]) -> frozenset[str]:
    """The steps read that were said before, and after which their author told another one.

    As of answers: of what one person tells of a group in these workbooks the last counts.
    """
    known = {row.work_id for row in said}
    return frozenset(
        meant[-1].work_id
        for held, meant in _of_each(read, said)
        if meant[-1].work_id in known and not (held and held[-1].work_id == meant[-1].work_id)
    )


def answered_twice(read: Sequence[AnswerRow]) -> dict[str, str]:
    """What to tell of the answers by which one person answers a question in two ways, by id."""
    words: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in read:
        words[_about(row)].add(row.answer)
    return {row.answer_id: TWO_WAYS for row in read if len(words[_about(row)]) > 1}


def older_answers(read: Sequence[AnswerRow], said: Sequence[AnswerRow]) -> dict[str, str]:
    """What to tell of new answers whose author has said something else on a later day, by id."""
    known = {row.answer_id for row in said}
    latest = {_about(row): row for row in not_undone(said)}
    return {
        row.answer_id: OLDER.format(day_of(newer))
        for row in read
        if row.answer_id not in known
        and (newer := latest.get(_about(row)))
        and newer.answer != row.answer
        and day_of(newer) > day_of(row)
    }


def older_steps(read: Sequence[WorkRow], said: Sequence[WorkRow]) -> dict[str, str]:
    """What to tell of new steps whose author has told another one on a later day, by id."""
    known = {row.work_id for row in said}
    return {
        row.work_id: OLDER.format(day_of(held[-1]))
        for held, meant in _of_each(read, said)
        for row in meant
        if row.work_id not in known and held and day_of(held[-1]) > day_of(row)
    }


def _about(row: AnswerRow) -> tuple[str, str, str]:
    """Who answered what."""
    return row.question_id, *author(row)


def _of_each(
    read: Sequence[WorkRow], said: Sequence[WorkRow]
) -> Iterator[tuple[list[WorkRow], list[WorkRow]]]:
    """What each person has told of each group, the oldest first: in the register, and as read.

    What the register has is known by the time of its recording.
    """
    for steps in groups_of([*not_undone(said), *read]):
        for _, mine in groupby(sorted(steps, key=author), key=author):
            told = [*mine]
            held = [row for row in told if row.recorded_at]
            if meant := [row for row in told if not row.recorded_at]:
                yield held, meant
