"""How right is the level of needs? Every measure by relation, on regions whose truth is known.

    python -m benchmarks.pathways                                the region of 250,000 entries
    python -m benchmarks.pathways --entries 100000 --seeds 2 3 --shape harsh
    python -m benchmarks.pathways --entries 1000000 --scale      seconds and memory of each stage

Links are counted as told in pathway_links; a true duplicate is a waiting row of a need whose first
row waits too. Shapes are settings of the generator: other rates, other numbers of organisations.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.patients import as_markdown
from waitlist_merge import patients
from waitlist_merge.combined import Combined, combine
from waitlist_merge.demo import Rates, generate_region
from waitlist_merge.demo.relations import SAME_NEED
from waitlist_merge.intake import Extract
from waitlist_merge.intake.accept import accept
from waitlist_merge.intake.assemble import assemble
from waitlist_merge.pathways import PathwayMatch, match_pathways
from waitlist_merge.pathways.evidence import Evidence
from waitlist_merge.pathways.features import features
from waitlist_merge.pathways.identifiers import identifiers
from waitlist_merge.patients import PatientMatch
from waitlist_merge.plan import MergePlan
from waitlist_merge.review import questions

Labels = NDArray[np.int64]
Mask = NDArray[np.bool_]

SHAPES: dict[str, tuple[Rates, int]] = {
    "usual": (Rates(), 8),
    "harsh": (
        replace(
            Rates(),
            nhs_number_missing=0.08,
            clock_start_missing=0.03,
            identifier_padding_lost=0.25,
            identifier_cut=0.10,
        ),
        8,
    ),
    "look-alikes": (
        replace(
            Rates(),
            second_need=0.25,
            third_need=0.05,
            other_side=0.04,
            other_procedure=0.03,
            other_problem=0.05,
            second_opinion=0.02,
            later_period=0.02,
            staged=0.01,
        ),
        12,
    ),
    "two-lists": (replace(Rates(), transfer=0.03, repeat_other_unknown=0.03), 2),
}
"""Rates of the generator and the number of organisations."""


@dataclass(frozen=True, eq=False)
class Run:
    """A region that was merged, with its truth row for row."""

    entries: pd.DataFrame
    truth: pd.DataFrame
    people: PatientMatch
    needs: PathwayMatch
    listed: Combined
    seconds: dict[str, float]
    plan: MergePlan
    run_date: date

    @property
    def need(self) -> Labels:
        return pd.factorize(self.truth["need_id"])[0].astype(np.int64)

    @property
    def person(self) -> Labels:
        return pd.factorize(self.truth["person_id"])[0].astype(np.int64)


def merged(entries: int, seed: int, shape: str) -> Run:
    """The region of this size and shape, through every stage."""
    rates, organisations = SHAPES[shape]
    region = generate_region(entries=entries, seed=seed, rates=rates, organisations=organisations)
    held = region.entries["organisation"].astype(str).to_numpy()
    order = np.argsort(held, kind="stable")
    extracts = [
        Extract.from_frame(
            part.drop(columns=["organisation", "census_date"]).dropna(axis=1, how="all"),
            organisation=str(code),
            census_date=region.census[str(code)],
            name=f"{code}.csv",
        )
        for code, part in region.entries.groupby(held, sort=True)
    ]
    plan = MergePlan()
    accepted = accept(extracts, census_date=None, plan=plan)
    typed = assemble(accepted.typed, run_date=accepted.run_date, key=plan.hmac_key)
    truth = region.truth.iloc[order].reset_index(drop=True)
    del extracts, region
    seconds: dict[str, float] = {}
    with timed("patients", seconds):
        people = patients.match_patients(typed, plan.patients)
        people.links  # noqa: B018 - made on first use, which would be the next stage's
    with timed("pathways", seconds):
        needs = match_pathways(typed, people, plan=plan, run_date=accepted.run_date)
    with timed("combined", seconds):
        listed = combine(typed, people, needs, run_date=accepted.run_date)
    with timed("questions", seconds):
        questions(typed, people, needs, listed, run_date=accepted.run_date)
    return Run(typed, truth, people, needs, listed, seconds, plan, accepted.run_date)


@contextmanager
def timed(name: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start


def link_table(run: Run) -> pd.DataFrame:
    """Joined links by relation and confidence: how many, how many right."""
    links = run.needs.links[run.needs.links["joins"] == "yes"]
    right = run.need[links["a"]] == run.need[links["b"]]
    told = links[["relation", "confidence"]].astype(str).assign(links=1, right=right)
    table = told.groupby(["confidence", "relation"], as_index=False)[["links", "right"]].sum()
    return table.assign(share=(table["right"] / table["links"]).map("{:.4f}".format))


@dataclass(frozen=True, eq=False)
class Duplicates:
    """The true duplicates: rows and the first rows of their needs, and what became of each."""

    row: Labels
    first: Labels
    relation: NDArray[np.object_]
    merged: Mask
    asked: Mask
    told: Mask

    def table(self) -> pd.DataFrame:
        """By the relation of the truth; ``told`` ones have what is needed to be sure."""
        frame = pd.DataFrame(
            {
                "relation": self.relation,
                "rows": 1,
                "merged": self.merged,
                "asked": self.asked & ~self.merged,
                "told": self.told,
                "told and merged": self.told & self.merged,
            }
        )
        return frame.groupby("relation", as_index=False).sum()


def duplicates(run: Run) -> Duplicates:
    """What became of each true duplicate."""
    waits = np.asarray(run.needs.list_state != "closed")
    relation = run.truth["relation"].fillna("").astype(str).to_numpy(dtype=object)
    second = np.isin(relation, [str(each) for each in SAME_NEED])
    first = pd.Series(np.arange(len(second)))[~second].groupby(run.need[~second]).first()
    of = first.reindex(run.need).fillna(-1).to_numpy(dtype=np.int64)
    row = np.flatnonzero(second & waits & (of >= 0))
    row = row[waits[of[row]]]
    group = run.needs.group.astype(np.int64)
    between = _between(run)
    key = _keys(group[row], group[of[row]], len(group))
    return Duplicates(
        row,
        of[row],
        relation[row],
        merged=group[row] == group[of[row]],
        asked=np.isin(key, between),
        told=_told(run, row, of[row]),
    )


def _between(run: Run) -> Labels:
    """The pairs of needs that a question is about: of needs, or of their patients."""
    asked = run.listed.doubts
    pairs = asked.entries.merge(asked.entries, on="question")
    pairs = pairs[pairs["entry_x"] < pairs["entry_y"]]
    group = run.needs.group.astype(np.int64)
    level = asked.questions["level"].to_numpy(dtype=str)[pairs["question"]]
    one, other = pairs["entry_x"].to_numpy(), pairs["entry_y"].to_numpy()
    needs = _keys(group[one], group[other], len(group))
    people = pd.DataFrame({"need": group, "patient": run.people.group}).drop_duplicates()
    whose = run.people.group
    asks = pd.DataFrame({"x": whose[one], "y": whose[other]})[level == "patient"].drop_duplicates()
    through = asks.merge(people, left_on="x", right_on="patient").merge(
        people, left_on="y", right_on="patient", suffixes=("_x", "_y")
    )
    return np.concatenate(
        [
            needs,
            _keys(
                through["need_x"].to_numpy(np.int64),
                through["need_y"].to_numpy(np.int64),
                len(group),
            ),
        ]
    )


def _keys(one: Labels, other: Labels, size: int) -> Labels:
    return np.minimum(one, other) * size + np.maximum(one, other)


def _told(run: Run, row: Labels, first: Labels) -> Mask:
    """An identifier in common, or procedure and (of paired organs) side known on both."""
    ends = np.unique(np.concatenate([row, first]))
    some = run.entries.iloc[ends].reset_index(drop=True)
    of = features(some, identifiers(some), run.needs.list_state[ends], run.needs.stage[ends])
    at = np.searchsorted(ends, row), np.searchsorted(ends, first)
    e = Evidence(of, *at, run.run_date, run.plan.agreements)
    known = e.both(of.procedure.procedure >= 0)
    sided = e.both(of.side > 0) | ~e.has_sides
    return np.asarray(e.shared | e.weakly_shared | e.same_entry | (known & sided))


def never(run: Run) -> dict[str, int]:
    """Groups that hold what may never be joined."""
    group = run.needs.group
    sides = run.entries["laterality"].astype(str)
    state = pd.Series(np.asarray(run.needs.list_state))
    active = state.isin(["open", "unclear", "unbooked_referral"])
    cancer = run.entries["suspected_cancer"].fillna(False).astype(bool)
    cancer |= run.entries["priority_type"] == "3"
    routine = (run.entries["priority_type"] == "1") & ~cancer
    joined = run.needs.links[run.needs.links["joins"] == "yes"]
    a, b = joined["a"].to_numpy(), joined["b"].to_numpy()
    mixed = (cancer.to_numpy()[a] & routine.to_numpy()[b]) | (
        routine.to_numpy()[a] & cancer.to_numpy()[b]
    )
    weak = (
        mixed
        & ~joined["explanation"].str.contains("same (?:pathway id|e-RS|list entry)").to_numpy()
    )
    return {
        "left with right": _both(group, sides == "left", sides == "right"),
        "planned with active": _both(group, state == "planned", active),
        "cancer with routine without an identifier": int(weak.sum()),
        "two people, certain links": int(
            ((run.person[a] != run.person[b]) & (joined["confidence"] == "certain")).sum()
        ),
        "two people, any link": int((run.person[a] != run.person[b]).sum()),
        "start later than a member's, no reason named": _later_starts(run),
    }


def _both(group: Labels, one: pd.Series, other: pd.Series) -> int:
    return len(np.intersect1d(group[one.to_numpy(bool)], group[other.to_numpy(bool)]))


def _later_starts(run: Run) -> int:
    """Rows later than the true start that one of their own entries states, without a word of it."""
    told = run.listed.entry_columns
    waits = (told["outcome"] != "not_waiting").to_numpy()
    clocked = told["list_state"].isin(["open", "unclear", "unbooked_referral"]).to_numpy()
    own = run.entries["rtt_start_date"]
    true = own == run.truth["rtt_start_date"].astype("datetime64[s]")
    stated = pd.DataFrame({"pathway_id": told["pathway_id"], "own": own})
    stated = stated[(waits & clocked & true.to_numpy())].groupby("pathway_id")["own"].min()
    rows = run.listed.combined_list.set_index("pathway_id")
    start = rows["rtt_start_date"].reindex(stated.index)
    unnamed = rows["rtt_start_note"].reindex(stated.index).isna()
    return int(((start.isna() | (start > stated)) & unnamed).sum())


def measures(run: Run, found: Duplicates) -> list[tuple[str, str, str]]:
    """Each measure of the issue with its figure and its target."""
    links = run.needs.links[run.needs.links["joins"] == "yes"]
    right = run.need[links["a"]] == run.need[links["b"]]
    sure = (links["confidence"] == "certain").to_numpy()
    asked = run.listed.doubts.questions
    open_ones = int(((asked["level"] == "pathway") & (asked["joins"] == "asked")).sum())
    by_asking = int((found.asked & ~found.merged).sum())
    told = found.told
    lines = [
        ("certain links right", f"{right[sure].mean():.5f}", ">= 0.999"),
        ("probable links right", f"{right[~sure].mean():.4f}", ">= 0.97"),
        (
            "true duplicates merged or asked",
            f"{(found.merged | found.asked).mean():.4f}",
            ">= 0.985",
        ),
        (
            "of those told apart by what is stated: merged",
            f"{found.merged[told].mean():.4f}",
            ">= 0.95",
        ),
        ("questions for each one found by asking", f"{open_ones / by_asking:.2f}", "< 3"),
    ]
    return lines + [(name, str(count), "0") for name, count in never(run).items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=250_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--shape", choices=SHAPES, nargs="+", default=["usual"])
    parser.add_argument("--scale", action="store_true", help="only seconds and memory")
    given = parser.parse_args()
    for shape in given.shape:
        for seed in given.seeds:
            run = merged(given.entries, seed, shape)
            print(f"\n## {shape}, seed {seed}, {given.entries:,} entries\n")
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            print(" ".join(f"{name} {taken:.1f} s" for name, taken in run.seconds.items()), end="")
            print(f"; peak {peak:.1f} GB")
            if given.scale:
                continue
            found = duplicates(run)
            table = pd.DataFrame(measures(run, found), columns=["measure", "figure", "target"])
            print("\n" + as_markdown(table))
            print("\n" + as_markdown(link_table(run)))
            print("\n" + as_markdown(found.table()))


if __name__ == "__main__":
    main()
