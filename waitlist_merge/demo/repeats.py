"""Second rows of one need: how one need comes to stand on the lists twice.

Each function takes the first rows and returns them (changed where the event changes them) and the
second rows. A second registration has its own referral date, identifiers and people in charge
wherever a real one would; only what truly travels is copied (domain 5.2, 5.3, 5.5).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.course import admit, attend, new_hands, new_keys
from waitlist_merge.demo.draw import Days, Floats, Ints, between, hit, later
from waitlist_merge.demo.world import World, day_where, held

Pair = tuple[pd.DataFrame, pd.DataFrame]


def elsewhere(world: World, first: pd.DataFrame, *, after: Ints | Floats) -> pd.DataFrame:
    """The same need referred to another organisation this many days later."""
    organisation = world.provider(
        first["person"].to_numpy(),
        first["service"].to_numpy(),
        other_than=first["organisation"].to_numpy(),
    )
    return again(world, first, organisation=organisation, after=after)


def again(
    world: World, first: pd.DataFrame, *, organisation: Ints, after: Ints | Floats
) -> pd.DataFrame:
    """The same need referred once more: own dates, identifiers, people in charge and typing."""
    second = first.reset_index(drop=True)
    second["organisation"] = organisation
    second["service"] = _coded_service(world, second)
    received = _received(world, second, after)
    second["referral_date"] = received
    second["rtt_start_date"] = received
    attend(world, second)
    admit(world, second)
    second["transfer_status"] = ""
    new_keys(world, second)
    return second


def _received(world: World, rows: pd.DataFrame, after: Ints | Floats) -> Days:
    """The day of receipt, no later than the receiving list's own census."""
    census = world.census[rows["organisation"].to_numpy()]
    slack = world.rng.integers(0, 4, len(rows))
    day = later(rows["referral_date"].to_numpy().astype("datetime64[D]"), after)
    return np.minimum(day, later(census, -slack))


def _coded_service(world: World, rows: pd.DataFrame) -> Ints:
    """Sometimes the other organisation codes the same service by its sibling."""
    tfc = lists.services().frame["tfc"]
    at = {code: position for position, code in enumerate(tfc)}
    service = rows["service"].to_numpy().copy()
    for code, siblings in lists.SIBLINGS.items():
        mask = (service == at[code]) & hit(world.rng, 0.12, len(service))
        choice = world.rng.integers(0, len(siblings), len(service))
        service = np.where(mask, np.array([at[each] for each in siblings])[choice], service)
    return service


def share_of_wait(world: World, first: pd.DataFrame, low: float, high: float) -> Ints:
    """Days from referral to an event between these shares of the time held."""
    part = low + (high - low) * world.rng.random(len(first))
    return np.maximum((held(world, first) * part).astype(np.int64), 1)


def resent(world: World, first: pd.DataFrame) -> Pair:
    """The same row again: half of them word for word, half from an older submission."""
    second = first.copy()
    old = hit(world.rng, 0.5, len(second))
    for name in ("next_appointment_date", "tci_date", "last_validated_date"):
        second[name] = day_where(~old, second[name].to_numpy())
    second.loc[old, "comments"] = ""
    return first, second


def two_stages(world: World, first: pd.DataFrame) -> Pair:
    """The outpatient row of an admitted pathway is still there, under the same identifier."""
    second = first.copy()
    second["admitted"] = False
    admit(world, second)
    second["procedure"] = -1
    second["entry_key"] = world.rng.integers(1, 2**62, len(second))
    return first, second


def unbooked(world: World, first: pd.DataFrame) -> Pair:
    """The electronic referral still on the ASI worklist beside the pathway it became (5.3)."""
    second = first.copy()
    second["waiting_list_type"] = "ASI"
    for name in ("last_attended_date", "last_dna_date", "last_cancelled_date", "list_date"):
        second[name] = np.datetime64("NaT", "s")
    for name in ("next_appointment_date", "last_validated_date"):
        second[name] = np.datetime64("NaT", "s")
    second["rtt_status"] = "10"
    second["pathway_key"] = 0
    second["entry_key"] = world.rng.integers(1, 2**62, len(second))
    second["consultant"] = -1
    second["comments"] = ""
    return first, second


