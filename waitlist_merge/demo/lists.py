"""What may a demo region be made of? The packaged lists, as arrays ready to draw from.

All are ``demo_*.csv`` in ``waitlist_merge/reference``, each with its source in its first lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from waitlist_merge.demo.columns import Text
from waitlist_merge.demo.draw import Choices, Floats, Ints, Mask
from waitlist_merge.reference import load

COHORT_STARTS = (1945, 1965, 1985, 2005)
"""First birth years of the second to fifth cohort of names."""

OLDEST = 104
"""Greatest age in a region, years."""

MALE, FEMALE = 0, 1
_WEIGHTS = ["w1", "w2", "w3", "w4", "w5"]


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Given and family names with their weights by group, sex and birth cohort."""

    given: pd.DataFrame
    family: pd.DataFrame
    given_choices: Choices
    """Rows: (group * 2 + sex) * 5 + cohort; columns: rows of ``given``."""
    family_choices: Choices
    """Rows: groups; columns: rows of ``family``."""
    like: Ints
    """For each given name the most like other one of its pool and sex: twins are named so."""


@dataclass(frozen=True, slots=True, eq=False)
class Services:
    """Treatment functions: who waits, how long, and for what."""

    frame: pd.DataFrame
    joint: Floats
    """Share of waits by age (0 to OLDEST), sex (male, female) and treatment function."""
    by_person: Choices
    """Rows: age * 2 + sex; columns: treatment functions."""
    weeks: Choices
    """Rows: treatment function * 2 + (1 with a decision to admit); columns: 105 weeks."""
    admitted: Floats
    """Share with a decision to admit, by treatment function."""
    procedures: pd.DataFrame
    by_patient: Choices
    """Rows: (treatment function * (OLDEST + 1) + age) * 2 + sex; columns: procedures."""


def _pairs(text: str) -> dict[str, float]:
    """Names and weights from 'A:96 C:2'."""
    return {name: float(weight) for name, weight in (each.split(":") for each in text.split())}


@cache
def groups() -> pd.DataFrame:
    """Groups of names; ``s1`` to ``s5`` as numbers."""
    listed = load("demo_groups")
    numbers = ["s1", "s2", "s3", "s4", "s5", "surname_kept", "first_january"]
    return listed.astype(dict.fromkeys(numbers, float))


@cache
def group_shares() -> Choices:
    """Rows: cohorts; columns: groups."""
    return Choices.of(groups()[["s1", "s2", "s3", "s4", "s5"]].to_numpy().T)


@cache
def ethnic_codes() -> tuple[tuple[str, ...], Choices]:
    """The ethnic categories in use, and their weights by group."""
    parsed = [_pairs(str(text)) for text in groups()["ethnic"]]
    codes = tuple(sorted({code for each in parsed for code in each}))
    return codes, Choices.of([[each.get(code, 0) for code in codes] for each in parsed])


@cache
def names() -> Names:
    """Given and family names ready to draw from."""
    given, family = load("demo_given_names"), load("demo_family_names")
    given = given.astype(dict.fromkeys(_WEIGHTS, float))
    family = family.astype({"weight": float})
    family["female"] = family["female"].where(family["female"] != "", family["name"])
    given_rows, family_rows = [], []
    for group in groups().itertuples(index=False):
        given_pools, family_pools = _pairs(str(group.given)), _pairs(str(group.family))
        family_rows.append(_mixed(family, family[["weight"]].to_numpy(), family_pools)[:, 0])
        for sex in "MF":
            weights = given[_WEIGHTS].to_numpy() * (given["sex"] == sex).to_numpy()[:, None]
            given_rows += list(_mixed(given, weights, given_pools).T)
    return Names(given, family, Choices.of(given_rows), Choices.of(family_rows), _most_like(given))


def _mixed(listed: pd.DataFrame, weights: Floats, pools: dict[str, float]) -> Floats:
    """Weights of each name (rows) by cohort (columns), each pool brought to its own share."""
    mixed = np.zeros_like(weights)
    for pool, share in pools.items():
        inside = weights * (listed["pool"] == pool).to_numpy()[:, None]
        mixed += share * inside / inside.sum(axis=0)
    return mixed


def _most_like(given: pd.DataFrame) -> Ints:
    like = np.arange(len(given))
    for rows in given.groupby(["pool", "sex"], sort=False).indices.values():
        spelled = given["name"].iloc[rows].tolist()
        scores = process.cdist(spelled, spelled, scorer=JaroWinkler.similarity)
        np.fill_diagonal(scores, 0)
        like[rows] = rows[scores.argmax(axis=1)]
    return like


