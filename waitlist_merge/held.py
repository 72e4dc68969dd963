"""Which run of a register do people hold, and which one did they never get?

A run is recorded before its folder is written. Where nothing comes of the folder (somebody
interrupts, the disk is full, the program is killed) people hold an earlier run than the newest, and
what has changed is to be told against theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from waitlist_merge.errors import WaitlistError
from waitlist_merge.outputs.folder import PREVIOUS, manifest_of

if TYPE_CHECKING:
    from waitlist_merge.review.register import Register


WHOLE = ""
"""Stands for the folder itself among the names of its views: it has a whole list."""


def runs_held(out: Path | None, register: Register | None) -> dict[str, int]:
    """The runs of this register that lie in a folder, by the name of the view.

    A run is known by its number, its day, its plan and its patient model: the folder may be of
    another register.
    """
    if out is None or register is None or not out.is_dir():
        return {}
    names = ["run", "run_date", "plan_digest", "model_digest"]
    known = {
        (int(run), str(day), plan, model)
        for run, day, plan, model in register.runs()[names].itertuples(index=False, name=None)
    }
    # Backwards, so that a folder that was moved aside counts only where no other took its place.
    folders = sorted(out.iterdir(), reverse=True)
    named = {each.name.removesuffix(PREVIOUS): each for each in folders} | {WHOLE: out}
    told = {name: _named(manifest_of(folder)) for name, folder in named.items()}
    return {name: run[0] for name, run in told.items() if run in known}


def oldest_held(held: Mapping[str, int] | int | None, views: Sequence[str]) -> int | None:
    """The oldest run that lies where something is to be written: these views, or a whole list.

    A view that nobody writes now stays as it is, and must hold up no other: its organisation may
    have closed for good.

    >>> oldest_held({"RM3": 4, "RBK": 3, "RW3": 1}, ["RM3", "RBK"]), oldest_held({"": 4}, [])
    (3, 4)
    """
    if not isinstance(held, Mapping):
        return held
    return min((held[name] for name in views or [WHOLE] if name in held), default=None)


def left_as_they_were(out: Path, written: Sequence[Path]) -> list[str]:
    """The organisations' views that lie there from an earlier run, a line each."""
    told = ((each, manifest_of(each)) for each in sorted(out.iterdir()) if each not in written)
    return [
        f"note: {folder} is still the view of {manifest.get('run_date')}: {folder.name} sent no "
        "list this time"
        for folder, manifest in told
        if manifest and manifest.get("view") == folder.name
    ]


def _named(manifest: dict[str, object] | None) -> tuple[int, str, str, str]:
    """What tells a run apart, as a manifest has it."""
    told = manifest or {}
    model = told.get("patient_model")
    digest = model.get("sha256") if isinstance(model, dict) else None
    run = told.get("run")
    names = (str(each) for each in (told.get("run_date"), told.get("plan_digest"), digest))
    return (run if isinstance(run, int) else 0, *names)  # type: ignore[return-value]


@contextmanager
def telling_of_the_register(register: Register | None) -> Iterator[None]:
    """What goes wrong after the run is recorded says so beside the rest of its line."""
    try:
        yield
    except BaseException as problem:
        with suppress(WaitlistError):
            if register and (run := register.recorded()):
                problem.add_note(
                    f"{register.name} has these lists as run {run} all the same: merge them again"
                )
        raise
