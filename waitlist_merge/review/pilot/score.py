"""How right was the engine, by what people said blind, and how sure can one be of that?

A pair is *same* or *different* where all who could tell say so; where two contradict each other it
counts as neither and is listed. Shares have the 95 % interval of Wilson, which holds for few pairs
and for shares near 1 (Brown, Cai and DasGupta 2001).

>>> [round(each, 3) for each in interval(97, 100)]
[0.915, 0.99]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.review.answers import Answer
from waitlist_merge.review.pilot.agreement import kappa, observed
from waitlist_merge.review.pilot.sample import LEVELS, Stratum

Z = 1.959964
"""Standard deviations of a 95 % interval."""

SAME = frozenset({str(Answer.SAME_PERSON), str(Answer.SAME_NEED)})
DIFFERENT = frozenset({str(Answer.DIFFERENT_PEOPLE), str(Answer.DIFFERENT_NEEDS)})

VERDICTS = ("same", "different")
"""What one says of a pair who can tell."""

CONFLICT, UNTOLD = "in conflict", "cannot tell"


@dataclass(frozen=True, eq=False, slots=True)
class Scored:
    """What the answers of a sample say.

    ``strata`` has a row for each level and stratum: pairs in the run, drawn, answered, same,
    different, in conflict, cannot tell, and the share that is the same with its interval; the share
    of the joined ones is the precision. ``groups`` has the joined pairs by organisations and by
    ethnic group. ``readers`` has for each level how many pairs two or more read who could tell, of
    how many all ``agreed``, and how often two of a pair's readers said the same (``share_agreed``;
    with two readers of each it is the share of those agreed). ``pabak`` is that share beyond what
    a coin gives (Byrt, Bishop and Carlin 1993; Randolph 2005 of many readers), and holds where
    nearly all pairs are alike, where ``kappa`` (of Fleiss) falls to 0 however well they agree.
    ``thresholds`` has the least weight of people from which joining would be as precise as asked
    for, by the estimate and by the lower end of its interval; missing where none is. ``conflicts``
    are ids of pairs that people contradict each other about.
    """

    strata: pd.DataFrame
    groups: pd.DataFrame
    readers: pd.DataFrame
    thresholds: pd.DataFrame
    conflicts: tuple[str, ...]


def score(sample: pd.DataFrame, answers: pd.DataFrame, *, precision: float = 0.99) -> Scored:
    """What ``answers`` (pair_id, reader, answer) say of the pairs of ``sample`` (see ``draw``).

    ``reader`` is who answered, the same text for one person in whichever workbook; who says both
    same and different of a pair contradicts it alone, and does not count as two readers.
    ``precision`` is the share of joined pairs that has to be right.
    """
    known = answers.loc[answers["pair_id"].isin(sample["pair_id"]) & (answers["answer"] != "")]
    told = known.assign(verdict=known["answer"].map(_verdict))
    said = told.drop_duplicates(["pair_id", "reader", "verdict"])
    pairs = sample.assign(verdict=sample["pair_id"].map(_settled(said)))
    return Scored(
        strata=_by(pairs, ["level", "stratum", "population"]),
        groups=_groups(pairs),
        readers=_readers(said, sample),
        thresholds=_thresholds(pairs, precision),
        conflicts=tuple(sorted(pairs.loc[pairs["verdict"] == CONFLICT, "pair_id"])),
    )


def interval(right: float, of: float) -> tuple[float, float]:
    """The 95 % interval of Wilson for a share; 0 to 1 where nothing is known."""
    if of <= 0:
        return 0.0, 1.0
    share, z2 = right / of, Z * Z / of
    middle = (share + z2 / 2) / (1 + z2)
    half = Z * np.sqrt(share * (1 - share) / of + z2 / (4 * of)) / (1 + z2)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))


def _verdict(answer: str) -> str:
    return "same" if answer in SAME else "different" if answer in DIFFERENT else UNTOLD


def _settled(said: pd.DataFrame) -> dict[str, str]:
    """What all readers of a pair say together."""
    found: dict[str, str] = {}
    for pair, verdict in zip(said["pair_id"], said["verdict"], strict=True):
        before = found.get(pair, UNTOLD)
        agree = before in (UNTOLD, verdict)
        found[pair] = before if verdict == UNTOLD else verdict if agree else CONFLICT
    return found


def _by(told: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Counts and the share that is the same, with its interval, for each group of pairs."""
    rows = []
    for name, each in told.groupby(names, sort=True):
        count = each["verdict"].value_counts()
        same, different = int(count.get("same", 0)), int(count.get("different", 0))
        low, high = interval(same, same + different)
        share = same / (same + different) if same + different else np.nan
        untold, conflict = int(count.get(UNTOLD, 0)), int(count.get(CONFLICT, 0))
        counts = (len(each), int(count.sum()), same, different, conflict, untold)
        rows.append((*name, *counts, share, low, high))
    return pd.DataFrame(rows, columns=[*names, *_COUNTS])


