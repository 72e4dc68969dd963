"""Near misses of people: all who are alike and were left apart without a question, nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from hypothesis import given, settings, strategies as st

from waitlist_merge.pathways import links as needs
from waitlist_merge.patients import obeyed
from waitlist_merge.review import holding, parting
from waitlist_merge.review.pilot import Stratum, draw
from waitlist_merge.review.pilot.near import BESIDE, near_misses

FIELDS = ("nhs_number", "family_name", "given_name", "birth_date", "postcode")

LINKS = ("entry_id_a", "entry_id_b", "joins", "confidence", "veto", "weight", "explanation")

Row = tuple[str | None, ...]
"""The patient of an entry, and what its fields hold."""


def tables_of(
    rows: Sequence[Row], linked: Sequence[tuple[int, int, str]] = ()
) -> dict[str, pd.DataFrame]:
    """A run of these entries, E-000 upwards, with links between some: ``joins`` and why."""
    entries = pd.DataFrame(rows, columns=["patient_id", *FIELDS], dtype=object)
    entries["birth_date"] = pd.to_datetime(entries["birth_date"]).astype("datetime64[s]")
    ids = [f"E-{number:03}" for number in range(len(rows))]
    links = [(ids[a], ids[b], "asked", "possible", "", 3.0, why) for a, b, why in linked]
    entries = entries.assign(entry_id=ids, organisation="RM3", ethnic_category="A")
    none = pd.DataFrame(columns=list(LINKS)).astype({"weight": "float64"})
    some = pd.DataFrame(links, columns=list(LINKS)) if links else none
    return {"entries": entries, "patient_links": some, "pathway_links": none}


def patients_of(tables: dict[str, pd.DataFrame]) -> list[tuple[str, str]]:
    """The two patients of each near miss."""
    patient = tables["entries"].set_index("entry_id")["patient_id"]
    found = near_misses(tables)
    ends = (found[name].map(patient) for name in ("entry_id_a", "entry_id_b"))
    return sorted(tuple(sorted(each)) for each in zip(*ends, strict=True))


def alike(one: Row, other: Row) -> bool:
    """What the rule says, spelt out."""
    same = {
        name: a is not None and a == b
        for name, a, b in zip(FIELDS, one[1:], other[1:], strict=True)
    }
    names = same["family_name"] and same["given_name"]
    born, home = same["birth_date"], same["postcode"]
    a, b = one[4], other[4]
    parts = [a[at] == b[at] for at in (slice(4), slice(5, 7), slice(8, 10))] if a and b else []
    area = one[5] is not None and other[5] is not None and one[5][:1] == other[5][:1]
    return (
        same["nhs_number"]
        or (names and (born or home or sum(parts) >= 2))
        or (born and (home or same["family_name"]))
        or (born and same["given_name"] and area)
    )


def slowly(rows: list[Row], linked: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """Every two entries of two patients looked at."""
    known = {frozenset((rows[a][0], rows[b][0])) for a, b, _ in linked}
    found = {
        frozenset((one[0], other[0]))
        for one, other in combinations(rows, 2)
        if one[0] != other[0] and alike(one, other)
    }
    return sorted(tuple(sorted(map(str, each))) for each in found - known)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["P-1", "P-2", "P-3", "P-4", "P-5"]),
        st.sampled_from([None, None, "9990000018", "9990000026"]),
        st.sampled_from([None, "Khan", "Smith"]),
        st.sampled_from([None, "Ann", "Bo"]),
        st.sampled_from([None, "1980-01-02", "1980-01-12", "1980-02-01", "1981-02-02"]),
        st.sampled_from([None, "B1 1AA", "B2 1AB", "M1 1AA"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(ROWS, st.data())
def test_near_misses_are_those_that_looking_at_every_two_entries_finds(
    rows: list[Row], data: st.DataObject
) -> None:
    at = st.integers(0, len(rows) - 1)
    linked = data.draw(st.lists(st.tuples(at, at, st.just("weighed")), max_size=3))
    tables = tables_of(rows, linked)
    found = patients_of(tables)
    assert found == slowly(rows, linked)
    order = data.draw(st.permutations(range(len(rows))))
    turned = {**tables, "entries": tables["entries"].take(order).reset_index(drop=True)}
    pd.testing.assert_frame_equal(near_misses(turned), near_misses(tables))


@settings(max_examples=100, deadline=None)
@given(ROWS, st.data())
def test_a_sample_of_some_rows_misses_no_pair_that_two_of_them_make(
    rows: list[Row], data: st.DataObject
) -> None:
    marks = st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))
    withheld, of_service = data.draw(marks), data.draw(marks.filter(any))
    tables = tables_of(rows)
    entries = tables["entries"]
    entries["treatment_function_code"] = ["110" if each else "130" for each in of_service]
    drawn = draw(tables, n=1_000, withheld=np.array(withheld), services=["110"])
    patient = entries.set_index("entry_id")["patient_id"]
    ends = (drawn[name].map(patient) for name in ("entry_id_a", "entry_id_b"))
    found = sorted(tuple(sorted(each)) for each in zip(*ends, strict=True))
    may = [at for at, hidden in enumerate(withheld) if not hidden]
    pairs = {
        tuple(sorted((rows[a][0], rows[b][0])))
        for a, b in combinations(may, 2)
        if rows[a][0] != rows[b][0] and alike(rows[a], rows[b]) and (of_service[a] or of_service[b])
    }
    assert found == sorted(pairs)


def test_a_common_name_does_not_pair_all_who_bear_it_nor_do_a_patients_many_entries() -> None:
    many = [(f"P-{each}", None, "Khan", "Ann", "1980-01-01", None) for each in range(300)]
    pairs = patients_of(tables_of(many))
    counts = pd.Series([each for pair in pairs for each in pair]).value_counts()
    assert len(pairs) == 300 * BESIDE - BESIDE * (BESIDE + 1) // 2
    assert counts.max() == 2 * BESIDE
    assert len(counts) == 300
    few = [(f"P-{each % 2}", None, "Khan", "Ann", "1980-01-01", None) for each in range(400)]
    assert patients_of(tables_of(few)) == [("P-0", "P-1")]


def test_who_is_asked_about_or_was_decided_is_no_near_miss() -> None:
    rows: list[Row] = [
        ("P-1", None, "Khan", "Ann", "1980-01-01", None),
        ("P-2", None, "Khan", "Ann", "1980-01-01", None),
        ("P-2", None, "Khan", "Bo", "1980-01-01", None),
    ]
    assert patients_of(tables_of(rows)) == [("P-1", "P-2")]
    assert patients_of(tables_of(rows, [(0, 2, "weighed")])) == []
    for why in (obeyed.APART, obeyed.JOINED, needs.JOINED, holding.WHY, parting.WHY):
        decided = tables_of(rows, [(0, 2, f"{why}; weighed")])
        assert patients_of(decided) == []
        assert draw(decided, n=10).empty
    assert len(draw(tables_of(rows, [(0, 2, "weighed")]), n=10)) == 1
    sample = draw(tables_of(rows), n=10)
    assert sample["stratum"].tolist() == [str(Stratum.NEAR_MISS)]
