"""Which entries hold dates and states that contradict each other?

Each fault is a finding; the entry stays on the list whatever is found (domain 5.4; the checks are
those of domain's dq_checks).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.pathways.columns import Bools, among, day_number, days, is_in, known
from waitlist_merge.pathways.state import Signals, contradictory
from waitlist_merge.reasons import Fault, ListState

WAIT_TOLERANCE = 7
"""Days by which a stated wait may differ from ours: weeks are often rounded (domain 8)."""

_Line = tuple[Bools, str, Fault, str]


def faults(
    entries: pd.DataFrame,
    said: Signals,
    state: pd.Categorical[str],
    *,
    died: Bools,
    died_perhaps: Bools,
    both_sides: Bools,
    overlapping: Bools,
    run_date: dt.date,
) -> pd.DataFrame:
    """The faults of all entries: a frame of row, field, reason, message, count.

    ``died`` marks entries of a person of whom any entry records a death, ``died_perhaps`` those
    that are only probably of such a person; ``both_sides`` entries that wait for both sides of one
    procedure with open clocks; ``overlapping`` ones whose waiting period overlaps another of the
    same pathway.
    """
    waits = np.asarray(state != str(ListState.CLOSED))
    clocked = among(state, {ListState.OPEN, ListState.UNCLEAR})
    census = days(entries["extract_census_date"])
    lines = (
        *_clock_lines(entries, clocked, census),
        *_booking_lines(entries, waits, census),
        *_state_lines(said, waits, both_sides),
        *_death_lines(waits, died, died_perhaps),
        (
            overlapping,
            "rtt_start_date",
            Fault.PERIODS_OVERLAP,
            "A period of this pathway stopped after another had started; one of the dates is wrong",
        ),
        _overdue(entries, state, run_date),
    )
    return gather(lines)


def _clock_lines(entries: pd.DataFrame, clocked: Bools, census: NDArray[np.int32]) -> list[_Line]:
    start, stop = days(entries["rtt_start_date"]), days(entries["rtt_end_date"])
    removal = days(entries["removal_date"])
    stated = entries["stated_wait"].to_numpy(dtype=np.float64, na_value=np.nan)
    told = np.flatnonzero(clocked & known(start) & ~np.isnan(stated))
    differs = np.zeros(len(start), dtype=bool)
    wait = census[told] - start[told].astype(np.int64)
    differs[told] = np.abs(stated[told] - wait) > WAIT_TOLERANCE
    return [
        (
            clocked & ~known(start),
            "rtt_start_date",
            Fault.CLOCK_START_MISSING,
            "No clock start; the row stays on the list and its wait is unknown",
        ),
        (
            clocked & known(start) & (start > census),
            "rtt_start_date",
            Fault.CLOCK_AFTER_CENSUS,
            "The clock starts after the day that the extract describes; it is not counted",
        ),
        (
            known(start) & known(stop) & (stop < start),
            "rtt_end_date",
            Fault.DATES_OUT_OF_ORDER,
            "The clock stops before it starts; the row stays on the list",
        ),
        (
            known(start) & known(removal) & (removal < start),
            "removal_date",
            Fault.DATES_OUT_OF_ORDER,
            "Removed before the clock starts; the row stays on the list",
        ),
        (
            differs,
            "stated_wait",
            Fault.WAIT_DIFFERS,
            "The wait that the extract states differs from its clock start by more than 7 days",
        ),
    ]


def _booking_lines(entries: pd.DataFrame, waits: Bools, census: NDArray[np.int32]) -> list[_Line]:
    tci, decision = days(entries["tci_date"]), days(entries["decision_to_admit_date"])
    postponed = is_in(entries["priority_code"], {"P5", "P6"})
    return [
        (
            known(tci) & known(decision) & (tci < decision),
            "tci_date",
            Fault.DATES_OUT_OF_ORDER,
            "The admission date is before the decision to admit",
        ),
        (
            waits & known(tci) & (tci < census),
            "tci_date",
            Fault.TCI_IN_PAST,
            "The admission date has passed and the row still waits",
        ),
        (
            waits & postponed & (tci > census),
            "priority_code",
            Fault.POSTPONED_WITH_TCI,
            "The patient chose to postpone, yet an admission is booked",
        ),
    ]


def _state_lines(said: Signals, waits: Bools, both_sides: Bools) -> list[_Line]:
    nothing = np.zeros(len(waits), dtype=bool)
    conflict = contradictory(replace(said, ended_before_start=nothing))
    return [
        (
            conflict & said.transferred_out,
            "rtt_status",
            Fault.STATE_CONFLICT,
            "Transferred out but still on this list; kept until the receiver is confirmed",
        ),
        (
            conflict & ~said.transferred_out,
            "rtt_status",
            Fault.STATE_CONFLICT,
            "Status, stop date and list contradict each other; kept on the list",
        ),
        (
            waits & said.planned & said.open_type,
            "admission_method",
            Fault.STATE_CONFLICT,
            "Planned, yet on the list of open clocks; kept on the list as planned",
        ),
        (
            both_sides,
            "laterality",
            Fault.BOTH_SIDES_OPEN,
            "Both sides wait with open clocks; the second clock starts when the first is done",
        ),
    ]


def _death_lines(waits: Bools, died: Bools, perhaps: Bools) -> list[_Line]:
    return [
        (
            waits & died,
            "death_date",
            Fault.DECEASED,
            "A death is recorded for this patient; check before contact",
        ),
        (
            waits & perhaps & ~died,
            "death_date",
            Fault.DECEASED_PERHAPS,
            "A death is recorded of what is only probably this patient; settle who before contact",
        ),
    ]


def _overdue(entries: pd.DataFrame, state: pd.Categorical[str], run_date: dt.date) -> _Line:
    due = days(entries["planned_date"])
    overdue = known(due) & (due < day_number(run_date))
    return (
        np.asarray(state == str(ListState.PLANNED)) & overdue,
        "planned_date",
        Fault.PLANNED_OVERDUE,
        "Planned care past its due date; it should move to an active list with a clock",
    )


def gather(lines: tuple[_Line, ...]) -> pd.DataFrame:
    """One row for each entry that a line marks."""
    rows = [np.flatnonzero(mask).astype(np.int64) for mask, *_ in lines]
    sizes = [len(each) for each in rows]
    words = pd.DataFrame(
        {
            "field": [field for _, field, _, _ in lines],
            "reason": [str(reason) for _, _, reason, _ in lines],
            "message": [message for *_, message in lines],
        }
    )
    found = words.loc[np.repeat(np.arange(len(lines)), sizes)].reset_index(drop=True)
    found.insert(0, "row", np.concatenate(rows))
    return found.assign(count=np.ones(len(found), dtype=np.int64))
