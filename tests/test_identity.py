"""Ids: unique, unchanged by order, keyed, and wrong characters are noticed."""

from __future__ import annotations

import hmac
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from waitlist_merge import identity
from waitlist_merge.group_ids import group_ids, ids_by_rank
from waitlist_merge.id_letters import ALPHABET, check_characters, valid_id, written
from waitlist_merge.identity import entry_ids, keyed_digest, keyed_hashes
from waitlist_merge.ranks import content_ranks

VALUES = st.sampled_from([None, "1", "2"])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "organisation": st.sampled_from(["RM3", "RW3"]),
            "local_patient_identifier": VALUES,
            "patient_pathway_identifier": VALUES,
            "waiting_list_entry_identifier": VALUES,
            "treatment_function_code": st.sampled_from([None, "110", "130"]),
            "referral_date": st.sampled_from([None, "2026-01-05"]),
            "comments": VALUES,
        }
    ),
    min_size=1,
    max_size=8,
)


@given(ROWS, st.randoms())
def test_ids_are_unique_and_stay_with_their_row(typed, rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    frame = typed(rows).drop(columns="entry_id")
    shuffled = typed([rows[at] for at in order]).drop(columns="entry_id")
    ids, again = entry_ids(frame), entry_ids(shuffled)
    assert len(set(ids)) == len(rows)
    content = [sorted(row.items()) for row in rows]
    moved = [content[at] for at in order]
    assert sorted(zip(content, ids, strict=True), key=str) == sorted(
        zip(moved, again, strict=True), key=str
    )


def test_a_column_that_others_lack_changes_no_id(typed):
    rows = [{"organisation": "RM3", "comments": text} for text in ("b", "a")]
    frame = typed(rows).drop(columns="entry_id")
    wider = frame.assign(birth_date_source=pd.Categorical([None, None]))
    assert entry_ids(frame).tolist() == entry_ids(wider).tolist()


def test_ids_show_no_number_and_depend_on_the_key(typed):
    frame = typed([{"organisation": "RM3", "local_patient_identifier": "1234567"}])
    public, secret = entry_ids(frame), entry_ids(frame, key="a secret")
    assert "1234567" not in public[0]
    assert public[0] != secret[0]


def test_two_messages_of_one_hash_still_differ(monkeypatch):
    calls = iter([["A" * 12, "A" * 12], ["B" * 12]])
    monkeypatch.setattr(identity, "base32", lambda _digests: next(calls))
    assert keyed_hashes(["one", "two"]) == ["A" * 12, "B" * 12]


@given(
    st.text(ALPHABET, min_size=12, max_size=12),
    st.integers(0, 12),
    st.sampled_from(ALPHABET),
)
def test_any_one_wrong_character_is_noticed(body, place, wrong):
    whole = "P-" + body + check_characters([body])[0]
    assert valid_id(whole)
    at = place + 2
    changed = whole[:at] + wrong + whole[at + 1 :]
    assert valid_id(changed) == (changed == whole)


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5, unique_by=lambda each: each >> 4)
)
def test_an_id_shows_the_first_sixty_bits_of_a_number(hashes):
    with ThreadPoolExecutor(1) as pool:
        found = written("P", np.array(hashes, dtype=np.uint64), pool).tolist()
    bodies = ["".join(ALPHABET[each >> 59 - 5 * at & 31] for at in range(12)) for each in hashes]
    assert [text.decode()[:-1] for text in found] == ["P-" + body for body in bodies]
    assert all(valid_id(text.decode()) for text in found)


def test_nothing_has_no_hashes():
    assert keyed_hashes([]) == []


def test_no_groups_no_ids():
    assert group_ids("P", np.empty(0, dtype=np.int32), []).tolist() == []


RANKED = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=12)


@given(RANKED, st.randoms())
def test_ids_by_rank_follow_what_the_groups_hold(rows, random):
    """One id a group, all different; shuffled rows keep theirs, but for groups that are alike."""
    ranks = np.array([rank for rank, _ in rows], dtype=np.uint64)
    groups = np.unique([group for _, group in rows], return_inverse=True)[1].astype(np.int32)
    ids = ids_by_rank("P", groups, ranks)
    assert ids.nunique() == len(set(groups)) == len(set(zip(ids, groups, strict=True)))
    assert all(valid_id(each) for each in ids)
    order = list(range(len(rows)))
    random.shuffle(order)
    relabelled = np.unique(-groups[order], return_inverse=True)[1].astype(np.int32)
    again = ids_by_rank("P", relabelled, ranks[order])
    assert sorted(zip(again, ranks[order], strict=True)) == sorted(zip(ids, ranks, strict=True))


def test_no_rows_have_no_ids():
    nothing = np.empty(0)
    assert ids_by_rank("P", nothing.astype(np.int32), nothing.astype(np.uint64)).empty


@pytest.mark.parametrize("kind", ["category", "object", "float64", "datetime64[s]"])
def test_content_ranks_tell_rows_apart_and_know_equal_ones(kind):
    values = {"datetime64[s]": ["2020-01-01", None, "2020-01-02"], "float64": [1.0, None, 2.0]}
    told = values.get(kind, ["a", None, "b"])
    frame = pd.DataFrame({"x": pd.Series([*told, told[0]]).astype(kind)})
    one, none, other, same = content_ranks(frame)
    assert one == same
    assert len({one, none, other}) == 3
    assert none == 0


@given(st.lists(st.sampled_from([None, *"abcdef"])))
def test_content_ranks_do_not_depend_on_categories_that_no_row_has(texts):
    few, many = (
        pd.DataFrame({"x": pd.Categorical(texts, categories=sorted(kinds))})
        for kinds in ({*texts} - {None}, "abcdefghijklmnop")
    )
    assert content_ranks(few).tolist() == content_ranks(many).tolist()


@given(st.text(min_size=1, max_size=100), st.binary(max_size=200))
def test_keyed_digests_are_those_of_rfc_2104(key, message):
    assert keyed_digest(key)(message) == hmac.digest(key.encode(), message, "sha256")
