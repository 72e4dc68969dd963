"""How do several extracts become one frame of typed entries?"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.categories import beside, stacked, unsaid
from waitlist_merge.errors import RefusedExtract
from waitlist_merge.identity import NAMED_BY, entry_ids, row_digests
from waitlist_merge.intake.extract import Extract
from waitlist_merge.normalise import Normalised, normalise
from waitlist_merge.schema import CANONICAL, TABLES

_AT_ONCE = 2
"""Columns put together at a time: each takes a core."""

UNKNOWN_ORGANISATION = "UNKNOWN"
"""Organisation of a row whose provider column is empty: the row stays, and has a finding."""


@dataclass(frozen=True, eq=False, slots=True)
class Typed:
    """One extract with its values read: ``normalised.entries`` has a row for each of its rows.

    ``digests`` are what the ids of its entries are made from, with this ``key``.
    """

    extract: Extract
    census_date: date
    normalised: Normalised
    digests: NDArray[np.uint64]
    key: str | None

    def without_values(self) -> Typed:
        """The same without text and values, once all extracts' are in one frame."""
        entries = self.normalised.entries[[]]
        return Typed(
            replace(self.extract, text=self.extract.text[[]], values=None, digests=None),
            self.census_date,
            Normalised(entries, self.normalised.findings),
            self.digests[:0],
            self.key,
        )


def read_values(
    extract: Extract, census_date: date, *, key: str | None = None
) -> Typed | RefusedExtract:
    """The extract with typed values, or why it cannot be of this census date.

    ``key`` keys the ids of its entries.
    """
    normalised = extract.values or normalise(
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
    digests = extract.digests
    if digests is None:
        named = normalised.entries[[*NAMED_BY]]
        digests = row_digests(named.assign(organisation=_filled(named["organisation"])), key=key)
    return Typed(extract, census_date, normalised, digests, key)


def assemble(typed: Sequence[Typed], *, run_date: date, key: str | None = None) -> pd.DataFrame:
    """All rows of all extracts in one frame, each with its id (keyed) and where it came from.

    Columns are ``entry_id``, ``source_file``, ``source_sheet``, ``source_row``,
    ``extract_census_date``, ``extract_age_days``, every canonical field, and ``<field>_source``
    where any extract has one; then the columns that were not recognised, under their own headings,
    of the extracts that were asked to keep them. The index is 0 upwards.
    """
    origins = _origins(typed, run_date)
    content = _content([each.normalised.entries for each in typed])
    known = all(each.key == key for each in typed)
    digests = np.concatenate([each.digests for each in typed]) if known else None
    origins.insert(0, "entry_id", entry_ids(content, key=key, digests=digests))
    return beside(origins, content, _unmapped(typed))


def _unmapped(typed: Sequence[Typed]) -> pd.DataFrame:
    """The kept columns that were not recognised; one called like one of ours says it is not."""
    if not any(len(each.extract.unmapped.columns) for each in typed):
        return pd.DataFrame()
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


def _origins(typed: Sequence[Typed], run_date: date) -> pd.DataFrame:
    """Where each row came from, and of which day its extract is."""
    sizes = [len(each.extract.source_row) for each in typed]
    ages = [(run_date - each.census_date).days for each in typed]
    days = np.array([each.census_date for each in typed], dtype="datetime64[s]")
    return pd.DataFrame(
        {
            "source_file": _repeated([each.extract.source_file for each in typed], sizes),
            "source_sheet": _repeated([each.extract.source_sheet for each in typed], sizes),
            "source_row": np.concatenate([each.extract.source_row for each in typed]),
            "extract_census_date": np.repeat(days, sizes),
            "extract_age_days": np.repeat(np.array(ages, dtype=np.int64), sizes),
        },
        copy=False,
    )


def _repeated(names: Sequence[str], sizes: Sequence[int]) -> pd.Categorical[str]:
    """The name of each extract for each of its rows, as a category in order of names."""
    words, number = np.unique(np.array(names, dtype=object), return_inverse=True)
    return pd.Categorical.from_codes(np.repeat(number, sizes), categories=pd.Index(words))


def _content(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All columns of all frames, one below the other."""
    held = [{str(name): column.array for name, column in frame.items()} for frame in frames]
    absent = [unsaid(len(frame)) for frame in frames]
    sources = sorted({name for columns in held for name in columns} - set(CANONICAL))
    names = (*CANONICAL, *sources)

    def column(name: str) -> pd.Series:
        parts = [columns.get(name, none) for columns, none in zip(held, absent, strict=True)]
        return _stacked(parts)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = dict(zip(names, pool.map(column, names), strict=True))
    found["organisation"] = _filled(found["organisation"])
    return pd.DataFrame(found, copy=False)


def _stacked(parts: list[Any]) -> pd.Series:
    """One column of all frames, its coding kept."""
    if isinstance(parts[0].dtype, pd.CategoricalDtype):
        return pd.Series(stacked(parts), copy=False)
    if parts[0].dtype.kind in "Mf":
        return pd.Series(np.concatenate([np.asarray(part) for part in parts]), copy=False)
    return pd.concat([pd.Series(part, copy=False) for part in parts], ignore_index=True)
