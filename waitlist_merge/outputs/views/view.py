"""What may the staff of one organisation hold of a run? All its tables, made anew for them.

Nothing is picked out of the tables of the run. The entries are cut down to what the organisation
may hold (``held``) first, and its combined list is then made of what is left, as the whole one was
made of all: what was not put in cannot come out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined import combine
from waitlist_merge.combined.kept import CLOCK
from waitlist_merge.errors import InputError
from waitlist_merge.outputs.columns import conform
from waitlist_merge.outputs.views.asked import questions_for
from waitlist_merge.outputs.views.changed import changes_of
from waitlist_merge.outputs.views.groups import Groups, cut
from waitlist_merge.outputs.views.held import Held, held_by, marks_for, redacted
from waitlist_merge.outputs.views.picked import among, plain
from waitlist_merge.outputs.views.since import (
    findings_of,
    lost_of_services,
    spoken_of,
    unaccounted_of,
    work_of,
)
from waitlist_merge.outputs.views.whole import Tables, Whole
from waitlist_merge.pathways.columns import Bools, has_word, is_in
from waitlist_merge.pathways.deaths import records_death
from waitlist_merge.pathways.earlier import DIED, told_before, without_marks
from waitlist_merge.pathways.match import of_patient
from waitlist_merge.patients.doubted import DOUBT
from waitlist_merge.reasons import Relation, Veto
from waitlist_merge.review.marks import marked
from waitlist_merge.review.not_refreshed import without_counts
from waitlist_merge.schema import TABLES

_PERSON = ("nhs_number", "family_name", "given_name", "birth_date", "gender")
"""What a row of another organisation's need says of the patient: what one's own entry says."""

_OF_ALL = (
    "finished",
    "run_date",
    "versions",
    "run",
    "told_against",
    "plan",
    "plan_digest",
    "patient_model",
)
"""What of the manifest says how the run was made, and of no organisation what it sent."""


def view(whole: Whole, organisation: str) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The tables and the manifest that this organisation's staff may hold.

    The tables are those of ``schema.TABLES``, so ``write_tables`` writes them. InputError where the
    run has no entry of the organisation.
    """
    if organisation not in whole.organisations:
        there = ", ".join(whole.organisations)
        raise InputError(f"no entry is of {organisation}; the organisations are {there}")
    held = held_by(organisation, whole.entries, person=whole.person, withheld=whole.withheld)
    own = held.own[held.rows]
    needs = cut(whole.pathways, held)
    marks = marks_for(organisation, whole.marks, whole.sensitive)
    listed = _combined_anew(whole, held, needs, own, marks)
    told = _told_by_people(whole, organisation, held, needs, listed["entries"], marks)
    combined = _filled(listed["combined_list"], listed["entries"], own)
    asked = {"open_questions": _open(combined, told["review_queue"])}
    made = listed | told | {"combined_list": combined.assign(**asked)}
    tables = {name: conform(name, made[name]) for name in TABLES}
    return tables, _manifest(whole.manifest, organisation, tables)


def of_services(whole: Whole, services: Collection[str]) -> dict[str, pd.DataFrame]:
    """The tables of a run for the needs of these services alone, with all that it knows of them.

    A need is of a service where any of its entries is, or was when somebody last listed it.
    Changes are those of its entries, questions those that concern one; findings as well those of no
    entry, for a column of a list is of all services. InputError where no entry is of these.
    """
    inside = is_in(whole.entries["treatment_function_code"], services)
    rows = of_patient(inside, whole.pathways.group)
    if not rows.any():
        raise InputError(f"no entry is of service {', '.join(sorted(services))}")
    held = Held(rows, np.zeros_like(rows), ~rows)
    lost = lost_of_services(whole.tables["unaccounted"], services)
    everybody = np.ones(int(rows.sum()), dtype=bool)
    listed = _combined_anew(whole, held, cut(whole.pathways, held), everybody, whole.marks)
    gone = {each for ids in lost["entry_ids"].astype(object) for each in ids.split(";")}
    ids = gone.union(listed["entries"]["entry_id"].astype(object))
    needs = set(listed["entries"]["pathway_id"].astype(object))
    queue, people = whole.tables["review_queue"], {*listed["entries"]["patient_id"]}
    concerns = [not ids.isdisjoint(each.split(";")) for each in queue["entry_ids"].astype(object)]
    queue = queue.loc[np.array(concerns, dtype=bool)]
    asked = {*queue["question_id"].astype(object), *needs, *lost["pathway_id"].astype(object)}
    kept = {
        "review_queue": queue,
        "findings": _faults_of(whole.tables["findings"], ids),
        "changes": among(whole.tables["changes"], "entry_id", ids),
        "unaccounted": lost,
        "not_refreshed": _told_among(
            whole.tables, "not_refreshed", "treatment_function_code", services
        ),
        "work": among(whole.tables["work"], "question_id", asked),
        "contacts": _told_among(whole.tables, "contacts", "patient_id", people),
    }
    made = listed | {name: table.reset_index(drop=True) for name, table in kept.items()}
    return {name: conform(name, made[name]) for name in TABLES}


