"""What was merged, with which plan and versions, and where every row went; no identifiers.

>>> read = InputFile(file="RM3.csv", sheet="", organisation="RM3", sha256="0a1b",
...                  census_date="2026-11-15", census_source="file name",
...                  records=12, entries=10, set_aside=2)
>>> manifest = build(plan=MergePlan(), run_date=date(2026, 11, 15), inputs=[read])
>>> manifest["run_date"], manifest["plan"]["key"]
('2026-11-15', 'fixed public')
"""

from __future__ import annotations

import platform
import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypedDict

from waitlist_merge.errors import ConservationError
from waitlist_merge.plan import MergePlan
from waitlist_merge.versions import installed_version

PACKAGES = (
    "waitlist-merge",
    "numpy",
    "pandas",
    "pyarrow",
    "recordlinkage",
    "rapidfuzz",
    "jellyfish",
    "pydantic",
    "python-calamine",
)
"""The packages whose version can change a result."""

_NHS_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{3}([ -]?)[0-9]{3}\1[0-9]{4}(?![0-9A-Za-z])")
"""Ten digits that stand alone, in one piece or as 3-3-4; longer numbers and hashes are not."""

_HIDDEN = "[number removed]"


class InputFile(TypedDict):
    """One extract as the manifest tells of it.

    ``records`` are all records below the header: each is an entry or is set aside.
    """

    file: str
    sheet: str
    organisation: str | None
    sha256: str
    census_date: str
    census_source: str
    records: int
    entries: int
    set_aside: int


def build(
    *,
    plan: MergePlan,
    run_date: date,
    inputs: Sequence[InputFile],
    refused: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    timings: Mapping[str, float] | None = None,
    patient_model: Mapping[str, object] | None = None,
    fairness: Sequence[Mapping[Hashable, object]] = (),
    notes: Sequence[str] = (),
    run: int = 0,
    told_against: int = 0,
) -> dict[str, Any]:
    """The manifest of a run, as plain values for ``manifest.json``.

    ``counts`` are of what each stage made, ``timings`` the seconds that each took, and
    ``patient_model`` tells which model weighed the evidence on people; ``fairness`` the shares of
    rows linked and asked about, by kind of person. ``run`` is its number in the register, whose key
    the entry ids then have, 0 without one, and ``told_against`` that of the run that its changes
    are told against. Numbers that look like an NHS number are removed, even from the name of a
    file. ConservationError where the records of a file are not all accounted for.
    """
    check_conserved(inputs)
    manifest: dict[str, object] = {
        "finished": datetime.now(UTC).isoformat(timespec="microseconds"),
        "run_date": run_date.isoformat(),
        "versions": _versions(),
        "run": run,
        "told_against": told_against,
        "plan": plan.public() | ({"key": "from the register"} if run else {}),
        "plan_digest": plan.digest(),
        "patient_model": dict(patient_model or {}),
        "inputs": [dict(each) for each in inputs],
        "refused": list(refused),
        "counts": dict(counts or {}),
        "fairness": [dict(each) for each in fairness],
        "seconds": {name: round(each, 3) for name, each in (timings or {}).items()},
        "notes": list(notes),
    }
    return {name: without_numbers(value) for name, value in manifest.items()}


def check_conserved(inputs: Sequence[InputFile]) -> None:
    """ConservationError, naming each file, unless every record is an entry or set aside."""
    lost = [
        f"{each['file']}: {each['records']} records, but {each['entries']} entries and "
        f"{each['set_aside']} set aside"
        for each in inputs
        if each["records"] != each["entries"] + each["set_aside"]
    ]
    if lost:
        raise ConservationError("; ".join(lost) + "; this is a defect: please report it")


def without_numbers(value: object) -> object:
    """The same values, with whatever looks like an NHS number taken out of every text.

    >>> without_numbers({"file": "list of 999 012 3463.csv", "digest": "a9990123463"})
    {'file': 'list of [number removed].csv', 'digest': 'a9990123463'}
    """
    if isinstance(value, str):
        return _NHS_NUMBER.sub(_HIDDEN, value)
    if isinstance(value, Mapping):
        return {key: without_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_numbers(each) for each in value]
    return value


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {
        name: installed_version(name) for name in PACKAGES
    }
