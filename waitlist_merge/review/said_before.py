"""Has who says it in a workbook said something else of it, there or in the register?

The last word of each person counts, by the day on which they said it: a workbook that is read late
undoes nothing. Whoever filled it in is told, lest they think that it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from waitlist_merge.review.rows import AnswerRow, Said, WorkRow, day_of, not_undone
from waitlist_merge.review.signed import author
from waitlist_merge.review.work import groups_of

TWO_WAYS = "one person has answered this question in two ways; the one of the latest day counts"
ONE_DAY = "one person has answered this question in two ways on one day; the one read last counts"
OLDER = "is older than what this person said of it on {:%d/%m/%Y}, which counts"


def answers_of_each(
    read: Iterable[AnswerRow], said: Sequence[AnswerRow]
) -> Iterator[tuple[list[AnswerRow], list[AnswerRow]]]:
    """What each person answers to each question, the oldest first: in the register, and as read.

    ``said`` are the answers of the register.
    """
    held: defaultdict[tuple[str, str, str], list[AnswerRow]] = defaultdict(list)
    for row in not_undone(said):
        held[_about(row)].append(row)
    for about, mine in groupby(sorted(read, key=_about), key=_about):
        yield held[about], not_undone([*mine])


def steps_of_each(
    read: Iterable[WorkRow], said: Sequence[WorkRow]
) -> Iterator[tuple[list[WorkRow], list[WorkRow]]]:
    """What each person tells of each group, as of answers.

    What the register has is known by the time of its recording.
    """
    for steps in groups_of([*not_undone(said), *read]):
        for _, mine in groupby(sorted(steps, key=author), key=author):
            told = [*mine]
            held = [row for row in told if row.recorded_at]
            if meant := [row for row in told if not row.recorded_at]:
                yield held, meant


def replaced(
    of_each: Iterable[tuple[Sequence[Said], Sequence[Said]]], said: Iterable[Said]
) -> set[str]:
    """The ids of what was said before, and after which its author said something else.

    Of what one person says of one thing in these workbooks the last counts: nothing of it is lost
    where that is also the last in the register.
    """
    known = {row.key for row in said}
    last = ((meant[-1].key, held[-1].key if held else "") for held, meant in of_each)
    return {name for name, newest in last if name in known and name != newest}


def older(
    of_each: Iterable[tuple[Sequence[Said], Sequence[Said]]],
    said: Iterable[Said],
    says: Callable[[Said], str],
) -> dict[str, str]:
    """What to tell of what is new and whose author has said something else on a later day, by id.

    What ``says`` the same as that is nothing else.
    """
    known = {row.key for row in said}
    return {
        row.key: OLDER.format(day_of(held[-1]))
        for held, meant in of_each
        for row in meant
        if row.key not in known
        and held
        and says(held[-1]) != says(row)
        and day_of(held[-1]) > day_of(row)
    }


def answered_twice(read: Sequence[AnswerRow]) -> dict[str, str]:
    """What to tell of the answers by which one person answers a question in two ways, by id."""
    mine: defaultdict[tuple[str, str, str], list[AnswerRow]] = defaultdict(list)
    for row in read:
        mine[_about(row)].append(row)
    return {
        row.answer_id: ONE_DAY if _differ(_of_latest_day(told)) else TWO_WAYS
        for told in mine.values()
        if _differ(told)
        for row in told
    }


def _differ(told: Iterable[AnswerRow]) -> bool:
    return len({row.answer for row in told}) > 1


def _of_latest_day(told: Sequence[AnswerRow]) -> list[AnswerRow]:
    latest = max(map(day_of, told))
    return [row for row in told if day_of(row) == latest]


def _about(row: AnswerRow) -> tuple[str, str, str]:
    """Who answered what."""
    return row.question_id, *author(row)
