"""The sheet *Contact*: which patients are to be spoken to, by whom, and what may they be told?

Contact details are never chosen across organisations: a row has those that the calling
organisation holds itself. Nobody of whom a death is recorded and no restricted record is to be
rung, nor anybody who may be a person that has died; such a row says so, and has no telephone number
and nothing to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.outputs.workbook.cells import (
    Texts,
    day_texts,
    heights,
    labelled,
    phrase,
    stacked,
    texts,
    truth,
)
from waitlist_merge.outputs.workbook.cues import Cue, cues
from waitlist_merge.outputs.workbook.needs import members_of, service
from waitlist_merge.outputs.workbook.page import ID_WIDTH, Column, Look, Page, Tint
from waitlist_merge.pathways.columns import any_of
from waitlist_merge.reasons import NextStep
from waitlist_merge.review import headings as heading
from waitlist_merge.review.contacts import QUIET

CONTACT = "Contact"

RING = "Ring"
DEAD = "DO NOT RING: a death is recorded"
DEAD_PERHAPS = "DO NOT RING YET: settle first who has died"
RESTRICTED = "DO NOT RING: restricted record"

ASKS: Mapping[str, str] = {
    NextStep.ASK_PATIENT: "Are these one need, and where would you like to be treated?",
    NextStep.ASK_WHETHER_TREATED: "Have you been treated for this at another hospital?",
    NextStep.RELEASE_ONE_TCI: "Two admissions are booked for this: which one will you keep?",
    NextStep.RELEASE_ONE_APPOINTMENT: "Two appointments are booked for this: which will you keep?",
}
"""What the patient is asked, for each next step that needs an answer from them."""

_AT_ONCE = (NextStep.RELEASE_ONE_TCI, NextStep.RELEASE_ONE_APPOINTMENT)
"""Steps that do not wait until twelve weeks have passed."""

_TOLD_WIDTH, _ASKED_WIDTH, _RING_WIDTH = 72, 44, 30


def contact_page(
    tables: Mapping[str, pd.DataFrame], *, run_date: date, caller: str | None = None
) -> Page:
    """One row for each patient to be spoken to; those not to be rung are last.

    ``caller`` is the organisation whose calls are listed, by default everybody's.
    """
    rows = _to_speak_of(tables["combined_list"])
    number, first = _patients(rows)
    size = len(first)
    lead = rows.take(first).reset_index(drop=True)
    spoken = _spoken(lead, tables.get("contacts", pd.DataFrame()), run_date=run_date)
    ring, place = _ring(rows, number, lead, spoken, run_date=run_date)
    may = np.isin(place, (_NOW, _LATER))
    rings = np.where(
        texts(lead["treating_organisation"]) == "",
        texts(lead["shown_organisation"]),
        texts(lead["treating_organisation"]),
    )
    members, need = members_of(tables["members"], rows["pathway_id"])
    listed = _listed(members, rows, need, run_date=run_date)
    unseen = _unseen(rows, members, need, run_date=run_date)
    there = unseen != ""
    lines, whose = np.append(listed, unseen[there]), np.append(number[need], number[there])
    told = stacked(lines, whose, size)
    names = stacked(texts(members["entry_id"]), number[need], size, ";")
    asks = _asks(rows, number, size)
    hospital, phone = _details(lead, rings, tables["entries"])
    empty, nothing = np.full(size, "", dtype=object), pd.Series(pd.NaT, index=range(size))
    columns = (
        Column("Ring?", ring, _RING_WIDTH, Look.WRAPPED, _RING_TINTS[place]),
        Column(heading.RINGS, rings, 11),
        Column("NHS number", texts(lead["nhs_number"]), 12),
        Column("Family name", texts(lead["family_name"]), 16),
        Column("Given name", texts(lead["given_name"]), 14),
        Column("Born", lead["birth_date"], 12, Look.DATE),
        Column("Hospital number there", hospital, 15),
        Column("Telephone held there", np.where(may, phone, ""), 16),
        Column("Communication needs", texts(lead["communication_needs"]), 22, Look.WRAPPED),
        Column("What to ask", np.where(may, asks, ""), _ASKED_WIDTH, Look.WRAPPED),
        Column("What they can be told now", np.where(may, told, ""), _TOLD_WIDTH, Look.WRAPPED),
        Column(heading.PATIENT_SAID, empty, 36, Look.WRAPPED, Tint.FILL_IN),
        Column(heading.SPOKEN_BY, empty, 16, Look.TEXT, Tint.FILL_IN),
        Column(heading.SPOKEN_FOR, empty, 13, Look.TEXT, Tint.FILL_IN),
        Column(heading.SPOKEN_ON, nothing, 12, Look.DATE, Tint.FILL_IN),
        Column(heading.PATIENT, texts(lead["patient_id"]), ID_WIDTH),
        Column(heading.ENTRIES, names, 20, hidden=True),
    )
    said = np.maximum(heights(told, _TOLD_WIDTH), heights(asks, _ASKED_WIDTH))
    page = Page(
        CONTACT,
        "One row for each patient to be spoken to: who rings, what to ask, what to say",
        columns,
        size,
        lines=np.maximum(np.where(may, said, 1), heights(ring, _RING_WIDTH)),
        frozen=5,
        ruled=True,
    )
    order = np.argsort(place, kind="stable")
    if caller:
        order = order[rings[order] == caller]
    return page.take(order, name=CONTACT, parts="")


_NOW, _LATER, _PERHAPS, _DEAD, _RESTRICTED = range(5)
_RING_TINTS = np.array([Tint.URGENT, Tint.SOON, Tint.STOP, Tint.STOP, Tint.STOP], dtype=object)


def _to_speak_of(combined: pd.DataFrame) -> pd.DataFrame:
    """Needs about which the patient is to be asked, and those whose step a death comes before."""
    step = texts(combined["next_step"])
    rows = combined.loc[np.isin(step, [*map(str, ASKS), str(NextStep.CHECK_DEATH)])]
    return rows.sort_values("order", ignore_index=True)


def _patients(rows: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The number of each row's patient and the first row of each patient."""
    number, different = pd.factorize(texts(rows["patient_id"]))
    first = np.full(len(different), len(rows), dtype=np.int64)
    np.minimum.at(first, number, np.arange(len(rows)))
    return number.astype(np.int64), first


