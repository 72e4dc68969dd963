"""How far is the work on each need, and what do the lists say against it? As a person reads it.

The cells in which work is told stay empty, so that one which nobody has touched says nothing; what
was said before stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from waitlist_merge.outputs.workbook.cells import Texts, day_texts, labelled, phrase, texts, worded

COLUMNS = ("said", "against", "entry_ids")


def work_on_needs(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The work on each need that has some, by ``pathway_id``; columns ``COLUMNS``.

    ``said`` is how far it is, one line a group, ``against`` what speaks against it, and
    ``entry_ids`` are its entries, those that have left as well. A need has the work of every group
    with which it shares an entry.
    """
    work, entries = tables["work"], tables["entries"]
    told = pd.DataFrame(
        {
            "said": _said(work),
            "against": phrase(texts(work["fault"]), texts(work["detail"]), by=": "),
            "entry_ids": texts(work["entry_ids"]),
        },
        columns=[*COLUMNS],
    )
    names = told["entry_ids"].str.split(";").explode()
    need = pd.Series(texts(entries["pathway_id"]), index=texts(entries["entry_id"]))
    of = names.map(need[need.index.isin(names)]).dropna().rename("pathway_id")
    found: pd.DataFrame = of.to_frame().join(told).groupby("pathway_id")[[*COLUMNS]].agg(_lines)
    return found


def _lines(said: pd.Series) -> str:
    """Each text once, one below the other."""
    return "\n".join(dict.fromkeys(filter(None, said)))


def _said(work: pd.DataFrame) -> Texts:
    """State, who has to act by when, since when, and the note."""
    return phrase(
        texts(work["state"]),
        labelled("owner", phrase(texts(work["owner"]), texts(work["person"]))),
        labelled("due", day_texts(work["due"])),
        worded(work["age_days"], lambda days: f"{int(days)} days old"),
        texts(work["note"]),
        by="; ",
    )
