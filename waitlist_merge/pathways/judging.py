"""What is each pair of entries of a patient by the relations table and by what people have said?"""

from __future__ import annotations

import datetime as dt
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.decided import Decided, pair_keys
from waitlist_merge.pathways.columns import Bools, has_word
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.pathways.features import Features
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.pathways.links import NO, YES, Judged
from waitlist_merge.pathways.obeyed import obeying
from waitlist_merge.pathways.pairs import candidates
from waitlist_merge.pathways.relations import decide
from waitlist_merge.pathways.weights import weigh
from waitlist_merge.plan import MergePlan
from waitlist_merge.reasons import Joins
from waitlist_merge.threads import shared_by


def judge(
    of: Features,
    several: NDArray[np.int64],
    order: NDArray[np.int64],
    *,
    patient: Group,
    links: pd.DataFrame,
    persons: Group,
    said: Decided,
    plan: MergePlan,
    run_date: dt.date,
) -> Judged:
    """Every candidate pair with its decision, chunk by chunk, and what people have said of them.

    ``several`` are the entries that ``of`` tells of, ``order`` the places of their ids, ``said``
    what people have decided of them. ``patient`` and ``persons`` number the patients and the
    certain persons of all entries, ``links`` are those between patients.
    """
    size = len(patient)
    person = persons[several]
    doubts = _doubted(links, size), size
    keys = (of.ids.entry, of.ids.ppid, of.ids.ubrn, of.service.family, of.procedure.procedure)
    spoken_of = np.zeros(len(several), dtype=bool)
    spoken_of[said.a] = spoken_of[said.b] = True

    def judged(a: NDArray[np.int64], b: NDArray[np.int64]) -> Judged:
        first = order[a] < order[b]
        named = (np.where(first, a, b), np.where(first, b, a))
        return _judge_chunk(of, named, person, doubts, several, spoken_of, plan, run_date)

    none = np.empty(0, dtype=np.int64)
    pairs = chain([(none, none)], candidates(patient[several], keys, order))
    with shared_by(plan.patients.workers) as in_order:
        chunks = list(in_order(lambda pair: judged(*pair), pairs))
    return obeying(Judged.together(chunks), said, size=len(several), judge=judged)


def _judge_chunk(
    of: Features,
    pair: tuple[NDArray[np.int64], NDArray[np.int64]],
    person: Group,
    doubts: tuple[NDArray[np.int64], int],
    several: NDArray[np.int64],
    spoken_of: Bools,
    plan: MergePlan,
    run_date: dt.date,
) -> Judged:
    """The decisions on one chunk; pairs that nothing will ask for again are left out.

    ``spoken_of`` marks entries that people have decided something of: their pairs all matter.
    """
    evidence = Evidence(of, *pair, run_date, plan.agreements)
    certain = np.asarray(person[evidence.a] == person[evidence.b])
    asked, size = doubts
    doubted = np.isin(pair_keys(several[evidence.a], several[evidence.b], size), asked)
    decided = decide(evidence, certain_patient=certain, doubted_patient=doubted)
    judged = Judged(
        evidence.a,
        evidence.b,
        decided.relation,
        decided.joins,
        decided.confidence,
        decided.veto,
        weigh(evidence),
        identified=evidence.identified,
        worth_a_row=evidence.worth_a_row,
        certain_patient=certain,
        same_organisation=evidence.same_organisation,
        same_procedure=evidence.same_procedure,
        forced=np.zeros(len(pair[0]), dtype=bool),
        fallen=np.zeros(len(pair[0]), dtype=bool),
        said=np.full(len(pair[0]), -1, dtype=np.int32),
    )
    joining = spoken_of.copy()
    made = judged.joins == YES
    joining[judged.a[made]] = joining[judged.b[made]] = True
    matters = joining[judged.a] | joining[judged.b]
    return judged[(judged.joins != NO) | judged.worth_a_row | matters]


def _doubted(links: pd.DataFrame, size: int) -> NDArray[np.int64]:
    """The pairs that the patient stage asks about or holds apart."""
    apart = ~has_word(links, "joins", Joins.YES)
    return pair_keys(links["a"].to_numpy()[apart], links["b"].to_numpy()[apart], size)
