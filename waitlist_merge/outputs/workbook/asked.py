"""The sheet *Questions*: one row a question, the facts of its entries side by side.

In each cell of facts every entry has one line, the first line of all cells being of one entry, so
that a row reads like a small table. What differs is coloured, and named in words too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.normalise.names import comparison_form
from waitlist_merge.outputs.workbook.cells import (
    Bools,
    Texts,
    day_texts,
    phrase,
    shortened,
    stacked,
    texts,
    truth,
    worded,
)
from waitlist_merge.outputs.workbook.needs import priority, work_columns, work_states
from waitlist_merge.outputs.workbook.page import ID_WIDTH, Column, Look, Page, Tint, lines_of
from waitlist_merge.patients.records import VERIFIED_STATUS
from waitlist_merge.reasons import Relation
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.returned import MOST_SHOWN, fingerprint

QUESTIONS = "Questions"

UNSAID = "–"
"""Stands in the line of an entry that does not say."""

_HIDDEN = "restricted"
_URGENT = "Urgent: answer first"

Fact = Callable[[pd.DataFrame], Texts]


def _nhs_number(entries: pd.DataFrame) -> Texts:
    number = texts(entries["nhs_number"])
    sure = np.where(
        texts(entries["nhs_number_status"]) == VERIFIED_STATUS, "verified", "not verified"
    )
    return np.where(number == "", "", phrase(number, sure.astype(object)))


def _folded(names: pd.Series) -> Texts:
    """Names without case and accents, as they are compared."""
    return worded(names, lambda name: comparison_form([str(name)])[0])


def _next_date(entries: pd.DataFrame) -> Texts:
    tci, appointment = day_texts(entries["tci_date"]), day_texts(entries["next_appointment_date"])
    return phrase(
        np.where(tci == "", "", phrase("TCI", tci)),
        np.where(appointment == "", "", phrase("appt", appointment)),
        by=", ",
    )


def _procedure(entries: pd.DataFrame) -> Texts:
    said = texts(entries["procedure_text"])
    said = np.where(said == "", texts(entries["procedure_code"]), said)
    return phrase(shortened(said, 32), texts(entries["laterality"]), by=", ")


def _name(entries: pd.DataFrame) -> Texts:
    family, given = texts(entries["family_name"]), texts(entries["given_name"])
    return shortened(phrase(family, given, by=", "), 28)


FACTS: Mapping[str, tuple[Fact, int]] = MappingProxyType(
    {
        "Organisation": (lambda each: texts(each["organisation"]), 13),
        "Hospital number": (lambda each: texts(each["local_patient_identifier"]), 15),
        "NHS number": (_nhs_number, 23),
        "Name": (_name, 28),
        "Born": (lambda each: day_texts(each["birth_date"]), 12),
        "Postcode": (lambda each: texts(each["postcode"]), 11),
        "Service": (lambda each: texts(each["treatment_function_code"]), 9),
        "Clinic or consultant": (lambda each: texts(each["consultant_code"]), 13),
        "Referrer": (lambda each: texts(each["referrer_code"]), 12),
        "Referred": (lambda each: day_texts(each["referral_date"]), 12),
        "Procedure and side": (_procedure, 36),
        "Stage": (lambda each: texts(each["stage"]), 13),
        "RTT status": (lambda each: texts(each["rtt_status"]), 8),
        "Clock start": (lambda each: day_texts(each["rtt_start_date"]), 12),
        "Booked": (_next_date, 34),
        "Last attended": (lambda each: day_texts(each["last_attended_date"]), 12),
        "Priority": (priority, 11),
    }
)
"""Heading -> what each entry says, and how wide the column is."""

_COMPARED: Mapping[str, Fact] = MappingProxyType(
    {
        "NHS number": lambda each: texts(each["nhs_number"]),
        "Name": lambda each: _folded(each["family_name"]) + " " + _folded(each["given_name"]),
    }
)
"""What of a fact is compared, where it is not all that is shown."""

_OWN = ("Organisation", "Hospital number")
"""What differs between organisations by nature, and says nothing."""


def questions_page(tables: Mapping[str, pd.DataFrame]) -> Page:
    """One row for each question, in the order to ask; answers go in the green cells."""
    queue = tables["review_queue"]
    queue = queue.loc[truth(queue["this_week"])].reset_index(drop=True)
    shown, number, more = _shown(queue, tables["entries"], tables["unaccounted"])
    hide = truth(queue["restricted"])
    facts = _facts(shown, number, len(queue), more)
    postcodes, differs = facts["Postcode"]
    facts["Postcode"] = np.where(hide, _HIDDEN, postcodes), differs & ~hide
    differing = phrase(
        *(
            np.where(differs, heading.lower(), "").astype(object)
            for heading, (_, differs) in facts.items()
            if heading not in _OWN
        ),
        by=", ",
    )
    told = _columns(facts)
    columns = (
        *_asked(queue),
        Column("What would settle it", texts(queue["settling_fact"]), 34, Look.WRAPPED),
        Column("What an answer does", _effects(queue), 40, Look.WRAPPED),
        Column("State", texts(queue["state"]), 16, Look.WRAPPED),
        Column("Said so far", texts(queue["said"]), 34, Look.WRAPPED),
        Column("What differs", differing, 26, Look.WRAPPED),
        *told,
        Column("Why it is asked", texts(queue["why"]), 44, Look.WRAPPED),
        Column("How sure", texts(queue["confidence"]), 10),
        *_to_fill_in(len(queue), work_states(tables["entries"])),
        Column("Level", texts(queue["level"]), 10, hidden=True),
        Column("Veto", texts(queue["veto"]), 16, hidden=True),
        Column("Fingerprint", _fingerprints(queue), 16, hidden=True),
        Column("Entries", texts(queue["sides"]), 20, hidden=True),
    )
    return Page(
        QUESTIONS,
        "What a person has to say, the most urgent first; answer in the green cells",
        columns,
        len(queue),
        lines=lines_of(columns),
        frozen=5,
        ruled=True,
    )


def facts_side_by_side(
    shown: pd.DataFrame, number: NDArray[np.int64], size: int
) -> tuple[Column, ...]:
    """A column for each fact, the entries of each number one below the other; ``number`` sorted."""
    return _columns(_facts(shown, number, size, np.zeros(size, dtype=np.int64)))


def _facts(
    shown: pd.DataFrame, number: NDArray[np.int64], size: int, more: NDArray[np.int64]
) -> dict[str, tuple[Texts, Bools]]:
    """For each heading the lines of each question, and whether they differ."""
    return {
        heading: _stacked(fact(shown), _COMPARED.get(heading, fact)(shown), number, size, more)
        for heading, (fact, _) in FACTS.items()
    }


def _columns(facts: Mapping[str, tuple[Texts, Bools]]) -> tuple[Column, ...]:
    """The facts as columns; what differs is coloured."""
    return tuple(
        Column(
            heading,
            lines,
            FACTS[heading][1],
            Look.WRAPPED,
            Tint.NONE
            if heading in _OWN
            else np.where(differs, Tint.DIFFERS, Tint.NONE).astype(object),
        )
        for heading, (lines, differs) in facts.items()
    )


def _fingerprints(queue: pd.DataFrame) -> Texts:
    """A mark for each question by which its hidden cells are known again when they come back."""
    told = (texts(queue[name]).tolist() for name in ("question_id", "level", "veto", "sides"))
    return np.array([fingerprint(*each) for each in zip(*told, strict=True)], dtype=object)


def _asked(queue: pd.DataFrame) -> tuple[Column, ...]:
    urgent = truth(queue["urgent"])
    dead, hide = truth(queue["deceased"]), truth(queue["restricted"])
    cue = np.where(dead, "Check death first", np.where(urgent, _URGENT, "")).astype(object)
    tint = np.select([dead | hide, urgent], [Tint.STOP, Tint.GRAVE], Tint.NONE).astype(object)
    checks = phrase(cue, np.where(hide, "Restricted record: do not ring", ""), by="; ")
    empty = np.full(len(queue), "", dtype=object)
    return (
        Column("Order", queue["order"], 7, Look.WHOLE),
        Column("Question id", texts(queue["question_id"]), ID_WIDTH),
        Column("Urgency", checks, 18, Look.WRAPPED, tint),
        Column("Question", texts(queue["question"]), 44, Look.WRAPPED),
        Column("Answer", empty, 22, tint=Tint.FILL_IN, choices=tuple(Answer)),
        Column("Who can answer", texts(queue["who_answers"]), 20, Look.WRAPPED),
    )


def _to_fill_in(size: int, states: tuple[str, ...]) -> tuple[Column, ...]:
    """What is said beside the answer, which itself stays in view beside the question."""
    empty, green = np.full(size, "", dtype=object), Tint.FILL_IN
    nothing = pd.Series(pd.NaT, index=range(size))
    answered = (
        Column("Note", empty, 30, Look.WRAPPED, green),
        Column("Reviewer", empty, 16, tint=green),
        Column("Reviewer's organisation", empty, 13, tint=green),
        Column("Role", empty, 14, tint=green),
        Column("Date", nothing, 12, Look.DATE, green),
        Column("Relation", empty, 22, tint=green, choices=RELATIONS),
        Column("Second person", empty, 16, tint=green),
        Column("Reason for overriding", empty, 26, Look.WRAPPED, green),
    )
    return answered + work_columns(size, green, states)


RELATIONS: tuple[str, ...] = tuple(
    str(each)
    for each in (
        Relation.TRANSFER,
        Relation.REPEAT_SAME_ORGANISATION,
        Relation.REPEAT_OTHER_ORGANISATION,
        Relation.TREATED_ELSEWHERE,
        Relation.INTERFACE_SERVICE,
        Relation.SUBCONTRACTED,
        Relation.PATIENT_CHOICE_SWITCH,
        Relation.SECOND_OPINION,
        Relation.STAGED_PROCEDURE,
        Relation.OTHER_SIDE,
        Relation.OTHER_PROCEDURE,
    )
)
"""What a person may know two entries to be to each other; a list in a cell may have 255
characters (Excel)."""


def _effects(queue: pd.DataFrame) -> Texts:
    """What the answers that settle it will do; what the others do is on *About*."""
    return worded(queue["answer_effects"], lambda each: "\n".join(each.split("\n")[:2]))


def _shown(
    queue: pd.DataFrame, entries: pd.DataFrame, unaccounted: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64]]:
    """The entries of the questions, the question of each, and how many more each question has."""
    listed = pd.Series(texts(queue["entry_ids"]), dtype=object).str.split(";")
    exploded = listed.explode()
    place = exploded.groupby(level=0).cumcount().to_numpy()
    number = exploded.index.to_numpy(dtype=np.int64)
    kept = place < MOST_SHOWN
    row = pd.Index(texts(entries["entry_id"])).get_indexer(pd.Index(exploded[kept]))
    known = row >= 0
    count = np.bincount(number, minlength=len(queue))
    found, of = entries.take(row[known]), number[kept][known]
    lost, about = _lost(queue, unaccounted)
    if len(lost):
        both = pd.concat([found.astype(object), lost], ignore_index=True)
        order = np.argsort(np.concatenate([of, about]), kind="stable")
        found, of = both.take(order), np.concatenate([of, about])[order]
    return found, of, np.maximum(count - MOST_SHOWN, 0)


def _lost(queue: pd.DataFrame, unaccounted: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """What is known of patients whom nobody lists any longer: one line for each question."""
    asked = pd.Index(texts(queue["question_id"]))
    about = asked.get_indexer(pd.Index(texts(unaccounted["question_id"])))
    rows = unaccounted.loc[about >= 0].astype(object)
    names = {"organisations": "organisation", "hospital_numbers": "local_patient_identifier"}
    return rows.rename(columns=names), about[about >= 0].astype(np.int64)


def _stacked(
    said: Texts,
    compared: Texts,
    number: NDArray[np.int64],
    size: int,
    more: NDArray[np.int64],
) -> tuple[Texts, Bools]:
    """The lines of each question, and whether its entries say two different things."""
    lines = np.where(said == "", UNSAID, said)
    rest = [f"\n… and {count} more" if count else "" for count in more.tolist()]
    told = stacked(lines, number, size)
    known = pd.DataFrame({"number": number, "said": compared})[said != ""].drop_duplicates()
    different = np.bincount(known["number"].to_numpy(dtype=np.int64), minlength=size) > 1
    return np.array([a + b for a, b in zip(told, rest, strict=True)], dtype=object), different
