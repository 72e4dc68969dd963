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
from waitlist_merge.demo.draw import Days, Floats, Ints, Mask, between, hit, later
from waitlist_merge.demo.world import World, day_where, held

Pair = tuple[pd.DataFrame, pd.DataFrame]

_TESTS = {
    "110": ("MRI knee", "MRI lumbar spine", "X-ray hip", "Nerve conduction studies"),
    "301": ("Colonoscopy", "Gastroscopy", "CT colonography"),
    "320": ("Echocardiogram", "24 hour tape", "CT coronary angiogram"),
    "340": ("CT chest", "Full lung function"),
    "400": ("MRI head", "EEG", "Nerve conduction studies"),
    "502": ("Ultrasound pelvis", "MRI pelvis"),
    "101": ("CT KUB", "Ultrasound renal tract"),
    "120": ("MRI internal auditory meatus", "Audiogram"),
}
_OTHER_TESTS = ("CT abdomen", "Ultrasound abdomen", "MRI", "Blood tests")


def codes_of(organisation: Ints) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Organisation codes of these positions."""
    return np.asarray(lists.organisations()["code"].to_numpy(dtype=object)[organisation])


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


def _share_of_wait(world: World, first: pd.DataFrame, low: float, high: float) -> Ints:
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
    second = elsewhere(world, first, after=_share_of_wait(world, first, 0.1, 0.6))
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


def _handed_over(world: World, first: pd.DataFrame, *, told: float) -> Pair:
    """Rows at the sender and the receiver of a transfer; ``told``: the sender records status 21."""
    second = elsewhere(world, first, after=_share_of_wait(world, first, 0.3, 0.95))
    size = len(second)
    second["source_of_referral"] = "05"
    second["booking_key"] = 0
    second["referring_organisation"] = codes_of(first["organisation"].to_numpy())
    second["original_referral_date"] = first["referral_date"].to_numpy()
    second["rtt_start_date"] = first["rtt_start_date"].to_numpy()
    second["rtt_status"] = "20"
    second["truth_start"] = first["truth_start"].to_numpy()
    # A list older than the transfer cannot know of it.
    known = second["referral_date"].to_numpy() <= world.census[first["organisation"].to_numpy()]
    known &= hit(world.rng, told, size)
    first = first.copy()
    first["rtt_status"] = np.where(known, "21", first["rtt_status"])
    moved = known & hit(world.rng, 0.7, size)
    first["transfer_status"] = np.where(moved, "Transferred", "")
    named = moved & hit(world.rng, 0.3, size)
    first["mutual_aid_provider"] = np.where(named, codes_of(second["organisation"].to_numpy()), "")
    return first, second


def transfer(world: World, first: pd.DataFrame) -> Pair:
    """A transfer whose identifier and clock start travelled, as they must (5.2)."""
    first, second = _handed_over(world, first, told=0.85)
    for name in ("pathway_key", "issuer"):
        second[name] = first[name].to_numpy()
    return first, second


def transfer_new_identifier(world: World, first: pd.DataFrame) -> Pair:
    """A transfer with a new local identifier; most are clocked afresh on receipt."""
    first, second = _handed_over(world, first, told=0.6)
    size = len(second)
    afresh = hit(world.rng, 0.7, size)
    second["rtt_start_date"] = np.where(afresh, second["referral_date"], second["rtt_start_date"])
    told = hit(world.rng, 0.6, size)
    second["original_referral_date"] = day_where(told, second["original_referral_date"].to_numpy())
    second["referring_organisation"] = np.where(
        hit(world.rng, 0.8, size), second["referring_organisation"], ""
    )
    return first, second


def mutual_aid(world: World, first: pd.DataFrame) -> Pair:
    """Offered to another provider that has not accepted yet: a row at both (5.5)."""
    first, second = _handed_over(world, first, told=0)
    kept = hit(world.rng, 0.6, len(second))
    _keep_identifier(first, second, kept)
    first["transfer_status"] = "Mutual aid requested"
    second["transfer_status"] = "Under review"
    second["rtt_start_date"] = np.where(
        kept, first["rtt_start_date"].to_numpy(), second["referral_date"].to_numpy()
    )
    return first, second


def _keep_identifier(first: pd.DataFrame, second: pd.DataFrame, kept: Mask) -> None:
    for name in ("pathway_key", "issuer"):
        second[name] = np.where(kept, first[name].to_numpy(), second[name].to_numpy())


def subcontracted(world: World, first: pd.DataFrame) -> Pair:
    """An NHS contract with an independent provider: both list the patient (5.2)."""
    first, second = _handed_over(world, first, told=0)
    others = np.flatnonzero(lists.independent(world.organisations))
    second["organisation"] = others[world.rng.integers(0, len(others), len(second))]
    census = world.census[second["organisation"].to_numpy()]
    second["referral_date"] = np.minimum(second["referral_date"].to_numpy(), census)
    kept = hit(world.rng, 0.6, len(second))
    new_keys(world, second)
    second["booking_key"] = 0
    _keep_identifier(first, second, kept)
    second["comments"] = np.where(hit(world.rng, 0.5, len(second)), "NHS contract", "")
    return first, second


def diagnostic_elsewhere(world: World, first: pd.DataFrame) -> Pair:
    """A test at another provider; the first keeps the clock (5.3)."""
    rng = world.rng
    first, second = _handed_over(world, first, told=0)
    size = len(second)
    _keep_identifier(first, second, hit(rng, 0.4, size))
    tfc = lists.services().frame["tfc"].to_numpy()[second["service"].to_numpy()]
    texts = [_TESTS.get(code, _OTHER_TESTS) for code in tfc]
    draws = rng.random(size)
    second["own_text"] = [
        each[int(draw * len(each))] for each, draw in zip(texts, draws, strict=True)
    ]
    second["admitted"] = False
    admit(world, second)
    second["procedure"] = -1
    second["waiting_list_type"] = "DIAG"
    second["rtt_start_date"] = np.datetime64("NaT", "s")
    second["rtt_status"] = np.where(hit(rng, 0.5, size), "20", "98")
    second["diagnostic_priority"] = np.array(["D2", "D3", "D4"], dtype=object)[
        rng.integers(0, 3, size)
    ]
    return first, second


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
    second = elsewhere(world, first, after=_share_of_wait(world, first, 0.2, 0.9))
    noted = hit(world.rng, 0.4, len(second))
    second["comments"] = np.where(noted, "Patient choice - moved from another provider", "")
    new_hands(world, second)
    return first, second
