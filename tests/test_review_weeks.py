"""Three Mondays: what keeps its id, how it is explained that somebody left, and who is missing.

All cases run together, each with people and identifiers of its own.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from waitlist_merge.review.people import People

CASES = list(
    csv.DictReader(
        (Path(__file__).parent / "cases" / "weeks.csv").read_text(encoding="utf-8").splitlines()
    )
)
FIRST = dt.date(2026, 11, 16)
WEEKS = (1, 2, 3)
ORGANISATIONS = ("RM3", "RW3")
FAMILIES = ["Okafor", "Nowak", "Quigley", "Lindqvist", "Haddad", "Tremblay", "Bianchi", "Mwangi"]
GIVEN = ["Annabel", "Robert", "Saoirse", "Torsten", "Leila", "Gaston", "Chiara"]
OURS = ("as", "who", "n", "p")
IDENTIFIERS = ("patient_pathway_identifier", "local_patient_identifier")


def numbers() -> Iterator[str]:
    """Invented numbers of the range for tests, with a check digit that holds."""
    for body in range(999_000_001, 999_999_999):
        weighed = zip(str(body), range(10, 1, -1), strict=True)
        check = -sum(int(digit) * weight for digit, weight in weighed) % 11
        if check < 10:
            yield f"{body}{check}"


@dataclass
class Town:
    """People who are nobody, each invented when first spoken of."""

    known: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    unused: Iterator[str] = field(default_factory=numbers)

    def person(self, case: str, who: str) -> dict[str, str]:
        at = len(self.known)
        if (case, who) not in self.known:
            self.known[case, who] = {
                "nhs_number": next(self.unused),
                "nhs_number_status": "01",
                "family_name": FAMILIES[at % len(FAMILIES)],
                "given_name": GIVEN[at % len(GIVEN)],
                "birth_date": str(dt.date(1930, 1, 1) + dt.timedelta(days=397 * at)),
            }
        return self.known[case, who]


@dataclass
class Listed:
    """A run of one week: whose case each row is, and what the row is called there."""

    rows: list[dict[str, object]]
    case: list[str]
    run: SimpleNamespace = field(default_factory=SimpleNamespace)


def rows_of_case(
    case: dict[str, str], text: str, entries_of, town: Town
) -> list[dict[str, object]]:
    listed = []
    for row in entries_of(text) if text else []:
        who = row["who"]
        given = town.person(case["id"], who)
        given = given | {"local_patient_identifier": f"H{given['nhs_number']}", "rtt_status": "20"}
        said = {name: value or None for name, value in row.items()}
        mark = f"{CASES.index(case):02}"
        own = {name: said[name] + mark for name in IDENTIFIERS if said.get(name)}
        listed.append({"n": who, "p": who} | given | said | own)
    return listed


def others(town: Town, absent: set[str]) -> list[dict[str, object]]:
    """One more row of each organisation that sent a list."""
    return [
        {"organisation": code, "treatment_function_code": "502", "referral_date": "2026-05-05"}
        | {"local_patient_identifier": "H7", "rtt_start_date": "2026-05-05", "rtt_status": "20"}
        | {"as": code, "n": code, "p": code}
        | town.person("", code)
        for code in sorted(set(ORGANISATIONS) - absent)
    ]


def by_week(text: str) -> dict[int, list[str]]:
    """``2:ann;3:ann`` -> what is said of each week."""
    found = defaultdict(list)
    for each in filter(None, text.split(";")):
        number, said = each.split(":")
        found[int(number)].append(said)
    return found


def three_weeks(cases: list[dict[str, str]], entries_of, monday: Callable, *, turn: bool) -> list:
    """The three runs of cases whose lists are late in the same weeks; ``turn`` the rows round."""
    town, found, last = Town(), [], None
    texts = dict.fromkeys((case["id"] for case in cases), "")
    ids: dict[tuple[str, str], str] = {}
    for number in WEEKS:
        absent = set(by_week(cases[0]["absent"])[number])
        week = Listed(others(town, absent), ["" for _ in set(ORGANISATIONS) - absent])
        answered = set()
        for case in cases:
            name, said = case["id"], case[f"week{number}"]
            texts[name] = texts[name] if said == "=" else said
            rows = rows_of_case(case, texts[name], entries_of, town)
            week.rows += rows
            week.case += [name] * len(rows)
            answered |= {ids[name, each] for each in by_week(case["answered"])[number]}
        if turn:
            week.rows, week.case = week.rows[::-1], week.case[::-1]
        place = {key: at for at, key in enumerate(labels(week))}
        pairs = [(case["id"], case["joined"].split("+")) for case in cases if case["joined"]]
        ends = [[place.get((name, each)) for each in both] for name, both in pairs]
        week.run = monday(
            [{name: row[name] for name in row if name not in OURS} for row in week.rows],
            FIRST + dt.timedelta(weeks=number - 1),
            last,
            joined=[tuple(sorted(both)) for both in ends if None not in both],
            people=People(answered=frozenset(answered)),
        )
        last = week.run.ended.snapshot
        ids |= dict(zip(labels(week), week.run.entries["entry_id"], strict=True))
        found.append(week)
    return found


def labels(week: Listed) -> list[tuple[str, str]]:
    return [(case, row["as"]) for case, row in zip(week.case, week.rows, strict=True)]


def run_all(entries_of, monday, *, turn: bool = False) -> dict[str, list[Listed]]:
    """The weeks of every case, those together whose lists are late in the same weeks."""
    late = sorted({case["absent"] for case in CASES})
    found = {}
    for absent in late:
        cases = [case for case in CASES if case["absent"] == absent]
        weeks = three_weeks(cases, entries_of, monday, turn=turn)
        found |= {case["id"]: weeks for case in cases}
    return found


@pytest.fixture(scope="module")
def weeks_of(entries_of, monday) -> dict[str, list[Listed]]:
    return run_all(entries_of, monday)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_case_of_three_mondays(case, weeks_of):
    lost, departures = by_week(case["unaccounted"]), by_week(case["departures"])
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for number, week in enumerate(weeks_of[case["id"]], start=1):
        mine = [at for at, name in enumerate(week.case) if name == case["id"]]
        columns = (("as", "entry_id"), ("p", "patient_id"), ("n", "pathway_id"))
        for kind, column in columns:
            for at in mine:
                ids[kind, week.rows[at][kind]].add(week.run.entries[column].iloc[at])
        needs = {each: name for (of, name), some in ids.items() if of == "n" for each in some}
        table = week.run.ended.unaccounted["pathway_id"]
        assert sorted(needs[each] for each in table if each in needs) == sorted(lost[number])
        remembered = week.run.ended.snapshot.entries.set_index("entry_id")["departure"]
        for said in departures[number]:
            label, word = said.split("=")
            (entry,) = ids["as", label]
            assert remembered[entry] == word, label
    for (kind, label), some in ids.items():
        assert len(some) == 1, f"{kind} {label} has had {len(some)} ids"
    for kind in ("as", "p", "n"):
        used = [each for (of, _), some in ids.items() if of == kind for each in some]
        assert len(used) == len(set(used)), f"two of {kind} share an id"


def test_nobody_else_is_missing(weeks_of):
    expected = sum(len(said) for case in CASES for said in by_week(case["unaccounted"]).values())
    runs = {id(week): week.run for weeks in weeks_of.values() for week in weeks}
    assert sum(len(run.ended.unaccounted) for run in runs.values()) == expected > 0


def test_every_case_says_why():
    for case in CASES:
        assert len(case["why"].split()) > 5, case["id"]
        assert case["week1"], case["id"]


def test_the_order_of_rows_changes_nothing(weeks_of, entries_of, monday):
    for name, weeks in run_all(entries_of, monday, turn=True).items():
        for one, other in zip(weeks_of[name], weeks, strict=True):
            columns = ["entry_id", "patient_id", "pathway_id"]
            ids, again = (each.run.entries[columns].to_numpy(dtype=str) for each in (one, other))
            assert np.array_equal(ids, again[::-1])
            assert one.run.ended.changes.equals(other.run.ended.changes)
            assert one.run.ended.unaccounted.equals(other.run.ended.unaccounted)
