"""A region of organisations whose waiting lists hold known duplicates.

``generate_region`` makes people, their needs, the rows of each organisation and the truth about
them. It keeps no state: the same settings and seed give the same region.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.columns import Text, category
from waitlist_merge.demo.draw import Days, Ints, hit, later
from waitlist_merge.demo.homes import make_homes
from waitlist_merge.demo.numbers import as_printed, pathway_identifiers
from waitlist_merge.demo.people import make_people
from waitlist_merge.demo.rates import Rates
from waitlist_merge.demo.registrations import register
from waitlist_merge.demo.relations import KINDS, rows_of
from waitlist_merge.demo.world import BOTH, DATES, LEFT, RIGHT, World
from waitlist_merge.schema import CANONICAL, DATE_FIELDS, FLAG_FIELDS, TEXT_FIELDS

DEFAULT_CENSUS = date(2026, 11, 15)
"""A Sunday, as the national census week ends (domain 1.1)."""

_FUTURE = ("tci_date", "next_appointment_date", "planned_date")
_SIDES = {LEFT: "left", RIGHT: "right", BOTH: "bilateral"}
_SHORT_SIDES = {LEFT: "L", RIGHT: "R", BOTH: "Bilat"}
_MARGIN = 1.06
"""More people than needed are made; whole households are then left out to meet the size exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Entries as each organisation holds them, and the truth about each, row by row.

    ``entries``: canonical columns, text as category, dates as datetime64[s]; a row is one entry in
    the order of its organisation's list. ``truth``: ``person_id``, ``need_id``, ``relation``,
    ``rtt_start_date`` (the true clock start of the need), ``organisation``, in the same order.
    ``relation`` says what the row is to the first row of its need (empty for the first); on the
    first row of a look-alike need it says what that is to the need it resembles.
    """

    entries: pd.DataFrame
    truth: pd.DataFrame
    census: dict[str, date]
    """The census date of each organisation's list."""


def generate_region(
    *,
    entries: int = 25_000,
    seed: int = 1,
    census_date: date = DEFAULT_CENSUS,
    rates: Rates | None = None,
    organisations: int = 8,
) -> Region:
    """A region with exactly this many entries; ValueError where a number is out of range.

    >>> region = generate_region(entries=300, seed=7)
    >>> len(region.entries), region.truth["person_id"].nunique() < 300
    (300, True)
    """
    most = len(lists.organisations())
    if entries < 1 or not 2 <= organisations <= most:
        msg = f"entries must be 1 or more and organisations 2 to {most}"
        raise ValueError(msg)
    rng = np.random.Generator(np.random.PCG64(seed))
    world = _world(rng, entries, census_date, rates or Rates(), organisations)
    rows = _exactly(world, rows_of(world), entries)
    rows = rows.iloc[rng.permutation(len(rows))].reset_index(drop=True)
    _bound(world, rows)
    return Region(_entries(world, rows), _truth(world, rows), _census(world))


def _world(
    rng: np.random.Generator, entries: int, census_date: date, rates: Rates, organisations: int
) -> World:
    # Kinds that find too few needs give less than their rate, so little is counted on.
    extra = min(sum(getattr(rates, kind.rate) for kind in KINDS), 0.2)
    per_person = (1 + rates.second_need) * (1 + extra * 0.8)
    people = make_people(
        rng, int(entries / per_person * _MARGIN) + 40, census=census_date, rates=rates
    )
    homes = make_homes(rng, int(people.home.max()) + 1, organisations=organisations)
    lag = lists.organisations()["lag"].to_numpy()[:organisations]
    census = later(np.full(organisations, census_date, dtype="datetime64[D]"), -lag)
    return World(rng=rng, rates=rates, census=census, people=people, homes=homes)


