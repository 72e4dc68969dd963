"""Scores count pairs as listing every pair would."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from waitlist_merge.demo import generate_region, score
from waitlist_merge.demo.score import PairScore, pair_score
from waitlist_merge.errors import InputError

LABELS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=40)


@given(LABELS)
def test_pairs_are_counted_as_if_listed(labels: list[tuple[int, int]]) -> None:
    found = np.array([each for each, _ in labels], dtype=np.int64)
    true = np.array([each for _, each in labels], dtype=np.int64)
    pairs = list(combinations(range(len(labels)), 2))
    slow = PairScore(
        found=sum(found[a] == found[b] for a, b in pairs),
        true=sum(true[a] == true[b] for a, b in pairs),
        both=sum(found[a] == found[b] and true[a] == true[b] for a, b in pairs),
    )
    assert pair_score(found, true) == slow


def frames(rows: list[tuple[str, str, str, str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Found and truth from rows of patient, pathway, person, need and relation."""
    table = pd.DataFrame(
        rows, columns=["patient_id", "pathway_id", "person_id", "need_id", "relation"]
    )
    table["source_file"], table["source_row"] = "a.csv", range(1, len(table) + 1)
    table["entry_id"] = [f"E-{row}" for row in table["source_row"]]
    key = ["source_file", "source_row"]
    return (
        table[[*key, "patient_id", "pathway_id", "entry_id"]],
        table[[*key, "person_id", "need_id", "relation"]],
    )


ROWS = [
    ("P1", "W1", "p1", "n1", ""),
    ("P1", "W1", "p1", "n1", "resent"),
    ("P1", "W2", "p1", "n2", "other_side"),
    ("P1", "W3", "p1", "n2", "repeat_other_organisation"),
    ("P2", "W4", "p2", "n3", ""),
    ("P2", "W4", "p3", "n4", ""),
]


def test_a_small_case_by_hand() -> None:
    found, truth = frames(ROWS)
    scores = score(found, truth)
    assert (scores.patients.found, scores.patients.true, scores.patients.both) == (7, 6, 6)
    assert scores.patients.precision == pytest.approx(6 / 7)
    assert scores.patients.recall == 1
    assert (scores.needs.found, scores.needs.true, scores.needs.both) == (2, 2, 1)
    table = scores.by_relation.set_index("relation")
    assert table.loc["resent", ["rows", "joined", "asked", "mixed"]].tolist() == [1, 1, 0, 0]
    assert table.loc["other_side", ["rows", "joined", "asked", "mixed"]].tolist() == [1, 0, 0, 0]
    assert table.loc["repeat_other_organisation", "joined"] == 0


def test_questions_are_told_apart_from_joins() -> None:
    found, truth = frames(ROWS)
    asked = pd.DataFrame({"entry_id_a": ["E-3", "E-1"], "entry_id_b": ["E-4", "E-5"]})
    scores = score(found, truth, asked=asked)
    table = scores.by_relation.set_index("relation")
    assert table.loc["repeat_other_organisation", ["joined", "asked"]].tolist() == [0, 1]
    assert scores.questions == 2
    assert scores.needs.found == 2


def test_questions_about_look_alikes_are_counted() -> None:
    found, truth = frames(ROWS)
    asked = pd.DataFrame({"entry_id_a": ["E-1"], "entry_id_b": ["E-3"]})
    table = score(found, truth, asked=asked).by_relation.set_index("relation")
    assert table.loc["other_side", ["joined", "asked"]].tolist() == [0, 1]
    assert table.loc["resent", ["joined", "asked"]].tolist() == [1, 0]
    assert table.loc["repeat_other_organisation", "asked"] == 0


def test_a_question_between_other_rows_of_the_same_pathways_counts() -> None:
    rows = [
        ("P", "W1", "p", "n", ""),
        ("P", "W2", "p", "n", "repeat_other_organisation"),
        ("P", "W1", "p", "n", "resent"),
    ]
    found, truth = frames(rows)
    asked = pd.DataFrame({"entry_id_a": ["E-2"], "entry_id_b": ["E-3"]})
    table = score(found, truth, asked=asked).by_relation.set_index("relation")
    assert table.loc["repeat_other_organisation", "asked"] == 1


def test_a_pathway_of_two_needs_is_mixed() -> None:
    found, truth = frames([("P", "W", "p", "n1", ""), ("P", "W", "p", "n2", "other_side")])
    table = score(found, truth).by_relation.set_index("relation")
    assert table.loc["other_side", "mixed"] == 1


def test_closed_rows_do_not_count_where_the_state_is_known() -> None:
    found, truth = frames(ROWS)
    assert score(found.assign(list_state="open"), truth).needs.true == 2
    assert score(found.assign(list_state=["open", "closed"] * 3), truth).needs.true == 0


def test_a_row_without_a_group_stands_alone() -> None:
    found, truth = frames([("P", "W", "p", "n", ""), ("P", "W", "p", "n", "resent")])
    lone = found.assign(pathway_id=[None, None])
    assert score(lone, truth).needs.found == 0


def test_nothing_found_and_nothing_true_is_right() -> None:
    found, truth = frames([("P", "W", "p", "n", "")])
    scores = score(found, truth)
    assert (scores.needs.precision, scores.needs.recall) == (1, 1)


def test_rows_that_do_not_fit_are_counted_in_the_error() -> None:
    found, truth = frames(ROWS)
    with pytest.raises(InputError, match="1 rows only in the truth and 0 only"):
        score(found.iloc[1:], truth)
    with pytest.raises(InputError, match="found: 1 rows have the file and row of another"):
        score(pd.concat([found, found.iloc[:1]]), truth)


def test_the_truth_itself_scores_one() -> None:
    truth = generate_region(entries=2000, seed=3).truth
    truth = truth.assign(source_file="x", source_row=range(1, len(truth) + 1))
    found = truth.rename(columns={"person_id": "patient_id", "need_id": "pathway_id"})
    scores = score(found[["source_file", "source_row", "patient_id", "pathway_id"]], truth)
    for each in (scores.patients, scores.needs):
        assert (each.precision, each.recall) == (1, 1)
        assert each.true > 100
    assert scores.by_relation["mixed"].sum() == 0
    assert set(scores.by_relation["relation"]) == set(truth["relation"]) - {""}
