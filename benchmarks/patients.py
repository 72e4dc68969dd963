"""How good is the patient level beside its peers? One table, in one run, on the same records.

    python -m benchmarks.patients                              FEBRL, the small region, own shapes
    python -m benchmarks.patients --data region-250k --engines waitlist_merge splink
    python -m benchmarks.patients --seeds 5                    recall by ethnic group, several seeds

Each engine has a process of its own, one after the other. ``--work`` keeps the sets for next time.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.data import DATA_SETS, NUMBERS, region
from benchmarks.measure import Labels, measure, run
from benchmarks.peers import ENGINES

QUICK = [name for name in DATA_SETS if "england" not in name and name[-2:] not in ("1m", "0k")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=DATA_SETS, default=QUICK, metavar="SET")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--seeds", type=int, default=0, help="recall by ethnic group instead")
    parser.add_argument("--entries", type=int, default=100_000, help="of each region with --seeds")
    parser.add_argument("--unnumbered", action="store_true", help="with --seeds: no NHS numbers")
    parser.add_argument("--work", type=Path, help="where sets are kept (else they are not)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        work = given.work or Path(passing)
        if given.seeds:
            without = NUMBERS if given.unnumbered else ()
            print(fairness(given.seeds, given.entries, work, without).to_string())
            return
        rows = []
        for name in given.data:
            for engine in given.engines:
                rows.append(measure(name, engine, work).row())
                print(" ".join(rows[-1].values()), flush=True)
    print(as_markdown(pd.DataFrame(rows)))


def as_markdown(table: pd.DataFrame) -> str:
    """The table as it stands in the documents."""
    lines = [table.columns, ["---"] * len(table.columns), *table.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def fairness(seeds: int, entries: int, work: Path, without: tuple[str, ...]) -> pd.DataFrame:
    """Recall of this library by the ethnic category of the person, over regions of several seeds.

    ``behind`` is how far the recall is under that of the largest group, in points; ``two_se`` two
    standard errors of that difference, people counted as the independent units.
    """
    persons = []
    for seed in range(1, seeds + 1):
        made = region(entries, seed=seed, without=without)
        folder = work / f"region-{entries}-{seed}"
        made.save(folder)
        run("waitlist_merge", folder)
        labels = np.load(folder / "waitlist_merge.labels.npy")
        persons.append(by_person(labels, made.truth, made.ethnic))
    return by_group(pd.concat(persons))


def by_person(labels: Labels, truth: Labels, ethnic: pd.Series | None) -> pd.DataFrame:
    """True pairs and found pairs of each person who has several rows, with the person's group."""
    frame = pd.DataFrame({"person": truth, "found": labels})
    whole = frame["person"].value_counts()
    parts = frame.value_counts(["person", "found"])
    pairs = (parts * (parts - 1) // 2).groupby("person").sum()
    group = pd.Series(np.asarray(ethnic), index=truth).groupby(level=0).first()
    table = pd.DataFrame({"true": whole * (whole - 1) // 2, "found": pairs, "group": group})
    return table[table["true"] > 0]


def by_group(persons: pd.DataFrame) -> pd.DataFrame:
    """Recall by group beside that of the largest, with two standard errors of the difference."""
    rows = {}
    for name, some in persons.groupby("group"):
        recall = some["found"].sum() / some["true"].sum()
        # The ratio of two sums over people: its error from the people's own residuals.
        residual = some["found"] - recall * some["true"]
        error = np.sqrt((residual**2).sum()) / some["true"].sum()
        rows[name] = (len(some), int(some["true"].sum()), recall, error)
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["people", "pairs", "recall", "error"]
    ).sort_values("pairs", ascending=False)
    largest = table.iloc[0]
    behind = 100 * (largest["recall"] - table["recall"])
    both = 200 * np.sqrt(table["error"] ** 2 + largest["error"] ** 2)
    both.iloc[0] = 0.0
    return table.assign(behind=behind, two_se=both, fair=behind - both <= 0.5)


if __name__ == "__main__":
    main()
