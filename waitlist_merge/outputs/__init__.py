"""Tables, manifest and description of a run, in one folder that is replaced whole.

>>> sorted(__all__)
['InputFile', 'build_manifest', 'prepare', 'read_tables', 'write_tables']
"""

from __future__ import annotations

from waitlist_merge.outputs.folder import prepare
from waitlist_merge.outputs.manifest import InputFile, build as build_manifest
from waitlist_merge.outputs.tables import read_tables, write_tables

__all__ = ["InputFile", "build_manifest", "prepare", "read_tables", "write_tables"]
