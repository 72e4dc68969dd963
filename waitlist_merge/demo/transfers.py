"""One need handed on: transfers, mutual aid, contracts and tests at another organisation.

Sender and receiver both have a row. What should travel with the patient (identifier, issuer, clock
start, original referral) travels in some and is lost in others (domain 5.2, 5.5, 11.3 of the RTT
guidance).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.course import admit, new_keys
from waitlist_merge.demo.draw import Mask, hit
from waitlist_merge.demo.repeats import Pair, elsewhere, share_of_wait
from waitlist_merge.demo.world import World, day_where

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


def _handed_over(world: World, first: pd.DataFrame, *, told: float) -> Pair:
    """Rows at the sender and the receiver of a transfer; ``told``: the sender records status 21."""
    second = elsewhere(world, first, after=share_of_wait(world, first, 0.3, 0.95))
    size = len(second)
    second["source_of_referral"] = "05"
    second["booking_key"] = 0
    second["referring_organisation"] = lists.codes_of(first["organisation"].to_numpy())
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
    provider = lists.codes_of(second["organisation"].to_numpy())
    first["mutual_aid_provider"] = np.where(named, provider, "")
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
