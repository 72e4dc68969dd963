"""The region as files: each organisation's extract in its own shape, and the truth beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from waitlist_merge.demo.folder import (
    EXTRACTS,
    TRUTH,
    mark,
    refuse_foreign_demo,
    refuse_foreign_extracts,
)
from waitlist_merge.demo.region import Region, generate_region
from waitlist_merge.demo.shapes import WRITERS
from waitlist_merge.outputs.folder import explained, replacing

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
    """Writes a region to ``out/extracts`` and its truth to ``out/truth.csv``; returns the truth.

    The extracts of an earlier demonstration are replaced, all or nothing. OutputError, before
    anything is written, where ``out`` is a file or holds what no demonstration wrote.
    """
    with explained(out):
        refuse_foreign_demo(out)
    region = generate_region(entries=entries, seed=seed)
    with replacing(out / EXTRACTS, refuse=refuse_foreign_extracts) as folder:
        truth = write_extracts(region, folder)
        # Named before they are there, beside those that are: a run that dies knows its own.
        names = {path.name for each in (folder, out / EXTRACTS) for path in each.glob("*")}
        mark(out, entries=entries, seed=seed, extracts=sorted(names))
    with explained(out):
        truth.to_csv(out / TRUTH, index=False, date_format="%Y-%m-%d", lineterminator="\n")
        mark(out, entries=entries, seed=seed, extracts=sorted(truth["source_file"].unique()))
    return truth