def _spoken(lead: pd.DataFrame, contacts: pd.DataFrame, *, run_date: date) -> Texts:
    """That each patient has been spoken to in the last twelve weeks: until when, when and by whom.

    Empty where nobody has. Their answer stands, however urgent the step: it is for the
    organisations now.
    """
    if contacts.empty:
        return np.full(len(lead), "", dtype=object)
    recent = contacts.loc[contacts["spoken_on"] > pd.Timestamp(run_date - QUIET)]
    newest = recent.sort_values("spoken_on").groupby(recent["patient_id"].astype(object)).last()
    told = newest.reindex(texts(lead["patient_id"]))
    until = day_texts(told["spoken_on"] + QUIET)
    said = phrase(
        *("Not before", until, "(spoken to", day_texts(told["spoken_on"]), "by"),
        phrase(texts(told["organisation"]), ")", by=""),
    )
    return np.where(until == "", "", said).astype(object)


def _ring(
    rows: pd.DataFrame,
    number: NDArray[np.int64],
    lead: pd.DataFrame,
    spoken: Texts,
    *,
    run_date: date,
) -> tuple[Texts, NDArray[np.intp]]:
    """Whether each patient is to be rung, in words, and the place that this gives the row."""
    size = len(lead)
    validated = pd.to_datetime(rows["last_validated_date"])
    latest = validated.groupby(number).max().reindex(range(size))
    recent = (latest > pd.Timestamp(run_date - QUIET)).to_numpy()
    urgent = np.isin(texts(rows["next_step"]), list(map(str, _AT_ONCE)))
    urgent |= np.isin(cues(rows, run_date=run_date), [str(Cue.CANCER), str(Cue.FIRST)])
    at_once = any_of(urgent, number, size)
    until = day_texts(latest + QUIET)
    later = phrase("Not before", until, "(validated less than 12 weeks before)")
    dead = any_of(truth(rows["deceased"]), number, size)
    perhaps = any_of(truth(rows["death_in_doubt"]), number, size)
    hidden = any_of(truth(rows["restricted"]), number, size)
    later = np.where(spoken == "", later, spoken)
    place = np.select(
        [dead, hidden, perhaps, (recent & ~at_once) | (spoken != "")],
        [_DEAD, _RESTRICTED, _PERHAPS, _LATER],
        _NOW,
    )
    words = (DEAD_PERHAPS, DEAD, RESTRICTED)
    said = [np.full(size, RING), later, *(np.full(size, each) for each in words)]
    return np.asarray(np.choose(place, [each.astype(object) for each in said])), place


