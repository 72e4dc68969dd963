"""What every command does on a terminal: tables, progress, and one line for what goes wrong."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from waitlist_merge.errors import WaitlistError

Debug = Annotated[bool, typer.Option("--debug", help="Show where an unexpected error arose.")]


@contextmanager
def one_line(*, debug: bool, interrupted: str = "nothing was written") -> Iterator[None]:
    """Turns what goes wrong into one line each and an exit code.

    The text of an unexpected error may hold a value of a patient, so only its kind and place are
    shown, unless ``debug``. Notes of an error end its line.
    """
    try:
        yield
    except WaitlistError as error:
        complain(_with_notes(str(error), error))
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt as error:
        complain(_with_notes(f"interrupted; {interrupted}", error))
        raise typer.Exit(130) from None
    except (typer.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if debug:
            raise
        known = _with_notes(f"{_place(error)}; {interrupted}", error)
        complain(f"{known}; please report this line, or see --debug")
        raise typer.Exit(1) from None


def _with_notes(line: str, error: BaseException) -> str:
    return "; ".join([line, *getattr(error, "__notes__", ())])


def _place(error: Exception) -> str:
    """The kind of an error and the last line of this program that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    package = Path(__file__).parent
    own = [frame for frame in frames if package in Path(frame.filename).parents]
    last = (own or frames)[-1]
    return f"unexpected {type(error).__name__} at {Path(last.filename).name} line {last.lineno}"


def complain(lines: str) -> None:
    """Say what is wrong on standard error, each line with the program's name."""
    for line in lines.splitlines():
        typer.echo(f"waitlist-merge: {line}", err=True)


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Shows the stage at work on a terminal; says nothing elsewhere."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _stage: None
        return
    with console.status("") as status:
        yield status.update


def show(title: str, table: pd.DataFrame) -> None:
    """A table to look at on a terminal; lines with tabs where another program reads them."""
    cells = table.astype(object).where(table.notna(), "").map(str)
    console = Console()
    if not console.is_terminal:
        lines = [title, *("\t".join(row) for row in [table.columns, *cells.to_numpy()]), ""]
        typer.echo("\n".join(lines))
        return
    shown = Table(*table.columns, title=title, title_justify="left")
    for row in cells.to_numpy():
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)
