"""Tables, workbook, manifest and description of a run, in one folder that is replaced whole.

>>> "read_tables" in __all__, "write_tables" in __all__
(True, True)
"""

from __future__ import annotations

from waitlist_merge.outputs.folder import prepare
from waitlist_merge.outputs.manifest import InputFile, build as build_manifest
from waitlist_merge.outputs.tables import read_manifest, read_tables, write_tables
from waitlist_merge.outputs.workbook import MOST_ENTRIES as MOST_IN_WORKBOOK

__all__ = [
    "MOST_IN_WORKBOOK",
    "InputFile",
    "build_manifest",
    "prepare",
    "read_manifest",
    "read_tables",
    "write_tables",
]
