"""What must hold of every merge, whatever comes in: on a region, and on rows of any content."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings, strategies as st

import waitlist_merge as wm
from waitlist_merge.demo.region import generate_region
from waitlist_merge.schema import TABLES, Kind

CENSUS = "2026-11-15"
SCALES = {
    "priority_type": ["3", "2", "1"],
    "priority_code": ["P1a", "P1b", "P2", "P3", "P4", "P5", "P6"],
    "diagnostic_priority": ["D1", "D2", "D3", "D4", "D5", "D6"],
}
"""Most urgent first."""


def extracts_of(entries, order=None):
    """One extract for each organisation of a region's entries."""
    codes = sorted(entries["organisation"].astype(str).unique())
    if order is not None:
        codes = [codes[at] for at in order.permutation(len(codes))]
    found = []
    for code in codes:
        own = entries[entries["organisation"] == code]
        if order is not None:
            own = own.iloc[order.permutation(len(own))]
        frame = own.drop(columns=["organisation", "census_date"]).dropna(axis=1, how="all")
        found.append(
            wm.Extract.from_frame(
                frame.reset_index(drop=True), organisation=code, census_date=None, name=code
            )
        )
    return found


@pytest.fixture(scope="module")
def region():
    return generate_region(entries=1_500, seed=3)


@pytest.fixture(scope="module")
def merged(region):
    return wm.merge(extracts_of(region.entries), census_date=CENSUS)


def by_content(result):
    """Ids of each entry, in order of the entry's own id."""
    columns = ["entry_id", "patient_id", "pathway_id", "list_state", "outcome", "reason", "stage"]
    return result.entries[columns].astype(str).sort_values("entry_id", ignore_index=True)


def test_every_row_is_there_once(region, merged):
    came = region.entries["organisation"].astype(str).value_counts()
    went = merged.entries["organisation"].astype(str).value_counts()
    assert went.to_dict() == came.to_dict()
    assert merged.entries["entry_id"].is_unique


def test_order_of_files_and_rows_changes_nothing(region, merged):
    order = np.random.default_rng(5)
    again = wm.merge(extracts_of(region.entries, order), census_date=CENSUS)
    pd.testing.assert_frame_equal(by_content(merged), by_content(again))
    for name in ("combined_list", "patient_links", "pathway_links", "review_queue", "members"):
        first, second = merged.tables[name], again.tables[name]
        pd.testing.assert_frame_equal(
            first.astype(str).sort_values(list(first.columns), ignore_index=True),
            second.astype(str).sort_values(list(second.columns), ignore_index=True),
        )


def test_merging_twice_gives_the_same(region, merged):
    again = wm.merge(extracts_of(region.entries), census_date=CENSUS)
    for name, table in merged.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def plain(column):
    """The values of a column whatever holds them: missing is None."""
    return column.astype(object).where(column.notna(), None).tolist()


@pytest.mark.parametrize("formats", ["csv", "parquet"])
def test_tables_are_the_same_in_memory_and_on_disk(merged, tmp_path, formats):
    merged.save(tmp_path / "out", tables=formats)
    on_disk = wm.read_tables(tmp_path / "out")
    for name, table in merged.tables.items():
        assert list(table.columns) == [column.name for column in TABLES[name]]
        assert list(on_disk[name].columns) == list(table.columns)
        for column in TABLES[name]:
            one, other = table[column.name], on_disk[name][column.name]
            assert plain(one) == plain(other), column.name
            assert column.kind is Kind.TEXT or one.dtype == other.dtype, column.name


def test_an_unrelated_extract_changes_nothing_for_others(region, merged):
    people = pd.DataFrame(
        {
            "NHS number": ["9990000018", "9990000026"],
            "Surname": ["Quillfeather", "Zoltanbury"],
            "Forename": ["Xanthippe", "Peregrine"],
            "Date of birth": ["1911-02-03", "1912-04-05"],
            "Specialty": ["110", "130"],
            "RTT clock start": ["2026-03-02", "2026-04-05"],
        }
    )
    other = wm.Extract.from_frame(people, organisation="RXX", name="other")
    more = wm.merge([*extracts_of(region.entries), other], census_date=CENSUS, model=merged.model)
    same = more.entries["organisation"] != "RXX"
    kept = more.entries[same]
    assert list(kept.columns) == list(merged.entries.columns)
    columns = ["entry_id", "patient_id", "pathway_id", "outcome"]
    pd.testing.assert_frame_equal(
        merged.entries[columns].astype(str).sort_values("entry_id", ignore_index=True),
        kept[columns].astype(str).sort_values("entry_id", ignore_index=True),
    )


