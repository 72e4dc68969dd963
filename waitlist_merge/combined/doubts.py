"""About which patients and needs is a person to be asked?

A question is a set of entries that one answer settles: two patients that look alike, a patient or a
need that is only proposed, needs that may be one. Each is told by its strongest link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.clocks import Starts
from waitlist_merge.combined.shared import shared_identifiers
from waitlist_merge.pathways.columns import Bools, has_word, is_in, known, looked_up
from waitlist_merge.pathways.grouping import Group, components
from waitlist_merge.pathways.match import Patients
from waitlist_merge.reasons import Confidence, Joins, Relation, Veto


@dataclass(frozen=True, eq=False, slots=True)
class Doubts:
    """Questions as positions.

    ``questions`` has a row each: ``level`` (patient or pathway), ``a``, ``b`` (the strongest link),
    relation, joins, confidence, veto, weight, explanation. ``entries`` lists whom each concerns:
    ``question`` (row of ``questions``) and ``entry``.
    """

    questions: pd.DataFrame
    entries: pd.DataFrame


def doubts(
    entries: pd.DataFrame,
    patients: Patients,
    pathways: Patients,
    *,
    waits: Bools,
    order: NDArray[np.int64],
    person: Group,
    said: Starts,
    unsaid: Bools,
) -> Doubts:
    """The open questions; only those of patients with an entry that waits.

    ``waits`` says of each entry whether it waits, ``order`` stands as ids do, ``person`` numbers
    certain persons, ``said`` tells what it says of its clock, ``unsaid`` that its organisation
    states no start while another does.
    """
    shared = shared_identifiers(entries, patients, order)
    asked, proposed = _asking(patients.links, person)
    conflict = _clock_conflict(pathways.links, said, unsaid)
    asked_of_needs, proposed_needs = _asking(pathways.links, said.sure, conflict)
    found = [
        _of_two(_with_shared(asked, shared), patients.group, order),
        _of_one("patient", proposed, patients.group, order),
        _of_several(asked_of_needs, pathways.group, order),
        _of_one("pathway", proposed_needs, pathways.group, order),
    ]
    live = np.zeros(len(patients.group), dtype=bool)
    live[patients.group[waits]] = True
    questions, concerned = _stacked([each for each in found if len(each)])
    keep = np.zeros(len(questions), dtype=bool)
    keep[concerned["question"].to_numpy()[live[patients.group[concerned["entry"]]]]] = True
    number = np.cumsum(keep) - 1
    kept = concerned[keep[concerned["question"]]]
    return Doubts(
        questions[keep].reset_index(drop=True),
        kept.assign(question=number[kept["question"]]).reset_index(drop=True),
    )


_TOLD = ["level", "a", "b", "relation", "joins", "confidence", "veto", "weight", "explanation"]
_WORDS = dict.fromkeys(("relation", "joins", "confidence", "veto", "explanation"), "string")


def _with_shared(links: pd.DataFrame, shared: pd.DataFrame) -> pd.DataFrame:
    """The links between patients, and those of identifiers that two of them hold."""
    if shared.empty:
        return links
    return pd.concat([each[_TOLD[1:]].astype(_WORDS) for each in (links, shared)])


def _asking(
    links: pd.DataFrame, certain: Group, conflict: Bools | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The links that are asked, and those that are only proposed.

    ``certain`` numbers what is joined without a doubt; ``conflict`` marks the joining links that
    ask however certain they are.
    """
    joins = links["joins"].astype("category")
    asked, proposed = (is_in(joins, {each}) for each in (Joins.ASKED, Joins.YES))
    unsure = certain[links["a"].to_numpy()] != certain[links["b"].to_numpy()]
    if conflict is not None:
        unsure |= conflict
    return links[asked], links[proposed & unsure]


def _ends(links: pd.DataFrame, group: Group) -> tuple[Group, Group]:
    """The groups that each link is between."""
    return group[links["a"].to_numpy()], group[links["b"].to_numpy()]


def _of_one(
    level: str, links: pd.DataFrame, group: Group, order: NDArray[np.int64]
) -> pd.DataFrame:
    """Links with their question: is this patient, or this need, one?"""
    return _ranked(links, level, _ends(links, group)[0].astype(np.int64), order)


def _of_two(links: pd.DataFrame, group: Group, order: NDArray[np.int64]) -> pd.DataFrame:
    """Links with their question: are these two patients one?"""
    one, other = _ends(links, group)
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
    return _ranked(links, "patient", low * (int(group.max(initial=0)) + 1) + high, order)


