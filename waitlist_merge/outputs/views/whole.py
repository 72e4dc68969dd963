"""A run of which views are to be made: what all of them need, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from waitlist_merge.combined.kept import NOTHING_KEPT
from waitlist_merge.outputs.views.groups import Groups, groups_of
from waitlist_merge.outputs.views.held import sensitive_codes, to_be_shown
from waitlist_merge.pathways.columns import Bools, flag, is_in
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.pathways.match import certain_people, restricted
from waitlist_merge.plan import MergePlan
from waitlist_merge.review.lost import of_withheld_service
from waitlist_merge.review.marks import NOTHING_MARKED, marked
from waitlist_merge.schema import TABLES, Kind

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Whole:
    """A run that is made ready for its views; ``made_ready`` makes it.

    ``patients`` and ``pathways`` have positions of ``entries``; ``person`` numbers certain persons;
    ``withheld`` marks entries that leave their organisation in no view; ``kept`` is what others may
    see of that which needs keep of entries off their lists, ``unshown`` the rest of it, ``marks``
    what earlier lists said.
    """

    tables: Tables
    manifest: Mapping[str, Any]
    entries: pd.DataFrame
    patients: Groups
    pathways: Groups
    person: Group
    withheld: Bools
    plan: MergePlan
    sensitive: frozenset[str]
    kept: pd.DataFrame
    unshown: pd.DataFrame
    marks: pd.DataFrame

    @cached_property
    def organisations(self) -> list[str]:
        """All that have an entry, sorted."""
        return sorted(self.entries["organisation"].dropna().astype(str).unique())

    @cached_property
    def run_date(self) -> date:
        """The day of the run, to which waits are counted."""
        return date.fromisoformat(self.manifest["run_date"])


def made_ready(
    tables: Tables,
    manifest: Mapping[str, Any],
    kept: pd.DataFrame = NOTHING_KEPT,
    marks: pd.DataFrame = NOTHING_MARKED,
) -> Whole:
    """What all views of a run need; ``tables`` as of a result or as ``read_tables`` gives them."""
    entries = _typed(tables["entries"])
    patients = groups_of(entries, "patient_id", tables["patient_links"])
    plan = MergePlan.of_manifest(manifest.get("plan", {}))
    sensitive = sensitive_codes(plan.sensitive_services)
    shown = to_be_shown(kept, sensitive)
    return Whole(
        tables,
        manifest,
        entries,
        patients,
        groups_of(entries, "pathway_id", tables["pathway_links"]),
        certain_people(patients.links, len(entries)),
        of_withheld_service(entries, sensitive)
        | restricted(marked(entries, marks), patients.group)
        | _restricted_on_the_list(entries, tables["combined_list"]),
        plan,
        sensitive,
        shown,
        kept.drop(index=shown.index),
        marks,
    )


def _restricted_on_the_list(entries: pd.DataFrame, combined: pd.DataFrame) -> Bools:
    """Entries of patients who are restricted by what an earlier list said, as the list has it."""
    whose = combined.loc[flag(combined["restricted"]), "patient_id"].astype(object)
    return is_in(entries["patient_id"], set(whose))


def _typed(entries: pd.DataFrame) -> pd.DataFrame:
    """Entries as the stages of a merge read them: text as categories."""
    kinds = {column.name: column.kind for column in TABLES["entries"]}
    return pd.DataFrame(
        {
            name: column.astype("category")
            if kinds.get(str(name), Kind.TEXT) is Kind.TEXT
            else column
            for name, column in entries.items()
        }
    )
