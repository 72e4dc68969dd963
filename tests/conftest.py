"""What several tests need: typed entries from a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import pytest
from hypothesis import settings

from waitlist_merge.identity import entry_ids
from waitlist_merge.schema import FIELDS, Kind

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Rows = Sequence[Mapping[str, object]]


def typed_frame(rows: Rows) -> pd.DataFrame:
    """Typed entries with ids; a field that a row does not name is missing."""
    columns = {}
    for field in FIELDS:
        values = [row.get(field.name) for row in rows]
        if field.kind is Kind.TEXT:
            columns[field.name] = pd.Series(pd.Categorical(values), dtype="category")
        elif field.kind is Kind.DATE:
            columns[field.name] = pd.Series(pd.to_datetime(values)).astype("datetime64[s]")
        elif field.kind is Kind.FLAG:
            columns[field.name] = pd.Series(pd.array(values, dtype="boolean"))
        else:
            columns[field.name] = pd.Series(values, dtype="float64")
    entries = pd.DataFrame(columns)
    return entries.assign(entry_id=entry_ids(entries))


@pytest.fixture(scope="session")
def typed() -> Callable[[Rows], pd.DataFrame]:
    return typed_frame
