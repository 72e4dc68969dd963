"""Which rows does their own organisation not tell apart, and what else tells them apart?

Left and right eye on one referral, or an outpatient and an admitted row of one pathway, have one
name: their own ids are only numbered, by content, so that the number of one may be the other's next
week. Such rows are known again by all that they say, then by what changes least.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.identity import NAMED_BY, own_names
from waitlist_merge.review.sameness import Codes, column_of, two_runs
from waitlist_merge.review.snapshot import OF_THE_ENTRY

NAME, CONTENT, NUMBERED, OWN = "name", "content", "numbered", "own_id"


def told_apart(now: pd.DataFrame, then: pd.DataFrame) -> Mapping[str, tuple[Codes, Codes]]:
    """Four numberings of the rows of two runs, -1 where one does not apply.

    For rows that share their name with another row of either run ``name``, ``content`` (all that a
    snapshot holds of what was said) and ``numbered`` (name and number among those of one name); for
    all others ``own_id``. Both frames have ``own_id``.

    >>> row = {"own_id": "E-1", "organisation": "RM3", "local_patient_identifier": "7"}
    >>> rows = pd.DataFrame([row, row | {"own_id": "E-2"}, row | {"local_patient_identifier": "8"}])
    >>> found = told_apart(rows, rows[:1])
    >>> found["name"][0].tolist(), found["own_id"][0].tolist()
    ([0, 0, -1], [-1, -1, 0])
    """
    own = two_runs(now, then, (OWN,))
    name = pd.factorize(pd.concat([_names(now), _names(then)], ignore_index=True))[0]
    parts = name[: len(now)], name[len(now) :]
    size = int(name.max(initial=-1)) + 1
    several = np.logical_or.reduce([np.bincount(part, minlength=size) > 1 for part in parts])
    alike = several[parts[0]], several[parts[1]]
    rows = np.flatnonzero(alike[0]), np.flatnonzero(alike[1])
    said = two_runs(now.iloc[rows[0]], then.iloc[rows[1]], OF_THE_ENTRY)
    content = (np.full(len(now), -1), np.full(len(then), -1))
    every = np.arange(len(rows[0])), np.arange(len(rows[1]))
    for codes, at, found in zip(content, rows, said.equal(OF_THE_ENTRY, *every), strict=True):
        codes[at] = found
    numbers = own.now[OWN], own.then[OWN]
    return {
        NAME: _where(alike, parts),
        CONTENT: content,
        NUMBERED: _where(alike, numbers),
        OWN: _where((~alike[0], ~alike[1]), numbers),
    }


def _where(
    here: tuple[NDArray[np.bool_], NDArray[np.bool_]], codes: tuple[Codes, Codes]
) -> tuple[Codes, Codes]:
    return np.where(here[0], codes[0], -1), np.where(here[1], codes[1], -1)


def _names(entries: pd.DataFrame) -> pd.Series:
    """What its organisation calls each row; a snapshot's columns may be plain text, or absent."""
    texts = {name: column_of(entries, name).astype("category") for name in NAMED_BY[:-1]}
    referred = column_of(entries, NAMED_BY[-1]).astype("datetime64[s]")
    return own_names(pd.DataFrame({**texts, NAMED_BY[-1]: referred}))