@cache
def services() -> Services:
    """Treatment functions, waits and procedures ready to draw from."""
    frame = load("demo_specialties")
    numbers = ["part", "child", "mean", "sd", "youngest", "oldest", "female", "two_week"]
    frame = frame.astype(dict.fromkeys(numbers, float))
    waits = {
        (each.group, each.decision): np.array(str(each.weeks).split(), dtype=float)
        for each in load("demo_waits").itertuples(index=False)
    }
    weeks = [waits[group, decision] for group in frame["group"] for decision in ("no", "yes")]
    without, decided = (np.array([each.sum() for each in weeks[at::2]]) for at in (0, 1))
    profiles = frame[["youngest", "oldest", "child", "mean", "sd", "female"]].to_numpy()
    joint = np.stack([_profile(each) for each in profiles], axis=2)
    joint *= (frame["part"].to_numpy() * (without + decided))[None, None, :]
    procedures = load("demo_procedures").astype({"min_age": int, "max_age": int, "weight": float})
    return Services(
        frame=frame,
        joint=joint / joint.sum(),
        by_person=Choices.of(joint.reshape(-1, len(frame))),
        weeks=Choices.of(np.array(weeks)),
        admitted=decided / (without + decided),
        procedures=procedures,
        by_patient=Choices.of(_suited(frame, procedures)),
    )


SIBLINGS = {"110": ("111", "115", "108"), "140": ("144", "145"), "170": ("172", "173")}
"""Services that count as one in the national return (domain 2): organisations code them apart."""


@cache
def families() -> Ints:
    """For each treatment function the position of the one that it counts as."""
    tfc = services().frame["tfc"].tolist()
    parent = {child: code for code, children in SIBLINGS.items() for child in children}
    return np.array([tfc.index(parent.get(code, code)) for code in tfc])


def _profile(limits: Floats) -> Floats:
    """Share of a treatment function's waits by age (rows) and sex (columns)."""
    youngest, oldest, child, mean, sd, female = limits
    age = np.arange(OLDEST + 1)
    first = youngest if youngest < 16 else 1
    young = (age >= first) & (age < 16) & (age <= oldest)
    grown = (age >= max(16, youngest)) & (age <= oldest)
    children = young / max(young.sum(), 1) * child
    bell = np.exp(-0.5 * ((age - mean) / sd) ** 2) * grown
    adults = bell / max(bell.sum(), 1e-300) * (1 - child)
    # Boys and girls wait alike, but where only women wait, and where only children do.
    girls = female if female in (0, 1) or child == 1 else 0.46
    women = children * girls + adults * female
    return np.stack([children + adults - women, women], axis=1)


_LISTED_UNDER = {"108": "150", "111": "110", "115": "110"} | {
    "144": "140",
    "145": "140",
    "172": "170",
    "173": "170",
}
"""Treatment functions whose procedures are listed under a sibling's code."""


def _suited(frame: pd.DataFrame, procedures: pd.DataFrame) -> Floats:
    age = np.arange(OLDEST + 1)
    limits = procedures[["min_age", "max_age"]].to_numpy()
    suits = (age[:, None] >= limits[:, 0]) & (age[:, None] <= limits[:, 1])
    of_sex = np.stack([procedures["sex"].isin(["", letter]) for letter in "MF"])
    by_person = suits[:, None, :] * of_sex[None, :, :] * procedures["weight"].to_numpy()
    listed_under = frame["tfc"].replace(_LISTED_UNDER).to_numpy()
    of_service = listed_under[:, None] == procedures["tfc"].to_numpy()
    weights = of_service[:, None, None, :] * by_person[None]
    return np.asarray(weights.reshape(-1, len(procedures)), dtype=np.float64)


@cache
def organisations() -> pd.DataFrame:
    """Organisations in order of joining; ``size`` and ``lag`` as whole numbers."""
    return load("demo_organisations").astype({"size": int, "lag": int})


def codes_of(organisation: Ints) -> Text:
    """The codes of these organisations, told by their place in the order of joining."""
    return np.asarray(organisations()["code"].to_numpy(dtype=object)[organisation])


@cache
def places() -> pd.DataFrame:
    """Postcode districts, with area and town."""
    return load("demo_places")


def independent(count: int) -> Mask:
    """Which of the first ``count`` organisations are independent providers."""
    return np.asarray((organisations()["independent"] == "Y").to_numpy()[:count])


def cohort(year: Ints) -> Ints:
    """The cohort of names of people born in these years: 0 to 4.

    >>> cohort(np.array([1930, 1944, 1945, 1990, 2024])).tolist()
    [0, 0, 1, 3, 4]
    """
    return np.searchsorted(COHORT_STARTS, year, side="right").astype(np.int64)
