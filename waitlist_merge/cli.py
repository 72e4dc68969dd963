"""The command line: parse, call one function of the library, print.

Exit codes: 0 done; 1 a defect of this program; 2 wrong usage or configuration; 3 bad input or an
output that cannot be written; 4 rows in and out do not agree; 130 interrupted. What goes wrong is
one line each on standard error, without a value of any patient.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal

import typer

from waitlist_merge.check import check_files
from waitlist_merge.config import load_config
from waitlist_merge.demonstration import MERGED, demonstrate
from waitlist_merge.errors import ConfigError, OutputError, RefusedExtracts
from waitlist_merge.held import left_as_they_were, runs_held, telling_of_the_register
from waitlist_merge.intake.requests import FileRequest
from waitlist_merge.merge import merge_files
from waitlist_merge.outputs import prepare
from waitlist_merge.outputs.views import ALL, prepare_views
from waitlist_merge.patients import PatientModel
from waitlist_merge.plan import MergeConfig
from waitlist_merge.recalled import Retrain
from waitlist_merge.rehearsal import rehearse
from waitlist_merge.result import MergeResult
from waitlist_merge.review import register as registers
from waitlist_merge.review.arrivals import Allowed
from waitlist_merge.review_cli import app as review_app
from waitlist_merge.terminal import Debug, complain, one_line, progress_shown, show
from waitlist_merge.unread import refuse_unread
from waitlist_merge.versions import installed_version

app = typer.Typer(
    name="waitlist-merge",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(review_app)

Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE...", help="A path, or ORG=path to say whose list it is."),
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write; replaced whole.")]
Config = Annotated[Path | None, typer.Option("--config", help="A merge.toml.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]


@app.command()
def merge(
    *,
    files: Files = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; replaced whole.")
    ] = None,
    config: Config = None,
    census_date: Annotated[
        str | None, typer.Option(help="The run's date; else that of the latest extract.")
    ] = None,
    tables: Annotated[
        Literal["csv", "parquet", "both"], typer.Option(help="Format of the tables.")
    ] = "both",
    workbook: Annotated[
        bool | None,
        typer.Option(
            "--workbook/--no-workbook",
            help="Write combined_list.xlsx too; by default up to 250,000 entries.",
            show_default=False,
        ),
    ] = None,
    allow_stale: Annotated[
        bool, typer.Option("--allow-stale", help="Take extracts older than the plan allows.")
    ] = False,
    skip_refused: Annotated[
        bool, typer.Option("--skip-refused", help="Merge the rest where a file is refused.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option(help="The patient model of an earlier run; else one is fitted.")
    ] = None,
    save_model: Annotated[
        Path | None, typer.Option(help="File to keep the patient model in, for later runs.")
    ] = None,
    view: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORG",
            help="Write what ORG's staff may hold to OUT/ORG instead; can be given several times. "
            "all: every organisation; coordinator: the whole list.",
        ),
    ] = None,
    register: Annotated[
        str | None,
        typer.Option(
            metavar="REG",
            help="What to remember from week to week: a file, or a database's URL.",
        ),
    ] = None,
    allow_absent: Annotated[
        list[str] | None, typer.Option(metavar="ORG", help="Go on without the list of ORG.")
    ] = None,
    allow_fewer: Annotated[
        list[str] | None, typer.Option(metavar="ORG", help="ORG's list has far fewer rows.")
    ] = None,
    allow_renumbered: Annotated[
        list[str] | None, typer.Option(metavar="ORG", help="ORG has new hospital numbers.")
    ] = None,
    allow_older: Annotated[
        list[str] | None, typer.Option(metavar="ORG", help="ORG's list is older than its last.")
    ] = None,
    capacity: Annotated[
        int | None,
        typer.Option(min=0, help="Questions that each organisation can answer in a week."),
    ] = None,
    specialty: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="With --dry-run: count needs of this service alone."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say in counts what would be found; write nothing."),
    ] = False,
    retrain: Annotated[
        bool,
        typer.Option(
            "--retrain",
            help="Fit the register's patient model anew, list each link made or broken in "
            "OUT/retrain.csv, and record nothing.",
        ),
    ] = False,
    keep_weights: Annotated[
        bool,
        typer.Option(
            "--keep-weights",
            help="With --retrain: fit nothing, try the settings' thresholds on the weights as is.",
        ),
    ] = False,
    accept_model: Annotated[
        str | None,
        typer.Option(metavar="SHA256", help="Take the model whose links --retrain has listed."),
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Merge extracts into one combined list in OUT."""
    allowed = Allowed(
        absent=tuple(allow_absent or ()),
        fewer=tuple(allow_fewer or ()),
        renumbered=tuple(allow_renumbered or ()),
        older=tuple(allow_older or ()),
    )
    kept = f"{out} is as it was" if out else "nothing was written"
    kept = f"what is in {out} is whole, as it was or new" if view else kept
    with one_line(debug=debug, interrupted=kept):
        anew = _retrain(retrain, accept_model, keep_weights)
        _need_files(files, config)
        _need_out(out, dry_run=dry_run, register=register, specialty=specialty)
        if view and anew:
            raise ConfigError("--retrain and --accept-model go with the whole list, not --view")
        if out:
            prepare_views(out) if view else prepare(out)
        _need_folder(save_model)
        requests, settings = _asked(files, config)
        with (
            progress_shown(quiet=quiet) as progress,
            _opened(register, anew) as remembered,
            telling_of_the_register(remembered),
        ):
            refuse_unread(out, remembered, views=view or ())
            result = merge_files(
                requests,
                config=settings,
                census_date=census_date,
                allow_stale=allow_stale,
                skip_refused=skip_refused,
                model=PatientModel.load(model) if model else None,
                register=remembered,
                allowed=allowed,
                retrain=anew,
                capacity=capacity,
                told_against=runs_held(out, remembered),
                views=view or (),
                progress=progress,
            )
            summary = result.summary()
            if dry_run or out is None:
                _rehearsed(result, specialty or ())
                return
            progress("write")
            if save_model:
                result.model.save(save_model)
            notes: list[str] = []
            if view:
                written = result.save_views(out, view, tables=tables, workbook=workbook)
                notes = left_as_they_were(out, written) if ALL in view else []
            else:
                result.save(out, tables=tables, workbook=workbook)
        for problem in result.accepted.refused:
            complain(f"refused: {problem}")
        if not quiet:
            told = [str(summary), result.retrained(), f"written to {out}", *notes]
            typer.echo("\n".join(line for line in told if line))


