"""Which entry of the last run is each entry of this one?

An entry's own id comes from its own identifiers, so a corrected identifier would make it another
entry: answers, work and ids of groups would let go of it. So the ladder below is climbed rung by
rung, the surest first. A rung matches rows of one organisation whose values are equal and which
occur once on each side; a match whose person is another one is never made, one whose need is
another one only when nothing better was found. Entries never cross organisations: a need that
moves to another organisation keeps its id as a need (``stable_ids``), its entry is new.

>>> LADDER[1].fields
('content',)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.identity import keyed_hashes
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.review.alike import CONTENT, NAME, NUMBERED, OWN, told_apart
from waitlist_merge.review.sameness import Positions, TwoRuns, two_runs

_LOCAL, _PATHWAY = "local_patient_identifier", "patient_pathway_identifier"
_BOOKING, _ENTRY = "unique_booking_reference_number", "waiting_list_entry_identifier"
_SERVICE, _REFERRED, _CLOCK = "treatment_function_code", "referral_date", "rtt_start_date"
_DECIDED, _PROCEDURE, _SIDE = "decision_to_admit_date", "procedure_code", "laterality"
_NUMBER, _BORN = "nhs_number", "birth_date"
_NAMES = ("family_name", "given_name")
_MADE = (NAME, CONTENT, NUMBERED, OWN)


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to know an entry again: ``fields`` are equal, the first ``needs`` of them known.

    ``loose`` matches also where service, referral and clock start all speak of another need;
    ``near`` only where the two were referred within a week of each other.
    """

    fields: tuple[str, ...]
    needs: int = 1
    loose: bool = False
    near: bool = False


_RUNGS: tuple[Rung, ...] = (
    Rung((CONTENT, NUMBERED)),
    Rung((CONTENT,)),
    Rung((NAME, _SERVICE, _REFERRED, _CLOCK, _DECIDED, _PROCEDURE, _SIDE)),
    Rung((NAME, _SERVICE, _REFERRED, _CLOCK, _PROCEDURE, _SIDE)),
    Rung((NAME, _SERVICE, _REFERRED, _PROCEDURE, _SIDE)),
    Rung((NAME, _SIDE), needs=2),
    Rung((OWN, _LOCAL, _PATHWAY, _ENTRY, _SERVICE, _REFERRED, _CLOCK, _DECIDED, _PROCEDURE)),
    Rung((_LOCAL, _PATHWAY, _ENTRY, _SERVICE, _REFERRED, _CLOCK, _DECIDED, _PROCEDURE)),
    Rung((OWN,)),
    Rung((_PATHWAY, _ENTRY, _SERVICE, _REFERRED, _CLOCK, _DECIDED)),
    Rung((_PATHWAY, _SERVICE, _CLOCK, _DECIDED)),
    Rung((_PATHWAY, _SERVICE)),
    Rung((_PATHWAY,)),
    Rung((_BOOKING, _SERVICE)),
    Rung((_BOOKING,)),
    Rung((_ENTRY,)),
    Rung((_LOCAL, _SERVICE, _REFERRED), needs=3),
    Rung((_LOCAL, _SERVICE, _CLOCK), needs=3),
    Rung((_LOCAL, _REFERRED, _CLOCK), needs=3),
    Rung((_NUMBER, _SERVICE, _REFERRED), needs=3),
    Rung((_NUMBER, _SERVICE, _CLOCK), needs=3),
    Rung((*_NAMES, _BORN, _SERVICE, _REFERRED), needs=5),
    Rung((*_NAMES, _BORN, _SERVICE, _CLOCK), needs=5),
    Rung((_LOCAL, _SERVICE), needs=2, near=True),
    Rung((_NUMBER, _SERVICE), needs=2, near=True),
    Rung((NUMBERED, _SIDE)),
    Rung((OWN,), loose=True),
    Rung((_PATHWAY,), loose=True),
    Rung((_BOOKING,), loose=True),
    Rung((_ENTRY,), loose=True),
)


def _told_apart_first(rungs: Iterable[Rung]) -> Iterator[Rung]:
    """Each rung by what is known, with procedure and side before it is climbed without."""
    for rung in rungs:
        more = tuple(dict.fromkeys((*rung.fields, _PROCEDURE, _SIDE)))
        if more != rung.fields and rung.fields[0] not in _MADE:
            yield replace(rung, fields=more)
        yield rung


