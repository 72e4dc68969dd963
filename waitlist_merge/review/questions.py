"""What has a person to answer, in which order?

One row a question, the most urgent first; what is only proposed comes after what joined nothing,
since its entries are all shown anyway.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.combine import Combined
from waitlist_merge.identity import keyed_hashes
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.pathways.match import Patients, certain_people, deaths_of, restricted
from waitlist_merge.reasons import Joins, Veto
from waitlist_merge.review.parts import Parts, whole_groups
from waitlist_merge.review.ruling import Rulings
from waitlist_merge.review.settling import effects, settling_fact, who_is_asked
from waitlist_merge.review.spoken import WITHOUT_FACT, Standing
from waitlist_merge.review.states import RESTING, States, states
from waitlist_merge.review.urgency import CANCER, DATED, ORDINARY, urgency
from waitlist_merge.review.wording import DECEASED, DECEASED_PERHAPS, wording
from waitlist_merge.schema import TABLES


def questions(
    entries: pd.DataFrame,
    patients: Patients,
    pathways: Patients,
    combined: Combined,
    *,
    run_date: dt.date,
    ruled: Rulings | None = None,
) -> pd.DataFrame:
    """The review queue: one row a question, in order, with the columns of tables.csv.

    A question shows all entries of the groups concerned. With what people have said so far
    (``ruled``) each question says how far it is answered. The order of rows of ``entries`` changes
    nothing.
    """
    ruled = ruled or Rulings()
    columns = combined.entry_columns
    levels = {"patient": patients, "pathway": pathways}
    asked, concerned = combined.doubts.questions, combined.doubts.entries
    order = combined.history.order
    parts = whole_groups(asked, concerned, levels, entries["organisation"], order)
    person = certain_people(patients.links, len(entries))
    dead, perhaps_dead = deaths_of(entries, person, patients.group)
    deceased = parts.any(perhaps_dead)
    urgencies = urgency(entries, columns, dead, run_date=run_date)
    rank = _harm(asked, parts, urgencies, alive=parts.any(~dead))
    told = states(parts, asked["level"], entries["entry_id"], ruled)
    ids = parts.joined(entries["entry_id"])
    organisations = parts.joined(entries["organisation"])
    queue = asked.assign(
        question_id=question_ids(asked["level"].tolist(), ids.tolist()),
        question=_worded(asked, deceased, ~parts.any(~dead)),
        why=asked["explanation"],
        organisations=organisations,
        entry_ids=ids,
        sides=parts.sides(entries["entry_id"]),
        patient_ids=parts.joined(columns["patient_id"]),
        pathway_ids=parts.joined(columns["pathway_id"]),
        urgent=rank <= DATED,
        deceased=deceased,
        restricted=parts.any(restricted(entries, patients.group)),
        state=told.state,
        said=told.said,
        this_week=True,
        **_answering(asked, organisations.tolist(), told),
    )
    queue = queue.iloc[_order(queue, rank)].reset_index(drop=True)
    queue["order"] = np.arange(1, len(queue) + 1, dtype=np.int32)
    return queue[[column.name for column in TABLES["review_queue"]]]


def _harm(
    asked: pd.DataFrame, parts: Parts, urgencies: NDArray[np.int8], *, alive: Bools
) -> NDArray[np.int8]:
    """How much harm a late answer to each question does, to anyone concerned (see urgency)."""
    rank = np.full(parts.size, ORDINARY, dtype=np.int8)
    np.minimum.at(rank, parts.question, urgencies[parts.entry])
    cancer = (asked["veto"] == str(Veto.CANCER_WITH_ROUTINE)).to_numpy(dtype=bool)
    rank[cancer & alive] = CANCER
    mixed_up = (asked["veto"] == str(Veto.IDENTIFIER_OF_TWO_PATIENTS)).to_numpy(dtype=bool)
    rank[mixed_up] = np.minimum(rank[mixed_up], DATED)
    return rank


def _order(queue: pd.DataFrame, rank: NDArray[np.int8]) -> NDArray[np.intp]:
    """What is asked first: harm, then the doubt that an answer settles; what rests comes last."""
    return np.lexsort(
        (
            np.unique(queue["question_id"].to_numpy(dtype=str), return_inverse=True)[1],
            -queue["weight"].to_numpy(dtype=np.float64),
            (queue["joins"] == str(Joins.YES)).to_numpy(dtype=bool),
            -np.round(doubt(queue), 2),
            rank,
            queue["state"].isin(RESTING).to_numpy(dtype=bool),
        )
    )


def doubt(queue: pd.DataFrame) -> NDArray[np.float64]:
    """How much doubt an answer settles, in bits: 1 where it may as well be yes as no.

    ``weight`` is taken for what it is, the log2 odds of sameness; where a named fact stands against
    it nobody can say, and the doubt is whole.

    >>> told = pd.DataFrame({"weight": [0.0, 10.0, 10.0], "veto": ["", "", "twins"]})
    >>> np.round(doubt(told), 2).tolist()
    [1.0, 0.01, 1.0]
    """
    odds = np.clip(queue["weight"].to_numpy(dtype=np.float64), -_SURE, _SURE)
    yes = 1 / (1 + 2.0**-odds)
    bits = -(yes * np.log2(yes) + (1 - yes) * np.log2(1 - yes))
    vetoed = queue["veto"].fillna("").to_numpy(dtype=object) != ""
    return np.asarray(np.where(vetoed, 1.0, bits))


_SURE = 40.0
"""Bits beyond which the odds are as good as certain: one more makes no difference to the order."""


def _answering(
    asked: pd.DataFrame, organisations: Iterable[str], told: States
) -> dict[str, list[str]]:
    """Who can answer each question, the fact that settles it, what each answer will do."""
    kinds = asked[["level", "relation", "veto"]].fillna("").astype(str)
    clinical = (told.state == str(Standing.CLINICIAN)).tolist()
    answering = cache(_answering_one)
    answers = [
        answering(*row)
        for row in zip(
            *(kinds[name].tolist() for name in kinds),
            organisations,
            clinical,
            told.answered_by,
            strict=True,
        )
    ]
    names = ("who_answers", "settling_fact", "answer_effects")
    return {name: [each[at] for each in answers] for at, name in enumerate(names)}


def _answering_one(
    level: str,
    relation: str,
    veto: str,
    organisations: str,
    clinician: bool,
    answered_by: frozenset[str],
) -> tuple[str, str, str]:
    """The same of one question; most are alike in all that this rests on."""
    concerned = organisations.split(";")
    left = [each for each in concerned if each not in answered_by] or concerned
    return (
        who_is_asked(level, relation, veto, left, clinician=clinician),
        settling_fact(level, relation, veto),
        effects(level, concerned, vetoed=veto not in WITHOUT_FACT),
    )


def question_ids(level: Iterable[str], entry_ids: Iterable[str]) -> list[str]:
    """The ids of questions about these entries: the same question has the same id in every run.

    >>> question_ids(["pathway"], ["E-1;E-2"]) == question_ids(["pathway"], ["E-1;E-2"])
    True
    >>> [(each[:2], len(each)) for each in question_ids(["patient"], ["E-1;E-2"])]
    [('Q-', 14)]
    """
    about = zip(level, entry_ids, strict=True)
    hashes = keyed_hashes([f"{each}\x1f{entries}" for each, entries in about])
    return [f"Q-{text}" for text in hashes]


def _worded(asked: pd.DataFrame, deceased: Bools, certainly: Bools) -> NDArray[np.object_]:
    """What is asked: worded once for each kind of doubt."""
    kinds = asked[["level", "joins", "relation", "veto"]].fillna("").astype(str)
    said = np.array(["", DECEASED_PERHAPS, DECEASED], dtype=object)
    kinds = kinds.assign(death=said[deceased.astype(np.int8) + (deceased & certainly)])
    kind = kinds.groupby(list(kinds), sort=False).ngroup().to_numpy()
    different = kinds.drop_duplicates().itertuples(index=False, name=None)
    words = np.array([wording(*each) for each in different], dtype=object)
    return np.asarray(words[kind])
