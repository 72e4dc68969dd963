"""The course of a wait at one organisation: referral, appointments, decision, identifiers.

Every function fills columns of the rows it is given; each organisation's own census bounds them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.draw import Days, between, choose, hit, later, words
from waitlist_merge.demo.world import World, day_where, held, waited

SOURCES = ("03", "05", "04", "10", "14", "12", "92", "15", "17")
"""Codes of source of referral: GP, consultant, emergency care and so on (domain 2)."""

_COMMENTS = (
    "Awaiting results",
    "Unable to contact by phone",
    "Prefers mornings",
    "Short notice accepted",
    "For pre-operative assessment",
    "Patient away until next month",
    "Needs transport",
)


def refer(world: World, rows: pd.DataFrame) -> None:
    """Who referred, and when: mostly on the day the clock starts, sometimes a little before."""
    rng, size = world.rng, len(rows)
    before = np.where(hit(rng, 0.10, size), rng.integers(1, 6, size), 0)
    rows["referral_date"] = _alive(world, rows, later(rows["rtt_start_date"].to_numpy(), -before))
    tfc = lists.services().frame["tfc"].to_numpy()[rows["service"].to_numpy()]
    source = choose(rng, [72, 11, 4, 5, 5, 3], size)
    dental = np.isin(tfc, ["140", "143", "144", "145", "217"])
    source = np.where(dental & hit(rng, 0.6, size), 6, source)
    source = np.where((tfc == "130") & hit(rng, 0.35, size), 7, source)
    source = np.where((tfc == "103") & hit(rng, 0.15, size), 8, source)
    rows["source_of_referral"] = words(SOURCES, source)


def _alive(world: World, rows: pd.DataFrame, day: Days) -> Days:
    """These days, but none before birth."""
    return np.maximum(day, later(world.people.birth[rows["person"].to_numpy()], 1))


def prioritise(world: World, rows: pd.DataFrame) -> None:
    """Two-week waits are recent; suspected cancer goes with them."""
    rng, size = world.rng, len(rows)
    share = lists.services().frame["two_week"].to_numpy()[rows["service"].to_numpy()]
    cancer = hit(rng, share, size) & (waited(world, rows) < 90)
    urgent = hit(rng, 0.16, size)
    rows["priority_type"] = np.select([cancer, urgent], ["3", "2"], "1").astype(object)
    rows["suspected_cancer"] = cancer & hit(rng, 0.95, size)


def attend(world: World, rows: pd.DataFrame) -> None:
    """Appointments so far and to come."""
    rng, size = world.rng, len(rows)
    census = world.census[rows["organisation"].to_numpy()]
    days = held(world, rows)
    part = rng.random(size)
    seen = hit(rng, np.clip(days / 300, 0.02, 0.6), size) & (days > 5)
    seen |= rows["admitted"].to_numpy() & (days > 1)
    ago = (days * part * 0.9).astype(np.int64)
    rows["last_attended_date"] = day_where(seen, later(census, -ago))
    for name, rate in (("last_dna_date", 0.04), ("last_cancelled_date", 0.08)):
        some = hit(rng, rate, size) & (days > 20)
        ago = (days * rng.random(size) * 0.9).astype(np.int64)
        rows[name] = day_where(some, later(census, -ago))
    booked = hit(rng, 0.45, size) & ~rows["admitted"].to_numpy()
    rows["next_appointment_date"] = day_where(booked, later(census, rng.integers(1, 150, size)))
    valid = hit(rng, 0.55, size) & (days > 30)
    ago = between(rng, 0, np.minimum(days, 150), size)
    rows["last_validated_date"] = day_where(valid, later(census, -ago))
    first_steps = words(("10", "11", "12"), choose(rng, [96, 2, 2], size))
    rows["rtt_status"] = np.where(seen, "20", first_steps)
    note = hit(rng, 0.06, size)
    rows["comments"] = np.where(note, words(_COMMENTS, rng.integers(0, len(_COMMENTS), size)), "")


def admit(world: World, rows: pd.DataFrame) -> None:
    """What a decision to admit brings: its day, a priority, a method, sometimes an admission."""
    rng, size = world.rng, len(rows)
    admitted = rows["admitted"].to_numpy()
    census = world.census[rows["organisation"].to_numpy()]
    seen = rows["last_attended_date"].to_numpy()
    since = np.fmax(rows["referral_date"].to_numpy(), rows["rtt_start_date"].to_numpy())
    decided = np.where(np.isnat(seen), since, seen)
    rows["decision_to_admit_date"] = day_where(admitted, decided)
    listed = np.minimum(later(decided, choose(rng, [80, 10, 5, 5], size)), census)
    rows["list_date"] = np.where(admitted, listed, rows["referral_date"].to_numpy())
    rows["waiting_list_type"] = np.where(admitted, "IRTT", "ORTT").astype(object)
    booked = hit(rng, 0.16, size) & admitted
    rows["tci_date"] = day_where(booked, later(census, rng.integers(1, 70, size)))
    rows["admission_method"] = np.select([booked, admitted], ["12", "11"], "").astype(object)
    intended = np.append(lists.services().procedures["intended"].to_numpy(), "1")
    rows["intended_management"] = np.where(admitted, intended[rows["procedure"].to_numpy()], "")
    level = words(("P2", "P3", "P4", "P5", "P6"), choose(rng, [12, 27, 58, 1, 2], size))
    rows["priority_code"] = np.where(admitted & hit(rng, 0.93, size), level, "")


def new_keys(world: World, rows: pd.DataFrame) -> None:
    """Own identifiers of pathway, booking, referral and list entry, and own people in charge.

    A key is a number drawn at random: rows with one key will show one identifier.
    """
    rng, size = world.rng, len(rows)
    for name in ("pathway_key", "referral_key", "entry_key"):
        rows[name] = rng.integers(1, 2**62, size)
    electronic = (rows["source_of_referral"] == "03").to_numpy() & hit(rng, 0.85, size)
    rows["booking_key"] = np.where(electronic, rng.integers(1, 2**62, size), 0)
    # Some organisations make the pathway identifier of the booking number (domain 1.6): issuer -1.
    of_booking = electronic & hit(rng, 0.12, size)
    rows["issuer"] = np.where(of_booking, -1, rows["organisation"])
    rows["pathway_key"] = np.where(of_booking, rows["booking_key"], rows["pathway_key"])
    new_hands(world, rows)


def new_hands(world: World, rows: pd.DataFrame) -> None:
    """Who holds the entry at its organisation: consultant, site, and how the procedure is typed."""
    rng, size = world.rng, len(rows)
    rows["consultant"] = rng.integers(0, 7, size)
    rows["site"] = rng.integers(0, 3, size)
    rows["referrer"] = between(rng, 0, 3, size)
    rows["coded"] = hit(rng, 0.85, size)
    rows["worded"] = hit(rng, 0.75, size) | ~rows["coded"]
    rows["side_typed"] = hit(rng, 0.94, size)