def _exactly(world: World, rows: pd.DataFrame, entries: int) -> pd.DataFrame:
    """Rows of whole households, as many as fit, filled up by households of one row."""
    home = world.people.home[rows["person"].to_numpy()]
    count = np.bincount(home, minlength=int(world.people.home.max()) + 1)
    order = world.rng.permutation(len(count))
    running = np.cumsum(count[order])
    fits = int(np.searchsorted(running, entries, side="right"))
    kept = np.zeros(len(count), dtype=bool)
    kept[order[:fits]] = True
    short = entries - (int(running[fits - 1]) if fits else 0)
    rest = order[fits:]
    kept[rest[count[rest] == 1][:short]] = True
    chosen: pd.DataFrame = rows[kept[home]]
    if len(chosen) != entries:
        msg = f"no whole households make up {entries} entries at these rates: take other rates"
        raise ValueError(msg)
    return chosen


def _bound(world: World, rows: pd.DataFrame) -> None:
    """What lies in the past lies before the list's own census; some starts are not known."""
    census = world.census[rows["organisation"].to_numpy()]
    for name in DATES:
        if name not in _FUTURE:
            rows[name] = np.minimum(rows[name].to_numpy(), census).astype("datetime64[s]")
    unknown = hit(world.rng, world.rates.clock_start_missing, len(rows))
    rows.loc[unknown, "rtt_start_date"] = np.datetime64("NaT", "s")


def _died(world: World, rows: pd.DataFrame) -> Days:
    """A day of death for a few people, after everything recorded of them."""
    past = [name for name in DATES if name not in _FUTURE]
    last = rows.groupby("person")[past].max().max(axis=1)
    census = world.census.min()
    died = np.full(len(world.people), np.datetime64("NaT"), dtype="datetime64[D]")
    quiet = np.asarray(last.index[last <= census - np.timedelta64(20, "D")], dtype=np.int64)
    chosen = quiet[hit(world.rng, world.rates.died, len(quiet))]
    died[chosen] = later(np.full(len(chosen), census), -world.rng.integers(1, 18, len(chosen)))
    return died


