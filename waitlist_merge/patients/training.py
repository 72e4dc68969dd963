"""How often are true pairs at each level, in this data? Expectation maximisation on patterns.

The u of each level is known (frequencies of the data, published rates); what differs from place to
place is how often true pairs disagree. Pairs that agree on an identifier teach all other fields;
where there are few of those, pairs that agree on birth date teach names and address, and pairs that
agree on names teach birth date and address: a field is never taught by pairs that were chosen by
it. Counts are of distinct patterns of levels, hundreds and not millions, and the published rates
enter as ``PRIOR_PAIRS`` pairs, so that few data move them little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.patients.blocking import teaching_key
from waitlist_merge.patients.blocks import Key
from waitlist_merge.patients.coding import Level, pair_rank
from waitlist_merge.patients.levels import LEVELS, compare
from waitlist_merge.patients.model import PatientModel, Rates
from waitlist_merge.patients.pairs import Pairs, all_pairs
from waitlist_merge.patients.records import Records

PRIOR_PAIRS = 200.0
"""Weight of the published rates against the pairs of the data, in pairs."""

ROUNDS = 30
"""Rounds of expectation and maximisation: the rates move by less than a thousandth well before."""

ENOUGH_PAIRS = 2_000
"""True pairs that have taught a field from which no further key need teach it."""

MOST_PAIRS = 300_000
"""Pairs that a key teaches with at most: a share of them by what they are, always the same ones."""

CHOSEN_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nhs_number": ("nhs_number",),
        "person_key": ("person_key",),
        "local_patient_identifier": ("local_patient_identifier",),
        "birth date and postcode": ("birth_date", "postcode", "address"),
        "birth date and given name": ("birth_date", "given_name", "name_order"),
        "full name and postcode": (
            *("family_name", "given_name", "name_order"),
            *("postcode", "address"),
        ),
    }
)
"""Blocking keys whose pairs teach, in order, and the fields by which those pairs were chosen."""

MOST_DISAGREEMENT = 8.0
"""How many times the published rate of plain disagreement ("other") data may teach: pairs that a
birth date or an address chose are also of relatives, who disagree in earnest."""

IDENTIFYING = ("nhs_number", "person_key", "local_patient_identifier")
"""Keys whose pairs are hardly ever of two people, relatives or not."""

IDENTIFIERS = ("nhs_number", "person_key")
"""Fields that are never taught: how often one person has two numbers is not for data to say that
hold hardly any."""


def train(
    model: PatientModel,
    records: Records,
    keys: Sequence[Key],
    *,
    hashed: NDArray[np.uint64],
) -> PatientModel:
    """The model with the rates of agreement that these records show.

    ``hashed`` is a number for each record by what it is: it picks the pairs that teach where there
    are too many, so that order and chunks change nothing.
    """
    m, u = model.rates()
    counted = {name: np.zeros(len(LEVELS[name])) for name in m}
    by_relatives: set[str] = set()
    by_name = {key.name: key for key in keys}
    for name, chosen_by in CHOSEN_BY.items():
        untaught = {
            field
            for field, counts in counted.items()
            if counts.sum() < ENOUGH_PAIRS and field not in (*chosen_by, *IDENTIFIERS)
        }
        key = by_name.get(name) or (teaching_key(records, name) if untaught else None)
        if key is None or not untaught:
            continue
        a, b = _some_pairs(key, hashed)
        if not len(a):
            continue
        patterns, counts = as_patterns(compare(records, a, b))
        chosen = (*chosen_by, *IDENTIFIERS)
        copies = _copies(patterns)
        found = expected_counts(patterns, np.where(copies, 0.0, counts), m, u, chosen_by=chosen)
        if copies.any() and "local_patient_identifier" in found:
            whole = expected_counts(patterns, counts, m, u, chosen_by=chosen)
            found["local_patient_identifier"] = whole["local_patient_identifier"]
        for field in untaught:
            counted[field] += found[field]
            if name not in IDENTIFYING:
                by_relatives.add(field)
    learnt = {name: posterior(m[name], counted[name]) for name in m}
    rates = {
        name: _bounded(name, m[name], learnt[name]) if name in by_relatives else learnt[name]
        for name in m
    }
    return model.with_m(rates).expecting(_whole(m) / _whole(rates))


def _whole(m: Rates) -> float:
    """The share of true pairs that agree on full name and birth date."""
    return float(np.prod([m[name][1] for name in ("family_name", "given_name", "birth_date")]))


def _copies(patterns: Mapping[str, Level]) -> NDArray[np.bool_]:
    """Patterns of one registration that agree in everything: the same record sent twice.

    They would teach that nobody's details ever differ.
    """
    alike = [found <= 1 for field, found in patterns.items() if field != "nhs_number"]
    return np.asarray((patterns["local_patient_identifier"] == 1) & np.all(alike, axis=0))


def _bounded(
    field: str, published: NDArray[np.float64], learnt: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The learnt rates with plain disagreement held near the published ones."""
    if field not in ("family_name", "given_name", "birth_date", "gender"):
        return learnt
    plain = np.asarray([name.startswith("other") for name in LEVELS[field]])
    most = np.where(plain, published * MOST_DISAGREEMENT, np.inf)
    return np.minimum(learnt, most)


