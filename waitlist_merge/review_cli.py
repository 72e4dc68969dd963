"""The commands of ``review``: what people answer, and what their answers say.

Each group of commands has a module of its own and is added here.
"""

from __future__ import annotations

import typer

from waitlist_merge.answers_cli import add_commands as add_answers
from waitlist_merge.pilot_cli import add_commands as add_pilot

app = typer.Typer(
    name="review",
    help="What people answer to the questions of a run.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

add_answers(app)
add_pilot(app)
