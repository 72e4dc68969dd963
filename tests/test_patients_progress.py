"""Who wants to hear how far the linkage is hears it, from nothing to all; others hear nothing."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.console import Console

from waitlist_merge.demo import generate_region
from waitlist_merge.patients import link_patients, match_patients, progress
from waitlist_merge.plan import PatientPlan


@pytest.fixture(scope="module")
def people():
    entries = generate_region(entries=400, seed=2).entries
    return entries[["family_name", "given_name", "birth_date", "postcode"]]


def test_shares_make_a_whole():
    assert sum(progress.SHARES.values()) == pytest.approx(1)


def test_a_listener_hears_every_stage_in_order_and_the_pairs_to_the_last(people):
    heard = []
    plan = PatientPlan(chunk_pairs=1_000)
    match_patients(people, plan, progress=lambda stage, share: heard.append((stage, share)))
    stages = [stage for stage, _ in heard]
    shares = [share for _, share in heard]
    assert list(dict.fromkeys(stages)) == list(progress.SHARES)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert max(share for stage, share in heard if stage == "pairs") == pytest.approx(0.9)


def test_listening_changes_no_id(people):
    told = link_patients(people, progress=lambda _stage, _share: None)
    pd.testing.assert_series_equal(told, link_patients(people))


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_shown_on_a_terminal_only(people, monkeypatch, terminal):
    said = io.StringIO()
    monkeypatch.setattr(
        progress, "Console", lambda **_: Console(file=said, force_terminal=terminal, width=100)
    )
    link_patients(people, progress=True)
    assert ("patients" in said.getvalue()) == terminal
