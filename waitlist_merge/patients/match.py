"""Which entries are of one patient? Candidate pairs, their evidence, vetoes, groups.

The story of the stage: code the person fields, make candidate pairs, weigh each pair, name the
vetoes, join strongest first, keep every link that a person may want to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.decided import NONE, Decided
from waitlist_merge.patients import blocking, blocks
from waitlist_merge.patients.coding import Level, Positions, pair_rank
from waitlist_merge.patients.frequencies import Shares
from waitlist_merge.patients.grouping import Edges, group
from waitlist_merge.patients.levels import compare, is_level
from waitlist_merge.patients.matched import PatientMatch
from waitlist_merge.patients.memory import pairs_at_a_time
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.namesakes import namesakes_key, one_person_from
from waitlist_merge.patients.obeyed import Ruled, ruled, with_decided
from waitlist_merge.patients.pairs import Pairs
from waitlist_merge.patients.progress import SILENT, Work
from waitlist_merge.patients.records import Records, prepare
from waitlist_merge.patients.scoring import Judge, Scored, score
from waitlist_merge.patients.successors import succeeded
from waitlist_merge.patients.training import train
from waitlist_merge.patients.vetoes import (
    LOOK_ALIKES,
    TWO_NUMBERS,
    asked_whatever_the_score,
    find_vetoes,
    lifted,
    lives_elsewhere,
    with_borrowed_numbers,
)
from waitlist_merge.patients.weights import total, weigh
from waitlist_merge.plan import PatientPlan
from waitlist_merge.ranks import content_ranks, hashed

ONE_NAME = {
    "family_name": ("exact", "previous", "part", "near"),
    "given_name": ("exact", "initial", "middle"),
}
"""Name levels at which two valid numbers are a question; twins may be called Martin and Martyn."""


FULL_NAMES = ("exact", "variant")
"""Levels of the given name that speak against a bar of look-alikes; an initial fits both twins, and
so does a name one slip away."""


def match_entries(
    entries: pd.DataFrame,
    plan: PatientPlan,
    *,
    superseded: Mapping[str, str] | None = None,
    model: PatientModel | None = None,
    on: date | None = None,
    work: Work = SILENT,
    decided: Decided = NONE,
) -> PatientMatch:
    """Which entries are of one patient? ``entries`` holds typed person columns.

    With a column ``entry_id`` ids of patients are made from those, else from what the rows hold.

    ``superseded`` maps an old NHS number to its successor: the two then count as one number. With a
    ``model`` of an earlier run its weights and frequencies are used, else one is fitted to these
    entries. ``on`` is the day at which ages are counted for fairness; ``work`` is told how far it
    is. What people have ``decided`` beats weights and vetoes. The result does not depend on the
    order of the rows.
    """
    work.begins("codes")
    records = prepare(succeeded(entries, superseded or {}), workers=plan.workers)
    keys = blocking.keys(records, workers=plan.workers)
    named = entries["entry_id"].array if "entry_id" in entries else None
    work.begins("model")
    alike = [] if model else [namesakes_key(records)]
    with blocks.being_prepared([*keys, *alike], workers=plan.workers):
        ranks = content_ranks(entries) if named is None else hashed(named)
        fitted = model or PatientModel.fit(records)
        shares = fitted.on(records)
    if model is None:
        taught = train(fitted, records, keys, hashed=ranks)
        model = replace(taught, namesakes=one_person_from(records, taught, shares, *alike))
    work.begins("pairs")
    kept, seen = score(
        records,
        model,
        keys,
        _judge(records, model, plan),
        shares=shares,
        least=plan.possible_weight,
        chunk=pairs_at_a_time(keys, plan),
        workers=plan.workers,
        work=work,
    )
    work.begins("groups")
    kept = replace(kept, veto=with_borrowed_numbers(kept.levels, kept.veto, kept.a, kept.b))
    told = None
    if len(decided.a):
        weighed = partial(_weighed, records, model, shares, plan)
        kept = with_decided(kept, decided, size=records.size, weighed=weighed)
        told = ruled(kept, decided, size=records.size, match_weight=plan.match_weight)
    edges = _edges(kept, pair_rank(ranks, kept.a, kept.b), plan, told)
    groups, refusal = group(edges, records.identities, size=records.size, margin=plan.margin)
    found = PatientMatch(
        group=groups,
        candidate_pairs=seen,
        model=model,
        ranks=ranks,
        entry_ids=named,
        plan=plan,
        entries=entries,
        superseded=superseded or {},
        on=on,
        _kept=kept,
        _edges=edges,
        _refusal=refusal,
        _ruled=told,
    )
    found.__dict__["records"] = records
    return found


def _edges(kept: Scored, rank: NDArray[np.uint64], plan: PatientPlan, told: Ruled | None) -> Edges:
    """The pairs as links and bars; what people have said comes before weight and veto."""
    weight, barred = kept.weight, kept.veto > 0
    strong = weight >= plan.match_weight
    votes = _votes(kept, strong)
    if told is None:
        return Edges(kept.a, kept.b, weight, rank, strong, barred, votes)
    strong = (strong | told.forced) & ~told.fallen
    barred = (barred & ~told.forced & ~told.fallen) | told.apart
    votes[told.forced | told.fallen | told.apart] = 0
    return Edges(kept.a, kept.b, weight, rank, strong, barred, votes, told.forced)


def _weighed(
    records: Records,
    model: PatientModel,
    shares: Mapping[str, Shares],
    plan: PatientPlan,
    pair: Pairs,
) -> Scored:
    """Pairs that no key made, weighed as the others are."""
    levels = compare(records, *pair)
    parts = weigh(model, shares, records, levels, *pair)
    veto = vetoed(records, model, plan, levels, *pair, total(parts))
    return Scored(*pair, levels, parts, veto)


def _votes(kept: Scored, strong: NDArray[np.bool_]) -> NDArray[np.int8]:
    """-1 for a bar of look-alikes, 1 for a strong link whose given names agree (see grouping)."""
    names_agree = is_level(kept.levels, "given_name", *FULL_NAMES)
    support = (kept.veto == 0) & strong & names_agree
    return np.where(np.isin(kept.veto, LOOK_ALIKES), -1, support).astype(np.int8)


def _judge(records: Records, model: PatientModel, plan: PatientPlan) -> Judge:
    """Names vetoes, and keeps only pairs at or over the weight of a question."""

    def judged(scored: Scored) -> Scored:
        a, b = scored.a, scored.b
        veto = vetoed(records, model, plan, scored.levels, a, b, scored.weight)
        named = replace(scored, veto=veto)
        return named[_worth_keeping(named, plan)]

    return judged


def vetoed(
    records: Records,
    model: PatientModel,
    plan: PatientPlan,
    levels: Mapping[str, Level],
    a: Positions,
    b: Positions,
    weight: NDArray[np.float64],
) -> NDArray[np.int8]:
    """The veto of each pair as a code into ``vetoes.VETOES``, in the light of model and weight."""
    found = find_vetoes(records, levels, a, b, relatives=model.lists_relatives)
    enough = np.inf if model.namesakes is None else max(model.namesakes, plan.match_weight)
    return lifted(found, weight, enough=enough)


def _worth_keeping(scored: Scored, plan: PatientPlan) -> NDArray[np.bool_]:
    """Two valid numbers are two people, and no question, unless names and birth date agree.

    Where home or telephone are known, something of them has to agree as well: of all who share a
    common name and birth date hardly two are one person with two numbers.
    """
    names = np.ones(len(scored.a), dtype=bool)
    for field, agreeing in ONE_NAME.items():
        names &= is_level(scored.levels, field, *agreeing)
    agree = names & is_level(scored.levels, "birth_date", "exact")
    agree &= ~lives_elsewhere(scored.levels)
    two_numbers = np.isin(scored.veto, TWO_NUMBERS)
    worth = (scored.weight >= plan.possible_weight) & (~two_numbers | agree)
    return np.asarray(worth | asked_whatever_the_score(scored.levels, scored.veto))
