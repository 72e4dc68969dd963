"""Who is the same patient: the result of the linkage, whose tables are made when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.group_ids import group_ids, ids_by_rank
from waitlist_merge.patients import blocking, blocks
from waitlist_merge.patients.doubted import doubted, name_doubted
from waitlist_merge.patients.fairness import rates, strata
from waitlist_merge.patients.grouping import Edges
from waitlist_merge.patients.links import link_table, strongest_asked
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.obeyed import Ruled
from waitlist_merge.patients.records import Records, prepare
from waitlist_merge.patients.scoring import Scored
from waitlist_merge.patients.successors import succeeded
from waitlist_merge.plan import PatientPlan
from waitlist_merge.reasons import Joins


@dataclass(frozen=True, eq=False, repr=False)
class PatientMatch:
    """Who is the same patient: a group number for each entry, and the links behind it.

    ``group`` is int32, 0 upwards, one element an entry. ``links`` has a row for each pair that was
    joined, asked or notably held apart: int32 positions ``a`` < ``b``, ``relation``, ``joins``,
    ``confidence``, ``veto``, ``weight`` (bits) and ``explanation``; where the veto is
    ``group_conflict`` or ``close_rival``, ``doubted_a``, ``doubted_b`` and ``doubted_weight`` name
    the link that is wrong if this one is right (doubted.py). ``forecast`` tells the pairs each
    blocking key made; ``model`` is what weighed them, ``records`` what it saw of ``entries``.
    ``ranks`` are numbers of the rows by what they hold, ``on`` the day at which ages are counted.
    Tables are made when they are asked for.
    """

    group: NDArray[np.int32]
    candidate_pairs: int
    model: PatientModel
    ranks: NDArray[np.uint64]
    entry_ids: ExtensionArray | None
    plan: PatientPlan
    entries: pd.DataFrame
    superseded: Mapping[str, str]
    on: date | None
    _kept: Scored
    _edges: Edges
    _refusal: NDArray[np.int8]
    _ruled: Ruled | None

    def __repr__(self) -> str:
        people = int(self.group.max(initial=-1)) + 1
        return f"PatientMatch({len(self.group):,} entries, {people:,} patients)"

    @cached_property
    def records(self) -> Records:
        """What the linkage saw of the entries, coded anew where that was not kept."""
        return prepare(succeeded(self.entries, self.superseded), workers=self.plan.workers)

    def without_records(self) -> PatientMatch:
        """The same match, its links made, that codes its records anew when it has to explain."""
        same = copy(self)
        same.__dict__["links"] = self.links
        same.__dict__.pop("records", None)
        return same

    @cached_property
    def links(self) -> pd.DataFrame:
        """The pairs that were joined, asked or notably held apart."""
        return self._table(self._shown)

    @property
    def _shown(self) -> NDArray[np.int64]:
        """The positions of the links that are told."""
        return strongest_asked(self._edges, self.group, self._refusal, self._ruled)

    def _table(self, shown: NDArray[np.int64]) -> pd.DataFrame:
        """The links at these positions."""
        told = None if self._ruled is None else self._ruled[shown]
        kept, edges = self._kept[shown], self._edges[shown]
        links = link_table(kept, edges, self._refusal[shown], self.group, told)
        identities, margin = self.records.identities, self.plan.margin
        found = doubted(self._edges, self._refusal, self.group, identities, shown, margin=margin)
        return name_doubted(links, self._edges, found, self.entry_ids)

    def veto_of(self, a: int, b: int) -> int | None:
        """The code of the veto of a pair that was kept (positions ``a`` < ``b``); else None.

        It is named in the light of all pairs, as a borrowed number is only told by a third record.
        """
        found = np.flatnonzero((self._kept.a == a) & (self._kept.b == b))
        return int(self._kept.veto[found[0]]) if len(found) else None

    @cached_property
    def forecast(self) -> pd.DataFrame:
        """How many pairs each blocking key makes."""
        return blocks.forecast(blocking.keys(self.records))

    @cached_property
    def patient_id(self) -> pd.Series:
        """The patient of each row, in the order of rows."""
        if self.entry_ids is None:
            workers = self.plan.workers
            ids = ids_by_rank("P", self.group, self.ranks, workers=workers)
            return ids.rename("patient_id")
        named = group_ids("P", self.group, self.entry_ids.tolist())
        return pd.Series(named, name="patient_id", dtype="str")

    def decided_on(self, one: int, other: int) -> bool | None:
        """Have people said that the two are one person (True) or two (False)? None: neither."""
        if self._ruled is None:
            return None
        a, b = min(one, other), max(one, other)
        [*at] = np.flatnonzero((self._edges.a == a) & (self._edges.b == b))
        said = [(self._ruled.forced[each], self._ruled.apart[each]) for each in at]
        return next((bool(forced) for forced, apart in said if forced or apart), None)

    def named(self, patient_id: pd.Series) -> PatientMatch:
        """The same match with these ids of patients, which a merge has given its entries."""
        same = copy(self)
        same.__dict__["patient_id"] = patient_id.reset_index(drop=True).rename("patient_id")
        return same

    @property
    def questions(self) -> pd.DataFrame:
        """The links that a person has to settle, the strongest first."""
        shown = self._shown
        # Few of the links: the others need no sentence for this.
        apart = self.group[self._edges.a[shown]] != self.group[self._edges.b[shown]]
        asked = self._table(shown[apart])
        asked = asked[asked["joins"] == Joins.ASKED]
        return asked.sort_values("weight", ascending=False, kind="stable", ignore_index=True)

    @property
    def fairness(self) -> pd.DataFrame:
        """How often is a row of each kind linked to another, and how often asked about?

        ``by`` (sex, age band, ethnic group, organisation, NHS number; what the records hold),
        ``value``, ``rows``, and the shares ``linked`` and ``asked``.
        """
        return rates(self.group, self.links, strata(self.entries, on=self.on))

    def fairness_against(self, truth: Sequence[object] | pd.Series) -> pd.DataFrame:
        """The same with ``pairs`` and ``recall``, where ``truth`` is the person of each row.

        Rows are taken in their order, whatever the index of ``truth``. InputError where it does not
        say of each row.
        """
        kinds = strata(self.entries, on=self.on)
        return rates(self.group, self.links, kinds, truth=truth)
