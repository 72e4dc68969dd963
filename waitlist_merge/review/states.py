"""How far are the questions of this run answered, and which answers are asked about again?"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.again import COLUMNS
from waitlist_merge.review.parts import Parts
from waitlist_merge.review.ruling import Rulings
from waitlist_merge.review.spoken import GRAVEST_FIRST, Standing
from waitlist_merge.review.wording import said_in_words

OPEN = "open"
"""The state of a question that nobody has answered."""

RESTING = (str(Standing.CANNOT_TELL), str(Standing.CORRECTION))
"""States in which nobody is asked until a fact changes: after all others."""

_ASKED_AGAIN = [
    str(each) for each in (Standing.CONFLICT, Standing.STALE, Standing.NOT_SHOWN, Standing.PROPOSED)
]
"""Answers that are asked about whether or not the engine doubts by itself."""

_TOLD = ("organisation", "answer", "answered_on")
"""What is told of an answer, beside what has become of it."""

BEYOND = "of more entries than these"
"""Said of an answer that was about entries which are listed, and of which this is no question."""


@dataclass(frozen=True, eq=False, slots=True)
class States:
    """Of each question its ``state``, what was ``said``, and who has said so already."""

    state: NDArray[np.object_]
    said: NDArray[np.object_]
    answered_by: tuple[frozenset[str], ...]


def states(parts: Parts, level: pd.Series, entry_ids: pd.Series, ruled: Rulings) -> States:
    """What has become of each question: the gravest of what became of the answers to it.

    An answer is to a question if it was about entries on two sides of it.
    """
    state = np.full(parts.size, OPEN, dtype=object)
    said = np.full(parts.size, "", dtype=object)
    who: list[frozenset[str]] = [frozenset()] * parts.size
    for question, answers in _answers_to(parts, level, entry_ids, ruled.open).items():
        some = ruled.answers.loc[[*answers]]
        state[question] = next(
            str(each) for each in GRAVEST_FIRST if (some["standing"] == each).any()
        )
        beyond = [BEYOND if each else "" for each in answers.values()]
        details = [
            "; ".join(filter(None, each)) for each in zip(some["detail"], beyond, strict=True)
        ]
        told = zip(*(some[name] for name in _TOLD), details, strict=True)
        said[question] = "; ".join(said_in_words(*each) for each in told)
        proposed = some.loc[some["standing"] == Standing.PROPOSED, "organisation"]
        who[question] = frozenset(proposed)
    return States(state, said, tuple(who))


def _answers_to(
    parts: Parts, level: pd.Series, entry_ids: pd.Series, answers: pd.DataFrame
) -> dict[int, dict[int, bool]]:
    """The rows of the answers to each question, and whether each was about others as well."""
    levels = level.to_numpy(dtype=object)
    stands: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    spoken = {name for told in answers["entry_ids"] for name in told.split(";")}
    listed = {*entry_ids[entry_ids.isin(spoken)]} if spoken else set()
    names = entry_ids.take(parts.entry).to_numpy(dtype=object)
    for at in np.flatnonzero(pd.Series(names).isin(spoken)):
        question = int(parts.question[at])
        stands[levels[question], names[at]].append((question, int(parts.side[at])))
    found: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    told = zip(answers.index.tolist(), answers["level"], answers["entry_ids"], strict=True)
    for row, asked, named in told:
        sides: defaultdict[int, set[int]] = defaultdict(set)
        about: Counter[int] = Counter()
        for name in named.split(";"):
            for question, side in stands[asked, name]:
                sides[question].add(side)
                about[question] += 1
        there = len(listed.intersection(named.split(";")))
        for question, those in sides.items():
            if len(those) > 1:
                found[question][row] = about[question] < there
    return found


def asked_again(ruled: Rulings) -> pd.DataFrame:
    """Answers that no longer hold, that others contradict or that wait for others.

    Columns ``combined.again.COLUMNS``.
    """
    answers = ruled.answers
    return answers.loc[answers["standing"].isin(_ASKED_AGAIN), [*COLUMNS]].reset_index(drop=True)
