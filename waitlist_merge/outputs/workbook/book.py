"""Writes the workbook: the list and the questions for people who work in a spreadsheet.

Everything in it comes from the tables and the manifest, so it can be made of a folder of an
earlier run as well. It holds no address, e-mail or telephone number but the one number that the
calling organisation itself holds, on the sheet *Contact*, and none of a restricted record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from waitlist_merge.outputs.workbook.about import ABOUT, about_lines
from waitlist_merge.outputs.workbook.asked import QUESTIONS, questions_page
from waitlist_merge.outputs.workbook.changes import CHANGES, changes_page
from waitlist_merge.outputs.workbook.contact import CONTACT, contact_page
from waitlist_merge.outputs.workbook.lines import write_lines
from waitlist_merge.outputs.workbook.needs import (
    COMBINED,
    DUPLICATES,
    combined_page,
    duplicates_page,
)
from waitlist_merge.outputs.workbook.page import SHEET_ROWS, Column, Page, fitted
from waitlist_merge.outputs.workbook.paper import paper_at
from waitlist_merge.outputs.workbook.quality import QUALITY, quality_page
from waitlist_merge.outputs.workbook.summary import CHARTS, SUMMARY, summary_lines
from waitlist_merge.outputs.workbook.unsent import UNSENT, unsent_pages
from waitlist_merge.review.headings import ENTRIES, RUN
from waitlist_merge.review.returned import RUN_PROPERTY

WORKBOOK = "combined_list.xlsx"

FILLED_IN = (QUESTIONS, DUPLICATES, CONTACT)
"""The sheets that people fill in; the names of the parts of one begin like it."""

READ_ALONE = (SUMMARY, COMBINED, CHANGES, UNSENT, QUALITY, ABOUT)
"""The sheets that are for reading alone."""

MOST_ENTRIES = 250_000
"""Entries up to which a workbook is written unless it is asked for or not wanted: that many take
some minute and 100 MB, and nobody works through more in a spreadsheet."""


def write_workbook(
    path: Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    manifest: Mapping[str, Any],
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Write the workbook of a run, its temporary files beside it and gone when it is done.

    ``tables`` and ``manifest`` are those of ``write_tables``. A list of more than ``sheet_rows``
    rows is cut by specialty. The same tables and run date give the same bytes.
    """
    run_date = date.fromisoformat(manifest["run_date"])
    caller = manifest.get("view")
    run = int(manifest.get("run", 0))
    pages = pages_of(tables, run_date=run_date, run=run, caller=caller, sheet_rows=sheet_rows)
    with paper_at(path, "Combined waiting list", run_date) as paper:
        paper.book.set_custom_property(RUN_PROPERTY, run, "number")
        day = f"{run_date:%d %b %Y}"
        front = summary_lines(tables, manifest, pages)
        whose = (
            f"What {manifest['view']} holds of the combined" if "view" in manifest else "Combined"
        )
        write_lines(paper, SUMMARY, f"{whose} waiting list, {day}", front, charts=CHARTS)
        for page in pages:
            paper.write(page)
        write_lines(paper, ABOUT, "About this workbook", about_lines(manifest))


def pages_of(
    tables: Mapping[str, pd.DataFrame],
    *,
    run_date: date,
    run: int = 0,
    caller: str | None = None,
    sheet_rows: int = SHEET_ROWS,
) -> list[Page]:
    """The sheets between the first and the last, each of no more than ``sheet_rows`` rows.

    ``run`` is the number of the run in its register, 0 where it has none; ``caller`` the
    organisation whose calls *Contact* lists, by default everybody's.
    """
    whole = (
        combined_page(tables, run_date=run_date),
        questions_page(tables),
        duplicates_page(tables, run_date=run_date),
        contact_page(tables, run_date=run_date, caller=caller),
        changes_page(tables),
        *unsent_pages(tables),
        quality_page(tables["findings"]),
    )
    return [piece for page in whole for piece in fitted(_of_run(page, run), limit=sheet_rows)]


def _of_run(page: Page, run: int) -> Page:
    """The sheet with the run in each row that may come back: rows are copied without the rest."""
    comes_back = any(each.heading == ENTRIES and each.hidden for each in page.columns)
    if not run or not comes_back:
        return page
    told = Column(RUN, np.full(page.rows, str(run), dtype=object), hidden=True)
    return replace(page, columns=(*page.columns, told))
