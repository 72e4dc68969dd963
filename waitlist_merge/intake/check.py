"""What was recognised in extracts, as a table and as JSON.

>>> import pandas as pd
>>> frame = pd.DataFrame({"NHS No": ["999 000 0018"], "GP name": ["Dr Who"]})
>>> found = check_table([Extract.from_frame(frame, organisation="RM3")])
>>> found[["heading", "field", "score"]].to_dict("records")[0]
{'heading': 'NHS No', 'field': 'nhs_number', 'score': 1.0}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from waitlist_merge.intake.extract import Extract
from waitlist_merge.intake.findings import FINDING_COLUMNS, WHOLE
from waitlist_merge.reasons import Fault

__all__ = ["check_report", "check_table"]

COLUMNS = ("file", "sheet", "heading", "field", "score", "reason")


def check_table(extracts: Sequence[Extract]) -> pd.DataFrame:
    """One row per heading: file, sheet, heading, field (None: not used), score 0 to 1, reason."""
    rows = [asdict(match) for extract in extracts for match in extract.mapping]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def check_report(extracts: Sequence[Extract]) -> dict[str, list[dict[str, Any]]]:
    """The object that ``check --json`` prints: ``mapping``, ``formats`` and ``findings``."""
    return {
        "mapping": [asdict(match) for extract in extracts for match in extract.mapping],
        "formats": [_formats(extract) for extract in extracts],
        "findings": [
            {"file": extract.source_file} | dict(zip(FINDING_COLUMNS, finding, strict=True))
            for extract in extracts
            for finding in (
                *extract.findings.itertuples(index=False, name=None),
                *_undated(extract),
            )
        ],
    }


def _undated(extract: Extract) -> list[tuple[object, ...]]:
    """The finding that a merge will ask for the day of this list."""
    if extract.census_date is not None:
        return []
    message = "no census date in a column, a title line or the file name: give --census-date"
    return [(WHOLE, "census_date", Fault.CENSUS_UNKNOWN.value, message, 1)]


def _formats(extract: Extract) -> dict[str, Any]:
    day = extract.census_date
    return {
        "file": extract.source_file,
        "sheet": extract.source_sheet,
        "organisation": extract.organisation,
        "census_date": day.isoformat() if day else None,
        "census_source": extract.census_source,
        "wait_unit": extract.wait_unit,
        "date_orders": dict(extract.date_orders),
        "entries": len(extract.text),
        "set_aside": extract.set_aside,
        **extract.formats,
    }
