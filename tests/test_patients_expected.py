"""What a long list tells of its households and names: counted in a part, about as in the whole."""

from __future__ import annotations

import numpy as np
import pytest

from waitlist_merge.demo.region import generate_region
from waitlist_merge.patients import expected, households
from waitlist_merge.patients.records import prepare


@pytest.fixture(scope="module")
def entries():
    return generate_region(entries=12_000, seed=5).entries


def counted(entries):
    records = prepare(entries)
    return np.log2(households.pairs_per_record(records)), expected.names_together(records)


def test_a_part_tells_about_what_the_whole_tells(entries, monkeypatch):
    whole = counted(entries)
    monkeypatch.setattr(expected, "ENOUGH", 3_000)
    part = counted(entries)
    assert part != whole
    assert part == pytest.approx(whole, abs=0.6)


def test_which_part_does_not_depend_on_the_order_of_rows(entries, monkeypatch):
    monkeypatch.setattr(expected, "ENOUGH", 3_000)
    turned = entries.iloc[::-1].reset_index(drop=True)
    assert counted(turned) == counted(entries)
