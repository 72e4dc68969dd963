"""A list does not come, and comes again: patients and needs are as many as they were throughout."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.decided import Decided
from waitlist_merge.reasons import PatientRelation, Veto
from waitlist_merge.review.absent import hold
from waitlist_merge.review.holding import Groups
from waitlist_merge.review.parting import WHY, parted

MONDAYS = [dt.date(2026, 11, 2) + week * dt.timedelta(7) for week in range(3)]
ALICE = {
    "nhs_number": "9990000018",
    "family_name": "Okafor",
    "given_name": "Alice",
    "birth_date": "1960-05-03",
    "postcode": "LS1 4AP",
    "treatment_function_code": "110",
    "rtt_status": "20",
    "referral_date": "2026-03-02",
    "rtt_start_date": "2026-03-02",
}
TWIN = ALICE | {"nhs_number": "9990000026", "given_name": "Bridget"}


def listed(organisation: str, number: int, person: dict[str, str], **said: str) -> dict[str, str]:
    own = {"organisation": organisation, "local_patient_identifier": f"{organisation}-{number}"}
    return {name: value for name, value in (person | own | said).items() if value != ""}


def weeks(monday, rows: list[dict[str, str]], absent: str, **options) -> list[SimpleNamespace]:
    """Three runs of the same rows; in the second the list of ``absent`` does not come."""
    runs: list[SimpleNamespace] = []
    for number, day in enumerate(MONDAYS):
        sent = [row for row in rows if number != 1 or row["organisation"] != absent]
        last = runs[-1].ended.snapshot if runs else None
        kept = {"model": runs[0].model} if runs else {}
        runs.append(monday(sent, day, last, **kept, **options))
    return runs


def ids_by_row(run: SimpleNamespace) -> dict[tuple[str, str], tuple[str, str]]:
    names = zip(run.entries["organisation"], run.entries["local_patient_identifier"], strict=True)
    ids = zip(run.ids.patients.ids, run.ids.pathways.ids, strict=True)
    return dict(zip(names, ids, strict=True))


TWINS = [
    listed("RW3", 1, ALICE),
    listed("RM3", 2, TWIN),
    listed("RA1", 3, TWIN | {"nhs_number": ALICE["nhs_number"]}),
]


def test_whom_only_a_list_that_did_not_come_tells_apart_stays_two_and_is_asked_about(monday):
    first, second, third = weeks(monday, TWINS, "RM3")
    known = ids_by_row(first)
    assert known["RW3", "RW3-1"][0] != known["RA1", "RA1-3"][0]
    alone = monday([TWINS[0], TWINS[2]], MONDAYS[0])
    assert alone.ids.patients.ids[0] == alone.ids.patients.ids[1], "but for the third they are one"
    for run in (second, third):
        assert ids_by_row(run).items() <= known.items()
        assert run.ended.id_log.empty
    queue = second.ended.review_queue
    asked = queue[queue["veto"] == str(Veto.NOT_REFRESHED)]
    assert asked["level"].tolist() == ["patient"]
    assert asked["why"].str.contains(WHY).all()
    assert third.ended.review_queue["veto"].tolist().count(str(Veto.NOT_REFRESHED)) == 0


def test_a_row_that_is_new_or_says_something_new_joins_where_no_absent_list_knows_either(monday):
    """While RM3 is away RA1 puts right a number: its two rows are one patient by what it says."""
    wrong = listed("RA1", 1, ALICE, nhs_number="9990000034", given_name="Alys", birth_date="")
    other = {"nhs_number": "9990000042", "family_name": "Haddad", "given_name": "Maya"}
    rows = [wrong, listed("RW3", 2, ALICE), listed("RM3", 4, ALICE | other)]
    first = monday(rows, MONDAYS[0])
    assert first.ids.patients.ids[0] != first.ids.patients.ids[1]
    right = [listed("RA1", 1, ALICE), rows[1]]
    second = monday(right, MONDAYS[1], first.ended.snapshot)
    assert len(set(second.ids.patients.ids)) == 1


@pytest.mark.parametrize(
    "new", [None, "nhs_number", "birth_date", "family_name", "given_name", "postcode"]
)
def test_two_stay_two_while_a_list_is_away_unless_one_says_anew_who_it_is(typed, entries, new):
    """Each fact of who it is counts by itself; a new postcode makes nobody another person."""
    told = {"joins": "yes", "confidence": "probable", "veto": "", "weight": 9.0}
    links = pd.DataFrame(
        [{"a": 0, "b": 1, "relation": "same_person", "explanation": "Names"} | told]
    )
    names = ["nhs_number", "birth_date", "family_name", "given_name", "postcode"]
    before = [listed("RA1", 1, ALICE), listed("RW3", 2, ALICE)]
    was = [row | ({new: "1961-05-03"} if new and row is before[0] else {}) for row in before]
    then = entries(
        ["E-1", "E-2", "E-9"],
        organisation=["RA1", "RW3", "RM3"],
        patient_id=["P-1", "P-2", "P-3"],
        **{name: [*(row[name] for row in was), ALICE[name]] for name in names},
    )
    now = typed(before).assign(entry_id=["E-1", "E-2"])
    one = Groups(np.array([0, 0], np.int32), links)
    kept = hold("patient", one, now, then, np.array([0, 1]), ["RM3"])
    stay_two = new in (None, "postcode")
    assert kept.group.tolist() == ([0, 1] if stay_two else [0, 0])
    relation = PatientRelation.HELD_APART if stay_two else PatientRelation.SAME_PERSON
    assert kept.links["relation"].tolist() == [str(relation)]


def test_one_id_in_two_groups_ties_nothing_across_them():
    """An id that fell apart for another reason: each of its parts is parted by itself."""
    told = {"relation": "same_person", "joins": "yes", "confidence": "probable", "veto": "",
            "weight": 9.0, "explanation": "Same names"}  # fmt: skip
    links = pd.DataFrame([{"a": 0, "b": 1} | told, {"a": 2, "b": 3} | told])
    kept = parted(
        Groups(np.array([0, 0, 1, 1], np.int32), links),
        np.array(["P-1", "P-2", "P-1", "P-2"], dtype=object),
        {"P-1"},
        same=np.ones(4, dtype=bool),
        place=np.arange(4),
    )
    assert kept.group.tolist() == [0, 1, 2, 3]
    assert kept.links["relation"].tolist() == ["same_person"] * 2


def test_whom_the_absent_organisation_no_longer_listed_may_be_joined_by_what_is_new(monday):
    """RM3 had taken its row off a week before: it knows neither of the two any longer."""
    wrong = listed("RA1", 1, ALICE, nhs_number="9990000034", given_name="Alys", birth_date="")
    mine = listed("RM3", 3, ALICE)
    other = listed("RM3", 4, ALICE, nhs_number="9990000042", family_name="Haddad")
    rows = [wrong, listed("RW3", 2, ALICE), mine, other]
    first = monday(rows, MONDAYS[0])
    assert first.ids.patients.ids[1] == first.ids.patients.ids[2]
    second = monday([wrong, rows[1], other], MONDAYS[1], first.ended.snapshot)
    right = [listed("RA1", 1, ALICE), rows[1]]
    third = monday(right, MONDAYS[2], second.ended.snapshot)
    assert len(set(third.ids.patients.ids)) == 1
    away = monday(right, MONDAYS[1], first.ended.snapshot)
    assert len(set(away.ids.patients.ids)) == 2, "while RM3 still listed one of them it is asked"


def test_what_people_joined_is_one_though_a_list_did_not_come(monday):
    rows = [TWINS[0], TWINS[2], TWINS[1]]
    first = monday(rows, MONDAYS[0])
    second = monday(rows[:2], MONDAYS[1], first.ended.snapshot, joined=[(0, 1)])
    assert len(set(second.ids.patients.ids)) == 1


PEOPLE = [
    ALICE,
    TWIN,
    TWIN | {"nhs_number": "9990000018"},
    ALICE | {"nhs_number": "", "given_name": "Alicia", "postcode": "LS6 2QT"},
    ALICE | {"nhs_number": "9990000034", "given_name": "A"},
    ALICE | {"nhs_number": "", "birth_date": ""},
    ALICE | {"nhs_number": "9990000026"},
]
NEEDS = [
    {"patient_pathway_identifier": "RW3000001", "pathway_identifier_issuer": "RW3"},
    {"procedure_code": "W371", "laterality": "left"},
    {"procedure_code": "W371", "laterality": "right"},
    {"procedure_code": "W371"},
    {"patient_pathway_identifier": "RW3000001", "pathway_identifier_issuer": "RW3",
     "treatment_function_code": "130"},
    {"suspected_cancer": True, "priority_type": "3"},
]  # fmt: skip


FAMILIES = [
    ("Okafor", "1960-05-03", "LS1 4AP", "9990000018", "9990000026", "9990000034", "RW3000001"),
    ("Haddad", "1971-08-14", "BD3 9QX", "9990000042", "9990000050", "9990000069", "RW3000002"),
    ("Lindqvist", "1948-12-30", "HX1 5TT", "9990000077", "9990000085", "9990000093", "RW3000003"),
]
"""Three by whom all of this is said, so that one Monday tries what would else take three."""


def of_family(family: tuple[str, ...], said: dict[str, str]) -> dict[str, str]:
    theirs = dict(zip(FAMILIES[0], family, strict=True))
    return {name: theirs.get(value, value) for name, value in said.items()}


@settings(max_examples=4, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["RW3", "RM3", "RA1"]),
            st.sampled_from(FAMILIES),
            st.sampled_from(PEOPLE),
            st.sampled_from(NEEDS),
        ),
        min_size=9,
        max_size=20,
    ),
    st.sampled_from(["RW3", "RM3", "RA1"]),
)
def test_the_same_rows_are_the_same_patients_and_needs_with_and_without_a_list(
    monday, drawn, absent
):
    rows = [
        listed(code, number, of_family(family, person | need))
        for number, (code, family, person, need) in enumerate(drawn)
    ]
    if {row["organisation"] for row in rows} == {absent}:
        return
    known = None
    for run in weeks(monday, rows, absent):
        known = known or ids_by_row(run)
        assert ids_by_row(run).items() <= known.items()
        assert run.ended.id_log.empty


Link = tuple[int, int, float, str]


def oracle(
    group: list[int],
    before: list[str | None],
    links: list[Link],
    absent: str,
    same: list[bool],
    said: tuple[int, int] | None,
) -> list[set[int]]:
    """One link after another, as a person would; what was one id is one from the beginning."""
    parts = [{at} for at in range(len(group))]

    def join(a: int, b: int) -> None:
        one, other = (next(part for part in parts if at in part) for at in (a, b))
        if one is not other:
            parts.remove(other)
            one |= other

    for a in range(len(group)):
        for b in range(a):
            if before[a] and before[a] == before[b] and group[a] == group[b]:
                join(a, b)
    for a, b, *_ in sorted(links, key=lambda each: ((each[0], each[1]) != said, each[3], -each[2])):
        mine, theirs = (
            {before[at] for part in parts if end in part for at in part} - {None} for end in (a, b)
        )
        two = bool(mine) and bool(theirs) and mine != theirs
        silent = (same[a] and same[b]) or absent in mine | theirs
        if not two or not silent or (a, b) == said:
            join(a, b)
    return parts


@given(st.data())
def test_parting_is_that_of_one_link_after_another(data):
    size = data.draw(st.integers(2, 7))
    ends = [(a, b) for b in range(size) for a in range(b)]
    chosen = data.draw(st.lists(st.sampled_from(ends), unique=True, min_size=1))
    weights = data.draw(st.permutations(range(len(chosen))))
    sure = [data.draw(st.sampled_from(["certain", "probable"])) for _ in chosen]
    before = data.draw(st.lists(st.sampled_from([None, "P-1", "P-2", "P-3"]), min_size=size,
                                max_size=size))  # fmt: skip
    same = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    said = data.draw(st.sampled_from([None, *chosen]))
    group = _components(size, chosen)
    links = pd.DataFrame(
        {
            "a": [a for a, _ in chosen],
            "b": [b for _, b in chosen],
            "relation": "same_person",
            "joins": "yes",
            "confidence": sure,
            "veto": "",
            "weight": np.array(weights, dtype=float),
            "explanation": "Same names",
        }
    )
    decided = Decided(
        *(np.array([end], np.int32) for end in said or (0, 1)), np.array([bool(said)])
    )
    found = parted(
        Groups(np.array(group, np.int32), links),
        np.array(before, dtype=object),
        {"P-1"},
        same=np.array(same),
        place=np.arange(size),
        relation="held_apart",
        decided=decided,
    )
    told = [
        (a, b, float(weight), each)
        for (a, b), weight, each in zip(chosen, weights, sure, strict=True)
    ]
    parts = oracle(group, before, told, "P-1", same, said)
    assert {frozenset(np.flatnonzero(found.group == each).tolist()) for each in found.group} == {
        frozenset(part) for part in parts
    }
    asked = found.links[found.links["joins"] == "asked"]
    one, other = (found.group[asked[end].to_numpy(dtype=int)] for end in ("a", "b"))
    assert (one != other).all()
    pairs = {frozenset(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)}
    assert len(asked) == len(pairs)
    crossing = {frozenset(found.group[[a, b]].tolist()) for a, b in chosen}
    assert len(asked) == len({pair for pair in crossing if len(pair) == 2})
    rest = found.links[found.links["joins"] == "yes"]
    assert (found.group[rest["a"].to_numpy()] == found.group[rest["b"].to_numpy()]).all()


def _components(size: int, ends: list[tuple[int, int]]) -> list[int]:
    group = list(range(size))
    for a, b in ends:
        group = [group[a] if each == group[b] else each for each in group]
    return pd.factorize(np.array(group))[0].tolist()
