"""Which ids do patients and needs have, week after week?

``stable_ids`` keeps them by the entries that a group shares with an earlier one; here is said what
else tells a patient or a need again, and which part of a group that falls apart keeps the id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from waitlist_merge.group_ids import entry_ranks
from waitlist_merge.id_order import order_of
from waitlist_merge.pathways.columns import Bools, is_in
from waitlist_merge.pathways.match import Patients
from waitlist_merge.review.contradicts import another_need
from waitlist_merge.review.departures import NOT_WAITING
from waitlist_merge.review.keys import Key
from waitlist_merge.review.one_number import two_people
from waitlist_merge.review.sameness import Positions, numbered, places, two_runs
from waitlist_merge.review.snapshot import Snapshot
from waitlist_merge.review.stable_ids import MOVED, Before, StableIds, id_changes, stable_ids

LEVELS = {"patient": "P", "pathway": "W"}
SAID = {
    "patient": ("nhs_number", "birth_date", "family_name", "given_name"),
    "pathway": (
        "treatment_function_code",
        "patient_pathway_identifier",
        "procedure_code",
        "laterality",
        "referral_date",
        "rtt_start_date",
    ),
}
"""What an entry says of its patient, and of its need: where a group falls in two parts alike, the
one whose entries still say the same keeps the id."""

_IDENTIFIERS = {
    "patient_pathway_identifier": "Listed by another organisation under the same identifier",
    "unique_booking_reference_number": "Listed by another organisation under one booking number",
}


@dataclass(frozen=True, eq=False, slots=True)
class Named:
    """The ids of patients and needs, and the links of each level, which say why they are so."""

    patients: StableIds
    pathways: StableIds
    links: Mapping[str, pd.DataFrame]


def named(
    now: pd.DataFrame,
    then: pd.DataFrame | None,
    position: Positions,
    groups: Mapping[str, Patients],
    *,
    run: int,
    key: str | None,
    absent: Collection[str] = (),
) -> Named:
    """The ids of the groups of each level, kept from ``then``, the entries of the last snapshot.

    ``position`` is the place in ``then`` of each entry of ``now``, -1 where it is new; ``groups``
    has the patients first. A need that entries of ``absent`` organisations wait for keeps its id:
    whether another organisation's entry is of it is told when their list is back. A patient's id
    goes on as ever: the number says whose it is.
    """
    ranks = entry_ranks(now["entry_id"], key)
    order = None if then is None else order_of(now["entry_id"])
    found: dict[str, StableIds] = {}
    for level, match in groups.items():
        keys = [] if then is None else _keys(now, then, found.get("patient"))
        found[level] = stable_ids(
            LEVELS[level],
            match.group,
            now["entry_id"].to_numpy(dtype=object),
            None if then is None else _before(now, then, level, position),
            run=run,
            ranks=ranks,
            order=order,
            also=keys,
            held=None if then is None or level == "patient" else _held(then, absent),
            links=match.links,
        )
    links = {level: match.links for level, match in groups.items()}
    return Named(found["patient"], found["pathway"], links)


def renamed(
    ids: Named, now: pd.DataFrame, then: pd.DataFrame, position: Positions
) -> list[pd.DataFrame]:
    """The ids that merged or split since an earlier run than the last, patients first."""
    return [
        id_changes(of.ids, _before(now, then, level, position), ids.links[level])
        for level, of in zip(LEVELS, (ids.patients, ids.pathways), strict=True)
    ]


def with_their_patients(
    known: Snapshot,
    position: Positions,
    patients: StableIds,
    log: pd.DataFrame,
    absent: Collection[str] = (),
) -> Snapshot:
    """What an earlier run knew, each entry under the id that its patient has in this one.

    ``position`` is the place in it of each entry of this run, ``log`` says which ids merged
    or split since. One that is still sent is of the patient that it is of now; one that has left
    goes with its id where all that had this id and are sent went to one and the same other. What
    waits on the list of an ``absent`` organisation stays what it was until that list is back.
    """
    then = known.entries
    column = then["patient_id"].astype("category")
    old = np.flatnonzero(column.cat.categories.isin(log["old_id"][log["event"] != MOVED]))
    rows = np.flatnonzero(np.isin(column.cat.codes, old))
    if not rows.size:
        return known
    was = column.iloc[rows].astype(object).to_numpy()
    at = places(position, len(then))[rows]
    sent = at >= 0
    now = patients.ids[at]
    pairs = pd.DataFrame({"was": was[sent], "now": now[sent]}).drop_duplicates()
    whole = pairs[~pairs["was"].duplicated(keep=False)]
    went = pd.Series(whole["now"].to_numpy(), index=whole["was"])
    left = pd.Series(was).map(went).to_numpy(dtype=object)
    left = np.where(pd.isna(left) | _held(then, absent)[rows], was, left)
    told = column.astype(object)
    told.iloc[rows] = np.where(sent, now, left)
    return replace(known, entries=then.assign(patient_id=told.astype("category")))


def _held(then: pd.DataFrame, absent: Collection[str]) -> Bools:
    """The entries that wait on a list that did not come."""
    return _waited(then) & is_in(then["organisation"].astype("category"), absent)


def _waited(then: pd.DataFrame) -> Bools:
    return ((then["outcome"] != NOT_WAITING) & then["left_date"].isna()).to_numpy(dtype=bool)


def _before(now: pd.DataFrame, then: pd.DataFrame, level: str, position: Positions) -> Before:
    return Before(
        then[f"{level}_id"].to_numpy(dtype=object),
        then[f"{level}_since"].to_numpy(dtype=np.int32),
        _waited(then),
        position,
        says_the_same(now, then, position, SAID[level]),
    )


def says_the_same(
    now: pd.DataFrame, then: pd.DataFrame, position: Positions, fields: Collection[str]
) -> Bools:
    """Entries of ``now`` that say in these fields what they said in ``then``, at ``position``."""
    runs = two_runs(now, then, fields)
    same = np.ones(len(now), dtype=bool)
    for field in fields:
        same &= runs.now[field] == np.append(runs.then[field], -1)[position]
    return same


def _keys(now: pd.DataFrame, then: pd.DataFrame, patients: StableIds | None) -> list[Key]:
    """By what a patient, or a need of known ``patients``, is told again without its entries."""
    if patients is None:
        one, other = numbered(now["nhs_number"], then["nhs_number"])
        why = "Listed by another organisation under the same NHS number"
        return [Key(one, other, why, partial(two_people, now, then))]
    runs = two_runs(now, then, _IDENTIFIERS)
    people = pd.factorize(np.concatenate([patients.ids, then["patient_id"].astype(object)]))[0]
    size = int(people.max(initial=0)) + 1
    keys = []
    for field, why in _IDENTIFIERS.items():
        one, other = (
            np.where(side[field] >= 0, side[field] * size + person, -1)
            for side, person in zip(
                (runs.now, runs.then), np.split(people, [len(now)]), strict=True
            )
        )
        keys.append(Key(one, other, why, partial(another_need, now, then)))
    return keys
