"""Which extracts take part in a run, and which day is it a run of?

Each extract has its own census date; the run has one. An extract may be a few days older than the
run and is then marked with its age; one much older, or newer than the run, is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from waitlist_merge.errors import ConfigError, InputError, RefusedExtract, RefusedExtracts
from waitlist_merge.intake.assemble import Typed, read_values
from waitlist_merge.intake.extract import Extract
from waitlist_merge.plan import MergePlan
from waitlist_merge.reasons import Fault


@dataclass(frozen=True, eq=False, slots=True)
class Accepted:
    """The extracts of a run, each with its census date; those refused; and the run's date.

    ``findings`` speaks of whole files: an extract that is older, a file given twice.
    """

    typed: tuple[Typed, ...]
    refused: tuple[RefusedExtract, ...]
    run_date: date
    findings: pd.DataFrame

    def without_values(self) -> Accepted:
        """The same without the values of its extracts, so that nothing of size is held twice."""
        return replace(self, typed=tuple(each.without_values() for each in self.typed))


def accept(
    extracts: Sequence[Extract],
    *,
    census_date: date | str | None,
    plan: MergePlan,
    allow_stale: bool = False,
    skip_refused: bool = False,
    refused: Sequence[RefusedExtract] = (),
) -> Accepted:
    """Which extracts take part, and what is the run's date?

    ``census_date`` is the run's date, by default the latest extract's; an extract without a date
    of its own takes it. The same bytes given twice for one organisation are read once; for two
    they are refused. Raises RefusedExtracts with all problems together, unless ``skip_refused``;
    InputError where no extract is left.
    """
    asked = as_date(census_date)
    ordered = sorted(extracts, key=lambda each: (each.source_file, each.source_sheet, each.digest))
    once, repeats, problems = _read_once(ordered)
    dated, undated = _dated(once, asked)
    problems += undated
    run_date = asked or max((day for _, day in dated), default=None)
    if run_date is not None:
        dated, late = _not_stale(dated, run_date, plan, allow_stale=allow_stale)
        problems += late
    typed, unfit = _read_values(dated, plan.hmac_key)
    together = (*refused, *problems, *unfit)
    if together and not skip_refused:
        raise RefusedExtracts(together)
    if not typed or run_date is None:
        if together:
            raise RefusedExtracts(together)
        raise InputError("no extract was given; give one file or more")
    findings = pd.DataFrame(
        [
            *repeats,
            *(_aged(each, run_date) for each in typed if each.census_date < run_date),
        ],
        columns=["organisation", "source_file", "source_sheet", "reason", "message"],
    )
    return Accepted(
        typed=tuple(typed),
        refused=together,
        run_date=run_date,
        findings=findings,
    )


Dated = list[tuple[Extract, date]]
Problems = list[RefusedExtract]
Note = tuple[str, str, str, str, str]


def as_date(value: date | str | None) -> date | None:
    """A day from ISO text, a date, a datetime, a Timestamp or a datetime64; None stays None.

    Raises ConfigError otherwise.

    >>> as_date("2026-11-15"), as_date(np.datetime64("2026-11-15"))
    (datetime.date(2026, 11, 15), datetime.date(2026, 11, 15))
    """
    if value is None:
        return None
    day: object = value
    if isinstance(day, np.datetime64):
        day = day.astype("datetime64[D]").item()
    if isinstance(day, str):
        with suppress(ValueError):
            return date.fromisoformat(day)
    elif isinstance(day, date) and not pd.isna(day):
        return date(day.year, day.month, day.day)
    raise ConfigError(
        f"census date: {value!r} is not a date; write it as YYYY-MM-DD, such as 2026-11-15"
    )


def _read_once(extracts: Sequence[Extract]) -> tuple[list[Extract], list[Note], Problems]:
    """Each content once; the same bytes under two organisations are refused."""
    by_content: defaultdict[tuple[str, str], list[Extract]] = defaultdict(list)
    for at, each in enumerate(extracts):
        key = (each.digest, each.source_sheet) if each.digest else ("", str(at))
        by_content[key].append(each)
    once: list[Extract] = []
    notes: list[Note] = []
    problems: Problems = []
    for alike in by_content.values():
        if len({each.organisation for each in alike}) > 1:
            problems += [_under_two(each, alike) for each in alike]
            continue
        once.append(alike[0])
        notes += [
            _note(each, Fault.SAME_FILE_TWICE, f"the same content as {alike[0].source_file}")
            for each in alike[1:]
        ]
    return once, notes, problems


def _under_two(extract: Extract, alike: Sequence[Extract]) -> RefusedExtract:
    codes = ", ".join(sorted({str(each.organisation) for each in alike}))
    return RefusedExtract(
        extract.source_file,
        f"the same content was given for more than one organisation ({codes})",
        "give each organisation its own file",
    )


def _dated(extracts: Sequence[Extract], asked: date | None) -> tuple[Dated, Problems]:
    dated: Dated = []
    problems: Problems = []
    for each in extracts:
        day = each.census_date or asked
        if day is None:
            problems.append(
                RefusedExtract(
                    each.source_file,
                    "no census date in a column, a title line or the file name",
                    "give --census-date YYYY-MM-DD, or census_date in merge.toml",
                )
            )
        else:
            dated.append((each, day))
    return dated, problems


def _not_stale(
    dated: Dated, run_date: date, plan: MergePlan, *, allow_stale: bool
) -> tuple[Dated, Problems]:
    kept: Dated = []
    problems: Problems = []
    for each, day in dated:
        age = (run_date - day).days
        if age < 0:
            problems.append(
                RefusedExtract(
                    each.source_file,
                    f"its census date {day} is after the run's date {run_date}",
                    "give a later --census-date, or none",
                )
            )
        elif age > plan.stale_days and not allow_stale:
            problems.append(
                RefusedExtract(
                    each.source_file,
                    f"its census date {day} is {age} days before the run's date {run_date}, and "
                    f"{plan.stale_days} are allowed",
                    "ask for a newer extract, or give --allow-stale",
                )
            )
        else:
            kept.append((each, day))
    return kept, problems


def _read_values(dated: Dated, key: str | None) -> tuple[list[Typed], Problems]:
    found = [read_values(each, day, key=key) for each, day in dated]
    return (
        [each for each in found if isinstance(each, Typed)],
        [each for each in found if isinstance(each, RefusedExtract)],
    )


def _aged(typed: Typed, run_date: date) -> Note:
    age = (run_date - typed.census_date).days
    message = f"{age} days older than the run's date {run_date}"
    return _note(typed.extract, Fault.EXTRACT_OLDER, message)


def _note(extract: Extract, reason: Fault, message: str) -> Note:
    return (
        extract.organisation or "",
        extract.source_file,
        extract.source_sheet,
        str(reason),
        message,
    )