LADDER = tuple(_told_apart_first(_RUNGS))
"""The surest first. The first six tell apart the rows that their organisation gives one name (left
and right, an outpatient and an admitted row): see ``alike``. Identifiers come before the local
number, which one patient has for all needs; the person comes last, where the organisation has
changed all its numbers."""

_FIELDS = tuple(dict.fromkeys(each for rung in LADDER for each in rung.fields if each not in _MADE))


@dataclass(frozen=True, eq=False, slots=True)
class Carried:
    """The ids of the entries of a run, and which entry of the last run each of them is.

    ``entry_id`` is the id that each entry keeps or is given, ``own_id`` the one that its own
    content gives. ``position`` is its place in the last run's entries, -1 where it was not there.
    """

    entry_id: NDArray[np.object_]
    own_id: NDArray[np.object_]
    position: Positions


def carried(entries: pd.DataFrame, last: pd.DataFrame | None, *, key: str | None = None) -> Carried:
    """Which entry of the last run is each of these, and what is therefore its id?

    ``entries`` are typed, with the ``entry_id`` of their own content; ``last`` are the entries of a
    snapshot, those that have left among them: these are tried where none that was listed fits. The
    match is one to one, within an organisation, and does not depend on the order of rows. A new
    entry whose own id another one holds gets a fresh one, keyed by ``key``.

    >>> rows = pd.DataFrame({"entry_id": ["E-1"], "organisation": ["RM3"]})
    >>> carried(rows, None).position.tolist()
    [-1]
    """
    own = entries["entry_id"].to_numpy(dtype=object)
    if last is None or last.empty:
        return Carried(own, own, np.full(len(entries), -1, dtype=np.int64))
    runs = two_runs(entries, last, ("organisation", *_FIELDS))
    runs = runs.beside(told_apart(entries.assign(own_id=own), last))
    there = last["left_date"].isna().to_numpy()
    position = climb(runs, np.full(len(entries), -1, np.int64), there)
    position = climb(runs, position, ~there)
    return Carried(_named(own, position, last, key), own, position)


def climb(
    runs: TwoRuns, position: Positions, open_then: Bools, ladder: Sequence[Rung] = LADDER
) -> Positions:
    """Each entry's place in the last run: those without one are matched with the open rows."""
    found, free_then = position.copy(), open_then.copy()
    for rung in ladder:
        now, then = _once_each(runs, rung, found < 0, free_then)
        wrong = runs.other_person(now, then)
        if not rung.loose:
            wrong |= runs.other_need(now, then)
        if rung.near:
            wrong |= ~runs.near(now, then)
        found[now[~wrong]] = then[~wrong]
        free_then[then[~wrong]] = False
    return found


def _once_each(
    runs: TwoRuns, rung: Rung, free_now: Bools, free_then: Bools
) -> tuple[Positions, Positions]:
    """The free rows that are equal in the fields of a rung and are so once on each side."""
    needed = rung.fields[: rung.needs]
    now, then = (
        np.flatnonzero(np.logical_and.reduce([free, *(side[name] >= 0 for name in needed)]))
        for side, free in ((runs.now, free_now), (runs.then, free_then))
    )
    of_now, of_then = runs.equal(("organisation", *rung.fields), now, then)
    size = int(max(of_now.max(initial=-1), of_then.max(initial=-1))) + 1
    once = (np.bincount(of_now, minlength=size) == 1) & (np.bincount(of_then, minlength=size) == 1)
    place = np.empty(size, dtype=np.int64)
    place[of_then] = then
    chosen = once[of_now]
    return now[chosen], place[of_now[chosen]]


def _named(
    own: NDArray[np.object_], position: Positions, last: pd.DataFrame, key: str | None
) -> NDArray[np.object_]:
    """The id that each entry keeps; a new one has its own unless an older entry holds that."""
    held = last["entry_id"].to_numpy(dtype=object)
    ids = np.where(position >= 0, held[position], own)
    taken = {*held.tolist(), *own.tolist()}
    new = np.flatnonzero(position < 0)
    for at in new[np.isin(own[new].astype(str), held.astype(str))]:
        ids[at] = _fresh(str(own[at]), taken, key)
        taken.add(ids[at])
    return np.asarray(ids, dtype=object)


def _fresh(own: str, taken: set[str], key: str | None) -> str:
    """An id made from one that another entry holds; the same whenever it is made again."""
    fresh = own
    while fresh in taken:
        fresh = f"E-{keyed_hashes([fresh], key=key)[0]}"
    return fresh