def test_no_wait_is_shorter_than_a_members_own(merged):
    check_waits(merged)


def check_waits(result):
    """No row waits less than an open member of its own, unless the reason is on the row."""
    starts = result.entries.loc[
        (result.entries["list_state"] == "open"), ["entry_id", "pathway_id", "rtt_start_date"]
    ].dropna()
    earliest = starts.groupby("pathway_id", observed=True)["rtt_start_date"].min()
    rows = result.combined_list.set_index("pathway_id")
    own = earliest.reindex(rows.index)
    shown = rows["rtt_start_date"]
    shorter = own.notna() & (shown.isna() | (shown > own)) & (rows["list_state"] == "open")
    unexplained = shorter & (rows["rtt_start_note"].fillna("") == "")
    assert not unexplained.any()


def test_no_priority_is_lower_and_no_booking_lost(merged):
    entries = merged.entries[merged.entries["entry_id"].isin(merged.members["entry_id"])]
    rows = merged.combined_list.set_index("pathway_id")
    for name, scale in SCALES.items():
        rank = entries[name].astype(object).map({code: at for at, code in enumerate(scale)})
        most = rank.groupby(entries["pathway_id"].astype(str)).min().dropna()
        shown = rows[name].astype(object).map({code: at for at, code in enumerate(scale)})
        assert (shown.reindex(most.index) == most).all(), name
    booked = entries[entries["tci_date"] >= pd.Timestamp(CENSUS)]
    first = booked.groupby(booked["pathway_id"].astype(str))["tci_date"].min()
    assert (rows["tci_date"].reindex(first.index) == first).all()
    assert (rows["tci_count"].reindex(first.index) >= 1).all()


def test_every_id_is_known_in_the_other_tables(merged):
    check_ids(merged)


def check_ids(result):
    entries = set(result.entries["entry_id"])
    pathways = set(result.combined_list["pathway_id"])
    assert pathways <= set(result.entries["pathway_id"])
    assert set(result.combined_list["patient_id"]) <= set(result.entries["patient_id"])
    assert result.people.patient_id.tolist() == result.entries["patient_id"].tolist()
    assert set(result.members["pathway_id"]) == pathways
    assert set(result.members["entry_id"]) <= entries
    assert set(result.combined_list["shown_entry_id"]) <= set(result.members["entry_id"])
    for table in (result.patient_links, result.pathway_links):
        assert set(table["entry_id_a"]) | set(table["entry_id_b"]) <= entries
    for listed in result.review_queue["entry_ids"]:
        assert set(listed.split(";")) <= entries
    assert set(result.findings["entry_id"].dropna()) <= entries


def test_every_duplicate_has_its_shown_entry(merged):
    outcome = merged.entries["outcome"].astype(str)
    duplicates = merged.entries[outcome.isin(["proposed_duplicate", "confirmed_duplicate"])]
    shown = merged.entries[outcome == "shown"]
    assert set(duplicates["pathway_id"]) == set(shown["pathway_id"])
    assert shown["pathway_id"].is_unique


TEXT = st.one_of(
    st.none(),
    st.sampled_from(
        [
            *("", "  ", "999 000 0018", "9990000026", "Okafor", "3 May 1971", "03/05/71"),
            *("2026-03-02", "110", "W37.1", "R THR", "2WW", "P2", "20", "30", "01/01/1900"),
            *("Total", "ZZ99 3VZ"),
        ]
    ),
    st.text(max_size=12),
)
HEADINGS = (
    "NHS number",
    "Hospital number",
    "Surname",
    "Forename",
    "Date of birth",
    "Specialty",
    "Pathway ID",
    "RTT clock start",
    "RTT status",
    "Procedure",
    "Priority",
    "TCI date",
    "Comments",
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(HEADINGS, TEXT)), min_size=1, max_size=6)


@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(ROWS, ROWS)
def test_rows_of_any_content_are_all_there(first, second):
    columns = {"NHS number": "nhs_number", "Hospital number": "local_patient_identifier"}
    try:
        extracts = [
            wm.Extract.from_frame(
                pd.DataFrame(rows, dtype=object),
                organisation=code,
                name=code,
                options=wm.ExtractPlan(path=code, columns=columns),
            )
            for code, rows in (("RM3", first), ("RW3", second))
        ]
        result = wm.merge(extracts, census_date=CENSUS)
    except wm.InputError:
        return
    for extract, rows in zip(extracts, (first, second), strict=True):
        aside = (extract.findings["reason"] == "not_a_person_row").sum()
        assert extract.records == len(rows) == len(extract.text) + aside
    assert len(result.entries) == sum(len(extract.text) for extract in extracts)
    check_ids(result)
    check_waits(result)
