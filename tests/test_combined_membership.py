"""Which entries are on which row is told part by part as it is told whole."""

from __future__ import annotations

import pandas as pd
import pytest

from waitlist_merge.combined import membership as module
from waitlist_merge.reasons import Outcome
from waitlist_merge.schema import TABLES


@pytest.fixture(scope="module")
def told(combined_of):
    rows = [
        {
            "organisation": ("RM3", "RW3", "RA7")[at % 3],
            "treatment_function_code": "110",
            "patient_pathway_identifier": f"ABC{at // 3:05}" if at % 4 else None,
            "pathway_identifier_issuer": "RM3" if at % 4 else None,
            "rtt_start_date": f"2026-0{at % 8 + 1}-05" if at % 5 else None,
            "rtt_status": "30" if at % 7 == 6 else "20",
        }
        for at in range(40)
    ]
    return combined_of(rows, patient=[at // 3 for at in range(40)]).combined


@pytest.mark.parametrize("at_once", [1, 3, 7, 1000])
def test_told_part_by_part_it_is_the_whole(monkeypatch, told, at_once):
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    whole = told.membership.frame
    parts = list(told.membership.parts())
    assert len(parts) == -(-len(whole) // at_once)
    assert all(part.dtypes.equals(whole.dtypes) for part in parts)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
    assert len(told.membership) == len(whole)


def test_each_waiting_entry_is_there_once_under_its_need_the_shown_one_first(told):
    waits = told.entry_columns["outcome"] != Outcome.NOT_WAITING
    assert 0 < waits.sum() < len(waits)
    entries = told.membership.entries["entry_id"]
    members = told.members
    assert sorted(members["entry_id"]) == sorted(entries[waits])
    assert members["entry_id"].tolist() == told.membership.entry_id.tolist()
    assert members["pathway_id"].is_monotonic_increasing
    first = ~members["pathway_id"].duplicated()
    assert members["is_shown"].tolist() == first.tolist()
    assert first.sum() < len(members)
    need = dict(zip(entries, told.entry_columns["pathway_id"], strict=True))
    assert members["pathway_id"].tolist() == [need[each] for each in members["entry_id"]]


def test_without_waiting_entries_there_is_one_part_without_rows(combined_of):
    for rows in ([], [{"organisation": "RM3", "rtt_status": "30"}]):
        told = combined_of(rows).combined.membership
        [part] = told.parts()
        assert len(told) == len(part) == len(told.frame) == len(told.entry_id) == 0
        assert [*part] == [column.name for column in TABLES["members"]]
