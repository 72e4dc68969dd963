"""What did a merge find? The tables, and how to count and to save them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from waitlist_merge.combined.history import History
from waitlist_merge.combined.membership import Membership
from waitlist_merge.id_order import count_different, sorted_ids
from waitlist_merge.intake.accept import Accepted
from waitlist_merge.outputs import MOST_IN_WORKBOOK, build_manifest, write_tables
from waitlist_merge.outputs.columns import Parted, conform
from waitlist_merge.outputs.views import write_views
from waitlist_merge.outputs.weekly import Before, before_of
from waitlist_merge.patients import PatientMatch, PatientModel
from waitlist_merge.plan import MergePlan
from waitlist_merge.plural import many
from waitlist_merge.reasons import Joins, Outcome
from waitlist_merge.recalled import SHOWN, mark
from waitlist_merge.relinked import BROKEN, MADE, RETRAINED, write_relinked
from waitlist_merge.remember import Left
from waitlist_merge.review.not_refreshed import MISSING
from waitlist_merge.summary import Summary
from waitlist_merge.unread import refuse_unread

RUNS_DATE = "run's date"
"""Where the census date of an extract is from that has none of its own."""

MANY_ENTRIES = 50
"""Entries of one pathway over which not every pair is listed: 50 entries have 1,225."""


@dataclass(frozen=True, eq=False, repr=False)
class MergeResult:
    """The tables of a merge, each a DataFrame with the columns that docs/outputs.md lists.

    ``members`` and ``pathway_history``, which repeat of each entry what ``entries`` has, are made
    when they are asked for, and written part by part. ``save`` writes them; ``summary`` counts
    them; ``manifest`` says what made them. ``left`` is what a run with a register leaves, and knew
    before; ``relinked`` the links that its new model makes and breaks, where there is one.
    """

    entries: pd.DataFrame
    combined_list: pd.DataFrame
    membership: Membership
    provenance: pd.DataFrame
    history: History
    gains: pd.DataFrame
    patient_links: pd.DataFrame
    pathway_links: pd.DataFrame
    review_queue: pd.DataFrame
    findings: pd.DataFrame
    changes: pd.DataFrame
    unaccounted: pd.DataFrame
    not_refreshed: pd.DataFrame
    work: pd.DataFrame
    contacts: pd.DataFrame
    accepted: Accepted
    plan: MergePlan
    timings: Mapping[str, float]
    counts: Mapping[str, int]
    people: PatientMatch
    left: Left
    relinked: pd.DataFrame | None = None

    @cached_property
    def members(self) -> pd.DataFrame:
        """Which entries are on which row of the combined list."""
        return conform("members", self.membership.frame)

    @cached_property
    def pathway_history(self) -> pd.DataFrame:
        """Where each patient came from: all dated events of all needs."""
        return conform("pathway_history", self.history.frame)

    def __repr__(self) -> str:
        """Counts and no patient: what a notebook shows and a log keeps."""
        told = self.summary()
        absent = ", ".join(each.organisation for each in self.left.not_refreshed)
        missing = f" WITHOUT the list of {absent}," if absent else ""
        return (
            f"<MergeResult:{missing} entries {told.rows:,}, patients {told.patients:,}, needs that "
            f"wait {told.waiting:,}, questions {len(self.review_queue):,}; summary() says more>"
        )

    @property
    def run(self) -> int | None:
        """The number of the run in its register; None without one."""
        return self.left.run

    @property
    def model(self) -> PatientModel:
        """The patient model of this run, to be given to the next one."""
        return self.people.model

    @property
    def fairness(self) -> pd.DataFrame:
        """Share of rows linked and asked about, by kind of person (see PatientMatch.fairness)."""
        return self.people.fairness

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name."""
        return {**self._held, "members": self.members, "pathway_history": self.pathway_history}

    @property
    def _held(self) -> dict[str, pd.DataFrame]:
        """The output tables that are there without being made when asked for."""
        return {
            "combined_list": self.combined_list,
            "provenance": self.provenance,
            "gains": self.gains,
            "entries": self.entries,
            "patient_links": self.patient_links,
            "pathway_links": self.pathway_links,
            "review_queue": self.review_queue,
            "findings": self.findings,
            "changes": self.changes,
            "unaccounted": self.unaccounted,
            "not_refreshed": self.not_refreshed,
            "work": self.work,
            "contacts": self.contacts,
        }

    def summary(self) -> Summary:
        """What came in and what was found, in numbers."""
        outcomes = self.entries["outcome"].value_counts()
        joined = self.pathway_links["joins"] == Joins.YES
        relations = self.pathway_links.loc[joined, "relation"].value_counts()
        base = self.left.base
        return Summary(
            files=len(self.accepted.typed),
            refused=len(self.accepted.refused),
            rows=len(self.entries),
            set_aside=sum(each.extract.set_aside for each in self.accepted.typed),
            patients=count_different(self.entries["patient_id"]),
            pathways=count_different(self.entries["pathway_id"]),
            waiting=len(self.combined_list),
            proposed=int(outcomes.get(Outcome.PROPOSED_DUPLICATE, 0)),
            confirmed=int(outcomes.get(Outcome.CONFIRMED_DUPLICATE, 0)),
            duplicates={str(name): int(count) for name, count in relations.items() if count},
            questions={
                level: int((self.review_queue["level"] == level).sum())
                for level in ("unaccounted", "patient", "pathway")
                if level != "unaccounted" or len(self.unaccounted)
            },
            findings=len(self.findings),
            seconds=sum(self.timings.values()),
            unaccounted=len(self.unaccounted),
            changes=len(self.changes),
            since=f"run {base.run} of {base.run_date.isoformat()}" if base else "",
            not_refreshed=tuple(map(str, self.left.not_refreshed)),
        )

    def retrained(self) -> str:
        """What another patient model would do, or does, in one line; empty without one."""
        if self.relinked is None:
            return ""
        made, broken = (int((self.relinked["change"] == each).sum()) for each in (MADE, BROKEN))
        told = f"{many(made, 'link')} made, {broken:,} broken: {RETRAINED}"
        if self.run:
            return f"{told}; it is the register's from this run on"
        return (
            f"{told}; nothing was recorded: take it with --accept-model "
            f"{mark(self.model, self.plan.patients)[:SHOWN]}"
        )

    def manifest(self) -> dict[str, object]:
        """What made these tables: versions, plan, inputs, counts and timings; no identifiers."""
        return build_manifest(
            plan=self.plan,
            run_date=self.accepted.run_date,
            inputs=[
                {
                    "file": each.extract.source_file,
                    "sheet": each.extract.source_sheet,
                    "organisation": each.extract.organisation,
                    "sha256": each.extract.digest,
                    "census_date": each.census_date.isoformat(),
                    "census_source": each.extract.census_source or RUNS_DATE,
                    "records": each.extract.records,
                    "entries": len(each.extract.source_row),
                    "set_aside": each.extract.set_aside,
                }
                for each in self.accepted.typed
            ],
            refused=[str(problem) for problem in self.accepted.refused],
            counts={
                **self.counts,
                **{name: len(table) for name, table in self._held.items()},
                "members": len(self.membership),
                "pathway_history": len(self.history),
            },
            timings=self.timings,
            patient_model={"sha256": self.model.digest, "fitted_to_records": self.model.records},
            fairness=self.fairness.round(4).to_dict("records"),
            notes=self._notes(),
            run=self.run or 0,
            told_against=self.left.base.run if self.left.base else 0,
        )

    def _notes(self) -> list[str]:
        """What a reader of the tables has to know of this run."""
        ids = sorted_ids(self.entries["pathway_id"])
        later = ids[MANY_ENTRIES:]
        large = len(np.unique(later[later == ids[:-MANY_ENTRIES]]))
        told = [f"{MISSING}{each}" for each in self.left.not_refreshed]
        if not large:
            return told
        sized = f"{many(large, 'pathway')} of more than {MANY_ENTRIES} entries"
        pairs = f"{sized}: pathway_links ties their entries together but does not list every pair"
        return [*told, pairs]

    def save(
        self,
        out: str | Path,
        *,
        tables: Literal["csv", "parquet", "both"] = "both",
        workbook: bool | None = None,
    ) -> None:
        """Write the tables, ``schema.json`` and ``manifest.json`` to a folder, all or nothing.

        ``workbook`` says whether ``combined_list.xlsx`` is written too: by default it is up to
        250,000 entries. Raises OutputError where the folder is not one that this library wrote,
        cannot be written, or holds a workbook in which something is filled in that the register
        does not have; the folder is then as it was.
        """
        refuse_unread(Path(out), self.left.register)
        links, in_workbook = self.relinked, self._has_workbook(workbook)
        held = self._held | ({"members": self.members} if in_workbook else {})
        parted: dict[str, Parted] = {"members": self.membership, "pathway_history": self.history}
        also = {} if links is None else {RETRAINED: lambda path: write_relinked(path, links)}
        write_tables(
            Path(out),
            held,
            parted={name: each for name, each in parted.items() if name not in held},
            manifest=self.manifest,
            formats=tables,
            workbook=in_workbook,
            also=also,
        )

    def _has_workbook(self, asked: bool | None) -> bool:
        return len(self.entries) <= MOST_IN_WORKBOOK if asked is None else asked

    def save_views(
        self,
        out: str | Path,
        views: Sequence[str] | str,
        *,
        tables: Literal["csv", "parquet", "both"] = "both",
        workbook: bool | None = None,
    ) -> list[Path]:
        """Write what each of these organisations may hold to ``out/ORG``; the folders written.

        ``views`` are codes, ``all`` for every organisation's, ``coordinator`` for the whole list.
        InputError for an organisation that has no entry; OutputError as for ``save``.
        """
        refuse_unread(Path(out), self.left.register, views=views)
        return write_views(
            out,
            self.tables,
            manifest=self.manifest(),
            views=views,
            formats=tables,
            workbook=self._has_workbook(workbook),
            before=self._before,
            kept=self.left.kept,
            marks=self.left.marks,
        )

    def _before(self, organisation: str) -> Before | None:
        """What the register knew of an organisation; None where this is its first run.

        Of a list before there is something to tell only where there was another one.
        """
        base = self.left.base
        if self.left.first:
            return None
        return before_of(
            organisation,
            extracts=base.extracts if base else None,
            entries=base.entries if base else None,
            findings=self.left.findings_before,
            answered_by=[each.organisation for each in self.left.said],
            asked=self.left.asked,
        )
