"""Which facts does a row keep of a list that did not come, being more pressing than its own?

The most urgent priority, suspected cancer, the earliest admission and appointment: an organisation
that sends no list has cancelled nothing. Each is named in the provenance, and the order of the list
rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.bundles import Bundles
from waitlist_merge.combined.kept import CLOCK, kept_for
from waitlist_merge.combined.provenance import text_of
from waitlist_merge.combined.rules import SCALES
from waitlist_merge.combined.survivorship import Survivor
from waitlist_merge.pathways.columns import Bools, Days, days
from waitlist_merge.reasons import SurvivorRule

COUNTED = {"tci_date": "tci_count", "next_appointment_date": "appointment_count"}
"""The number of dates to come, by their field."""


@dataclass(frozen=True, eq=False, slots=True)
class KeptFact:
    """A field that ``rows`` keep: the ``lines`` say of which entry, and its value in ``word``.

    ``presses`` are those whose own value is missing or less pressing; ``own`` is that value, with
    its organisation, None where there is none.
    """

    field: str
    rows: NDArray[np.int64]
    lines: pd.DataFrame
    presses: Bools
    own: NDArray[np.object_]

    @property
    def days(self) -> Days:
        """The days of a date that is kept, as day numbers."""
        return days(pd.to_datetime(self.lines["word"]))

    @property
    def provenance(self) -> pd.DataFrame:
        """Where the values that are taken are from."""
        taken = self.lines[self.presses]
        return taken[["pathway_id", "field", "entry_id", "organisation"]].assign(
            rule=str(SurvivorRule.NOT_REFRESHED),
            value=taken["word"],
            other_values=self.own[self.presses],
        )


def facts_for(
    kept: pd.DataFrame,
    pathway_id: pd.Series,
    bundles: Bundles,
    entries: pd.DataFrame,
    given: Mapping[str, Survivor],
) -> list[KeptFact]:
    """The facts that rows keep; ``given`` are the entries that give the rows' own values."""
    names = [str(each) for each in kept["field"].unique() if each != CLOCK]
    return [_fact(name, kept, pathway_id, bundles, entries, given[name]) for name in names]


def _fact(
    name: str,
    kept: pd.DataFrame,
    pathway_id: pd.Series,
    bundles: Bundles,
    entries: pd.DataFrame,
    own: Survivor,
) -> KeptFact:
    held = kept_for(kept, pathway_id, bundles, field=name)
    rows = np.flatnonzero(held.place >= 0)
    lines = held.starts.iloc[held.place[rows]].reset_index(drop=True)
    giver = own.whole()[rows]
    said = np.array(text_of(entries, name, np.maximum(giver, 0)).to_pylist(), dtype=object)
    # The only entry of a row is its giver, whether it says something of the field or not.
    there = (giver >= 0) & pd.notna(said)
    rank = SCALES[name].index if name in SCALES else str
    presses = [
        not had or rank(word) < rank(mine)  # type: ignore[operator]
        for had, word, mine in zip(there, lines["word"], said, strict=True)
    ]
    whose = entries["organisation"].take(np.maximum(giver, 0)).astype(str).to_numpy()
    told = [
        f"{code} {word}" if had else None
        for had, code, word in zip(there, whose, said, strict=True)
    ]
    return KeptFact(name, rows, lines, np.array(presses, dtype=bool), np.array(told, dtype=object))


def filled(rows: Mapping[str, Any], facts: Sequence[KeptFact]) -> dict[str, Any]:
    """The columns of the rows that hold kept facts, and the number of dates that are to come."""
    changed: dict[str, Any] = {}
    for fact in facts:
        at, words = fact.rows[fact.presses], fact.lines["word"][fact.presses]
        column = rows[fact.field]
        if fact.field in SCALES:
            column = column.add_categories([*({*words} - {*column.categories})])
            column[at] = words.to_numpy()
        elif fact.field in COUNTED:
            column = column.copy()
            column[at] = pd.to_datetime(words).astype("datetime64[s]").array
            number = rows[COUNTED[fact.field]].copy()
            number[fact.rows] += 1
            changed[COUNTED[fact.field]] = number
        else:
            column = column.copy()
            column[at] = True
        changed[fact.field] = column
    return changed
