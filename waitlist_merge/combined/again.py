"""Questions that people have answered and that are asked again: they disagree, or a fact changed.

They are doubts of the list like those of the engine: a row counts them, and has its next step by
them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from waitlist_merge.combined.doubts import Doubts
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Confidence, Joins, PatientRelation, Relation, Veto

COLUMNS = ("level", "entry_ids", "detail")
"""Of each answer: about people or needs, of which entries (joined by ;), and why again."""

AGAIN = "People have answered this before"
"""How the reason of such a question begins."""

NOTHING_AGAIN = pd.DataFrame(columns=[*COLUMNS])


def with_asked_again(
    asked: Doubts,
    again: pd.DataFrame,
    levels: Mapping[str, Patients],
    entry_ids: pd.Series,
    waits: Bools,
) -> Doubts:
    """The questions, and those of answers that are asked about again (columns ``COLUMNS``).

    ``waits`` tells of each entry whether it waits. Where the engine asks about the same groups by
    itself, that is enough; and of a patient who waits nowhere nothing is asked.
    """
    if again.empty:
        return asked
    known = {
        (level, group)
        for level, match in levels.items()
        for group in _groups_asked(asked, level, match)
    }
    person = levels["patient"].group
    live = np.zeros(int(person.max(initial=-1)) + 1, dtype=bool)
    live[person[waits]] = True
    index = pd.Index(entry_ids)
    rows: list[dict[str, object]] = []
    entries: list[tuple[int, int]] = []
    for level, named, detail in zip(*(again[name] for name in COLUMNS), strict=True):
        place = index.get_indexer(pd.Index(named.split(";"), dtype=object))
        place = place[place >= 0]
        group = levels[level].group[place]
        key = (level, frozenset(group.tolist()))
        if len(key[1]) < 2 or not live[person[place]].any() or _covered(key, known):
            continue
        known.add(key)
        second = place[group != group[0]][0]
        rows.append(_question(level, int(place[0]), int(second), detail))
        number = len(asked.questions) + len(rows) - 1
        entries += [(number, int(each)) for each in place]
    if not rows:
        return asked
    columns = asked.questions
    more = pd.DataFrame(rows, columns=list(columns)).astype(columns.dtypes.to_dict())
    told = pd.DataFrame(entries, columns=["question", "entry"], dtype=np.int64)
    return Doubts(
        pd.concat([columns, more], ignore_index=True),
        pd.concat([asked.entries, told], ignore_index=True),
    )


Key = tuple[str, frozenset[int]]


def _covered(key: Key, known: set[Key]) -> bool:
    """Is there a question already about two of these groups?"""
    level, groups = key
    return any(name == level and len(groups & each) > 1 for name, each in known)


def _groups_asked(asked: Doubts, level: str, match: Patients) -> list[frozenset[int]]:
    mine = (asked.questions["level"] == level).to_numpy(dtype=bool)
    some = asked.entries[mine[asked.entries["question"]]]
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
        "explanation": f"{AGAIN}: {detail}",
    }
