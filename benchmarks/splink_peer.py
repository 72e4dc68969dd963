"""Splink 5 on DuckDB, with the comparisons its own library has for names, births and postcodes.

The settings were chosen for the best F1 on the region: term frequencies on names, EM on two blocks,
all keys that pair records of one person without millions of strangers.
Records are in a DuckDB table before the clock runs.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import splink.comparison_library as cl
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import ElseLevel, NullLevel

from benchmarks.rules import LOOSE, RULES, SMALL, usable

SWEEP_FROM = -4.0
"""Match weight (bits) from which pairs are kept when thresholds are to be tried."""

U_PAIRS = 1e6
"""Pairs sampled for u. Ten times as many took three times as long to train on the region of 250,000
and gave the same F1 (0.9965)."""

EM_PAIRS = 2e6
"""Pairs of one block that EM may see: bounds the block on full names."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Labels by record, seconds in all and by part, and the scored pairs."""

    labels: NDArray[np.int32]
    seconds: float
    parts: dict[str, float]
    weights: pd.DataFrame | None


def link(parquet: Path, threshold: float | None) -> Linked:
    """Train, predict and cluster; without a threshold every scored pair is handed back."""
    connection = duckdb.connect()
    connection.execute(f"set threads to {os.cpu_count() or 2}").fetchall()
    has, size = _load(connection, parquet)
    clock = [time.perf_counter()]
    api = DuckDBAPI(connection)
    linker = Linker(api.register("records"), _settings(has, size), log_level=None)
    _train(linker, has)
    clock.append(time.perf_counter())
    least = SWEEP_FROM if threshold is None else threshold
    scored = linker.inference.predict(threshold_match_weight=least)
    clock.append(time.perf_counter())
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_weight=max(least, 0.0) if threshold is None else threshold
    )
    clock.append(time.perf_counter())
    frame = clusters.as_pandas_dataframe().sort_values("unique_id")
    weights = None
    if threshold is None:
        pairs = scored.as_pandas_dataframe()[["unique_id_l", "unique_id_r", "match_weight"]]
        weights = pairs.set_axis(["a", "b", "weight"], axis=1)
    took = np.diff(clock)
    parts = dict(zip(("train_s", "predict_s", "cluster_s"), took.tolist(), strict=True))
    labels = pd.factorize(frame["cluster_id"])[0].astype(np.int32)
    return Linked(labels, float(took.sum()), parts, weights)


def _load(connection: duckdb.DuckDBPyConnection, parquet: Path) -> tuple[set[str], int]:
    """The records as text in a table ``records``; the columns with a value; how many records."""
    path = str(parquet)
    named = connection.execute("describe select * from read_parquet(?)", [path]).fetchall()
    columns = [row[0] for row in named]
    chosen = [
        f'strftime("{name}", \'%Y-%m-%d\') as "{name}"'
        if name == "birth_date"
        else f'cast("{name}" as varchar) as "{name}"'
        for name in columns
    ]
    extra = []
    if "local_patient_identifier" in columns:
        extra.append("organisation || '/' || local_patient_identifier as own")
    listed = ", ".join([*chosen, *extra])
    connection.execute(
        f"create table records as select cast(file_row_number as integer) as unique_id, {listed} "  # noqa: S608
        "from read_parquet(?, file_row_number = true)",
        [path],
    ).fetchall()
    counts = connection.execute(
        "select count(*), " + ", ".join(f'count("{name}")' for name in columns) + " from records"  # noqa: S608
    ).fetchall()[0]
    known = {name for name, count in zip(columns, counts[1:], strict=True) if count}
    return known | ({"own"} if "local_patient_identifier" in known else set()), counts[0]


def _settings(has: set[str], size: int) -> SettingsCreator:
    rules = RULES + LOOSE if size <= SMALL else RULES
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(has),
        blocking_rules_to_generate_predictions=[block_on(*each) for each in usable(rules, has)],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def _comparisons(has: set[str]) -> list[object]:
    """Telephone and e-mail are left out, the address but on FEBRL (British lists record the sex).

    Splink takes fields for independent: on lists with households each of these made its F1 worse,
    by 0.02; on FEBRL, where there are none, the address made it better.
    """
    british = "gender" in has
    found: list[object] = [
        cl.ExactMatch(name) for name in ("nhs_number", "person_key", "gender") if name in has
    ]
    found += [cl.NameComparison(name) for name in ("given_name", "family_name") if name in has]
    if "birth_date" in has:
        found.append(cl.DateOfBirthComparison("birth_date", input_is_string=True))
    if "postcode" in has:
        found.append(
            cl.PostcodeComparison("postcode")
            if british
            else cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])
        )
    if "address" in has and not british:
        found.append(
            cl.JaroWinklerAtThresholds("address", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            )
        )
    if "own" in has:
        found.append(_hospital_number())
    return found


def _hospital_number() -> cl.CustomComparison:
    """One number, a number a slip apart or another one at one organisation; two organisations."""
    return cl.CustomComparison(
        output_column_name="own",
        comparison_levels=[
            NullLevel("own"),
            {"sql_condition": "own_l = own_r", "label_for_charts": "same"},
            {
                "sql_condition": "organisation_l = organisation_r and "
                "damerau_levenshtein(own_l, own_r) <= 1",
                "label_for_charts": "a slip apart",
            },
            {"sql_condition": "organisation_l = organisation_r", "label_for_charts": "other"},
            ElseLevel(),
        ],
    )


def _train(linker: Linker, has: set[str]) -> None:
    """Prior from sure rules, u from random pairs, m by EM on two blocks that share no field."""
    sure = [("nhs_number",), ("person_key",), ("own",), ("given_name", "family_name", "birth_date")]
    rules = [block_on(*each) for each in sure if set(each) <= has]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=1)
    for each in _taught(has):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*each), max_pairs=EM_PAIRS
        )


def _taught(has: set[str]) -> list[tuple[str, ...]]:
    """Two blocks, so that each field is learnt on the one that does not hold it fixed.

    Where there are NHS numbers the first block is theirs: full names as a block took two to three
    times as long to train on and gave the same F1 within 0.0003.
    """
    if "given_name" not in has:
        return [("birth_date", "postcode"), ("gender", "person_key")]
    if "nhs_number" in has:
        return [("nhs_number",), ("family_name", "birth_date")]
    if "postcode" not in has:
        return [("birth_date",), ("given_name", "family_name")]
    return [("birth_date", "postcode"), ("given_name", "family_name")]
