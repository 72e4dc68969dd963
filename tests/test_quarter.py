"""Seven Mondays of a small region, with all that goes wrong in a quarter: nobody is lost."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.append(ROOT)

from benchmarks.quarter import run_quarter  # noqa: E402
from benchmarks.quarter_state import SHORT  # noqa: E402


def test_nobody_is_lost_in_seven_weeks(tmp_path):
    quarter = run_quarter(tmp_path, needs=150, seed=11, script=SHORT)
    assert not quarter.failures
    assert quarter.both >= 0
    assert quarter.given > 20
    assert quarter.in_books > 5
    assert quarter.steps > 10
    assert quarter.closed
    assert quarter.kept_on
    assert len(quarter.told) == SHORT.weeks
    assert quarter.lost_ids["entry_id"] <= quarter.kept["entry_id"] / 1000
