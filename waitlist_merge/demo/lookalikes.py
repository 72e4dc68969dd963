"""Another need that looks like the first: what must not be merged.

Each function takes first rows and returns them (changed where the event changes them) and rows of
another need of the same person (domain 5.3). The second rows are given needs of their own later.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.course import admit
from waitlist_merge.demo.draw import between, hit, later
from waitlist_merge.demo.repeats import Pair, again, elsewhere, stop
from waitlist_merge.demo.waits import draw_procedure, draw_side, open_rows
from waitlist_merge.demo.world import LEFT, RIGHT, World, day_where, held

_NO_DAY = np.datetime64("NaT", "s")


def _anew(world: World, first: pd.DataFrame, *, same_place: float) -> pd.DataFrame:
    """A wait of its own for the same service and stage, at the same or any organisation."""
    person, service = first["person"].to_numpy(), first["service"].to_numpy()
    stays = hit(world.rng, same_place, len(first))
    place = np.where(stays, first["organisation"].to_numpy(), world.provider(person, service))
    second = open_rows(
        world,
        person=person,
        service=service,
        organisation=place,
        admitted=first["admitted"].to_numpy(),
    )
    second["need"] = first["need"].to_numpy()
    return second


def later_period(world: World, first: pd.DataFrame) -> Pair:
    """An earlier period on the same pathway that ended; the open row is the later one (5.3)."""
    rng, size = world.rng, len(first)
    earlier = first.copy()
    gap = between(rng, 30, 150, size)
    length = between(rng, 60, 400, size)
    ended = later(first["rtt_start_date"].to_numpy(), -gap)
    earlier["rtt_end_date"] = ended
    for name in ("rtt_start_date", "referral_date", "truth_start"):
        earlier[name] = later(ended, -length)
    monitored = hit(rng, 0.5, size)
    earlier["rtt_status"] = np.where(monitored, "32", "30")
    for name in ("tci_date", "next_appointment_date", "last_dna_date", "last_cancelled_date"):
        earlier[name] = _NO_DAY
    for name in ("last_validated_date", "decision_to_admit_date", "list_date"):
        earlier[name] = _NO_DAY
    earlier["last_attended_date"] = ended
    earlier["entry_key"] = rng.integers(1, 2**62, size)
    open_row = first.copy()
    open_row["rtt_status"] = np.where(monitored, "11", "10")
    open_row["referral_date"] = earlier["referral_date"].to_numpy()
    return earlier, open_row


def planned(world: World, first: pd.DataFrame) -> Pair:
    """Planned care of the same specialty beside the wait: a due date and no clock."""
    rng, size = world.rng, len(first)
    second = _anew(world, first, same_place=0.9)
    second["admitted"] = True
    same = hit(rng, 0.5, size) & (first["procedure"].to_numpy() >= 0)
    own = draw_procedure(world, first["person"].to_numpy(), first["service"].to_numpy())
    second["procedure"] = np.where(same, first["procedure"].to_numpy(), own)
    second["side"] = np.where(same, first["side"].to_numpy(), draw_side(world, own))
    admit(world, second)
    second["admission_method"] = "13"
    second["waiting_list_type"] = "INON"
    second["rtt_start_date"] = _NO_DAY
    second["rtt_status"] = np.where(hit(rng, 0.5, size), "98", "90")
    census = world.census[second["organisation"].to_numpy()]
    second["planned_date"] = later(census, rng.integers(-40, 400, size))
    second["tci_date"] = _NO_DAY
    return first, second


def follow_up(world: World, first: pd.DataFrame) -> Pair:
    """A follow-up outside referral to treatment, some of them patient-initiated."""
    rng, size = world.rng, len(first)
    second = _anew(world, first, same_place=0.85)
    second["admitted"] = False
    second["procedure"] = -1
    admit(world, second)
    second["waiting_list_type"] = "ONON"
    second["rtt_start_date"] = _NO_DAY
    second["rtt_status"] = np.array(["90", "91", "98"], dtype=object)[rng.integers(0, 3, size)]
    second["comments"] = np.where(hit(rng, 0.4, size), "PIFU", "")
    return first, second


def other_side(world: World, first: pd.DataFrame) -> Pair:
    """The same procedure on the other side; the operation text may be all that tells."""
    second = _anew(world, first, same_place=0.65)
    second["procedure"] = first["procedure"].to_numpy()
    second["side"] = np.where(first["side"].to_numpy() == LEFT, RIGHT, LEFT)
    second["side_typed"] = True
    first = first.copy()
    first["side_typed"] = True
    return first, second


def other_procedure(world: World, first: pd.DataFrame) -> Pair:
    """Another procedure of the same specialty; rows that draw the same family again fall away."""
    second = _anew(world, first, same_place=0.7)
    family = lists.services().procedures["family"].to_numpy()
    code = second["procedure"].to_numpy()
    differs = (code >= 0) & (family[code] != family[first["procedure"].to_numpy()])
    return first, second[differs]


def staged(world: World, first: pd.DataFrame) -> Pair:
    """A further stage of a series, listed beside the first."""
    second = again(
        world,
        first,
        organisation=first["organisation"].to_numpy(),
        after=np.minimum(between(world.rng, 20, 120, len(first)), held(world, first)),
    )
    second["service"] = first["service"].to_numpy()
    text = lists.services().procedures["text"].to_numpy()[second["procedure"].to_numpy()]
    second["own_text"] = [f"{each} - second stage" for each in text]
    second["intended_management"] = "4"
    return first, second


def other_problem(world: World, first: pd.DataFrame) -> Pair:
    """Another problem in the same specialty; nothing on either row says what for."""
    second = _anew(world, first, same_place=0.5)
    second["procedure"] = -1
    return first, second


def second_opinion(world: World, first: pd.DataFrame) -> Pair:
    """A second opinion elsewhere: a referral in its own right, so a need of its own here.

    Closing either row takes something from the patient, so the truth holds them apart; that the
    two are one problem is said by the relation.
    """
    part = 0.2 + 0.7 * world.rng.random(len(first))
    second = elsewhere(world, first, after=(held(world, first) * part).astype(np.int64))
    noted = hit(world.rng, 0.5, len(second))
    second["comments"] = np.where(noted, "2nd opinion", "")
    second["truth_start"] = second["rtt_start_date"]
    return first, second


def closed(world: World, first: pd.DataFrame) -> pd.DataFrame:
    """Stopped or removed in the last weeks, with nothing else listed for the need."""
    rng, size = world.rng, len(first)
    rows = first.copy()
    stop(world, rows, within=42, statuses=("30", "30", "30", "31", "32", "33", "34", "35"))
    # A system may record the end in one way only: by its status, or by a removal.
    by_status = hit(rng, 0.12, size)
    by_removal = hit(rng, 0.10, size) & ~by_status
    ended = rows["rtt_end_date"].to_numpy()
    rows["removal_date"] = np.where(by_removal, ended, rows["removal_date"].to_numpy())
    rows["removal_date"] = day_where(~by_status, rows["removal_date"].to_numpy())
    rows["removal_reason"] = np.where(np.isnat(rows["removal_date"].to_numpy()), "", "1")
    rows["rtt_end_date"] = day_where(~(by_status | by_removal), ended)
    rows["rtt_status"] = np.where(by_removal, "20", rows["rtt_status"])
    return rows
