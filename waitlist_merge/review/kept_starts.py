"""Which clock starts of earlier runs does a need keep, though no list of this week has them?

Those of entries that waited and counted, and that are off their list while the need waits on: an
organisation that says nothing has shortened no wait, nor has one that took a duplicate off its
list. A start that did not count in the last run (it is earlier than that of its row) does not
count now, and one that a person has parted from the need is not its any longer. That of a closed
entry is kept only where it was certainly the same need, or where its patient waits on under its
identifier, which is how it is explained that it left; and not once all who list the need say that
it began after that: a new period has a new clock (RTT guidance 3.4.3 to 3.4.5). Who only lists it
under that identifier has to say that a period began: what a receiver dates by receipt is the
period that it was sent (domain 8, guidance 11.3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.combined.kept import CLOCK, COLUMNS, NOTHING_KEPT
from waitlist_merge.pathways.columns import Bools, flag, has_word, is_in
from waitlist_merge.reasons import Confidence, Departure
from waitlist_merge.review.contradicts import of_another, turned
from waitlist_merge.review.departures import NOT_WAITING
from waitlist_merge.review.kept_facts import beside_any, kept_facts, parted_from
from waitlist_merge.review.lost import SERVICES, restricted_anywhere
from waitlist_merge.review.moved import OF_ONE_NEED
from waitlist_merge.review.off_list import OffList, off_list
from waitlist_merge.review.one_number import surely_one
from waitlist_merge.review.people import NOBODY, People
from waitlist_merge.review.same_identifier import OWN, STOPPED, under_its_identifier
from waitlist_merge.review.sameness import Positions
from waitlist_merge.review.snapshot import Snapshot, listed
from waitlist_merge.review.spoken import Pair
from waitlist_merge.review.units import SURE, are_pairs, units

ANOTHER_PERIOD = frozenset({"11", "12"})
"""RTT statuses that say that a period of its own began: after active monitoring, or for another
condition (Data Dictionary). 10 is what a receiver may give to the first visit of one handed on."""


def kept_starts(
    last: Snapshot | None,
    absent: Collection[str],
    position: Positions,
    now: pd.DataFrame,
    *,
    run_date: dt.date,
    people: People = NOBODY,
) -> pd.DataFrame:
    """The earliest start that each need keeps, with ``COLUMNS``, ``SERVICES`` and ``shared``.

    Of lists that did not come there are their ``kept_facts`` too, one row for each field of a need.

    ``sure`` is true where its entry was certainly of one need with an entry that is listed now,
    ``closed`` where its organisation has closed it, false where that sent no list.

    ``position`` is the place in ``last`` of each entry of this run; ``now`` is what ``off_list``
    reads of them, with ``entry_id``, ``pathway_id``, ``rtt_start_date`` and what
    ``under_its_identifier`` compares; ``people`` say which entries they keep apart, and which they
    had joined. ``shared`` is true where it is certain whose it is and no record of the patient is
    restricted.
    """
    off = None if last is None else off_list(last, absent, position, now, run_date=run_date)
    if off is None:
        return NOTHING_KEPT
    unit = units(off.then, people.joined, people.released)
    then = off.then.assign(shared=_shared(off), unit=unit, closed=off.closed)
    then["place"] = np.arange(len(then))
    found, members = _stated(then, off.unsent | off.closed), _members(off, then)
    under = found.merge(_handed_on(off, people.apart), on="entry_id")
    both = pd.concat([found.merge(members, on="need"), under], ignore_index=True)
    both = _holding(both[~_turned(both, off, people)], people)
    nearest = both.sort_values("sure", ascending=False, kind="stable")
    first = nearest.sort_values(["start", "entry_id"], kind="stable").drop_duplicates("pathway_id")
    first = first.assign(
        field=CLOCK, word=None, shared=first["shared"] & _surely_theirs(first, off)
    )
    first = first.sort_values("pathway_id", ignore_index=True)
    starts = first[[*COLUMNS, *SERVICES, "shared"]]
    if not off.unsent.any():
        return starts
    facts = kept_facts(then[off.unsent], members, people.apart, run_date=run_date)
    both = pd.concat([starts.astype(object), facts.astype(object)], ignore_index=True)
    return both.astype(dict.fromkeys(("sure", "closed", "shared"), bool))


def _members(off: OffList, then: pd.DataFrame) -> pd.DataFrame:
    """The entries of this run that were of each need, with the need they are of now."""
    rows = np.flatnonzero(off.position >= 0)
    were = then.iloc[off.position[rows]]
    return _listed_now(off, rows).assign(
        need=were["pathway_id"].astype(object).to_numpy(),
        beside=were["unit"].to_numpy(),
        was_sure=were["outcome"].isin(SURE).to_numpy(),
        handed_on=False,
    )


def _handed_on(off: OffList, apart: Collection[Pair]) -> pd.DataFrame:
    """The rows of this run under the identifier of an entry (``entry_id``) that was closed.

    Of one whose clock stopped by another row's word, that row alone.
    """
    closed = np.flatnonzero(off.closed)
    found = under_its_identifier(off.now, off.then, off.position, closed, apart=apart)
    told = found.known | ~has_word(off.then, "departure", *STOPPED)[found.left]
    left = off.then["entry_id"].astype(object).to_numpy()[found.left[told]]
    under = _listed_now(off, found.row[told])
    return under.assign(entry_id=left, beside=-1, was_sure=False, handed_on=True)


def _listed_now(off: OffList, rows: Positions) -> pd.DataFrame:
    some = off.now.iloc[rows]
    return pd.DataFrame(
        {
            "member": some["entry_id"].astype(object).to_numpy(),
            "row": rows,
            "was": off.position[rows],
            "pathway_id": some["pathway_id"].astype(object).to_numpy(),
            "waits": some["waits"].to_numpy(dtype=bool),
            "states": some["rtt_start_date"].to_numpy(),
            "anew": is_in(some["rtt_status"].astype("category"), ANOTHER_PERIOD),
        }
    )


def _holding(both: pd.DataFrame, people: People) -> pd.DataFrame:
    """The starts that hold, each beside every member of its need; ``sure`` of which it is certain.

    ``handed_on`` ones are beside a row under the identifier of their entry.
    """
    let_go = are_pairs(both["entry_id"], both["member"], people.released)
    one_row = both["firm"] & both["was_sure"] & ~let_go
    both = both.assign(sure=(both["unit"] == both["beside"]) | one_row)
    held = ~both["closed"] | ((both["sure"] | both["handed_on"]) & both["waits"])
    both = both[~parted_from(both, people.apart) & held].sort_values("sure", kind="stable")
    both = both.drop_duplicates(["entry_id", "start", "member"], keep="last")
    # One that leaves now has no such day yet: no start that counts is later than today.
    later = ((both["states"] > both["ended"]) & (both["sure"] | both["anew"])).to_numpy()
    goes_on = both["states"].notna().to_numpy() & ~later
    return both[~both["closed"] | ~beside_any(both, later) | beside_any(both, goes_on)]


def _turned(both: pd.DataFrame, off: OffList, people: People) -> Bools:
    """Starts of closed entries beside a row that says by now that it is of another need."""
    bad = np.zeros(len(both), dtype=bool)
    rows = np.flatnonzero((both["closed"] & (both["was"] >= 0)).to_numpy())
    some = both.iloc[rows]
    row, was, left = (some[name].to_numpy(dtype=np.int64) for name in ("row", "was", "place"))
    joined = are_pairs(some["entry_id"], some["member"], people.joined)
    lost = has_word(off.then, "departure", Departure.UNEXPLAINED)[left]
    bad[rows] = turned(off.now, off.then, row, was, left, joined=joined)
    bad[rows] |= lost & of_another(off.now, off.then, row, left)
    return bad


def _stated(then: pd.DataFrame, off: Bools) -> pd.DataFrame:
    """The starts of these entries, by the need that they were of.

    Those of entries that waited, and those that gave the start of a row in whatever way: ``firm``
    ones of a row that was certainly one need. A row that is now one entry's is certain of itself
    alone, which is why it counts how its giver is said to have left.
    """
    mine = then[off]
    counts = (mine["outcome"] != NOT_WAITING) & mine["list_state"].isin([*map(str, RTT_STATES)])
    own = mine[(counts & (mine["rtt_start_date"] >= mine["row_start_date"])).to_numpy()]
    rows = listed(then)
    gave = rows[rows["row_start_entry_id"].isin(mine["entry_id"].astype(object)).to_numpy()]
    firm = has_word(gave, "pathway_confidence", Confidence.CERTAIN)
    by_an_identifier = (Departure.MOVED, Departure.UNEXPLAINED, *OWN)
    for words, sure in ((OF_ONE_NEED, True), (by_an_identifier, False)):
        some = mine.loc[has_word(mine, "departure", *words), "entry_id"].astype(object)
        firm[gave["row_start_entry_id"].isin(some).to_numpy()] = sure
    parts = [
        pd.DataFrame(
            {
                "need": some["pathway_id"].astype(object),
                "entry_id": some[entry].astype(object),
                "start": some[start],
                "firm": sure,
            }
        )
        for some, entry, start, sure in (
            (own, "entry_id", "rtt_start_date", False),
            (gave, "row_start_entry_id", "row_start_date", firm),
        )
    ]
    found = pd.concat(parts, ignore_index=True).drop_duplicates()
    whose = ["entry_id", "organisation", "unit", "closed", "ended", "place", *SERVICES, "shared"]
    ended = mine["left_date"].fillna(mine["removal_date"])
    told = mine.assign(ended=ended)[whose].astype({"entry_id": object})
    found = found.merge(told, on="entry_id")
    return found.assign(firm=found["firm"] & found["closed"])


def _surely_theirs(starts: pd.DataFrame, off: OffList) -> Bools:
    """Starts of an entry that was certainly one need with its member, or says who it is alike.

    Whose row is one entry's by now is certain of itself alone.
    """
    row, left = (starts[name].to_numpy(dtype=np.int64) for name in ("row", "place"))
    told = starts["sure"].to_numpy(dtype=bool) | surely_one(off.now, off.then, row, left)
    return np.asarray(told, dtype=bool)


def _shared(off: OffList) -> pd.Series:
    """Entries of which the patient is certain, and no record restricted, then or now."""
    then, now = off.then, off.now
    sure = (then["patient_confidence"].astype(object) == str(Confidence.CERTAIN)).to_numpy(bool)
    hidden = restricted_anywhere(then)
    hidden |= then["patient_id"].isin(now.loc[flag(now["restricted"]), "patient_id"]).to_numpy()
    return pd.Series(sure & ~hidden, index=then.index)