_COUNTS = (
    "drawn",
    "answered",
    "same",
    "different",
    "in_conflict",
    "cannot_tell",
    "share_same",
    "low",
    "high",
)


def _groups(told: pd.DataFrame) -> pd.DataFrame:
    """The joined pairs by organisations and by ethnic group."""
    joined = told.loc[told["stratum"].isin([str(Stratum.CERTAIN), str(Stratum.PROBABLE)])]
    parts = [
        _by(joined.assign(way=way, group=joined[column]), ["level", "way", "group"])
        for way, column in (("organisations", "organisations"), ("ethnic group", "ethnic_group"))
    ]
    return pd.concat(parts, ignore_index=True)


def _readers(said: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """How often two readers of a pair, who both could tell, said the same.

    The interval counts each pair once, as if its readers agreed or not as a whole: a share of two
    of many varies less than that, so that it is never too narrow.
    """
    level = dict(zip(sample["pair_id"], sample["level"], strict=True))
    could = said.loc[said["verdict"] != UNTOLD].drop_duplicates(["pair_id", "reader"], keep=False)
    alike = (could["verdict"] == "same").groupby(could["pair_id"]).agg(["sum", "size"])
    alike = alike.loc[alike["size"] > 1]
    rows = []
    for name in LEVELS:
        mine = alike.loc[[level[pair] == name for pair in alike.index]]
        same, readers = (mine[each].to_numpy(dtype=np.int64) for each in ("sum", "size"))
        agreed = int(((same == 0) | (same == readers)).sum())
        share = observed(same, readers)
        low, high = interval(share * len(mine), len(mine))
        pabak = (len(VERDICTS) * share - 1) / (len(VERDICTS) - 1)
        rows.append((name, len(mine), agreed, share, low, high, pabak, kappa(same, readers)))
    return pd.DataFrame(rows, columns=_OF_READERS)


_OF_READERS = ["level", "read_twice", "agreed", "share_agreed", "low", "high", "pabak", "kappa"]


def _thresholds(told: pd.DataFrame, precision: float) -> pd.DataFrame:
    """The least weight from which the pairs of people that no veto forbids are precise enough.

    A pair stands for as many of the run as its stratum has for each that was told, with a veto or
    without: those without stand for their own part of the stratum only. The interval counts as many
    pairs as that uneven weighing is worth (Kish). Near misses have no part in it.
    """
    people = told.loc[(told["level"] == "patient") & told["verdict"].isin(VERDICTS)]
    people = people.loc[people["stratum"] != str(Stratum.NEAR_MISS)]
    stands = people["population"] / people.groupby("stratum")["pair_id"].transform("size")
    free = people.assign(stands=stands).loc[(people["veto"] == "") & people["weight"].notna()]
    ordered = free.sort_values("weight", ascending=False)
    weight = ordered["stands"].to_numpy(dtype=np.float64)
    right = np.cumsum(weight * (ordered["verdict"] == "same").to_numpy(dtype=np.float64))
    total = np.cumsum(weight)
    worth = total**2 / np.maximum(np.cumsum(weight**2), 1e-12)
    share = right / np.maximum(total, 1e-12)
    low = np.array([interval(p * n, n)[0] for p, n in zip(share, worth, strict=True)])
    bits = ordered["weight"].to_numpy(dtype=np.float64)
    last = np.append(bits[1:] != bits[:-1], True) if len(bits) else np.empty(0, dtype=bool)
    rows = []
    for name, estimate in (("by the estimate", share), ("by the lower end", low)):
        met = np.flatnonzero(last & (estimate >= precision))
        at = met[-1] if len(met) else None
        found = (np.nan, np.nan, 0) if at is None else (bits[at], share[at], int(at + 1))
        rows.append((name, precision, *found))
    return pd.DataFrame(rows, columns=["how", "precision", "match_weight", "share_same", "pairs"])
