"""``review read``, ``status``, ``undo`` and ``retire``: what people say, on its way back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from waitlist_merge.errors import InputError
from waitlist_merge.review import register as registers
from waitlist_merge.review.filing import read_workbooks, status_of, undo as take_back
from waitlist_merge.terminal import Debug, complain, one_line, show

RegisterAt = Annotated[
    str, typer.Option("--register", metavar="REG", help="The register: a path or URL.")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the sub-application ``review``."""
    app.command(name="read")(read)
    app.command(name="status")(status)
    app.command(name="undo")(undo)
    app.command(name="retire")(retire)


def read(
    *,
    workbooks: Annotated[list[Path], typer.Argument(metavar="WORKBOOK...")],
    register: RegisterAt,
    debug: Debug = False,
) -> None:
    """Record what was filled in; problems are told all together, the good rows are recorded.

    Exit code 3 where a problem is told. The same workbook may be read again.
    """
    with one_line(debug=debug, interrupted="rows told as recorded are, no others"):
        with registers.Register.open(register, create=False) as opened:
            filed = read_workbooks(workbooks, opened, today=_today())
        for problem in filed.problems:
            complain(problem)
        typer.echo(filed.summary())
        if filed.problems:
            raise typer.Exit(InputError.exit_code)


def status(*, register: RegisterAt, debug: Debug = False) -> None:
    """Say how far questions, answers and work are, by organisation and age."""
    with one_line(debug=debug):
        with registers.Register.open(register, create=False, reads=True) as opened:
            told = status_of(opened, today=_today())
        show("Open questions by organisation and age", told.asked)
        show("Answers by organisation and age", told.counts)
        show("Answers that settle nothing yet", told.unsettled)
        show("Work on groups", told.work)
        show("Patients spoken to in the last 12 weeks", told.contacts)


def undo(
    *,
    said: Annotated[str, typer.Argument(metavar="ID", help="As review status names it.")],
    register: RegisterAt,
    reviewer: Annotated[str, typer.Option(help="Who takes it back.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    debug: Debug = False,
) -> None:
    """Take back an answer, a step of work or a contact; it stays, with who did so and why."""
    with one_line(debug=debug):
        with registers.Register.open(register, create=False) as opened:
            row = take_back(opened, said, reviewer=reviewer, reason=reason, today=_today())
        then = "goes by what else has been said, and asks where nothing has"
        typer.echo(f"{said} is taken back ({row.key}); the next merge {then}")


def retire(
    *,
    organisation: Annotated[str, typer.Argument(metavar="ORG", help="Who has closed.")],
    register: RegisterAt,
    reviewer: Annotated[str, typer.Option(help="Who says so.")],
    reason: Annotated[str, typer.Option(help="Why, and where its patients are.")],
    debug: Debug = False,
) -> None:
    """Say that an organisation has closed for good: no list of it is expected any longer.

    Whom it listed and nobody else does is asked about as UNACCOUNTED from the next merge on.
    """
    with one_line(debug=debug):
        with registers.Register.open(register, create=False) as opened:
            opened.retire(organisation, reviewer=reviewer, reason=reason)
        typer.echo(f"{organisation.upper()} is retired; its patients are asked about in turn")


def _today() -> date:
    return datetime.now(UTC).date()
