"""How far are the questions of this run answered, and which have to be asked again?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Confidence, Joins, PatientRelation, Relation, Veto
from waitlist_merge.review.parts import Parts
from waitlist_merge.review.ruling import Rulings
from waitlist_merge.review.spoken import Standing
from waitlist_merge.review.wording import said_in_words

OPEN = "open"
"""The state of a question that nobody has answered."""

RESTING = (str(Standing.CANNOT_TELL), str(Standing.CORRECTION))
"""States in which nobody is asked until a fact changes: after all others."""

_GRAVEST_FIRST = (
    Standing.CONFLICT,
    Standing.STALE,
    Standing.NOT_SHOWN,
    Standing.PROPOSED,
    Standing.CLINICIAN,
    Standing.CORRECTION,
    Standing.CANNOT_TELL,
    Standing.AGAIN,
)

_ASKED_AGAIN = [
    str(each) for each in (Standing.CONFLICT, Standing.STALE, Standing.NOT_SHOWN, Standing.PROPOSED)
]
"""Answers that are asked about whether or not the engine doubts by itself."""


_TOLD = ("organisation", "answer", "answered_on", "detail")
"""What is told of an answer."""


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
    for question, rows in _answers_to(parts, level, entry_ids, ruled.open).items():
        some = ruled.answers.loc[rows]
        state[question] = next(
            str(each) for each in _GRAVEST_FIRST if (some["standing"] == each).any()
        )
        told = zip(*(some[name] for name in _TOLD), strict=True)
        said[question] = "; ".join(said_in_words(*each) for each in told)
        proposed = some.loc[some["standing"] == Standing.PROPOSED, "organisation"]
        who[question] = frozenset(proposed)
    return States(state, said, tuple(who))


def _answers_to(
    parts: Parts, level: pd.Series, entry_ids: pd.Series, answers: pd.DataFrame
) -> dict[int, list[int]]:
    """The rows of the answers to each question."""
    levels = level.to_numpy(dtype=object)
    stands: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    spoken = {name for told in answers["entry_ids"] for name in told.split(";")}
    names = entry_ids.take(parts.entry).to_numpy(dtype=object)
    for at in np.flatnonzero(pd.Series(names).isin(spoken)):
        question = int(parts.question[at])
        stands[levels[question], names[at]].append((question, int(parts.side[at])))
    found: defaultdict[int, list[int]] = defaultdict(list)
    told = zip(answers.index.tolist(), answers["level"], answers["entry_ids"], strict=True)
    for row, asked, named in told:
        sides: defaultdict[int, set[int]] = defaultdict(set)
        for name in named.split(";"):
            for question, side in stands[asked, name]:
                sides[question].add(side)
        for question, those in sides.items():
            if len(those) > 1:
                found[question].append(row)
    return found


def with_asked_again(
    asked: pd.DataFrame,
    concerned: pd.DataFrame,
    ruled: Rulings,
    levels: Mapping[str, Patients],
    entry_ids: pd.Series,
    waits: NDArray[np.bool_],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The questions, and those of answers that no longer hold or that others contradict.

    ``asked`` and ``concerned`` are those of ``doubts``; ``waits`` tells of each entry whether its
    patient waits. Where the engine asks about the same groups by itself, that is enough.
    """
    again = ruled.answers[ruled.answers["standing"].isin(_ASKED_AGAIN)]
    if again.empty:
        return asked, concerned
    known = {
        (level, group)
        for level, match in levels.items()
        for group in _groups_asked(asked, concerned, level, match)
    }
    index = pd.Index(entry_ids)
    rows: list[dict[str, object]] = []
    entries: list[tuple[int, int]] = []
    spoken = zip(again["level"], again["entry_ids"], again["detail"], strict=True)
    for level, named, detail in spoken:
        place = index.get_indexer(pd.Index(named.split(";"), dtype=object))
        place = place[place >= 0]
        group = levels[level].group[place]
        key = (level, frozenset(group.tolist()))
        if len(key[1]) < 2 or not waits[place].any() or _covered(key, known):
            continue
        known.add(key)
        second = place[group != group[0]][0]
        rows.append(_question(level, int(place[0]), int(second), detail))
        entries += [(len(asked) + len(rows) - 1, int(each)) for each in place]
    if not rows:
        return asked, concerned
    more = pd.DataFrame(rows, columns=list(asked.columns)).astype(asked.dtypes.to_dict())
    told = pd.DataFrame(entries, columns=["question", "entry"], dtype=np.int64)
    return (
        pd.concat([asked, more], ignore_index=True),
        pd.concat([concerned, told], ignore_index=True),
    )


Key = tuple[str, frozenset[int]]


def _covered(key: Key, known: set[Key]) -> bool:
    """Is there a question already about two of these groups?"""
    level, groups = key
    return any(name == level and len(groups & each) > 1 for name, each in known)


def _groups_asked(
    asked: pd.DataFrame, concerned: pd.DataFrame, level: str, match: Patients
) -> list[frozenset[int]]:
    mine = (asked["level"] == level).to_numpy(dtype=bool)
    some = concerned[mine[concerned["question"]]]
    group = pd.Series(match.group[some["entry"].to_numpy()])
    return [frozenset(each) for each in group.groupby(some["question"].to_numpy()).agg(set)]


def _question(level: str, a: int, b: int, detail: str) -> dict[str, object]:
    """What is asked where an answer no longer holds: the columns of ``doubts``."""
    relation = PatientRelation.HELD_APART if level == "patient" else Relation.UNRELATED
    return {
        "level": level,
        "a": a,
        "b": b,
        "relation": str(relation),
        "joins": str(Joins.ASKED),
        "confidence": str(Confidence.POSSIBLE),
        "veto": str(Veto.DECIDED_APART),
        "weight": 0.0,
        "explanation": f"People have answered this before: {detail}",
    }
