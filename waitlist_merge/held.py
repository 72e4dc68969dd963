"""Which run of a register do people hold, and which one did they never get?

A run is recorded before its folder is written. Where nothing comes of the folder (somebody
interrupts, the disk is full, the program is killed) people hold an earlier run than the newest, and
what has changed is to be told against theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from waitlist_merge.errors import WaitlistError
from waitlist_merge.outputs.folder import manifest_of

if TYPE_CHECKING:
    from waitlist_merge.review.register import Register


def run_held(out: Path | None, register: Register | None) -> int | None:
    """The run of this register that lies in a folder, of views the oldest; None where none does.

    A run is known by its number, its day, its plan and its patient model: the folder may be of
    another register.
    """
    if out is None or register is None or not out.is_dir():
        return None
    names = ["run", "run_date", "plan_digest", "model_digest"]
    known = {
        (int(run), str(day), plan, model)
        for run, day, plan, model in register.runs()[names].itertuples(index=False, name=None)
    }
    told = (_named(manifest_of(each)) for each in (out, *out.iterdir()))
    return min((each[0] for each in told if each in known), default=None)


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
