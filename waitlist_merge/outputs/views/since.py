"""What of the findings, of those whom nobody lists and of the work may an organisation hold?

Rows are picked out: a row stays where it is of the organisation alone, and what could tell of
another organisation's entry is taken out of it. Needs that nobody lists any longer are made anew.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from waitlist_merge.categories import lists_code
from waitlist_merge.errors import InputError
from waitlist_merge.outputs.columns import conform
from waitlist_merge.outputs.views.held import redacted
from waitlist_merge.outputs.views.picked import among, is_one_of, parts, plain
from waitlist_merge.pathways.columns import flag, has_word
from waitlist_merge.pathways.match import of_patient
from waitlist_merge.review.fixed import OF_OTHERS
from waitlist_merge.review.lost import certain_needs, from_text, of_withheld_service
from waitlist_merge.review.unaccounted import needs


def findings_of(
    organisation: str,
    findings: pd.DataFrame,
    *,
    dead: Collection[str],
    dead_perhaps: Collection[str],
    both_sides: Collection[str],
) -> pd.DataFrame:
    """Its own findings; what only another's entry tells is left out.

    ``dead``, ``dead_perhaps`` and ``both_sides`` are ids of entries of which the view itself says
    that a death is recorded, or is of who may be the patient, and that the other side waits.
    """
    own = among(findings, "organisation", [organisation])
    told = np.ones(len(own), dtype=bool)
    for reason, ids in zip(OF_OTHERS, (dead, dead_perhaps, both_sides), strict=True):
        told &= ~is_one_of(own["reason"], [str(reason)]) | is_one_of(own["entry_id"], ids)
    return own.loc[told].reset_index(drop=True)


def unaccounted_of(
    organisation: str, unaccounted: pd.DataFrame, *, sensitive: frozenset[str], run_date: date
) -> pd.DataFrame:
    """The needs that it listed last, made anew of its own entries and what it may hold of others.

    Every need of which it had an entry, and has not answered, is there. Of another's entry it holds
    ``SHARED`` where the patient is certainly one and nobody's entry of the need is of a sensitive
    service, of one that is not told, or of a restricted record; else the need is cut down to its
    own side. Where the patient is listed now is left out: the coordinator knows.
    """
    said = from_text(_last_said(unaccounted))
    own = (said["organisation"] == organisation).to_numpy(dtype=bool)
    need = pd.factorize(said["pathway_id"])[0]
    asked = of_patient(own & ~flag(said["answered"]), need)
    if not asked.any():
        return unaccounted.iloc[:0]
    withheld = of_withheld_service(said, sensitive)
    withheld |= flag(said["restricted"]) | flag(said["patient_restricted"])
    shared = of_patient(own, need) & ~of_patient(withheld, need) & certain_needs(said, need)
    told = (own | shared) & asked
    held = said.loc[told].reset_index(drop=True)
    mine = own[told]
    cut = redacted(held, mine).assign(left_date=held["left_date"])
    first = np.lexsort((held["entry_id"].to_numpy(dtype=str), ~mine))
    retired = _retired(unaccounted)
    made = needs(cut.take(first).reset_index(drop=True), run_date=run_date, retired=retired)
    of_run = unaccounted.set_index(unaccounted["pathway_id"].astype(object))
    whose = {name: made["pathway_id"].map(of_run[name]) for name in ("order", "question_id")}
    table = made.assign(**whose, now_listed=None, last_said=None)
    return conform("unaccounted", table.sort_values("order", ignore_index=True))


def _retired(unaccounted: pd.DataFrame) -> set[str]:
    """Organisations that have closed for good; an older folder does not name them."""
    told = unaccounted.get("retired_organisations", pd.Series(dtype=object))
    return {code for codes in told.dropna() for code in str(codes).split(";")}


def lost_of_services(unaccounted: pd.DataFrame, services: Collection[str]) -> pd.DataFrame:
    """The needs that nobody lists any longer of which any entry was of these services."""
    said = from_text(_last_said(unaccounted))
    inside = said.loc[has_word(said, "treatment_function_code", *services)]
    return among(unaccounted, "pathway_id", set(inside["pathway_id"]))


def _last_said(unaccounted: pd.DataFrame) -> pd.Series:
    """What the entries of each need last said; a folder of an older version does not have it."""
    if "last_said" in unaccounted:
        return unaccounted["last_said"]
    if unaccounted.empty:
        return pd.Series(dtype=object)
    raise InputError(
        "unaccounted: was written by an older version, which did not keep what each entry last "
        "said; merge the lists again, and make the views of that"
    )


def work_of(
    organisation: str,
    work: pd.DataFrame,
    shown: Collection[object],
    needs: Collection[object] = (),
) -> pd.DataFrame:
    """The work that it has to do, or on what it lists: with the entries that the view holds alone.

    So is what concerns it by name: an entry that it has let go of is on its list no longer.
    Who has to act at another organisation is that one's business. Of a group with an entry that the
    view does not hold, or that has left its list, no other organisation is named, no other's
    hospital number, and of ``needs`` alone, which are those of its own entries, which need it is.
    """
    work = conform("work", work)
    lists = pd.Series(lists_code(work["organisations"], organisation), work.index)
    owned, concerned = (is_one_of(work[name], [organisation]) for name in ("owner", "detail"))
    mine = owned | concerned | lists.to_numpy(dtype=bool)
    kept: pd.DataFrame = work.loc[mine].reset_index(drop=True)
    own_list = lists.loc[mine].map({True: organisation}).reset_index(drop=True)
    cut = plain(parts(kept["entry_ids"], ";", shown.__contains__))
    whole = (cut == plain(kept["entry_ids"])).to_numpy(dtype=bool)
    own = {
        name: kept[name].where(whole | (kept[name].astype(object) == organisation))
        for name in ("keeps", "owner", "detail")
    }
    owns = is_one_of(kept["owner"], [organisation])
    needed = parts(kept["pathway_ids"], ";", needs.__contains__)
    numbers = parts(
        kept["hospital_numbers"], "; ", lambda each: each.startswith(f"{organisation} ")
    )
    return kept.assign(
        **own,
        organisations=kept["organisations"].where(whole, own_list),
        state=kept["state"].where(whole),
        entry_ids=cut,
        person=kept["person"].where(owns),
        note=kept["note"].where(owns & whole),
        pathway_ids=kept["pathway_ids"].where(whole, needed),
        hospital_numbers=kept["hospital_numbers"].where(whole, numbers),
    )


def spoken_of(organisation: str, contacts: pd.DataFrame, shown: Collection[object]) -> pd.DataFrame:
    """Whom it has spoken to itself; others' contacts where all that they were about is among these.

    Of the rest it does not learn that anybody else knows the patient; its own contacts name those
    of the entries that are among these.
    """
    if contacts.empty:
        return contacts
    names = contacts["entry_ids"].astype(object).str.split(";")
    own = contacts["organisation"].astype(object) == organisation
    kept = [
        (any if mine else all)(each in shown for each in named)
        for named, mine in zip(names, own, strict=True)
    ]
    told = contacts.loc[np.array(kept, dtype=bool)].reset_index(drop=True)
    return told.assign(entry_ids=parts(told["entry_ids"], ";", shown.__contains__))
