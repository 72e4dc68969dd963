"""From a grid to an extract: the story, top to bottom.

Headings become fields, the organisation is settled, records that are no entries
are set aside, the census date is found, the text is put together. Each step adds its findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.aside import Told, set_aside, telling_texts, told_by_texts
from waitlist_merge.intake.cells import Column
from waitlist_merge.intake.columns import Judgement
from waitlist_merge.intake.days import census_of
from waitlist_merge.intake.encodings import GUESSED, MIXED
from waitlist_merge.intake.findings import Findings
from waitlist_merge.intake.gather import frame_of, iso_dates, used_columns
from waitlist_merge.intake.grid import Grid
from waitlist_merge.intake.mapping import HeadingMatch, Uses, configured, map_columns
from waitlist_merge.intake.probes import SAMPLE_SIZE, samples_of
from waitlist_merge.intake.words import words
from waitlist_merge.plan import ExtractPlan
from waitlist_merge.reasons import Fault
from waitlist_merge.schema import DATE_FIELDS

__all__ = ["WaitUnit", "settle"]

WaitUnit = Literal["days", "weeks"]

MOST_WEEKS = 250
"""A stated wait without a unit that never exceeds this is in weeks: some wait over 250 days in any
list, and nobody is known to have waited 250 weeks."""

_PERSON = ("nhs_number", "person_key", "local_patient_identifier")
_PERSON_NAMES = ("family_name", "full_name", "given_name")


def settle(
    source: str,
    grid: Grid,
    *,
    digest: str,
    organisation: str | None,
    census: date | None,
    options: ExtractPlan | None,
    need_organisation: bool = True,
) -> dict[str, Any]:
    """The fields of an ``Extract``; RefusedExtract where person or organisation cannot be told."""
    settings = options or ExtractPlan(path=source)
    findings = Findings()
    _report_shape(grid, settings, findings)
    told = told_by_texts(_original_headings(grid), grid.columns)
    samples = samples_of(telling_texts(grid.columns, told, SAMPLE_SIZE))
    placed = configured(source, grid.headings, settings.columns)
    judged, uses = map_columns(grid.headings, samples, placed, findings)
    constants = dict(settings.constants)
    _refuse_nobody(source, {*uses, *constants})
    columns = used_columns(grid.columns, uses)
    owner = organisation or constants.pop("organisation", None) or settings.organisation
    keep = _entries(grid, told, judged, findings)
    owner = _organisation(columns, owner, keep, findings)
    if owner is None and "organisation" not in columns:
        _organisation_unknown(source, findings, needed=need_organisation)
    columns = _iso(columns, settings)
    day, day_source = census_of(
        given=census or settings.census_date,
        column=columns.get("census_date"),
        titles=grid.titles,
        source=source,
        order=settings.date_order,
    )
    unmapped = {
        heading: column
        for heading, column, each in zip(grid.headings, grid.columns, judged, strict=True)
        if each.field is None and settings.keep_unmapped
    }
    return {
        "source_file": source,
        "source_sheet": grid.sheet,
        "text": frame_of(columns, constants, keep),
        "source_row": np.flatnonzero(keep).astype(np.int64) + 1,
        "records": grid.records,
        "organisation": owner,
        "census_date": day,
        "census_source": day_source,
        "mapping": _matches(source, grid, judged),
        "formats": dict(grid.formats) | {"header_row": grid.header_row, "records": grid.records},
        "date_orders": _date_orders(columns, settings),
        "wait_unit": _wait_unit(grid, uses),
        "findings": findings.frame(),
        "digest": digest,
        "unmapped": frame_of(unmapped, {}, keep),
    }


def _original_headings(grid: Grid) -> list[str]:
    """The headings as the file has them, repeated ones too."""
    original = {name: heading for heading, name in grid.repeated}
    return [original.get(heading, heading) for heading in grid.headings]


def _report_shape(grid: Grid, settings: ExtractPlan, findings: Findings) -> None:
    others = grid.formats.get("other_lists") or ()
    if grid.formats.get("sheets", 1) != 1:
        message = f"sheet {grid.sheet!r} was read"
        if isinstance(others, tuple) and others:
            listed = ", ".join(map(repr, others))
            message += f"; {listed} look like lists too and were not: give each as its own extract"
        findings.add(Fault.SHEET_CHOSEN, message)
    encoding = grid.formats.get("encoding")
    if settings.encoding is None and encoding in (*GUESSED, MIXED):
        message = f"read as {encoding}; if letters are wrong set encoding in merge.toml"
        findings.add(Fault.ENCODING_GUESSED, message)
    if "rather" in grid.formats:
        message = f"read as {encoding}, as merge.toml says, though it looks like UTF-8"
        findings.add(Fault.ENCODING_GUESSED, message)
    for heading, name in grid.repeated:
        message = f"heading {heading!r} comes again; the later column is called {name!r}"
        findings.add(Fault.DUPLICATE_COLUMN, message)
    findings.add_rows(Fault.RAGGED_ROW, "more cells than the header", grid.long_rows)
    findings.add_rows(Fault.STRAY_QUOTE, Fault.STRAY_QUOTE.meaning, grid.stray_quotes)
    if grid.short_rows:
        message = "records with fewer cells than the header; the rest was taken for blank"
        findings.add(Fault.RAGGED_ROW, message, count=grid.short_rows)


def _refuse_nobody(source: str, fields: set[str]) -> None:
    """A person is told by an identifier, or by birth date and name."""
    if fields & set(_PERSON):
        return
    born = "birth_date" in fields or "birth_year" in fields
    if born and fields & set(_PERSON_NAMES):
        return
    found = ", ".join(sorted(fields)) or "nothing"
    problem = f"no person can be told from its columns (found: {found})"
    cure = (
        "send NHS number, local patient identifier, or birth date and name, "
        "or map them under columns in the configuration"
    )
    raise RefusedExtract(source, problem, cure)


def _organisation(
    columns: dict[str, Column],
    given: str | None,
    keep: np.ndarray,
    findings: Findings,
) -> str | None:
    """Who sent the list; None where a column says it for each entry and says several."""
    column = columns.get("organisation")
    if given is not None:
        _report_others(columns.pop("organisation", None), given, findings)
        return given.strip().upper()
    codes = set() if column is None else set(column.filter(pa.array(keep)).unique().to_pylist())
    codes -= {None}
    if len(codes) > 1:
        return None
    columns.pop("organisation", None)
    return str(codes.pop()).upper() if codes else None


def _organisation_unknown(source: str, findings: Findings, *, needed: bool) -> None:
    problem = "it does not say whose list it is"
    cure = "give it as ORG=path or as organisation in the configuration"
    if needed:
        raise RefusedExtract(source, problem, cure)
    findings.add(Fault.ORGANISATION_UNKNOWN, f"{problem}, and a merge will refuse it; {cure}")


def _report_others(column: Column | None, given: str, findings: Findings) -> None:
    """A provider column that says something else than what was given."""
    if column is None:
        return
    wanted = given.strip().upper()
    texts = pc.utf8_upper(column.dictionary)
    differs = pc.invert(pc.starts_with(texts, wanted)).take(column.indices).fill_null(False)
    count = int(pc.sum(differs).as_py() or 0)
    if count:
        message = f"records whose provider column says another code; {wanted} was given and used"
        findings.add(Fault.AMBIGUOUS_COLUMN, message, field="organisation", count=count)


def _entries(grid: Grid, told: Told, judged: Sequence[Judgement], findings: Findings) -> np.ndarray:
    """Mask of the records that are entries; each of the others becomes a finding."""
    fields = [each.field or each.second_of for each in judged]
    keep = np.ones(grid.records, dtype=bool)
    for reason, mask in set_aside(grid.columns, told, fields).items():
        rows = (np.flatnonzero(mask) + 1).tolist()
        findings.add_rows(Fault.NOT_A_PERSON_ROW, reason, rows)
        keep &= ~mask
    return keep


def _iso(columns: Mapping[str, Column], settings: ExtractPlan) -> dict[str, Column]:
    """Columns with dates of the configured format in ISO form."""
    form = settings.date_format
    return {
        field: iso_dates(column, form) if form and field in DATE_FIELDS else column
        for field, column in columns.items()
    }


def _matches(source: str, grid: Grid, judged: Sequence[Judgement]) -> tuple[HeadingMatch, ...]:
    return tuple(
        HeadingMatch(source, grid.sheet, heading, each.field, each.score, each.reason)
        for heading, each in zip(grid.headings, judged, strict=True)
    )


def _date_orders(columns: Mapping[str, Column], settings: ExtractPlan) -> Mapping[str, str]:
    if settings.date_order is None:
        return {}
    return {field: settings.date_order for field in columns if field in DATE_FIELDS}


def _wait_unit(grid: Grid, uses: Uses) -> WaitUnit:
    """The unit of the stated wait: as its heading says, else as its size shows."""
    if "stated_wait" not in uses:
        return "days"
    place = uses["stated_wait"][0]
    concepts = {concept for word in words(grid.headings[place]) for concept in word.concepts}
    if concepts & {"week", "days"}:
        return "days" if "days" in concepts else "weeks"
    numbers = pd.to_numeric(pd.Series(grid.columns[place].dictionary.to_pylist()), errors="coerce")
    return "weeks" if numbers.max() <= MOST_WEEKS else "days"
