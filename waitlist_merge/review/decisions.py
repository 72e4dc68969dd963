"""What have people decided since the run before, and of which entries?

Who takes an answer back names no entry: the answer that is taken back does.

>>> said = AnswerRow("A-1", "Q-1", "pathway", ("E-1", "E-2"), (0, 1), "same need",
...                  reviewer="A. Clerk", organisation="RM3")
>>> undone = AnswerRow("A-2", "Q-1", "pathway", (), (), "", reviewer="B. Lead", undoes="A-1")
>>> decided(decisions([said, undone], since=1), NOTHING)["explanation"].tolist()
['B. Lead, of 2 entries: "same need" of A. Clerk (RM3) is taken back']
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from waitlist_merge.plural import many
from waitlist_merge.reasons import Change
from waitlist_merge.review.paired import COLUMNS
from waitlist_merge.review.rows import AnswerRow

NOTHING = pd.DataFrame(columns=["entry_id", "patient_id", "pathway_id"], dtype=object)
"""The entries of a run that has none."""

TAKEN_BACK = "taken back"
"""What an answer is after another row has taken it back."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A row that somebody added, the answer that it speaks of, and whether that stands by it."""

    row: AnswerRow
    answer: AnswerRow
    stands: bool


def decisions(answers: Sequence[AnswerRow], *, since: int) -> list[Decision]:
    """The rows after the first ``since``; ``answers`` are all, as the register has them."""
    known = {each.key: each for each in answers}
    return [_decision(row, known) for row in answers[since:]]


def _decision(row: AnswerRow, known: dict[str, AnswerRow]) -> Decision:
    answer, stands = row, True
    while answer.undoes:
        answer, stands = known[answer.undoes], not stands
    return Decision(row, answer, stands)


def decided(said: Iterable[Decision], now: pd.DataFrame) -> pd.DataFrame:
    """One row of changes for each decision; ``now`` are the entries of the run with their ids.

    Of an answer that is taken back the organisation is that of who gave it, where who takes it back
    names none.
    """
    place = pd.Index(now["entry_id"].astype(object))
    parts = []
    for each in said:
        row, answer = each.row, each.answer
        at = place.get_indexer(list(answer.entry_ids))
        at = at[at >= 0]
        first = now.iloc[at[0]] if len(at) else None
        parts.append(
            {
                "change": str(Change.DECIDED),
                "organisation": row.organisation or answer.organisation,
                "patient_id": None if first is None else first["patient_id"],
                "pathway_id": None if first is None else first["pathway_id"],
                "field": answer.level,
                "after": answer.answer if each.stands else TAKEN_BACK,
                "explanation": _explained(each),
            }
        )
    return pd.DataFrame(parts, columns=COLUMNS, dtype=object)


def _explained(said: Decision) -> str:
    """Who said what, of how many entries."""
    row, answer = said.row, said.answer
    of = f", of {many(len(answer.entry_ids), 'entry')}" if answer.entry_ids else ""
    told = answer.answer
    if row is not answer:
        told = f'"{told}" of {_signed(answer)} '
        told += "counts again" if said.stands else f"is {TAKEN_BACK}"
    return f"{_signed(row)}{of}: {told}"


def _signed(row: AnswerRow) -> str:
    return f"{row.reviewer} ({row.organisation})" if row.organisation else row.reviewer
