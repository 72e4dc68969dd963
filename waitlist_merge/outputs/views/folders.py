"""Writes the view of each organisation to a folder of its own, and the whole list only if named.

``OUT/RM3`` is what RM3's staff may hold, and ``OUT/coordinator`` the whole list. Each is replaced
whole, as every output is; nothing is written to ``OUT`` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from waitlist_merge.combined.kept import NOTHING_KEPT
from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.outputs.folder import explained, is_ours, need_right, prepare
from waitlist_merge.outputs.tables import Formats, write_tables
from waitlist_merge.outputs.views.view import view
from waitlist_merge.outputs.views.whole import made_ready
from waitlist_merge.outputs.weekly import Before, write_weekly
from waitlist_merge.review.marks import NOTHING_MARKED

ALL = "all"
"""Every organisation's view, and not the coordinator's."""

COORDINATOR = "coordinator"
"""The whole list: for those who work across organisations, and asked for by this name."""


def prepare_views(out: str | Path) -> Path:
    """Make ready for views in this folder; OutputError where it is the output of a whole merge.

    The whole list must not lie where organisations fetch their views.
    """
    folder = Path(out)
    if is_ours(folder):
        raise OutputError(f"{folder}: holds a whole list; name another folder for views")
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; name a new or an empty folder")
    with explained(folder):
        need_right(folder)
    return folder


def asked_for(views: Sequence[str] | str, organisations: Sequence[str]) -> list[str]:
    """The views that are asked for, each once; ``all`` stands for every organisation's.

    >>> asked_for(["all", "RM3"], ["RM3", "RW3"]), asked_for("RM3", [])
    (['RM3', 'RW3'], ['RM3'])
    """
    named = [views] if isinstance(views, str) else views
    every = (name for each in named for name in (organisations if each == ALL else [each]))
    return [*dict.fromkeys(every)]


def names_of(views: Sequence[str] | str, organisations: Sequence[str]) -> list[str]:
    """The views that are asked for; InputError for one of nobody who has an entry."""
    wanted = asked_for(views, organisations)
    unknown = [each for each in wanted if each not in (*organisations, COORDINATOR)]
    if unknown:
        raise InputError(
            f"no entry is of {', '.join(unknown)}; the organisations are "
            f"{', '.join(organisations)}; the whole list is {COORDINATOR}"
        )
    return wanted


def write_views(
    out: str | Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    manifest: Mapping[str, Any],
    views: Sequence[str] | str,
    formats: Formats = "both",
    workbook: bool = True,
    before: Callable[[str], Before | None] = lambda _organisation: None,
    kept: pd.DataFrame = NOTHING_KEPT,
    marks: pd.DataFrame = NOTHING_MARKED,
) -> list[Path]:
    """Write the views that are named (codes, ``all``, ``coordinator``); the folders written.

    ``tables`` and ``manifest`` are those of ``write_tables`` or of ``read_tables``: views can be
    made of an earlier run too. ``before`` tells what is known of an organisation's last list, for
    its page of the week; ``kept`` is what needs keep of entries that are off their list, ``marks``
    what earlier lists said of patients that still holds. Every folder is looked at before the first
    is written. InputError for an organisation that has no entry, OutputError for a folder that is
    not ours to replace.
    """
    folder = prepare_views(out)
    whole = made_ready(tables, manifest, kept, marks)
    wanted = names_of(views, whole.organisations)
    for name in wanted:
        prepare(folder / name)
    for name in wanted:
        if name == COORDINATOR:
            write_tables(
                folder / name, tables, manifest=manifest, formats=formats, workbook=workbook
            )
            continue
        own, told = view(whole, name)
        write_tables(
            folder / name,
            own,
            manifest=told,
            formats=formats,
            workbook=workbook,
            also={f"weekly_{name}.xlsx": write_weekly(own, told, before=before(name))},
        )
    return [folder / name for name in wanted]
