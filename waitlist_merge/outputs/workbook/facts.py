"""What do the entries of a question say, side by side, and where do they differ?

In each cell every entry has one line, the first line of all cells being of one entry, so that a row
reads like a small table.
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
    labelled,
    phrase,
    shortened,
    stacked,
    texts,
    worded,
)
from waitlist_merge.outputs.workbook.page import Column, Look, Tint
from waitlist_merge.patients.records import VERIFIED_STATUS

UNSAID = "–"
"""Stands in the line of an entry that does not say."""

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
    return phrase(labelled("TCI", tci), labelled("appt", appointment), by=", ")


def _procedure(entries: pd.DataFrame) -> Texts:
    return phrase(shortened(procedure(entries), 32), texts(entries["laterality"]), by=", ")


def procedure(rows: pd.DataFrame) -> Texts:
    """The procedure in words; its code where a list sends no words."""
    said = texts(rows["procedure_text"])
    return np.where(said == "", texts(rows["procedure_code"]), said)


def priority(rows: pd.DataFrame) -> Texts:
    """What is said of the priority: of the procedure, of the test, else of the referral."""
    kinds = {"1": "routine", "2": "urgent", "3": "cancer 2ww"}
    own = phrase(texts(rows["priority_code"]), texts(rows["diagnostic_priority"]))
    kind = worded(rows["priority_type"], lambda each: kinds.get(str(each), ""))
    return np.where(own == "", kind, own)


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

BY_NATURE = ("Organisation", "Hospital number")
"""What differs between organisations by nature, and says nothing."""


def facts_side_by_side(
    shown: pd.DataFrame, number: NDArray[np.int64], size: int
) -> tuple[Column, ...]:
    """A column for each fact, the entries of each number one below the other; ``number`` sorted."""
    return fact_columns(facts_of(shown, number, size, np.zeros(size, dtype=np.int64)))


def facts_of(
    shown: pd.DataFrame, number: NDArray[np.int64], size: int, more: NDArray[np.int64]
) -> dict[str, tuple[Texts, Bools]]:
    """For each heading the lines of each question, and whether they differ."""
    found = {}
    for heading, (fact, _) in FACTS.items():
        said = fact(shown)
        compared = _COMPARED[heading](shown) if heading in _COMPARED else said
        found[heading] = _stacked(said, compared, number, size, more)
    return found


def fact_columns(facts: Mapping[str, tuple[Texts, Bools]]) -> tuple[Column, ...]:
    """The facts as columns; what differs is coloured."""
    return tuple(
        Column(
            heading,
            lines,
            FACTS[heading][1],
            Look.WRAPPED,
            Tint.NONE
            if heading in BY_NATURE
            else np.where(differs, Tint.DIFFERS, Tint.NONE).astype(object),
        )
        for heading, (lines, differs) in facts.items()
    )


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
