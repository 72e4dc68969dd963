"""What do several steps of the combined list need to know of every entry?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.agreed import tests
from waitlist_merge.id_order import in_order_of
from waitlist_merge.pathways.columns import NO_DAY, Bools, Days, among, days, has_word, is_in, known
from waitlist_merge.pathways.grouping import Group, components
from waitlist_merge.pathways.state import TRANSFERRED_OUT
from waitlist_merge.plan import Agreement
from waitlist_merge.reasons import Confidence, Joins, ListState, Relation, Stage

RTT_STATES = (ListState.OPEN, ListState.UNCLEAR, ListState.UNBOOKED_REFERRAL)
"""States that wait under referral to treatment; the others have no RTT wait (domain 5.3)."""

SHOWN_FIRST = (
    ListState.OPEN,
    ListState.UNCLEAR,
    ListState.UNBOOKED_REFERRAL,
    ListState.DIAGNOSTIC,
    ListState.PLANNED,
    ListState.NOT_RTT,
    ListState.CLOSED,
)
FURTHEST_FIRST = (
    Stage.ADMITTED,
    Stage.NON_ADMITTED,
    Stage.UNBOOKED,
    Stage.DIAGNOSTIC,
    Stage.PLANNED,
)


class Pathways(Protocol):
    """What is the same need: the group of each entry, the links, state and stage of each."""

    @property
    def group(self) -> NDArray[np.int32]:
        """The number of the need of each entry."""

    @property
    def links(self) -> pd.DataFrame:
        """The links behind the groups."""

    @property
    def list_state(self) -> pd.Categorical[str]:
        """What kind of place each entry is."""

    @property
    def stage(self) -> pd.Categorical[str]:
        """How far along each entry is."""


@dataclass(frozen=True, eq=False, slots=True)
class Facts:
    """One element an entry; groups are numbers that are equal within one.

    ``order`` is a number in the order of ids; ``start`` is the clock start that it states;
    ``census`` the day of its extract; ``rtt`` ones wait under referral to treatment;
    ``sent`` ones are closed because their pathway was handed on; ``superseded`` ones were sent
    again later, of which ``replaced`` ones with another clock start; ``tests`` are only tests for a
    need that another organisation lists, which have no such clock; ``submission`` numbers what is
    one row sent again; ``ahead_from`` is the day from which what it has booked is still to come;
    ``person`` and ``sure`` number certain persons and certain needs.
    """

    order: NDArray[np.int64]
    start: Days
    census: Days
    waits: Bools
    rtt: Bools
    sent: Bools
    superseded: Bools
    replaced: Bools
    tests: Bools
    submission: Group
    ahead_from: Days
    person: Group
    sure: Group


def gather(
    entries: pd.DataFrame,
    pathways: Pathways,
    person: Group,
    agreements: Sequence[Agreement],
    run_date: dt.date,
) -> Facts:
    """The facts of all entries; ``agreements`` say who tests for whom on the run's date.

    ``person`` numbers the certain persons.
    """
    state = pathways.list_state
    closed = np.asarray(state == str(ListState.CLOSED))
    links = pathways.links
    joined = has_word(links, "joins", Joins.YES)
    certain = joined & has_word(links, "confidence", Confidence.CERTAIN)
    a, b = links["a"].to_numpy(), links["b"].to_numpy()
    status = is_in(entries["rtt_status"], {TRANSFERRED_OUT})
    resent = joined & has_word(links, "relation", Relation.RESENT)
    start, census = days(entries["rtt_start_date"]), days(entries["extract_census_date"])
    superseded = _superseded(census, a[resent], b[resent], closed)
    submission = components(a[resent], b[resent], len(entries))
    stated = known(start) & (start <= census) & ~closed
    tested = tests(entries, links, pathways.group, ~closed, agreements, run_date)
    return Facts(
        order=in_order_of(entries["entry_id"]),
        start=start,
        census=census,
        waits=~closed,
        rtt=among(state, RTT_STATES) & ~tested,
        sent=status & closed,
        superseded=superseded,
        replaced=superseded & stated_since(stated, submission, census),
        tests=tested,
        submission=submission,
        ahead_from=_ahead_from(census, superseded),
        person=person,
        sure=components(a[certain], b[certain], len(entries)),
    )


def stated_since(states: Bools, submission: Group, census: Days) -> Bools:
    """Which entries belong to a row whose later submission ``states`` a value?

    >>> stated = np.array([True, False, True, False])
    >>> stated_since(stated, np.array([0, 1, 1, 2]), np.array([5, 4, 6, 7])).tolist()
    [False, True, False, False]
    """
    latest = np.full(int(submission.max(initial=-1)) + 1, NO_DAY, dtype=np.int32)
    np.maximum.at(latest, submission[states], census[states])
    return np.asarray(latest[submission] > census)


def _superseded(census: Days, a: NDArray[np.int32], b: NDArray[np.int32], closed: Bools) -> Bools:
    """Waiting rows that their organisation has sent again later, still waiting."""
    old = np.zeros(len(census), dtype=bool)
    old[a[(census[a] < census[b]) & ~closed[b]]] = True
    old[b[(census[b] < census[a]) & ~closed[a]]] = True
    return old


def _ahead_from(census: Days, superseded: Bools) -> Days:
    """The day from which what an entry has booked is still to come: that of its own extract.

    Whether a date between the extract and the run was kept nobody has said, so it is not lost; a
    row that was sent again says nothing any more, its newer submission does.
    """
    return np.where(superseded, np.iinfo(np.int32).max, census).astype(np.int32)


def show_keys(
    entries: pd.DataFrame, pathways: Pathways, facts: Facts, at: NDArray[np.int64]
) -> list[NDArray[np.integer] | Bools]:
    """Which of these is shown: newest, not handed on, no test, open, furthest, booked, longest.

    A clock that was handed on is shown before what has none: the test or the follow-up of who was
    to take it over says nothing of the wait.
    """
    start = facts.start[at]
    return [
        facts.superseded[at],
        ~facts.rtt[at],
        is_in(entries["rtt_status"].take(at), {TRANSFERRED_OUT}),
        facts.tests[at],
        ranked(pathways.list_state.take(at), SHOWN_FIRST),
        ranked(pathways.stage.take(at), FURTHEST_FIRST),
        days(entries["tci_date"].take(at)) < facts.ahead_from[at],
        np.where(known(start), start, np.iinfo(np.int32).max),
        -facts.census[at].astype(np.int64),
        facts.order[at],
    ]


def ranked(
    words: pd.Categorical[str], order: tuple[ListState, ...] | tuple[Stage, ...]
) -> NDArray[np.int8]:
    """The place of each word in this order."""
    place = {str(word): at for at, word in enumerate(order)}
    places = np.array([place[str(each)] for each in words.categories], dtype=np.int8)
    return np.asarray(places[words.codes])
