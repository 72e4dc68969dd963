"""Does anything get lost in a quarter? Thirteen Mondays of a region, and all that goes wrong.

People join, leave, are treated, die, are corrected; reviewers answer, some of them wrong, some in
conflict; one organisation is late, one sends half a file, one changes its hospital numbers; one run
is killed half-way; both rows of a confirmed duplicate are removed in one week::

    python benchmarks/quarter.py --needs 1500

Prints what held, week by week. Figures of one run are in docs/quarter.md.
"""

from __future__ import annotations

import argparse
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import pandas as pd  # noqa: E402

import waitlist_merge as wm  # noqa: E402
from benchmarks.quarter_checks import audit, look, remember  # noqa: E402
from benchmarks.quarter_region import Region  # noqa: E402
from benchmarks.quarter_reviewers import answer  # noqa: E402
from benchmarks.quarter_state import IDS, Lists, Quarter, Script, ids_of, monday  # noqa: E402
from waitlist_merge.errors import InputError  # noqa: E402
from waitlist_merge.review.arrivals import Allowed  # noqa: E402


def run_quarter(
    folder: Path, *, needs: int, seed: int = 7, script: Script | None = None, key: str = ""
) -> Quarter:
    """The weeks, one after another, and what was seen; ``key`` is by default made of the seed."""
    region = Region.of(needs=needs, seed=seed)
    script = script or Script()
    plan = wm.MergePlan(hmac_key=key or f"quarter of seed {seed}")
    quarter = Quarter(region, folder / "register.db", plan, Random(seed + 1), script)  # noqa: S311
    for week in range(1, script.weeks + 1):
        if week > 1:
            region.pass_a_week(monday(week))
        one_week(quarter, week)
    again(quarter, script.weeks)
    audit(quarter)
    return quarter


def one_week(quarter: Quarter, week: int) -> None:
    """One Monday: the lists come, are merged, looked at, and answered."""
    region = quarter.region
    if week == quarter.script.renumbered:
        region.renumber("RW3")
    if week == quarter.script.both_removed:
        remove_both(quarter)
    lists = region.lists()
    if week == quarter.script.late:
        del lists["R0A"]
    if week == quarter.script.half:
        frame, numbers = lists["RXL"]
        half = len(numbers) // 2
        lists["RXL"] = (frame.iloc[:half], numbers[:half])
    if week == quarter.script.killed:
        killed_half_way(quarter, week, lists)
    start = perf_counter()
    result = merged(quarter, week, lists)
    seconds = perf_counter() - start
    look(quarter, week, lists, result, seconds)
    answer(quarter, week, lists, result)
    remember(quarter, week, result)


def extracts(week: int, lists: Lists) -> list[wm.Extract]:
    return [
        wm.Extract.from_frame(
            frame, organisation=code, census_date=monday(week), name=f"{code}.csv"
        )
        for code, (frame, _) in lists.items()
    ]


def merged(quarter: Quarter, week: int, lists: Lists) -> wm.MergeResult:
    """The run; a list that is not as expected stops it first, and then somebody accepts it."""
    script = quarter.script
    wrong = {
        script.late: ("absent", "R0A"),
        script.half: ("fewer", "RXL"),
        script.renumbered: ("renumbered", "RW3"),
    }
    allowed = None
    with wm.Register.open(str(quarter.register)) as register:
        if week in wrong:
            kind, code = wrong[week]
            try:
                wm.merge(extracts(week, lists), register=register, plan=quarter.plan)
                quarter.check(False, f"week {week}: {kind} {code} did not stop the run")
            except InputError as error:
                quarter.check(f"--allow-{kind} {code}" in str(error), f"week {week}: {error}")
            allowed = Allowed(**{kind: (code,)})
        return wm.merge(
            extracts(week, lists), register=register, allowed=allowed, plan=quarter.plan
        )


