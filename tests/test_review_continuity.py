"""Entries keep their ids: the ladder against a slow climb, and what must hold of any two lists."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.identity import NAMED_BY
from waitlist_merge.pathways.identifiers import stems_of
from waitlist_merge.review.continuity import LADDER, carried
from waitlist_merge.review.snapshot import ENTRY_COLUMNS, OF_THE_ENTRY

import pyarrow as pa  # isort: skip

SAID = {
    "organisation": ["RM3", "RW3"],
    "local_patient_identifier": [None, "L1", "L2"],
    "patient_pathway_identifier": [None, "X0012345", "Y0067890", "7"],
    "unique_booking_reference_number": [None, "123456789012"],
    "waiting_list_entry_identifier": [None, "E1", "E2"],
    "treatment_function_code": [None, "110", "130"],
    "referral_date": [None, "2026-01-05", "2026-05-01", "2026-01-09"],
    "rtt_start_date": [None, "2026-01-05", "2026-03-01"],
    "procedure_code": [None, "W371"],
    "laterality": [None, "left", "right"],
    "tci_date": [None, "2026-12-01", "2026-12-08"],
    "suspected_cancer": [None, True, False],
    "nhs_number": [None, "9990000018", "9990000026"],
    "family_name": [None, "Okafor", "NOWAK"],
    "given_name": [None, "Chidi", "Ada"],
    "birth_date": [None, "1971-05-03", "1980-01-01"],
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SAID.items()}),
    min_size=1,
    max_size=7,
)


def remembered(entries: pd.DataFrame, left: list[bool] | None = None) -> pd.DataFrame:
    """These entries as a snapshot has them: their own ids are the ones that they keep."""
    gone = left or [False] * len(entries)
    days = pd.to_datetime(pd.Series(["2026-11-02" if each else None for each in gone]))
    frame = entries.reset_index(drop=True).assign(
        own_id=entries["entry_id"].to_numpy(), left_date=days.astype("datetime64[s]")
    )
    return frame.reindex(columns=list(ENTRY_COLUMNS))


def value(row: dict, name: str) -> object:
    found = row[name]
    if found is None or found is pd.NaT or found != found:  # noqa: PLR0124
        return None
    if name in ("patient_pathway_identifier", "unique_booking_reference_number"):
        return stems_of(pa.array([found]))[0].as_py()
    return found.upper() if isinstance(found, str) else found


def verdict(one: dict, other: dict, name: str) -> int:
    """1 where both say the same, -1 where they differ, 0 where one says nothing."""
    a, b = value(one, name), value(other, name)
    return 0 if a is None or b is None else 1 if a == b else -1


STRANGER = ("local_patient_identifier", "given_name", "birth_date", "nhs_number")
"""Who has another hospital number and given name, and another birth date or number."""


def other_person(one: dict, other: dict) -> bool:
    names = [verdict(one, other, name) for name in ("family_name", "given_name")]
    name = 1 if names == [1, 1] else -1 if names == [-1, -1] else 0
    said = [verdict(one, other, each) for each in ("nhs_number", "birth_date")] + [name]
    differ = {each for each in STRANGER if verdict(one, other, each) == -1}
    stranger = differ >= {*STRANGER[:2]} and len(differ) > 2
    return stranger or (1 not in said and said.count(-1) >= 2)


def other_need(one: dict, other: dict) -> bool:
    names = ("treatment_function_code", "referral_date", "rtt_start_date")
    said = [verdict(one, other, name) for name in names]
    return 1 not in said and said.count(-1) >= 2


def near(one: dict, other: dict) -> bool:
    a, b = value(one, "referral_date"), value(other, "referral_date")
    if a is None or b is None:
        return False
    exchanged = a.year == b.year and (a.month, a.day) == (b.day, b.month)
    return abs((a - b).days) <= 7 or exchanged


def name_of(row: dict) -> tuple:
    """What the organisation calls a row: its pathway, else its entry, else service and referral."""
    said = {name: None if pd.isna(row[name]) else str(row[name]) for name in NAMED_BY}
    own = said["patient_pathway_identifier"], said["waiting_list_entry_identifier"]
    service = said["treatment_function_code"], said["referral_date"]
    last = ("p", own[0]) if own[0] else ("e", own[1]) if own[1] else ("s", *service)
    return said["organisation"], said["local_patient_identifier"], *last


def told_apart(now: list[dict], then: list[dict]) -> None:
    """Gives each row of both runs what the ladder has of rows alike and of all others."""
    names = [Counter(map(name_of, rows)) for rows in (now, then)]
    for row in (*now, *then):
        alike = any(each[name_of(row)] > 1 for each in names)
        content = "|".join(str(value(row, name)) for name in OF_THE_ENTRY if name in row)
        row.update(dict.fromkeys(("name", "content", "numbered")))
        if alike:
            row.update({"name": str(name_of(row)), "content": content, "numbered": row["own_id"]})
            row["own_id"] = None


def slow_climb(now: list[dict], then: list[dict], there: list[bool]) -> list[int]:
    """The same ladder, row by row."""
    told_apart(now, then)
    found = [-1] * len(now)
    for wanted in (True, False):
        free = [each is wanted for each in there]
        for rung in LADDER:
            by_key: dict[tuple, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
            for side, (rows, usable) in enumerate(((now, [at < 0 for at in found]), (then, free))):
                for at, row in enumerate(rows):
                    key = tuple(value(row, name) for name in ("organisation", *rung.fields))
                    if usable[at] and None not in key[1 : 1 + rung.needs]:
                        by_key[key][side].append(at)
            for ours, theirs in by_key.values():
                if len(ours) != 1 or len(theirs) != 1:
                    continue
                one, other = now[ours[0]], then[theirs[0]]
                wrong = other_person(one, other)
                wrong |= not rung.loose and other_need(one, other)
                wrong |= rung.near and not near(one, other)
                if not wrong:
                    found[ours[0]] = theirs[0]
                    free[theirs[0]] = False
    return found


def records(frame: pd.DataFrame) -> list[dict]:
    return frame.astype(object).to_dict("records")


@settings(max_examples=25)
@given(ROWS, ROWS, st.lists(st.booleans(), min_size=7, max_size=7))
def test_the_ladder_is_climbed_as_slowly_row_by_row(typed, now, then, left):
    entries, last = typed(now), remembered(typed(then), left[: len(then)])
    found = carried(entries, last)
    there = last["left_date"].isna().tolist()
    ours = records(entries.assign(own_id=entries["entry_id"]))
    assert found.position.tolist() == slow_climb(ours, records(last), there)


@settings(max_examples=25)
@given(ROWS, ROWS, st.randoms())
def test_what_holds_of_any_two_lists(typed, now, then, random):
    entries, last = typed(now), remembered(typed(then))
    found = carried(entries, last)
    kept = found.position[found.position >= 0]
    assert len(set(found.entry_id)) == len(now), "every entry has an id of its own"
    assert len(set(kept)) == len(kept), "one entry goes on as one"
    same = entries["organisation"].astype(str).to_numpy()[found.position >= 0]
    assert (same == last["organisation"].astype(str).to_numpy()[kept]).all()
    new = found.entry_id[found.position < 0]
    assert not set(new) & set(last["entry_id"]), "no new entry has an old one's id"
    order = list(range(len(now)))
    random.shuffle(order)
    turned = carried(typed([now[at] for at in order]), last)
    row = [sorted(each.items(), key=str) for each in now]
    assert sorted(zip(map(str, row), found.entry_id, strict=True)) == sorted(
        zip((str(row[at]) for at in order), turned.entry_id, strict=True)
    )


@given(ROWS)
def test_the_same_list_again_changes_nothing(typed, rows):
    entries = typed(rows)
    first = carried(entries, remembered(entries))
    assert first.entry_id.tolist() == entries["entry_id"].tolist()
    assert first.position.tolist() == list(range(len(rows)))


def town(size: int, random: np.random.Generator) -> list[dict[str, object]]:
    """Rows of a list, two of each person, as an organisation would send them."""
    days = np.datetime64("2026-01-01") + random.integers(0, 300, size)
    return [
        {
            "organisation": ("RM3", "RW3")[at % 2],
            "local_patient_identifier": f"L{at // 4}",
            "patient_pathway_identifier": f"X{at:08}" if at % 3 else None,
            "treatment_function_code": ("110", "130", "330")[at % 3],
            "referral_date": str(days[at]),
            "rtt_start_date": str(days[at]),
            "nhs_number": f"99{at // 4:08}",
            "family_name": f"Name{at // 4}",
            "given_name": "Ann",
            "birth_date": "1971-05-03",
        }
        for at in range(size)
    ]


CORRECTED = ("patient_pathway_identifier", "referral_date", "nhs_number", "family_name")


def test_with_one_in_a_hundred_gone_new_and_corrected_all_but_one_in_a_thousand_keep_theirs(typed):
    random = np.random.default_rng(3)
    size = 6_000
    rows = town(size, random)
    before = typed(rows)
    after = [dict(row) for row in rows]
    for number, at in enumerate(random.choice(size, size // 100, replace=False)):
        name = CORRECTED[number % len(CORRECTED)]
        day = np.datetime64(after[at]["referral_date"]) + 1
        after[at][name] = str(day) if name == "referral_date" else f"9{name[:3].upper()}{at}"
    gone = set(random.choice(size, size // 100, replace=False).tolist())
    kept = [at for at in range(size) if at not in gone]
    new = [row | {"local_patient_identifier": f"N{at}"} for at, row in enumerate(town(60, random))]
    new = [row | {"patient_pathway_identifier": f"Z{at:08}"} for at, row in enumerate(new)]
    found = carried(typed([after[at] for at in kept] + new), remembered(before))
    ids = before["entry_id"].to_numpy()[kept]
    assert (found.entry_id[: len(kept)] == ids).mean() >= 0.999


EYE = {
    "organisation": "RM3",
    "local_patient_identifier": "L1",
    "patient_pathway_identifier": "X0012345",
    "treatment_function_code": "130",
    "referral_date": "2026-01-05",
    "rtt_start_date": "2026-01-05",
    "procedure_code": "C751",
    "nhs_number": "9990000018",
}
LEFT, RIGHT = EYE | {"laterality": "left"}, EYE | {"laterality": "right"}
HIP = {"procedure_code": "W371"}
CORRECTED_PATHWAY = {"patient_pathway_identifier": "X0099999"}
RENUMBERED = {"local_patient_identifier": "N7"}
SEEN = {"next_appointment_date": "2026-12-01"}


@pytest.mark.parametrize(
    ("then", "now", "goes_on"),
    [
        ([LEFT, RIGHT], [RIGHT, LEFT], [1, 0]),
        ([LEFT, RIGHT], [RIGHT | SEEN, LEFT], [1, 0]),
        ([LEFT, RIGHT], [RIGHT | SEEN, LEFT | {"tci_date": "2026-12-08"}], [1, 0]),
        ([LEFT, RIGHT], [RIGHT | {"rtt_start_date": "2026-03-01"}], [1]),
        ([LEFT, RIGHT], [RIGHT | {"procedure_code": "C712"}], [1]),
        ([LEFT], [RIGHT, LEFT], [-1, 0]),
        ([LEFT, RIGHT], [RIGHT | CORRECTED_PATHWAY, LEFT | CORRECTED_PATHWAY], [1, 0]),
        ([LEFT, RIGHT], [RIGHT | RENUMBERED, LEFT | RENUMBERED], [1, 0]),
        (
            [LEFT, RIGHT],
            [each | RENUMBERED | CORRECTED_PATHWAY for each in (RIGHT, LEFT)],
            [1, 0],
        ),
        ([EYE, EYE | HIP], [EYE | HIP | RENUMBERED, EYE | RENUMBERED], [1, 0]),
        ([EYE | SEEN, EYE], [EYE, EYE | SEEN], [1, 0]),
        ([EYE | SEEN, EYE], [EYE | SEEN, EYE | {"rtt_status": "20"}], [0, 1]),
    ],
    ids=[
        "in another order",
        "one has news",
        "both have news",
        "one left, the other's clock moved",
        "one left, the other's procedure changed",
        "a second side is added",
        "both get another pathway identifier",
        "both get another hospital number",
        "all numbers are new but the patient's",
        "two procedures of one name get another hospital number",
        "only the appointment tells them apart",
        "the one without an appointment has news",
    ],
)
def test_rows_that_their_organisation_gives_one_name_go_on_as_themselves(typed, then, now, goes_on):
    for shuffled in (False, True):
        before = remembered(typed(then))
        if shuffled:  # their numbers are those of the other row
            before["own_id"] = before["own_id"].to_numpy()[::-1]
        found = carried(typed(now), before)
        assert found.position.tolist() == goes_on


def test_alike_in_all_else_each_is_one_of_them_by_its_number(typed):
    later = [EYE | SEEN | {"rtt_status": "20"}, EYE | {"rtt_status": "20"}]
    found = carried(typed(later), remembered(typed([EYE | SEEN, EYE])))
    assert sorted(found.position) == [0, 1]


def test_the_day_of_a_row_numbers_it_only_where_nothing_else_does(typed):
    days = [{"census_date": day} for day in ("2026-11-15", "2026-11-22")]
    ids = [set(typed([LEFT | day, RIGHT | day])["entry_id"]) for day in days]
    one, other = (typed([LEFT | day, RIGHT | day])["entry_id"].tolist() for day in days)
    assert ids[0] == ids[1]
    assert one == other
    twice = typed([LEFT | day for day in days])["entry_id"].tolist()
    assert twice == typed([LEFT | day for day in days[::-1]])["entry_id"].tolist()[::-1]


@pytest.mark.parametrize("rung", LADDER, ids=lambda rung: "+".join(rung.fields))
def test_every_rung_is_the_one_that_knows_some_entry(typed, rung):
    """Two rows that agree in the fields of a rung alone are one entry, but not without it."""
    said = {name: values[1] for name, values in SAID.items() if values[0] is None}
    now = {name: said[name] for name in rung.fields if name in said}
    organisation = {"organisation": "RM3"}
    entries, last = typed([organisation | now]), remembered(typed([organisation | now]))
    assert carried(entries, last).position.tolist() == [0]