def treated_elsewhere(world: World, first: pd.DataFrame) -> Pair:
    """Another organisation has treated the patient for it; the first still lists the wait."""
    second = elsewhere(world, first, after=share_of_wait(world, first, 0.1, 0.6))
    stop(world, second, within=56, statuses=("30",))
    return first, second


def stop(world: World, rows: pd.DataFrame, *, within: int, statuses: tuple[str, ...]) -> None:
    """Stops these clocks in the last days before the census, no earlier than their referral."""
    rng, size = world.rng, len(rows)
    ago = between(rng, 0, np.minimum(within, np.maximum(held(world, rows) - 1, 0)), size)
    ended = later(world.census[rows["organisation"].to_numpy()], -ago)
    rows["rtt_end_date"] = ended
    rows["last_attended_date"] = ended
    rows["rtt_status"] = np.array(statuses, dtype=object)[rng.integers(0, len(statuses), size)]
    removed = hit(rng, 0.5, size)
    rows["removal_date"] = day_where(removed, ended)
    rows["removal_reason"] = np.where(removed, "1", "")
    for name in ("tci_date", "next_appointment_date", "last_dna_date", "last_cancelled_date"):
        rows[name] = np.datetime64("NaT", "s")
    # What came before the end came before the end.
    for name in ("decision_to_admit_date", "list_date", "last_validated_date"):
        rows[name] = np.minimum(rows[name].to_numpy(), rows["rtt_end_date"].to_numpy())


def shared_identifier(world: World, first: pd.DataFrame) -> Pair:
    """One booking number, and the pathway identifier made from it, at two organisations."""
    second = elsewhere(world, first, after=world.rng.integers(0, 15, len(first)))
    first = first.copy()
    for rows in (first, second):
        rows["booking_key"] = first["booking_key"].to_numpy()
        rows["pathway_key"] = first["booking_key"].to_numpy()
        rows["issuer"] = -1
    second["truth_start"] = first["truth_start"].to_numpy()
    return first, second


def interface_service(world: World, first: pd.DataFrame) -> Pair:
    """A referral through an interface service: two booking numbers, or one at two places (5.2)."""
    second = elsewhere(world, first, after=world.rng.integers(3, 60, len(first)))
    one = hit(world.rng, 0.5, len(first))
    second["booking_key"] = np.where(
        one, first["booking_key"].to_numpy(), world.rng.integers(1, 2**62, len(first))
    )
    second["source_of_referral"] = "03"
    passed_on = hit(world.rng, 0.5, len(first))
    second["original_referral_date"] = day_where(passed_on, first["referral_date"].to_numpy())
    second["rtt_start_date"] = np.where(
        passed_on, first["rtt_start_date"].to_numpy(), second["rtt_start_date"].to_numpy()
    )
    return first, second


def repeat_same(world: World, first: pd.DataFrame) -> Pair:
    """Referred again to the same organisation while the first referral waits."""
    size = len(first)
    after = np.minimum(between(world.rng, 10, 180, size), held(world, first))
    second = again(world, first, organisation=first["organisation"].to_numpy(), after=after)
    second["service"] = first["service"].to_numpy()
    return first, second


def repeat_other(world: World, first: pd.DataFrame) -> Pair:
    """Referred to a second organisation too, a few days to months after the first."""
    size = len(first)
    after = np.where(
        hit(world.rng, 0.4, size), world.rng.integers(0, 10, size), world.rng.integers(5, 150, size)
    )
    return first, elsewhere(world, first, after=np.minimum(after, held(world, first)))


def patient_choice(world: World, first: pd.DataFrame) -> Pair:
    """The patient chose another provider; the first has not closed its referral."""
    second = elsewhere(world, first, after=share_of_wait(world, first, 0.2, 0.9))
    noted = hit(world.rng, 0.4, len(second))
    second["comments"] = np.where(noted, "Patient choice - moved from another provider", "")
    new_hands(world, second)
    return first, second
