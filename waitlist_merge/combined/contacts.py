"""Do the entries of a patient state different contact details, so that somebody asks which hold?

Details are never chosen across organisations and never copied: each stays beside its own entry, and
a difference is only named, for a check with the patient. Of a patient with a restricted record
nothing is compared: where they live is to be treated as missing (domain 3, 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.combined.rules import Members
from waitlist_merge.pathways.columns import Bools, Codes, codes, in_company, said, worded
from waitlist_merge.pathways.grouping import Group

DETAILS = ("address", "postcode", "phone", "email")
"""Fields that are compared, in the order in which a difference names them."""

SHORT_FORMS = (
    ("STREET", "ST"),
    ("ROAD", "RD"),
    ("AVENUE", "AVE"),
    ("CLOSE", "CL"),
    ("DRIVE", "DR"),
    ("LANE", "LN"),
    ("COURT", "CT"),
    ("PLACE", "PL"),
    ("SQUARE", "SQ"),
    ("TERRACE", "TER"),
    ("GARDENS", "GDNS"),
    ("CRESCENT", "CRES"),
    ("APARTMENT", "FLAT"),
)
"""Words of addresses that lists write in full and short: no difference of homes."""

WORDS = tuple(
    ";".join(name for at, name in enumerate(DETAILS) if number >> at & 1)
    for number in range(1 << len(DETAILS))
)


@dataclass(frozen=True, eq=False, slots=True)
class Differing:
    """What differs: ``number`` (place in ``WORDS``) of each patient, by number of the group.

    ``rows`` are the entries that state one of the details that differ.
    """

    number: NDArray[np.int8]
    rows: NDArray[np.int64]

    def words(self, patient: Group) -> pd.Categorical[str]:
        """The names of the details that differ for these patients, joined; missing for none."""
        number = self.number[patient].astype(np.int16)
        return worded(np.where(number == 0, -1, number - 1), WORDS[1:])


def differing(members: Members, patient: Group, hidden: Bools) -> Differing:
    """Which details the waiting entries of each patient state differently.

    ``patient`` numbers the patients, one element an entry; ``hidden`` marks those of a restricted
    record. What is missing differs from nothing, and a row that was sent again says nothing any
    more.
    """
    entries, rows = members.entries, members.bundles.rows
    size = int(patient.max(initial=-1)) + 1
    rows = rows[~(members.superseded | hidden)[rows]]
    rows = rows[in_company(patient[rows])]
    several = np.zeros(size, dtype=bool)
    several[patient[rows]] = True
    whose = (np.cumsum(several, dtype=np.int32) - 1)[patient[rows]]
    differ = np.zeros(int(several.sum()), dtype=np.int8)
    states = np.zeros(len(rows), dtype=np.int8)
    for at, name in enumerate(DETAILS):
        code = _alike(pd.Series(entries[name].array.take(rows)), name)
        low = np.full(len(differ), np.iinfo(np.int32).max, dtype=np.int32)
        high = np.full(len(differ), -1, dtype=np.int32)
        told = code >= 0
        np.minimum.at(low, whose[told], code[told])
        np.maximum.at(high, whose[told], code[told])
        differ |= np.where(low < high, 1 << at, 0).astype(np.int8)
        states |= np.where(told, 1 << at, 0).astype(np.int8)
    found = np.zeros(size, dtype=np.int8)
    found[several] = differ
    return Differing(found, np.sort(rows[(states & differ[whose]) > 0]))


def _alike(column: pd.Series, name: str) -> Codes:
    """A number for each value that is equal where two mean one thing; -1 for missing."""
    if name != "address":
        return codes(column)
    code, words = said(column)
    folded = pc.replace_substring_regex(pc.utf8_upper(words), r"[^\pL\pN]+", " ")
    for long, short in SHORT_FORMS:
        folded = pc.replace_substring_regex(folded, rf"\b{long}\b", short)
    letters = pc.replace_substring(folded, " ", "").dictionary_encode().indices
    return np.append(pa.array(letters).to_numpy().astype(np.int32), np.int32(-1))[code]