def _some_pairs(key: Key, hashed: NDArray[np.uint64]) -> Pairs:
    """The pairs of one key, or a share of them chosen by what they are."""
    a, b = all_pairs([key])
    every = np.uint64(len(a) // MOST_PAIRS + 1)
    chosen = pair_rank(hashed, a, b) % every == 0
    return a[chosen], b[chosen]


def expected_counts(
    patterns: Mapping[str, Level],
    counts: NDArray[np.float64],
    m: Mapping[str, NDArray[np.float64]],
    u: Mapping[str, NDArray[np.float64]],
    *,
    chosen_by: Iterable[str],
) -> Rates:
    """Expected true pairs at each level of each field, from the pairs that one key chose.

    ``patterns`` has one int8 array a field, one element a pattern; ``counts`` the pairs of each.
    ``m`` and ``u`` have a probability for each level, level 0 (missing) being 1 in both. Fields in
    ``chosen_by`` teach nothing here.
    """
    fields = [name for name in patterns if name not in set(chosen_by)]
    rates = {name: m[name].copy() for name in fields}
    share = 0.5
    for _ in range(ROUNDS):
        odds = np.full(len(counts), np.log(share) - np.log1p(-share))
        for name in fields:
            odds += np.log(rates[name] / u[name])[patterns[name]]
        belief = counts / (1 + np.exp(-np.clip(odds, -50, 50)))
        share = float(np.clip(belief.sum() / max(counts.sum(), 1.0), 1e-6, 1 - 1e-6))
        found = {name: _by_level(patterns[name], belief, name) for name in fields}
        rates = {name: posterior(m[name], found[name]) for name in fields}
    return found


def posterior(published: NDArray[np.float64], counted: NDArray[np.float64]) -> NDArray[np.float64]:
    """The published rates of a field with what was counted added as so many pairs.

    >>> posterior(np.array([1.0, 0.9, 0.1]), np.array([50.0, 800.0, 0.0])).round(3).tolist()
    [1.0, 0.98, 0.02]
    """
    rates = published.copy()
    prior = published[1:] / published[1:].sum() * PRIOR_PAIRS
    rates[1:] = (prior + counted[1:]) / (PRIOR_PAIRS + counted[1:].sum()) * published[1:].sum()
    return rates


def _by_level(levels: Level, weight: NDArray[np.float64], field: str) -> NDArray[np.float64]:
    return np.bincount(levels, weights=weight, minlength=len(LEVELS[field])).astype(np.float64)


def as_patterns(
    levels: Mapping[str, Level],
) -> tuple[dict[str, Level], NDArray[np.float64]]:
    """The distinct patterns of levels, in order, and how many pairs have each.

    In order, so that sums over patterns do not depend on the order of rows.
    """
    packed = np.zeros(len(next(iter(levels.values()))), dtype=np.int64)
    for name, found in levels.items():
        packed = packed * len(LEVELS[name]) + found
    codes, distinct = pd.factorize(packed, sort=True)
    first = np.zeros(len(distinct), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    patterns = {name: found[first] for name, found in levels.items()}
    return patterns, np.bincount(codes).astype(np.float64)
