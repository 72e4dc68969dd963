"""The region as files: each organisation's extract in its own shape, and the truth beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from waitlist_merge.demo.region import Region, generate_region
from waitlist_merge.demo.shapes import WRITERS

TRUTH_COLUMNS = (
    "source_file",
    "source_row",
    "person_id",
    "need_id",
    "relation",
    "rtt_start_date",
)
"""Columns of ``truth.csv``, in order."""


def write_extracts(region: Region, folder: Path) -> pd.DataFrame:
    """Writes one file for each organisation into ``folder``; returns the truth by file and row.

    Columns are ``TRUTH_COLUMNS``: ``source_file`` without folder, ``source_row`` the record below
    the header (int64, the first is 1), then the truth as in ``Region.truth``; sorted by both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    organisation = region.truth["organisation"].to_numpy(dtype=object)
    parts = []
    for place, (code, census) in enumerate(region.census.items()):
        at = np.flatnonzero(organisation == code)
        if len(at) == 0:
            continue
        own = region.entries.iloc[at].reset_index(drop=True)
        name, rows = WRITERS[place % len(WRITERS)](own, folder, census)
        truth = region.truth.iloc[at].drop(columns="organisation")
        parts.append(truth.assign(source_file=name, source_row=rows)[list(TRUTH_COLUMNS)])
    whole = pd.concat(parts, ignore_index=True)
    return whole.sort_values(["source_file", "source_row"], ignore_index=True)


def write_demo(out: Path, *, entries: int = 25_000, seed: int = 1) -> pd.DataFrame:
    """Writes a region to ``out/extracts`` and its truth to ``out/truth.csv``; returns the truth."""
    region = generate_region(entries=entries, seed=seed)
    truth = write_extracts(region, out / "extracts")
    truth.to_csv(out / "truth.csv", index=False, date_format="%Y-%m-%d", lineterminator="\n")
    return truth
