"""One page and a table for an organisation's Monday: ``weekly_ORG.xlsx``.

The page says what has come in against last week, what to look at first, waits, duplicates,
questions and work. The table has each finding, new, open or fixed, with the hospital number. What
only an earlier run can tell is ``not known`` where there was none; nothing is counted as nil that
nobody has counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from waitlist_merge.combined.clocks import WEEK
from waitlist_merge.combined.facts import RTT_STATES
from waitlist_merge.outputs.workbook.cells import Texts, day_texts, phrase, texts, truth, worded
from waitlist_merge.outputs.workbook.duplicated import CONFIRMED, PROPOSED, duplicated
from waitlist_merge.outputs.workbook.faults import findings_page
from waitlist_merge.outputs.workbook.lines import Line, write_lines
from waitlist_merge.outputs.workbook.paper import paper_at
from waitlist_merge.review.fixed import FIXED, NEW, OPEN, compared
from waitlist_merge.review.urgency import SOON

Tables = Mapping[str, pd.DataFrame]

NOT_KNOWN = "not known: there is no earlier list"

COUNTED_WEEKS = (52, 65)
"""Waits that are counted each week (domain 8): over so many weeks."""

AHEAD = timedelta(weeks=4)
"""How far the page looks ahead: a wait that passes by then can still be ended before."""

_WIDTHS = (64, 17, 30, 11)

MOST_NAMED = 8
"""Patients named under one line, so that the page stays one page; the workbook has them all."""


@dataclass(frozen=True, eq=False, slots=True)
class Before:
    """What earlier runs and the register know of an organisation; None is not known.

    ``rows`` and ``census_date`` are of its last list, ``findings`` those of it (columns of the
    table). ``asked`` has for the id of each open question the day since when it is asked,
    ``answered`` is how many it has answered since last week's lists were first merged.
    """

    rows: int | None = None
    census_date: date | None = None
    findings: pd.DataFrame | None = None
    asked: Mapping[str, date] | None = None
    answered: int | None = None


def before_of(
    organisation: str,
    *,
    extracts: pd.DataFrame | None,
    entries: pd.DataFrame | None,
    findings: pd.DataFrame | None,
    answered_by: Sequence[str],
    asked: pd.DataFrame | None = None,
) -> Before:
    """What an earlier run knew of an organisation.

    ``extracts`` and ``entries`` are those of its snapshot, None where there was no other list yet;
    ``findings`` the faults of its lists and ``answered_by`` the organisation of each answer since
    last week; ``asked`` has the open questions, with ``question_id`` and ``first_date``.
    """
    faults = None
    if findings is not None and entries is not None:
        mine = findings.loc[texts(findings["organisation"]) == organisation]
        number = dict(
            zip(texts(entries["entry_id"]), texts(entries["local_patient_identifier"]), strict=True)
        )
        held = mine["entry_id"].astype(object).map(number)
        faults = mine.assign(local_patient_identifier=held)
    answered = sum(each == organisation for each in answered_by)
    since = None
    if asked is not None:
        days = (pd.Timestamp(each).date() for each in asked["first_date"])
        since = dict(zip(texts(asked["question_id"]).tolist(), days, strict=True))
    unknown = Before(findings=faults, answered=answered, asked=since)
    if extracts is None:
        return unknown
    own = extracts.loc[texts(extracts["organisation"]) == organisation]
    if own.empty:
        return unknown
    last = own.iloc[0]
    census_date = pd.Timestamp(last["census_date"]).date()
    return replace(unknown, rows=int(last["rows"]), census_date=census_date)


def write_weekly(
    tables: Tables, manifest: Mapping[str, Any], *, before: Before | None = None
) -> Callable[[Path], None]:
    """What writes the page to a path; ``tables`` and ``manifest`` are those of ``view``."""
    organisation = str(manifest["view"])
    run_date = date.fromisoformat(manifest["run_date"])
    known = before or Before()
    told = compared(tables["findings"], known.findings)
    lines = list(_lines(tables, manifest, known, told))

    def write(path: Path) -> None:
        title = f"The week at {organisation}"
        with paper_at(path, title, run_date) as paper:
            dated = f"{title}, {run_date:%d %b %Y}"
            write_lines(paper, "Week", dated, lines, widths=_WIDTHS, one_page=True)
            paper.write(findings_page(told))

    return write


def _lines(
    tables: Tables, manifest: Mapping[str, Any], before: Before, findings: pd.DataFrame
) -> Iterator[Line]:
    organisation = str(manifest["view"])
    run_date = date.fromisoformat(manifest["run_date"])
    entries = tables["entries"]
    mine = texts(entries["organisation"]) == organisation
    own = entries.loc[mine].reset_index(drop=True)
    confirmed, proposed = (mine & duplicated(tables, kind) for kind in (CONFIRMED, PROPOSED))
    known = bool(manifest.get("run"))
    yield from _first(tables["unaccounted"], entries.loc[proposed], run_date, known=known)
    yield from _list(own, before)
    yield from _waits(own, run_date)
    yield ("Duplicates: your own entries",)
    yield "in a need with a duplicate that is confirmed", int(confirmed.sum())
    yield "in a need with a duplicate that is proposed, for people to confirm", int(proposed.sum())
    yield from _questions(tables["review_queue"], before, run_date)
    yield from _work(tables["work"], known=known)
    yield from _findings(findings, known=before.findings is not None)


def _first(
    unaccounted: pd.DataFrame, doubted: pd.DataFrame, run_date: date, *, known: bool
) -> Iterator[Line]:
    counted = len(unaccounted) if known or len(unaccounted) else NOT_KNOWN
    yield ("Look here first",)
    yield "patients unaccounted for: their last entry left and nobody said why", counted
    yield from _named(
        phrase(
            texts(unaccounted["hospital_numbers"]),
            "left by",
            day_texts(unaccounted["left_date"]),
        )
    )
    first = _first_booked(doubted, run_date)
    soon = (first <= pd.Timestamp(run_date) + timedelta(days=SOON)).to_numpy(dtype=bool)
    yield f"appointments or admissions within {SOON} days on a proposed duplicate", int(soon.sum())
    number = texts(doubted["local_patient_identifier"])
    yield from _named(phrase(number[soon], day_texts(first[soon]), by=": "))


def _named(said: Texts) -> Iterator[Line]:
    """The first few, and how many more."""
    for each in said[:MOST_NAMED].tolist():
        yield f"   {each}", ""
    if len(said) > MOST_NAMED:
        yield f"   and {len(said) - MOST_NAMED} more: see the workbook", ""


def _first_booked(entries: pd.DataFrame, run_date: date) -> pd.Series:
    """The earlier of the admission and the appointment that each entry has ahead, if any."""
    booked = entries[["tci_date", "next_appointment_date"]].apply(pd.to_datetime)
    first: pd.Series = booked.where(booked >= pd.Timestamp(run_date)).min(axis=1)
    return first


def _list(own: pd.DataFrame, before: Before) -> Iterator[Line]:
    census = pd.to_datetime(own["extract_census_date"]).max()
    yield ("The list",)
    yield "", "this week", "last week", "difference"
    yield "list of", census.date(), before.census_date or NOT_KNOWN
    difference = "" if before.rows is None else f"{len(own) - before.rows:+,}"
    yield "rows", len(own), NOT_KNOWN if before.rows is None else before.rows, difference


def _waits(own: pd.DataFrame, run_date: date) -> Iterator[Line]:
    """By the organisation's own clock starts: what it reports."""
    clocked = np.isin(texts(own["list_state"]).astype(str), [str(each) for each in RTT_STATES])
    start = pd.to_datetime(own["rtt_start_date"])
    waited = (pd.Timestamp(run_date) - start).dt.days.to_numpy(dtype=np.float64, na_value=np.nan)
    waited = np.where(clocked, waited, np.nan)
    yield ("Waits by your own clock starts",)
    yield "", "now", "in 4 weeks, if none is treated"
    for weeks in COUNTED_WEEKS:
        now, then = (int(np.nansum(waited + more > weeks * WEEK)) for more in (0, AHEAD.days))
        yield f"over {weeks} weeks", now, then


