"""What one list gains, counted a second time the slow obvious way, on a small region."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import pandas as pd
import pytest

from waitlist_merge.combined import combine
from waitlist_merge.demo import Rates, generate_region
from waitlist_merge.intake import Extract
from waitlist_merge.intake.accept import accept
from waitlist_merge.intake.assemble import assemble
from waitlist_merge.pathways import match_pathways
from waitlist_merge.patients import match_patients
from waitlist_merge.plan import MergePlan
from waitlist_merge.reasons import Gain

MANY = replace(
    Rates(),
    transfer=0.06,
    repeat_other_unknown=0.04,
    repeat_other_known=0.06,
    two_stages=0.06,
    nhs_number_missing=0.2,
)
RTT = ("open", "unclear", "unbooked_referral")


@pytest.fixture(scope="module")
def merged() -> SimpleNamespace:
    """A region in which much is found, merged stage by stage."""
    region = generate_region(entries=4_000, seed=7, rates=MANY, organisations=4)
    extracts = [
        Extract.from_frame(
            part.drop(columns=["organisation", "census_date"]).dropna(axis=1, how="all"),
            organisation=str(code),
            census_date=region.census[str(code)],
            name=f"{code}.csv",
        )
        for code, part in region.entries.groupby("organisation", observed=True)
    ]
    accepted = accept(extracts, census_date=None, plan=MergePlan())
    entries = assemble(accepted.typed, run_date=accepted.run_date)
    people = match_patients(entries, MergePlan().patients)
    match = match_pathways(entries, people, plan=MergePlan(), run_date=accepted.run_date)
    combined = combine(entries, people, match, run_date=accepted.run_date)
    told = entries.assign(**{name: combined.entry_columns[name] for name in combined.entry_columns})
    return SimpleNamespace(
        rows=told.astype({"organisation": object, "outcome": object}).to_dict("records"),
        people=people,
        match=match,
        combined=combined,
        run_date=pd.Timestamp(accepted.run_date),
    )


def spread(links: pd.DataFrame, size: int) -> list[int]:
    """Numbers of what certain links tie together, spread until nothing changes."""
    number = list(range(size))
    sure = links[(links["joins"] == "yes") & (links["confidence"] == "certain")]
    pairs = list(zip(sure["a"], sure["b"], strict=True))
    changed = True
    while changed:
        changed = False
        for a, b in pairs:
            low = min(number[a], number[b])
            changed |= number[a] != number[b]
            number[a] = number[b] = low
    return number


def by_need(merged: SimpleNamespace) -> dict[str, list[int]]:
    """Positions of the entries of each need that wait."""
    found: dict[str, list[int]] = {}
    for at, row in enumerate(merged.rows):
        if row["outcome"] != "not_waiting":
            found.setdefault(row["pathway_id"], []).append(at)
    return found


def resent(merged: SimpleNamespace) -> set[int]:
    """Entries that their organisation sent again, still waiting."""
    links = merged.match.links
    links = links[(links["relation"] == "resent") & (links["joins"] == "yes")]
    old = set()
    for a, b in zip(links["a"], links["b"], strict=True):
        for one, other in ((a, b), (b, a)):
            earlier = merged.rows[one]["extract_census_date"]
            later = merged.rows[other]["extract_census_date"]
            if earlier < later and merged.rows[other]["list_state"] != "closed":
                old.add(one)
    return old


def key(measure: Gain, one: str, other: str, *, relation: str = "", certain: bool) -> tuple:
    pair = one if one == other else ";".join(sorted([one, other]))
    return str(measure), relation, pair, "confirmed" if certain else "proposed"


def slow_duplicates(merged: SimpleNamespace) -> Counter:
    sure = spread(merged.match.links, len(merged.rows))
    joined = merged.match.links[merged.match.links["joins"] == "yes"]
    relation = {
        frozenset((link.a, link.b)): (at, str(link.relation))
        for at, link in enumerate(joined.itertuples())
    }
    shows = set(merged.combined.combined_list["shown_entry_id"])
    found: Counter = Counter()
    for members in by_need(merged).values():
        [shown] = [at for at in members if merged.rows[at]["entry_id"] in shows]
        for at in set(members) - {shown}:
            linked = [near for near in members if frozenset((at, near)) in relation]
            linked.sort(key=lambda near: (near != shown, relation[frozenset((at, near))][0]))
            near = linked[0]
            pair = merged.rows[at]["organisation"], merged.rows[near]["organisation"]
            what = relation[frozenset((at, near))][1]
            found[key(Gain.DUPLICATES, *pair, relation=what, certain=sure[at] == sure[shown])] += 1
    return found


def slow_slots(merged: SimpleNamespace, name: str, measure: Gain) -> Counter:
    sure = spread(merged.match.links, len(merged.rows))
    old = resent(merged)
    found: Counter = Counter()
    for members in by_need(merged).values():
        slots: dict[tuple, set[int]] = {}
        for at in members:
            row = merged.rows[at]
            if at not in old and not pd.isna(row[name]) and row[name] >= row["extract_census_date"]:
                slots.setdefault((row[name], row["organisation"]), set()).add(sure[at])
        (_, first), *more = sorted(slots) or [(None, None)]
        for day, place in more:
            certain = bool(slots[min(slots)] & slots[day, place])
            found[key(measure, first, place, certain=certain)] += 1
    return found


def slow_two_places(merged: SimpleNamespace) -> Counter:
    person = spread(merged.people.links, len(merged.rows))
    held: dict[str, dict[str, set[int]]] = {}
    for at, row in enumerate(merged.rows):
        if row["outcome"] != "not_waiting":
            places = held.setdefault(row["patient_id"], {})
            places.setdefault(row["organisation"], set()).add(person[at])
    found: Counter = Counter()
    for places in held.values():
        for one, other in combinations(sorted(places), 2):
            certain = bool(places[one] & places[other])
            found[key(Gain.PEOPLE_IN_TWO_PLACES, one, other, certain=certain)] += 1
    return found


def slow_longer_waits(merged: SimpleNamespace) -> Counter:
    sure = spread(merged.match.links, len(merged.rows))
    old = resent(merged)
    listed = merged.combined.combined_list.set_index("pathway_id")
    ids = {row["entry_id"]: at for at, row in enumerate(merged.rows)}
    found: Counter = Counter()
    for need, members in by_need(merged).items():
        start, giver = listed.loc[need, ["rtt_start_date", "rtt_start_entry_id"]]
        own: dict[str, list[int]] = {}
        for at in members:
            row = merged.rows[at]
            stated = not pd.isna(row["rtt_start_date"]) and row["rtt_start_date"] <= merged.run_date
            if stated and row["list_state"] in RTT and at not in old:
                own.setdefault(row["organisation"], []).append(at)
        for place, entries in own.items():
            if all(merged.rows[at]["rtt_start_date"] > start for at in entries):
                certain = any(sure[at] == sure[ids[giver]] for at in entries)
                found[key(Gain.LONGER_WAITS, place, place, certain=certain)] += 1
    return found


def slow_treated(merged: SimpleNamespace) -> Counter:
    told = set()
    for link in merged.match.links.itertuples():
        if link.relation == "treated_elsewhere" and link.joins == "asked":
            a, b = merged.rows[link.a], merged.rows[link.b]
            waiting = b if a["outcome"] == "not_waiting" else a
            places = tuple(sorted((a["organisation"], b["organisation"])))
            told.add((waiting["pathway_id"], *places))
    found: Counter = Counter()
    for _, one, other in told:
        found[key(Gain.TREATED_ELSEWHERE, one, other, certain=False)] += 1
    return found


SLOW = {
    Gain.DUPLICATES: slow_duplicates,
    Gain.ADMISSION_SLOTS: lambda merged: slow_slots(merged, "tci_date", Gain.ADMISSION_SLOTS),
    Gain.APPOINTMENT_SLOTS: lambda merged: slow_slots(
        merged, "next_appointment_date", Gain.APPOINTMENT_SLOTS
    ),
    Gain.PEOPLE_IN_TWO_PLACES: slow_two_places,
    Gain.LONGER_WAITS: slow_longer_waits,
    Gain.TREATED_ELSEWHERE: slow_treated,
}


@pytest.mark.parametrize("measure", list(Gain))
def test_a_measure_is_what_a_slow_count_says(measure, merged):
    told = merged.combined.gains
    counted = Counter(
        {
            (str(row.measure), row.relation, row.organisations, kind): getattr(row, kind)
            for row in told[told["measure"] == str(measure)].itertuples()
            for kind in ("confirmed", "proposed")
        }
    )
    expected = SLOW[measure](merged)
    assert sum(expected.values()) > 0
    assert +counted == expected


def test_confirmed_and_proposed_duplicates_are_those_of_the_rows(merged):
    told = merged.combined.gains
    told = told[told["measure"] == str(Gain.DUPLICATES)][["confirmed", "proposed"]].sum()
    rows = merged.combined.combined_list[["confirmed_duplicates", "proposed_duplicates"]].sum()
    assert told.tolist() == rows.tolist()
    assert (told > 0).all()
