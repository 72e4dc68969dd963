"""Would writing destroy what people filled in where the workbook lies?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from waitlist_merge.errors import OutputError
from waitlist_merge.outputs.views import COORDINATOR, asked_for
from waitlist_merge.outputs.workbook import FILLED_IN, READ_ALONE, WORKBOOK
from waitlist_merge.plural import many
from waitlist_merge.review.filing import not_read
from waitlist_merge.review.returned import filled_rows

if TYPE_CHECKING:
    from waitlist_merge.review.register import Register


def refuse_unread(
    out: Path | None, register: Register | None, *, views: Sequence[str] | str = ()
) -> None:
    """OutputError where a workbook that is to be replaced says what the register does not have.

    ``views`` are those that are asked for: folders in ``out``. A sheet that people fill in is known
    by its headings, as ``review read`` knows it; where all of them have their names still, the long
    ones that are for reading alone are passed over: half a second for 250,000 entries.
    """
    today = datetime.now(UTC).date()
    for path in _replaced(out, views):
        rows = filled_rows(path, sheets=FILLED_IN, others=READ_ALONE)
        count = not_read(rows, register, today=today) if register else len(rows)
        if count:
            raise OutputError(
                f"{path}: {many(count, 'row')} filled in and not in "
                f"{register.name if register else 'a register that was named'} would be lost; "
                "give it to review read first, or move it elsewhere"
            )


def _replaced(out: Path | None, views: Sequence[str] | str) -> Iterator[Path]:
    """The workbooks that are there and would be written anew."""
    if out is None or not out.is_dir():
        return
    there = sorted(each.name for each in out.iterdir() if each.name != COORDINATOR)
    for folder in [out / name for name in asked_for(views, there)] if views else [out]:
        if (folder / WORKBOOK).is_file():
            yield folder / WORKBOOK