def _listed(
    members: pd.DataFrame, rows: pd.DataFrame, need: NDArray[np.int64], *, run_date: date
) -> Texts:
    """Where an entry is, since when, and what is still to come: what the patient can be told."""
    return phrase(
        phrase(texts(members["organisation"]), service(rows)[need]),
        labelled("since", day_texts(members["rtt_start_date"])),
        *(_to_come(word, members[name], run_date=run_date) for word, name in _BOOKED.items()),
        by=", ",
    )


def _unseen(
    rows: pd.DataFrame, members: pd.DataFrame, need: NDArray[np.int64], *, run_date: date
) -> Texts:
    """What is booked for a need on a list that did not come: who rings must not book it again."""
    booked = []
    for word, name in _BOOKED.items():
        day, own = pd.to_datetime(rows[name]), pd.to_datetime(members[name])
        known = any_of(own.to_numpy() == day.to_numpy()[need], need, len(rows))
        booked.append(_to_come(word, day.mask(known), run_date=run_date))
    dates = labelled(service(rows), phrase(*booked, by=", "))
    return np.where(dates == "", "", phrase(dates, "(on a list that did not come)")).astype(object)


_BOOKED: Mapping[str, str] = {"admission": "tci_date", "appointment": "next_appointment_date"}


def _to_come(word: str, days: pd.Series, *, run_date: date) -> Texts:
    """What is on these days, of those that are not over."""
    day = pd.to_datetime(days)
    return labelled(word, day_texts(day.where(day >= pd.Timestamp(run_date))))


def _asks(rows: pd.DataFrame, number: NDArray[np.int64], size: int) -> Texts:
    """What is asked about each need of a patient; the same question once for each service."""
    step = [ASKS.get(each, "") for each in texts(rows["next_step"]).tolist()]
    asked = phrase(service(rows), np.array(step, dtype=object), by=": ")
    different = ~pd.DataFrame({"number": number, "asked": asked}).duplicated().to_numpy()
    different &= np.array(step, dtype=object) != ""
    return np.array(stacked(asked[different], number[different], size), dtype=object)


def _details(lead: pd.DataFrame, caller: Texts, entries: pd.DataFrame) -> tuple[Texts, Texts]:
    """Hospital number and telephone number that the calling organisation holds of the patient."""
    wanted = pd.DataFrame({"patient": texts(lead["patient_id"]), "organisation": caller})
    own = entries.loc[entries["patient_id"].isin(wanted["patient"])]
    held = pd.DataFrame(
        {
            "patient": texts(own["patient_id"]),
            "organisation": texts(own["organisation"]),
            "hospital": own["local_patient_identifier"].astype(object),
            "phone": own["phone"].astype(object),
        }
    )
    first = held.groupby(["patient", "organisation"], as_index=False).first()
    found = wanted.merge(first, how="left", on=["patient", "organisation"])
    return texts(found["hospital"]), texts(found["phone"])
