"""How do several extracts become one frame of typed entries?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.identity import entry_ids
from waitlist_merge.intake.extract import Extract
from waitlist_merge.normalise import Normalised, normalise
from waitlist_merge.schema import CANONICAL, TABLES

UNKNOWN_ORGANISATION = "UNKNOWN"
"""Organisation of a row whose provider column is empty: the row stays, and has a finding."""


@dataclass(frozen=True, eq=False, slots=True)
class Typed:
    """One extract with its values read: ``normalised.entries`` has a row for each of its rows."""

    extract: Extract
    census_date: date
    normalised: Normalised


def read_values(extract: Extract, census_date: date) -> Typed | RefusedExtract:
    """The extract with typed values, or why it cannot be of this census date."""
    normalised = normalise(
        extract.text,
        organisation=extract.organisation,
        census_date=census_date,
        date_orders=extract.date_orders,
        wait_unit=extract.wait_unit,
    )
    referrals = normalised.entries["referral_date"].dropna()
    if len(referrals) and (referrals > pd.Timestamp(census_date)).all():
        return RefusedExtract(
            extract.source_file,
            f"its census date {census_date} is before every referral date in it",
            "correct its census date: --census-date, or census_date in merge.toml",
        )
    return Typed(extract, census_date, normalised)


def assemble(typed: Sequence[Typed], *, run_date: date, key: str | None = None) -> pd.DataFrame:
    """All rows of all extracts in one frame, each with its id (keyed) and where it came from.

    Columns are ``entry_id``, ``source_file``, ``source_sheet``, ``source_row``,
    ``extract_census_date``, ``extract_age_days``, every canonical field, and ``<field>_source``
    where any extract has one; then the columns that were not recognised, under their own headings,
    of the extracts that were asked to keep them. The index is 0 upwards.
    """
    frames = [each.normalised.entries for each in typed]
    origins = pd.concat([_origin(each, run_date) for each in typed], ignore_index=True)
    origins = origins.astype({"source_file": "category", "source_sheet": "category"})
    sources = sorted({name for frame in frames for name in frame.columns} - set(CANONICAL))
    columns = {name: _stacked(name, frames) for name in (*CANONICAL, *sources)}
    content = pd.DataFrame(columns | {"organisation": _filled(columns["organisation"])})
    origins.insert(0, "entry_id", entry_ids(content, key=key))
    return pd.concat([origins, content, _unmapped(typed)], axis=1)


def _unmapped(typed: Sequence[Typed]) -> pd.DataFrame:
    """The kept columns that were not recognised; one called like one of ours says it is not."""
    taken = {column.name for column in TABLES["entries"]}
    frames = [
        each.extract.unmapped.rename(
            columns=lambda name: f"{name} (as sent)" if name in taken else name
        ).reindex(range(len(each.extract.source_row)))
        for each in typed
    ]
    return pd.concat(frames, ignore_index=True).astype("category")


def _filled(organisation: pd.Series) -> pd.Series:
    """Every row has an organisation, be it one that says that none was given."""
    if not organisation.isna().any():
        return organisation
    codes = organisation.cat.categories.union([UNKNOWN_ORGANISATION])
    return organisation.cat.set_categories(codes).fillna(UNKNOWN_ORGANISATION)


def _origin(typed: Typed, run_date: date) -> pd.DataFrame:
    extract = typed.extract
    return pd.DataFrame(
        {
            "source_file": extract.source_file,
            "source_sheet": extract.source_sheet,
            "source_row": np.asarray(extract.source_row, dtype=np.int64),
            "extract_census_date": np.datetime64(typed.census_date, "s"),
            "extract_age_days": np.int64((run_date - typed.census_date).days),
        },
        index=range(len(extract.source_row)),
    )


def _stacked(name: str, frames: Sequence[pd.DataFrame]) -> pd.Series:
    """One column of all frames, its coding kept; missing where a frame has no such column."""
    parts = [
        frame[name] if name in frame else pd.Series(pd.Categorical([None] * len(frame)))
        for frame in frames
    ]
    if isinstance(parts[0].dtype, pd.CategoricalDtype):
        texts = [part.cat.set_categories(part.cat.categories.astype(object)) for part in parts]
        return pd.Series(union_categoricals(texts))
    return pd.concat(parts, ignore_index=True)
