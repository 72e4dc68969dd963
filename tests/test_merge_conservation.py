"""No row is lost and none is there twice: each guard fires, and names what is off."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.conservation import check_conservation
from waitlist_merge.errors import ConservationError
from waitlist_merge.id_order import in_order_of
from waitlist_merge.intake import Extract
from waitlist_merge.intake.assemble import Typed, read_values
from waitlist_merge.named_links import named_links
from waitlist_merge.reasons import Outcome

ENDS = st.integers(0, 7)


def held(ids: str, waiting: str) -> pd.DataFrame:
    outcomes = [Outcome.SHOWN if each in waiting else Outcome.NOT_WAITING for each in ids]
    return pd.DataFrame({"entry_id": pd.Series([*ids], dtype="string"), "outcome": outcomes})


def sent(rows: int) -> list[Typed]:
    frame = pd.DataFrame({"Hospital number": [f"A{at}" for at in range(rows)], "Surname": "Lee"})
    typed = read_values(Extract.from_frame(frame, organisation="RM3"), date(2026, 11, 15))
    assert isinstance(typed, Typed)
    return [typed]


def listed(ids: str) -> pd.Series:
    return pd.Series([*ids], dtype="string")


@pytest.mark.parametrize(
    ("ids", "waiting", "members", "said"),
    [
        ("AAB", "AB", "AAB", "different entry ids: 3 expected, 2 found"),
        ("ABC", "ABC", "AB", "entries on the combined list: 3 expected, 2 found"),
        ("ABC", "AB", "ABC", "entries on the combined list: 2 expected, 3 found"),
        ("ABC", "ABC", "AAB", "different entries among members: 3 expected, 2 found"),
        ("ABC", "ABC", "ABD", "members that are no waiting entry: 0 expected, 1 found"),
        ("ABC", "AB", "BC", "members that are no waiting entry: 0 expected, 1 found"),
    ],
)
def test_each_guard_fires(ids: str, waiting: str, members: str, said: str) -> None:
    with pytest.raises(ConservationError, match=said):
        check_conservation(sent(len(ids)), held(ids, waiting), listed(members))


@pytest.mark.parametrize(
    ("ids", "waiting", "members"), [("CAB", "ABC", "BCA"), ("CAB", "AC", "CA")]
)
def test_the_order_of_rows_does_not_matter(ids: str, waiting: str, members: str) -> None:
    check_conservation(sent(len(ids)), held(ids, waiting), listed(members))


def test_a_row_that_no_file_holds_is_noticed() -> None:
    with pytest.raises(ConservationError, match="entries of all files: 2 expected, 3 found"):
        check_conservation(sent(2), held("ABC", "ABC"), listed("ABC"))


@given(st.permutations([f"E-{at:012}" for at in range(8)]), st.lists(st.tuples(ENDS, ENDS)))
def test_links_are_named_by_ids_and_in_their_order(
    ids: list[str], pairs: list[tuple[int, int]]
) -> None:
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    told = ("relation", "joins", "confidence", "veto", "explanation")
    links = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], **dict.fromkeys(told, "x")})
    links["weight"] = np.arange(len(links), dtype=float)
    entries = pd.DataFrame({"entry_id": pd.Series(ids, dtype="string")})
    found = named_links(links, entries, in_order_of(entries["entry_id"]))
    rows = zip(*(found[name] for name in ("entry_id_a", "entry_id_b", "weight")), strict=True)
    expected = [(*sorted((ids[a], ids[b])), float(at)) for at, (a, b) in enumerate(pairs)]
    assert list(rows) == sorted(expected)
