"""Our blocking and comparisons as parts of recordlinkage, to be mixed with the toolkit's own.

``PatientIndex`` makes the candidate pairs, ``PatientLevel`` compares one field; both work on any
frame with canonical column names. See docs/recordlinkage.md.

>>> import recordlinkage
>>> people = pd.DataFrame({
...     "family_name": ["Okafor", "OKAFOR", "Lee"],
...     "given_name": ["Chidi", "Chidi", "Ann"],
...     "birth_date": ["3 May 1971", "1971-05-03", "1971-05-04"],
... })
>>> pairs = PatientIndex().index(people)
>>> compare = recordlinkage.Compare([PatientLevel("family_name"), PatientLevel("birth_date")])
>>> compare.compute(pairs, people).to_numpy().tolist()
[[1, 1]]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from recordlinkage.base import BaseCompareFeature, BaseIndexAlgorithm

from waitlist_merge.patients.blocking import keys
from waitlist_merge.patients.coding import Level
from waitlist_merge.patients.levels import LEVELS, compare
from waitlist_merge.patients.link import USED, typed_people
from waitlist_merge.patients.pairs import all_pairs
from waitlist_merge.patients.records import Records, prepare

BESIDE = {
    "family_name": ("previous_family_name", "gender"),
    "given_name": ("middle_name",),
    "nhs_number": ("nhs_number_status",),
    "local_patient_identifier": ("organisation",),
    "name_order": ("family_name", "given_name"),
}
"""Columns that a field's level also looks at, where the frame has them."""


def _records(frame: pd.DataFrame) -> Records:
    return prepare(typed_people(frame[[name for name in frame.columns if name in USED]]))


class PatientIndex(BaseIndexAlgorithm):
    """Which pairs of rows may be one person? All keys of the patient linkage in one pass.

    Each pair comes once. For two frames, only pairs between them.
    """

    name = "patients"
    description = "Candidate pairs of the waitlist_merge patient linkage"

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        """Pairs within one frame, the later row first, as the toolkit has them."""
        one, other = all_pairs(keys(_records(df_a)))
        return pd.MultiIndex.from_arrays([df_a.index[other], df_a.index[one]])

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        """Pairs between two frames."""
        both = pd.concat([df_a, df_b], ignore_index=True)
        one, other = all_pairs(keys(_records(both)))
        across = (one < len(df_a)) & (other >= len(df_a))
        return pd.MultiIndex.from_arrays(
            [df_a.index[one[across]], df_b.index[other[across] - len(df_a)]]
        )


class PatientLevel(BaseCompareFeature):
    """How alike are two rows in one field? The codes of ``levels.LEVELS``; 0 is missing.

    ``beside`` are further columns of the frame to look at; by default the field alone, so that
    ``PatientLevel("family_name", beside=["previous_family_name"])`` knows of former names.
    """

    name = "patient level"
    description = "Level of agreement of the waitlist_merge patient linkage"

    def __init__(self, field: str, *, beside: Sequence[str] = (), label: str | None = None) -> None:
        if field not in LEVELS:
            msg = f"no field {field!r} is compared; there are {', '.join(LEVELS)}"
            raise ValueError(msg)
        own = BESIDE["name_order"] if field == "name_order" else (field,)
        self.field = field
        self.columns = [*own, *beside]
        super().__init__(self.columns, self.columns, label=label or field)

    def _compute_vectorized(self, *columns: pd.Series) -> Level:
        """The level of each pair: the left columns come first, then the right ones."""
        count = len(self.columns)
        sides = [
            pd.DataFrame(dict(zip(self.columns, part, strict=True))).reset_index(drop=True)
            for part in (columns[:count], columns[count:])
        ]
        records = _records(pd.concat(sides, ignore_index=True))
        left = np.arange(len(sides[0]), dtype=np.int32)
        return compare(records, left, left + np.int32(len(left)))[self.field]