AGES = ((6, "asked this week"), (28, "asked up to 4 weeks ago"))
"""Days up to which a question is so old."""
OLDEST = "asked over 4 weeks ago"


def _questions(queue: pd.DataFrame, before: Before, run_date: date) -> Iterator[Line]:
    yield ("Questions and work",)
    yield "questions that wait for an answer", len(queue)
    yield "   of them urgent", int(truth(queue["urgent"]).sum())
    yield "   of them for this week, on the sheet Questions", int(truth(queue["this_week"]).sum())
    for state, count in sorted(Counter(texts(queue["state"]).tolist()).items()):
        yield f"   {state or 'open'}", count
    if before.asked is not None:
        ages = Counter(
            _age((run_date - before.asked.get(each, run_date)).days)
            for each in texts(queue["question_id"]).tolist()
        )
        for name in (*(name for _, name in AGES), OLDEST):
            yield f"   {name}", ages[name]
    yield "answered since last week", NOT_KNOWN if before.answered is None else before.answered


def _age(days: int) -> str:
    return next((name for most, name in AGES if days <= most), OLDEST)


def _work(work: pd.DataFrame, *, known: bool) -> Iterator[Line]:
    """What was to be done and is not, by the calendar or by the lists."""
    late = work.loc[texts(work["fault"]) != ""]
    yield "work past its day, or that the lists speak against", len(late) if known else NOT_KNOWN
    yield from _named(
        phrase(
            texts(late["fault"]),
            texts(late["detail"]),
            texts(late["pathway_ids"]),
            texts(late["hospital_numbers"]),
            worded(late["age_days"], lambda days: f"{int(days)} days old"),
            texts(late["person"]),
            by=", ",
        )
    )


def _findings(findings: pd.DataFrame, *, known: bool) -> Iterator[Line]:
    since = texts(findings["since"])
    yield ("Data quality: the sheet Findings has each with its hospital number",)
    yield "findings now", int((since != FIXED).sum())
    for word in (NEW, OPEN, FIXED):
        yield f"   {word[2:]}", int((since == word).sum()) if known else NOT_KNOWN
