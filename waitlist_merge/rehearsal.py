"""What would a merge propose, before anybody is asked to act on it? ``merge --dry-run`` prints it.

Nothing is written and nobody is named: counts by relation, by organisations and by confidence, for
all services or for some.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from waitlist_merge.outputs.views import made_ready, of_services
from waitlist_merge.reasons import Gain, Joins
from waitlist_merge.result import MergeResult


def rehearse(result: MergeResult, *, services: Collection[str] = ()) -> dict[str, pd.DataFrame]:
    """Tables of counts by title, of all services or of these; InputError where none has an entry.

    >>> from waitlist_merge import Extract, merge
    >>> person = {"NHS number": ["9990000018"], "Specialty": ["130"]}
    >>> lists = [
    ...     Extract.from_frame(pd.DataFrame(person | {"RTT start": [day]}), organisation=code)
    ...     for code, day in (("RM3", "2026-03-02"), ("RW3", "2026-04-20"))
    ... ]
    >>> told = rehearse(merge(lists, census_date="2026-11-15"), services=["130"])
    >>> told["What came in"].to_numpy().tolist()
    [['RM3', 1, 1, 1], ['RW3', 1, 1, 1]]
    """
    tables = result.tables
    if services:
        tables = of_services(
            made_ready(tables, result.manifest(), marks=result.left.marks), services
        )
    return {
        "What came in": _organisations(tables),
        "Pairs that look like one need": _pairs(tables),
        "What one list would show that several do not": _gains(tables["gains"]),
        "Questions that people would be asked": _counted(
            tables["review_queue"], ["level", "relation", "confidence"]
        ),
        "Faults of the lists": _counted(tables["findings"], ["organisation", "reason"]),
    }


def _organisations(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Entries, needs and findings of each organisation."""
    entries = tables["entries"]
    own = entries["organisation"].astype(object)
    counted = entries.groupby(own).agg(
        entries=("entry_id", "size"), needs=("pathway_id", "nunique")
    )
    found = tables["findings"]["organisation"].astype(object).value_counts()
    counted["findings"] = found.reindex(counted.index).fillna(0).astype(int)
    return counted.rename_axis("organisation").reset_index()


def _pairs(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Pairs by relation, organisations and how sure; those that are held apart are not told."""
    links, entries = tables["pathway_links"], tables["entries"]
    own = pd.Series(
        entries["organisation"].astype(object).to_numpy(), index=entries["entry_id"].astype(object)
    )
    ends = [own.reindex(links[f"entry_id_{end}"].astype(object)).astype(str) for end in "ab"]
    both = [";".join(sorted({*pair})) for pair in zip(*ends, strict=True)]
    told = links.assign(organisations=both).loc[(links["joins"] != str(Joins.NO)).to_numpy()]
    return _counted(told, ["relation", "organisations", "confidence"])


def _gains(gains: pd.DataFrame) -> pd.DataFrame:
    sums = gains.groupby(gains["measure"].astype(object))[["confirmed", "proposed"]].sum()
    named = {str(each): each.meaning for each in Gain}
    return sums.rename(index=named).rename_axis("measure").reset_index()


def _counted(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """How many rows there are of each, the most first."""
    plain = table[names].astype(object).fillna("")
    counts = plain.value_counts(sort=False).rename("count").reset_index()
    return counts.sort_values(["count", *names], ascending=[False] + [True] * len(names))