def _of_several(links: pd.DataFrame, group: Group, order: NDArray[np.int64]) -> pd.DataFrame:
    """Links with their question: which of these needs are one?"""
    one, other = _ends(links, group)
    together = components(one, other, int(group.max(initial=-1)) + 1)[one]
    return _ranked(links, "pathway", together.astype(np.int64), order)


def _clock_conflict(links: pd.DataFrame, said: Starts, unsaid: Bools) -> Bools:
    """Certain links whose clocks a person must settle (domain 8, RTT guidance 11.3).

    A transfer whose two starts differ, one being the day of receipt; or two organisations of which
    one alone states a start (``unsaid`` marks the other), which may be the day of receipt too.
    """
    a, b = links["a"].to_numpy(), links["b"].to_numpy()
    start, organisation, counts = said.start, said.organisation, said.counts
    handed = has_word(links, "relation", Relation.TRANSFER)
    differ = handed & known(start[a]) & known(start[b]) & (start[a] != start[b])
    alone = (unsaid[a] != unsaid[b]) & counts[a] & counts[b]
    return np.asarray(differ | (alone & (organisation[a] != organisation[b])))


def _ranked(
    links: pd.DataFrame, level: str, question: NDArray[np.int64], place: NDArray[np.int64]
) -> pd.DataFrame:
    """Links with their question, the telling one first.

    Suspected cancer against routine before any other named veto, then by strength.
    """
    a, b = links["a"].to_numpy(), links["b"].to_numpy()
    one, other = place[a], place[b]
    veto = links["veto"].astype("category")
    unnamed = ~is_in(veto, set(veto.cat.categories) - {""})
    less_grave = ~is_in(veto, {Veto.CANCER_WITH_ROUTINE})
    unsure = has_word(links, "confidence", Confidence.POSSIBLE)
    order = np.lexsort(
        (
            np.maximum(one, other),
            np.minimum(one, other),
            -links["weight"].to_numpy(dtype=np.float64),
            unsure,
            unnamed,
            less_grave,
            question,
        )
    )
    told = links[_TOLD[1:]].iloc[order].assign(level=level, question=question[order])
    return told.astype(_WORDS)  # or pandas warns where a column of one of them says nothing


def _stacked(found: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All questions one below the other, numbered, and the entries of each."""
    if not found:
        nobody = np.empty(0, dtype=np.int64)
        empty = pd.DataFrame({name: pd.Series(dtype="string") for name in _TOLD})
        return (
            empty.astype({"a": np.int64, "b": np.int64, "weight": np.float64}),
            pd.DataFrame({"question": nobody, "entry": nobody}),
        )
    numbered, begun = [], 0
    for links in found:
        first = np.diff(links["question"].to_numpy(), prepend=-1) != 0
        number = np.cumsum(first) - 1 + begun
        begun = int(number[-1]) + 1
        numbered.append(links.assign(question=number, first=first))
    links = pd.concat(numbered, ignore_index=True)
    concerned = pd.DataFrame(
        {
            "question": np.concatenate([links["question"], links["question"]]),
            "entry": np.concatenate([links["a"], links["b"]]).astype(np.int64),
        }
    ).drop_duplicates(ignore_index=True)
    return links.loc[links["first"], _TOLD].reset_index(drop=True), concerned


def count_by_pathway(asked: Doubts, patients: Patients, pathways: Patients) -> NDArray[np.int32]:
    """How many questions concern each need or its patient; one element a group of ``pathways``."""
    level = asked.questions["level"].to_numpy()[asked.entries["question"]]
    entry = asked.entries["entry"].to_numpy()
    number = asked.entries["question"].to_numpy()
    counts = np.zeros(int(pathways.group.max(initial=-1)) + 1, dtype=np.int32)
    of_patient = np.zeros(int(patients.group.max(initial=-1)) + 1, dtype=np.int32)
    for name, group, total in (
        ("pathway", pathways.group, counts),
        ("patient", patients.group, of_patient),
    ):
        mine = level == name
        told = pd.DataFrame({"question": number[mine], "group": group[entry[mine]]})
        np.add.at(total, told.drop_duplicates()["group"].to_numpy(), 1)
    whose = np.zeros(len(counts), dtype=np.int32)
    whose[pathways.group] = patients.group
    counts += looked_up(of_patient, whose)
    return counts
