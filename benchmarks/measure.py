"""How right, how long, how big? One engine on one data set, in a process of its own.

Pairs are counted from the sizes of groups, never listed. Thresholds are tried on the pairs of a
first run; a second run, with the best threshold fixed, is the one that is timed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.data import DATA_SETS
from benchmarks.peers import SWEPT, together
from waitlist_merge.demo.score import PairScore, pair_score

Labels = NDArray[np.int32]

ROOT = Path(__file__).parents[1]

THRESHOLDS = {
    "splink": np.arange(-4.0, 30.5, 1.0),
    "recordlinkage": np.array(
        [0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999]
    ),
}
"""Match weights in bits; probabilities."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table."""

    data: str
    engine: str
    records: int
    score: PairScore
    seconds: float
    peak_gb: float
    threshold: float | None = None
    questions: int | None = None
    true_questions: int | None = None
    unjoined_asked: float | None = None

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return f1(self.score)

    def row(self) -> dict[str, str]:
        """The line as text, each figure as far as it says something."""
        asked = self.questions
        return {
            "data": self.data,
            "engine": self.engine,
            "records": f"{self.records:,}",
            "true pairs": f"{self.score.true:,}",
            "precision": f"{self.score.precision:.5f}",
            "recall": f"{self.score.recall:.5f}",
            "F1": f"{self.f1:.5f}",
            "threshold": "" if self.threshold is None else f"{self.threshold:g}",
            "seconds": f"{self.seconds:.1f}",
            "peak GB": f"{self.peak_gb:.2f}",
            "questions per 1,000": "" if asked is None else f"{1000 * asked / self.records:.2f}",
            "of them true": "" if not asked else f"{(self.true_questions or 0) / asked:.2f}",
            "unjoined asked": "" if self.unjoined_asked is None else f"{self.unjoined_asked:.3f}",
        }


def f1(score: PairScore) -> float:
    total = score.precision + score.recall
    return 2 * score.precision * score.recall / total if total else 0.0


def prepared(name: str, work: Path) -> tuple[Path, Labels]:
    """The folder of a data set, made where it is not there yet, and its truth."""
    folder = work / name
    if not (folder / "truth.npy").exists():
        DATA_SETS[name]().save(folder)
    return folder, np.load(folder / "truth.npy")


def measure(name: str, engine: str, work: Path) -> Measured:
    """Run one engine on one data set and score it."""
    folder, truth = prepared(name, work)
    threshold = best_threshold(engine, folder, truth) if engine in SWEPT else None
    said = run(engine, folder, threshold)
    labels = np.load(folder / f"{engine}.labels.npy")
    return Measured(
        data=name,
        engine=engine,
        records=len(truth),
        score=scored(labels, truth),
        seconds=said["seconds"],
        peak_gb=said["peak_gb"],
        threshold=threshold,
        **asked_of(folder / f"{engine}.questions.npy", labels, truth),
    )


def run(engine: str, folder: Path, threshold: float | None = None) -> dict[str, float]:
    """The engine in a process of its own: what it said of its time and memory."""
    given = [] if threshold is None else [str(threshold)]
    command = [sys.executable, "-m", "benchmarks.peers", engine, str(folder), *given]
    subprocess.run(command, check=True, cwd=ROOT)
    said: dict[str, float] = json.loads((folder / f"{engine}.json").read_text(encoding="utf-8"))
    return said


def scored(labels: Labels, truth: Labels) -> PairScore:
    return pair_score(labels.astype(np.int64), truth.astype(np.int64))


def best_threshold(engine: str, folder: Path, truth: Labels) -> float:
    """The threshold of the best F1 on these very records: more than a user could know."""
    run(engine, folder)
    path = folder / f"{engine}.weights.parquet"
    edges = pd.read_parquet(path)
    path.unlink()
    tried = []
    for threshold in THRESHOLDS[engine].tolist():
        over = edges[edges["weight"] >= threshold]
        labels = together((over["a"].to_numpy(), over["b"].to_numpy()), len(truth))
        score = scored(labels, truth)
        tried.append((f1(score), threshold, score.precision, score.recall))
    table = pd.DataFrame(tried, columns=["f1", "threshold", "precision", "recall"])
    table.to_csv(folder / f"{engine}.thresholds.csv", index=False)
    return float(max(tried)[1])


def asked_of(path: Path, labels: Labels, truth: Labels) -> dict[str, float | int]:
    """How many questions, how many true, and what share of true pairs not joined they settle.

    A true pair is settled where a question is about the two groups that its records are in.
    """
    if not path.exists():
        return {}
    a, b = np.load(path)
    groups = int(labels.max(initial=0)) + 1
    between = np.minimum(labels[a], labels[b]).astype(np.int64) * groups
    between += np.maximum(labels[a], labels[b])
    parts = pd.DataFrame({"person": truth, "group": labels}).value_counts().rename("size")
    parts = parts.reset_index()
    split = parts[parts.duplicated("person", keep=False)]
    pairs = split.merge(split, on="person")
    pairs = pairs[pairs["group_x"] < pairs["group_y"]]
    weight = (pairs["size_x"] * pairs["size_y"]).to_numpy()
    key = pairs["group_x"].to_numpy(np.int64) * groups + pairs["group_y"].to_numpy()
    settled = np.isin(key, between)
    share = float(weight[settled].sum() / weight.sum()) if len(weight) else None
    counted: dict[str, float | int] = {
        "questions": len(a),
        "true_questions": int((truth[a] == truth[b]).sum()),
    }
    return counted if share is None else counted | {"unjoined_asked": share}
