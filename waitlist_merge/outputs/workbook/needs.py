"""The sheets *Combined list* and *Duplicates*: what waits, and which entries are one need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.outputs.workbook.cells import (
    Texts,
    labelled,
    numbers,
    phrase,
    stacked,
    texts,
    truth,
    worded,
)
from waitlist_merge.outputs.workbook.cues import cues, tints
from waitlist_merge.outputs.workbook.facts import priority, procedure
from waitlist_merge.outputs.workbook.page import ID_WIDTH, Column, Look, Page, Tint, lines_of
from waitlist_merge.outputs.workbook.work import signed_columns, work_columns, work_states
from waitlist_merge.outputs.workbook.worked import work_on_needs
from waitlist_merge.reasons import Joins, NextStep, Outcome
from waitlist_merge.review import headings as heading

COMBINED = "Combined list"
DUPLICATES = "Duplicates"

_ROLES = {
    str(Outcome.CONFIRMED_DUPLICATE): "confirmed duplicate",
    str(Outcome.PROPOSED_DUPLICATE): "proposed duplicate",
}


def combined_page(tables: Mapping[str, pd.DataFrame], *, run_date: date) -> Page:
    """One row for each need, in the order to work from; 30 columns, the rest is in the tables."""
    rows = tables["combined_list"]
    cue = cues(rows, run_date=run_date)
    named = texts(rows["treatment_function_code"])
    hospital = _hospital_numbers(rows, tables["members"])
    columns = (
        Column("Order", rows["order"], 7, Look.WHOLE),
        Column("Urgency", cue, 20, tint=tints(cue)),
        Column("NHS number", texts(rows["nhs_number"]), 12),
        Column("Family name", texts(rows["family_name"]), 16),
        Column("Given name", texts(rows["given_name"]), 14),
        Column("Born", rows["birth_date"], 12, Look.DATE),
        Column("Service", service(rows), 32, Look.WRAPPED),
        Column("Procedure", procedure(rows), 32, Look.WRAPPED),
        Column("Side", texts(rows["laterality"]), 9),
        Column("Organisations", texts(rows["organisations"]), 14),
        Column("Hospital numbers", hospital, 30, Look.WRAPPED),
        Column("Treats (proposed)", texts(rows["treating_organisation"]), 11),
        Column("Entries", rows["member_count"], 8, Look.WHOLE),
        Column("Confirmed duplicates", _some(rows["confirmed_duplicates"]), 11, Look.WHOLE),
        Column("Proposed duplicates", _some(rows["proposed_duplicates"]), 11, Look.WHOLE),
        Column("Clock start", rows["rtt_start_date"], 12, Look.DATE),
        Column("Start is", texts(rows["rtt_start_status"]), 12),
        Column("Weeks waiting", rows["weeks_waiting"], 8, Look.NUMBER),
        Column("Passes next threshold", rows["next_threshold_date"], 12, Look.DATE),
        Column("Stage", texts(rows["stage"]), 13),
        Column("Admission (TCI)", rows["tci_date"], 12, Look.DATE),
        Column("Next appointment", rows["next_appointment_date"], 12, Look.DATE),
        Column("Priority", priority(rows), 10),
        Column("Check first", _checks(rows), 24, Look.WRAPPED),
        Column("Open questions", _some(rows["open_questions"]), 10, Look.WHOLE),
        Column("Next step", steps(rows["next_step"]), 50, Look.WRAPPED),
        Column("Step is for", texts(rows["next_step_organisations"]), 14),
        Column("Starts not taken, and why", texts(rows["rtt_start_note"]), 44, Look.WRAPPED),
        Column("Need", texts(rows["pathway_id"]), ID_WIDTH),
        Column("Patient", texts(rows["patient_id"]), ID_WIDTH),
    )
    lines = lines_of(columns)
    meaning = "One row for each need that waits, in the order to work from"
    return Page(COMBINED, meaning, columns, len(rows), part=named, lines=lines, frozen=5)


def duplicates_page(tables: Mapping[str, pd.DataFrame], *, run_date: date) -> Page:
    """Each need with two entries or more, or on which there is work, its members under it."""
    rows, work = tables["combined_list"], work_on_needs(tables)
    several = rows.loc[
        (rows["member_count"].to_numpy(dtype=np.int64, na_value=0) > 1)
        | np.isin(texts(rows["pathway_id"]).astype(str), work.index.to_numpy(dtype=str))
    ].reset_index(drop=True)
    members, group = members_of(tables["members"], several["pathway_id"])
    size = len(several)
    order = np.argsort(np.concatenate([np.arange(size), group]), kind="stable")
    relation = _relations(members, tables["pathway_links"])
    entries = _entries(members).assign(**{"To the entry shown": relation})
    both = pd.concat([_groups(several, run_date=run_date), entries], ignore_index=True)
    both = both.take(order).reset_index(drop=True)
    head = order < size
    cue = texts(both["Urgency"])
    plain = np.where(head, Tint.GROUP, Tint.NONE).astype(object)
    shades = np.where(cue == "", plain, tints(cue))
    columns = tuple(
        Column(
            name,
            both[name] if name in _DAYS else texts(both[name]),
            width,
            _LOOKS.get(name, Look.TEXT),
            shades if name == "Urgency" else plain,
        )
        for name, width in _DUPLICATE_WIDTHS.items()
    )
    services = texts(several["treatment_function_code"])
    # The work on a need goes on when its question is answered, so it stands here too.
    green = np.where(head, Tint.FILL_IN, Tint.NONE).astype(object)
    said = work.reindex(texts(several["pathway_id"])).fillna("")
    names = stacked(texts(members["entry_id"]), group, size)
    ids = [
        ";".join(sorted({*here.split("\n"), *then.replace("\n", ";").split(";")} - {""}))
        for here, then in zip(names, said["entry_ids"], strict=True)
    ]
    below = np.full(len(group), "", dtype=object)
    so_far, against, hidden = (
        np.concatenate([texts(pd.Series(each)), below])[order]
        for each in (said["said"], said["against"], ids)
    )
    columns = (
        *columns,
        Column("Work so far", so_far, 36, Look.WRAPPED, plain),
        Column("Against it", against, 24, Look.WRAPPED, np.where(against == "", plain, Tint.GRAVE)),
        *work_columns(len(order), green, work_states(tables["entries"])),
        *signed_columns(len(order), green),
        Column(heading.ENTRIES, hidden, 20, hidden=True),
    )
    return Page(
        DUPLICATES,
        "Needs of two or more entries, or worked on, each above its entries",
        columns,
        len(order),
        part=np.concatenate([services, services[group]])[order],
        lines=lines_of(columns),
        level=(~head).astype(np.int8),
        frozen=3,
    )


_DAYS = ("Born", "Clock start", "Admission (TCI)", "Next appointment")
_LOOKS = {**dict.fromkeys(_DAYS, Look.DATE), "Service": Look.WRAPPED, "Next step": Look.WRAPPED}

_DUPLICATE_WIDTHS = {
    heading.NEED: ID_WIDTH,
    "Urgency": 20,
    "Patient, or what the entry is": 28,
    "To the entry shown": 26,
    "NHS number": 12,
    "Born": 12,
    "Organisation": 13,
    "Hospital number": 14,
    "Service": 32,
    "Stage": 13,
    "RTT status": 8,
    "Clock start": 12,
    "Admission (TCI)": 12,
    "Next appointment": 12,
    "Consultant or clinic": 14,
    "Site": 8,
    "Pathway identifier": 22,
    "UBRN": 14,
    "One need": 10,
    "One person": 10,
    "Next step": 50,
}
"""Headings of the sheet *Duplicates*, in order, with their widths."""


def _groups(several: pd.DataFrame, *, run_date: date) -> pd.DataFrame:
    """The row that stands above the entries of each need."""
    return pd.DataFrame(
        {
            heading.NEED: texts(several["pathway_id"]),
            "Urgency": cues(several, run_date=run_date),
            "Patient, or what the entry is": person(several),
            "NHS number": texts(several["nhs_number"]),
            "Born": several["birth_date"],
            "Organisation": texts(several["organisations"]),
            "Service": service(several),
            "Clock start": several["rtt_start_date"],
            "One need": texts(several["pathway_confidence"]),
            "One person": texts(several["patient_confidence"]),
            "Next step": steps(several["next_step"]),
        }
    )


def _entries(members: pd.DataFrame) -> pd.DataFrame:
    """The row of each entry below it: what its own organisation says."""
    return pd.DataFrame(
        {
            heading.NEED: texts(members["pathway_id"]),
            "Patient, or what the entry is": worded(members["outcome"], _role),
            "Organisation": texts(members["organisation"]),
            "Hospital number": texts(members["local_patient_identifier"]),
            "Service": texts(members["treatment_function_code"]),
            "Stage": texts(members["stage"]),
            "RTT status": texts(members["rtt_status"]),
            "Clock start": members["rtt_start_date"],
            "Admission (TCI)": members["tci_date"],
            "Next appointment": members["next_appointment_date"],
            "Consultant or clinic": texts(members["consultant_code"]),
            "Site": texts(members["site_code"]),
            "Pathway identifier": texts(members["patient_pathway_identifier"]),
            "UBRN": texts(members["unique_booking_reference_number"]),
        }
    )


def _relations(members: pd.DataFrame, links: pd.DataFrame) -> Texts:
    """What each entry is to the one shown, where the two are a pair; the shown one leads a need."""
    entry = texts(members["entry_id"])
    shown = members["entry_id"].astype(object).where(truth(members["is_shown"])).ffill()
    pairs = pd.DataFrame({"one": entry, "other": texts(shown)})
    low = np.where(pairs["one"] < pairs["other"], pairs["one"], pairs["other"])
    high = np.where(pairs["one"] < pairs["other"], pairs["other"], pairs["one"])
    joined = links.loc[texts(links["joins"]) == str(Joins.YES)]
    names = phrase(texts(joined["entry_id_a"]), texts(joined["entry_id_b"]))
    said = pd.Series(texts(joined["relation"]), index=names, dtype=object)
    found = said[~said.index.duplicated()].reindex(phrase(low, high))
    return np.array([each.replace("_", " ") for each in texts(found)], dtype=object)


def _role(outcome: object) -> str:
    return f"   {_ROLES.get(str(outcome), 'entry shown')}"


def members_of(
    members: pd.DataFrame, pathway_ids: pd.Series
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """The entries of these needs and the place of each one's need, in order of place.

    The shown entry of each comes first, then the others by organisation.
    """
    place = pd.Index(texts(pathway_ids)).get_indexer(pd.Index(texts(members["pathway_id"])))
    other = ~truth(members["is_shown"])
    organisation = pd.factorize(members["organisation"], sort=True)[0]
    order = np.lexsort((organisation, other, place))
    order = order[place[order] >= 0]
    return members.take(order).reset_index(drop=True), place[order].astype(np.int64)


def _hospital_numbers(rows: pd.DataFrame, members: pd.DataFrame) -> list[str]:
    """The number that each organisation knows the patient by, the shown entry's first."""
    members, place = members_of(members, rows["pathway_id"])
    number = texts(members["local_patient_identifier"])
    told = labelled(texts(members["organisation"]), number)
    different = ~pd.DataFrame({"place": place, "told": told}).duplicated().to_numpy()
    different &= told != ""
    return stacked(told[different], place[different], len(rows), "; ")


def person(rows: pd.DataFrame) -> Texts:
    """Family name and given name."""
    return phrase(texts(rows["family_name"]), texts(rows["given_name"]), by=", ")


def service(rows: pd.DataFrame) -> Texts:
    """Code and name of the service."""
    return phrase(texts(rows["treatment_function_code"]), texts(rows["treatment_function"]))


def steps(next_step: pd.Series) -> Texts:
    """What is to be done, in words; nothing where there is nothing."""
    said = {str(each): each.meaning for each in NextStep if each is not NextStep.NOTHING}
    return worded(next_step, lambda each: said.get(str(each), ""))


def _some(counts: pd.Series) -> NDArray[np.float64]:
    """Counts with nothing in place of none: most rows have none, and what is there stands out."""
    counted = numbers(counts)
    return np.where(counted == 0, np.nan, counted)


def _checks(rows: pd.DataFrame) -> Texts:
    """What to look at before anything is done about a row."""
    said = {
        "deceased": "death recorded",
        "restricted": "restricted record",
        "incomplete": "little could be read",
        "validation_due": "validation due",
    }
    flags = (np.where(truth(rows[name]), word, "") for name, word in said.items())
    return phrase(*(each.astype(object) for each in flags), by="; ")
