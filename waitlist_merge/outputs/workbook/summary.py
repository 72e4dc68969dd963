"""The sheet *Summary*, the first: who is unaccounted for, what came in, what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from waitlist_merge.combined.clocks import WEEK
from waitlist_merge.outputs.workbook.cells import numbers, phrase, texts, truth
from waitlist_merge.outputs.workbook.duplicated import CONFIRMED, PROPOSED, duplicated
from waitlist_merge.outputs.workbook.lines import Chart, Line
from waitlist_merge.outputs.workbook.page import Page
from waitlist_merge.reasons import Confidence, Gain, Outcome
from waitlist_merge.review.not_refreshed import MISSING
from waitlist_merge.review.urgency import LONG_WAITS

SUMMARY = "Summary"


def summary_lines(
    tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any], pages: Sequence[Page]
) -> list[Line]:
    """Who is unaccounted for and what is missing first, then what came in and what was found."""
    missing, named = [*_missing(manifest)], [*_named(tables["unaccounted"])]
    return [
        *_unaccounted(tables["unaccounted"], manifest),
        *missing,
        *([("Who is unaccounted for",)] if missing and named else []),
        *named,
        *_first(tables, manifest),
        *_work(tables["work"], manifest),
        *_came_in(manifest),
        *_found(tables),
        *_waits(tables["combined_list"]),
        *_organisations(tables),
        *_gained(tables["gains"]),
        ("Where it is",),
        ("sheet", "rows", "specialties, where a list is too long for one sheet"),
        *((f"{page.name}: {page.meaning}", page.rows, page.parts) for page in pages),
    ]


def _inputs(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(manifest.get("inputs", ()))


def _missing(manifest: Mapping[str, Any]) -> Iterator[Line]:
    """Lists that did not come: whose patients the reader would look for in vain."""
    notes = [each for each in manifest.get("notes", ()) if each.startswith(MISSING)]
    if notes:
        yield ("NOT REFRESHED: a list did not come, and this list is not whole",)
        yield from ((f"   {note.removeprefix(MISSING)}", "") for note in notes)


def _unaccounted(unaccounted: pd.DataFrame, manifest: Mapping[str, Any]) -> Iterator[Line]:
    """Patients whom each organisation may believe to be with another: before all else."""
    yield ("UNACCOUNTED: nobody lists them any longer, and nobody has said why",)
    if not manifest.get("run") and unaccounted.empty:
        yield "patients unaccounted for", "not known: one run without a register does not tell"
        return
    yield "patients unaccounted for", len(unaccounted)


def _named(unaccounted: pd.DataFrame) -> Iterator[Line]:
    """The patients unaccounted for, the gravest first."""
    if unaccounted.empty:
        return
    yield "   hospital numbers", "name", "left by", "weeks ago", "service", "clock start"
    rows = unaccounted.sort_values("order").head(MOST_NAMED)
    columns = (
        texts(rows["hospital_numbers"]).tolist(),
        texts(rows["family_name"]).tolist(),
        rows["left_date"].tolist(),
        rows["weeks_unaccounted"].fillna(0).astype(int).tolist(),
        texts(rows["treatment_function_code"]).tolist(),
        rows["rtt_start_date"].tolist(),
    )
    for number, name, left, weeks, service, start in zip(*columns, strict=True):
        yield f"   {number}", name, _day(left), weeks, service, _day(start)
    if len(unaccounted) > MOST_NAMED:
        more = len(unaccounted) - MOST_NAMED
        yield f"   and {more:,} more: filter Questions by unaccounted", ""


MOST_NAMED = 200
"""Lines named on the first sheet; of more there is something else wrong first."""


def _day(day: pd.Timestamp) -> date | str:
    return "" if pd.isna(day) else day.date()


def _first(tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> Iterator[Line]:
    """What somebody has to look at before the rest."""
    inputs = _inputs(manifest)
    aside = sum(each["set_aside"] for each in inputs)
    lost = sum(each["records"] - each["entries"] - each["set_aside"] for each in inputs)
    yield ("Look here first",)
    yield "records of the extracts that are neither an entry nor set aside", lost
    yield "lines set aside, being no person's (titles, totals): see Data quality", aside
    yield "files refused, whose patients are not here", len(manifest.get("refused", ()))
    for problem in manifest.get("refused", ()):
        yield f"   {problem}", ""
    combined = tables["combined_list"]
    yield "needs of which little could be read", int(truth(combined["incomplete"]).sum())
    yield "needs of a patient of whom a death is recorded", int(truth(combined["deceased"]).sum())
    yield "questions to answer first", int(truth(tables["review_queue"]["urgent"]).sum())


def _work(work: pd.DataFrame, manifest: Mapping[str, Any]) -> Iterator[Line]:
    """What was to be done and is not, by the calendar or by the lists, the oldest first."""
    if not manifest.get("run"):
        return
    late = work.loc[texts(work["fault"]) != ""]
    yield ("Work: the sheet Duplicates has it, with its notes",)
    yield "work in hand", int(work["question_id"].nunique())
    yield "work past its day, or that the lists speak against", len(late)
    if late.empty:
        return
    yield (
        "   what is wrong, with which need and whose hospital numbers",
        "of organisation",
        "owner",
        "person",
        "due",
        "days old",
    )
    rows = late.head(MOST_NAMED)
    needs = texts(rows["pathway_ids"])
    needs = np.where(needs == "", texts(rows["question_id"]), needs)
    whose = phrase(needs, texts(rows["hospital_numbers"]))
    about = phrase(texts(rows["fault"]), whose, by=": ").tolist()
    said = (texts(rows[name]).tolist() for name in ("detail", "owner", "person"))
    days = rows["age_days"].fillna(0).astype(int).tolist()
    for what, *who, due, old in zip(about, *said, rows["due"], days, strict=True):
        yield f"   {what}", *who, _day(due), old
    if len(late) > MOST_NAMED:
        yield f"   and {len(late) - MOST_NAMED:,} more: see Duplicates", ""


def _came_in(manifest: Mapping[str, Any]) -> Iterator[Line]:
    inputs = _inputs(manifest)
    yield ("What came in",)
    yield "file", "organisation", "list of", "records", "entries", "set aside"
    for each in inputs:
        name = f"{each['file']} ({each['sheet']})" if each["sheet"] else each["file"]
        census = date.fromisoformat(each["census_date"])
        counts = (each["records"], each["entries"], each["set_aside"])
        yield name, each["organisation"] or "by row", census, *counts
    sums = (sum(each[name] for each in inputs) for name in ("records", "entries", "set_aside"))
    yield "together", "", "", *sums


def _found(tables: Mapping[str, pd.DataFrame]) -> Iterator[Line]:
    entries, combined = tables["entries"], tables["combined_list"]
    outcome = texts(entries["outcome"])
    level = texts(tables["review_queue"]["level"])
    yield ("What was found",)
    yield "entries", len(entries)
    yield "   of them no longer waiting", int((outcome == str(Outcome.NOT_WAITING)).sum())
    yield "patients", int(entries["patient_id"].nunique())
    yield "needs that wait: rows of the combined list", len(combined)
    for name, word in (
        ("confirmed", Outcome.CONFIRMED_DUPLICATE),
        ("proposed, to be confirmed by people", Outcome.PROPOSED_DUPLICATE),
    ):
        yield f"   duplicates {name}", int((outcome == str(word)).sum())
    cancer = truth(combined["suspected_cancer"])
    yield "   suspected cancer", int(cancer.sum())
    later = len(level) - int(truth(tables["review_queue"]["this_week"]).sum())
    yield "questions that wait for a later week: each organisation can answer so many", later
    yield "questions about who is who", int((level == "patient").sum())
    yield "questions about what is one need", int((level == "pathway").sum())
    yield "findings of data quality", len(tables["findings"])


_BANDS = (0, 18, 26, *sorted(LONG_WAITS))
"""Weeks at which a band of waits begins."""


def _waits(combined: pd.DataFrame) -> Iterator[Line]:
    """How many needs wait how long; over 52 weeks is over 364 days (domain 8)."""
    waited = numbers(combined["days_waiting"])
    yield (WAITS,)
    yield "weeks", "needs"
    for start, end in zip(_BANDS, (*_BANDS[1:], None), strict=True):
        name = f"up to {end}" if not start else f"over {start}" + (f" to {end}" if end else "")
        above = waited > start * WEEK if start else waited >= 0
        yield name, int((above & (waited <= (np.inf if end is None else end * WEEK))).sum())
    yield "no referral-to-treatment wait, or no start", int(np.isnan(waited).sum())


def _organisations(tables: Mapping[str, pd.DataFrame]) -> Iterator[Line]:
    """What each organisation's list has."""
    own = texts(tables["entries"]["organisation"])
    duplicates = [duplicated(tables, kind) for kind in (CONFIRMED, PROPOSED)]
    asked = texts(tables["review_queue"]["organisations"]).tolist()
    questions = Counter(code for each in asked for code in each.split(";"))
    yield (ORGANISATIONS,)
    yield "organisation", "entries", *_WITH_DUPLICATES, "questions"
    for code in sorted(set(own.tolist()) - {""}):
        mine = own == code
        counts = (int((mine & each).sum()) for each in duplicates)
        yield code, int(mine.sum()), *counts, questions[code]


_WITH_DUPLICATES = ("with a confirmed one", "with a proposed one")
"""Of the entries those in a need with duplicates, whichever of its entries is the shown one."""

WAITS = "How long needs wait"
ORGANISATIONS = "Organisation by organisation: its entries, and those in a need with a duplicate"


def _gained(gains: pd.DataFrame) -> Iterator[Line]:
    measure = texts(gains["measure"])
    yield ("What one list shows that several do not",)
    yield "", Confidence.CERTAIN.value, "proposed or asked"
    for gain in Gain:
        mine = measure == str(gain)
        yield (
            gain.meaning,
            *(int(np.nansum(numbers(gains[name])[mine])) for name in ("confirmed", "proposed")),
        )


CHARTS = (Chart(WAITS, (1,), last=1), Chart(ORGANISATIONS, (2, 3)))
"""What the first sheet draws beside its lines."""
