"""The sheet *Questions*: one row a question, the facts of its entries side by side.

In each cell of facts every entry has one line, the first line of all cells being of one entry, so
that a row reads like a small table. What differs is coloured, and named in words too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.outputs.workbook.cells import (
    Texts,
    phrase,
    texts,
    truth,
    worded,
)
from waitlist_merge.outputs.workbook.facts import BY_NATURE, fact_columns, facts_of
from waitlist_merge.outputs.workbook.page import ID_WIDTH, Column, Look, Page, Tint, lines_of
from waitlist_merge.outputs.workbook.work import signed_columns, work_columns, work_states
from waitlist_merge.reasons import Relation
from waitlist_merge.review import headings as heading
from waitlist_merge.review.answers import Answer
from waitlist_merge.review.returned import MOST_SHOWN, fingerprint

QUESTIONS = "Questions"

_HIDDEN = "restricted"
_URGENT = "Urgent: answer first"


def questions_page(tables: Mapping[str, pd.DataFrame]) -> Page:
    """One row for each question, in the order to ask; answers go in the green cells."""
    queue = tables["review_queue"]
    queue = queue.loc[truth(queue["this_week"])].reset_index(drop=True)
    shown, number, more = _shown(queue, tables["entries"], tables["unaccounted"])
    hide = truth(queue["restricted"])
    facts = facts_of(shown, number, len(queue), more)
    postcodes, differs = facts["Postcode"]
    facts["Postcode"] = np.where(hide, _HIDDEN, postcodes), differs & ~hide
    differing = phrase(
        *(
            np.where(differs, name.lower(), "").astype(object)
            for name, (_, differs) in facts.items()
            if name not in BY_NATURE
        ),
        by=", ",
    )
    told = fact_columns(facts)
    columns = (
        *_asked(queue),
        Column("What would settle it", texts(queue["settling_fact"]), 34, Look.WRAPPED),
        Column("What an answer does", _effects(queue), 40, Look.WRAPPED),
        Column("State", texts(queue["state"]), 16, Look.WRAPPED),
        Column("Said so far", texts(queue["said"]), 34, Look.WRAPPED),
        Column("What differs", differing, 26, Look.WRAPPED),
        *told,
        Column("Why it is asked", texts(queue["why"]), 44, Look.WRAPPED),
        Column("How sure", texts(queue["confidence"]), 10),
        *_to_fill_in(len(queue), work_states(tables["entries"])),
        Column(heading.LEVEL, texts(queue["level"]), 10, hidden=True),
        Column(heading.VETO, texts(queue["veto"]), 16, hidden=True),
        Column(heading.FINGERPRINT, _fingerprints(queue), 16, hidden=True),
        Column(heading.ENTRIES, texts(queue["sides"]), 20, hidden=True),
    )
    return Page(
        QUESTIONS,
        "What a person has to say, the most urgent first; answer in the green cells",
        columns,
        len(queue),
        lines=lines_of(columns),
        frozen=5,
        ruled=True,
    )


def _fingerprints(queue: pd.DataFrame) -> Texts:
    """A mark for each question by which its hidden cells are known again when they come back."""
    told = (texts(queue[name]).tolist() for name in ("question_id", "level", "veto", "sides"))
    return np.array([fingerprint(*each) for each in zip(*told, strict=True)], dtype=object)


def _asked(queue: pd.DataFrame) -> tuple[Column, ...]:
    urgent = truth(queue["urgent"])
    dead, hide = truth(queue["deceased"]), truth(queue["restricted"])
    cue = np.where(dead, "Check death first", np.where(urgent, _URGENT, "")).astype(object)
    tint = np.select([dead | hide, urgent], [Tint.STOP, Tint.GRAVE], Tint.NONE).astype(object)
    checks = phrase(cue, np.where(hide, "Restricted record: do not ring", ""), by="; ")
    empty = np.full(len(queue), "", dtype=object)
    return (
        Column("Order", queue["order"], 7, Look.WHOLE),
        Column(heading.QUESTION_ID, texts(queue["question_id"]), ID_WIDTH),
        Column("Urgency", checks, 18, Look.WRAPPED, tint),
        Column("Question", texts(queue["question"]), 44, Look.WRAPPED),
        Column(heading.ANSWER, empty, 22, tint=Tint.FILL_IN, choices=tuple(Answer)),
        Column("Who can answer", texts(queue["who_answers"]), 20, Look.WRAPPED),
    )


def _to_fill_in(size: int, states: tuple[str, ...]) -> tuple[Column, ...]:
    """What is said beside the answer, which itself stays in view beside the question."""
    empty, green = np.full(size, "", dtype=object), Tint.FILL_IN
    answered = (
        Column(heading.NOTE, empty, 30, Look.WRAPPED, green),
        *signed_columns(size, green),
        Column(heading.RELATION, empty, 22, tint=green, choices=RELATIONS),
        Column(heading.SECOND, empty, 16, tint=green),
        Column(heading.REASON, empty, 26, Look.WRAPPED, green),
    )
    return answered + work_columns(size, green, states)


RELATIONS: tuple[str, ...] = tuple(
    str(each)
    for each in (
        Relation.TRANSFER,
        Relation.REPEAT_SAME_ORGANISATION,
        Relation.REPEAT_OTHER_ORGANISATION,
        Relation.TREATED_ELSEWHERE,
        Relation.INTERFACE_SERVICE,
        Relation.SUBCONTRACTED,
        Relation.PATIENT_CHOICE_SWITCH,
        Relation.SECOND_OPINION,
        Relation.STAGED_PROCEDURE,
        Relation.OTHER_SIDE,
        Relation.OTHER_PROCEDURE,
    )
)
"""What a person may know two entries to be to each other; a list in a cell may have 255
characters (Excel)."""


def _effects(queue: pd.DataFrame) -> Texts:
    """What the answers that settle it will do; what the others do is on *About*."""
    return worded(queue["answer_effects"], lambda each: "\n".join(each.split("\n")[:2]))


def _shown(
    queue: pd.DataFrame, entries: pd.DataFrame, unaccounted: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64]]:
    """The entries of the questions, the question of each, and how many more each question has."""
    listed = pd.Series(texts(queue["entry_ids"]), dtype=object).str.split(";")
    exploded = listed.explode()
    place = exploded.groupby(level=0).cumcount().to_numpy()
    number = exploded.index.to_numpy(dtype=np.int64)
    kept = place < MOST_SHOWN
    row = pd.Index(texts(entries["entry_id"])).get_indexer(pd.Index(exploded[kept]))
    known = row >= 0
    count = np.bincount(number, minlength=len(queue))
    found, of = entries.take(row[known]), number[kept][known]
    lost, about = _lost(queue, unaccounted)
    if len(lost):
        both = pd.concat([found.astype(object), lost], ignore_index=True)
        order = np.argsort(np.concatenate([of, about]), kind="stable")
        found, of = both.take(order), np.concatenate([of, about])[order]
    return found, of, np.maximum(count - MOST_SHOWN, 0)


def _lost(queue: pd.DataFrame, unaccounted: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """What is known of patients whom nobody lists any longer: one line for each question."""
    asked = pd.Index(texts(queue["question_id"]))
    about = asked.get_indexer(pd.Index(texts(unaccounted["question_id"])))
    rows = unaccounted.loc[about >= 0].astype(object)
    names = {"organisations": "organisation", "hospital_numbers": "local_patient_identifier"}
    return rows.rename(columns=names), about[about >= 0].astype(np.int64)
