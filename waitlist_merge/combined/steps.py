"""What is to be done next about each row, and at which organisations?

One step of a small closed set (``reasons.NextStep``), the gravest that applies: it comes from the
row itself, or from an open question about its need or its patient. People decide; nobody leaves a
list by it (domain 5.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.combined.clocks import Clocks, Starts
from waitlist_merge.combined.contacts import Differing
from waitlist_merge.combined.doubts import Doubts
from waitlist_merge.combined.exclusions import PLACE
from waitlist_merge.combined.kept import Kept
from waitlist_merge.combined.kept_facts import KeptFact
from waitlist_merge.combined.rules import Members
from waitlist_merge.combined.texts import arrow_text, joined_text
from waitlist_merge.pathways.columns import (
    Bools,
    any_of,
    codes,
    codes_at,
    has_word,
    known,
    texts,
    worded,
)
from waitlist_merge.pathways.grouping import Group
from waitlist_merge.reasons import Confidence, Joins, NextStep, Relation, StartReason, Veto

STEPS = tuple(NextStep)

BY_VETO: Mapping[str, NextStep] = {
    Veto.CANCER_WITH_ROUTINE: NextStep.SETTLE_URGENCY,
    Veto.OTHER_SIDE: NextStep.SETTLE_SIDE,
    Veto.OTHER_PROCEDURE: NextStep.SETTLE_PROCEDURE,
    Veto.PLANNED_WITH_ACTIVE: NextStep.MOVE_TO_ACTIVE,
    Veto.PATIENT_NOT_CERTAIN: NextStep.CHECK_PERSON,
}
"""The step of a question about needs that a veto kept apart."""

BY_RELATION: Mapping[str, NextStep] = {
    Relation.TREATED_ELSEWHERE: NextStep.ASK_WHETHER_TREATED,
    Relation.TRANSFER: NextStep.CONFIRM_WHO_TREATS,
    Relation.MUTUAL_AID_IN_PROGRESS: NextStep.CONFIRM_WHO_TREATS,
    Relation.SUBCONTRACTED: NextStep.CONFIRM_WHO_TREATS,
    Relation.DIAGNOSTIC_ELSEWHERE: NextStep.CONFIRM_WHO_TREATS,
    Relation.IDENTIFIER_AT_TWO_ORGANISATIONS: NextStep.CONFIRM_WHO_TREATS,
    Relation.INTERFACE_SERVICE: NextStep.CONFIRM_WHO_TREATS,
    Relation.PLANNED: NextStep.MOVE_TO_ACTIVE,
    Relation.RESENT: NextStep.CONFIRM_ONE_NEED,
    Relation.TWO_STAGES: NextStep.CONFIRM_ONE_NEED,
    Relation.REPEAT_SAME_ORGANISATION: NextStep.CONFIRM_ONE_NEED,
}
"""The step of any other question about needs; the patient is asked where none is named."""

RELEASED: Mapping[str, NextStep] = {
    "tci_date": NextStep.RELEASE_ONE_TCI,
    "next_appointment_date": NextStep.RELEASE_ONE_APPOINTMENT,
}
"""The step where two dates of this field are to come."""

Concerned = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int8]]
"""Row, organisation and step, of each organisation that has to do something."""


def next_steps(
    members: Members,
    asked: Doubts,
    *,
    clock: Clocks,
    kept: Kept,
    pressing: Sequence[KeptFact],
    said: Starts,
    pathway: Group,
    patient: Group,
    deceased: Bools,
    perhaps_dead: Bools,
    overdue: Bools,
    unsaid: Bools,
    two_sides: NDArray[np.int64],
    details: Differing,
) -> dict[str, object]:
    """The next step of each row, and the organisations that it concerns, joined by ;.

    ``deceased`` and ``overdue`` say of each row that a death is recorded of its patient, be it only
    probably, and that it is planned care past its due date; ``perhaps_dead`` of each entry that the
    death is of someone who is only probably its patient, ``unsaid`` that its organisation states no
    start. ``kept`` are the starts of lists that did not come, ``pressing`` what else they said that
    holds. ``two_sides`` are pairs of entries
    that wait for two sides (RTT guidance 3.4.1).
    ``details`` are the contact details that entries of a patient state differently.
    """
    bundles = members.bundles
    mine = [
        _whole(members, deceased, NextStep.CHECK_DEATH),
        _whole(members, overdue, NextStep.MOVE_TO_ACTIVE),
        _sides(members, two_sides),
        *(_booked(members, name, at_one=name == "tci_date") for name in RELEASED),
        *(_booked_beside_absent(members, each) for each in pressing if each.field in RELEASED),
        _later_starts(members, clock, said, unsaid),
        _overlaps(clock, said),
        _beside_absent(members, clock, said, kept),
        _details(members, details, patient),
        *_of_questions(members, asked, pathway, patient, perhaps_dead),
    ]
    row, place, step = (np.concatenate(part) for part in zip(*mine, strict=True))
    chosen = np.full(len(bundles.first), STEPS.index(NextStep.NOTHING), dtype=np.int8)
    np.minimum.at(chosen, row, step)
    counts = step == chosen[row]
    names = texts(members.entries["organisation"]).take(pa.array(place[counts]))
    return {
        "next_step": worded(chosen, STEPS),
        "next_step_organisations": arrow_text(
            joined_text(names, row[counts], len(bundles.first), ";")
        ),
    }


def _told(row: NDArray[np.integer], place: NDArray[np.int32], step: NextStep) -> Concerned:
    return row.astype(np.int64), place, np.full(len(row), STEPS.index(step), dtype=np.int8)


def _whole(members: Members, mask: Bools, step: NextStep) -> Concerned:
    """All organisations of the rows of which it is true."""
    bundles = members.bundles
    at = mask[bundles.number]
    place = codes_at(members.entries["organisation"], bundles.rows[at])
    return _told(bundles.number[at], place, step)


def _sides(members: Members, pairs: NDArray[np.int64]) -> Concerned:
    """Rows of which one waits for one side, another for the other: each concerns both lists."""
    bundles = members.bundles
    row = np.full(len(members.entries), -1, dtype=np.int64)
    row[bundles.rows] = bundles.number
    own, other = np.concatenate([pairs, pairs[::-1]], axis=1)
    there = codes_at(members.entries["organisation"], other)
    mine = np.zeros(len(bundles.first), dtype=bool)
    mine[row[own]] = True
    settle = NextStep.SETTLE_SIDE
    here, theirs = _whole(members, mine, settle), row[own]
    return _told(np.concatenate([here[0], theirs]), np.concatenate([here[1], there]), settle)


def _booked(members: Members, name: str, *, at_one: bool) -> Concerned:
    """Rows with two dates to come (of two organisations, or ``at_one`` as well)."""
    bundles = members.bundles
    ahead, day = members.to_come(name)
    row, place = bundles.owner[ahead], codes(members.column("organisation"))[ahead]
    slot = pd.DataFrame({"row": row, "place": place, "day": day[ahead] if at_one else 0})
    slots = slot.drop_duplicates()["row"].to_numpy()
    several = np.bincount(slots, minlength=len(bundles.first)) > 1
    return _told(row[several[row]], place[several[row]], RELEASED[name])


def _booked_beside_absent(members: Members, kept: KeptFact) -> Concerned:
    """Members with a date to come of rows that keep another of a list that did not come."""
    beside = np.zeros(len(members.bundles.first), dtype=bool)
    beside[kept.rows] = True
    row, place, step = _whole(members, beside, RELEASED[kept.field])
    ahead = members.ahead(kept.field)[0][members.bundles.rows[beside[members.bundles.number]]]
    return row[ahead], place[ahead], step[ahead]


def _overlaps(clock: Clocks, said: Starts) -> Concerned:
    """Organisations whose closed row overlaps the wait: one of its dates is wrong (Annex C)."""
    entry, row, reason = clock.refused
    overlaps = reason == PLACE[StartReason.OVERLAPS]
    return _told(row[overlaps], said.organisation[entry[overlaps]], NextStep.CORRECT_START)


def _beside_absent(members: Members, clock: Clocks, said: Starts, kept: Kept) -> Concerned:
    """Members of rows that keep a start of a list that did not come: it is earlier than theirs.

    Theirs is to be corrected, as it was while that list came. Where it is not certain that the two
    are one need, the organisations talk: the patient is not rung about what nobody can look up.
    """
    at, row = members.bundles.rows, members.bundles.number
    mine = clock.kept[row] & said.counts[at]
    both = (NextStep.CONFIRM_WHO_TREATS, NextStep.CORRECT_START)
    step = np.array([STEPS.index(each) for each in both], dtype=np.int8)
    return (
        row[mine].astype(np.int64),
        said.organisation[at[mine]],
        step[kept.sure[row[mine]].astype(np.int8)],
    )


def _later_starts(members: Members, clock: Clocks, said: Starts, unsaid: Bools) -> Concerned:
    """Members that state a later start than that of the same need, one that has ended, or none."""
    bundles = members.bundles
    told = np.flatnonzero(clock.giver[bundles.number] != bundles.rows)  # the giver is not wrong
    at, row = bundles.rows[told], bundles.number[told]
    wrong = said.counts[at] & known(said.start[at]) & (said.start[at] > clock.start[row])
    ended = said.signs.reason[at] != PLACE[StartReason.ABROAD]
    wrong |= said.counts[at] & known(said.start[at]) & (said.start[at] < clock.start[row]) & ended
    wrong |= unsaid[at]
    wrong &= (clock.giver[row] >= 0) & (said.sure[at] == said.sure[clock.giver[row]])
    return _told(row[wrong], said.organisation[at[wrong]], NextStep.CORRECT_START)


def _details(members: Members, details: Differing, patient: Group) -> Concerned:
    """All rows of patients whose details differ, and the organisations that state these."""
    shown = members.bundles.shown
    rows = np.flatnonzero(details.number[patient[shown]] > 0)
    held = codes(members.entries["organisation"])
    stating = {"patient": patient[details.rows], "place": held[details.rows]}
    listing = {"patient": patient[shown[rows]], "row": rows}
    both = pd.DataFrame(listing).merge(pd.DataFrame(stating).drop_duplicates(), on="patient")
    return _told(both["row"].to_numpy(), both["place"].to_numpy(), NextStep.CHECK_CONTACT)


def _of_questions(
    members: Members, asked: Doubts, pathway: Group, patient: Group, perhaps_dead: Bools
) -> list[Concerned]:
    """What questions ask: of the rows of their needs, or of all rows of their patients.

    A question about a certain link is one about its clocks, which the starts themselves tell; one
    about who is proposed to be a person who has died is about the death.
    """
    step = _step_of(asked.questions)
    proposed = has_word(asked.questions, "joins", Joins.YES)
    clocks = proposed & has_word(asked.questions, "confidence", Confidence.CERTAIN)
    question, entry = (asked.entries[name].to_numpy() for name in ("question", "entry"))
    level = (asked.questions["level"] == "patient").to_numpy(dtype=bool)
    of_death = any_of(perhaps_dead[entry], question, len(step))
    step[level & proposed & of_death] = STEPS.index(NextStep.CHECK_DEATH)
    shown = members.bundles.shown
    organisation = codes(members.entries["organisation"])
    told = []
    for group, about in ((pathway, ~level & ~clocks), (patient, level)):
        kept = about[question]
        whom = pd.DataFrame({"question": question[kept], "place": organisation[entry[kept]]})
        whose = pd.DataFrame({"question": question[kept], "group": group[entry[kept]]})
        every = whose.drop_duplicates().merge(whom.drop_duplicates(), on="question")
        # One line for each need or patient, organisation and step, however many questions ask it.
        every = every.assign(step=step[every["question"]])[["group", "place", "step"]]
        asked_of = np.zeros(int(group.max(initial=-1)) + 1, dtype=bool)
        asked_of[every["group"].to_numpy()] = True
        at = np.flatnonzero(asked_of[group[shown]])
        rows = pd.DataFrame({"group": group[shown[at]], "row": at})
        asks = rows.merge(every.drop_duplicates(), on="group")
        told.append(
            (
                asks["row"].to_numpy(np.int64),
                asks["place"].to_numpy(np.int32),
                asks["step"].to_numpy(np.int8),
            )
        )
    return told


def _step_of(questions: pd.DataFrame) -> NDArray[np.int8]:
    """The step of each question, worked out once for each kind."""
    kinds = questions[["level", "relation", "veto"]].fillna("").astype(str)
    number = kinds.groupby(list(kinds), sort=False).ngroup().to_numpy()
    each = [STEPS.index(_step(*kind)) for kind in kinds.drop_duplicates().itertuples(index=False)]
    return np.array(each, dtype=np.int8)[number] if each else np.empty(0, dtype=np.int8)


def _step(level: str, relation: str, veto: str) -> NextStep:
    if level == "patient":
        return NextStep.CHECK_PERSON
    return BY_VETO.get(veto) or BY_RELATION.get(relation, NextStep.ASK_PATIENT)
