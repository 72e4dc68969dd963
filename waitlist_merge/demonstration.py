"""The whole road on a region that we made ourselves: extracts, merge, and how right it was.

>>> import tempfile
>>> out = Path(tempfile.mkdtemp())
>>> shown = demonstrate(out, entries=300, seed=7)
>>> shown.summary.rows, sorted(path.name for path in out.iterdir())
(300, ['demo.json', 'extracts', 'merged', 'truth.csv'])
>>> shown.scores.patients.precision
1.0
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from waitlist_merge.demo import Scores, score, write_demo
from waitlist_merge.demo.folder import EXTRACTS
from waitlist_merge.demo.region import DEFAULT_CENSUS
from waitlist_merge.intake.requests import FileRequest
from waitlist_merge.merge import merge_files
from waitlist_merge.outputs import prepare
from waitlist_merge.plan import ORGANISATION_CODE
from waitlist_merge.reasons import Joins
from waitlist_merge.stages import Progress, in_silence
from waitlist_merge.summary import Summary

MERGED = "merged"
"""Folder of the merge within the folder of a demonstration."""


@dataclass(frozen=True, slots=True, eq=False)
class Demonstration:
    """What the merge found, and how right that is: the truth is known.

    ``str()`` gives the lines that the command line prints.
    """

    summary: Summary
    scores: Scores

    def __str__(self) -> str:
        return "\n".join([str(self.summary), "", *self._right(), "", *self._relations()])

    def _right(self) -> list[str]:
        levels = {"patients": self.scores.patients, "pathways": self.scores.needs}
        return [
            f"{'how right, by pairs of rows':<34}{'precision':>10}{'recall':>10}{'pairs':>10}",
            *(
                f"  {name:<32}{_share(pairs.precision, of=pairs.found):>10}"
                f"{_share(pairs.recall, of=pairs.true):>10}{pairs.true:>10,}"
                for name, pairs in levels.items()
            ),
        ]

    def _relations(self) -> list[str]:
        table = self.scores.by_relation
        return [
            f"{'what became of each true relation':<34}"
            + "".join(f"{name:>10}" for name in table.columns[1:]),
            *(
                f"  {name:<32}" + "".join(f"{count:>10,}" for count in counts)
                for name, *counts in table.itertuples(index=False)
            ),
        ]


def _share(share: float, *, of: int) -> str:
    """A share to print; of no pairs at all there is none."""
    return f"{share:.4f}" if of else "-"


def demonstrate(
    out: Path,
    *,
    entries: int = 25_000,
    seed: int = 1,
    progress: Progress = in_silence,
) -> Demonstration:
    """Write a region to ``out/extracts`` and its truth to ``out/truth.csv``; merge it.

    The merge is in ``out/merged``. The same ``entries`` and ``seed`` give the same files.
    OutputError, before anything is written, where ``out`` is a file or a folder that holds what no
    demonstration wrote.
    """
    merged = prepare(out / MERGED)
    progress("make a region")
    truth = write_demo(out, entries=entries, seed=seed)
    files = [_request(out / EXTRACTS / name) for name in sorted(truth["source_file"].unique())]
    result = merge_files(files, census_date=DEFAULT_CENSUS, progress=progress)
    links = result.pathway_links
    asked = links.loc[links["joins"] == Joins.ASKED]
    shown = Demonstration(result.summary(), score(result.entries, truth, asked=asked))
    progress("write")
    result.save(merged)
    return shown


def _request(path: Path) -> FileRequest:
    """Names of extracts begin with the code of their organisation."""
    code = re.match(ORGANISATION_CODE, path.name)
    return FileRequest(str(path), code.group() if code else None)
