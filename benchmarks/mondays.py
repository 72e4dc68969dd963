"""Do patients and needs keep their ids from one Monday to the next, on a whole region?

    python -m benchmarks.mondays
    python -m benchmarks.mondays --entries 100000 --seed 5

A region of the demo is merged five times with one register: as it is, the same again, without the
list of one organisation, with that list back, and with one row in a hundred gone, one new and one
corrected (its NHS number, family name, birth date, identifier, hospital number or referral date).
Told of each run: of the entries that are in it and in the first one, how many have the ids that
they had there, what merged and split, and whom nobody lists any longer.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import waitlist_merge as wm
from benchmarks.patients import as_markdown
from waitlist_merge.demo import generate_region

IDS = ("entry_id", "patient_id", "pathway_id")
SHARE = 100
"""One row in so many is gone, one is new, one is corrected."""

CORRECTED = (
    "nhs_number",
    "family_name",
    "birth_date",
    "patient_pathway_identifier",
    "local_patient_identifier",
    "referral_date",
)


def corrected(
    rows: pd.DataFrame, chosen: NDArray[np.integer], random: np.random.Generator
) -> pd.DataFrame:
    """The rows, each of the chosen ones with another value in one of the fields ``CORRECTED``."""
    changed = rows.copy()
    for number, name in enumerate(CORRECTED):
        at = chosen[number :: len(CORRECTED)]
        column = changed[name].astype(object)
        known = at[column.iloc[at].notna().to_numpy()]
        if name.endswith("_date"):
            column.iloc[known] = [day + pd.Timedelta(days=1) for day in column.iloc[known]]
        else:
            column.iloc[known] = [_mistyped(str(text), random) for text in column.iloc[known]]
        changed[name] = column.astype(rows[name].dtype) if name.endswith("_date") else column
    return changed


def _mistyped(text: str, random: np.random.Generator) -> str:
    """One letter or digit of a text is another one."""
    at = int(random.integers(len(text)))
    signs = "0123456789" if text[at].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = [sign for sign in signs if sign != text[at].upper()]
    return text[:at] + str(random.choice(other)) + text[at + 1 :]


def lists(
    rows: pd.DataFrame, census: dict[str, dt.date], week: int, *, without: str = ""
) -> list[wm.Extract]:
    """The list of each organisation, ``week`` weeks after its first one."""
    return [
        wm.Extract.from_frame(
            part.drop(columns=["organisation", "census_date"]).reset_index(drop=True),
            organisation=str(code),
            census_date=census[str(code)] + dt.timedelta(weeks=week),
            name=f"{code}.csv",
        )
        for code, part in rows.groupby(rows["organisation"].astype(str), sort=True)
        if code != without
    ]


def ids_of(result: wm.MergeResult, rows: pd.DataFrame) -> pd.DataFrame:
    """The ids of each row of the region, by its place there."""
    parts = [part.index.to_numpy() for _, part in rows.groupby(rows["organisation"].astype(str))]
    place = dict(zip(sorted(rows["organisation"].astype(str).unique()), parts, strict=True))
    entries = result.entries[[*IDS, "organisation", "source_row"]]
    first = entries.groupby(entries["organisation"].astype(str))["source_row"].transform("min")
    at = [
        place[str(code)][number]
        for code, number in zip(entries["organisation"], entries["source_row"] - first, strict=True)
    ]
    return entries[[*IDS]].astype(str).set_index(pd.Index(at))


def weeks(entries: int, seed: int, register: wm.Register) -> pd.DataFrame:
    """What became of the ids in each of the runs."""
    region = generate_region(entries=entries, seed=seed)
    whole = region.entries
    random = np.random.default_rng(seed)
    some = len(whole) // SHARE
    later, gone, changing = np.split(random.permutation(len(whole))[: 3 * some], 3)
    first = whole.drop(index=later)
    last = corrected(whole, changing, random).drop(index=gone)
    away = first["organisation"].astype(str).value_counts().index[1]
    allowed = wm.Allowed(absent=(away,))
    plan: list[tuple[str, pd.DataFrame, int, str]] = [
        ("first", first, 0, ""),
        ("the same again", first, 0, ""),
        (f"without {away}", first, 1, away),
        (f"{away} is back", first, 2, ""),
        ("1 % gone, new, corrected", last, 3, ""),
    ]
    told, known = [], pd.DataFrame()
    for name, rows, week, without in plan:
        sent = rows[rows["organisation"].astype(str) != without]
        made = lists(rows, region.census, week, without=without)
        result = wm.merge(made, register=register, allowed=allowed if without else None)
        ids = ids_of(result, sent)
        known = ids if known.empty else known
        both = known.index.intersection(ids.index)
        kept = (known.loc[both] == ids.loc[both]).mean()
        log = register.told("id_log", len(told) + 1)
        events = log["event"].value_counts() if len(log) else {}
        told.append(
            {
                "run": name,
                "in both": f"{len(both):,}",
                **{each: f"{kept[each]:.5f}" for each in IDS},
                "merged": int(events.get("merged", 0)),
                "split": int(events.get("split", 0)),
                "unaccounted": len(result.unaccounted),
                "not refreshed": len(result.not_refreshed),
                "questions": len(result.review_queue),
            }
        )
        print(told[-1], flush=True)
    return pd.DataFrame(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=25_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.db"
        with wm.Register.open(str(path)) as register:
            print(as_markdown(weeks(given.entries, given.seed, register)))


if __name__ == "__main__":
    main()
