"""What has changed of an organisation's list, told by nothing but what its view holds?

The changes of a run are told by all its entries. In a view a row stays where it is of the
organisation alone, and what rests on an entry that the view does not hold is taken out of it: when
a need starts that goes on elsewhere, beside which entry an own one now stands, why an own one left.

>>> [str(each) for each in LISTED_ELSEWHERE]
['agreed', 'still_listed', 'moved']
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from waitlist_merge.categories import lists_code
from waitlist_merge.pathways.columns import Bools
from waitlist_merge.reasons import Change, Outcome
from waitlist_merge.review.changes import said_by_another
from waitlist_merge.review.moved import LISTED_ELSEWHERE

GONE = "No longer listed"
"""All that is told of an own entry that has left, where another's may explain it."""

RENAMED = {str(each): each.meaning for each in (Change.MERGED, Change.SPLIT)}
"""All that is told of why an own entry has another id: it may be by another's entry."""

_BESIDE = (Outcome.PROPOSED_DUPLICATE, Outcome.CONFIRMED_DUPLICATE)
_IDS = ("patient_id", "pathway_id")


def changes_of(
    organisation: str,
    changes: pd.DataFrame,
    *,
    entries: pd.DataFrame,
    unseen: pd.DataFrame,
    secret: pd.DataFrame,
    starts: Collection[str] = (),
) -> pd.DataFrame:
    """The changes of its list and of nobody else's.

    ``entries`` are those of the view with their outcomes in it, ``unseen`` all others of the run,
    ``secret`` those of them that are in no other's view; all have ``patient_id`` and
    ``pathway_id``. ``starts`` are needs that keep the clock start of an entry off its list which
    the view does not tell.
    """
    own = changes.loc[lists_code(changes["organisation"], organisation)].astype(object)
    own = own.assign(organisation=organisation).reset_index(drop=True)
    seen = _seen(own["entry_id"], entries)
    beside = _is(own["change"], Change.DUPLICATED)
    goes_on = _among(own, "pathway_id", unseen)
    ended = _is(own["change"], Change.GONE, Change.CLOSED)
    ended &= (
        (goes_on | _among(own, "patient_id", unseen))
        | (_is(own["after"], *LISTED_ELSEWHERE) & ~_among(own, "pathway_id", entries))
        | said_by_another(own["explanation"])
    )
    decided = _is(own["change"], Change.DECIDED)
    renamed = _is(own["change"], *RENAMED)
    told = own.assign(
        before=own["before"].mask(beside & (own["after"] != seen["outcome"]).to_numpy(dtype=bool)),
        after=own["after"].mask(beside, seen["outcome"]).mask(ended),
        explanation=own["explanation"]
        .mask(beside, seen["reason"])
        .mask(ended, seen["reason"].fillna(GONE))
        .mask(renamed, own["change"].map(RENAMED)),
        **{name: own[name].mask(decided & ~_among(own, name, entries)) for name in _IDS},
    )
    of_need = own["entry_id"].isna().to_numpy(dtype=bool)
    rests = goes_on | own["pathway_id"].isin(starts).to_numpy(dtype=bool)
    untold = of_need & rests & _is(own["change"], Change.START_LATER, Change.START_EARLIER)
    untold |= beside & ~_is(seen["outcome"], *_BESIDE)
    hidden = [*secret[[*_IDS]].astype(object).to_numpy().ravel()]
    untold |= renamed & (own["before"].isin(hidden) | own["after"].isin(hidden))
    told = told.loc[~untold]
    return told.assign(order=np.arange(1, len(told) + 1, dtype=np.int32)).reset_index(drop=True)


def _seen(ids: pd.Series, entries: pd.DataFrame) -> pd.DataFrame:
    """What the view says of these entries; nothing of one that is not listed."""
    said = entries[["outcome", "reason"]].astype(object)
    said = said.set_axis(entries["entry_id"].astype(object), axis="index")
    return said.reindex(ids).reset_index(drop=True)


def _is(column: pd.Series, *words: str) -> Bools:
    return np.asarray(column.astype(object).isin([str(each) for each in words]), dtype=bool)


def _among(rows: pd.DataFrame, name: str, entries: pd.DataFrame) -> Bools:
    """Rows of a patient or a need of whom or which one of these entries is."""
    return np.asarray(rows[name].isin(list(entries[name].dropna().astype(object))), dtype=bool)