def _entries(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Canonical columns in their order, with the values of each row's registration."""
    held, own = register(world, rows, _died(world, rows))
    columns: dict[str, object] = {name: held[name].take(own).array for name in held.columns}
    columns |= _service(rows) | _identifiers(world, rows) | _people_in_charge(world, rows)
    columns |= {name: rows[name].to_numpy(dtype=object) for name in _TEXTS}
    columns |= {name: rows[name].to_numpy() for name in DATES}
    columns["suspected_cancer"] = pd.array(
        rows["suspected_cancer"].to_numpy(dtype=bool), dtype="boolean"
    )
    columns["census_date"] = world.census[rows["organisation"].to_numpy()]
    return pd.DataFrame({name: _typed(name, columns.get(name), len(rows)) for name in CANONICAL})


_TEXTS = (
    "source_of_referral",
    "priority_type",
    "priority_code",
    "diagnostic_priority",
    "rtt_status",
    "waiting_list_type",
    "admission_method",
    "intended_management",
    "removal_reason",
    "transfer_status",
    "mutual_aid_provider",
    "comments",
)


def _typed(name: str, values: object, size: int) -> object:
    """The column in the type of its field; a column of missing values where there is none."""
    if name in DATE_FIELDS:
        if values is None:
            return np.full(size, np.datetime64("NaT"), dtype="datetime64[s]")
        return np.asarray(values).astype("datetime64[s]")
    if name in FLAG_FIELDS:
        return values if values is not None else pd.array([None] * size, dtype="boolean")
    if name not in TEXT_FIELDS:
        return np.full(size, np.nan) if values is None else values
    if isinstance(values, pd.Categorical):
        return values
    return category(np.full(size, None) if values is None else np.asarray(values, dtype=object))


def _identifiers(world: World, rows: pd.DataFrame) -> dict[str, object]:
    frame = pathway_identifiers(world.rng, rows)
    frame["patient_pathway_identifier"] = as_printed(
        world.rng,
        rows,
        frame["patient_pathway_identifier"].to_numpy(dtype=object),
        stripped=world.rates.identifier_padding_lost,
        cut=world.rates.identifier_cut,
    )
    return {name: frame[name].to_numpy(dtype=object) for name in frame.columns}


def _service(rows: pd.DataFrame) -> dict[str, object]:
    """Treatment function, procedure and side as this organisation words them."""
    listed, functions = lists.services().procedures, lists.services().frame["tfc"]
    at, side = rows["procedure"].to_numpy(), rows["side"].to_numpy()
    organisation = rows["organisation"].to_numpy()
    code, text, short = (
        np.append(listed[name].to_numpy(dtype=object), "") for name in ("code", "text", "short")
    )
    typed = rows["side_typed"].to_numpy() & (side > 0)
    in_column = typed & (organisation % 3 == 0)
    in_text = typed & ~in_column
    terse = organisation % 2 == 1
    before = pd.Series(np.where(in_text & terse, side, 0)).map(_SHORT_SIDES).fillna("")
    behind = pd.Series(np.where(in_text & ~terse, side, 0)).map(_SIDES).fillna("")
    named = np.where(terse, short[at], text[at])
    worded = np.where(before != "", before + " " + named, named)
    worded = np.where(behind != "", worded + " - " + behind.str.capitalize(), worded)
    own_text = rows["own_text"].to_numpy(dtype=object)
    worded = np.where(rows["worded"] | in_text, worded, "")
    return {
        "organisation": lists.codes_of(organisation),
        "treatment_function_code": functions.to_numpy(dtype=object)[rows["service"].to_numpy()],
        "procedure_code": np.where(rows["coded"] & (own_text == ""), code[at], ""),
        "procedure_text": np.where(own_text != "", own_text, np.where(at >= 0, worded, "")),
        "laterality": pd.Series(np.where(in_column, side, 0)).map(_SIDES).fillna("").to_numpy(),
    }


def _people_in_charge(world: World, rows: pd.DataFrame) -> dict[str, object]:
    """Site, consultant and referrer: stable within an organisation, random between them."""
    rng = world.rng
    organisation, service = rows["organisation"].to_numpy(), rows["service"].to_numpy()
    codes = lists.codes_of(organisation)
    doctors = rng.integers(1_000_000, 9_999_999, (world.organisations, 60, 7)).astype(str)
    consultant = "C" + doctors.astype(object)
    sites = rng.integers(1, 90, (world.organisations, 3)).astype(str).astype(object)
    hand = rows["consultant"].to_numpy()
    practice = world.homes.practice[world.people.home[rows["person"].to_numpy()]]
    from_gp = (rows["source_of_referral"] == "03").to_numpy()
    number = 1_000_000 + (practice * 4 + rows["referrer"].to_numpy()) * 7919 % 8_999_993
    given = rows["referring_organisation"].to_numpy(dtype=object)
    practice_code = ("M" + pd.Series(practice).astype(str)).to_numpy(dtype=object)
    referring = np.where(given != "", given, np.where(from_gp, practice_code, ""))
    site = codes + pd.Series(sites[organisation, rows["site"].to_numpy()]).str.zfill(2)
    return {
        "site_code": np.where(lists.independent(world.organisations)[organisation], codes, site),
        "consultant_code": np.where(hand < 0, "", consultant[organisation, service, hand]),
        "referrer_code": np.where(from_gp, "G" + pd.Series(number).astype(str), ""),
        "referring_organisation": referring,
    }


def _truth(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Who and what each row is; labels are drawn so that they tell nothing of order or kinship."""
    person, need = rows["person"].to_numpy(), rows["need"].to_numpy()
    return pd.DataFrame(
        {
            "person_id": _labels(world, person, "person"),
            "need_id": _labels(world, need, "need"),
            "relation": rows["relation"].to_numpy(dtype=object),
            "rtt_start_date": rows["truth_start"].to_numpy().astype("datetime64[s]"),
            "organisation": lists.codes_of(rows["organisation"].to_numpy()),
        }
    )


def _labels(world: World, number: Ints, prefix: str) -> Text:
    at, known = pd.factorize(number)
    label = pd.Series(world.rng.permutation(len(known)) + 1).astype(str)
    text: Text = (prefix + "-" + label).to_numpy(dtype=object)
    return text[at]


def _census(world: World) -> dict[str, date]:
    codes = lists.organisations()["code"]
    return {str(code): day for code, day in zip(codes, world.census.tolist(), strict=False)}
