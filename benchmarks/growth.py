"""How does the time grow with the list? This library on England's shape at four sizes.

    python -m benchmarks.growth
    python -m benchmarks.growth --data england-10k england-100k --engines waitlist_merge splink

Seconds are from records in memory to patient ids; the peak is of the whole process, records and
all. ``per million`` shows at a glance whether the growth is linear.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.measure import measure
from benchmarks.patients import as_markdown
from benchmarks.peers import ENGINES

SIZES = ("england-1m", "england-2m", "england-4m", "england")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=SIZES, metavar="SET")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=["waitlist_merge"])
    parser.add_argument("--work", type=Path, help="where sets are kept (else they are not)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        work = given.work or Path(passing)
        rows = [line(name, engine, work) for engine in given.engines for name in given.data]
    print(as_markdown(pd.DataFrame(rows)))


def line(name: str, engine: str, work: Path) -> dict[str, str]:
    """One size and engine, printed as soon as it is known."""
    found = measure(name, engine, work)
    row = {
        "engine": engine,
        "records": f"{found.records:,}",
        "seconds": f"{found.seconds:.1f}",
        "per million": f"{found.seconds / found.records * 1e6:.1f}",
        "peak GB": f"{found.peak_gb:.2f}",
        "precision": f"{found.score.precision:.5f}",
        "recall": f"{found.score.recall:.5f}",
    }
    print(*row.values(), flush=True)
    return row


if __name__ == "__main__":
    main()
