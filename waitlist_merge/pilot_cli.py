"""``review sample`` and ``review score``: how right is the engine, by our own people?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from waitlist_merge.errors import InputError
from waitlist_merge.outputs import read_manifest, read_tables
from waitlist_merge.outputs.sampling import prepare_sample, read_answers, read_key, write_sample
from waitlist_merge.outputs.views import made_ready
from waitlist_merge.plural import many
from waitlist_merge.review.pilot import Scored, draw, score
from waitlist_merge.terminal import Debug, complain, one_line, show


def add_commands(app: typer.Typer) -> None:
    """Add the two commands to the sub-application ``review``."""
    app.command(name="sample")(sample)
    app.command(name="score")(score_answers)


def sample(
    *,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a merge.")],
    to: Annotated[
        Path | None, typer.Option(help="Folder for the workbooks; by default OUT-sample.")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="Pairs to draw.")] = 200,
    specialty: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only pairs with an entry of this service."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Draw pairs for each organisation to answer blind, into a workbook for each."""
    with one_line(debug=debug):
        manifest = read_manifest(out)
        if organisation := manifest.get("view"):
            raise InputError(
                f"{out}: is the view of {organisation}, which lacks what the others' entries say; "
                "give the coordinator's list"
            )
        folder = prepare_sample(to or out.with_name(f"{out.name}-sample"))
        tables = read_tables(out)
        whole = made_ready(tables, manifest)
        drawn = draw(tables, n=n, withheld=whole.withheld, services=specialty or ())
        day = date.fromisoformat(str(manifest["run_date"]))
        written = write_sample(folder, drawn, tables["entries"], run_date=day)
        counts = drawn.groupby(["level", "stratum"]).size().reset_index(name="pairs")
        show(f"{len(drawn)} pairs in {len(written)} workbooks in {folder}", counts)


def score_answers(
    *,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What review sample wrote.")],
    workbooks: Annotated[
        list[Path] | None,
        typer.Argument(metavar="WORKBOOK...", help="By default those in the folder."),
    ] = None,
    precision: Annotated[
        float,
        typer.Option(min=0.5, max=1.0, help="Share of joined pairs that has to be right."),
    ] = 0.99,
    debug: Debug = False,
) -> None:
    """Say how right the engine was by what people answered, and how sure that is.

    Problems are told all together, the good rows count. Exit code 3 where a row could not be
    counted.
    """
    with one_line(debug=debug):
        drawn = read_key(folder)
        read = read_answers(workbooks or sorted(folder.glob("sample_*.xlsx")), drawn)
        for problem in read.problems:
            complain(problem)
        if read.answers.empty:
            told = f"{many(len(drawn), 'pair')} in {many(read.workbooks, 'workbook')}"
            typer.echo(f"nothing is answered yet: {told}; there is nothing to score")
        else:
            _show(score(drawn, read.answers, precision=precision))
        if read.problems:
            raise typer.Exit(InputError.exit_code)


def _show(scored: Scored) -> None:
    show("How many are the same, by how sure the engine was", scored.strata.round(3))
    show("Of the joined ones, by organisations and ethnic group", scored.groups.round(3))
    show("Where two people or more read a pair", scored.readers.round(3))
    show("Weight of people from which joining is as precise as that", scored.thresholds.round(3))
    if scored.conflicts:
        typer.echo(f"people contradict each other about {', '.join(scored.conflicts)}")
