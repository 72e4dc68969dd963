"""Which entries does one organisation list for another by an agreement of merge.toml?

The contract says who works for whom; the library never decides it (RTT guidance 11.2, domain 5.2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import (
    Bools,
    Codes,
    categories,
    codes,
    has_word,
    is_in,
    renumbered,
)
from waitlist_merge.pathways.services import family
from waitlist_merge.pathways.state import TRANSFERRED_OUT
from waitlist_merge.plan import Agreement
from waitlist_merge.reasons import Joins, Relation

LOOKED_AT = ("organisation", "treatment_function_code", "rtt_status")
"""The columns that ``givers`` reads."""


def givers(
    entries: Mapping[str, pd.Series],
    need: NDArray[np.integer],
    kind: str,
    agreements: Sequence[Agreement],
    run_date: dt.date,
) -> Codes:
    """The organisation for which each entry is listed by an agreement of this kind, else -1.

    ``entries`` are the columns ``LOOKED_AT``, ``need`` numbers the need of each. Only where the
    giver lists the need too, and has not sent on the pathway of a test.

    >>> rows = pd.DataFrame({
    ...     "organisation": ["NV323", "RM3"], "treatment_function_code": "110", "rtt_status": "20"
    ... }, dtype="category")
    >>> agreed = Agreement(from_="RM3", to="NV323", kind="diagnostic", reports="RM3")
    >>> givers(rows, np.array([0, 0]), "diagnostic", [agreed], dt.date(2026, 1, 1)).tolist()
    [1, -1]
    """
    column, service = entries["organisation"], entries["treatment_function_code"]
    holder = codes(column)
    names = {name: code for code, name in enumerate(categories(column))}
    families = [family(each) for each in categories(service)]
    sent = is_in(entries["rtt_status"], {TRANSFERRED_OUT}) & (kind == "diagnostic")
    found = np.full(len(holder), -1, dtype=np.int32)
    for each in agreements:
        if each.kind != kind or not each.holds_on(run_date):
            continue
        giver, taker = names.get(each.from_, -2), names.get(each.to, -2)
        wanted = {family(code) for code in each.services}
        served = renumbered(service, [int(not wanted or name in wanted) for name in families]) > 0
        served |= not wanted
        given = np.zeros(int(need.max(initial=-1)) + 1, dtype=bool)
        given[need[(holder == giver) & served & ~sent]] = True
        found[(holder == taker) & given[need]] = giver
    return found


def tests(
    entries: pd.DataFrame,
    links: pd.DataFrame,
    pathway: NDArray[np.integer],
    waits: Bools,
    agreements: Sequence[Agreement],
    run_date: dt.date,
) -> Bools:
    """Which waiting entries are only tests for a need that another organisation lists?

    The receiver's under a diagnostic agreement that holds, where the link says so too: the giver
    treats and keeps the clock, so that no date of theirs is a clock start (domain 5.2).
    """
    found = np.zeros(len(entries), dtype=bool)
    joined = has_word(links, "relation", Relation.DIAGNOSTIC_ELSEWHERE)
    joined &= has_word(links, "joins", Joins.YES)
    if not joined.any() or not agreements:
        return found
    found[links["a"].to_numpy()[joined]] = found[links["b"].to_numpy()[joined]] = True
    rows = np.flatnonzero(waits & np.isin(pathway, pathway[found]))
    some = {name: entries[name].take(rows) for name in LOOKED_AT}
    given = givers(some, pathway[rows], "diagnostic", agreements, run_date)
    found[np.setdiff1d(np.arange(len(entries)), rows[given >= 0])] = False
    return found