@app.command()
def check(
    *,
    files: Files = None,
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    debug: Debug = False,
) -> None:
    """Say what is recognised in each file: headings, formats, findings. Merges nothing."""
    with one_line(debug=debug):
        _need_files(files, config)
        requests, settings = _asked(files, config)
        report = check_files(
            requests,
            config=settings,
        )
        if as_json:
            typer.echo(report.to_json())
        else:
            for title, table in report.tables.items():
                show(title, table)
        if report.refused:
            raise RefusedExtracts(report.refused)


@app.command()
def demo(
    *,
    out: Out,
    entries: Annotated[int, typer.Option(min=1, help="Rows of all organisations.")] = 25_000,
    seed: Annotated[int, typer.Option(help="Another number gives another region.")] = 1,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make a region of invented patients in OUT, merge its extracts, say how right that was."""
    with one_line(debug=debug, interrupted=f"{out / MERGED} is as it was"):
        with progress_shown(quiet=quiet) as progress:
            shown = demonstrate(out, entries=entries, seed=seed, progress=progress)
        if not quiet:
            typer.echo(f"{shown}\nwritten to {out}")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"waitlist-merge {installed_version('waitlist-merge')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    _asked: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Combine the waiting lists of several organisations into one list to work from."""


def main() -> None:
    """Run the command line; a character that the terminal cannot show never stops a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="waitlist-merge")


def _need_files(files: list[str] | None, config: Path | None) -> None:
    if not files and config is None:
        raise ConfigError("give one FILE or more, or a --config that names them")


def _need_out(
    out: Path | None, *, dry_run: bool, register: str | None, specialty: list[str] | None
) -> None:
    if dry_run and (out or register):
        raise ConfigError("--dry-run writes nothing: leave --out and --register out")
    if not dry_run and out is None:
        raise ConfigError("give --out, or --dry-run to write nothing")
    if specialty and not dry_run:
        raise ConfigError("--specialty goes with --dry-run: no list leaves anybody out")


def _rehearsed(result: MergeResult, services: Collection[str]) -> None:
    for title, table in rehearse(result, services=services).items():
        show(title, table)


def _need_folder(file: Path | None) -> None:
    """OutputError at once, and not after all the work, where a file has no folder to be in."""
    if file and (file.is_dir() or not file.parent.is_dir()):
        raise OutputError(f"{file}: cannot be written; name a file in a folder that is there")


def _retrain(retrain: bool, accept: str | None, keep_weights: bool) -> Retrain | None:
    if keep_weights and not retrain:
        raise ConfigError("--keep-weights goes with --retrain; --accept-model knows what it takes")
    return Retrain(accept, keep_weights) if retrain or accept is not None else None


def _opened(
    register: str | None, retrain: Retrain | None
) -> AbstractContextManager[registers.Register | None]:
    """The register; a model is fitted anew only in one that is there."""
    if register is None:
        return nullcontext()
    return registers.Register.open(register, create=retrain is None)


def _asked(
    files: list[str] | None, config: Path | None
) -> tuple[list[FileRequest], MergeConfig | None]:
    """The files and settings of the command line; settings that no file has use for are said."""
    requests = [FileRequest.parse(each) for each in files or ()]
    settings = load_config(config) if config else None
    if requests and settings:
        for unused in settings.unused_by([each.path for each in requests]):
            complain(f"note: {config}: [[extracts]] ({unused.path}) is of none of the files given")
    return requests, settings
