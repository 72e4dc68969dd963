"""Which people were neither joined nor asked about, and yet are alike?

A run keeps no pair of people that weighs less than ``possible_weight``: it would be most of the
pairs that were compared, and with two valid NHS numbers most are not weighed at all. What is left
apart is therefore found again among the entries, without the engine, by what somebody would look
for who searches a list for a missed duplicate: two patients who share a number, or most of names,
birth date and home (``_values`` has the list). No weight was worked out, so they have none.

Two patients are one pair, however many entries each has, shown by an entry of each that agree. A
value that many patients share does not pair all of them (``BESIDE``): nobody is in more pairs for
it than so many on either side. Neither depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.id_order import order_of
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.patients.coding import Codes, combine
from waitlist_merge.patients.records import Records, prepare
from waitlist_merge.reasons import Joins

BESIDE = 4
"""With how many others of one value a patient is paired: those next in the order of ids, which are
hashes. All of five are paired so: of England's 5 million patients some two Smiths are born on one
day, and what more people share does not tell a duplicate."""

_OF_PEOPLE = ("nhs_number", "person_key", "family_name", "given_name", "birth_date", "postcode")

Rows = NDArray[np.int64]


def near_misses(
    tables: Mapping[str, pd.DataFrame], *, shown: Bools | None = None, wanted: Bools | None = None
) -> pd.DataFrame:
    """Pairs of people who are alike and whom the run left apart without a question, as links.

    They have the columns of ``patient_links`` that a sample needs; ``weight`` is missing. Two
    patients with a link between them are no such pair, be it asked or what people have decided.
    ``shown`` marks the entries that may stand for a patient, by default all; where several may,
    one of ``wanted`` does, so that no pair of these is missed for the sake of another.
    """
    entries = tables["entries"]
    ids = entries["entry_id"].to_numpy(dtype=object)
    first = np.zeros(len(ids), dtype=np.bool_) if wanted is None else wanted
    order = np.lexsort((order_of(entries["entry_id"]), ~first))
    order = order if shown is None else order[shown[order]]
    patients = pd.factorize(entries["patient_id"])[0].astype(np.int64)
    records = prepare(entries[[name for name in _OF_PEOPLE if name in entries]])
    pairs = [_beside(value[order], patients[order]) for value in _values(records)]
    one, other = (order[np.concatenate(ends)] for ends in zip(*pairs, strict=True))
    told = np.argsort(~(first[one] | first[other]), kind="stable")
    one, other = one[told], other[told]
    two = _of_two(patients[one], patients[other])
    known = np.isin(two, _linked(tables["patient_links"], ids, patients))
    fresh = ~known & ~pd.Series(two).duplicated().to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "entry_id_a": ids[one[fresh]],
            "entry_id_b": ids[other[fresh]],
            "joins": str(Joins.NO),
            "confidence": "",
            "veto": "",
            "weight": np.nan,
            "explanation": "",
        }
    )


def _values(records: Records) -> Iterator[Codes]:
    """What two patients may share to be alike, the most telling first; -1 where a part is unknown.

    Numbers one digit apart are not looked for: the check digit is wrong in one of each such two.
    """
    family, given = records.family.codes, records.given.codes
    birth, postcode = records.birth, records.postcode.codes
    yield records.nhs_number.codes
    yield records.person_key.codes
    yield combine(family, given, birth)
    yield combine(birth, postcode)
    yield combine(family, given, postcode)
    yield combine(family, birth)
    yield combine(given, birth, records.area.codes)
    day, month, year = (
        np.append(each, -1)[np.maximum(birth, -1)].astype(np.int32)
        for each in (records.day, records.month, records.year)
    )
    for parts in ((day, month), (month, year), (day, year)):
        yield combine(family, given, *parts)


def _beside(value: Codes, patients: Rows) -> tuple[Rows, Rows]:
    """Rows of two patients with one value, each patient with the next ``BESIDE`` of them.

    >>> _beside(np.array([5, 5, -1, 5]), np.array([0, 0, 1, 2]))
    (array([0]), array([3]))
    """
    known = np.flatnonzero(value >= 0)
    first = ~pd.DataFrame({"v": value[known], "p": patients[known]}).duplicated().to_numpy()
    rows = known[first]
    rows = rows[np.argsort(value[rows], kind="stable")]
    held = value[rows]
    ends = []
    for step in range(1, BESIDE + 1):
        at = np.flatnonzero(held[step:] == held[:-step])
        ends.append((rows[at], rows[at + step]))
    one, other = (np.concatenate(each) for each in zip(*ends, strict=True))
    by_row = np.lexsort((other, one))
    return one[by_row], other[by_row]


def _linked(links: pd.DataFrame, ids: NDArray[np.object_], patients: Rows) -> Rows:
    """The pairs of patients that a link stands between."""
    place = pd.Index(ids)
    a, b = (place.get_indexer(pd.Index(links[f"entry_id_{end}"].astype(object))) for end in "ab")
    there = (a >= 0) & (b >= 0)
    return _of_two(patients[a[there]], patients[b[there]])


def _of_two(one: Rows, other: Rows) -> Rows:
    """A number for each two patients, whichever is first."""
    return np.minimum(one, other) << 32 | np.maximum(one, other)
