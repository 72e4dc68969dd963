"""A quarter under way: what is to happen in which week, and what was seen so far."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pandas as pd

import waitlist_merge as wm
from benchmarks.quarter_region import FIRST_MONDAY, Region

Lists = dict[str, tuple[pd.DataFrame, list[int]]]
IDS = ("entry_id", "patient_id", "pathway_id")
Ids = dict[int, tuple[str, str, str]]
"""The ids that each place had in a run."""
Words = tuple[str, str, str, str]
"""Two entries, the level and who speaks: of these only the last word counts."""


@dataclass(frozen=True)
class Script:
    """In which week what happens; ``answered``: somebody rings about what both removed.

    In the weeks ``in_workbooks`` the reviewers of each organisation fill in the workbook, which is
    read back; in the others their answers go to the register as rows, which is quicker.
    """

    weeks: int = 13
    in_workbooks: tuple[int, ...] = tuple(range(1, 14))
    late: int = 4
    half: int = 6
    renumbered: int = 8
    killed: int = 9
    both_removed: int = 10
    answered: int = 12


SHORT = Script(
    weeks=7,
    in_workbooks=(2, 3, 5, 6),
    late=2,
    half=3,
    renumbered=4,
    killed=5,
    both_removed=5,
    answered=7,
)
"""The same in seven weeks, for a test."""


@dataclass
class Step:
    """How far the work on a duplicate is: who keeps, who closes, and whether that is true."""

    keeper: int
    other: int
    state: str
    true: bool


@dataclass(frozen=True)
class Verdict:
    """What somebody said last of two entries: the how manieth answer, for whom, what agreed."""

    number: int
    organisation: str
    agreed: frozenset[str]


@dataclass(frozen=True)
class Past:
    """What a run said, and what the register held by then, to be looked up again at the end."""

    week: int
    ids: dict[str, tuple[str, str]]
    changes: int
    answers: int
    work: int
    held: str


@dataclass
class Quarter:
    """A quarter under way: the region, the register, and what was seen so far.

    ``apart`` and ``one`` are who keeps two entries apart, and who says that they are one;
    ``starts`` the clock start of each entry's row last week, ``later`` how often one was moved to a
    later day; ``anew`` how often two were together that newer answers made one again;
    ``mistaken`` are needs whose entries left, and that wrong answers had taken for another need.
    ``plan`` has the key of the entry ids: with a key of the register's own, the order of questions
    and so the answers would be others each time, whatever the seed.
    """

    region: Region
    register: Path
    plan: wm.MergePlan
    chance: Random
    script: Script
    ids: Ids = field(default_factory=dict)
    lost_ids: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    apart: dict[Words, Verdict] = field(default_factory=dict)
    one: dict[Words, Verdict] = field(default_factory=dict)
    starts: dict[str, pd.Timestamp] = field(default_factory=dict)
    later: int = 0
    anew: int = 0
    mistaken: set[int] = field(default_factory=set)
    given: int = 0
    in_books: int = 0
    said: Counter[tuple[object, ...]] = field(default_factory=Counter)
    work: dict[tuple[int, int], Step] = field(default_factory=dict)
    steps: int = 0
    closed: int = 0
    kept_on: int = 0
    numbered: int = 0
    accounted: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    both: int = -1
    told: list[dict[str, object]] = field(default_factory=list)
    past: dict[int, Past] = field(default_factory=dict)

    def confirmed_pairs(self) -> list[tuple[int, int]]:
        """The two places of each need that is confirmed as a duplicate and waits at both."""
        places = self.region.places
        return [
            (need.places[0], need.places[1])
            for number, need in enumerate(self.region.needs)
            if not need.ended
            and number != self.both
            and len(need.places) == 2
            and all(places[each].state == "waiting" for each in need.places)
            and all(each in self.ids for each in need.places)
            and len({self.ids[each][2] for each in need.places}) == 1
            and any(self.ids[each][0] in self.confirmed for each in need.places)
        ]

    def check(self, holds: bool, said: str) -> None:
        """Remember what did not hold."""
        if not holds:
            self.failures.append(said)


def monday(week: int) -> dt.date:
    return FIRST_MONDAY + dt.timedelta(weeks=week - 1)


def ids_of(lists: Lists, result: wm.MergeResult) -> Ids:
    """The ids that the run gives each place."""
    ids = zip(*(result.entries[name] for name in IDS), strict=True)
    return dict(zip(places_of(lists, result), ids, strict=True))


def places_of(lists: Lists, result: wm.MergeResult) -> list[int]:
    """Which place each entry of the run is."""
    of = {code: numbers for code, (_, numbers) in lists.items()}
    rows = result.entries[["organisation", "source_row"]].itertuples(index=False, name=None)
    return [of[str(code)][int(row) - 1] for code, row in rows]
