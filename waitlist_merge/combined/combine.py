"""One list from all entries: which row is each entry on, and what does each row show?

The story of the stage: number patients and needs, bundle the waiting entries of each need, show the
one that is furthest, take each value by its named rule, count the wait, say what became of every
entry. Nothing is dropped: closed entries are evidence, all others are members of a row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pandas as pd

from waitlist_merge.combined.again import NOTHING_AGAIN
from waitlist_merge.combined.doubts import Doubts
from waitlist_merge.combined.facts import Pathways
from waitlist_merge.combined.history import History
from waitlist_merge.combined.kept import NOTHING_KEPT
from waitlist_merge.combined.making import make
from waitlist_merge.combined.membership import Membership
from waitlist_merge.combined.ordering import in_order
from waitlist_merge.combined.own_rules import SurvivorshipRule
from waitlist_merge.heap import give_back
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.pathways.match import Patients, certain_people
from waitlist_merge.plan import Agreement


@dataclass(frozen=True, eq=False, slots=True)
class Combined:
    """The combined list, its members, and what became of each entry.

    The tables before ``entry_columns`` have the columns of tables.csv; ``membership`` and
    ``history`` are told part by part, or whole when asked for. ``entry_columns`` is aligned with
    the entries: patient_id, pathway_id, list_state, outcome, reason, stage. ``doubts`` are the
    questions that are open, as positions.
    """

    combined_list: pd.DataFrame
    membership: Membership
    provenance: pd.DataFrame
    history: History
    gains: pd.DataFrame
    entry_columns: pd.DataFrame
    doubts: Doubts

    @property
    def members(self) -> pd.DataFrame:
        """One row for each waiting entry, in order of need, the shown one first."""
        return self.membership.frame

    @property
    def pathway_history(self) -> pd.DataFrame:
        """Where each patient came from: all dated events of all needs."""
        return self.history.frame


def combine(
    entries: pd.DataFrame,
    patients: Patients,
    pathways: Pathways,
    *,
    run_date: dt.date,
    key: str | None = None,
    survivorship: Mapping[str, str] | None = None,
    own_rules: Mapping[str, SurvivorshipRule] | None = None,
    agreements: Sequence[Agreement] = (),
    patient_id: pd.Series | None = None,
    pathway_id: pd.Series | None = None,
    kept: pd.DataFrame = NOTHING_KEPT,
    asked_again: pd.DataFrame = NOTHING_AGAIN,
    person: Group | None = None,
    workers: int = 2,
) -> Combined:
    """One row for each need that waits, and the outcome of every entry.

    ``key`` keys the ids of patients and needs, as it keys those of entries. ``survivorship`` names
    another rule for some fields, ``own_rules`` are the caller's own; ``agreements`` say who treats
    whose patients. ``patient_id`` and ``pathway_id`` name the groups where an earlier run has given
    them. ``kept`` are starts of entries that an absent list does not take away (``kept.COLUMNS``);
    ``asked_again`` answers that are asked about once more (``again.COLUMNS``). ``person`` numbers
    the certain persons where that is known (``certain_people``).
    Waits are counted to ``run_date``. ``workers`` threads share the work, this one among them.
    Neither they nor the order of rows change anything.
    """
    # What does not need each other goes side by side; most of it leaves the interpreter to others.
    with ThreadPoolExecutor(max(1, workers - 1)) as aside:
        made = make(
            aside,
            entries,
            patients,
            pathways,
            run_date=run_date,
            key=key,
            survivorship=survivorship or {},
            own_rules=own_rules or {},
            agreements=agreements,
            patient_id=patient_id,
            pathway_id=pathway_id,
            kept=kept,
            asked_again=asked_again,
            person=certain_people(patients.links, len(entries)) if person is None else person,
        )
        give_back()  # the most is held while the list is put in order
        return Combined(
            in_order(made.rows, made.place, workers=workers),
            made.membership,
            made.provenance.result(),
            made.history,
            made.gains.result(),
            made.entry_columns,
            made.doubts,
        )
