"""Plain recordlinkage 0.16: its blocks, its comparisons and its ECM classifier."""

from __future__ import annotations

import numpy as np
import pandas as pd
import recordlinkage as rl

from benchmarks.rules import MIDDLE, RULES, usable

LIKE = 0.88
"""Jaro-Winkler likeness from which two names or addresses agree."""


def score(records: pd.DataFrame) -> pd.DataFrame:
    """Pairs that share a block, as positions ``a`` and ``b``, and the classifier's probability."""
    text = records.astype({name: object for name in records.columns if name != "birth_date"})
    text = text.assign(birth_date=records["birth_date"].dt.strftime("%Y-%m-%d"))
    if "local_patient_identifier" in text:
        text["own"] = text["organisation"] + "/" + text["local_patient_identifier"]
    has = {name for name in text.columns if text[name].notna().any()}
    pairs = _pairs(text, [list(each) for each in usable(RULES + MIDDLE, has)])
    compare = rl.Compare()
    for name in _present(has, "family_name", "given_name", *_address(has)):
        compare.string(name, name, method="jarowinkler", threshold=LIKE, label=name)
    for name in _present(
        has, "nhs_number", "person_key", "own", "birth_date", "postcode", "gender"
    ):
        compare.exact(name, name, label=name)
    features = compare.compute(pairs, text)
    varied = features.loc[:, features.min() < features.max()]
    classifier = rl.ECMClassifier(binarize=0.5)
    classifier.fit(varied)
    a, b = (np.asarray(pairs.get_level_values(each), dtype=np.int64) for each in (0, 1))
    return pd.DataFrame({"a": a, "b": b, "weight": classifier.prob(varied).to_numpy()})


def _present(has: set[str], *names: str) -> list[str]:
    return [name for name in names if name in has]


def _address(has: set[str]) -> list[str]:
    """The address helps where no household is: on FEBRL, which has no sex (see splink_peer)."""
    return [] if "gender" in has else ["address"]


def _pairs(text: pd.DataFrame, rules: list[list[str]]) -> pd.MultiIndex:
    """The pairs of all rules; one at a time, since the toolkit pairs missing with missing."""
    found: pd.MultiIndex | None = None
    for columns in rules:
        index = rl.Index()
        index.block(columns)
        more = index.index(text.dropna(subset=columns))
        found = more if found is None else found.union(more)
    return found