def killed_half_way(quarter: Quarter, week: int, lists: Lists) -> None:
    """A run of its own process, killed as it begins to remember: it leaves nothing."""
    with wm.Register.open(str(quarter.register)) as register:
        before = len(register.runs())
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        pickle.dump((str(quarter.register), quarter.plan, week, lists), file)
        file.flush()
        ended = subprocess.run([sys.executable, __file__, "--killed", file.name], check=False)
    quarter.check(ended.returncode == -signal.SIGKILL, f"week {week}: the run was not killed")
    with wm.Register.open(str(quarter.register)) as register:
        quarter.check(len(register.runs()) == before, f"week {week}: the killed run is recorded")


def to_be_killed(path: str) -> None:
    """What the killed process does."""
    register, plan, week, lists = pickle.loads(Path(path).read_bytes())  # noqa: S301 - our own

    def progress(stage: str) -> None:
        if stage == "remember":
            os.kill(os.getpid(), signal.SIGKILL)

    with wm.Register.open(register) as opened:
        wm.merge(extracts(week, lists), register=opened, plan=plan, progress=progress)


def remove_both(quarter: Quarter) -> None:
    """Both organisations close their row of a duplicate that both have confirmed."""
    confirmed = [each for each in quarter.confirmed_pairs() if each not in quarter.work]
    quarter.check(bool(confirmed), "no confirmed duplicate to remove both rows of")
    if confirmed:
        quarter.both = quarter.region.places[confirmed[0][0]].need
        for each in confirmed[0]:
            quarter.region.places[each].state = "gone"


def again(quarter: Quarter, week: int) -> None:
    """The last lists once more: nothing changes."""
    lists = quarter.region.lists()
    result = _repeat(quarter, week, lists)
    now = ids_of(lists, result)
    changed = sum(quarter.ids[place][0] != ids[0] for place, ids in now.items())
    quarter.check(changed == 0, f"again: {changed} entry ids changed")


def _repeat(quarter: Quarter, week: int, lists: Lists) -> wm.MergeResult:
    with wm.Register.open(str(quarter.register)) as register:
        once_more = partial(wm.merge, register=register, plan=quarter.plan)
        once_more(extracts(week, lists))
        first, second = once_more(extracts(week, lists)), once_more(extracts(week, lists))
    for name in IDS:
        same = first.entries[name].tolist() == second.entries[name].tolist()
        quarter.check(same, f"again: some {name} changed on unchanged lists")
    quarter.check(
        first.changes.astype(object).equals(second.changes.astype(object)),
        "again: the changes told are others",
    )
    return second


def report(quarter: Quarter) -> str:
    """What held, in lines."""
    table = pd.DataFrame(quarter.told).to_string(index=False)
    ids = [
        f"{name}: {quarter.kept[name] - quarter.lost_ids[name]:,} of {quarter.kept[name]:,} kept"
        for name in quarter.kept
    ]
    held = "everything held" if not quarter.failures else "DID NOT HOLD:"
    answers = (
        f"answers given and kept: {quarter.given:,}, {quarter.in_books:,} of them in workbooks"
    )
    work = (
        f"steps of work: {quarter.steps:,}; closed by agreement and asked about no more: "
        f"{quarter.closed:,} times looked; closed in words only and told: {quarter.kept_on:,} times"
    )
    waits = (
        f"clock starts of rows moved to a later day and told: {quarter.later:,}; "
        f"kept apart, and one since by newer answers: {quarter.anew:,} times looked"
    )
    mistaken = f"needs that wrong answers took for another, and left: {len(quarter.mistaken)}"
    return "\n".join([table, "", *ids, answers, work, waits, mistaken, held, *quarter.failures])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=1_500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--key", default="", help="of the entry ids; another asks otherwise")
    parser.add_argument("--killed", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.killed:
        to_be_killed(given.killed)
        return
    with tempfile.TemporaryDirectory() as folder:
        quarter = run_quarter(Path(folder), needs=given.needs, seed=given.seed, key=given.key)
    print(report(quarter))
    sys.exit(bool(quarter.failures))


if __name__ == "__main__":
    main()
