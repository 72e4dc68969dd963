"""Of each fact the most pressing is kept that entries of a list which did not come last said."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from waitlist_merge.review.kept_facts import kept_facts

DAY = dt.date(2026, 11, 16)


def kept(then: pd.DataFrame, members: dict[str, str], apart=()) -> set[tuple[str, str, str, str]]:
    """What each need of ``members`` keeps, all of them once of the need of ``then``."""
    now = pd.DataFrame({"member": list(members), "pathway_id": list(members.values())})
    told = then.assign(shared=then["entry_id"] != "E-2")
    table = kept_facts(told, now.assign(need="W-0"), apart, run_date=DAY)
    assert table["start"].isna().all()
    assert not table[["sure", "closed"]].any(axis=None)
    assert table["shared"].eq(table["entry_id"] != "E-2").all()
    rows = table[["pathway_id", "field", "entry_id", "word"]].to_numpy().tolist()
    assert len(rows) == len({(need, field) for need, field, *_ in rows}), "one of each"
    return {tuple(row) for row in rows}


@pytest.fixture
def absent(entries) -> pd.DataFrame:
    """Three of one need, and one more that has stopped waiting."""
    return entries(
        ["E-3", "E-1", "E-2", "E-0"],
        pathway_id=["W-0"] * 4,
        outcome=["shown", "shown", "shown", "not_waiting"],
        priority_code=["P2", "P3", "P2", "P1a"],
        priority_type=[None, "1", None, None],
        tci_date=["2026-11-15", "2026-12-20", "2026-11-16", "2026-11-17"],
        next_appointment_date=[None, "2026-12-01", None, None],
        suspected_cancer=[None, False, True, True],
    )


def test_the_most_pressing_of_those_that_wait_is_kept_and_the_first_of_two_alike(absent):
    assert kept(absent, {"E-8": "W-1"}) == {
        ("W-1", "priority_code", "E-2", "P2"),
        ("W-1", "priority_type", "E-1", "1"),
        ("W-1", "tci_date", "E-2", "2026-11-16"),
        ("W-1", "next_appointment_date", "E-1", "2026-12-01"),
        ("W-1", "suspected_cancer", "E-2", "true"),
    }


def test_an_entry_parted_from_one_row_of_a_need_gives_it_nothing_and_others_what_they_had(absent):
    members = {"E-7": "W-1", "E-8": "W-1", "E-9": "W-2"}
    found = kept(absent, members, apart=[("E-2", "E-8")])
    codes = {row for row in found if row[1] == "priority_code"}
    assert codes == {
        ("W-1", "priority_code", "E-3", "P2"),
        ("W-2", "priority_code", "E-2", "P2"),
    }
