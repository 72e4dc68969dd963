"""Is every row that came in still there, exactly once? Checked at the end of every run.

A failure is a defect of this library, so the run stops and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.errors import ConservationError
from waitlist_merge.id_order import repeats, sorted_ids
from waitlist_merge.intake.assemble import Typed
from waitlist_merge.reasons import Fault, Outcome


def check_conservation(typed: Sequence[Typed], entries: pd.DataFrame, members: pd.Series) -> None:
    """Every record of every file is an entry or set aside; every entry waits or says why not.

    ``entries`` has ``outcome``; ``members`` are the ids of those on the combined list. Raises
    ConservationError naming the first count that is off.
    """
    for each in typed:
        extract = each.extract
        aside = int((extract.findings["reason"] == Fault.NOT_A_PERSON_ROW).sum())
        _same(f"{extract.source_file}: records", extract.records, len(extract.text) + aside)
        _same(f"{extract.source_file}: typed rows", len(extract.text), len(each.normalised.entries))
    _same("entries of all files", sum(len(each.extract.text) for each in typed), len(entries))
    ids, held = entries["entry_id"], sorted_ids(entries["entry_id"])
    _same("different entry ids", len(entries), len(entries) - repeats(held))
    waits = (entries["outcome"] != Outcome.NOT_WAITING).to_numpy()
    waiting = held if waits.all() else sorted_ids(ids[waits])
    _same("entries on the combined list", len(waiting), len(members))
    listed = sorted_ids(members.astype(ids.dtype))
    _same("different entries among members", len(waiting), len(listed) - repeats(listed))
    _same("members that are no waiting entry", 0, _strangers(listed, waiting))


def _strangers(ids: NDArray[np.bytes_], known: NDArray[np.bytes_]) -> int:
    """How many of the ids are not among those known; both are in order, and mostly the same."""
    return 0 if np.array_equal(ids, known) else len(np.setdiff1d(ids, known))


def _same(what: str, expected: int, found: int) -> None:
    if expected != found:
        raise ConservationError(
            f"{what}: {expected} expected, {found} found; nothing was written; please report this"
        )
