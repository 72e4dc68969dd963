"""What is recognised in each file: headings, formats and faults, before anything is merged.

>>> import tempfile
>>> path = tempfile.mkdtemp() + "/RM3 PTL 20261115.csv"
>>> frame = pd.DataFrame({"NHS No": ["999 000 0018"], "Surname": ["Okafor"], "Shoe size": [44]})
>>> frame.to_csv(path, index=False)
>>> report = check_files([FileRequest(path, "RM3")])
>>> report.tables["mapping"][["heading", "field"]].to_numpy().tolist()[:2]
[['NHS No', 'nhs_number'], ['Surname', 'family_name']]
>>> sorted(json.loads(report.to_json()))
['findings', 'formats', 'mapping', 'refused']
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake import Extract, check_report
from waitlist_merge.intake.requests import FileRequest, read_all
from waitlist_merge.plan import MergeConfig


@dataclass(frozen=True, eq=False, slots=True)
class CheckReport:
    """The extracts that could be read, and why others could not."""

    extracts: tuple[Extract, ...]
    refused: tuple[RefusedExtract, ...]

    @property
    def parts(self) -> dict[str, list[dict[str, Any]]]:
        """``mapping`` (a row for each heading), ``formats``, ``findings`` and ``refused``."""
        refused = [
            {"file": each.source, "problem": each.problem, "cure": each.cure}
            for each in self.refused
        ]
        return {**check_report(self.extracts), "refused": refused}

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The parts that are not empty, each as a frame."""
        return {name: pd.DataFrame(rows) for name, rows in self.parts.items() if rows}

    def to_json(self) -> str:
        """The parts as one JSON object; what is missing is null."""
        parts = {
            name: [{key: _known(value) for key, value in row.items()} for row in rows]
            for name, rows in self.parts.items()
        }
        return json.dumps(parts, indent=2, default=str)


def _known(value: Any) -> Any:  # noqa: ANN401
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value


def check_files(files: Sequence[FileRequest], *, config: MergeConfig | None = None) -> CheckReport:
    """Read each file as ``merge_files`` would, merge nothing, and say what was recognised.

    Files that ``config`` names are read where no ``files`` are given. A list that does not say
    whose it is, which a merge refuses, is shown all the same, with a finding.
    """
    extracts, refused = read_all(files, config or MergeConfig(), need_organisation=False)
    return CheckReport(tuple(extracts), tuple(refused))
