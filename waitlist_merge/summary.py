"""A merge in numbers: what came in, what was found, what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from waitlist_merge.plural import many
from waitlist_merge.review.not_refreshed import MISSING


@dataclass(frozen=True, slots=True)
class Summary:
    """A merge in numbers; ``str()`` gives the lines that the command line prints.

    ``not_refreshed`` says of each organisation that sent no list what is missing for it.
    """

    files: int
    refused: int
    rows: int
    set_aside: int
    patients: int
    pathways: int
    waiting: int
    proposed: int
    confirmed: int
    duplicates: Mapping[str, int]
    questions: Mapping[str, int]
    findings: int
    seconds: float
    unaccounted: int = 0
    changes: int = 0
    since: str = ""
    not_refreshed: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The summary as lines of text."""
        refused = f", {self.refused} refused" if self.refused else ""
        aside = f"; {self.set_aside} lines that are no person set aside" if self.set_aside else ""
        asked = ", ".join(
            f"{count:,} about {_ASKED[level]}" for level, count in self.questions.items()
        )
        kinds = f"{self.confirmed:,} confirmed, {self.proposed:,} proposed"
        lost = [("UNACCOUNTED PATIENTS", self.unaccounted, LOST)] if self.unaccounted else []
        told = [("changes", self.changes, f"since {self.since}")] if self.since else []
        lines = [
            ("rows in", self.rows, f"from {many(self.files, 'file')}{refused}{aside}"),
            ("patients", self.patients, ""),
            ("pathways", self.pathways, f"{self.waiting:,} of them waiting"),
            ("duplicates", self.proposed + self.confirmed, kinds),
            *((f"  {name}", count, "pairs") for name, count in self.duplicates.items()),
            ("questions", sum(self.questions.values()), asked),
            ("findings", self.findings, ""),
            *told,
        ]
        missing = [f"{MISSING}{each}" for each in self.not_refreshed]
        shown = [*map(_shown, lost), *missing, *map(_shown, lines)]
        return "\n".join([*shown, f"{'time taken':<34}{self.seconds:>9.1f} s"])


def _shown(line: tuple[str, int, str]) -> str:
    name, count, more = line
    return f"{name:<34}{count:>9,}   {more}".rstrip()


_ASKED = {
    "unaccounted": "unaccounted patients",
    "patient": "patients",
    "pathway": "pathways",
}
"""What the questions of each level are about."""

LOST = "nobody lists them any longer and nobody has said why: look for them first"