def _faults_of(findings: pd.DataFrame, ids: Collection[str]) -> pd.DataFrame:
    """The faults of these entries, and those of a file, a column or a record that is no entry."""
    return findings.loc[plain(findings["entry_id"]).isin(["", *ids]).to_numpy(dtype=bool)]


def _told(tables: Tables, name: str) -> pd.DataFrame:
    """A table that a folder of an older version does not have."""
    return tables.get(name, pd.DataFrame())


def _told_among(tables: Tables, name: str, column: str, values: Collection[str]) -> pd.DataFrame:
    """The rows with one of these values, of a table that an older folder does not have."""
    told = _told(tables, name)
    return among(told, column, values) if len(told) else told


def _combined_anew(
    whole: Whole, held: Held, pathways: Groups, own: Bools, marks: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The tables that are made of entries, of those that are held alone.

    ``pathways`` are the needs of these, ``marks`` what may be known of earlier lists.
    """
    patients = cut(whole.patients, held)
    entries = redacted(whole.entries.take(held.rows).reset_index(drop=True), own)
    entries = marked(entries, marks)
    listed = combine(
        entries,
        patients,
        pathways,
        run_date=whole.run_date,
        survivorship=whole.plan.survivorship,
        agreements=whole.plan.agreements,
        patient_id=entries["patient_id"],
        pathway_id=entries["pathway_id"],
        kept=whole.kept,
        asked_again=_asked_again(whole.tables["review_queue"], entries["entry_id"], own),
    )
    said = listed.entry_columns
    entries = without_marks(entries).assign(outcome=said["outcome"], reason=said["reason"])
    return {
        "entries": entries,
        "combined_list": listed.combined_list,
        "members": listed.members,
        "provenance": listed.provenance,
        "pathway_history": listed.pathway_history,
        "gains": listed.gains,
        "patient_links": _own_words(patients.links, own),
        "pathway_links": _own_words(pathways.links, own),
    }


def _asked_again(queue: pd.DataFrame, entry_ids: pd.Series, own: Bools) -> pd.DataFrame:
    """The questions that people had answered, of entries that are held, one's own among them."""
    again = queue.loc[has_word(queue, "veto", Veto.DECIDED_APART)]
    held, mine = {*entry_ids}, {*entry_ids[own]}
    kept = [
        held.issuperset(ids) and not mine.isdisjoint(ids)
        for ids in again["entry_ids"].astype(object).str.split(";")
    ]
    told = again.loc[np.array(kept, dtype=bool), ["level", "entry_ids"]].astype(object)
    return told.assign(detail="")


def _told_by_people(
    whole: Whole,
    organisation: str,
    held: Held,
    pathways: Groups,
    entries: pd.DataFrame,
    marks: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """The tables that are not made of entries anew: questions, findings, what has changed.

    ``entries`` are those of the view, ``pathways`` their needs, ``marks`` what may be known of
    earlier lists.
    """
    tables = whole.tables
    groups = whole.entries[["patient_id", "pathway_id"]]
    seen = held.own | held.shared
    deaths = records_death(whole.entries) & seen
    before = told_before(marked(whole.entries, marks), DIED) & seen
    dead = of_patient(deaths, whole.person)
    perhaps = of_patient(deaths | before, whole.patients.group)
    ids = whole.entries["entry_id"].astype(object).to_numpy()
    links = pathways.links
    mine = whole.entries["pathway_id"].astype(object)[held.own]
    other_side = links.loc[(links["relation"] == str(Relation.OTHER_SIDE)).to_numpy(dtype=bool)]
    both_sides = ids[held.rows][other_side[["a", "b"]].to_numpy().ravel()]
    lost = unaccounted_of(
        organisation,
        tables["unaccounted"],
        sensitive=whole.sensitive,
        run_date=whole.run_date,
    )
    return {
        "review_queue": questions_for(
            tables["review_queue"],
            whole.entries,
            held,
            dead=dead | of_patient(before, whole.patients.group),
            lost=lost,
        ),
        "findings": findings_of(
            organisation,
            tables["findings"],
            dead=ids[dead],
            dead_perhaps=ids[perhaps],
            both_sides=both_sides,
        ),
        "changes": changes_of(
            organisation,
            tables["changes"],
            entries=entries,
            unseen=groups[~seen],
            secret=groups[held.secret],
            starts=_starts_unshown(whole.unshown, organisation),
        ),
        "unaccounted": lost,
        # Whose list did not come has no view, and of whom it alone lists nobody else is told.
        "not_refreshed": pd.DataFrame(),
        "work": work_of(
            organisation, tables["work"], {*ids[held.rows]}, {*mine, *lost["pathway_id"]}
        ),
        "contacts": spoken_of(organisation, _told(tables, "contacts"), {*ids[held.rows]}),
    }


def _starts_unshown(unshown: pd.DataFrame, organisation: str) -> set[str]:
    """The needs that keep a clock start of another's entry which this organisation does not see.

    >>> kept = {"pathway_id": ["W-1", "W-2", "W-3"], "organisation": ["RM3", "RW3", "RW3"]}
    >>> _starts_unshown(pd.DataFrame(kept | {"field": [CLOCK, CLOCK, "priority_type"]}), "RM3")
    {'W-2'}
    """
    others = ~has_word(unshown, "organisation", organisation) & has_word(unshown, "field", CLOCK)
    return set(unshown.loc[others, "pathway_id"].astype(str))


def _filled(combined: pd.DataFrame, entries: pd.DataFrame, own: Bools) -> pd.DataFrame:
    """The combined list with who the patient is, by one's own entries."""
    mine = entries.loc[own].sort_values("entry_id")
    patient = mine["patient_id"].astype(object)
    listed = combined["patient_id"].astype(object)
    filled = {}
    for name in _PERSON:
        said = mine[name].astype(object if name != "birth_date" else mine[name].dtype)
        first = said.groupby(patient).first()
        value = combined[name].astype(said.dtype)
        filled[name] = value.where(value.notna(), listed.map(first))
    return combined.assign(**filled)


def _open(combined: pd.DataFrame, asked: pd.DataFrame) -> NDArray[np.int32]:
    """How many questions of the view concern each need, or its patient."""
    found = np.zeros(len(combined), dtype=np.int32)
    for level, listed, name in (
        ("patient", "patient_ids", "patient_id"),
        ("pathway", "pathway_ids", "pathway_id"),
    ):
        ids = asked.loc[asked["level"] == level, listed].astype(object)
        counts = ids.str.split(";").explode().value_counts()
        found += combined[name].astype(object).map(counts).fillna(0).to_numpy(dtype=np.int32)
    return found


def _own_words(links: pd.DataFrame, own: Bools) -> pd.DataFrame:
    """The links between entries of the view; in words only those between one's own."""
    both = own[links["a"].to_numpy()] & own[links["b"].to_numpy()]
    words = links["explanation"].astype("string").str.replace(f"{DOUBT}.*", "", regex=True)
    return links.drop(columns=["a", "b"]).assign(
        weight=links["weight"].where(both), explanation=words.where(both)
    )


def _manifest(manifest: Mapping[str, Any], organisation: str, tables: Tables) -> dict[str, Any]:
    """The manifest of a view: its own inputs and counts."""
    kept = {name: manifest[name] for name in _OF_ALL if name in manifest}
    inputs = [each for each in manifest.get("inputs", ()) if each["organisation"] == organisation]
    counts = {name: len(table) for name, table in tables.items()}
    notes = [*map(without_counts, manifest.get("notes", ()))]
    told = {"view": organisation, "inputs": inputs, "counts": counts, "notes": notes}
    return kept | told
