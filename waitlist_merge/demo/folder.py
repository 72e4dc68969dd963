"""The folder of a demonstration: which one is ours to write, and which files in it are.

``demo.json`` says that a demonstration wrote the folder, of how many entries and which seed, and
lists its extracts. Only ``extracts``, ``truth.csv`` and ``demo.json`` are ever replaced.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from waitlist_merge.errors import OutputError
from waitlist_merge.outputs.folder import PROGRAM, count_foreign, refuse_own
from waitlist_merge.versions import installed_version

MARKER = "demo.json"
TRUTH = "truth.csv"
EXTRACTS = "extracts"


def refuse_foreign_demo(out: Path) -> None:
    """OutputError where ``out`` is a file, or a non-empty folder that no demonstration wrote."""
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(f"{out}: is a file; name a new or an empty folder")
    if any(out.iterdir()) and _marker(out) is None:
        raise OutputError(
            f"{out}: holds files that no demonstration wrote; name a new or an empty folder"
        )
    refuse_foreign_extracts(out / EXTRACTS)


def refuse_foreign_extracts(extracts: Path) -> None:
    """OutputError where a file that no demonstration wrote lies among the extracts."""
    if extracts.is_dir():
        listed = (_marker(extracts.parent) or {}).get(EXTRACTS)
        refuse_own(extracts, count_foreign(extracts, listed if isinstance(listed, list) else ()))


def mark(out: Path, *, entries: int, seed: int, extracts: Sequence[str]) -> None:
    """Say that this is the folder of a demonstration; ``extracts`` are the names of its files."""
    marker = {
        "program": PROGRAM,
        "version": installed_version("waitlist-merge"),
        "entries": entries,
        "seed": seed,
        EXTRACTS: sorted(extracts),
    }
    (out / MARKER).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")


def _marker(out: Path) -> dict[str, object] | None:
    try:
        marker = json.loads((out / MARKER).read_bytes())
    except (OSError, ValueError):
        return None
    ours = isinstance(marker, dict) and marker.get("program") == PROGRAM and "seed" in marker
    return marker if ours else None
