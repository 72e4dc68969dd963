"""Who says what is one person? The same records to each engine, each with its own best settings.

An engine is a function of a folder that ``data.DataSet.save`` wrote; it returns a label for each
record, the seconds from records in memory to labels, and what else it can say. Run as a process of
its own it writes them beside the records, with the most memory that the process ever held:

    python -m benchmarks.peers ENGINE FOLDER [THRESHOLD]
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import waitlist_merge as wm
from benchmarks.data import read_records
from benchmarks.trace import trace

Labels = NDArray[np.int32]
Edges = tuple[NDArray[np.int64], NDArray[np.int64]]

KILOBYTES = 2**20
"""In a gigabyte: Linux counts the largest resident size in kilobytes."""


@dataclass(slots=True)
class Answer:
    """Labels and seconds of one engine; ``weights``: edges with weights, to sweep a threshold.

    ``questions`` are the pairs that the engine asks a person about.
    """

    labels: Labels
    seconds: float
    questions: Edges | None = None
    weights: pd.DataFrame | None = None
    notes: dict[str, float] = field(default_factory=dict)


def together(edges: Edges, size: int) -> Labels:
    """Connected components of these pairs."""
    ones = np.ones(len(edges[0]), dtype=np.int8)
    return connected_components(coo_array((ones, edges), shape=(size, size)), directed=False)[1]


def ours(folder: Path, _threshold: float | None) -> Answer:
    """This library: ids of patients, training and grouping included."""
    records = read_records(folder)
    start = time.perf_counter()
    match = wm.match_patients(records)
    ids = match.patient_id
    seconds = time.perf_counter() - start
    asked = match.questions
    questions = asked["a"].to_numpy(np.int64), asked["b"].to_numpy(np.int64)
    labels = pd.factorize(ids)[0].astype(np.int32)
    return Answer(labels, seconds, questions, notes={"pairs": match.candidate_pairs})


def number_only(folder: Path, _threshold: float | None) -> Answer:
    """Records of one NHS number, or of one person key, are one person; nothing else counts."""
    records = read_records(folder)
    start = time.perf_counter()
    label = np.arange(len(records))
    for name in ("person_key", "nhs_number"):
        if name in records:
            codes, _ = pd.factorize(records[name])
            label = np.where(codes >= 0, len(records) + codes, label)
    labels = pd.factorize(label)[0].astype(np.int32)
    return Answer(labels, time.perf_counter() - start)


def national_trace(folder: Path, _threshold: float | None) -> Answer:
    """Rules like those of the national trace (domain 4.1), within the records themselves."""
    records = read_records(folder)
    start = time.perf_counter()
    labels = trace(records, together)
    return Answer(labels, time.perf_counter() - start)


def toolkit(folder: Path, threshold: float | None) -> Answer:
    """Plain recordlinkage: see ``toolkit_peer``; pairs over a probability."""
    from benchmarks.toolkit_peer import score  # noqa: PLC0415  (its memory is its own)

    records = read_records(folder)
    start = time.perf_counter()
    weights = score(records)
    over = weights[weights["weight"] >= (0.5 if threshold is None else threshold)]
    labels = together((over["a"].to_numpy(), over["b"].to_numpy()), len(records))
    return Answer(labels.astype(np.int32), time.perf_counter() - start, weights=weights)


def splink(folder: Path, threshold: float | None) -> Answer:
    """Splink on DuckDB: see ``splink_peer``."""
    from benchmarks.splink_peer import link  # noqa: PLC0415  (its memory is its own)

    found = link(folder / "records.parquet", threshold)
    return Answer(found.labels, found.seconds, weights=found.weights, notes=found.parts)


ENGINES: dict[str, Callable[[Path, float | None], Answer]] = {
    "waitlist_merge": ours,
    "splink": splink,
    "recordlinkage": toolkit,
    "nhs-number": number_only,
    "trace-rules": national_trace,
}

SWEPT = ("splink", "recordlinkage")
"""Engines that leave the threshold to their user: all are tried and the best is taken."""


def main() -> None:
    engine, folder = sys.argv[1], Path(sys.argv[2])
    threshold = float(sys.argv[3]) if len(sys.argv) > 3 else None
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    answer = ENGINES[engine](folder, threshold)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
    np.save(folder / f"{engine}.labels.npy", answer.labels)
    if answer.questions is not None:
        np.save(folder / f"{engine}.questions.npy", np.stack(answer.questions))
    if answer.weights is not None:
        answer.weights.to_parquet(folder / f"{engine}.weights.parquet")
    said = {"seconds": answer.seconds, "peak_gb": peak} | answer.notes
    (folder / f"{engine}.json").write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main()
