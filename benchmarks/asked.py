"""Could fewer questions be asked about needs? What is asked, what it finds, and the fewest.

    python -m benchmarks.asked --shape look-alikes --entries 60000 --seed 2

The second table is an upper bound, not a method: a classifier that has seen the truth of this very
region picks the questions to ask, and may lose half a percent of all true duplicates. It is fitted
on other questions than it picks from, first by what the rows say of two needs, then also by what a
generator copies from a first row to its repeat and a second need draws anew (source of referral,
priority): nobody may decide by that, since a repeated referral often comes by another way, and more
urgent.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import KFold, cross_val_predict

from benchmarks.pathways import SHAPES, Duplicates, Run, duplicates, merged
from benchmarks.patients import as_markdown
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.pathways.features import features
from waitlist_merge.pathways.identifiers import identifiers

MAY_LOSE = 0.005
"""Share of all true duplicates that may be lost: less than the measure would allow (0.985 merged
or asked), since one that is lost is nowhere to be seen."""

SAID = ("relation", "same organisation", "days", "procedure", "referrer", "consultant", "ubrn",
        "referred by other", "date carried", "attended")  # fmt: skip
SERVICE = ("service", "stages")
COPIED = ("source of referral", "priority")


def asked(run: Run, found: Duplicates) -> pd.DataFrame:
    """The questions about needs that join nothing: what their telling pair says, what they find."""
    doubts = run.listed.doubts
    open_ones = (doubts.questions["level"] == "pathway") & (doubts.questions["joins"] == "asked")
    questions = doubts.questions[open_ones]
    a, b = (questions[side].to_numpy(dtype=np.int64) for side in ("a", "b"))
    rows = run.entries
    of = features(rows, identifiers(rows), run.needs.list_state, run.needs.stage)
    e = Evidence(of, a, b, run.run_date, run.plan.agreements)
    named = of.procedure.procedure >= 0
    attended = rows["last_attended_date"].notna().to_numpy().astype(int)

    def alike(name: str) -> list[str]:
        value = rows[name].astype("string")
        one, other = value.iloc[a].reset_index(drop=True), value.iloc[b].reset_index(drop=True)
        return (one == other).map({True: "same", False: "differ"}).fillna("unknown").tolist()

    stage = np.asarray(run.needs.stage).astype(str)
    return pd.DataFrame(
        {
            "relation": questions["relation"].to_numpy(dtype=str),
            "same organisation": e.same_organisation,
            "service": np.where(e.same_service, "same", "neighbour"),
            "stages": [" ".join(sorted(pair)) for pair in zip(stage[a], stage[b], strict=True)],
            "procedure": np.array(["none", "one", "both"])[named[a].astype(int) + named[b]],
            "days": e.days_apart,
            "referrer": alike("referrer_code"),
            "consultant": alike("consultant_code"),
            "ubrn": alike("unique_booking_reference_number"),
            "referred by other": e.referred_by_other,
            "date carried": e.carried_date,
            "attended": attended[a] + attended[b],
            "source of referral": alike("source_of_referral"),
            "priority": alike("priority_type"),
            "found": _finds(run, found, questions.index),
        }
    )


def _finds(run: Run, found: Duplicates, questions: pd.Index) -> pd.Series:
    """How many true duplicates each question finds: both needs are among those it asks about."""
    group = run.needs.group
    told = run.listed.doubts.entries
    about = pd.DataFrame({"question": told["question"], "need": group[told["entry"]]})
    about = about[about["question"].isin(questions)].drop_duplicates()
    open_ones = found.asked & ~found.merged
    ends = pd.DataFrame({"one": group[found.first[open_ones]], "two": group[found.row[open_ones]]})
    met = ends.merge(about, left_on="one", right_on="need")
    met = met.merge(about, left_on=["two", "question"], right_on=["need", "question"])
    counts = met.groupby("question").size().reindex(questions, fill_value=0)
    return counts.reset_index(drop=True)


def by_kind(told: pd.DataFrame) -> pd.DataFrame:
    """Questions and what they find, by relation and by what is known."""
    kinds = ["relation", "service", "procedure"]
    table = told.groupby(kinds, as_index=False)["found"].agg(["size", "sum"])
    table = table.rename(columns={"size": "questions", "sum": "found"})
    return table.sort_values("questions", ascending=False)


def fewest(told: pd.DataFrame, columns: Sequence[str], *, may_lose: int) -> tuple[int, int]:
    """The fewest questions that keep what must be kept, and how many duplicates they find."""
    coded = told[[*columns]].apply(
        lambda each: each if each.dtype.kind in "if" else pd.factorize(each)[0]
    )
    finds = told["found"].to_numpy()
    model = GradientBoostingClassifier(max_depth=4, random_state=0)
    folds = KFold(5, shuffle=True, random_state=0)
    likely = cross_val_predict(
        model, coded.to_numpy(float), finds > 0, cv=folds, method="predict_proba"
    )[:, 1]
    kept = np.cumsum(finds[np.argsort(-likely, kind="stable")])
    number = int(np.searchsorted(kept, finds.sum() - may_lose)) + 1
    return number, int(kept[number - 1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--shape", choices=SHAPES, default="look-alikes")
    given = parser.parse_args()
    run = merged(given.entries, given.seed, given.shape)
    found = duplicates(run)
    told = asked(run, found)
    print(as_markdown(by_kind(told)))
    may_lose = int(MAY_LOSE * len(found.row) - (~(found.merged | found.asked)).sum())
    lines = [("all, as they are asked", len(told), int(told["found"].sum()))]
    for name, columns in (
        ("picked by what the rows say", SAID),
        ("and by same or neighbour service, and the stages", (*SAID, *SERVICE)),
        ("and by source of referral and priority", (*SAID, *SERVICE, *COPIED)),
    ):
        lines.append((name, *fewest(told, columns, may_lose=may_lose)))
    table = pd.DataFrame(lines, columns=["questions", "number", "found"])
    table["for each found"] = (table["number"] / table["found"]).map("{:.2f}".format)
    print("\n" + as_markdown(table))


if __name__ == "__main__":
    main()
