"""Is what each question finds counted as a plain walk through the duplicates counts it?"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.append(ROOT)

from benchmarks.asked import asked, by_kind, fewest  # noqa: E402
from benchmarks.pathways import duplicates, merged  # noqa: E402


def test_each_question_finds_the_duplicates_between_the_needs_that_it_is_about() -> None:
    run = merged(4_000, 3, "look-alikes")
    found = duplicates(run)
    told = asked(run, found)
    doubts, group = run.listed.doubts, run.needs.group
    open_ones = doubts.questions.query("level == 'pathway' and joins == 'asked'").index
    needs = doubts.entries.assign(need=group[doubts.entries["entry"]]).groupby("question")["need"]
    about = {number: set(each) for number, each in needs}
    pairs = [
        {group[first], group[row]}
        for first, row, merged_already in zip(found.first, found.row, found.merged, strict=True)
        if not merged_already
    ]
    plain = [sum(pair <= about[number] for pair in pairs) for number in open_ones]
    assert told["found"].tolist() == plain
    assert 0 < sum(plain) <= (found.asked & ~found.merged).sum()
    kinds = by_kind(told)
    assert (kinds["questions"].sum(), kinds["found"].sum()) == (len(told), sum(plain))


def test_no_more_is_lost_than_may_be() -> None:
    days = np.arange(60) % 20
    told = pd.DataFrame({"days": days, "found": np.where(days < 10, 2, days == 15)})
    number, kept = fewest(told, ["days"], may_lose=3)
    assert kept >= 60
    assert number <= 33
    assert fewest(told, ["days"], may_lose=0)[1] == 63
