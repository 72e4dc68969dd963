"""By which rule is each value of a row taken from several entries?

- who: verified first, then what most members say, then the newest census (domain 3, 4.1);
- what: the shown entry's service; the most specific procedure; a side only where members agree;
- dates: earliest decision and next booking, latest attendance, cancellation and validation;
- priority: the most urgent of each scale, each scale apart (domain 1.7);
- flags: true where any member says so (a death or a restriction: any entry of the patient).

Contact details and comments are never chosen: they stay beside their own entry.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.combined.bundles import Bundles, Positions
from waitlist_merge.combined.clocks import joined_text, whole
from waitlist_merge.pathways.columns import (
    NO_DAY,
    Bools,
    Days,
    codes,
    dates,
    day_number,
    days,
    is_in,
    known,
    numbered,
    worded,
)
from waitlist_merge.pathways.features import suspected_cancer
from waitlist_merge.reference import load

VERIFIED = "01"
"""NHS number status: present and verified (domain 1.6)."""

PRIORITY_TYPES = ("3", "2", "1")
PRIORITY_CODES = ("P1a", "P1b", "P2", "P3", "P4", "P5", "P6")
"""P5 and P6 are postponements that the patient chose: less urgent than any (domain 1.7)."""
DIAGNOSTIC_PRIORITIES = ("D1", "D2", "D3", "D4", "D5", "D6")

VALIDATE_EVERY = 12 * 7
BOOKED_WITHIN = 4 * 7
"""Days of the national validation cohort (dq_checks: NHSE WLMDS SQL; domain 5.4)."""

NAMED = ("nhs_number", "family_name", "given_name", "gender")


def taken(column: pd.Series, positions: Positions) -> ExtensionArray:
    """The value at each position; missing where the position is -1."""
    found: ExtensionArray = column.array.take(positions, allow_fill=True)
    return found


def people(entries: pd.DataFrame, bundles: Bundles) -> pd.DataFrame:
    """Names, birth date, number and gender: verified first, then most frequent, then newest."""
    unverified = ~is_in(entries["nhs_number_status"], {VERIFIED})
    newest = -days(entries["extract_census_date"]).astype(np.int64)
    found: dict[str, object] = {}
    for name in (*NAMED, "birth_date"):
        value = days(entries[name]) if name == "birth_date" else codes(entries[name])
        there = value != (NO_DAY if name == "birth_date" else -1)
        ranked = np.unique(value, return_inverse=True)[1] if name == "birth_date" else value
        keys = (unverified, -bundles.frequency(ranked), newest)
        found[name] = taken(entries[name], bundles.best(there, keys))
    found["communication_needs"] = all_values(entries["communication_needs"], bundles, "; ")
    return pd.DataFrame(found)


def services(entries: pd.DataFrame, bundles: Bundles) -> pd.DataFrame:
    """Service, procedure and side."""
    service = entries["treatment_function_code"].array.take(bundles.shown)
    table = load("treatment_functions")
    names = dict(zip(table["code"], table["name"], strict=True))
    length = np.maximum(numbered(entries["procedure_code"], len), 0)
    coded = codes(entries["procedure_code"]) >= 0
    procedure = bundles.best(coded, (-length,))
    worded_at = codes(entries["procedure_text"]) >= 0
    own = (procedure >= 0) & worded_at[procedure]
    text = np.where(own, procedure, bundles.best(worded_at))
    side = codes(entries["laterality"])
    agreed = _one_value(bundles, side)
    return pd.DataFrame(
        {
            "treatment_function_code": service,
            "treatment_function": pd.Series(service).map(names).astype("string"),
            "procedure_code": taken(entries["procedure_code"], procedure),
            "procedure_text": taken(entries["procedure_text"], text),
            "laterality": taken(
                entries["laterality"], np.where(agreed, bundles.best(side >= 0), -1)
            ),
        }
    )


def _one_value(bundles: Bundles, code: NDArray[np.int32]) -> Bools:
    """Where the members that have a value have the same one."""
    high = np.where(code >= 0, code, np.iinfo(np.int32).max)
    lowest, highest = bundles.lowest(high), -bundles.lowest(-code)
    return np.asarray(lowest == highest)


def referrals(entries: pd.DataFrame, bundles: Bundles) -> pd.DataFrame:
    """The earliest referral, and who sent it."""
    day = days(entries["referral_date"])
    early = np.where(known(day), day, np.iinfo(np.int32).max)
    return pd.DataFrame(
        {
            "referral_date": dates(bundles.earliest(day)),
            **{
                name: taken(entries[name], bundles.best(codes(entries[name]) >= 0, (early,)))
                for name in ("source_of_referral", "referrer_code")
            },
        }
    )


def booked(
    entries: pd.DataFrame, bundles: Bundles, ahead_from: Days, run_date: dt.date
) -> dict[str, NDArray[np.datetime64] | NDArray[np.int32]]:
    """What is decided, booked, attended and validated.

    ``ahead_from`` is the day of each entry's own extract: a date on it or after it is to come, even
    where the run is later, for no later extract says what became of it.
    """
    today = day_number(run_date)
    tci, appointment = days(entries["tci_date"]), days(entries["next_appointment_date"])
    validated = days(entries["last_validated_date"])
    return {
        "decision_to_admit_date": dates(bundles.earliest(days(entries["decision_to_admit_date"]))),
        "tci_date": dates(bundles.earliest(tci, tci >= ahead_from)),
        "tci_count": _bookings(entries, bundles, tci, tci >= ahead_from),
        "next_appointment_date": dates(bundles.earliest(appointment, appointment >= ahead_from)),
        "last_attended_date": dates(bundles.latest(days(entries["last_attended_date"]))),
        "last_dna_date": dates(bundles.latest(days(entries["last_dna_date"]))),
        "last_cancelled_date": dates(bundles.latest(days(entries["last_cancelled_date"]))),
        "last_validated_date": dates(bundles.latest(validated, validated <= today)),
        "planned_date": dates(bundles.earliest(days(entries["planned_date"]))),
    }


def _bookings(
    entries: pd.DataFrame, bundles: Bundles, tci: Days, to_come: Bools
) -> NDArray[np.int32]:
    """Admissions to come: one that two rows of an organisation show is one."""
    rows = bundles.rows
    ahead = to_come[rows]
    booking = pd.DataFrame(
        {
            "bundle": bundles.number[ahead],
            "organisation": codes(entries["organisation"])[rows][ahead],
            "day": tci[rows][ahead],
        }
    ).drop_duplicates()
    counted = np.bincount(booking["bundle"].to_numpy(), minlength=len(bundles.first))
    return counted.astype(np.int32)


def days_past_due(
    entries: pd.DataFrame, bundles: Bundles, planned: Bools, run_date: dt.date
) -> pd.arrays.IntegerArray:
    """Days past the due date of planned care; negative before it, missing for other rows."""
    due = bundles.earliest(days(entries["planned_date"]))
    there = planned[bundles.shown] & known(due)
    return whole(np.where(there, day_number(run_date) - due.astype(np.int64), 0), there)


def validation_due(
    entries: pd.DataFrame,
    bundles: Bundles,
    start: Days,
    rtt: Bools,
    *,
    ahead_from: Days,
    run_date: dt.date,
) -> Bools:
    """Does the national rule say that the row is due for validation?

    Waiting 12 weeks or more, nothing attended and no decision in the last 12, nothing booked in
    the next 4, and last validated 12 or more weeks ago or never (dq_checks).
    """
    today = day_number(run_date)
    recent = today - VALIDATE_EVERY
    long_wait = rtt & known(start) & (start <= recent)
    quiet = np.ones(len(start), dtype=bool)
    for name in ("last_attended_date", "decision_to_admit_date", "last_validated_date"):
        day = days(entries[name])
        latest = bundles.latest(day, day <= today)
        quiet &= ~known(latest) | (latest <= recent)
    for name in ("tci_date", "next_appointment_date"):
        day = days(entries[name])
        soon = bundles.earliest(day, (day >= ahead_from) & (day <= today + BOOKED_WITHIN))
        quiet &= ~known(soon)
    return np.asarray(long_wait & quiet)


def priorities(entries: pd.DataFrame, bundles: Bundles) -> pd.DataFrame:
    """The most urgent of each scale among the members."""
    return pd.DataFrame(
        {
            "suspected_cancer": bundles.any(suspected_cancer(entries)),
            "priority_type": _most_urgent(entries["priority_type"], PRIORITY_TYPES, bundles),
            "priority_code": _most_urgent(entries["priority_code"], PRIORITY_CODES, bundles),
            "diagnostic_priority": _most_urgent(
                entries["diagnostic_priority"], DIAGNOSTIC_PRIORITIES, bundles
            ),
        }
    )


def _most_urgent(
    column: pd.Series, scale: tuple[str, ...], bundles: Bundles
) -> pd.Categorical[str]:
    """The first of the scale that any member has; missing where none has one."""
    unknown = len(scale)
    rank = numbered(column, lambda word: scale.index(word) if word in scale else unknown)
    most = bundles.lowest(np.where(rank < 0, unknown, rank))
    return worded(np.where(most == unknown, -1, most), scale)


def all_values(column: pd.Series, bundles: Bundles, by: str) -> pd.Series:
    """The different values of the members, sorted and joined."""
    there = codes(column)[bundles.rows] >= 0
    lone = pd.Series(column.array.take(bundles.shown)).astype("string")
    rows = bundles.rows[bundles.several]
    some = there[bundles.several]
    told = joined_text(
        np.asarray(column.array.take(rows[some]).astype(object), dtype=object),
        bundles.number[bundles.several][some],
        len(bundles.first),
        by,
    )
    return told.fillna(lone.where(bundles.size == 1))
