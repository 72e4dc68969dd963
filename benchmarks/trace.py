"""Rules like those of the national trace of patients, within a list itself (domain 4.1).

Records that carry a number take the place of the national index: those of one number whose birth
dates agree, wholly or in two parts with the names, are one person. A record without a number is
then sought by name, sex, birth date and postcode; the best candidate is taken unless another
person's comes within five points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from jellyfish import soundex
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from waitlist_merge.normalise.name_forms import comparison_form

Labels = NDArray[np.int32]
Edges = tuple[NDArray[np.int64], NDArray[np.int64]]

CLOSE = 5.0
"""Points within which a second person's candidate makes the trace return nobody."""

BLOCKS = (
    ("family_sound", "given_sound", "birth_date"),
    ("family_sound", "gender", "birth_date", "postcode"),
    ("given_sound", "gender", "birth_date", "postcode"),
    ("birth_date", "postcode", "gender"),
)


def trace(records: pd.DataFrame, together: Callable[[Edges, int], Labels]) -> Labels:
    """A label for each record."""
    frame = _prepared(records)
    pairs = _paired(frame, frame, ("nhs_number",))
    checked = pairs[_cross_checked(frame, pairs)]
    labels = together((checked["a"].to_numpy(), checked["b"].to_numpy()), len(frame))
    seekers = frame[frame["nhs_number"].isna()]
    found = [
        _paired(seekers, frame, block)
        for block in BLOCKS
        if all(frame[b].notna().any() for b in block)
    ]
    if not found:
        return labels.astype(np.int32)
    candidates = pd.concat(found).drop_duplicates()
    candidates = candidates[candidates["a"] != candidates["b"]]
    accepted = _accepted(frame, candidates, labels)
    edges = tuple(
        np.concatenate([checked[each].to_numpy(), accepted[each].to_numpy()]) for each in "ab"
    )
    return together((edges[0], edges[1]), len(frame)).astype(np.int32)


def _prepared(records: pd.DataFrame) -> pd.DataFrame:
    """The columns the rules look at, missing where the records have none."""
    wanted = ("nhs_number", "family_name", "given_name", "gender", "postcode")
    frame = pd.DataFrame(index=pd.RangeIndex(len(records)))
    for name in wanted:
        given = records[name].astype("category") if name in records else None
        frame[name] = pd.Categorical([None] * len(records)) if given is None else given.array
    for name in ("family", "given"):
        column = frame[f"{name}_name"]
        plain = comparison_form([str(value) for value in column.cat.categories])
        table = pd.Series([*plain, ""], dtype=object)
        codes = column.cat.codes.to_numpy()
        frame[name] = table.to_numpy()[codes]
        heard = pd.Series([soundex(value) if value else None for value in table], dtype=object)
        frame[f"{name}_sound"] = pd.Categorical(heard.to_numpy()[codes])
    born = records["birth_date"]
    frame["birth_date"] = born.to_numpy()
    for part in ("day", "month", "year"):
        frame[part] = getattr(born.dt, part).to_numpy()
    return frame


def _paired(one: pd.DataFrame, other: pd.DataFrame, block: tuple[str, ...]) -> pd.DataFrame:
    """Pairs of positions that agree in every field of a block."""
    columns = list(block)
    left = one[columns].dropna().assign(a=lambda rows: rows.index)
    right = other[columns].dropna().assign(b=lambda rows: rows.index)
    pairs = left.merge(right, on=columns)[["a", "b"]]
    return pairs[pairs["a"] < pairs["b"]] if one is other else pairs


def _cross_checked(frame: pd.DataFrame, pairs: pd.DataFrame) -> NDArray[np.bool_]:
    """The same number: is the birth date the same too, or two of its parts and the names?"""
    a, b = frame.loc[pairs["a"]].reset_index(), frame.loc[pairs["b"]].reset_index()
    parts = _birth_parts(a, b)
    initial = a["given"].str[:1] == b["given"].str[:1]
    family = a["family"].str[:3] == b["family"].str[:3]
    unnamed = (a["family"] == "") | (b["family"] == "")
    outward = a["postcode"].astype(str).str[:-4] == b["postcode"].astype(str).str[:-4]
    return ((parts == 3) | ((parts == 2) & np.where(unnamed, outward, initial & family))).to_numpy()


def _birth_parts(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series:
    """How many parts of two birth dates agree; day and month exchanged count as two."""
    same = sum((a[part] == b[part]).astype(int) for part in ("day", "month", "year"))
    exchanged = (a["day"] == b["month"]) & (a["month"] == b["day"]) & (a["year"] == b["year"])
    return same.mask(exchanged & (same < 2), 2)


def _accepted(frame: pd.DataFrame, candidates: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """For each seeker its best candidate, where no other person comes close."""
    scored = candidates.assign(
        score=_scores(frame, candidates), person=labels[candidates["b"].to_numpy()]
    )
    persons = scored.sort_values("score", ascending=False).drop_duplicates(["a", "person"])
    rank = persons.groupby("a").cumcount()
    best = persons[rank == 0].set_index("a")
    second = persons[rank == 1].set_index("a")["score"].reindex(best.index).fillna(-np.inf)
    return best[best["score"] - second > CLOSE].reset_index()


def _scores(frame: pd.DataFrame, pairs: pd.DataFrame) -> NDArray[np.float64]:
    """The plain mean of what is known: names, birth date, sex and postcode, each 0 to 100."""
    a, b = frame.loc[pairs["a"]].reset_index(), frame.loc[pairs["b"]].reset_index()
    parts = []
    for name in ("family", "given"):
        likeness = cpdist(a[name], b[name], scorer=JaroWinkler.normalized_similarity) * 100
        parts.append(np.where((a[name] == "") | (b[name] == ""), np.nan, likeness))
    agreeing = _birth_parts(a, b)
    born = np.select([agreeing == 3, agreeing == 2, a["year"] == b["year"]], [100, 66, 33], 0)
    parts.append(np.where(a["birth_date"].isna() | b["birth_date"].isna(), np.nan, born))
    one, other = (each["gender"].astype(object) for each in (a, b))
    sex = np.where(one == other, 100.0, np.where(one.isna() | other.isna(), 50.0, 0.0))
    parts.append(np.where(one.isna() & other.isna(), np.nan, sex))
    parts.append(_postcode_scores(a["postcode"], b["postcode"]))
    return np.nanmean(np.stack(parts), axis=0)


def _postcode_scores(a: pd.Series, b: pd.Series) -> NDArray[np.float64]:
    """100 for one postcode, else the share of it that the two begin alike with."""
    one, other = (each.astype(str).str.pad(8, "right") for each in (a, b))
    alike = np.ones(len(a), dtype=bool)
    shared = np.zeros(len(a))
    for at in range(8):
        alike &= (one.str[at] == other.str[at]).to_numpy()
        shared += alike
    return np.where(a.isna() | b.isna(), np.nan, shared / 8 * 100)
